"""Lists of an owner and what was measured of them, as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from filiation.readers.owner import pool_digest, pool_entries
from readers.answers.writing import lines

__all__ = ["measured", "numbered"]


def measured(
    path: Path, listed: Path, values: Mapping[str, float], *, model: str = "", tokenizer: str = "t"
) -> Path:
    """Likelihoods that say of which list, model and tokenizer they are."""
    name = model or path.stem
    about = {
        "model": name,
        "texts": pool_digest(pool_entries(listed)),
        "model_sha256": name.encode().hex().zfill(64)[-64:],
        "tokenizer_sha256": tokenizer.encode().hex().zfill(64)[-64:],
    }
    rows = [{"example": e, "log_likelihood": v} for e, v in values.items()]
    return lines(path, [{"likelihoods": about}, *rows])


def numbered(values: Sequence[float]) -> dict[str, float]:
    """Values of examples e0, e1, .."""
    return {f"e{n}": float(v) for n, v in enumerate(values)}

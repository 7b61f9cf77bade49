"""Log-likelihoods of examples under one model, written and read."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.owner import Likelihoods
from filiation.readers.owner.entries import entries, number, text

__all__ = ["likelihood_bytes", "read_likelihoods"]

HEAD: Final = "likelihoods"
DIGESTS: Final = ("texts", "model_sha256", "tokenizer_sha256")
SLACK: Final = 1e-6  # rounding above zero
LOWEST: Final = -1e9  # a million characters, each as unlikely as can be, are above it


def likelihood_bytes(about: Mapping[str, Any], rows: Sequence[tuple[str, float, int]]) -> bytes:
    """JSON lines: a head that says whose they are, then example, log-likelihood and tokens."""
    lines: list[object] = [{HEAD: {"schema_version": 1, **about}}]
    lines += [
        {"example": name, "log_likelihood": float(f"{value:.9g}"), "tokens": tokens}
        for name, value, tokens in rows
    ]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()


def read_likelihoods(path: Path) -> Likelihoods:
    """Read log-likelihoods (natural logs, of whole examples).

    Raises:
        UnreadableError: Damaged, an example twice, or a number that is no log-likelihood.
    """
    about = {"model": path.name.removesuffix(".jsonl").removesuffix(".csv")}
    values: dict[str, float] = {}
    tokens: dict[str, int] = {}
    for where, entry in entries(path):
        if HEAD in entry and not values:
            about |= _about(entry[HEAD], where)
            continue
        example = text(entry, "example", where)
        if example in values:
            raise UnreadableError(f"{where}: {example!a:.60} twice, expected once")
        value = number(entry, "log_likelihood", where)
        if not LOWEST <= value <= SLACK:
            raise UnreadableError(
                f"{where}: log-likelihood {value:g}, expected at most 0 (natural log, not a loss) "
                f"and at least {LOWEST:g}; what the model cannot say at all is left out"
            )
        values[example] = value
        if "tokens" in entry:
            count = number(entry, "tokens", where)
            if count < 1 or count != int(count):
                raise UnreadableError(f"{where}: {count:g} tokens, expected a whole number above 0")
            tokens[example] = int(count)
    if len(tokens) not in (0, len(values)):
        raise UnreadableError(
            f"{path}: some examples have a number of tokens, expected all or none"
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Likelihoods(
        name=about["model"],
        digest=digest,
        values=values,
        tokens=tokens,
        texts=about.get("texts", ""),
        model=about.get("model_sha256", ""),
        tokenizer=about.get("tokenizer_sha256", ""),
    )


def _about(about: object, where: str) -> dict[str, str]:
    """Whose likelihoods of which texts: a name, and digests as far as they are told."""
    if not isinstance(about, dict) or about.get("schema_version", 1) != 1:
        raise UnreadableError(f"{where}: expected an object of schema version 1 under {HEAD!r}")
    told = {name: about[name] for name in ("model", *DIGESTS) if name in about}
    name = told.get("model", "a model")
    if not isinstance(name, str) or not name or len(name) > 300 or not name.isprintable():
        raise UnreadableError(f"{where}: {name!a:.60} is no name of a model")
    for what in told.keys() - {"model"}:
        if not isinstance(told[what], str) or not re.fullmatch("[0-9a-f]{64}", told[what]):
            raise UnreadableError(
                f"{where}: {what!r} is {told[what]!a:.60}, expected a SHA-256, 64 "
                "hexadecimal digits"
            )
    return told

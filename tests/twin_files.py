"""Served answers, their twins and what models find likely, as files; models are drawn, not run.

The source finds an answer likely by `ease` (its own log-probability); a stranger agrees with it but
for noise; a student has learnt some answers `by` so much.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from filiation.readers.owner import answers_digest, file_digest, read_exchanges, read_twins
from readers.answers.writing import lines

SNAPSHOT: Final = "5" * 64
SETTINGS: Final = {"temperature": 0.8, "top_p": 0.95}
PLAN: Final[dict[str, Any]] = {
    "snapshot": SNAPSHOT, "settings": SETTINGS, "twins": 4, "prompts": 60, "others": 30,
}  # fmt: skip
WORDS: Final = [f"w{n}" for n in range(400)]


class Source:
    """A source that says something else each time: its answers, and how likely it finds them."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng([seed, 18])
        self.ease: dict[str, float] = {}

    def says(self, shift: float = 0.0) -> str:
        """A new answer; `shift` moves how likely it is, as another temperature would."""
        text = " ".join(self.rng.choice(WORDS, int(self.rng.integers(8, 14))))
        self.ease[text] = float(-60.0 + 8.0 * self.rng.normal() + shift)
        return text

    def pool(self, prompts: int = 120, *, shift: float = 0.0) -> list[dict[str, Any]]:
        """Exchanges of a log, a third of them with others."""
        return [
            {"id": f"x{n}", "prompt": f"question {n}?", "answer": self.says(shift),
             **({"to": "others"} if n % 3 == 2 else {})}
            for n in range(prompts)
        ]  # fmt: skip

    def twins(
        self, path: Path, listed: Path, *, shift: float = 0.0, snapshot: str = SNAPSHOT,
        settings: Mapping[str, object] = SETTINGS, count: int = 4,
    ) -> Path:  # fmt: skip
        """Twins of every exchange of a list that has its words."""
        told = {"list": file_digest(listed), "snapshot": snapshot, "settings": dict(settings)}
        entries = [json.loads(line) for line in listed.read_text().splitlines()]
        rows = [
            {"id": e["id"], "twin": place, "text": self.says(shift)}
            for e in entries if "answer" in e for place in range(1, count + 1)
        ]  # fmt: skip
        return lines(path, [{"twins": told}, *rows])


def likely(
    path: Path, listed: Path, twins: Path, find: Callable[[str, str], float | None], *,
    model: str = "",
) -> Path:  # fmt: skip
    """Likelihoods by name and text; what is None is left out."""
    exchanges = read_exchanges(listed, read_twins(twins, file_digest(listed)))
    about = {
        "model": path.stem, "texts": answers_digest(exchanges),
        "model_sha256": model or path.stem.encode().hex().zfill(64)[-64:],
        "tokenizer_sha256": "7" * 64,
    }  # fmt: skip
    rows = [
        {"example": name, "log_likelihood": value}
        for one in exchanges
        for name, text in zip(one.names, (one.answer, *one.twins), strict=True)
        if text is not None and (value := find(name, text)) is not None
    ]
    return lines(path, [{"likelihoods": about}, *rows])

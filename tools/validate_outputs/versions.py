"""Before and after on the population's own descendants: who is accused that learned from nobody?

Old version: an original. New: what was made of it by tuning, pruning, noise and the like, which
none of the other originals had a part in; or a merge with one of them, which it had. Every other
original is asked about as the source, with the rest as controls. Answers are the likeliest first
tokens to the battery `words`.

Run by `python tools/validate_outputs versions`, half a minute, where the population is built.
"""

import tomllib
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.pairs.movement import movement, p_moved
from filiation.numerics.rng import stream
from filiation.readers.answers import open_recordings
from validate_outputs.shared import population

__all__ = ["main"]

Int64: TypeAlias = NDArray[np.int64]
Asked: TypeAlias = tuple[dict[str, Any], dict[str, float]]  # a model, and p by source

CHANGED: Final = 0.1  # share of answers that a version must have changed to be asked about


class _Answers:
    """The likeliest first tokens of every model, as numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "recordings" / "words"
        self._numbers: dict[str, int] = {}
        self._known: dict[str, Int64] = {}

    def of(self, name: str) -> Int64:
        """One model's."""
        if name not in self._known:
            (path,) = self._folder.glob(f"{name}.*.jsonl.xz")
            (recording,) = open_recordings(path)
            said = [row[0].likeliest if row else "" for row in recording.logprobs]
            numbers = [self._numbers.setdefault(word, len(self._numbers)) for word in said]
            self._known[name] = np.array(numbers, dtype=np.int64)
        return self._known[name]


def main() -> None:
    """Print what innocents and merges come to."""
    folder = population()
    truth = tomllib.loads((folder / "truth.toml").read_text("utf-8"))["model"]
    originals = [m["name"] for m in truth if m["name"].startswith("base-")]
    first = next(m for m in truth if m["name"] == originals[0])
    answers = _Answers(folder)
    innocent: list[Asked] = []
    merged: list[Asked] = []
    for model in truth:
        if not _descends(model, originals, first["tokenizer"]):
            continue
        found = _asked(model, originals, answers)
        if found is not None:
            (merged if len(model["parents"]) > 1 else innocent).append((model, found))
    ps = np.array([p for _, found in innocent for p in found.values()])
    least = 1 / (len(originals) - 1)
    print(f"{len(innocent)} versions that changed at least {CHANGED:.0%} of the answers")
    print(
        f"{len(ps)} questions, each with {len(originals) - 2} controls; the least p is {least:.2g}"
    )
    print(f"at the least p: {int((ps <= least + 1e-9).sum())}; at .25: {int((ps <= 0.25).sum())}")
    print(f"smallest p of any version and any source: {ps.min():.2g}\n")
    print("| merged | source | p of the source | next smallest p |")
    print("|---" * 4 + "|")
    for model, found in merged:
        source = model["parents"][1]
        rest = min(p for name, p in found.items() if name != source)
        print(f"| {model['name']} | {source} | {found[source]:.2g} | {rest:.2g} |")


def _descends(model: dict[str, Any], originals: list[str], tokenizer: str) -> bool:
    """Made of an original's weights, and of the same tokens?"""
    parents = model.get("parents", [])
    made = bool(parents) and parents[0] in originals and model["tokenizer"] == tokenizer
    return made and not model["operation"].startswith("distilled")


def _asked(
    model: dict[str, Any], originals: list[str], answers: _Answers
) -> dict[str, float] | None:
    """By candidate source the p; None for a version that changed too little."""
    before = model["parents"][0]
    old, new = answers.of(before), answers.of(model["name"])
    if np.mean(old != new) < CHANGED:
        return None
    others = [name for name in originals if name != before]
    moved = movement(old, new, np.array([answers.of(name) for name in others]))
    rng = stream(0, "versions", model["name"])
    return {
        name: p_moved(moved[[k, *(j for j in range(len(others)) if j != k)]], rng)
        for k, name in enumerate(others)
    }

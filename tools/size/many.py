"""Surveys of many models at once: what they cost, whom they call related, what the screen misses.

One model in five is a child of another, of a kind that goes round; the others are strangers that
share recipe, data and order of data.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from filiation.sketching.sketch import take_sketch
from size.children import CHANGES, TRAINED
from size.farm import train
from size.shape import TINY, Weights
from size.store import TEXTS, Course, models, text
from size.surveyed import KINDS, file_name
from size.view import View

__all__ = ["SIZES", "lines", "made"]

SIZES: Final = (12, 100, 300, 1000)
IN_FIVE: Final = 5


def lines(sizes: Sequence[int], executor: str = "local:1") -> Iterator[str]:
    """A row of each size, a row of each kind of child at the last one, and what each size cost.

    What it cost is another every time, so it stands last, where a page can leave it out.
    """
    yield "models    pairs  compared  children linked  strangers linked"
    kinds: dict[str, list[int]] = {}
    costs: list[str] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), size)
            row = json.loads(
                subprocess.run(
                    [sys.executable, "-m", "size.surveyed", folder, executor],
                    check=True, capture_output=True, text=True,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                ).stdout
            )  # fmt: skip
        kinds = row["kinds"]
        costs.append(
            f"{size:>6,} {row['seconds']:>8,.0f} {row['core']:>7,.0f} {row['peak']:>9,.0f}"
        )
        yield (
            f"{size:>6,} {row['pairs']:>8,} {row['compared']:>9,} "
            f"{row['linked']:>9} of {row['children']:>3} "
            f"{row['strangers']:>6} of {row['apart']:>7,}"
        )
    yield ""
    yield f"{'child, in the last survey':<36}children  linked  lost by the screen alone"
    for kind, (children, linked, lost) in kinds.items():
        yield f"{kind:<36}{children:>8}{linked:>8}{lost:>26}"
    yield ""
    yield "models  seconds  core s  peak MiB"
    yield from costs


def write(folder: Path, size: int) -> None:
    """Sketches of so many models into a folder."""
    children = size // IN_FIVE
    plain = [
        {name: stack[name][n] for name in stack}
        for stack in models("plain", size - children)
        for n in range(len(next(iter(stack.values()))))
    ]
    for number, weights in enumerate(plain):
        _sketch(folder / f"{number:04}.sketch", weights)
    for place, kind in enumerate(KINDS):
        parents = range(place, children, len(KINDS))
        for parent, weights in zip(parents, made(kind, plain, parents), strict=True):
            _sketch(folder / file_name(kind, parent, len(plain) - 1 - parent), weights)


def made(kind: str, plain: Sequence[Weights], parents: range) -> Iterator[Weights]:
    """The children of this kind of these models; some have a second parent from the other end."""
    if kind not in TRAINED:
        for n in parents:
            yield CHANGES[kind](TINY, plain[n], plain[-1 - n], np.random.default_rng([31, n]))
    elif parents:
        steps, rate = TRAINED[kind]
        start = {name: np.stack([plain[n][name] for n in parents]) for name in plain[0]}
        windows = text().windows(TEXTS, TINY.window + 1, 3)
        grown = train(TINY, start, windows, Course(steps=steps, rate=rate, order=7))
        yield from ({name: grown[name][n] for name in grown} for n in range(len(parents)))


def _sketch(path: Path, weights: Weights) -> None:
    take_sketch(View(path.stem, weights, TINY), path, workers=1)

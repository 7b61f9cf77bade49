"""Searches of large libraries: what they cost, whom they mark, whom they find.

A library is filled with models of the farm and, once those are used up, with models whose every
matrix has its rows in an order of its own: strangers to all others, of the same form and size.
Children of its first models are then looked for, one of each kind, and as many strangers.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np

from filiation.libraries.store import Library
from filiation.sketching.sketch import take_sketch
from size.many import made
from size.shape import TINY, Weights
from size.store import models
from size.surveyed import KINDS
from size.view import MEMORY, View

__all__ = ["SHELVES", "searches"]

SHELVES: Final = (100, 1000, 10_000)
FARMED: Final = 1000  # models of the farm; the others are made from these


def searches(sizes: Sequence[int]) -> Iterator[str]:
    """A row of each size, for searches in full and for quick ones."""
    yield "models   search  seconds each  core s each  peak MiB  children found  strangers marked"
    farm = [
        {name: stack[name][n] for name in stack}
        for stack in models("plain", FARMED + len(KINDS))
        for n in range(len(next(iter(stack.values()))))
    ]
    with tempfile.TemporaryDirectory() as scratch:
        shelf, asked = Path(scratch) / "shelf", Path(scratch) / "asked"
        asked.mkdir()
        _ask(asked, farm)
        done = 0
        for size in sizes:
            _fill(shelf, farm[:FARMED], range(done, size))
            done = size
            for how in ("full", "quick"):
                yield _row(size, how, _searched(shelf, asked, how))


def _row(size: int, how: str, found: dict[str, float]) -> str:
    return (
        f"{size:>6,} {how:>8} {found['seconds']:>13.2f} {found['core']:>12.2f} "
        f"{found['peak']:>9,.0f} {found['found']:>9.0f} of {found['children']:.0f} "
        f"{found['marked']:>11.0f} of {found['strangers']:,.0f}"
    )


def _searched(shelf: Path, asked: Path, how: str) -> dict[str, float]:
    """Search in a process of its own, whose memory is the search's alone."""
    told = subprocess.run(
        [sys.executable, "-m", "size.searched", str(shelf), str(asked), how],
        check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout  # fmt: skip
    found: dict[str, float] = json.loads(told)
    return found


def _fill(shelf: Path, farm: Sequence[Weights], numbers: range) -> None:
    """Put in the models of these numbers."""
    with Library(shelf, create=True) as library, tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        for number in numbers:
            path = Path(folder) / f"{number:05}.sketch"
            weights = farm[number % len(farm)]
            own = weights if number < len(farm) else _reordered(weights, number)
            take_sketch(View(path.stem, own, TINY), path, workers=1)
            library.add(path.stem, path)
            path.unlink()


def _reordered(weights: Weights, number: int) -> Weights:
    """Each matrix with its rows and columns in an order of its own."""
    rng = np.random.default_rng([37, number])
    return {
        name: rng.permuted(rng.permuted(values, axis=0), axis=-1)
        for name, values in weights.items()
    }


def _ask(folder: Path, farm: Sequence[Weights]) -> None:
    """A child of each kind, of the first models, and strangers that are in no library."""
    for place, kind in zip(count(), KINDS, strict=False):
        for parent, weights in zip([place], made(kind, farm, range(place, place + 1)), strict=True):
            path = folder / f"child-{parent:05}.sketch"
            take_sketch(View(path.stem, weights, TINY), path, workers=1)
    for number, weights in enumerate(farm[FARMED:]):
        path = folder / f"stranger-{number:05}.sketch"
        take_sketch(View(path.stem, weights, TINY), path, workers=1)

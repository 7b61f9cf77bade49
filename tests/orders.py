"""Invented reading orders, for the kind of material that the example package adds."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from plugged import EXAMPLE

FILES = 200


def order(name: str, seed: int, *, moved: int = 0) -> Any:
    """A shuffle of the same files; of one with moved files the others keep their order."""
    if str(EXAMPLE / "src") not in sys.path:
        raise AssertionError("the example package is not installed; install it first")
    from filiation_example.reading_order.order import Order

    return Order(name=name, files=tuple(shuffled(seed, moved)))


def shuffled(seed: int, moved: int = 0) -> list[str]:
    """Names of files."""
    files = [f"file-{n:03}.txt" for n in np.random.default_rng(seed).permutation(FILES)]
    rng = np.random.default_rng([seed, moved])
    for _ in range(moved):
        files.insert(int(rng.integers(FILES)), files.pop(int(rng.integers(FILES))))
    return files


def written(path: Path, seed: int, *, moved: int = 0) -> Path:
    """The list as a training would log it."""
    path.write_text("".join(f"{file}\n" for file in shuffled(seed, moved)))
    return path

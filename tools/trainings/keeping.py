"""Histories on disk, while they are measured: one file each, tensors by their checkpoint."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from size.shape import Weights

__all__ = ["forged_file", "honest_file", "keep", "kept"]


def honest_file(folder: Path, number: int) -> Path:
    """Of an honest training."""
    return folder / f"honest-{number:02}.npz"


def forged_file(folder: Path, name: str) -> Path:
    """Of a forged history that was trained."""
    return folder / f"forged-{name}.npz"


def keep(path: Path, points: Sequence[Weights]) -> None:
    """Write a history whole."""
    named = {f"{n}|{name}": x for n, one in enumerate(points) for name, x in one.items()}
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, **named)  # type: ignore[arg-type]
    partial.replace(path)


def kept(path: Path) -> list[Weights]:
    """Read it again."""
    with np.load(path) as file:
        points: dict[int, Weights] = {}
        for key in file.files:
            number, _, name = key.partition("|")
            points.setdefault(int(number), {})[name] = file[key]
    return [points[n] for n in sorted(points)]

"""Sketches of a history in memory, and what the program measures of them, once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from filiation.examining.trainings.bands import FEATURES
from filiation.examining.trainings.measured import Measured, measured
from filiation.model.sketch import Sketch
from size.shape import Weights
from size.view import sketched
from trainings.shaped import shape_of

__all__ = ["measured_kept", "measured_once", "sketches"]


def sketches(kept: Sequence[Weights]) -> list[Sketch]:
    """Through sketch files, as always."""
    shape = shape_of(kept[0])
    return [sketched(f"{n:02}", one, shape) for n, one in enumerate(kept)]


def measured_once(
    folder: Path, name: str, points: Callable[[], Sequence[Weights]], seed: int
) -> Measured:
    """What is measured of a history; kept beside the runs, since it takes long."""
    return measured_kept(folder, name, lambda: sketches(points()), seed)


def measured_kept(
    folder: Path, name: str, points: Callable[[], Sequence[Sketch]], seed: int
) -> Measured:
    """The same, of sketches."""
    path = folder / f"measured-{name}.npz"
    if not (path.exists() and _whole(path)):
        found = measured(points(), seed=seed)
        assert found is not None, name
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, **found.named(), log_p=found.log_p)  # type: ignore[arg-type]
        partial.replace(path)
    with np.load(path) as file:
        return Measured(
            length=file["length"], turn=file["turn"], spike=file["spike"], uneven=file["uneven"],
            kept=file["kept"], log_p=file["log_p"], bend=float(file["bend"][0]),
        )  # fmt: skip


def _whole(path: Path) -> bool:
    """Whether all was measured that is measured now."""
    with np.load(path) as file:
        return set(FEATURES) <= set(file.files)

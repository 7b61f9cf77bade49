"""Which models of a line-up are one family: those declared, and controls that plainly are."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers_alike import voices
from filiation.numerics.pairs.alike import families_alike

__all__ = ["families_of", "families_told"]

Float64: TypeAlias = NDArray[np.float64]


def families_told(
    values: Float64,
    noise: Float64,
    names: Sequence[str],
    families: Mapping[str, str],
    *,
    controls: int,
) -> tuple[list[str], tuple[str, ...]]:
    """The declared families, controls joined that are plainly of one; and whom that concerns."""
    declared = families_of(names, families)
    among = slice(0, 2 + controls)
    _, number = np.unique(declared[among], return_inverse=True)
    found = families_alike(values[among, among], noise[among, among], number, parties=2)
    labels = dict(zip(number.tolist(), declared[among], strict=True))
    family = [labels[n] for n in found.tolist()] + declared[among.stop :]
    return family, voices(names[among], declared[among], found)


def families_of(names: Sequence[str], families: Mapping[str, str]) -> list[str]:
    """The declared family of each model, or one of its own."""
    return [families.get(name, f"\0{n}") for n, name in enumerate(names)]

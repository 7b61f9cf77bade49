"""An adapter by itself, as it is compared with another: its factors, component by component."""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

__all__ = ["AdapterSketch", "ModuleFactors"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModuleFactors:
    """Both factors of one module.

    A component is one row of `down` with the column of `up` of the same number.

    Attributes:
        module: Name, with the part of a pipeline that it belongs to; underscores in place of dots.
        rank: Components.
        inputs: Length of a row of `down` before projection.
        outputs: Length of a column of `up` before projection.
        down: int8 [kept, columns]: directions in which the first components read.
        up: int8 [kept, columns]: directions in which they write.
        sizes: float32 [kept]: the product of both lengths.
        digests: SHA-256 (hex) of the stored bytes of `down` and `up`.
        blank: Whether one of them is nought throughout, as before training.
    """

    module: str
    rank: int
    inputs: int
    outputs: int
    down: NDArray[np.int8]
    up: NDArray[np.int8]
    sizes: NDArray[np.float32]
    digests: tuple[str, str]
    blank: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdapterSketch:
    """All that is kept of an adapter.

    Attributes:
        name: What reports call it.
        digest: SHA-256 (hex) over its tensors.
        declared: What it says to be an adapter of; empty if nothing.
        start: How its factors began, if it says so and they were taken out of the base; else empty.
        modules: Those with two factors, by name.
        others: Tensors of other kinds, which are not compared.
    """

    name: str
    digest: str
    declared: str
    start: str
    modules: tuple[ModuleFactors, ...]
    others: int = 0

"""A model in memory, as the sketcher sees one on disk."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.layout import Layout, TensorInfo
from filiation.model.sketch import Sketch
from filiation.readers.weights.roles import lay_out
from filiation.readers.weights.settings import Settings
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch
from size.shape import Shape, Weights

__all__ = ["sketched"]

MEMORY: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None  # no disk has to follow


@final
@dataclass(frozen=True)
class View:
    """A `WeightView` over arrays with Llama's names."""

    name: str
    arrays: Mapping[str, NDArray[np.float32]]
    shape: Shape

    @cached_property
    def tensors(self) -> Sequence[TensorInfo]:
        return [
            TensorInfo(name=n, dtype="F32", shape=a.shape, nbytes=a.nbytes)
            for n, a in sorted(self.arrays.items())
        ]

    @cached_property
    def tokens(self) -> Sequence[bytes]:
        """As many short words as there are tokens."""
        first, second = "abcdefghijklm", "nopqrstuvwxyz"
        words = [f" {a}{b}".encode() for a in first for b in second]
        return words[: self.shape.vocabulary]

    @cached_property
    def layout(self) -> Layout:
        return _laid_out(tuple(self.tensors), self.shape)

    def blocks(self, tensor: str) -> Iterator[tuple[int, memoryview]]:
        yield 0, memoryview(np.ascontiguousarray(self.arrays[tensor]).tobytes())

    def decode(self, tensor: str, first_row: int, raw: memoryview) -> NDArray[np.float32]:
        width = self.arrays[tensor].shape[-1]
        return np.frombuffer(raw, dtype=np.float32).reshape(-1, width)

    def check_finite(self, tensor: str, first_row: int, raw: memoryview) -> None:
        """They were made here: all are."""

    def rows(self, tensor: str, indices: Sequence[int]) -> NDArray[np.float32]:
        return np.atleast_2d(self.arrays[tensor])[list(indices)]

    def columns(self, tensor: str, indices: Sequence[int]) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.arrays[tensor][:, list(indices)].T)


@lru_cache(maxsize=8)
def _laid_out(tensors: tuple[TensorInfo, ...], shape: Shape) -> Layout:
    """The same for all models of a form: laid out once."""
    settings = Settings(heads=shape.heads, groups=shape.groups)
    found = lay_out({t.name: t for t in tensors}, unexamined={}, settings=settings)
    assert found is not None  # these are Llama's names
    return found


def sketched(name: str, weights: Weights, shape: Shape) -> Sketch:
    """The sketch of a model, through a sketch file as always."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "model.sketch"
        take_sketch(View(name, weights, shape), path, workers=1)
        return read_sketch(path)

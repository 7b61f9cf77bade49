"""Tiny models in memory, with a known relation, as the sketcher sees them."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filiation.model.layout import Gain, Layer, Layout, TensorInfo, UnitMatrix
from filiation.model.sketch import Sketch
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

Array = NDArray[np.float32]

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # spares the disk thousands of flushes
WORDS = tuple(f" {a}{b}".encode() for a in "abcdefghij" for b in "klmnopqrstu")


@dataclass(frozen=True)
class Toy:
    """A `WeightView` over arrays: layers.N.{up,gate,down}, embed, unembed, gain."""

    name: str
    arrays: Mapping[str, Array]
    tokens: tuple[bytes, ...] | None = WORDS
    guessed: bool = False
    rows_per_block: int = 7
    experts: int = 0
    heads: int = 0
    groups: int = 0
    checked: list[str] = field(default_factory=list)

    @property
    def tensors(self) -> Sequence[TensorInfo]:
        return [
            TensorInfo(name=n, dtype="F32", shape=a.shape, nbytes=a.nbytes)
            for n, a in sorted(self.arrays.items())
        ]

    @cached_property
    def layout(self) -> Layout:
        numbers = sorted({int(n.split(".")[1]) for n in self.arrays if n.startswith("layers.")})
        return Layout(
            family="guessed" if self.guessed else "toy",
            guessed=self.guessed,
            layers=tuple(
                Layer(
                    label=self._label(n),
                    matrices=self._matrices(n),
                    attention=self._attention(n),
                    heads=self.heads,
                    groups=self.groups,
                )
                for n in numbers
            ),
            embed="embed" if "embed" in self.arrays else None,
            unembed="unembed" if "unembed" in self.arrays else None,
            final_gain=None,
            positions="positions" if "positions" in self.arrays else None,
            skipped=(),
        )

    def _attention(self, number: int) -> tuple[UnitMatrix, ...]:
        return tuple(
            UnitMatrix(
                role=f"attn.{x}",
                tensor=f"layers.{number}.{x}",
                unit_axis=1 if x == "o" else 0,
                start=0,
                units=self.arrays[f"layers.{number}.{x}"].shape[1 if x == "o" else 0],
                width=self.arrays[f"layers.{number}.{x}"].shape[0 if x == "o" else 1],
                side="writes" if x == "o" else "reads",
            )
            for x in ("qkvo" if self.heads else "")
        )

    def _label(self, number: int) -> str:
        if not self.experts:
            return f"layers.{number}"
        return f"layers.{number // self.experts}.experts.{number % self.experts}"

    def _matrices(self, number: int) -> tuple[UnitMatrix, ...]:
        made = []
        for role in ("up", "gate", "down"):
            name = f"layers.{number}.{role}"
            if name in self.arrays:
                shape = self.arrays[name].shape
                axis = 1 if role == "down" else 0
                gain = f"gain.{number}"
                made.append(
                    UnitMatrix(
                        role=f"mlp.{role}",
                        tensor=name,
                        unit_axis=axis,  # type: ignore[arg-type]
                        start=0,
                        units=shape[axis],
                        width=shape[1 - axis],
                        side="writes" if axis else "reads",
                        gain=Gain(tensor=gain) if gain in self.arrays and not axis else None,
                    )
                )
        return tuple(made)

    def blocks(self, tensor: str) -> Iterator[tuple[int, memoryview]]:
        array = np.atleast_2d(self.arrays[tensor])
        for row in range(0, len(array), self.rows_per_block):
            part = np.ascontiguousarray(array[row : row + self.rows_per_block])
            yield row, memoryview(part.tobytes())

    def decode(self, tensor: str, first_row: int, raw: memoryview) -> Array:
        return np.frombuffer(raw, dtype=np.float32).reshape(-1, self.arrays[tensor].shape[-1])

    def check_finite(self, tensor: str, first_row: int, raw: memoryview) -> None:
        self.checked.append(tensor)

    def rows(self, tensor: str, indices: Sequence[int]) -> Array:
        return np.atleast_2d(self.arrays[tensor])[list(indices)]

    def columns(self, tensor: str, indices: Sequence[int]) -> Array:
        return np.ascontiguousarray(self.arrays[tensor][:, list(indices)].T)


def born(seed: int, *, layers: int = 3, units: int = 48, width: int = 40, gate: bool = True) -> Toy:
    """A model from its own random initialisation."""
    rng = np.random.default_rng(seed)
    arrays: dict[str, Array] = {
        "embed": rng.normal(size=(len(WORDS), width)).astype(np.float32),
        "unembed": rng.normal(size=(len(WORDS), width)).astype(np.float32),
    }
    for n in range(layers):
        arrays[f"layers.{n}.up"] = rng.normal(size=(units, width)).astype(np.float32)
        if gate:
            arrays[f"layers.{n}.gate"] = rng.normal(size=(units, width)).astype(np.float32)
        arrays[f"layers.{n}.down"] = rng.normal(size=(width, units)).astype(np.float32)
    return Toy(f"toy-{seed}", arrays)


def changed(toy: Toy, name: str, arrays: Mapping[str, Array]) -> Toy:
    """The same model with some arrays replaced."""
    return replace(toy, name=name, arrays={**toy.arrays, **arrays}, checked=[])


def with_experts(toy: Toy, experts: int = 12) -> Toy:
    """Two layers of so many experts; every expert is a share of one of the toy's own layers.

    A function of the toy alone, so that children of one parent have the same experts.
    """
    layers = len(toy.layout.layers)
    arrays = {n: a for n, a in toy.arrays.items() if not n.startswith("layers.")}
    for number in range(2 * experts):
        kept = np.random.default_rng(number).permutation(toy.layout.layers[0].units)[:24]
        for matrix in toy.layout.layers[number % layers].matrices:
            role = matrix.tensor.rpartition(".")[2]
            found = np.take(toy.arrays[matrix.tensor], kept, matrix.unit_axis)
            arrays[f"layers.{number}.{role}"] = found
    return replace(toy, arrays=arrays, experts=experts, checked=[])


def with_heads(toy: Toy, *, heads: int = 8, groups: int = 4, size: int = 4) -> Toy:
    """Attention beside every MLP, made of the toy's own rows: children of a toy have its heads."""
    arrays = dict(toy.arrays)
    for n in range(len(toy.layout.layers)):
        up, gate, down = (toy.arrays[f"layers.{n}.{x}"] for x in ("up", "gate", "down"))
        kept = groups * size
        arrays[f"layers.{n}.q"] = up[: heads * size]
        arrays[f"layers.{n}.k"], arrays[f"layers.{n}.v"] = gate[:kept], gate[kept : 2 * kept]
        arrays[f"layers.{n}.o"] = down[:, : heads * size]
    return replace(toy, arrays=arrays, heads=heads, groups=groups, checked=[])


def tuned(parent: Toy, seed: int, drift: float = 0.3) -> Toy:
    """A fine-tune: every weight moved a little."""
    rng = np.random.default_rng(seed)
    moved = {
        n: (a + drift * rng.normal(size=a.shape)).astype(np.float32)
        for n, a in parent.arrays.items()
    }
    return changed(parent, f"{parent.name}+{seed}", moved)


def rotated(parent: Toy, seed: int) -> Toy:
    """The residual stream rotated, embeddings and all, gains folded in before."""
    rng = np.random.default_rng(seed)
    width = parent.arrays["embed"].shape[1]
    q = np.linalg.qr(rng.normal(size=(width, width)))[0]
    gains = {n.split(".")[1]: a for n, a in parent.arrays.items() if n.startswith("gain.")}
    turned = {}
    for n, a in parent.arrays.items():
        if n in ("embed", "unembed", "positions"):
            turned[n] = a @ q
        elif n.endswith((".down", ".o")):
            turned[n] = q.T @ a
        elif n.endswith((".up", ".gate")):
            turned[n] = a * gains.get(n.split(".")[1], 1.0) @ q
        elif n.startswith("layers."):
            turned[n] = a @ q
        else:
            turned[n] = np.ones_like(a)
    turned = {n: a.astype(np.float32) for n, a in turned.items()}
    return changed(parent, f"{parent.name}-rotated", turned)


def permuted(parent: Toy, seed: int) -> Toy:
    """Units of every layer in another order."""
    rng = np.random.default_rng(seed)
    arrays = dict(parent.arrays)
    for layer in parent.layout.layers:
        order = rng.permutation(layer.units)
        for matrix in layer.matrices:
            array = parent.arrays[matrix.tensor]
            arrays[matrix.tensor] = np.take(array, order, axis=matrix.unit_axis)
    return changed(parent, f"{parent.name}-permuted", arrays)


def narrowed(parent: Toy, seed: int, keep: float = 0.75) -> Toy:
    """A share of the units of every layer left out, the others in their order."""
    rng = np.random.default_rng(seed)
    arrays = dict(parent.arrays)
    for layer in parent.layout.layers:
        kept = np.sort(rng.choice(layer.units, size=round(keep * layer.units), replace=False))
        for matrix in layer.matrices:
            arrays[matrix.tensor] = np.take(parent.arrays[matrix.tensor], kept, matrix.unit_axis)
    return changed(parent, f"{parent.name}-narrowed", arrays)


def sorted_by_norm(parent: Toy) -> Toy:
    """Units of every layer listed by the norm of their up rows, as some exports do.

    So are the values of each head, where as many of them are read as written.
    """
    arrays = dict(parent.arrays)
    for n, layer in enumerate(parent.layout.layers):
        if parent.heads and parent.heads == parent.groups:
            values = parent.arrays[f"layers.{n}.v"]
            norms = np.linalg.norm(values, axis=1).reshape(parent.heads, -1)
            within = np.argsort(norms, axis=1) + norms.shape[1] * np.arange(parent.heads)[:, None]
            arrays[f"layers.{n}.v"] = values[within.ravel()]
            arrays[f"layers.{n}.o"] = parent.arrays[f"layers.{n}.o"][:, within.ravel()]
        up = parent.arrays[layer.matrices[0].tensor]
        order = np.argsort(np.linalg.norm(up, axis=1))
        for matrix in layer.matrices:
            arrays[matrix.tensor] = np.take(parent.arrays[matrix.tensor], order, matrix.unit_axis)
    return changed(parent, f"{parent.name}-sorted", arrays)


def renumbered(parent: Toy, seed: int) -> Toy:
    """Every token under another number, its string with it."""
    order = np.random.default_rng(seed).permutation(len(parent.arrays["embed"]))
    arrays = {n: parent.arrays[n][order] for n in ("embed", "unembed")}
    tokens = None if parent.tokens is None else tuple(parent.tokens[i] for i in order)
    return replace(changed(parent, f"{parent.name}-renumbered", arrays), tokens=tokens)


def sketch(toy: Toy, *, workers: int = 1) -> Sketch:
    """Take the sketch of a toy through a real sketch file."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / f"{toy.name}.sketch"
        take_sketch(toy, path, workers=workers)
        return read_sketch(path)

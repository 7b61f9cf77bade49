"""Where a checkpoint keeps its hidden units: which tensor, which axis, which norm gain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BEYOND",
    "UNREAD",
    "Gain",
    "Layer",
    "Layout",
    "Merged",
    "Skipped",
    "TensorInfo",
    "Tower",
    "UnitMatrix",
    "WeightView",
]

Float32: TypeAlias = NDArray[np.float32]
Tower: TypeAlias = Literal["vision", "audio", "projector"]  # what stands beside a language body

BEYOND: Final = "beyond"  # begins that of a layer which the model's configuration does not know
UNREAD: Final = "unread: "  # begins the reason of a tensor that may hold weights and was not read


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TensorInfo:
    """One stored tensor. `dtype` is the container's own word (`BF16`, `F8_E4M3`, ...)."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    nbytes: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """A vector of norm gains to fold into the residual axis: `offset + tensor` (Gemma adds 1)."""

    tensor: str
    offset: float = 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMatrix:
    """One matrix of an MLP, seen as `units` vectors in the residual space of `width` axes.

    Attributes:
        role: `mlp.up`, `mlp.gate`, `mlp.down`; or `in:<stem>` / `out:<stem>` where it was guessed.
        tensor: Name of the stored tensor (two axes).
        unit_axis: 0 if the stored rows are units, 1 if the columns are.
        start: Index of the first unit along `unit_axis` (non-zero in fused tensors).
        units: Number of hidden units, h.
        width: Length of the other axis, d.
        side: Whether the units read the residual stream or write to it.
        gain: Norm gain along the residual axis that belongs to this matrix, if any.
        run: Units that stand side by side, where a fused tensor holds them in several runs; 0 where
            all do.
        step: From the start of one run to that of the next.
    """

    role: str
    tensor: str
    unit_axis: Literal[0, 1]
    start: int
    units: int
    width: int
    side: Literal["reads", "writes"]
    gain: Gain | None = None
    run: int = 0
    step: int = 0

    def __post_init__(self) -> None:
        if bool(self.run) != bool(self.step) or self.step < self.run or self.run < 0:
            raise ValueError(f"{self.tensor}: runs of {self.run} every {self.step}")
        if self.run and self.units % self.run:
            raise ValueError(f"{self.tensor}: {self.units} units in runs of {self.run}")

    @property
    def runs(self) -> Iterator[tuple[int, int]]:
        """Where each run stands in the tensor: its first place, and the unit that stands there."""
        if not self.run:
            yield self.start, 0
            return
        for number in range(self.units // self.run):
            yield self.start + number * self.step, number * self.run

    def places(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where in the tensor, along `unit_axis`, these units stand."""
        run = self.run or self.units
        return self.start + units // run * self.step + units % run


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The matrices of one MLP; all have the same number of units, in one shared order.

    Attributes:
        label: Where it stands.
        matrices: Of the MLP.
        attention: Of the attention beside it (`attn.q`, `.k`, `.v`, `.o`); a unit is one row of a
            head. Of latent attention `attn.o` alone, whose columns are those of its values. Empty
            where the number of heads is not known.
        heads: Heads of the attention.
        groups: Groups of heads that share a key and a value.
        mixers: What else reads or writes the stream between tokens (latent and linear attention,
            state-space mixers, an attention whose heads are not known): matrices whose rows are in
            no order that is understood, so that only their axes are read.
    """

    label: str
    matrices: tuple[UnitMatrix, ...]
    attention: tuple[UnitMatrix, ...] = ()
    heads: int = 0
    groups: int = 0
    mixers: tuple[UnitMatrix, ...] = ()

    @property
    def units(self) -> int:
        return self.matrices[0].units


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A tensor that was digested but not examined, and why."""

    tensor: str
    reason: str

    @property
    def unread(self) -> bool:
        """Whether it may hold weights that nobody looked at."""
        return self.reason.startswith(UNREAD)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """An adapter that was merged into the weights of a base while they were read.

    Attributes:
        name: Of the adapter.
        kind: `LoRA`, `DoRA` or `IA3`.
        digest: SHA-256 (hex) over the adapter's tensors.
        config_digest: SHA-256 (hex) of its configuration; empty without one.
        base: What the base is called.
        base_digest: SHA-256 (hex) over the base's tensors.
        base_says: What the base's configuration calls it; empty if nothing.
        declared: What the adapter says to be an adapter of; empty if nothing.
        modules: How many modules it changes.
        least_rank: Of its changes; 0 if they are none of low rank.
        most_rank: Likewise.
        full: Changes of as high a rank as their matrix has: the result may be any matrix.
        idle: Changes that add nothing: a factor is nought, or the scale is.
        assumed: Changes whose scale nobody stored; they count as they stand.
        replaced: Tensors that stand in the adapter itself and took the place of the base's.
        added: Those of them that the base has not.
        aside: Its parts that belong to another component, and how much they hold.
    """

    name: str
    kind: str
    digest: str
    config_digest: str
    base: str
    base_digest: str
    base_says: str
    declared: str
    modules: int
    least_rank: int
    most_rank: int
    full: int
    idle: int
    assumed: int
    replaced: int
    added: int
    aside: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What each tensor is for.

    Attributes:
        family: Name of the role file that fitted, or `guessed`.
        guessed: True if roles were inferred from shapes; then one layer may hold a single matrix
            and two layers of this layout may secretly share their unit order.
        layers: In depth order as far as known.
        embed: Tensor [vocabulary, width] of input embeddings, if known.
        unembed: Tensor [vocabulary, width] of output embeddings; equals `embed` when tied.
        final_gain: Gain of the last norm, folded into `unembed`.
        skipped: Every tensor that no layer uses, with its reason.
        positions: Tensor [positions, width] of position embeddings, if there is one.
        transposed: Matrices stored with their axes swapped with respect to the others' order
            ([in, out] in ONNX); `unit_axis` already says so, and `WeightView.rows` undoes it.
        unreadable: Tensors without values that could be weights (packed, an index, a scale).
        set_aside: What stands in the files and counts for nothing: tensors that are not of the
            model, rows of tables and unused tensors with values that are not finite; with reasons.
        towers: What the names of the tensors of a tower or projector begin with, as names and
            config.json tell it: the maker's words, which decide nothing alone.
        merged: Adapters that were merged into it, in this order.
    """

    family: str
    guessed: bool
    layers: tuple[Layer, ...]
    embed: str | None
    unembed: str | None
    final_gain: Gain | None
    skipped: tuple[Skipped, ...]
    positions: str | None = None
    transposed: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    set_aside: tuple[Skipped, ...] = ()
    towers: Mapping[str, Tower] = field(default_factory=dict)
    merged: tuple[Merged, ...] = ()


class WeightView(Protocol):
    """What sketching may see of a checkpoint: names, roles and rows, never paths."""

    @property
    def name(self) -> str: ...

    @property
    def tensors(self) -> Sequence[TensorInfo]: ...

    @property
    def layout(self) -> Layout: ...

    @property
    def tokens(self) -> Sequence[bytes] | None:
        """The bytes each token id stands for (empty for special ones), None without tokenizer."""

    def blocks(self, tensor: str) -> Iterator[tuple[int, memoryview]]:
        """Stream a tensor's stored bytes as (first row, bytes of whole rows), bounded in size.

        A row is an index of the first axis (a tensor of less than two axes has one row). Blocks do
        not depend on anything but dtype and shape, so sums over them are reproducible.
        """

    def decode(self, tensor: str, first_row: int, raw: memoryview) -> Float32:
        """The values of one such block, [rows, columns]; companion scales already applied."""

    def check_finite(self, tensor: str, first_row: int, raw: memoryview) -> None:
        """Raise UnreadableError if such a block holds NaN or infinity; cheap, without decoding."""

    def rows(self, tensor: str, indices: Sequence[int]) -> Float32:
        """Chosen rows of a tensor, [len(indices), columns]; a vector counts as one row.

        The array is the caller's own, who may change it.

        Of a tensor that `layout.transposed` names, the stored columns.
        """

    def columns(self, tensor: str, indices: Sequence[int]) -> Float32:
        """Chosen columns as they are stored, [len(indices), rows]; takes a pass over the tensor."""

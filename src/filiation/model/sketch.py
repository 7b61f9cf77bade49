"""Sketch: what a checkpoint leaves behind for every later comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.layout import Merged, Skipped, TensorInfo, Tower

__all__ = [
    "ALIGNED",
    "AXES_COLUMNS",
    "COMPONENTS",
    "FRAMES",
    "RUN",
    "RUNS",
    "SCATTERED",
    "TABLES",
    "TABLE_COLUMNS",
    "TABLE_ROWS",
    "VECTOR_VALUES",
    "Component",
    "DeepLayer",
    "Frame",
    "LayerSketch",
    "Sketch",
    "SketchMethod",
    "TableRows",
    "UnitRows",
]

Frame: TypeAlias = Literal["native", "token", "table", "gauge", "canonical", "signature"]
FRAMES: tuple[Frame, ...] = ("native", "token", "table")  # stored for every layer
ALIGNED: tuple[Frame, ...] = ("gauge", "canonical", "signature")  # made from the deep part
# What of a model a layer, a table or a finding speaks of.
Component: TypeAlias = Literal["embedding", "positions", "attention", "mlp", "head"]
TABLES: frozenset[Component] = frozenset({"embedding", "positions", "head"})
COMPONENTS: tuple[Component, ...] = ("embedding", "positions", "attention", "mlp", "head")
TABLE_COLUMNS = 32  # of the frame `table`: half by number, then half by likeness
TABLE_ROWS = 512  # rows of a table that are kept at most
AXES_COLUMNS = 32  # to which the axes of the attention are reduced

# Values that are kept of each matrix: runs of neighbours along the shorter axis, as many along the
# longer one, and others; of a square matrix twice, the second time with its axes swapped.
RUN = 16
RUNS = 8
SCATTERED = 128
VECTOR_VALUES = 64


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SketchMethod:
    """Every knob that moves a byte of a sketch.

    Two sketches compare iff `projection` is equal; `deep` only says how many whole rows of each
    role are kept, shared out over all layers; 0 for none.
    """

    columns: int = 64
    anchors: int = 512
    seed: int = 0
    deep: int = 8192

    @property
    def id(self) -> str:
        return (
            f"unit-directions/3;columns={self.columns};anchors={self.anchors};seed={self.seed};"
            f"deep={self.deep}"
        )

    @property
    def projection(self) -> tuple[int, int, int]:
        return self.columns, self.anchors, self.seed


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitRows:
    """One matrix of hidden units, projected.

    Attributes:
        width: Length d of the residual axis before projection.
        norms: Euclidean norm of each unit, float32 [units]; gains folded in.
        directions: Per frame, int8 [units, columns]: each unit's projected row divided by its
            largest entry, times 127, rounded. Only the direction is kept.
    """

    width: int
    norms: NDArray[np.float32]
    directions: Mapping[Frame, NDArray[np.int8]]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerSketch:
    """One MLP, or the values of one attention: its units, seen through each of its matrices.

    Attributes:
        label: Where it stands.
        units: How many. Of an attention: rows of v, whose place the columns of o share (summed
            over the heads that share a value).
        roles: What is kept of each matrix.
        block: Units are exchangeable within blocks of so many only, the size of a head; 0 where
            all units of the layer are.
    """

    label: str
    units: int
    roles: Mapping[str, UnitRows]
    block: int = 0


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableRows:
    """Chosen rows of a table of tokens or positions.

    Attributes:
        keys: What names a row in any model: a digest prefix (hex) of the token's string, or its
            number in decimal.
        rows: int8 [keys, width]: directions once the mean of the chosen rows is taken away; gains
            folded in.
    """

    keys: tuple[str, ...]
    rows: NDArray[np.int8]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeepLayer:
    """Whole rows of one layer, for what a projection cannot show.

    Attributes:
        layer: Place in the sketch's layers.
        units: int32 [kept], increasing: which units; `sketching.deep` says how they are chosen if
            not all are kept.
        rows: Per role, int8 [kept, width]: directions in the residual stream as stored, gains
            folded in.
        attention: Per role of the attention, int8 [rows, columns]: the same projection as the
            native frame's. Empty if unknown.
        heads: Heads of the attention.
        groups: Groups of heads that share a key and a value.
    """

    layer: int
    units: NDArray[np.int32]
    rows: Mapping[str, NDArray[np.int8]]
    attention: Mapping[str, NDArray[np.int8]] = field(default_factory=dict)
    heads: int = 0
    groups: int = 0


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketch:
    """Reproducible from (checkpoint, method id); comparisons need nothing else.

    Attributes:
        name: What reports call the model; not part of the sketch's bytes.
        digest: SHA-256 (hex) of the sketch file.
        subject_digest: SHA-256 (hex) over names, dtypes, shapes and digests of all tensors.
        method: Parameters it was taken with.
        family: Role file that fitted the tensor names, or `guessed`.
        guessed: Whether roles were inferred from shapes alone.
        tensors: Every tensor of the checkpoint.
        tensor_digests: SHA-256 (hex) of each tensor's stored bytes, in the same order.
        anchors: SHA-256 prefixes (hex) of the token strings that span the token frame, sorted.
        anchor_rows: int8 [anchors, width]: directions of their embeddings, in the same order.
        token_absent: Why there is no token frame, or None.
        table_absent: Why there is no table frame, or None.
        skipped: Tensors digested but not examined, with reasons.
        layers: The examined MLPs.
        attention: The values of the attentions beside them, as layers of units: `attn.v`, `attn.o`.
        samples: Of every tensor that can be read, float32 values at positions that its shape
            alone decides (`sketching.samples`).
        deep: Whole rows of some of their units.
        tables: Rows of `embedding/string`, `embedding/id`, `head/string`, `head/id` and
            `positions/id`, as far as there are such tables.
        axes: Per role of the attention, int8 [width, columns]: its columns, summed over rows and
            layers with signs that depend on the role and the row alone. Empty without attention.
        axes_rows: The most rows that a matrix of such a role has, where no head says it.
        set_aside: What stands in the files and counts for nothing, as `Layout.set_aside` says.
        towers: What its tensor names and config.json call towers, as `Layout.towers` says.
        merged: Adapters that were merged into the model while it was read.
    """

    name: str
    digest: str
    subject_digest: str
    method: SketchMethod
    family: str
    guessed: bool
    tensors: Sequence[TensorInfo]
    tensor_digests: Sequence[str]
    anchors: tuple[str, ...]
    anchor_rows: NDArray[np.int8]
    token_absent: str | None
    skipped: Sequence[Skipped]
    layers: Sequence[LayerSketch]
    samples: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    deep: Sequence[DeepLayer] = ()
    attention: Sequence[LayerSketch] = ()
    tables: Mapping[str, TableRows] = field(default_factory=dict)
    axes: Mapping[str, NDArray[np.int8]] = field(default_factory=dict)
    axes_rows: Mapping[str, int] = field(default_factory=dict)
    table_absent: str | None = None
    set_aside: Sequence[Skipped] = ()
    towers: Mapping[str, Tower] = field(default_factory=dict)
    merged: Sequence[Merged] = ()

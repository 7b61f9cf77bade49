"""Writing a sketch while the checkpoint streams by, whole or not at all.

The layout of the file is told in `readers.sketch_file`, which reads it.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UsageError
from filiation.model.layout import Layer, UnitMatrix, WeightView
from filiation.model.sketch import AXES_COLUMNS, Frame, TableRows
from filiation.sketching.axes import AxesOf
from filiation.sketching.deep import rows_kept
from filiation.sketching.projection import Found, Onto
from filiation.sketching.sketch_file import file_digest
from filiation.sketching.sketch_names import (
    ANCHOR_ROWS,
    ANCHORS,
    ATTENTION,
    DESCRIPTION,
    DIGESTS,
    DTYPES,
    KEY,
    SAMPLES,
    SCHEMA,
    VALUES,
    Place,
    array_key,
    axes_key,
    deep_key,
    frame_columns,
    heads_key,
    table_key,
)

__all__ = ["Plan", "SketchWriter"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be kept of a checkpoint, known before its weights are read.

    Attributes:
        view: The checkpoint.
        onto: Parameters and frames.
        tables: Rows of its tables.
        deep: Places of the layers of which whole rows are kept.
        sampled: How many values are kept of each tensor.
        axes: Of which roles of the attention the axes are kept.
    """

    view: WeightView
    onto: Onto
    tables: Mapping[str, TableRows]
    deep: Sequence[int]
    sampled: Mapping[str, int]
    axes: Mapping[str, AxesOf]

    def frames(self, matrix: UnitMatrix) -> tuple[Frame, ...]:
        """In which frames a matrix is kept: queries and keys have no units to compare."""
        return ("native",) if matrix.role in ("attn.q", "attn.k") else self.onto.frames(matrix)


@final
class SketchWriter:
    """Writes one sketch, whole or not at all; safe to call from several threads."""

    def __init__(self, target: Path, plan: Plan) -> None:
        """Reserve a place in the file for everything that will be written."""
        self._target, self._plan, self._end = target, plan, 0
        self._places: dict[str, Place] = {}
        token, view, sampled = plan.onto.token, plan.view, plan.sampled
        text = _description(plan)
        self._known = {
            DESCRIPTION: text,
            ANCHORS: b"".join(token.anchors),
            ANCHOR_ROWS: token.rows.tobytes(),
        }
        self._reserve(DESCRIPTION, "U8", (len(text),))
        self._reserve(DIGESTS, "U8", (len(view.tensors), 32))
        self._reserve(ANCHORS, "U8", (len(token.anchors), 8))
        self._samples = dict(zip(sampled, accumulate(sampled.values(), initial=0), strict=False))
        self._reserve(SAMPLES, "F32", (sum(sampled.values()),))
        self._reserve(ANCHOR_ROWS, "I8", token.rows.shape)
        for name, table in plan.tables.items():
            self._known[table_key(name)] = table.rows.tobytes()
            self._reserve(table_key(name), "I8", table.rows.shape)
        self._reserve_units()
        self._reserve_attention()
        self._reserve_deep()
        self._header = self._encode()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self._header) + self._end

    def __enter__(self) -> Self:
        try:
            self._file, name = tempfile.mkstemp(
                dir=self._target.parent, prefix=f".{self._target.name}.", suffix=".partial"
            )
        except OSError as error:
            raise UsageError(
                f"{self._target}: cannot be written: {error.strerror}; no sketch was taken"
            ) from error
        self._partial = Path(name)
        os.ftruncate(self._file, self.size)
        _write_all(self._file, self._header, 0)
        for known, raw in self._known.items():
            self._put(known, raw)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._partial.unlink()

    def digest(self, index: int, digest: bytes) -> None:
        """Record the SHA-256 of the tensor at `index` of the view's list."""
        begin = len(self._header) + self._places[DIGESTS][2]
        _write_all(self._file, digest, begin + 32 * index)

    def sample(self, tensor: str, values: NDArray[np.float32]) -> None:
        """Record the values that are kept of a tensor, as many as were announced."""
        begin = len(self._header) + self._places[SAMPLES][2]
        _write_all(self._file, values.astype("<f4").tobytes(), begin + 4 * self._samples[tensor])

    def units(self, layer: int, role: str, found: Found) -> None:
        """Record one matrix of a layer."""
        self._put(array_key(layer, role, "norms"), found.norms.astype("<f4").tobytes())
        for frame, rows in found.directions.items():
            self._put(array_key(layer, role, frame), rows.tobytes())

    def attention(self, layer: int, role: str, found: Found) -> None:
        """Record one matrix of the attention beside a layer."""
        if role in VALUES:
            self._put(heads_key(layer, role, "norms"), found.norms.astype("<f4").tobytes())
            for frame, rows in found.directions.items():
                self._put(heads_key(layer, role, frame), rows.tobytes())
        whole = len(self._plan.view.layout.layers[layer].attention) == len(ATTENTION)
        if role != "attn.v" and layer in self._plan.deep and whole:
            self._put(heads_key(layer, role, "whole"), found.whole.tobytes())

    def axes(self, role: str, rows: NDArray[np.int8]) -> None:
        """Record the axes of the attention, summed over layers."""
        self._put(axes_key(role), rows.tobytes())

    def chooses(
        self, layer: int
    ) -> tuple[Mapping[str, NDArray[np.float32]], Mapping[str, NDArray[np.int8]]]:
        """Norms and, if there is that frame, table directions of a layer as recorded."""
        roles = [matrix.role for matrix in self._plan.view.layout.layers[layer].matrices]
        norms = {r: self._get(array_key(layer, r, "norms")) for r in roles}
        names = {r: array_key(layer, r, "table") for r in roles}
        return norms, {r: self._get(n) for r, n in names.items() if n in self._places}

    def deep(
        self, place: int, units: NDArray[np.int32], rows: Mapping[str, NDArray[np.int8]]
    ) -> None:
        """Record the deep layer at `place`: which units, and their whole rows per role."""
        self._put(deep_key(place, "units"), units.astype("<i4").tobytes())
        for role, kept in rows.items():
            self._put(deep_key(place, role), kept.tobytes())

    def commit(self) -> str:
        """Flush, give the file its name, and return its SHA-256 (hex)."""
        os.fsync(self._file)
        os.close(self._file)
        self._file = -1
        digest = file_digest(self._partial)
        self._partial.chmod(0o644)
        self._partial.replace(self._target)
        folder = os.open(self._target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest

    def _reserve(self, name: str, dtype: str, shape: tuple[int, ...]) -> None:
        size = int(np.prod(shape)) * DTYPES[dtype].itemsize
        self._places[name] = (dtype, shape, self._end, self._end + size)
        self._end += size

    def _reserve_units(self) -> None:
        """Norms and directions of the units of every matrix, layer by layer."""
        for number, layer in enumerate(self._plan.view.layout.layers):
            for matrix in layer.matrices:
                self._reserve_matrix(partial(array_key, number), matrix, matrix.units)

    def _reserve_attention(self) -> None:
        """The same of values and what they write, projected heads, and the axes of all."""
        for number, layer in enumerate(self._plan.view.layout.layers):
            whole = number in self._plan.deep and len(layer.attention) == len(ATTENTION)
            for matrix in layer.attention:
                if matrix.role in VALUES:
                    units = _values_of(layer)
                    self._reserve_matrix(partial(heads_key, number), matrix, units)
                if matrix.role != "attn.v" and whole:
                    shape = (matrix.units, self._plan.onto.method.columns)
                    self._reserve(heads_key(number, matrix.role, "whole"), "I8", shape)
        for role, kept in self._plan.axes.items():
            self._reserve(axes_key(role), "I8", (kept.width, AXES_COLUMNS))

    def _reserve_matrix(
        self, key: Callable[[str, str], str], matrix: UnitMatrix, units: int
    ) -> None:
        self._reserve(key(matrix.role, "norms"), "F32", (units,))
        for frame in self._plan.frames(matrix):
            columns = frame_columns(frame, self._plan.onto.method.columns)
            self._reserve(key(matrix.role, frame), "I8", (units, columns))

    def _reserve_deep(self) -> None:
        """Whole rows of the chosen units of the deep layers."""
        budget = self._plan.onto.method.deep
        for place, number in enumerate(self._plan.deep):
            layer = self._plan.view.layout.layers[number]
            kept = rows_kept(layer.units, len(self._plan.deep), budget)
            self._reserve(deep_key(place, "units"), "I32", (kept,))
            for matrix in layer.matrices:
                self._reserve(deep_key(place, matrix.role), "I8", (kept, matrix.width))

    def _encode(self) -> bytes:
        header: dict[str, object] = {"__metadata__": {KEY: str(SCHEMA)}}
        for name, (dtype, shape, begin, end) in self._places.items():
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
        raw = json.dumps(header, separators=(",", ":")).encode()
        raw += b" " * (-len(raw) % 8)
        return len(raw).to_bytes(8, "little") + raw

    def _get(self, name: str) -> NDArray[Any]:
        dtype, shape, begin, end = self._places[name]
        raw = os.pread(self._file, end - begin, len(self._header) + begin)
        return np.frombuffer(raw, dtype=DTYPES[dtype]).reshape(shape)

    def _put(self, name: str, raw: bytes) -> None:
        _, _, begin, end = self._places[name]
        if len(raw) != end - begin:
            raise ValueError(f"{name}: {len(raw)} bytes, expected {end - begin}")
        _write_all(self._file, raw, len(self._header) + begin)


def _description(plan: Plan) -> bytes:
    return json.dumps(_describe(plan), sort_keys=True, separators=(",", ":")).encode()


def _describe(plan: Plan) -> Mapping[str, object]:
    layout = plan.view.layout
    found: dict[str, object] = {
        "schema_version": SCHEMA,
        "method": plan.onto.method.id,
        "family": layout.family,
        "guessed": layout.guessed,
        "tensors": [[t.name, t.dtype, list(t.shape), t.nbytes] for t in plan.view.tensors],
        "skipped": [[s.tensor, s.reason] for s in layout.skipped],
        "token_absent": plan.onto.token.absent,
        "table_absent": plan.onto.table.absent,
        "layers": [_describe_layer(layer) for layer in layout.layers],
        "attention": [
            _describe_attention(number, layer)
            for number, layer in enumerate(layout.layers)
            if layer.attention
        ],
        "tables": {name: list(table.keys) for name, table in plan.tables.items()},
        "sampled": list(plan.sampled.items()),
        "deep": list(plan.deep),
    }
    if layout.set_aside:
        found["set_aside"] = [[s.tensor, s.reason] for s in layout.set_aside]
    if layout.towers:
        found["towers"] = dict(layout.towers)
    if layout.merged:
        found["merged"] = [asdict(one) for one in layout.merged]
    if not _told_by_attention(plan):
        found["axes"] = {role: [kept.width, kept.rows] for role, kept in plan.axes.items()}
    return found


def _told_by_attention(plan: Plan) -> bool:
    """Whether the first attention says what axes are kept: its four roles, as wide as it is."""
    first = next((x.attention for x in plan.view.layout.layers if x.attention), ())
    return set(plan.axes) == set(ATTENTION if first else ()) and (
        not first or all(kept.width == first[0].width for kept in plan.axes.values())
    )


def _describe_layer(layer: Layer) -> Mapping[str, object]:
    return {
        "label": layer.label,
        "units": layer.units,
        "roles": {matrix.role: matrix.width for matrix in layer.matrices},
    }


def _describe_attention(number: int, layer: Layer) -> Mapping[str, object]:
    found: dict[str, object] = {
        "layer": number,
        "units": _values_of(layer),
        "heads": layer.heads,
        "groups": layer.groups,
        "width": layer.attention[0].width,
    }
    if len(layer.attention) < len(ATTENTION):
        found["roles"] = [matrix.role for matrix in layer.attention]
    return found


def _values_of(layer: Layer) -> int:
    """Rows of v in all groups; where values are latent, columns of o."""
    units = {matrix.role: matrix.units for matrix in layer.attention}
    return units["attn.v"] if "attn.v" in units else units["attn.o"]


def _write_all(file: int, raw: bytes, offset: int) -> None:
    done = 0
    while done < len(raw):
        done += os.pwrite(file, raw[done:], offset + done)

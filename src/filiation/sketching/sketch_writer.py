"""Writing a sketch while the checkpoint streams by, whole or not at all.

The layout of the file is told in `readers.sketch_file`, which reads it.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UsageError
from filiation.model.layout import Layer, UnitMatrix, WeightView
from filiation.model.sketch import DEEP_UNITS, FRAMES, Frame, SketchMethod
from filiation.sketching.sketch_file import (
    ANCHOR_ROWS,
    ANCHORS,
    DESCRIPTION,
    DIGESTS,
    DTYPES,
    KEY,
    SAMPLES,
    SCHEMA,
    Place,
    array_key,
    deep_key,
    file_digest,
)

__all__ = ["SketchWriter"]


@final
class SketchWriter:
    """Writes one sketch, whole or not at all; safe to call from several threads."""

    def __init__(
        self,
        target: Path,
        view: WeightView,
        method: SketchMethod,
        anchored: tuple[Sequence[bytes], NDArray[np.int8], str | None],
        sides: frozenset[tuple[str, int]],
        deep: Sequence[int],
        sampled: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Reserve a place in the file for everything that will be written.

        Args:
            target: The sketch file.
            view: The checkpoint.
            method: Parameters.
            anchored: Digest prefixes of the anchors, directions of their embeddings int8
                [anchors, width], and why there are none, or None.
            sides: The (side, width) pairs for which the token frame exists.
            deep: Places of the layers whose rows are kept whole.
            sampled: How many values are kept of each tensor.
        """
        anchors, anchor_rows, token_absent = anchored
        self._target, self._method, self._end = target, method, 0
        self._places: dict[str, Place] = {}
        text = _description(view, method, token_absent, deep, sampled)
        self._known = {
            DESCRIPTION: text,
            ANCHORS: b"".join(anchors),
            ANCHOR_ROWS: anchor_rows.tobytes(),
        }
        self._reserve(DESCRIPTION, "U8", (len(text),))
        self._reserve(DIGESTS, "U8", (len(view.tensors), 32))
        self._reserve(ANCHORS, "U8", (len(anchors), 8))
        self._samples = dict(zip(sampled, accumulate(sampled.values(), initial=0), strict=False))
        self._reserve(SAMPLES, "F32", (sum(sampled.values()),))
        self._reserve(ANCHOR_ROWS, "I8", anchor_rows.shape)
        self._reserve_units(view, sides)
        self._reserve_deep(view, deep)
        self._header = self._encode()

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
        os.ftruncate(self._file, len(self._header) + self._end)
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

    def units(
        self,
        layer: int,
        matrix: UnitMatrix,
        norms: NDArray[np.float32],
        directions: Sequence[NDArray[np.int8]],
    ) -> None:
        """Record one matrix: norms [units], and per frame (native first) int8 directions."""
        self._put(array_key(layer, matrix.role, "norms"), norms.astype("<f4").tobytes())
        for frame, rows in zip(FRAMES, directions, strict=False):
            self._put(array_key(layer, matrix.role, frame), rows.tobytes())

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

    def _reserve_units(self, view: WeightView, sides: frozenset[tuple[str, int]]) -> None:
        """Norms and directions of the units of every matrix, layer by layer."""
        for number, layer in enumerate(view.layout.layers):
            for matrix in layer.matrices:
                self._reserve(array_key(number, matrix.role, "norms"), "F32", (matrix.units,))
                for frame in _frames(matrix, sides):
                    shape = (matrix.units, self._method.columns)
                    self._reserve(array_key(number, matrix.role, frame), "I8", shape)

    def _reserve_deep(self, view: WeightView, deep: Sequence[int]) -> None:
        """Whole rows of the chosen units of the deep layers, and their projected heads."""
        for place, number in enumerate(deep):
            layer = view.layout.layers[number]
            kept = min(layer.units, DEEP_UNITS)
            self._reserve(deep_key(place, "units"), "I32", (kept,))
            for matrix in layer.matrices:
                self._reserve(deep_key(place, matrix.role), "I8", (kept, matrix.width))
            for matrix in layer.attention:
                shape = (matrix.units, self._method.columns)
                self._reserve(deep_key(place, matrix.role), "I8", shape)

    def _encode(self) -> bytes:
        header: dict[str, object] = {"__metadata__": {KEY: str(SCHEMA)}}
        for name, (dtype, shape, begin, end) in self._places.items():
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
        raw = json.dumps(header, separators=(",", ":")).encode()
        raw += b" " * (-len(raw) % 8)
        return len(raw).to_bytes(8, "little") + raw

    def _put(self, name: str, raw: bytes) -> None:
        _, _, begin, end = self._places[name]
        if len(raw) != end - begin:
            raise ValueError(f"{name}: {len(raw)} bytes, expected {end - begin}")
        _write_all(self._file, raw, len(self._header) + begin)


def _description(
    view: WeightView,
    method: SketchMethod,
    token_absent: str | None,
    deep: Sequence[int],
    sampled: Mapping[str, int],
) -> bytes:
    described = _describe(view, method, token_absent, deep, sampled)
    return json.dumps(described, sort_keys=True, separators=(",", ":")).encode()


def _describe(
    view: WeightView,
    method: SketchMethod,
    token_absent: str | None,
    deep: Sequence[int],
    sampled: Mapping[str, int],
) -> Mapping[str, object]:
    layout = view.layout
    return {
        "schema_version": SCHEMA,
        "method": method.id,
        "family": layout.family,
        "guessed": layout.guessed,
        "tensors": [[t.name, t.dtype, list(t.shape), t.nbytes] for t in view.tensors],
        "skipped": [[s.tensor, s.reason] for s in layout.skipped],
        "token_absent": token_absent,
        "layers": [_describe_layer(layer) for layer in layout.layers],
        "sampled": list(sampled.items()),
        "deep": [
            {"layer": n, "heads": layout.layers[n].heads, "groups": layout.layers[n].groups}
            for n in deep
        ],
    }


def _describe_layer(layer: Layer) -> Mapping[str, object]:
    return {
        "label": layer.label,
        "units": layer.units,
        "roles": {matrix.role: matrix.width for matrix in layer.matrices},
    }


def _frames(matrix: UnitMatrix, sides: frozenset[tuple[str, int]]) -> tuple[Frame, ...]:
    return FRAMES if (matrix.side, matrix.width) in sides else ("native",)


def _write_all(file: int, raw: bytes, offset: int) -> None:
    done = 0
    while done < len(raw):
        done += os.pwrite(file, raw[done:], offset + done)

"""Sketch files: a safetensors container that describes itself.

The first tensor is JSON text: everything that is known before the weights are read (names, shapes,
roles, what is skipped). What is found while reading (digests, norms, directions) stands in tensors
whose place is fixed beforehand, so that a sketch of any size is written while the checkpoint
streams by. No clock, no path and no machine enters it: the same weights give the same bytes.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence, Set
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self, TypeAlias, cast, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError, UsageError
from filiation.model.layout import Layer, Skipped, TensorInfo, UnitMatrix, WeightView
from filiation.model.sketch import (
    DEEP_UNITS,
    FRAMES,
    DeepLayer,
    Frame,
    LayerSketch,
    Sketch,
    SketchMethod,
    UnitRows,
)
from filiation.readers.mapped import MappedFile
from filiation.readers.safetensors import open_file

__all__ = ["SketchWriter", "is_sketch", "read_sketch"]

SCHEMA: Final = 2
KEY: Final = "filiation.sketch"
DESCRIPTION: Final = "description"
DIGESTS: Final = "tensor_digests"
SAMPLES: Final = "samples"
ANCHORS: Final = "anchors"
ANCHOR_ROWS: Final = "anchor_rows"
ATTENTION: Final = ("attn.q", "attn.k", "attn.v", "attn.o")
DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "U8": np.dtype("u1"),
    "I8": np.dtype("i1"),
    "I32": np.dtype("<i4"),
    "F32": np.dtype("<f4"),
}
METHOD: Final = re.compile(
    r"unit-directions/2;columns=(\d{1,4});anchors=(\d{1,5});seed=(\d{1,16});deep=(\d{1,4})"
)

Place: TypeAlias = tuple[str, tuple[int, ...], int, int]  # dtype, shape, begin, end


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
        """Reserve a place for everything.

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
        self._target, self._method = target, method
        self._places: dict[str, Place] = {}
        self._end = 0
        described = _describe(view, method, token_absent, deep, sampled)
        text = json.dumps(described, sort_keys=True, separators=(",", ":")).encode()
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
        for number, layer in enumerate(view.layout.layers):
            for matrix in layer.matrices:
                self._reserve(_key(number, matrix.role, "norms"), "F32", (matrix.units,))
                for frame in _frames(matrix, sides):
                    shape = (matrix.units, method.columns)
                    self._reserve(_key(number, matrix.role, frame), "I8", shape)
        for place, number in enumerate(deep):
            layer = view.layout.layers[number]
            kept = min(layer.units, DEEP_UNITS)
            self._reserve(_deep_key(place, "units"), "I32", (kept,))
            for matrix in layer.matrices:
                self._reserve(_deep_key(place, matrix.role), "I8", (kept, matrix.width))
            for matrix in layer.attention:
                shape = (matrix.units, method.columns)
                self._reserve(_deep_key(place, matrix.role), "I8", shape)
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
        self._put(_key(layer, matrix.role, "norms"), norms.astype("<f4").tobytes())
        for frame, rows in zip(FRAMES, directions, strict=False):
            self._put(_key(layer, matrix.role, frame), rows.tobytes())

    def deep(
        self, place: int, units: NDArray[np.int32], rows: Mapping[str, NDArray[np.int8]]
    ) -> None:
        """Record the deep layer at `place`: which units, and their whole rows per role."""
        self._put(_deep_key(place, "units"), units.astype("<i4").tobytes())
        for role, kept in rows.items():
            self._put(_deep_key(place, role), kept.tobytes())

    def commit(self) -> str:
        """Flush, give the file its name, and return its SHA-256 (hex)."""
        os.fsync(self._file)
        os.close(self._file)
        self._file = -1
        digest = _digest(self._partial)
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


def is_sketch(path: Path) -> bool:
    """Whether a file says of itself that it is a sketch (by name or by metadata)."""
    if not path.is_file():
        return False
    if path.suffix == ".sketch":
        return True
    with path.open("rb") as file:
        return f'"{KEY}"'.encode() in file.read(256)


def read_sketch(path: Path) -> Sketch:
    """Open a sketch file; arrays stay on disk until they are used.

    Raises:
        UnreadableError: Not a sketch, of another schema, or contradicting itself.
    """
    file = _Arrays(open_file(path))
    try:
        described = json.loads(file.array(DESCRIPTION).tobytes())
        if described["schema_version"] != SCHEMA:
            raise UnreadableError(
                f"{path.name}: sketch schema {described['schema_version']}, expected {SCHEMA}; "
                "it was written by another version of this program"
            )
        return _assemble(path, file, described)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UnreadableError(
            f"{path.name}: {type(error).__name__} {error} where a sketch was expected; "
            "the file is not a sketch, or was changed"
        ) from error


def _assemble(path: Path, file: "_Arrays", described: Mapping[str, Any]) -> Sketch:
    knobs = METHOD.fullmatch(described["method"])
    if knobs is None:
        raise ValueError(f"method {described['method']!r}")
    columns, anchors, seed, deep = (int(knob) for knob in knobs.groups())
    tensors = [
        TensorInfo(name=str(n), dtype=str(d), shape=tuple(int(x) for x in s), nbytes=int(b))
        for n, d, s, b in described["tensors"]
    ]
    digests = [row.tobytes().hex() for row in file.array(DIGESTS)]
    if len(digests) != len(tensors):
        raise ValueError(f"{len(digests)} digests for {len(tensors)} tensors")
    absent = described["token_absent"]
    layers = [
        _layer(file, number, layer, columns) for number, layer in enumerate(described["layers"])
    ]
    names = tuple(row.tobytes().hex() for row in file.array(ANCHORS))
    anchor_rows = cast("NDArray[np.int8]", file.array(ANCHOR_ROWS))
    if anchor_rows.dtype != np.int8 or anchor_rows.ndim != 2 or len(anchor_rows) != len(names):
        raise ValueError(f"{len(names)} anchors, rows of shape {anchor_rows.shape}")
    return Sketch(
        name=path.stem,
        digest=_digest(path),
        subject_digest=_subject_digest(tensors, digests),
        method=SketchMethod(columns=columns, anchors=anchors, seed=seed, deep=deep),
        family=str(described["family"]),
        guessed=bool(described["guessed"]),
        tensors=tensors,
        tensor_digests=digests,
        anchors=names,
        anchor_rows=anchor_rows,
        token_absent=None if absent is None else str(absent),
        skipped=[Skipped(tensor=str(t), reason=str(r)) for t, r in described["skipped"]],
        layers=layers,
        deep=[
            _deep(file, place, entry, layers, columns)
            for place, entry in enumerate(described["deep"])
        ],
        samples=_samples(file, described["sampled"]),
    )


def _samples(file: "_Arrays", told: Sequence[Any]) -> Mapping[str, NDArray[np.float32]]:
    sizes = {str(name): int(size) for name, size in told}
    values = cast("NDArray[np.float32]", file.array(SAMPLES))
    if min(sizes.values(), default=0) < 0 or values.shape != (sum(sizes.values()),):
        raise ValueError(f"{values.shape} sampled values, told of {sum(sizes.values())}")
    begins = accumulate(sizes.values(), initial=0)
    return {
        name: values[begin : begin + size]
        for (name, size), begin in zip(sizes.items(), begins, strict=False)
    }


def _layer(file: "_Arrays", number: int, layer: Mapping[str, Any], columns: int) -> LayerSketch:
    units = int(layer["units"])
    roles = {}
    for role, width in layer["roles"].items():
        present = [f for f in FRAMES if _key(number, role, f) in file.names]
        directions: dict[Frame, NDArray[np.int8]] = {
            frame: cast("NDArray[np.int8]", file.array(_key(number, role, frame)))
            for frame in present
        }
        norms = cast("NDArray[np.float32]", file.array(_key(number, role, "norms")))
        if norms.shape != (units,) or any(
            rows.shape != (units, columns) or rows.dtype != np.int8 for rows in directions.values()
        ):
            raise ValueError(f"layer {number}, {role}: shapes contradict the header")
        roles[str(role)] = UnitRows(width=int(width), norms=norms, directions=directions)
    return LayerSketch(label=str(layer["label"]), units=units, roles=roles)


def _deep(
    file: "_Arrays",
    place: int,
    entry: Mapping[str, Any],
    layers: Sequence[LayerSketch],
    columns: int,
) -> DeepLayer:
    number, heads, groups = (int(entry[key]) for key in ("layer", "heads", "groups"))
    if number < 0:
        raise ValueError(f"deep layer {number}")
    layer = layers[number]
    units = cast("NDArray[np.int32]", file.array(_deep_key(place, "units")))
    rows = {
        role: cast("NDArray[np.int8]", file.array(_deep_key(place, role))) for role in layer.roles
    }
    if units.shape != (min(layer.units, DEEP_UNITS),) or units.dtype != np.int32:
        raise ValueError(f"deep layer {place}: its units contradict the header")
    if (np.diff(units) <= 0).any() or (units < 0).any() or (units >= layer.units).any():
        raise ValueError(f"deep layer {place}: its units are not increasing places in the layer")
    for role, kept in rows.items():
        if kept.shape != (len(units), layer.roles[role].width) or kept.dtype != np.int8:
            raise ValueError(f"deep layer {place}, {role}: shape contradicts the header")
    attention = {
        role: cast("NDArray[np.int8]", file.array(_deep_key(place, role)))
        for role in (ATTENTION if heads else ())
    }
    for role, found in attention.items():
        count = heads if role in ("attn.q", "attn.o") else groups
        if found.dtype != np.int8 or found.shape[1:] != (columns,) or count < 1:
            raise ValueError(f"deep layer {place}, {role}: shape contradicts the header")
        if len(found) % count or not len(found) or heads % groups:
            raise ValueError(f"deep layer {place}, {role}: {len(found)} rows in {count} heads")
    return DeepLayer(
        layer=number, units=units, rows=rows, attention=attention, heads=heads, groups=groups
    )


@final
class _Arrays:
    """The tensors of a mapped file as arrays that stay on disk until used."""

    def __init__(self, file: MappedFile) -> None:
        self._file = file
        self._entries = {entry.info.name: entry for entry in file.entries}

    @property
    def names(self) -> Set[str]:
        return self._entries.keys()

    def array(self, name: str) -> NDArray[Any]:
        entry = self._entries[name]
        raw = self._file.view(entry.start, entry.start + entry.info.nbytes)
        return np.frombuffer(raw, dtype=DTYPES[entry.info.dtype]).reshape(entry.info.shape)


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


def _subject_digest(tensors: Sequence[TensorInfo], digests: Sequence[str]) -> str:
    """SHA-256 over all tensors by name, so that sharding and order do not matter."""
    rows = sorted(
        [t.name, t.dtype, list(t.shape), d] for t, d in zip(tensors, digests, strict=True)
    )
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def _key(layer: int, role: str, part: str) -> str:
    return f"layers.{layer}.{role}.{part}"


def _deep_key(place: int, part: str) -> str:
    return f"deep.{place}.{part}"


def _frames(matrix: UnitMatrix, sides: frozenset[tuple[str, int]]) -> tuple[Frame, ...]:
    return FRAMES if (matrix.side, matrix.width) in sides else ("native",)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_all(file: int, raw: bytes, offset: int) -> None:
    done = 0
    while done < len(raw):
        done += os.pwrite(file, raw[done:], offset + done)

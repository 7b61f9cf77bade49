"""Sketch files: a safetensors container that describes itself.

The first tensor is JSON text: everything that is known before the weights are read (names, shapes,
roles, what is skipped). What is found while reading (digests, norms, directions) stands in tensors
whose place is fixed beforehand, so that a sketch of any size is written while the checkpoint
streams by. No clock, no path and no machine enters it: the same weights give the same bytes.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence, Set
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, TypeAlias, cast, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import Skipped, TensorInfo
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
from filiation.readers.bytes.mapped import MappedFile
from filiation.readers.bytes.safetensors import open_file

__all__ = ["is_sketch", "read_sketch"]

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
        digest=file_digest(path),
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


def _samples(file: "_Arrays", described: Sequence[Any]) -> Mapping[str, NDArray[np.float32]]:
    sizes = {str(name): int(size) for name, size in described}
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
        present = [f for f in FRAMES if array_key(number, role, f) in file.names]
        directions: dict[Frame, NDArray[np.int8]] = {
            frame: cast("NDArray[np.int8]", file.array(array_key(number, role, frame)))
            for frame in present
        }
        norms = cast("NDArray[np.float32]", file.array(array_key(number, role, "norms")))
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
    units = cast("NDArray[np.int32]", file.array(deep_key(place, "units")))
    rows = {
        role: cast("NDArray[np.int8]", file.array(deep_key(place, role))) for role in layer.roles
    }
    if units.shape != (min(layer.units, DEEP_UNITS),) or units.dtype != np.int32:
        raise ValueError(f"deep layer {place}: its units contradict the header")
    if (np.diff(units) <= 0).any() or (units < 0).any() or (units >= layer.units).any():
        raise ValueError(f"deep layer {place}: its units are not increasing places in the layer")
    for role, kept in rows.items():
        if kept.shape != (len(units), layer.roles[role].width) or kept.dtype != np.int8:
            raise ValueError(f"deep layer {place}, {role}: shape contradicts the header")
    attention = {
        role: cast("NDArray[np.int8]", file.array(deep_key(place, role)))
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


def _subject_digest(tensors: Sequence[TensorInfo], digests: Sequence[str]) -> str:
    """SHA-256 over all tensors by name, so that sharding and order do not matter."""
    rows = sorted(
        [t.name, t.dtype, list(t.shape), d] for t, d in zip(tensors, digests, strict=True)
    )
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def array_key(layer: int, role: str, part: str) -> str:
    """Name of the tensor that holds a part of one matrix of a layer."""
    return f"layers.{layer}.{role}.{part}"


def deep_key(place: int, part: str) -> str:
    """Name of the tensor that holds a part of a deep layer."""
    return f"deep.{place}.{part}"


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a sketch file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Sketch files: a safetensors container that describes itself.

The first tensor is JSON text: everything that is known before the weights are read (names, shapes,
roles, what is skipped). What is found while reading (digests, norms, directions) stands in tensors
whose place is fixed beforehand, so that a sketch of any size is written while the checkpoint
streams by. No clock, no path and no machine enters it: the same weights give the same bytes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, cast, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.model.sketch import (
    AXES_COLUMNS,
    FRAMES,
    TABLE_ROWS,
    DeepLayer,
    Frame,
    LayerSketch,
    Sketch,
    SketchMethod,
    TableRows,
    UnitRows,
)
from filiation.readers.bytes.digests import digest_of_tensors
from filiation.readers.bytes.mapped import MappedFile
from filiation.readers.bytes.safetensors import open_file, own_kind
from filiation.readers.weights.checkpoint import is_mask
from filiation.sketching.deep import rows_kept
from filiation.sketching.sketch_names import (
    ANCHOR_ROWS,
    ANCHORS,
    ATTENTION,
    DESCRIPTION,
    DIGESTS,
    DTYPES,
    KIND,
    LATENT,
    MOST,
    MOST_ROLES,
    MOST_ROWS,
    ROLE,
    SAMPLES,
    SCHEMA,
    TABLES,
    VALUES,
    VALUES_PER_BYTE,
    array_key,
    axes_key,
    deep_key,
    frame_columns,
    heads_key,
    merged_of,
    reason_of,
    skipped_of,
    table_key,
    towers_of,
)

__all__ = ["is_sketch", "read_sketch"]

METHOD: Final = re.compile(
    r"unit-directions/3;columns=(\d{1,4});anchors=(\d{1,5});seed=(\d{1,16});deep=(\d{1,7})"
)


def is_sketch(path: Path) -> bool:
    """Whether a file says of itself that it is a sketch (by name or by metadata)."""
    if not path.is_file():
        return False
    if path.suffix == ".sketch":
        return True
    return own_kind(path) == KIND


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
            f"{path.name}: found {_said(error)} where a sketch was expected; "
            "the file is not a sketch, or was changed"
        ) from error


def _said(error: Exception) -> str:
    """What our own checks found; of others, what kind of error it was as well."""
    return str(error) if type(error) is ValueError else f"{type(error).__name__} {error}"


def _assemble(path: Path, file: "_Arrays", described: Mapping[str, Any]) -> Sketch:
    knobs = METHOD.fullmatch(described["method"])
    if knobs is None:
        raise ValueError(f"method {described['method']!r}")
    columns, anchors, seed, budget = (int(knob) for knob in knobs.groups())
    tensors, digests = _tensors(file, described["tensors"])
    layers = _layers(file, described["layers"], columns)
    names = tuple(row.tobytes().hex() for row in file.array(ANCHORS))
    anchor_rows = _anchor_rows(file, len(names))
    attention = [_attention(file, entry, layers, columns) for entry in described["attention"]]
    heads = _heads_by_layer(described["attention"], attention)
    shown = [n for n, layer in enumerate(layers) if len(layer.roles) > 1 and budget]
    if described["deep"] != shown:
        raise ValueError(f"deep layers {described['deep']}")
    deep = [_deep(file, n, one, layers, kept=(len(shown), budget)) for n, one in enumerate(shown)]
    return Sketch(
        name=path.stem,
        digest=file_digest(path),
        subject_digest=digest_of_tensors(tensors, digests),
        method=SketchMethod(columns=columns, anchors=anchors, seed=seed, deep=budget),
        family=str(described["family"]),
        guessed=bool(described["guessed"]),
        tensors=tensors,
        tensor_digests=digests,
        anchors=names,
        anchor_rows=anchor_rows,
        token_absent=reason_of(described["token_absent"]),
        table_absent=reason_of(described["table_absent"]),
        skipped=skipped_of(described["skipped"]),
        set_aside=skipped_of(described.get("set_aside", [])),
        towers=towers_of(described.get("towers", {})),
        merged=merged_of(described.get("merged", [])),
        layers=layers,
        deep=[_with_heads(file, part, *heads.get(part.layer, (None, None))) for part in deep],
        attention=attention,
        tables=_tables(file, described["tables"], names, anchor_rows),
        axes=_axes(file, _axes_told(described)),
        axes_rows={role: rows for role, (_, rows) in _axes_told(described).items() if rows},
        samples=_samples(file, described["sampled"]),
    )


def _tensors(file: "_Arrays", described: Sequence[Any]) -> tuple[list[TensorInfo], list[str]]:
    """Every tensor of the checkpoint, and its digest."""
    tensors = [
        TensorInfo(name=str(n), dtype=str(d), shape=tuple(int(x) for x in s), nbytes=int(b))
        for n, d, s, b in described
    ]
    _check_sizes(tensors)
    digests = [row.tobytes().hex() for row in file.array(DIGESTS)]
    if len(digests) != len(tensors):
        raise ValueError(f"{len(digests)} digests for {len(tensors)} tensors")
    return tensors, digests


def _anchor_rows(file: "_Arrays", anchors: int) -> NDArray[np.int8]:
    rows = cast("NDArray[np.int8]", file.array(ANCHOR_ROWS))
    if rows.dtype != np.int8 or rows.ndim != 2 or len(rows) != anchors:
        raise ValueError(f"{anchors} anchors, rows of shape {rows.shape}")
    return rows


def _heads_by_layer(
    described: Sequence[Mapping[str, Any]], attention: Sequence[LayerSketch]
) -> dict[int, tuple[Mapping[str, Any], LayerSketch]]:
    """Each attention and what is told of it, by the place of the layer that it stands beside."""
    heads = {
        int(entry["layer"]): (entry, found)
        for entry, found in zip(described, attention, strict=True)
    }
    if len(heads) != len(attention) or list(heads) != sorted(heads):
        raise ValueError(f"attention beside layers {list(heads)}")
    return heads


def _samples(file: "_Arrays", described: Sequence[Any]) -> Mapping[str, NDArray[np.float32]]:
    sizes = {str(name): int(size) for name, size in described}
    values = cast("NDArray[np.float32]", file.array(SAMPLES))
    if min(sizes.values(), default=0) < 0 or values.shape != (sum(sizes.values()),):
        raise ValueError(f"{values.shape} sampled values, told of {sum(sizes.values())}")
    begins = accumulate(sizes.values(), initial=0)
    found = {
        name: values[begin : begin + size]
        for (name, size), begin in zip(sizes.items(), begins, strict=False)
    }
    for name, sample in found.items():
        wrong = sample[~np.isfinite(sample)]
        if wrong.size and not is_mask(name):
            raise ValueError(
                f"sample of {name}: {wrong.size} of {sample.size} values not finite, the first "
                f"{wrong[0]}"
            )
    return found


def _check_sizes(tensors: Sequence[TensorInfo]) -> None:
    """Refuse sizes that no checkpoint has: negative, or more bytes in all than any disk."""
    total = 0
    for info in tensors:
        if min(info.shape, default=0) < 0 or info.nbytes < 0:
            raise ValueError(f"{info.name}: shape {info.shape}, {info.nbytes} bytes")
        values = 0 if 0 in info.shape else 1
        for length in info.shape:
            values = min(
                values * length, (MOST + 1) * VALUES_PER_BYTE
            )  # else a long shape takes forever
        total += max(values // VALUES_PER_BYTE, info.nbytes)
        if total > MOST:
            raise ValueError(f"tensors of more than {MOST} bytes in all, {info.name} among them")


def _tables(
    file: "_Arrays",
    described: Mapping[str, Any],
    anchors: tuple[str, ...],
    anchor_rows: NDArray[np.int8],
) -> Mapping[str, TableRows]:
    """The kept tables; the embeddings of the anchors are one, which the file holds once."""
    found = {"embedding/string": TableRows(keys=anchors, rows=anchor_rows)} if anchors else {}
    for name, keys in described.items():
        rows = cast("NDArray[np.int8]", file.array(table_key(name)))
        names = tuple(str(key) for key in keys)
        if name not in TABLES or not 0 < len(names) <= max(TABLE_ROWS, len(anchors)):
            raise ValueError(f"table {name!r} of {len(names)} rows")
        if rows.dtype != np.int8 or rows.ndim != 2 or len(rows) != len(set(names)):
            raise ValueError(f"table {name}: {len(names)} keys, rows of shape {rows.shape}")
        found[name] = TableRows(keys=names, rows=rows)
    return found


def _axes_told(described: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Width of each role's axes and rows of its matrices, 0 where it is a plain attention's."""
    if "axes" not in described:
        attention = described["attention"]
        return {role: (int(attention[0]["width"]), 0) for role in ATTENTION} if attention else {}
    found = {str(role): (int(w), int(r)) for role, (w, r) in described["axes"].items()}
    for role, told in found.items():
        fits = min(told) > 0 and max(told) <= MOST_ROWS and len(found) <= MOST_ROLES
        if not fits or ROLE.fullmatch(role) is None:
            raise ValueError(f"axes of {role!r}: width and rows {told}, {len(found)} roles")
    return found


def _axes(file: "_Arrays", told: Mapping[str, tuple[int, int]]) -> Mapping[str, NDArray[np.int8]]:
    found = {role: cast("NDArray[np.int8]", file.array(axes_key(role))) for role in told}
    for role, rows in found.items():
        if rows.dtype != np.int8 or rows.shape != (told[role][0], AXES_COLUMNS):
            raise ValueError(f"axes of {role}: {rows.dtype} {rows.shape}")
    if len({width for width, _ in told.values()}) > 1:
        raise ValueError(f"axes of several widths: {dict(told)}")
    return found


def _layers(file: "_Arrays", described: Sequence[Any], columns: int) -> list[LayerSketch]:
    layers = [_layer(file, number, layer, columns) for number, layer in enumerate(described)]
    repeated = [name for name, n in Counter(x.label for x in layers).items() if n > 1]
    if repeated:
        raise ValueError(f"{len(repeated)} labels of several layers, the first {repeated[0]!r}")
    return layers


def _layer(file: "_Arrays", number: int, layer: Mapping[str, Any], columns: int) -> LayerSketch:
    units = int(layer["units"])
    roles = {
        str(role): _unit_rows(file, partial(array_key, number, role), units, int(width), columns)
        for role, width in layer["roles"].items()
    }
    return LayerSketch(label=str(layer["label"]), units=units, roles=roles)


def _unit_rows(
    file: "_Arrays", key: Callable[[str], str], units: int, width: int, columns: int
) -> UnitRows:
    """Norms and directions of one matrix, if they are of the announced shapes."""
    directions: dict[Frame, NDArray[np.int8]] = {
        frame: cast("NDArray[np.int8]", file.array(key(frame)))
        for frame in FRAMES
        if key(frame) in file.names
    }
    norms = cast("NDArray[np.float32]", file.array(key("norms")))
    if norms.shape != (units,) or norms.dtype != np.float32 or "native" not in directions:
        raise ValueError(f"{key('norms')}: contradicts the header")
    wrong = norms[~(np.isfinite(norms) & (norms >= 0))]
    if wrong.size:
        raise ValueError(
            f"{key('norms')}: {wrong.size} of {units} not finite or negative, the first {wrong[0]}"
        )
    for frame, rows in directions.items():
        if rows.shape != (units, frame_columns(frame, columns)) or rows.dtype != np.int8:
            raise ValueError(f"{key(frame)}: shape {rows.shape} contradicts the header")
    return UnitRows(width=width, norms=norms, directions=directions)


def _attention(
    file: "_Arrays", entry: Mapping[str, Any], layers: Sequence[LayerSketch], columns: int
) -> LayerSketch:
    """Values of one attention, and what o writes for them."""
    number, units, heads, groups, width = (
        int(entry[key]) for key in ("layer", "units", "heads", "groups", "width")
    )
    if number < 0 or min(units, heads, groups, width) < 1 or units % groups or heads % groups:
        raise ValueError(f"attention {number}: {units} rows, {heads} heads in {groups} groups")
    told = tuple(entry.get("roles", VALUES))
    if told not in (VALUES, LATENT):
        raise ValueError(f"attention {number}: roles {told}")
    roles = {
        role: _unit_rows(file, partial(heads_key, number, role), units, width, columns)
        for role in told
    }
    return LayerSketch(label=layers[number].label, units=units, roles=roles, block=units // groups)


def _deep(
    file: "_Arrays",
    place: int,
    number: int,
    layers: Sequence[LayerSketch],
    *,
    kept: tuple[int, int],
) -> DeepLayer:
    layer = layers[number]
    units = cast("NDArray[np.int32]", file.array(deep_key(place, "units")))
    rows = {
        role: cast("NDArray[np.int8]", file.array(deep_key(place, role))) for role in layer.roles
    }
    if units.shape != (rows_kept(layer.units, *kept),) or units.dtype != np.int32:
        raise ValueError(f"deep layer {place}: its units contradict the header")
    if (np.diff(units) <= 0).any() or (units < 0).any() or (units >= layer.units).any():
        raise ValueError(f"deep layer {place}: its units are not increasing places in the layer")
    for role, found in rows.items():
        if found.shape != (len(units), layer.roles[role].width) or found.dtype != np.int8:
            raise ValueError(f"deep layer {place}, {role}: shape contradicts the header")
    return DeepLayer(layer=number, units=units, rows=rows)


def _with_heads(
    file: "_Arrays", deep: DeepLayer, entry: Mapping[str, Any] | None, values: LayerSketch | None
) -> DeepLayer:
    """A deep layer with the projected heads beside it; those of v stand with the values."""
    if entry is None or values is None or "attn.v" not in values.roles:
        return deep
    heads, groups = int(entry["heads"]), int(entry["groups"])
    native = values.roles["attn.v"].directions["native"]
    found = {"attn.v": native}
    for role in ATTENTION:
        if role == "attn.v":
            continue
        rows = cast("NDArray[np.int8]", file.array(heads_key(deep.layer, role, "whole")))
        count = values.block * (groups if role == "attn.k" else heads)
        if rows.dtype != np.int8 or rows.shape != (count, native.shape[1]):
            raise ValueError(f"deep layer {deep.layer}, {role}: shape contradicts the header")
        found[role] = rows
    attention = {role: found[role] for role in ATTENTION}
    return replace(deep, attention=attention, heads=heads, groups=groups)


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


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a sketch file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

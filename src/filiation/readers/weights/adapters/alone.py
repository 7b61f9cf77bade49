"""An adapter without its base: reduced to directions, written to a file, and read again.

The file is JSON packed with gzip: no clock and no path enters it.
"""

import base64
import gzip
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError, UsageError
from filiation.files import shown
from filiation.model.adapter import AdapterSketch, ModuleFactors
from filiation.numerics.rng import signs
from filiation.readers.bytes.digests import sha256_of_bytes
from filiation.readers.bytes.packed import gunzipped
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.weights.adapters.adapter import (
    Adapter,
    Change,
    held_in,
    open_adapter,
)
from filiation.readers.weights.adapters.naming import Part, read_name
from filiation.readers.weights.folder import find_weights
from filiation.readers.weights.packed.packing import Held

__all__ = ["adapter_bytes", "is_adapter", "read_adapter_sketch", "take_adapter_sketch"]

Float32: TypeAlias = NDArray[np.float32]

SCHEMA: Final = 1
COLUMNS: Final = 512  # of a direction; longer ones are projected
KEPT: Final = 512  # components of a module
LARGEST: Final = 1 << 30  # bytes of a kept file once unpacked
FACTORS: Final[tuple[tuple[Part, Part], ...]] = (("down", "up"), ("row-down", "row-up"))


def is_adapter(path: Path) -> bool:
    """Whether a path holds an adapter and nothing else: most of its tensors are factors."""
    try:
        files = find_weights(path).files
        if len(files) != 1 or files[0].suffix.lower() not in (".safetensors", ".bin", ".pt"):
            return False
        names = [one.info.name for one in held_in(files[0])]
    except (UnreadableError, UsageError, OSError, ValueError):
        return False  # whoever opens it as a model says what is wrong
    told = [found for name in names if (found := read_name(name)) is not None]
    return len(told) == len(names) and 2 * sum(one.part != "whole" for one in told) > len(names)


def take_adapter_sketch(path: Path) -> AdapterSketch:
    """Reduce an adapter to what is compared.

    Raises:
        UnreadableError: As `open_adapter`, or its factors are not of one rank.
    """
    adapter = open_adapter(path)
    modules = sorted(_modules(adapter), key=lambda one: one.module)
    if len({one.module for one in modules}) < len(modules):
        raise UnreadableError(f"{path}: two of its modules differ in punctuation only")
    return AdapterSketch(
        name=adapter.name,
        digest=adapter.digest,
        declared=adapter.declared,
        start=adapter.start,
        modules=tuple(modules),
        others=sum(_factors(one) is None for one in adapter.changes),
    )


def adapter_bytes(sketch: AdapterSketch) -> bytes:
    """The file that keeps a sketch, under no name."""
    described = {
        "filiation.adapter": SCHEMA,
        "digest": sketch.digest,
        "declared": sketch.declared,
        "start": sketch.start,
        "others": sketch.others,
        "modules": [_described(one) for one in sketch.modules],
    }
    return gzip.compress(json.dumps(described, separators=(",", ":")).encode(), mtime=0)


def read_adapter_sketch(path: Path, name: str) -> AdapterSketch:
    """Read a kept file.

    Raises:
        UnreadableError: Not such a file, of another schema, or contradicting itself.
    """
    raw = gunzipped(path, most=LARGEST, expected="a kept adapter")
    try:
        told = parse_object(raw, what=path.name)
        if told["filiation.adapter"] != SCHEMA:
            raise ValueError(f"schema {told['filiation.adapter']!a:.20}, expected {SCHEMA}")
        return AdapterSketch(
            name=name,
            digest=str(told["digest"]),
            declared=shown(str(told["declared"])),
            start=shown(str(told["start"])),
            modules=tuple(_module(one) for one in told["modules"]),
            others=int(told["others"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableError(
            f"{path.name}: {error}, expected the sketch of an adapter; the file was changed"
        ) from error


def _factors(change: Change) -> tuple[Held, Held] | None:
    for down, up in FACTORS:
        if {down, up} <= set(change.parts):
            return change.parts[down], change.parts[up]
    return None


def _modules(adapter: Adapter) -> Iterator[ModuleFactors]:
    for change in adapter.changes:
        pair = _factors(change)
        if pair is None:
            continue
        a, b = (_matrix(held) for held in pair)
        b = np.ascontiguousarray(b.T)
        name = "_".join(filter(None, (change.component, change.module))).replace(".", "_")
        if len(a) != len(b) or not a.size:
            raise UnreadableError(
                f"{adapter.path}: {shown(name)} has factors of {len(a)} and {len(b)} components, "
                "whose product does not exist; they are of different adapters"
            )
        sizes = np.prod(
            [np.sqrt(np.square(f, dtype=np.float64).sum(axis=1)) for f in (a, b)], axis=0
        )
        yield ModuleFactors(
            module=shown(name),
            rank=len(a),
            inputs=a.shape[1],
            outputs=b.shape[1],
            down=_directions(a[:KEPT]),
            up=_directions(b[:KEPT]),
            sizes=np.minimum(sizes[:KEPT], np.finfo(np.float32).max).astype(np.float32),
            digests=tuple(_digest(held) for held in pair),  # type: ignore[arg-type]
            blank=not (a.any() and b.any()),
        )


def _matrix(held: Held) -> Float32:
    shape = held.info.shape
    if len(shape) < 2:
        return np.zeros((0, 0), dtype=np.float32)
    found = held.whole().reshape(shape[0], prod(shape[1:]))
    if not np.isfinite(found).all():
        raise UnreadableError(
            f"{held.source.path}: {shown(held.info.name)} holds values beyond single precision, "
            "expected an adapter's factors; the adapter is damaged"
        )
    return found


def _digest(held: Held) -> str:
    start = held.entry.start
    return sha256_of_bytes(held.source.view(start, start + held.info.nbytes))


def _directions(rows: Float32) -> NDArray[np.int8]:
    """Each row's direction in whole numbers of at most 127, projected if it is long."""
    if rows.shape[1] > COLUMNS:
        rows = rows @ _projection(rows.shape[1])
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.asarray(np.rint(rows / largest * 127), dtype=np.int8)


@lru_cache(maxsize=8)
def _projection(length: int) -> Float32:
    return signs(0, "factors of an adapter", str(length), rows=length, columns=COLUMNS)


def _described(one: ModuleFactors) -> Mapping[str, object]:
    return {
        "module": one.module,
        "shape": [one.rank, one.inputs, one.outputs],
        "down": base64.b64encode(one.down.tobytes()).decode(),
        "up": base64.b64encode(one.up.tobytes()).decode(),
        "sizes": base64.b64encode(one.sizes.astype("<f4").tobytes()).decode(),
        "digests": list(one.digests),
        "blank": one.blank,
    }


def _module(told: Mapping[str, Any]) -> ModuleFactors:
    rank, inputs, outputs = (int(n) for n in told["shape"])
    kept = min(rank, KEPT)
    if min(rank, inputs, outputs) < 1:
        raise ValueError(f"factors of {rank}, {inputs} and {outputs}")
    first, second = (str(one) for one in told["digests"])
    sizes = np.frombuffer(base64.b64decode(told["sizes"]), dtype="<f4")
    if len(sizes) != kept or not np.isfinite(sizes).all():
        raise ValueError(f"{len(sizes)} sizes of {kept} components")
    return ModuleFactors(
        module=shown(str(told["module"])),
        rank=rank,
        inputs=inputs,
        outputs=outputs,
        down=_array(told["down"], kept, min(inputs, COLUMNS)),
        up=_array(told["up"], kept, min(outputs, COLUMNS)),
        sizes=sizes,
        digests=(first, second),
        blank=told["blank"] is True,
    )


def _array(text: str, rows: int, columns: int) -> NDArray[np.int8]:
    return np.frombuffer(base64.b64decode(text), dtype=np.int8).reshape(rows, columns)

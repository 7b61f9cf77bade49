"""The index that comes with the package: public models, by digests and by a few numbers of each.

An entry holds digests (of the files, of the model, of its large tensors) and, where the model has
layers of units, four thinned layers: too little to make a weight from (`methods.weights.thinned`).
It holds no weights. `tools/reference_index.py` makes the entries from packages that everybody can
fetch, each pinned by version and SHA-256.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final, final

import numpy as np
from pydantic import TypeAdapter

from filiation.methods.weights.equal_tensors import telling
from filiation.methods.weights.thinned import ThinLayer, ThinRows, compare_thinned, thinned_few
from filiation.model.scan import Relative
from filiation.model.sketch import Sketch

__all__ = [
    *("LEVEL", "Entry", "Origin", "as_json", "entries", "entry_of", "parameters_of"),
    *("relatives_in_index", "same_files", "tried"),
]

LEVEL: Final = 1e-6
INDEX: Final = "index"
SHORT: Final = 16  # hex digits of a tensor's digest that are kept
MOST_TENSORS: Final = 48  # the largest
FEWEST_EQUAL: Final = 3
HALF: Final = 0.5
NO_LAYERS: Final = "only equal bytes can be seen of it: it has no layers of units that are kept"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an entry comes from, and what its makers say.

    Attributes:
        name: What a report calls it.
        names: Under which it is known elsewhere.
        package: Registry, name and version: `pypi:silero-vad==6.2.3`.
        archive: SHA-256 (hex) of the file that the registry serves.
        member: Its weights inside, by path.
        licences: SPDX identifiers of the model, by what its makers publish.
        bases: What it was made from.
        said: Where licence and bases are said.
    """

    name: str
    names: tuple[str, ...] = ()
    package: str
    archive: str
    member: str
    licences: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    said: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A thinned layer as it is written: four bits a number, base64, two to a byte."""

    label: str
    units: int
    run: int
    roles: Mapping[str, tuple[int, int, str]]  # axes, columns, codes


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model of the index.

    Attributes:
        origin: Where it comes from.
        files: SHA-256 (hex) of each of its files.
        container: Its format.
        family: Its layout.
        parameters: Values of all tensors.
        subject: Digest of the model.
        contents: Digest of its tensors whatever they are called.
        tensors: Of its largest tensors whose equal bytes tell something: the first 16 hex digits
            of the digest, and how many values.
        layers: Thinned.
    """

    origin: Origin
    files: tuple[str, ...]
    container: str
    family: str
    parameters: int
    subject: str
    contents: str
    tensors: Mapping[str, int]
    layers: tuple[Kept, ...]


_ENTRY: Final = TypeAdapter(Entry)


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """All entries, by name."""
    folder = files("filiation.libraries") / INDEX
    found = [
        _ENTRY.validate_json(item.read_bytes())
        for item in folder.iterdir()
        if item.name.endswith(".json")
    ]
    return tuple(sorted(found, key=lambda entry: (entry.origin.name, entry.subject)))


def entry_of(origin: Origin, sketch: Sketch, *, container: str, digests: Sequence[str]) -> Entry:
    """What the index keeps of a model."""
    values = telling(sketch)
    largest = sorted(values, key=lambda digest: (-values[digest], digest))[:MOST_TENSORS]
    return Entry(
        origin=origin,
        files=tuple(digests),
        container=container,
        family="guessed" if sketch.guessed else sketch.family,
        parameters=parameters_of(sketch),
        subject=sketch.subject_digest,
        contents=contents_of(sketch),
        tensors={digest[:SHORT]: values[digest] for digest in largest},
        layers=tuple(_kept(layer) for layer in thinned_few(sketch)),
    )


def as_json(entry: Entry) -> str:
    """The entry as it lies in the package."""
    return json.dumps(_ENTRY.dump_python(entry, mode="json"), indent=1) + "\n"


def same_files(digests: Sequence[str]) -> Relative | None:
    """The entry all of whose files are among these, to the byte; they need not be readable."""
    for entry in entries():
        if set(entry.files) <= set(digests):
            return _relative(entry, "identical", "the same file, byte for byte", share=1.0)
    return None


def relatives_in_index(sketch: Sketch, *, seed: int) -> tuple[Relative, ...]:
    """Every entry that this model is a copy or a relative of, the nearest first.

    The p of the order of units is paid for with the number of entries that could have been tried.
    """
    contents, ours = contents_of(sketch), telling(sketch)
    short = {digest[:SHORT]: values for digest, values in ours.items()}
    found = [
        relative
        for entry in entries()
        if (relative := _against(entry, sketch, contents, short, seed)) is not None
    ]
    return tuple(sorted(found, key=_nearness))


def tried() -> int:
    """Of how many entries more than equal bytes can be seen."""
    return sum(bool(entry.layers) for entry in entries())


def parameters_of(sketch: Sketch) -> int:
    """Values of all tensors."""
    return sum(math.prod(tensor.shape) for tensor in sketch.tensors)


def contents_of(sketch: Sketch) -> str:
    """SHA-256 (hex) over dtype, shape and digest of all tensors, whatever they are called."""
    held = sorted(
        f"{tensor.dtype} {tensor.shape} {digest}"
        for tensor, digest in zip(sketch.tensors, sketch.tensor_digests, strict=True)
    )
    return hashlib.sha256("\n".join(held).encode()).hexdigest()


def _nearness(relative: Relative) -> tuple[bool, float, float, str]:
    return (
        relative.kind != "identical",
        -(relative.share or 0.0),
        0.0 if relative.log_p is None else relative.log_p,
        relative.name,
    )


def _against(
    entry: Entry, sketch: Sketch, contents: str, ours: Mapping[str, int], seed: int
) -> Relative | None:
    if contents == entry.contents:
        named = "" if sketch.subject_digest == entry.subject else ", under other names"
        because = f"all {len(sketch.tensors)} tensors are equal, byte for byte{named}"
        return _relative(entry, "identical", because, share=1.0)
    return _by_tensors(entry, sketch, ours) or _by_order(entry, sketch, seed)


def _by_tensors(entry: Entry, sketch: Sketch, ours: Mapping[str, int]) -> Relative | None:
    """Equal large tensors: all of the entry's, or at least three and half of either's.

    Fewer may be the filters of a spectrogram, which everybody computes alike.
    """
    equal = ours.keys() & entry.tensors.keys()
    whole = bool(entry.tensors) and len(equal) == len(entry.tensors)
    fewer = min(len(entry.tensors), len(ours))
    if len(equal) < FEWEST_EQUAL or (not whole and len(equal) < HALF * fewer):
        return None
    because = (
        f"{len(equal)} of its {len(ours)} large tensors have the bytes of one of the "
        f"{len(entry.tensors)} that the index knows of {entry.origin.name}"
    )
    share = sum(ours[digest] for digest in equal) / max(1, parameters_of(sketch))
    return _relative(entry, "includes" if whole else "unknown", because, share=min(1.0, share))


def _by_order(entry: Entry, sketch: Sketch, seed: int) -> Relative | None:
    """Units that keep their index, beyond chance over all entries that could have been tried."""
    if not entry.layers:
        return None
    layers = tuple(_read(kept) for kept in entry.layers)
    found = compare_thinned(layers, sketch, name=entry.origin.name, seed=seed)
    if isinstance(found, str):
        return None
    log_p = min(0.0, found.log_p + math.log(tried()))
    if log_p > math.log(LEVEL):
        return None
    because = (
        f"{found.kept} of {found.units} units in {found.layers} layers stand at their own index; "
        "weights are shared, or the values that both began with"
    )
    return _relative(entry, "unknown", because, log_p=log_p)


def _relative(
    entry: Entry, kind: str, because: str, *, share: float | None = None, log_p: float | None = None
) -> Relative:
    origin = entry.origin
    return Relative(
        name=origin.name,
        shelf="reference",
        kind="identical"
        if kind == "identical"
        else "includes"
        if kind == "includes"
        else "unknown",
        because=because,
        log_p=log_p,
        share=share,
        names=tuple(dict.fromkeys((origin.name, *origin.names, _package(origin)))),
        bases=origin.bases,
        licences=origin.licences,
    )


def _package(origin: Origin) -> str:
    """The name of the package, without its registry and its version."""
    return origin.package.partition(":")[2].partition("==")[0]


def _kept(layer: ThinLayer) -> Kept:
    return Kept(
        label=layer.label,
        units=layer.units,
        run=layer.run,
        roles={
            role: (rows.width, rows.codes.shape[1], _packed(rows))
            for role, rows in layer.roles.items()
        },
    )


def _packed(rows: ThinRows) -> str:
    flat = (rows.codes.ravel().astype(np.int16) + 8).astype(np.uint8)
    flat = np.append(flat, np.zeros(len(flat) % 2, dtype=np.uint8))
    return base64.b64encode((flat[0::2] << 4 | flat[1::2]).tobytes()).decode("ascii")


def _read(kept: Kept) -> ThinLayer:
    return ThinLayer(label=kept.label, units=kept.units, run=kept.run, roles=dict(_unpacked(kept)))


def _unpacked(kept: Kept) -> Iterator[tuple[str, ThinRows]]:
    for role, (width, columns, text) in kept.roles.items():
        raw = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
        flat = np.stack([raw >> 4, raw & 15], axis=1).ravel().astype(np.int8) - np.int8(8)
        codes = flat[: len(flat) // columns * columns].reshape(-1, columns)
        yield role, ThinRows(width=width, codes=codes)

"""A base with an adapter merged into it, matrix by matrix, while it is read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import UnreadableError
from filiation.files import shown
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import values
from filiation.readers.bytes.mapped import HeldBytes, Source, StoredTensor
from filiation.readers.weights.adapters.adapter import Adapter, Change
from filiation.readers.weights.adapters.changing import changed, vector_of
from filiation.readers.weights.adapters.fitting import Place, fit_flat, fit_modules, hub_names
from filiation.readers.weights.adapters.recipe import Recipe
from filiation.readers.weights.adapters.rows import Rows, Stored
from filiation.readers.weights.checkpoint import Checkpoint
from filiation.readers.weights.contents import Contents
from filiation.readers.weights.packed.packing import Held, MisfitError, Packing

__all__ = ["Merging", "merge"]

Float32: TypeAlias = NDArray[np.float32]
WORD: Final = "F32"  # what merged matrices are kept as
WEIGHT: Final = ".weight"


@final
@dataclass(slots=True)
class Merging:
    """What became of an adapter.

    Attributes:
        contents: The base, changed.
        modules: How many modules were changed.
        ranks: Ranks of the changes.
        magnitudes: Changes that set the lengths of rows as well.
        full: Changes that may be any matrix: of as high a rank as the matrix has.
        idle: Changes that add nothing.
        assumed: Changes whose scale nobody stored.
        replaced: Tensors that stand in the adapter itself.
        added: Those of them that the base has not.
        aside: Components whose modules are not in the base, and how many tensors they have.
    """

    contents: Contents
    modules: int = 0
    ranks: list[int] = field(default_factory=list)
    magnitudes: int = 0
    full: int = 0
    idle: int = 0
    assumed: int = 0
    replaced: int = 0
    added: int = 0
    aside: dict[str, int] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _MergedRows:
    """The bytes that a merged matrix would have in a file, computed when they are asked for."""

    path: Path
    name: str
    of: Rows

    def view(self, start: int, end: int) -> memoryview:
        """Bytes `start` to `end` of the matrix in single precision.

        Raises:
            UnreadableError: They are not finite.
        """
        each = 4 * self.of.shape[1]
        low = start // each
        with np.errstate(over="ignore"):
            found = self.of.rows(low, -(-end // each)).astype("<f4")
        if not np.isfinite(found).all():
            raise UnreadableError(
                f"{shown(self.name)}: not finite once {self.path} is merged into it, expected "
                "finite weights; the adapter is damaged, or of another model"
            )
        return memoryview(found.tobytes())[start - low * each : end - low * each]

    def drop(self, start: int, end: int) -> None:
        """Do nothing: what was computed goes with the view."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Plain:
    """Rows that lie in single precision."""

    columns: int

    def rows(self, first: int, stored: memoryview) -> Float32:
        """The rows that these bytes hold."""
        return values(WORD, stored).reshape(-1, self.columns)


def merge(
    contents: Contents, adapter: Adapter, opened: Callable[[Contents], Checkpoint]
) -> Merging:
    """Change what a base holds by what an adapter holds.

    Args:
        contents: Of the base.
        adapter: Read.
        opened: Makes a checkpoint of contents.

    Raises:
        UnreadableError: Modules that the base has not, or factors that do not fit.
    """
    done = Merging(contents)
    place = _places(contents, adapter, done)
    wholes = [one for one in adapter.changes if "whole" in one.parts]
    for change in wholes:
        _put_whole(done, change.parts["whole"], _target(change.module, place, contents))
    base, recipes = opened(done.contents), adapter.recipes()
    for change in adapter.changes:
        module = place.get((change.component, change.module))
        if module is not None and "whole" not in change.parts:
            recipe = recipes.get(change.component, Recipe())
            _change(done, base, adapter, change, module, recipe)
    return done


Places: TypeAlias = dict[tuple[str, str], str]


def _places(contents: Contents, adapter: Adapter, done: Merging) -> Places:
    """The base's module of each change, of those components of which the base is one."""
    roles = (_role(contents, name) for name in contents.places)
    known = {role.removesuffix(WEIGHT) for role in roles if role.endswith(WEIGHT)}
    aliases, place = hub_names(known), Places()
    refused: UnreadableError | None = None
    changes = [one for one in adapter.changes if "whole" not in one.parts]
    for component in dict.fromkeys(one.component for one in changes):
        own = [one for one in changes if one.component == component]
        modules = [one.module for one in own]
        fit = fit_flat if adapter.naming == "kohya" else fit_modules
        what = f"{adapter.path}{f' ({component})' if component else ''}"
        try:
            fitted: Place = fit(modules, known | aliases.keys(), what=what)
        except UnreadableError as error:
            refused = error
            done.aside[component] = sum(len(one.parts) for one in own)
            if not component or any(_is_there(module, known) for module in modules):
                raise
            continue
        place |= {
            (component, module): aliases.get(meant, meant) for module, meant in fitted.items()
        }
    if not place and refused is not None:
        raise refused
    return place


def _is_there(module: str, known: set[str]) -> bool:
    """Whether one module alone can be found: then the component is the base's, and does not fit."""
    flat = module.replace(".", "_")
    return any(one == module or one.replace(".", "_") == flat for one in known)


def _role(contents: Contents, stored: str) -> str:
    return contents.names.get(stored, stored)


def _stored(contents: Contents, role: str) -> str | None:
    """The name under which the base stores what is called so."""
    if role in contents.places and _role(contents, role) == role:
        return role
    return next((name for name, known in contents.names.items() if known == role), None)


def _target(name: str, place: Places, contents: Contents) -> str:
    """What a tensor is called in the base that an adapter brings along as a whole."""
    module = name.removesuffix(WEIGHT)
    roles = {_role(contents, stored).removesuffix(WEIGHT) for stored in contents.places}
    own = hub_names(roles).get(module)
    if own is not None and name != module:
        return f"{own}{WEIGHT}"
    if _stored(contents, name) is not None:
        return name
    for (_, module), meant in place.items():
        if module == meant:
            break
        dropped = next((n for n in range(4) if meant.endswith(".".join(module.split(".")[n:]))), 0)
        ending = ".".join(module.split(".")[dropped:])
        before = meant.removesuffix(ending)
        moved = before + ".".join(name.split(".")[dropped:])
        return moved if _stored(contents, moved) is not None else name
    return name


def _put_whole(done: Merging, held: Held, role: str) -> None:
    """Let a tensor of the adapter stand for the base's."""
    stored = _stored(done.contents, role)
    done.replaced += 1
    done.added += stored is None
    info = replace(held.info, name=role)
    if stored is not None:
        old = done.contents.places[stored][1].info.shape
        if len(old) != len(info.shape) or old[1:] != info.shape[1:]:
            raise UnreadableError(
                f"{held.source.path}: {shown(held.info.name)} is {list(info.shape)}, the base has "
                f"{list(old)}; it stands for a tensor of another model"
            )
    entry = StoredTensor(info=info, start=held.entry.start)
    done.contents = _without(done.contents, stored, role)
    done.contents = replace(
        done.contents, places={**done.contents.places, role: (held.source, entry)}
    )


def _without(contents: Contents, stored: str | None, role: str) -> Contents:
    """The contents without a tensor and what only belongs to it: it gets another place."""
    if stored is None:
        return contents
    packing, scaling = contents.packed.get(stored), contents.scaling.get(stored)
    gone = {stored, *(() if packing is None else packing.companions)}
    gone |= set() if scaling is None else {scaling.scale, *([scaling.zero] if scaling.zero else [])}
    gone |= {f"{stored}_scale", f"{stored}_scale_inv", f"{stored.removesuffix(WEIGHT)}.SCB",
             f"{stored}_zero_point", f"{stored}_qzero"} & set(contents.places)  # fmt: skip
    used = {
        name for key, one in contents.packed.items() if key != stored for name in one.companions
    }
    gone -= used
    crossed = stored in contents.transposed
    return replace(
        contents,
        places={name: at for name, at in contents.places.items() if name not in gone},
        names={name: known for name, known in contents.names.items() if name not in gone},
        transposed=(contents.transposed - gone) | ({role} if crossed else frozenset()),
        interleaved={n: head for n, head in contents.interleaved.items() if n not in gone},
        scaling={name: one for name, one in contents.scaling.items() if name not in gone},
        packed={name: one for name, one in contents.packed.items() if name not in gone},
        unexamined={name: why for name, why in contents.unexamined.items() if name not in gone},
    )


def _change(
    done: Merging,
    base: Checkpoint,
    adapter: Adapter,
    change: Change,
    module: str,
    recipe: Recipe,
) -> None:
    """Put a matrix that is computed in the place of the base's."""
    role = f"{module}{WEIGHT}"
    stored = _stored(done.contents, role) or role
    info = base.places[stored][1].info
    if stored in base.layout.unreadable or len(info.shape) < 2 or not info.nbytes:
        raise UnreadableError(
            f"{adapter.path}: it changes {shown(module)}, which is {info.dtype} "
            f"{list(info.shape)} in the base and cannot be read as weights; merge it with the "
            "program that made it and give the merged model"
        )
    shape = info.shape[0], prod(info.shape[1:])
    found = changed(
        Stored(model=base, tensor=stored, shape=shape),
        change,
        recipe,
        what=f"{adapter.path}: {shown(change.module)}",
        peft=adapter.naming == "peft",
        turned=stored in base.layout.transposed,
    )
    done.modules += 1
    done.magnitudes += "magnitude" in change.parts
    if found.rank:
        done.ranks.append(found.rank)
        done.full += found.rank >= min(shape)
        done.idle += found.idle
        done.assumed += found.assumed
    for name, raw in _vectors(base, done.contents, module, found.bias, found.rescaled):
        _put_bytes(done, adapter.path, name, raw)
    _put_rows(done, adapter.path, stored, role, info.shape, found.rows)


def _vectors(
    base: Checkpoint,
    contents: Contents,
    module: str,
    bias: Float32 | None,
    rescaled: Float32 | None,
) -> Iterator[tuple[str, Float32]]:
    """The bias of a module, if the change reaches it."""
    name = f"{module}.bias"
    stored = _stored(contents, name)
    if bias is None and (rescaled is None or stored is None):
        return
    if stored is None:
        raise UnreadableError(f"{shown(name)}: the adapter adds to it, the base has none")
    own = vector_of(base.lying(stored, 0, 1)[0])
    other = bias if bias is not None else rescaled
    if other is None or own.shape != other.shape:
        raise UnreadableError(f"{shown(name)}: {own.size} values, the adapter has another number")
    yield stored, own + other if bias is not None else own * other


def _put_bytes(done: Merging, path: Path, stored: str, vector: Float32) -> None:
    info = TensorInfo(name=stored, dtype=WORD, shape=vector.shape, nbytes=4 * vector.size)
    source: Source = HeldBytes(path=path, held=vector.astype("<f4").tobytes())
    places = {**done.contents.places, stored: (source, StoredTensor(info=info, start=0))}
    done.contents = replace(done.contents, places=places)


def _put_rows(
    done: Merging, path: Path, stored: str, name: str, shape: Sequence[int], rows: Rows
) -> None:
    info = TensorInfo(name=name, dtype=WORD, shape=tuple(shape), nbytes=4 * prod(shape))
    entry = StoredTensor(info=info, start=0)
    source: Source = _MergedRows(path=path, name=name, of=rows)
    try:
        packing = Packing(
            held=Held(source=source, entry=entry),
            word=WORD,
            shape=rows.shape,
            role=name,
            decoder=_Plain(columns=rows.shape[1]),
            companions=(),
        )
    except MisfitError as error:
        raise UnreadableError(f"{path}: {shown(name)} cannot be merged: {error}") from error
    places: Mapping[str, tuple[Source, StoredTensor]] = {name: (source, entry)}
    contents = _without(done.contents, stored, name)
    done.contents = replace(
        contents,
        places={**contents.places, **places},
        packed={**contents.packed, name: packing},
    )

"""Which kinds of material can be examined? Ours, and those of other packages.

A package adds a kind through the entry-point group `filiation.kinds`: each entry names a `Plug`.
Its methods come through `filiation.methods`, and say that they read it.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.examining.question import Question
from filiation.methods.entries import given
from filiation.model.kinds import (
    ADAPTERS,
    ANSWERS,
    ARCHITECTURE,
    CODE,
    TOKENIZERS,
    VALUES,
    WEIGHTS,
    Kind,
)
from filiation.readers.logs.kept import is_kept
from filiation.readers.reader import Reader

__all__ = ["Plug", "kinds", "plug_for", "plugs", "quick_fields", "recognise"]

GROUP: Final = "filiation.kinds"
# Where each of ours brings its QUESTION and READER; imported once it is asked for.
OURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        kind: f"filiation.examining.{kind}.plug"
        for kind in (WEIGHTS, ANSWERS, VALUES, ADAPTERS, TOKENIZERS, ARCHITECTURE, CODE)
    }
)
NO_FOLDERS: Final = (ANSWERS, VALUES)  # what was said is recorded in a file


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """All that one kind of material brings besides its methods."""

    question: Question
    reader: Reader

    @property
    def kind(self) -> Kind:
        """The kind, with its words."""
        return self.question.kind


def plugs() -> tuple[Plug, ...]:
    """Every kind: ours, then those of installed packages in the order of their names.

    Raises:
        UsageError: A package gives what is no plug, or a kind that there is already.
    """
    return tuple(plug_for(kind) for kind in kinds())


def kinds() -> tuple[str, ...]:
    """The id of every kind, in the same order.

    Raises:
        UsageError: As above.
    """
    return (*OURS, *_foreign(tuple(sys.path)))


def plug_for(kind: str) -> Plug:
    """The plug of a kind.

    Raises:
        UsageError: No such kind is installed.
    """
    if kind in OURS:
        return _ours(kind)
    found = _foreign(tuple(sys.path)).get(kind)
    if found is None:
        raise UsageError(
            f"kind of material {kind!r}: not known here, expected one of {', '.join(kinds())}; it "
            "was read by another version, or by a package that is not installed"
        )
    return found


def recognise(spec: str) -> Plug:
    """The kind of material that `spec` names; weights if no other kind knows it.

    Raises:
        UsageError: It is a reduced log, which is one provider's and no model's.
    """
    if is_kept(Path(spec)):
        raise UsageError(
            f"{spec}: found a reduced log, expected material of a model; `filiation log campaigns` "
            "examines it alone, and so does a case, of which it can be an exhibit"
        )
    return next((p for p in _others(spec) if p.reader.recognises(spec)), plug_for(WEIGHTS))


def _others(spec: str) -> Iterator[Plug]:
    """The kinds beside weights that it may be of."""
    never = (WEIGHTS, *NO_FOLDERS) if Path(spec).is_dir() else (WEIGHTS,)
    # By a name of its own, which a recording's reader would take for that of a model.
    order = (ARCHITECTURE, *(kind for kind in OURS if kind != ARCHITECTURE))
    yield from (plug_for(kind) for kind in order if kind not in never)
    yield from _foreign(tuple(sys.path)).values()


def quick_fields() -> dict[str, Any]:
    """Fields of a plan that asks for a quick look at weights, and nothing else."""
    return {"questions": ({"kind": WEIGHTS, **(plug_for(WEIGHTS).question.quick or {})},)}


@lru_cache(maxsize=len(OURS))
def _ours(kind: str) -> Plug:
    module = import_module(OURS[kind])
    return Plug(question=module.QUESTION, reader=module.READER)


@lru_cache(maxsize=4)
def _foreign(path: tuple[str, ...]) -> Mapping[str, Plug]:
    """Kinds of other packages, by id; `path` is where those are looked for."""
    found: dict[str, Plug] = {}
    for where, plug in given(GROUP):
        if not isinstance(plug, Plug):
            raise UsageError(f"{where} is {type(plug).__name__}, expected a Plug")
        if plug.kind.id in {*OURS, *found}:
            raise UsageError(
                f"{where}: the kind {plug.kind.id} exists already; an exhibit could not be told "
                "which of the two it is"
            )
        found[plug.kind.id] = plug
    return MappingProxyType(found)

"""Which kinds of material can be examined? Ours, and those of other packages.

A package adds a kind through the entry-point group `filiation.kinds`: each entry names a `Plug`.
Its methods come through `filiation.methods`, and say that they read it.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.examining.answers import plug as answers
from filiation.examining.question import Question
from filiation.examining.values import plug as values
from filiation.examining.weights import plug as weights
from filiation.methods.entries import given
from filiation.model.kinds import Kind
from filiation.readers.reader import Reader

__all__ = ["Plug", "plug_for", "plugs", "quick_fields", "recognise"]

GROUP: Final = "filiation.kinds"


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
    return _plugs(tuple(sys.path))


def plug_for(kind: str) -> Plug:
    """The plug of a kind.

    Raises:
        UsageError: No such kind is installed.
    """
    for plug in plugs():
        if plug.kind.id == kind:
            return plug
    known = ", ".join(plug.kind.id for plug in plugs())
    raise UsageError(
        f"kind of material {kind!r}: not known here, expected one of {known}; it was read by "
        "another version, or by a package that is not installed"
    )


def recognise(spec: str) -> Plug:
    """The kind of material that `spec` names; weights if no other kind knows it."""
    others = [plug for plug in plugs() if plug.kind.id != weights.QUESTION.kind.id]
    return next(
        (p for p in others if p.reader.recognises(spec)), plug_for(weights.QUESTION.kind.id)
    )


def quick_fields() -> dict[str, Any]:
    """Fields of a plan that asks for a quick look, of the kinds that have one, and nothing else."""
    looks = [(plug.kind.id, plug.question.quick) for plug in plugs()]
    return {"questions": tuple({"kind": kind, **look} for kind, look in looks if look is not None)}


@lru_cache(maxsize=4)
def _plugs(path: tuple[str, ...]) -> tuple[Plug, ...]:
    """`path` is where packages are looked for; the answer changes with it."""
    found = [
        Plug(question=weights.QUESTION, reader=weights.READER),
        Plug(question=answers.QUESTION, reader=answers.READER),
        Plug(question=values.QUESTION, reader=values.READER),
    ]
    for where, plug in given(GROUP):
        if not isinstance(plug, Plug):
            raise UsageError(f"{where} is {type(plug).__name__}, expected a Plug")
        if plug.kind.id in {known.kind.id for known in found}:
            raise UsageError(
                f"{where}: the kind {plug.kind.id} exists already; an exhibit could not be told "
                "which of the two it is"
            )
        found.append(plug)
    return tuple(found)

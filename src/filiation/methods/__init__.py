"""The methods Filiation ships, one file each and listed by hand, and those of other packages.

Those for one kind of material are imported when that kind is asked about: each kind lists its own
(`weights/listed.py`). A package adds methods through the entry-point group `filiation.methods`:
each entry names a method, or a sequence of them.
"""

import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from filiation.errors import CaseError, UsageError
from filiation.methods._protocol import (
    NO_FAMILIES,
    Foresees,
    Method,
    ReadsRepeats,
    ReadsVersions,
)
from filiation.methods.entries import given
from filiation.methods.foreign import foreign

if TYPE_CHECKING:
    METHODS: tuple[Method[Any], ...]

__all__ = [
    "METHODS",
    "NO_FAMILIES",
    "Foresees",
    "Method",
    "ReadsRepeats",
    "ReadsVersions",
    "all_methods",
    "method_named",
    "methods_for",
    "quick_methods",
]

GROUP: Final = "filiation.methods"
# Of these we ship methods, each in its own room.
KINDS: Final = (
    *("weights", "answers", "values", "adapters", "tokenizers", "architecture", "code"),
)


def __getattr__(name: str) -> object:
    """`METHODS`: all that Filiation ships; imported when it is first looked at."""
    if name == "METHODS":
        return tuple(method for kind in KINDS for method in _ours(kind))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def all_methods() -> tuple[Method[Any], ...]:
    """Ours, then those of installed packages in the order of their names.

    Raises:
        UsageError: A package gives what is no method, or an id that another method has.
    """
    return tuple(_one_after_another())


def method_named(name: str) -> Method[Any]:
    """The method of this full id.

    Raises:
        CaseError: It is not installed here.
    """
    for method in _one_after_another(named=True):
        if method.id == name:
            return method
    raise CaseError(
        f"method {name} is not installed here; what it found cannot be computed again without the "
        "package, or the version of this program, that it was examined with: install that to verify"
    )


def methods_for(kind: str, *, versions: bool = False) -> tuple[Method[Any], ...]:
    """The methods that read this kind of material, in the order in which they are run.

    Args:
        kind: Id of the kind.
        versions: Whether an older version of the subject was exhibited; without one, methods that
            need it are not among them.
    """
    return tuple(
        method
        for method in (*_ours(kind), *_foreign(tuple(sys.path)))
        if method.reads == kind and (versions or not isinstance(method, ReadsVersions))
    )


def quick_methods(kind: str) -> tuple[Method[Any], ...]:
    """Those of a quick look at this kind of material; a plan of it names them, and no other does.

    Nothing of a kind that has no such look.
    """
    if kind not in KINDS:
        return ()
    methods: tuple[Method[Any], ...] = getattr(_room(kind), "QUICK", ())
    return methods


def _one_after_another(*, named: bool = False) -> Iterator[Method[Any]]:
    """All methods, of one kind after the other: none is imported before it is its turn.

    Those that are only asked by name too, if `named`.
    """
    for kind in KINDS:
        yield from _ours(kind)
        if named:
            yield from quick_methods(kind)
    yield from _foreign(tuple(sys.path))


@lru_cache(maxsize=len(KINDS))
def _ours(kind: str) -> tuple[Method[Any], ...]:
    """What we ship for a kind; nothing for a kind of another package."""
    if kind not in KINDS:
        return ()
    methods: tuple[Method[Any], ...] = _room(kind).METHODS
    return methods


def _room(kind: str) -> ModuleType:
    return import_module(f"{__name__}.{kind}.listed")


@lru_cache(maxsize=4)
def _foreign(path: tuple[str, ...]) -> tuple[Method[Any], ...]:
    """`path` is where packages are looked for; the answer changes with it."""
    found: dict[str, Method[Any]] = {}
    for where, named in given(GROUP):
        ours = {method.id for kind in KINDS for method in _ours(kind)}
        for method in named if isinstance(named, list | tuple) else (named,):
            added = foreign(where, method)
            if added.id in ours or added.id in found:
                raise UsageError(
                    f"{where}: the method id {added.id} is taken; two methods of one id could not "
                    "be told apart in a report"
                )
            found[added.id] = added
    return tuple(found.values())

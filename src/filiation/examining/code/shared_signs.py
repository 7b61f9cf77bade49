"""Literal signs of copying: what no function asks for and both trees have, and who else has it.

They are context: authors of one school share habits, so that no p follows from their number. What
base code has, and what the notices of licences say, is none.
"""

from collections.abc import Sequence
from typing import Final

from filiation.model.filtration import SharedSign
from filiation.model.source import Sign, SourceTree

__all__ = ["KINDS", "shared_signs", "signs_lined_up"]

KINDS: Final = ("typo", "dead", "commented-out", "stale", "number", "blanks")


def shared_signs(
    source: SourceTree,
    subject: SourceTree,
    controls: Sequence[SourceTree],
    given: Sequence[SourceTree],
) -> tuple[SharedSign, ...]:
    """Signs of both trees, those that fewest controls have first."""
    theirs = _first(subject)
    base = {sign.key for tree in given for sign in tree.signs}
    others = [{sign.key for sign in tree.signs} for tree in controls]
    found = [
        SharedSign(
            kind=one.kind,
            text=one.text,
            source=f"{one.file}:{one.line}",
            subject=f"{theirs[key].file}:{theirs[key].line}",
            controls=sum(key in other for other in others),
        )
        for key, one in _first(source).items()
        if key in theirs and key not in base
    ]
    found.sort(key=lambda one: (one.controls, KINDS.index(one.kind), one.source))
    return tuple(found)


def signs_lined_up(source: SourceTree, controls: Sequence[SourceTree]) -> tuple[int, ...]:
    """How many signs of the source each control has, ascending."""
    ours = {sign.key for sign in source.signs}
    return tuple(sorted(len(ours & {sign.key for sign in tree.signs}) for tree in controls))


def _first(tree: SourceTree) -> dict[int, Sign]:
    """Each sign where it stands first."""
    found: dict[int, Sign] = {}
    for sign in tree.signs:
        found.setdefault(sign.key, sign)
    return found

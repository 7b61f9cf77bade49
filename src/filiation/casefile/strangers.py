"""What lies in a case that no event names?"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from filiation.casefile.ledger.staging import leftovers

__all__ = ["left", "strangers"]

FIXED: Final = ("case.toml", "case.db", "case.db-journal", "head.json", "countersigned.json")
NAMED: Final = 10  # files of a leftover that a note names


def left(name: str, besides: Sequence[str]) -> str:
    """A note on what a deed left, and on what else lies there."""
    text = (
        f"{name}: left by a deed that was interrupted or is under way; the next one clears it away"
    )
    if not besides:
        return text
    more = f" and {len(besides) - NAMED} more" if len(besides) > NAMED else ""
    return f"{text}; no event names what it also holds: {', '.join(islice(besides, NAMED))}{more}"


def strangers(case: Path, shown: Collection[str]) -> Iterator[str]:
    """Links, and files that are neither objects, nor shown, nor of a deed under way."""
    apart = {case / "objects", *leftovers(case)}
    for path in sorted(case.rglob("*")):
        name = path.relative_to(case).as_posix()
        if path.is_symlink():
            yield f"{name}: a link, expected a file or a folder; it was put in its place"
        elif path.is_dir():
            continue
        if name in FIXED or name in shown or not apart.isdisjoint(path.parents):
            continue
        yield f"{name}: no event names it; it was added"

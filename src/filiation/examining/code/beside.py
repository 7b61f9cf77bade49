"""Matched functions set side by side: which lines are the same, which but for their names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice, zip_longest
from typing import Final

import numpy as np

from filiation.methods.code.rarity import background
from filiation.model.filtration import Matched, Sided
from filiation.model.side_by_side import Beside, Row, Same
from filiation.readers.code.grammar import language_of
from filiation.readers.code.values import hashed

__all__ = ["MOST_LINES", "beside"]

MOST_LINES: Final = 200  # of a function that are shown
WIDEST: Final = 300  # characters of a line
NAME: Final = re.compile(r"[^\W\d]\w*")
TELLING: Final = 4  # letters and digits of a line that says something


def beside(
    found: Sequence[Matched], sources: Mapping[str, str], subjects: Mapping[str, str]
) -> tuple[Beside, ...]:
    """Each pair with its lines.

    Args:
        found: Matched functions.
        sources: Text of the source's files by path, as far as it is at hand.
        subjects: The same of the subject's.
    """
    return tuple(_beside(one, sources, subjects) for one in found)


def _beside(one: Matched, sources: Mapping[str, str], subjects: Mapping[str, str]) -> Beside:
    for side, texts, who in ((one.source, sources, "source"), (one.subject, subjects, "subject")):
        if side.file not in texts:
            return Beside(matched=one, missing=f"the {who}'s text is not the one examined, or gone")
    ours, theirs = _lines(one.source, sources), _lines(one.subject, subjects)
    rows = tuple(islice(_rows(ours, theirs, one), MOST_LINES))
    shown = max(sum(row.first > 0 for row in rows), sum(row.second > 0 for row in rows))
    left = max(len(ours), len(theirs)) - shown if len(rows) == MOST_LINES else 0
    return Beside(matched=one, rows=rows, left_out=max(0, left))


def _lines(side: Sided, texts: Mapping[str, str]) -> list[str]:
    return texts[side.file].split("\n")[side.first - 1 : side.last]


def _rows(ours: Sequence[str], theirs: Sequence[str], one: Matched) -> Iterator[Row]:
    """Lines aligned by their text without names, so that a renamed line stands beside its copy."""
    one_keys, two_keys = (
        [_blind(line) for line in side[: 2 * MOST_LINES]] for side in (ours, theirs)
    )
    matcher = SequenceMatcher(None, one_keys, two_keys, autojunk=False)
    for _, from_one, to_one, from_two, to_two in matcher.get_opcodes():
        places = zip_longest(range(from_one, to_one), range(from_two, to_two))
        for left, right in places:
            yield _row(ours, theirs, left, right, one)


def _row(
    ours: Sequence[str], theirs: Sequence[str], left: int | None, right: int | None, one: Matched
) -> Row:
    source = "" if left is None else ours[left]
    subject = "" if right is None else theirs[right]
    same = _same(source, subject) if left is not None and right is not None else ""
    return Row(
        first=0 if left is None else one.source.first + left,
        source=source[:WIDEST],
        second=0 if right is None else one.subject.first + right,
        subject=subject[:WIDEST],
        same=same,
        rarity=_rarity(source, one.source.file) if same == "line" else 0.0,
    )


def _same(one: str, two: str) -> Same:
    bare, other = "".join(one.split()), "".join(two.split())
    if sum(map(str.isalnum, bare)) < TELLING:
        return ""
    if bare == other:
        return "line"
    return "names" if _blind(one) == _blind(two) else ""


def _blind(line: str) -> str:
    """A line without blanks, its names by the order in which they come."""
    order: dict[str, int] = {}
    return "".join(NAME.sub(lambda name: f"n{order.setdefault(name[0], len(order))}", line).split())


def _rarity(line: str, file: str) -> float:
    """What a line weighs in nats, in the language of its file."""
    language = language_of(file)
    key = np.array([hashed("".join(line.split()))], dtype=np.uint64)
    return round(float(background().weights(0, key, language.id if language else "")[0]), 1)

"""Put the question to every pair of a population of source trees.

What two share is ranked among the other trees of the survey, as in an examination: a tree that
holds nearly all of either is no stranger to them and stands in no line-up. A rank is never less
than one in the number of strangers and one, so that a survey of a few trees supports nothing; it
shows where to look. No stemma is drawn: likeness of trees has no direction and no origin.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias, final

from filiation.errors import UsageError
from filiation.methods.code.containment import (
    FEWEST,
    FLOOR,
    FUNCTIONS,
    TreeContainment,
    comparable,
    holds_nearly_all,
    in_common,
)
from filiation.model.finding import Absent, Underpowered
from filiation.model.kinds import CODE
from filiation.model.source import SourceTree
from filiation.model.survey import Pair, SetAside, Survey

__all__ = ["survey_trees"]

Step: TypeAlias = Callable[[int, int], None]


def survey_trees(
    trees: Sequence[SourceTree],
    *,
    aside: Sequence[SetAside] = (),
    step: Step = lambda done, of: None,
) -> Survey:
    """Compare all pairs of source trees.

    Args:
        trees: No two of one name.
        aside: Trees that could not be read, and why.
        step: Told (pairs done, of all).

    Raises:
        UsageError: Fewer than two trees were given.
    """
    if len(trees) + len(aside) < 2:
        raise UsageError(f"a survey needs at least two trees, found {len(trees) + len(aside)}")
    members, out = _members(trees)
    known = _Known(members=members)
    every = list(combinations(range(len(members)), 2))
    step(0, len(every))
    for done, (i, j) in enumerate(every, 1):
        known.shared[i, j] = known.shared[j, i] = in_common(members[i], members[j])
        step(done, len(every))
    found = [known.judged(i, j) for i, j in every]
    pairs = [one for one in found if isinstance(one, Pair)]
    return Survey(
        models=tuple(one.name for one in members),
        pairs=tuple(sorted(pairs, key=lambda p: (p.log_p, -p.observed, p.a, p.b))),
        absent=tuple(one for one in found if not isinstance(one, Pair)),
        notes=tuple(known.notes()),
        aside=(*aside, *out),
        kind=CODE,
    )


def _members(trees: Sequence[SourceTree]) -> tuple[list[SourceTree], list[SetAside]]:
    """Each content once, and the copies and those of too little code."""
    members, aside, first = list[SourceTree](), list[SetAside](), dict[str, str]()
    for tree in trees:
        other = first.setdefault(tree.digest, tree.name)
        if other != tree.name:
            reason = f"holds the same source files as {other}"
            aside.append(SetAside(name=tree.name, reason=reason, same_as=other))
        elif len(tree.fragments) < FUNCTIONS:
            reason = (
                f"{len(tree.fragments)} functions of five lines or more, expected {FUNCTIONS} at "
                "least; so little code looks like other code"
            )
            aside.append(SetAside(name=tree.name, reason=reason))
        else:
            members.append(tree)
    return members, aside


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What pairs share, by their places."""

    members: Sequence[SourceTree]
    shared: dict[tuple[int, int], float] = field(default_factory=dict)
    held: dict[tuple[int, int], bool] = field(default_factory=dict)

    def judged(self, i: int, j: int) -> Pair | Absent:
        """The rank of what two share among what strangers share with either."""
        one, other = self.members[i], self.members[j]
        method = TreeContainment().id
        if min(comparable(tree, one, other) for tree in (one, other)) < FUNCTIONS:
            reason = (
                f"{one.name} and {other.name}: fewer than {FUNCTIONS} functions of either are in a "
                "language that both have"
            )
            return Underpowered(method=method, reason=reason)
        strangers = [k for k in range(len(self.members)) if self._stranger(k, i, j)]
        seen = self.shared[i, j]
        if len(strangers) < FEWEST:
            return Underpowered(
                method=method,
                reason=f"{one.name} and {other.name} share {seen:.3f}; {len(strangers)} other "
                "trees have code in their languages without holding nearly all of either, expected "
                f"{FEWEST} at least",
            )
        rows = [[self.shared[place, k] for k in strangers] for place in (i, j)]
        above = max(sum(value >= seen for value in row) for row in rows)
        above = above if seen >= FLOOR else len(strangers)
        log_p = math.log1p(above) - math.log1p(len(strangers))
        return Pair(
            a=one.name, b=other.name, method=method, kind="calibrated", observed=seen,
            z=None, log_p=log_p, items=min(len(t.fragments) for t in (one, other)),
            rank=math.exp(log_p),
        )  # fmt: skip

    def notes(self) -> Iterator[str]:
        """How little a rank can show."""
        if len(self.members) > 2:
            yield (
                f"each pair stands among at most {len(self.members) - 2:,} other trees, so that no "
                f"p can be below 1 in {len(self.members) - 1:,}; that all are of one role and "
                "field is for the examiner to say"
            )

    def _stranger(self, k: int, i: int, j: int) -> bool:
        one, two = self.members[i], self.members[j]
        return (
            k not in (i, j)
            and comparable(self.members[k], one, two) >= FUNCTIONS
            and not (self._holds(i, k) or self._holds(j, k))
        )

    def _holds(self, i: int, k: int) -> bool:
        if (i, k) not in self.held:
            self.held[i, k] = holds_nearly_all(self.members[i], self.members[k])
        return self.held[i, k]

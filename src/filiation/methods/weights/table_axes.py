"""Do two models list the axes of their stream in the same order, as a table of theirs shows it?

An embedding has one column for every axis of the residual stream. Columns of the two tables are
paired by likeness over shared tokens, within runs of sixteen neighbours, and those are counted that
are paired with the column of their own number. Tokens are held fixed, so that what words mean, and
that all models learn it, cannot show. It speaks of the table alone. Defeated by: rotating the
stream, or listing its axes in another order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.weights.axes import Seen, count_kept, finding_of, marked, prepare
from filiation.methods.weights.obstacles import taken_differently
from filiation.methods.weights.published import held_by
from filiation.methods.weights.written import written_in_both
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable
from filiation.model.sketch import Sketch, TableRows
from filiation.model.words import MethodWords
from filiation.numerics.rng import stream
from filiation.numerics.tails.runs import LENGTH

__all__ = ["TableAxes"]

Float32: TypeAlias = NDArray[np.float32]

FEWEST_KEYS: Final = 64  # shared rows without which columns say too little
MOST_KEYS: Final = 2048  # shared rows that are used
NAMED_BY: Final[Mapping[str, str]] = {
    "string": "tokens of the same string",
    "id": "rows of the same number",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TableAxes:
    """Number of columns whose best partner in their run stands at their own index."""

    of: Literal["embedding", "head", "positions"]
    exact_to: int = LENGTH

    @property
    def reads(self) -> str:
        return "weights"

    @property
    def words(self) -> MethodWords:
        words = words_beside(__name__, self.id)
        return replace(words, title=f"{words.title}, {self.of}")

    @property
    def id(self) -> str:
        nearest = "" if self.exact_to >= LENGTH else f";assignment-to={self.exact_to}"
        return f"table-axes/1;of={self.of}{nearest}"

    def compare(
        self,
        source: Sketch,
        subject: Sketch,
        controls: Sequence[Sketch] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        obstacle = (
            taken_differently(source, subject)
            or marked(source, subject)
            or written_in_both(source, subject, self.of)
        )
        if obstacle is not None:
            return Inapplicable(method=self.id, reason=obstacle)
        tried: dict[str, Seen] = {}
        reasons = []
        for key in NAMED_BY:
            seen = self._seen(f"{self.of}/{key}", source, subject, controls)
            if isinstance(seen, Seen):
                tried[key] = seen
            else:
                reasons.append(seen)
        if not tried:
            return Inapplicable(method=self.id, reason="; ".join(dict.fromkeys(reasons)))
        names = (self.id, source.subject_digest, subject.subject_digest)
        return self._finding(tried, seed, names)

    def _finding(self, tried: Mapping[str, Seen], seed: int, names: tuple[str, ...]) -> Finding:
        """The better of two ways to name rows, paid for."""
        counted = {
            key: count_kept(seen, stream(seed, *names, key), exact_to=self.exact_to)
            for key, seen in tried.items()
        }
        best = min(counted, key=lambda key: counted[key].log_p)
        seen, kept = tried[best], counted[best]
        return finding_of(
            self.id,
            tuple(tried.values()),
            seen,
            kept,
            unit=f"columns of {len(seen.a)} paired with their own index, over {seen.label}",
            combination=_paid(tuple(tried)),
            component=self.of,
        )

    def _seen(
        self, table: str, source: Sketch, subject: Sketch, controls: Sequence[Sketch]
    ) -> Seen | str:
        """The columns of both tables over the rows they share, or why there are none."""
        if not (table in source.tables and table in subject.tables):
            who = subject.name if table in source.tables else source.name
            return f"the sketch of {who} keeps no {self.of} rows by {table.partition('/')[2]}"
        one, two = source.tables[table], subject.tables[table]
        if one.rows.shape[1] != two.rows.shape[1]:
            return (
                f"{source.name} has {one.rows.shape[1]} residual axes, {subject.name} "
                f"{two.rows.shape[1]}"
            )
        public = held_by(table, source, subject, controls)
        if public is not None:
            return (
                f"the {self.of} table of {source.name} is also that of {public.name}, which took "
                "no part: it is public, and whoever holds it may have it from anybody"
            )
        a, b = _shared(one, two)
        if len(a) < FEWEST_KEYS:
            named = NAMED_BY[table.partition("/")[2]]
            return f"the {self.of} tables share {len(a)} {named}, fewer than {FEWEST_KEYS}"
        return prepare(
            _columns(a),
            _columns(b),
            label=f"{len(a)} {NAMED_BY[table.partition('/')[2]]}",
            roles=self.of,
            names=(source.name, subject.name),
        )


def _paid(tried: tuple[str, ...]) -> str:
    if len(tried) > 1:
        return (
            "one count for the table; rows were named by token and by number, and p is multiplied "
            "by 2 for the better of the two"
        )
    if tried == ("string",):
        return "one count for the table; rows were named by token"
    return (
        "one count for the table; rows were named by number, since too few tokens have the same "
        "string: p holds, whatever the numbers stand for in either vocabulary"
    )


def _shared(one: TableRows, two: TableRows) -> tuple[Float32, Float32]:
    """The rows of both tables that have the same key and hold anything, evenly thinned."""
    place = {key: n for n, key in enumerate(two.keys)}
    pairs = [(n, place[key]) for n, key in enumerate(one.keys) if key in place]
    ours, theirs = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    kept = one.rows[ours].any(axis=1) & two.rows[theirs].any(axis=1)
    ours, theirs = ours[kept], theirs[kept]
    if len(ours) > MOST_KEYS:
        thin = np.linspace(0, len(ours) - 1, MOST_KEYS).astype(np.int64)
        ours, theirs = ours[thin], theirs[thin]
    return one.rows[ours].astype(np.float32), two.rows[theirs].astype(np.float32)


def _columns(rows: Float32) -> Float32:
    """Columns of unit rows, centred, as rows: float32 [axes, keys]."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray((unit - unit.mean(axis=0)).T)

"""What a verb found, as tables of text: whoever shows them aligns the columns."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from filiation.model.kinds import WEIGHTS
from filiation.model.library import Candidate, Search, TreeSearch
from filiation.model.survey import Pair, Survey

__all__ = ["Grid", "search_grid", "survey_grids", "tree_search_grid"]

LN10 = math.log(10.0)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of text.

    Law: every row has one cell a heading.

    Attributes:
        title: Above it; empty: none.
        headings: Of the columns.
        rows: Of cells.
        left: Headings of columns that hold words; those of the others hold numbers.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[str] = frozenset({"model"})

    def __post_init__(self) -> None:
        if any(len(row) != len(self.headings) for row in self.rows):
            raise ValueError(f"{self.title}: a row without one cell for each heading")


def survey_grids(found: Survey, most: int) -> Iterator[Grid]:
    """The closest pairs of every method; of checkpoints, of all methods as one p."""
    together = found.stemma is not None and found.kind == WEIGHTS
    pairs = [pair for pair in found.pairs if not together or pair.kind == "combined"]
    for method in dict.fromkeys(pair.method for pair in pairs):
        of_it = [pair for pair in pairs if pair.method == method]
        ranked = any(pair.rank is not None for pair in of_it)
        seen = "methods" if together else "z" if ranked and of_it[0].z is not None else "observed"
        yield Grid(
            title=f"{method.partition('/')[0]}: {len(of_it)} pairs",
            headings=("model", "model", seen, "log10 p", "items", *(("rank",) if ranked else ())),
            rows=tuple(_pair(pair, ranked=ranked) for pair in of_it[:most]),
        )


def search_grid(found: Search) -> Grid:
    """The shortlist."""
    return Grid(
        title="",
        headings=("model", "log10 p", "log10 e", "shared weights"),
        rows=tuple(
            (
                candidate.name,
                _powers(candidate.log_p),
                "-" if candidate.log_p is None else _powers(candidate.log_e),
                _standing(candidate),
            )
            for candidate in found.candidates
        ),
    )


def tree_search_grid(found: TreeSearch) -> Grid:
    """The shortlist of a search for a source tree."""
    return Grid(
        title="",
        headings=("source tree", "functions seen", "alike in full", "shared"),
        rows=tuple(
            (
                one.name,
                f"{one.seen:,}",
                "-" if one.matched is None else f"{one.matched:,}",
                "same files" if one.same else "-" if one.shared is None else f"{one.shared:.3f}",
            )
            for one in found.candidates
        ),
        left=frozenset({"source tree"}),
    )


def _pair(pair: Pair, *, ranked: bool) -> tuple[str, ...]:
    shown = f"{pair.observed:.4g}" if pair.z is None else f"{pair.z:.1f}"
    rank = ("" if pair.rank is None else f"{pair.rank:.3f}",) if ranked else ()
    return pair.a, pair.b, shown, f"{pair.log_p / LN10:.1f}", str(pair.items), *rank


def _standing(candidate: Candidate) -> str:
    if candidate.unread is not None:
        return "not read"
    if candidate.same:
        return "same tensors"
    if candidate.log_p is None:
        return "not comparable"
    return "supported" if candidate.found else "not seen"


def _powers(log: float | None) -> str:
    return "-" if log is None else f"{log / LN10 + 0.0:.1f}".replace("-0.0", "0.0")

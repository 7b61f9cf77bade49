"""Is a column of a table no model at all? Models answer one question alike more often than chance.

Where columns agree with each other row by row, far beyond what their favourite cells explain, one
that agrees with none of them (a difficulty, a vote, a row of numbers) is refused as ambiguous: as
a control it would stand for an innocent model. Cells are held against each other by their last word
or number, so that `B`, `**B**` and `The answer is B.` are alike. Where no columns agree (long
texts), nothing can be told, and nothing is refused.
"""

import math
import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from filiation.errors import UnreadableError

__all__ = ["ROWS", "first_or_last", "refuse_unlike", "said"]

FEWEST: Final = 3  # columns
ROWS: Final = 50
AGREE: Final = 6.0  # scatters of chance by which the median column agrees with the others
CHANCE: Final = 2.0  # below which a column does not
_WORD: Final = re.compile(r"[^\W_]+(?:[.,/][^\W_]+)*")
LOOKED: Final = 200  # characters at either end


def refuse_unlike(
    columns: Mapping[str, Sequence[str | None]], keys: Sequence[str | None], *, what: str
) -> None:
    """Refuse a column that agrees with no other while the others agree.

    Raises:
        UnreadableError: Which column, and what to say.
    """
    if len(columns) < FEWEST or len(keys) < ROWS:
        return
    by_last, by_first = (_agreement(columns, keys, at) for at in (-1, 0))
    found = {name: max(by_last[name], by_first[name]) for name in columns}
    if median(found.values()) < AGREE:
        return
    strange = [name for name, beyond in found.items() if beyond < CHANCE]
    if strange:
        say = " ".join(said("ignore", name) for name in strange)
        raise UnreadableError(
            f"{what}: the column {strange[0]!r:.80} agrees with the others no more than chance "
            "does, while they agree with each other; it may be no model, and would stand for an "
            f"innocent one: say {say}, or name every model with --column model=NAME"
        )


def said(role: str, name: str) -> str:
    """What to type that a column holds this."""
    return f"--column {shlex.quote(f'{role}={name}') if not name.isalnum() else f'{role}={name}'}"


def _agreement(
    columns: Mapping[str, Sequence[str | None]], keys: Sequence[str | None], at: int
) -> dict[str, float]:
    read = {name: [first_or_last(cell, at) for cell in column] for name, column in columns.items()}
    common = [Counter(filter(None, row)) for row in zip(*read.values(), strict=True)]
    for row, key in zip(common, keys, strict=True):
        row.update(filter(None, [first_or_last(key, at)]))
    return {name: _beyond(column, common) for name, column in read.items()}


def _beyond(column: Sequence[str], common: Sequence[Counter[str]]) -> float:
    """Agreement with the other cells of each row, in scatters of what shuffled rows would have.

    A cell's own count is taken off; chance is the share of all other cells that are the same.
    """
    total: Counter[str] = Counter()
    for row in common:
        total.update(row)
    own = Counter(cell for cell in column if cell)
    cells = total.total() - own.total()
    if cells <= 0:
        return 0.0
    observed = expected = variance = 0.0
    for cell, row in zip(column, common, strict=True):
        others = row.total() - 1
        if not cell or others < 1:
            continue
        chance = (total[cell] - own[cell]) / cells
        observed += (row[cell] - 1) / others
        expected += chance
        variance += chance * (1.0 - chance)  # of one other cell: those of a row hang together
    return (observed - expected) / math.sqrt(variance) if variance > 0.0 else 0.0


def first_or_last(cell: str | None, at: int) -> str:
    """The first word or number of a cell, or the last."""
    if not cell:
        return ""
    found = _WORD.findall(cell[-LOOKED:] if at else cell[:LOOKED])
    return found[at].casefold() if found else ""

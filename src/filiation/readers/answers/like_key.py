"""Is a column of a table the key itself, under a name that we do not know?

As a control it would be an innocent model that errs nowhere, and where no other column is the key,
right answers would count as inventions that two models share. With a key, a column that is equal to
it nearly everywhere is asked about; without one, a column with which nearly every model agrees more
than with any other, and item by item far more: models agree with each other where both are right,
with the key where one is. Where they share errors as often as right answers (MMLU-Pro), the key is
not told apart so, and what was read as what, which is said first, is all there is. A model far
above all others may look like a key, too: nothing is decided, it is asked.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean, median, pvariance
from typing import Final

from filiation.errors import UnreadableError
from filiation.readers.answers.unlike import ROWS, first_or_last, said

__all__ = ["refuse_keys"]

FEWEST: Final = 5  # columns
EQUAL: Final = 0.99  # of the keyed rows that are the key, word for word
OTHERS: Final = 0.9  # at most, of the column in the middle
PREFER: Final = 0.75  # of the models that agree with it most
BEYOND: Final = 1.05  # times the agreement of the next
LOOKED: Final = 60  # columns that are held against each other pair by pair
SURE: Final = 4.0  # standard errors of the difference, row by row


def refuse_keys(
    columns: Mapping[str, Sequence[str | None]],
    keys: Sequence[str | None],
    *,
    what: str,
    keyless: bool,
) -> None:
    """Refuse a column that may be the key.

    Args:
        columns: The cells of every column that would be a model, row by row.
        keys: The key of every row, None where none is known.
        what: Opens the sentence.
        keyless: Whether the user said that there is no key.

    Raises:
        UnreadableError: Which column, and what to say.
    """
    if len(columns) < FEWEST or len(keys) < ROWS:
        return
    if any(key is not None for key in keys):
        _refuse_equal(columns, keys, what)
    elif not keyless:
        for at in (-1, 0):
            _refuse_central(columns, at, what)


def _refuse_equal(
    columns: Mapping[str, Sequence[str | None]], keys: Sequence[str | None], what: str
) -> None:
    keyed = [(row, key.strip()) for row, key in enumerate(keys) if key is not None]
    if len(keyed) < ROWS:
        return
    equal = {
        name: fmean((cells[row] or "").strip() == key for row, key in keyed)
        for name, cells in columns.items()
    }
    found = [name for name, share in equal.items() if share >= EQUAL]
    if found and median(equal.values()) <= OTHERS:
        say = " ".join(said("ignore", name) for name in found)
        raise UnreadableError(
            f"{what}: the column {found[0]!r:.80} is equal to the key in "
            f"{100 * equal[found[0]]:.4g}% of the rows; it may be the key once more, or a "
            f"person's answers, and would stand for an innocent model: say {say}, or, if it is a "
            "model, name every model with --column model=NAME"
        )


def _refuse_central(columns: Mapping[str, Sequence[str | None]], at: int, what: str) -> None:
    read = {name: [first_or_last(c, at) for c in cells] for name, cells in columns.items()}
    first, second = _by_row(read)
    if fmean(first[1]) < BEYOND * fmean(second[1]) or not fmean(second[1]):
        return
    name, differences = first[0], [a - b for a, b in zip(first[1], second[1], strict=True)]
    error = math.sqrt(pvariance(differences) / len(differences))
    if fmean(differences) < SURE * error or _preferred(read, name) < PREFER:
        return
    raise UnreadableError(
        f"{what}: most models agree with the column {name!r:.80} more than with each other, as "
        f"models agree with a key; say {said('key', name)} if it is that, "
        f"{said('ignore', name)} if it is something else, or --column key= if it is a model and "
        "there is no key"
    )


def _by_row(read: Mapping[str, Sequence[str]]) -> list[tuple[str, list[float]]]:
    """The two columns with which the others agree most, and what share of them in every row."""
    rows = [Counter(filter(None, row)) for row in zip(*read.values(), strict=True)]
    others = len(read) - 1
    shares = [
        (name, [(row[c] - 1) / others if c else 0.0 for c, row in zip(cells, rows, strict=True)])
        for name, cells in read.items()
    ]
    return sorted(shares, key=lambda one: -fmean(one[1]))[:2]


def _preferred(read: Mapping[str, Sequence[str]], name: str) -> float:
    """The share of the other columns that agree with this one more than with any other."""

    def alike(one: str, other: str) -> int:
        pairs = zip(read[one], read[other], strict=True)
        return sum(a == b != "" for a, b in pairs)

    models = [one for one in read if one != name][:LOOKED]
    return fmean(
        alike(one, name) > max(alike(one, other) for other in models if other != one)
        for one in models
    )

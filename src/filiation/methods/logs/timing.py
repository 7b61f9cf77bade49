"""Do the accounts of a group rise and fall together, or does one stand in for another?

Requests of the group's family on held days, by account, day and hour. Each account's own profile
of the week (hours of Mondays, of Tuesdays, ..) is removed and the accounts are added. Null: the
accounts' days are independent, so that each one's whole days may be permuted (within its life,
Mondays among themselves) without changing the total's law.

- *Together* (large): more scattered than independent days, once what the total has in common with
  all other accounts is projected out. A timetable, an outage, an assignment or a batch makes this
  as one hand does.
- *Compensation* (small): steadier from hour to hour than independent days. Causes that push
  accounts the same way can only make a total more scattered (variables that grow with common causes
  are positively associated: Esary, Proschan and Walkup 1967); steadier it gets where one load is
  dealt out. Nothing of everybody's is projected out here: permuted days do not follow it as the
  observed ones do, so that a shock that all feel would be taken from these alone. Three kinds of
  day of each account's own are, however much it did of each: people take turns by whole days and
  shifts (halves of a class in alternate weeks, rotas, a holiday on which some work more and some
  less), and no hand deals out their requests. Five sections of a course, each on its own weekday,
  would look so if days of the week were mixed.

Large groups are added up in blocks of accounts of equal life, and blocks are permuted whole: a
subgroup of the same permutations, so the test stays exact and costs no more.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.families import Group
from filiation.methods.logs.reading import Channel, from_draws
from filiation.methods.logs.view import HOURS, View

__all__ = ["Days", "counted", "timing"]

WEEK: Final = 7
BLOCKS: Final = 16
SHAPES: Final = 3  # kinds of day of one account, such as early, late and night
DAYS_A_KIND: Final = 4
FEWEST_DAYS: Final = 4  # held days on which two accounts are active
BATCH: Final = 500  # draws computed together
CELLS: Final = 1 << 23  # accounts times held hours that are looked at

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days:
    """Requests of a group's family on held days.

    Attributes:
        counts: By account, held day and hour, f64 [k, D, 24].
        first: Place among held days of each account's first day, [k].
        last: Of its last, [k].
        others: Requests of all other accounts by held day and hour, f64 [D, 24].
        weekday: Of each held day, 0 to 6, [D].
    """

    counts: Floats
    first: Ints
    last: Ints
    others: Floats
    weekday: Ints


def in_family(view: View, group: Group, rows: Ints) -> NDArray[np.bool_]:
    """Which rows bear a signature of the family."""
    found = np.zeros(len(rows), dtype=np.bool_)
    for name, wanted in group.family.items():
        column = np.asarray(view.log.signature(name)[rows])
        place = np.minimum(np.searchsorted(wanted, column), len(wanted) - 1)
        found |= wanted[place] == column
    return found


def counted(view: View, group: Group, everybody: Floats, rng: np.random.Generator) -> Days:
    """Count a group's requests; of one too large to be held in memory, those of members by lot.

    Which members are counted depends on no row, so that what is tested of them stays exact.

    Args:
        view: The log.
        group: Whose.
        everybody: Requests of all accounts by held day and hour, [D, 24].
        rng: Draws the members that are counted.
    """
    days = int(view.held.sum())
    most = max(2, CELLS // (days * HOURS))
    rows, whose = view.held_rows(group.members)
    cell = view.cell(rows)
    whole = np.bincount(cell, minlength=days * HOURS).reshape(days, HOURS)
    members = group.members
    if len(members) > most:
        members = np.sort(rng.choice(members, most, replace=False))
        rows, whose = view.held_rows(members)
        cell = view.cell(rows)
    mine = in_family(view, group, rows)
    size = len(members)
    counts = np.bincount(whose[mine] * days * HOURS + cell[mine], minlength=size * days * HOURS)
    begin, end = (view.day[one] for one in view.lives(members))
    held = np.flatnonzero(view.held)
    return Days(
        counts=counts.reshape(size, days, HOURS).astype(np.float64),
        first=np.searchsorted(held, begin),
        last=np.searchsorted(held, end, side="right") - 1,
        others=everybody - whole,
        weekday=view.weekday[view.held],
    )


def timing(days: Days, draws: int, rng: np.random.Generator) -> tuple[Channel, Channel]:
    """The channels `together` and `compensation`."""
    busy = int(((days.counts.sum(axis=2) > 0).sum(axis=1) >= FEWEST_DAYS).sum())
    if busy < 2:  # counted by account, which no permutation of days changes
        why = f"{busy} accounts active on {FEWEST_DAYS} held days, expected at least two"
        return Channel(id="together", reason=why), Channel(id="compensation", reason=why)
    strata = _strata(days)
    left = _without_profile(days.counts, strata)
    common = _without_profile(days.others[None], days.weekday[None])[0]
    blocks = _blocks(days, rng)
    spread = np.sqrt((left**2).mean(axis=(1, 2), keepdims=True))
    even = np.divide(left, spread, out=np.zeros_like(left), where=spread > 0.0)
    found = []
    for each, low in ((even, False), (_without_shapes(left, days.counts), True)):
        summed = np.stack([each[blocks == one].sum(axis=0) for one in range(blocks.max() + 1)])
        of_block = np.stack([strata[blocks == one][0] for one in range(blocks.max() + 1)])
        squares = _totals(summed, of_block, None if low else common, draws, rng)
        values = _farthest(squares[:, :1] if low else squares)
        name = "compensation" if low else "together"
        found.append(from_draws(name, values[0], values[1:], low=low))
    return found[0], found[1]


def _strata(days: Days) -> Ints:
    """Within which days of an account others may stand: its life, each weekday apart; [k, D]."""
    number = np.arange(len(days.weekday))
    alive = (number >= days.first[:, None]) & (number <= days.last[:, None])
    return np.where(alive, days.weekday, WEEK + number)


def _without_profile(counts: Floats, strata: Ints) -> Floats:
    """Counts less the account's mean by hour and stratum."""
    left = counts.copy()
    for one in range(WEEK):
        of = (strata == one)[:, :, None]
        size = np.maximum(1, of.sum(axis=1, keepdims=True))
        left -= of * (np.where(of, counts, 0.0).sum(axis=1, keepdims=True) / size)
    return np.where((strata < WEEK)[:, :, None], left, 0.0)


def _without_shapes(left: Floats, counts: Floats) -> Floats:
    """What is left of each day beside the account's own kinds of day, however much of each.

    Kinds are the foremost axes of its days, from sums of products that no order of days changes:
    one for every four days on which it asked, since who has few days is all kinds.
    """
    axes = np.linalg.eigh(counts.transpose(0, 2, 1) @ counts)[1][:, :, -SHAPES:]
    kinds = np.clip((counts.sum(axis=2) > 0.0).sum(axis=1) // DAYS_A_KIND, 1, SHAPES)
    axes = axes * (np.arange(SHAPES) >= SHAPES - kinds[:, None])[:, None]
    return np.asarray(left - (left @ axes) @ axes.transpose(0, 2, 1))


def _blocks(days: Days, rng: np.random.Generator) -> Ints:
    """A block for each account: at random among those of equal life, about `BLOCKS` in all."""
    size = len(days.counts)
    lives, cell = np.unique(np.stack([days.first, days.last]), axis=1, return_inverse=True)
    place = rng.permutation(size)
    cell = np.asarray(cell).reshape(-1)
    found = np.zeros(size, dtype=np.int64)
    used = 0
    for one in range(lives.shape[1]):
        mine = place[cell[place] == one]
        count = min(len(mine), max(2, round(BLOCKS * len(mine) / size)))
        found[mine] = used + np.arange(len(mine)) % count
        used += count
    return found


def _totals(
    blocks: Floats, strata: Ints, common: Floats | None, draws: int, rng: np.random.Generator
) -> Floats:
    """Log of the total's squares, by hour and by day, `common` projected out; [1 + draws, 2].

    The first row is as observed, the others have days permuted.
    """
    found = [_squares(blocks.sum(axis=0)[None].astype(np.float32), common)]
    size, days = strata.shape
    flat: NDArray[Any] = blocks.astype(np.float32)
    home = np.argsort(strata, axis=1, kind="stable")
    for begin in range(0, draws, BATCH):
        batch = min(BATCH, draws - begin)
        total = np.zeros((batch, days, HOURS), dtype=np.float32)
        for one in range(size):
            keys = strata[one] + rng.random((batch, days), dtype=np.float32)
            where = np.empty((batch, days), dtype=np.int64)
            where[:, home[one]] = np.argsort(keys, axis=1)
            total += flat[one][where]
        found.append(_squares(total, common))
    return np.concatenate(found)


def _squares(total: NDArray[Any], common: Floats | None) -> Floats:
    squares = []
    common = np.zeros(total.shape[1:]) if common is None else common
    for scale, beside in ((total, common), (total.sum(axis=2), common.sum(axis=1))):
        rows = scale.reshape(len(total), -1)
        other = beside.reshape(-1).astype(rows.dtype)
        norm = float(other @ other)
        along = (rows @ other).astype(np.float64) ** 2 / norm if norm > 0.0 else 0.0
        whole = np.einsum("ij,ij->i", rows, rows).astype(np.float64)
        squares.append(np.log(np.maximum(whole - along, 1e-9)))
    return np.stack(squares, axis=1)


def _farthest(values: Floats) -> Floats:
    """Of each row the scale that stands farther out, in standard deviations over all rows.

    The observed row is among them, so that rows stay exchangeable.
    """
    spread = values.std(axis=0)
    z = np.divide(values - values.mean(axis=0), spread, out=np.zeros_like(values), where=spread > 0)
    return np.asarray(z.max(axis=1))

"""Has each account of a group interests of its own, or is one deck of requests dealt to all?

Whoever asks for himself comes back to what he asked about. On held days, of each account: the share
of later requests that repeat something of its own earlier ones (the whole prompt or a shingle of
it), less the share that repeats something of another account's of the group. The family's own
signatures are left out, and of every account what stands in a fifth of its requests: templates are
no interests. Null: members have as much of an interest of their own as other accounts of their
volume. Small values speak against it.

Users of one tool, one class, one reseller pass for having interests; requests that a dispatcher
deals out do not. So do identical jobs that every account runs, which is why this channel alone
names nobody.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.logs.families import Group
from filiation.methods.logs.matching import drawn_from_pools, pools
from filiation.methods.logs.reading import Channel
from filiation.methods.logs.timing import in_family
from filiation.methods.logs.view import View
from filiation.numerics.rng import stream

__all__ = ["Reference", "dealing", "reference"]

SAMPLE: Final = 2000  # accounts that stand for all, drawn by lot
FEWEST: Final = 6  # requests on held days
MOST: Final = 200  # of one account
CONTENT: Final = ("shingle-1", "shingle-2", "shingle-3", "shingle-4", "whole")
NAME: Final = "dealing"
TEMPLATE: Final = 0.2  # of an account's requests: what stands in more of them is a template
NOTHING: Final = np.empty(0, dtype=np.uint64)

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Column: TypeAlias = NDArray[Any]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """Accounts drawn by lot, and how much each repeats itself beyond another.

    Attributes:
        accounts: Which, ascending.
        value: Of each account of the log; 0 where it was not drawn, [accounts].
        allowed: Which were drawn and asked enough, [accounts].
    """

    accounts: Ints
    value: Floats
    allowed: NDArray[np.bool_]


def reference(view: View, seed: int) -> Reference:
    """Draw the accounts that stand for all."""
    rng = stream(seed, "logs", "reference")
    enough = np.flatnonzero(view.held_counts >= FEWEST)
    drawn = np.sort(rng.permutation(enough)[:SAMPLE])
    value = np.zeros(view.accounts)
    allowed = np.zeros(view.accounts, dtype=np.bool_)
    allowed[drawn] = True
    if len(drawn) > 1:
        value[drawn] = _values(view, [_held(view, int(one), None) for one in drawn], rng, NOTHING)
    return Reference(accounts=drawn, value=value, allowed=allowed)


def dealing(
    view: View, group: Group, beside: Reference, draws: int, rng: np.random.Generator
) -> Channel:
    """The channel for one group."""
    volume = np.log1p(view.held_counts.astype(np.float64))
    chosen = group.members[view.held_counts[group.members] >= FEWEST]
    asked = np.zeros(view.accounts, dtype=np.bool_)
    asked[chosen] = True
    # Who asks more comes back to more: held against those who ask less, members gain by it.
    members, pool = pools(chosen, volume, asked | beside.allowed, rng, most_alone=True)
    rows = [_held(view, int(one), group) for one in members]
    enough = np.asarray([len(one) >= FEWEST for one in rows], dtype=np.bool_)
    if enough.sum() < 2:
        why = f"{int(enough.sum())} accounts with {FEWEST} requests on held days and a pool"
        return Channel(id=NAME, reason=f"{why}, expected at least two")
    left = [group.family[name] for name in CONTENT if name in group.family]
    family = np.unique(np.concatenate([NOTHING, *left]))
    own = _values(view, [one for one, kept in zip(rows, enough, strict=True) if kept], rng, family)
    return drawn_from_pools(NAME, own, beside.value[pool[enough]], draws, rng, low=True)


def _held(view: View, account: int, group: Group | None) -> Ints:
    rows = view.rows_of(account)
    rows = rows[view.held[view.day[rows]]].astype(np.int64)
    if group is not None:
        rows = rows[in_family(view, group, rows)]
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST)).astype(np.int64)]


def _values(view: View, rows: list[Ints], rng: np.random.Generator, left: Column) -> Floats:
    """Of each account: repeats of its own earlier half less repeats of another's."""
    places = [view.log.facts.signatures.index(name) for name in CONTENT]
    content = [
        _without_templates(
            np.stack([np.asarray(view.log.signatures[one, p]) for p in places]), left
        )
        for one in rows
    ]
    early = [_distinct(one[:, : one.shape[1] // 2]) for one in content]
    late = [one[:, one.shape[1] // 2 :] for one in content]
    shift = 1 + int(rng.integers(0, len(rows) - 1)) if len(rows) > 1 else 0
    order = rng.permutation(len(rows))
    found = np.zeros(len(rows))
    for place, one in enumerate(order):
        other = order[(place + shift) % len(rows)]
        found[one] = _repeats(late[one], early[one]) - _repeats(late[one], early[other])
    return found


def _without_templates(content: Column, left: Column) -> Column:
    """The same with 0 where a template's signature stands, u64 [5, n]."""
    values, counts = np.unique(content, return_counts=True)
    often = values[counts > max(2.0, TEMPLATE * content.shape[1])]
    return np.where(np.isin(content, np.concatenate([often, left])), np.uint64(0), content)


def _distinct(content: Column) -> Column:
    return np.unique(content[content > 0])


def _repeats(late: Column, early: Column) -> float:
    """Share of later requests that have something of the earlier ones."""
    if not len(early) or not late.shape[1]:
        return 0.0
    place = np.minimum(np.searchsorted(early, late), len(early) - 1)
    return float(((early[place] == late) & (late > 0)).any(axis=0).mean())

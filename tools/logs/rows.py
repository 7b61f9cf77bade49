"""Rows of a made log, and the log made of them.

Generators write the columns of a reduced log themselves: a prompt is a number, and a signature a
mixture of that number with the name of its column. `texts.py` checks that reading and reducing
real text leads to the same place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.model.log import NEVER, NOT_STATED, SIGNATURES, Accounts, LogFacts, ReducedLog

__all__ = ["START", "Actors", "Clock", "Column", "Ints", "assembled", "mixed", "prompts"]

START: Final = 20_578 * 1440  # Monday, 4 May 2026
DAY: Final = 1440

Ints: TypeAlias = NDArray[np.int64]
Column: TypeAlias = NDArray[Any]


@final
class Clock:
    """Numbers that no two generators share."""

    def __init__(self) -> None:
        self.next = 1

    def take(self, count: int) -> Ints:
        """So many numbers that nobody had."""
        self.next += count
        return np.arange(self.next - count, self.next, dtype=np.int64)


@final
@dataclass(slots=True, kw_only=True)
class Actors:
    """Rows of some accounts that belong together, or of ordinary users.

    Attributes:
        what: What they are, which the examination does not see.
        count: Accounts.
        account: Account of every row, from 0.
        minute: Minute since the log's start.
        model: 1 for the old one, 2 for the new one.
        signatures: u64 [n, 9].
        payment: Way of paying of each account; 0 if each has its own.
        ended: Minute since the start when it was closed; -1 if it was not.
    """

    what: str
    count: int
    account: Ints
    minute: Ints
    signatures: Column
    model: Ints
    payment: int = 0
    ended: Ints = field(default_factory=lambda: np.empty(0, np.int64))


def mixed(number: Column, column: int) -> Column:
    """A signature: 64 bits of a number and a column (splitmix64)."""
    with np.errstate(over="ignore"):
        z = number.astype(np.uint64) + np.uint64((column + 1) * 0x9E3779B97F4A7C15 % (1 << 64))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.maximum(z ^ (z >> np.uint64(31)), np.uint64(1))


def prompts(
    *, system: Ints, template: Ints, opening: Ints, closing: Ints, shingles: Sequence[Ints],
    whole: Ints,
) -> Column:  # fmt: skip
    """Signatures of prompts told by the numbers of their parts; system 0 is none."""
    parts = (system, template, opening, closing, *shingles, whole)
    kinds = (0, 1, 2, 3, 4, 4, 4, 4, 5)  # a shingle is the same in whichever place it stands
    found = np.stack([mixed(part, kind) for part, kind in zip(parts, kinds, strict=True)], axis=1)
    found[:, 0][system == 0] = 0
    return found


def assembled(parts: Sequence[Actors], seed: int, name: str = "made") -> tuple[ReducedLog, Ints]:
    """The log, and of each of its accounts the number of the actors that it belongs to."""
    draw = np.random.default_rng([seed, 1])
    total = sum(part.count for part in parts)
    names = draw.integers(1, 1 << 63, (total, 2), dtype=np.uint64)
    order = np.lexsort((names[:, 1], names[:, 0]))
    place = np.empty(total, dtype=np.int64)
    place[order] = np.arange(total)
    offsets = np.concatenate([[0], np.cumsum([part.count for part in parts])])
    whose = np.repeat(np.arange(len(parts)), [part.count for part in parts])
    payment = draw.integers(1, 1 << 63, total, dtype=np.uint64)
    ended = np.full(total, NEVER, np.int64)
    for part, offset in zip(parts, offsets, strict=False):
        mine = slice(offset, offset + part.count)
        if part.payment:
            payment[mine] = part.payment
        if len(part.ended):
            ended[mine] = np.where(part.ended >= 0, START + part.ended, NEVER)
    minute = np.concatenate([part.minute for part in parts])
    by_time = np.argsort(minute, kind="stable")
    account = np.concatenate([p.account + o for p, o in zip(parts, offsets, strict=False)])
    account = place[account][by_time].astype(np.uint32)
    rows = len(minute)
    signatures = np.empty((len(SIGNATURES), rows), dtype=np.uint64)
    for column in range(len(SIGNATURES)):
        signatures[column] = np.concatenate([p.signatures[:, column] for p in parts])[by_time]
    nothing = np.zeros(total, np.uint64)
    log = ReducedLog(
        name=name,
        facts=LogFacts(key="0" * 32, read=rows, models=("", "large-1", "large-2")),
        accounts=Accounts(
            name=names[order], payment=payment[order], network=nothing, client=nothing,
            ended=ended[order],
        ),
        account=account,
        minute=START + minute[by_time],
        model=np.concatenate([part.model for part in parts])[by_time].astype(np.uint16),
        tokens_in=np.full(rows, NOT_STATED, np.uint32),
        tokens_out=np.full(rows, NOT_STATED, np.uint32),
        parameters=np.zeros(rows, np.uint64),
        signatures=signatures.T,
    )  # fmt: skip
    return log, whose[order]

"""Who uses which signature: an inverted index of one column, from signatures to accounts."""

from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Incidence", "incidence"]

Ints: TypeAlias = NDArray[np.int64]
Column: TypeAlias = NDArray[Any]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Incidence:
    """Signatures that several accounts use, with their users.

    Attributes:
        signature: u64 [s], ascending.
        start: Where each one's users begin, [s + 1].
        account: Users, u32 [e]; ascending within a signature.
        count: How often each user used it, u32 [e].
        degree: Distinct signatures of each account, those that nobody else uses among them,
            [accounts].
    """

    signature: Column
    start: Ints
    account: Column
    count: Column
    degree: Ints

    @property
    def users(self) -> Ints:
        """How many accounts use each."""
        return np.diff(self.start)

    def users_of(self, place: int) -> Ints:
        """The accounts that use one of them, ascending."""
        found = self.account[self.start[place] : self.start[place + 1]]
        return np.asarray(found, dtype=np.int64)

    @property
    def edges(self) -> int:
        """Pairs of an account and a signature that it uses, in all."""
        return int(self.degree.sum())

    def only(self, kept: NDArray[np.bool_]) -> "Incidence":
        """The same of some signatures; degrees stay those of all."""
        users = self.users
        edges = np.repeat(kept, users)
        return Incidence(
            signature=self.signature[kept],
            start=np.concatenate([[0], np.cumsum(users[kept])]),
            account=self.account[edges],
            count=self.count[edges],
            degree=self.degree,
        )


def incidence(signature: Column, account: Column, accounts: int) -> Incidence:
    """The index of one column; 0 is no signature.

    One sort of the column, one of what several accounts have: no pair of accounts is ever looked
    at, so that it grows with the rows and not with their square.
    """
    order = np.argsort(signature, kind="stable")
    values = signature[order]
    skip = int(np.searchsorted(values, 1))
    order, values = order[skip:], values[skip:]
    new = np.empty(len(values), dtype=np.bool_)
    new[:1] = True
    np.not_equal(values[1:], values[:-1], out=new[1:])
    begin = np.flatnonzero(new)
    length = np.diff(begin, append=len(values))
    alone = length == 1
    degree = np.bincount(account[order[begin[alone]]], minlength=accounts)
    several = np.repeat(~alone, length)
    return _shared(
        values[begin[~alone]],
        np.repeat(np.arange(int((~alone).sum())), length[~alone]),
        account[order[several]],
        degree,
    )


def _shared(values: Column, run: Ints, account: Column, degree: Ints) -> Incidence:
    key = (run.astype(np.uint64) << np.uint64(32)) | account.astype(np.uint64)
    key, count = np.unique(key, return_counts=True)
    run = (key >> np.uint64(32)).astype(np.int64)
    whose = (key & np.uint64(0xFFFF_FFFF)).astype(np.uint32)
    degree = degree + np.bincount(whose, minlength=len(degree))
    users = np.bincount(run, minlength=len(values))
    found = Incidence(
        signature=values,
        start=np.concatenate([[0], np.cumsum(users)]),
        account=whose,
        count=count.astype(np.uint32),
        degree=degree,
    )
    return found.only(users > 1)

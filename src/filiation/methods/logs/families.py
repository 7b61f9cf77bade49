"""Which accounts may belong together: signatures with the same users, and who overuses them.

Only open days are looked at. A signature is kept if two accounts use it more often than their
volume explains; signatures whose users are much the same (Jaccard index of at least one half, by
MinHash) are one *family*; the accounts that overuse a family are a *group*. Everything is a sort
or a pass over an inverted index: no two accounts are compared.

Nothing here is evidence: whatever is proposed is tested on days that were not looked at, and any
rule may stand here without moving an error rate. It decides power alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from filiation.methods.logs.incidence import Incidence, incidence
from filiation.methods.logs.view import View
from filiation.numerics.rng import stream

__all__ = ["Group", "find_groups"]

HASHES: Final = 16
BAND: Final = 2  # hashes that must agree for two signatures to be compared
ALIKE: Final = HASHES // 2
OVER: Final = 1.0
COMMON: Final = 0.5  # of all accounts: what more of them use singles out nobody
ENOUGH: Final = 50.0  # of evidence from one account, so that none carries a group alone
WORTH: Final = 5.0  # logs of the number of accounts: what two may have in common by chance is less
MOST_SIGNATURES: Final = 200_000  # of one column; those with most evidence

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Column: TypeAlias = NDArray[Any]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """Accounts that were found together, and what they have in common.

    Attributes:
        members: Accounts, ascending.
        family: Signatures by name of their column, each ascending.
        weight: Evidence for it on the open days; only ranks proposals.
    """

    members: Ints
    family: Mapping[str, Column]
    weight: float


def find_groups(view: View, most: int) -> tuple[tuple[Group, ...], int]:
    """Groups to be tested, those with most evidence first, and how many there were in all.

    Args:
        view: The log; of its days those that are not held.
        most: How many to keep.
    """
    rows = view.rows_on(~view.held)
    account = np.asarray(view.log.account[rows])
    names = view.log.facts.signatures
    columns = [_column(view, rows, account, name) for name in names]
    kept = [column for column, _ in columns]
    weights = np.concatenate([weight for _, weight in columns])
    labels = _alike(view, kept, int((view.open_counts > 0).sum()))
    groups = _groups(view, dict(zip(names, kept, strict=True)), labels, weights, most)
    merged = _merged(groups, view.accounts)
    return tuple(merged[:most]), len(merged)


def _column(view: View, rows: Ints, account: Column, name: str) -> tuple[Incidence, Floats]:
    """One column's overused signatures, and the evidence for each."""
    found = incidence(np.asarray(view.log.signature(name)[rows]), account, view.accounts)
    active = int((view.open_counts > 0).sum())
    found = found.only(found.users <= max(2.0, COMMON * active))
    total = np.add.reduceat(found.count, found.start[:-1]) if len(found.signature) else np.zeros(0)
    excess = _excess(view, found.account, found.count, np.repeat(total, found.users))
    over = excess > OVER * _log_active(view)
    weight = np.bincount(
        np.repeat(np.arange(len(found.signature)), found.users),
        weights=np.where(over, np.minimum(excess, ENOUGH), 0.0),
        minlength=len(found.signature),
    )
    users = np.bincount(
        np.repeat(np.arange(len(found.signature)), found.users)[over],
        minlength=len(found.signature),
    )
    kept = users >= 2
    if kept.sum() > MOST_SIGNATURES:
        kept &= weight >= np.partition(weight[kept], -MOST_SIGNATURES)[-MOST_SIGNATURES]
    return found.only(kept), weight[kept].astype(np.float64)


def _excess(view: View, account: Column, count: Column, total: Column) -> Floats:
    """How much more than in proportion to its volume: -log of a Poisson tail's bound."""
    expected = view.open_counts[account] * (total / max(1, int(view.open_counts.sum())))
    ratio = np.maximum(1.0, count / np.maximum(expected, 1e-300))
    return np.asarray(np.where(ratio > 1.0, count * (np.log(ratio) - 1.0) + expected, 0.0))


def _alike(view: View, columns: Sequence[Incidence], active: int) -> Ints:
    """A label for every signature of all columns: alike where users are much the same."""
    sketches = np.concatenate([_sketch(view.accounts, column) for column in columns], axis=1)
    count = sketches.shape[1]
    ends: list[tuple[Ints, Ints]] = []
    for band in range(0, HASHES, BAND):
        order = np.lexsort(sketches[band : band + BAND])
        ordered = sketches[:, order]
        same = (ordered[band : band + BAND, 1:] == ordered[band : band + BAND, :-1]).all(axis=0)
        same &= (ordered[:, 1:] == ordered[:, :-1]).sum(axis=0) >= ALIKE
        ends.append((order[:-1][same], order[1:][same]))
    first, second = (np.concatenate([pair[side] for pair in ends]) for side in (0, 1))
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _sketch(accounts: int, column: Incidence) -> NDArray[np.uint32]:
    """MinHash of each signature's users, u32 [hashes, s]."""
    found = np.empty((HASHES, len(column.signature)), dtype=np.uint32)
    if len(column.signature):
        for number in range(HASHES):
            place = stream(number, "logs", "minhash").permutation(accounts).astype(np.uint32)
            found[number] = np.minimum.reduceat(place[column.account], column.start[:-1])
    return found


def _groups(
    view: View, columns: Mapping[str, Incidence], labels: Ints, weights: Floats, most: int
) -> list[Group]:
    """The accounts that overuse each family, of the `2 most` families with most evidence."""
    evidence = np.bincount(labels, weights=weights)
    best = np.argsort(-evidence, kind="stable")[: 2 * most]
    rank = np.full(len(evidence), -1)
    rank[best] = np.arange(len(best))
    uses: list[list[csr_array]] = []
    offset = 0
    families: list[dict[str, Column]] = [{} for _ in best]
    for name, column in columns.items():
        of = rank[labels[offset : offset + len(column.signature)]]
        offset += len(column.signature)
        for number in np.unique(of[of >= 0]):
            families[number][name] = column.signature[of == number]
        edges = np.repeat(of, column.users)
        at = edges >= 0
        shape = (len(best), view.accounts)
        where = (edges[at], column.account[at].astype(np.int64))
        uses.append([csr_array((column.count[at].astype(np.int64), where), shape=shape)])
    found = []
    least = WORTH * _log_active(view)
    for number, family in enumerate(families):
        counts = np.max([use[0][[number], :].toarray()[0] for use in uses], axis=0)
        members, weight = _members(view, counts)
        if len(members) > 1 and weight > least:
            found.append(Group(members=members, family=family, weight=weight))
    return found


def _members(view: View, counts: Ints) -> tuple[Ints, float]:
    """Accounts that overuse a family, and the evidence of all of them."""
    users = np.flatnonzero(counts)
    total = np.full(len(users), counts.sum())
    excess = _excess(view, users, counts[users], total)
    over = excess > OVER * _log_active(view)
    return users[over], float(np.minimum(excess[over], ENOUGH).sum())


def _log_active(view: View) -> float:
    return float(np.log(max(2, int((view.open_counts > 0).sum()))))


def _merged(groups: Sequence[Group], accounts: int) -> list[Group]:
    """One of those whose members are much the same, with the families of all."""
    if not groups:
        return []
    whose = np.repeat(np.arange(len(groups)), [len(group.members) for group in groups])
    members = np.concatenate([group.members for group in groups])
    table = csr_array(
        (np.ones(len(members), np.int64), (whose, members)), shape=(len(groups), accounts)
    )
    both = (table @ table.T).tocoo()
    size = np.asarray([len(group.members) for group in groups])
    same = 2 * both.data >= size[both.row] + size[both.col] - both.data
    graph = coo_array(
        (np.ones(int(same.sum())), (both.row[same], both.col[same])), shape=both.shape
    )
    labels = connected_components(graph, directed=False)[1]
    found = [
        _union([groups[int(i)] for i in np.flatnonzero(labels == one)]) for one in np.unique(labels)
    ]
    return sorted(found, key=lambda group: (-group.weight, group.members.tolist()))


def _union(groups: Sequence[Group]) -> Group:
    names = sorted({name for group in groups for name in group.family})
    return Group(
        members=np.unique(np.concatenate([group.members for group in groups])),
        family={
            name: np.unique(np.concatenate([g.family[name] for g in groups if name in g.family]))
            for name in names
        },
        weight=sum(group.weight for group in groups),
    )

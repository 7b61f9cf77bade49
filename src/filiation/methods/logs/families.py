"""Which accounts may belong together: signatures with the same users, and who overuses them.

Only open days are looked at. A signature is kept if two accounts use it more often than their
volume explains; signatures whose users are much the same (Jaccard index of at least one half, by
MinHash) are one *family*, and families that accounts use together, as soon as they ask for them
often enough, are joined: of accounts that ask little each uses few of a campaign's templates. The
accounts that overuse a family are a *group*. Everything is a sort or a pass over an inverted index:
no two accounts are compared.

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
FEWEST: Final = 3  # users in common that join two families
OFTEN: Final = 3  # requests with one or the other that tell whether an account uses both
BAND: Final = 2  # hashes that must agree for two signatures to be compared
ALIKE: Final = HASHES // 2
OVER: Final = 0.5  # of the log of the number of accounts: who overuses by more is proposed
COMMON: Final = 0.5  # of all accounts: what more of them use singles out nobody
ENOUGH: Final = 50.0  # of evidence from one account, so that none carries a group alone
WORTH: Final = 5.0  # logs of the number of accounts: what two may have in common by chance is less
MOST_SIGNATURES: Final = 200_000  # of one column; those with most evidence

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Column: TypeAlias = NDArray[Any]
# Family, account, how often, and by how much that is more than in proportion to its volume.
Used: TypeAlias = tuple[Ints, Ints, Floats, Floats]


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
    columns = []
    for name in names:
        columns.append(_column(view, rows, account, name))
        view.log.let_go()
    kept = [column for column, _ in columns]
    weights = np.concatenate([weight for _, weight in columns])
    by_name = dict(zip(names, kept, strict=True))
    labels = _best(_alike(view, kept), weights, 2 * most)
    # Who used each of three templates once overuses none of them, and all three together.
    joined = _joined(_used(view, by_name, labels), view.accounts)
    labels = np.where(labels >= 0, joined[labels], -1)
    merged = _merged(_groups(view, by_name, labels), view.accounts)
    return tuple(merged[:most]), len(merged)


def _best(labels: Ints, weights: Floats, most: int) -> Ints:
    """The number of each signature's family, of those with most evidence; else -1."""
    evidence = np.bincount(labels, weights=weights)
    best = np.argsort(-evidence, kind="stable")[:most]
    rank = np.full(len(evidence), -1)
    rank[best] = np.arange(len(best))
    return rank[labels]


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


def _alike(view: View, columns: Sequence[Incidence]) -> Ints:
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
    return _connected(first, second, count)


def _sketch(accounts: int, column: Incidence) -> NDArray[np.uint32]:
    """MinHash of each signature's users, u32 [hashes, s]."""
    found = np.empty((HASHES, len(column.signature)), dtype=np.uint32)
    if len(column.signature):
        for number in range(HASHES):
            place = stream(number, "logs", "minhash").permutation(accounts).astype(np.uint32)
            found[number] = np.minimum.reduceat(place[column.account], column.start[:-1])
    return found


def _used(view: View, columns: Mapping[str, Incidence], labels: Ints) -> Used:
    """How often each account uses each family, in the column in which it uses it most."""
    found = []
    offset = 0
    for column in columns.values():
        of = np.repeat(labels[offset : offset + len(column.signature)], column.users)
        offset += len(column.signature)
        at = of >= 0
        key, where = np.unique(of[at] * view.accounts + column.account[at], return_inverse=True)
        found.append((key, np.bincount(where, weights=column.count[at], minlength=len(key))))
    keys, where = np.unique(np.concatenate([key for key, _ in found]), return_inverse=True)
    counts = np.zeros(len(keys))
    np.maximum.at(counts, where, np.concatenate([count for _, count in found]))
    family, account = np.divmod(keys, view.accounts)
    total = np.bincount(family, weights=counts)
    return family, account, counts, _excess(view, account, counts, total[family])


def _joined(used: Used, accounts: int) -> Ints:
    """A label for every family: one where half of those who ask for both often enough do so.

    Looked at are accounts that ask for one of the two or both thrice in all, and more than their
    volume explains: who asks less may have had no turn at the other, who asks most uses everything.
    (Where half of one's users use the other at all, those of a public tool were taken in with a
    campaign whose accounts use it, too.)
    """
    family, account, count, excess = used
    shape = int(family.max(initial=-1)) + 1, accounts

    def table(kept: NDArray[np.bool_]) -> csr_array:
        kept = kept & (excess > 0.0)
        return csr_array((np.ones(int(kept.sum()), np.int64), (family[kept], account[kept])), shape)

    uses, once, often = table(count > 0), table(count == 1), table(count >= OFTEN)
    # Of two families: those who ask for both, thrice in all; and those who ask for one alone so.
    both = (uses @ uses.T - once @ once.T).tocoo()
    alone = np.asarray(often.sum(axis=1)).reshape(-1)
    also = (often @ uses.T).tocsr()[both.row, both.col]
    back = (often @ uses.T).tocsr()[both.col, both.row]
    only = alone[both.row] - np.asarray(also) + alone[both.col] - np.asarray(back)
    same = (both.data >= FEWEST) & (both.data >= only)
    return _connected(both.row[same], both.col[same], shape[0])


def _connected(first: Column, second: Column, count: int) -> Ints:
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _groups(view: View, columns: Mapping[str, Incidence], labels: Ints) -> list[Group]:
    """The accounts that overuse each family."""
    family, account, _, excess = _used(view, columns, labels)
    over = excess > OVER * _log_active(view)
    weight = np.bincount(family, weights=np.where(over, np.minimum(excess, ENOUGH), 0.0))
    found = []
    for number in np.flatnonzero(weight > WORTH * _log_active(view)).tolist():
        low, high = np.searchsorted(family, [number, number + 1])
        members = account[low:high][over[low:high]]
        if len(members) > 1:
            one = Group(
                members=members,
                family=_family(columns, labels == number),
                weight=float(weight[number]),
            )
            found.append(one)
    return found


def _family(columns: Mapping[str, Incidence], chosen: NDArray[np.bool_]) -> dict[str, Column]:
    """The chosen signatures of all columns, by column."""
    ends = np.cumsum([len(column.signature) for column in columns.values()])
    parts = np.split(chosen, ends[:-1])
    return {
        name: column.signature[part]
        for (name, column), part in zip(columns.items(), parts, strict=True)
        if part.any()
    }


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
    labels = _connected(both.row[same], both.col[same], len(groups))
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

"""Which accounts may belong together: signatures with the same users, and who overuses them.

Only open days are looked at. A signature is kept if two accounts use it more often than their
volume explains; signatures whose users are much the same (Jaccard index of at least one half, by
MinHash) are one *family*, and families that accounts use together, as soon as they ask for them
often enough, are joined: of accounts that ask little each uses few of a campaign's templates. So
are families of which the same accounts are groups. Everything is a sort or a pass over an inverted
index: no two accounts are compared.

A *group* is accounts that overuse a family and use more than half of its signatures; or, where
these are fewer than half of those who use its head (the signature with most evidence), all who
overuse it and use its head. This guarantees, whatever was linked to what, and by whose accounts:

- Any two accounts of a group use one signature of its family in common. Who joins two public
  templates by accounts that use both gets no group in which those who use the one alone stand
  beside those who use the other alone; neither by a third template nor by a chain of them.
- Nobody gets into a group but by what he asked himself. It does not guarantee that he acts with
  the others: who uses the one template that a campaign uses may be named with it, and what is said
  is therefore said of the group.
- Who joins families to hide accounts is left with a group at least half as large as that of the
  users of the head. (Links are direct: to a head, and never by way of a third.)

Nothing here is evidence: whatever is proposed is tested on days that were not looked at, and any
rule may stand here without moving the error rates over groups. It decides power, and who is named
together.
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
ROUNDS: Final = 32  # of parting what is linked in a chain; then each is by itself
COMMON: Final = 0.5  # of all accounts: what more of them use singles out nobody
ENOUGH: Final = 50.0  # of evidence from one account, so that none carries a group alone
WORTH: Final = 5.0  # logs of the number of accounts: what two may have in common by chance is less
MOST_SIGNATURES: Final = 200_000  # of one column; those with most evidence

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Column: TypeAlias = NDArray[Any]
Bools: TypeAlias = NDArray[np.bool_]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Used:
    """Which accounts use which families, one place for each pair, by family and account.

    Attributes:
        family: Number of the family, ascending.
        account: Number of the account, ascending within a family.
        count: Requests, in the column in which it uses the family most.
        excess: By how much that is more than in proportion to its volume.
        most: Whether it uses more than half of the family's signatures.
        head: Whether it uses the signature with most evidence.
    """

    family: Ints
    account: Ints
    count: Floats
    excess: Floats
    most: Bools
    head: Bools


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
    kept = dict(zip(names, (column for column, _ in columns), strict=True))
    weights = np.concatenate([weight for _, weight in columns])
    labels = _best(_alike(view, [*kept.values()], weights), weights, 2 * most)
    # Who used each of three templates once overuses none of them, and all three together.
    joined = _joined(_used(view, kept, labels, weights), view.accounts, _most(labels, weights))
    labels = np.where(labels >= 0, joined[labels], -1)
    apart = _groups(view, kept, labels, weights)
    labels = _merged(labels, apart, view.accounts, _most(labels, weights))
    found = [*_groups(view, kept, labels, weights).values()]
    found.sort(key=lambda group: (-group.weight, group.members.tolist()))
    return tuple(found[:most]), len(found)


def _best(labels: Ints, weights: Floats, most: int) -> Ints:
    """The number of each signature's family, of those with most evidence; else -1."""
    evidence = np.bincount(labels, weights=weights)
    best = np.argsort(-evidence, kind="stable")[:most]
    rank = np.full(len(evidence), -1)
    rank[best] = np.arange(len(best))
    return rank[labels]


def _most(labels: Ints, weights: Floats) -> Floats:
    """Of each family the evidence for its head."""
    found = np.zeros(int(labels.max(initial=-1)) + 1)
    np.maximum.at(found, labels[labels >= 0], weights[labels >= 0])
    return found


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


def _alike(view: View, columns: Sequence[Incidence], weights: Floats) -> Ints:
    """A label for every signature of all columns: its users are much the same as its head's."""
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
    linked = np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
    return _about_heads(linked, sketches, weights)


def _about_heads(linked: Ints, sketches: NDArray[np.uint32], weights: Floats) -> Ints:
    """What is linked, parted into those alike to one signature: the one with most evidence."""
    found = np.arange(len(linked))
    left = np.flatnonzero(np.bincount(linked)[linked] > 1)
    for _ in range(ROUNDS):
        left = left[np.lexsort((-weights[left], linked[left]))]
        first = np.diff(linked[left], prepend=-1) != 0
        head = left[first][np.cumsum(first) - 1]
        near = np.count_nonzero(sketches[:, left] == sketches[:, head], axis=0) >= ALIKE
        found[left[near]] = head[near]
        left = left[~near]
    return found


def _sketch(accounts: int, column: Incidence) -> NDArray[np.uint32]:
    """MinHash of each signature's users, u32 [hashes, s]."""
    found = np.empty((HASHES, len(column.signature)), dtype=np.uint32)
    if len(column.signature):
        for number in range(HASHES):
            place = stream(number, "logs", "minhash").permutation(accounts).astype(np.uint32)
            found[number] = np.minimum.reduceat(place[column.account], column.start[:-1])
    return found


def _used(view: View, columns: Mapping[str, Incidence], labels: Ints, weights: Floats) -> _Used:
    """Which accounts use which families, how often and how many of their signatures."""
    heads = np.zeros(len(labels), dtype=np.bool_)
    order = np.lexsort((-weights, labels))
    heads[order[np.diff(labels[order], prepend=-2) != 0]] = True
    found = []
    offset = 0
    for column in columns.values():
        mine = slice(offset, offset + len(column.signature))
        offset = mine.stop
        of: Ints = np.repeat(labels[mine], column.users)
        head: Bools = np.repeat(heads[mine], column.users)
        at = of >= 0
        key, where = np.unique(of[at] * view.accounts + column.account[at], return_inverse=True)
        sums = (np.bincount(where, weights=one[at], minlength=len(key))
                for one in (column.count, np.ones(len(of)), head))  # fmt: skip
        found.append((key, *sums))
    keys, where = np.unique(np.concatenate([one[0] for one in found]), return_inverse=True)
    counts, kinds, headed = np.zeros((3, len(keys)))
    np.maximum.at(counts, where, np.concatenate([one[1] for one in found]))
    np.add.at(kinds, where, np.concatenate([one[2] for one in found]))
    np.add.at(headed, where, np.concatenate([one[3] for one in found]))
    family, account = np.divmod(keys, view.accounts)
    total = np.bincount(family, weights=counts)
    size = np.bincount(labels[labels >= 0])
    return _Used(
        family=family,
        account=account,
        count=counts,
        excess=_excess(view, account, counts, total[family]),
        most=2 * kinds > size[family],
        head=headed > 0,
    )


def _joined(used: _Used, accounts: int, evidence: Floats) -> Ints:
    """A label for every family: its own, or that of one where half ask for both.

    Looked at are accounts that ask for one of the two or both thrice in all, and more than their
    volume explains: who asks less may have had no turn at the other, who asks most uses everything.
    (Where half of one's users use the other at all, those of a public tool were taken in with a
    campaign whose accounts use it, too.)
    """
    shape = len(evidence), accounts

    def table(kept: Bools) -> csr_array:
        kept = kept & (used.excess > 0.0)
        ends = used.family[kept], used.account[kept]
        return csr_array((np.ones(int(kept.sum()), np.int64), ends), shape)

    uses, once, often = (
        table(one) for one in (used.count > 0, used.count == 1, used.count >= OFTEN)
    )
    # Of two families: those who ask for both, thrice in all; and those who ask for one alone so.
    both = (uses @ uses.T - once @ once.T).tocoo()
    alone = np.asarray(often.sum(axis=1)).reshape(-1)
    also = (often @ uses.T).tocsr()[both.row, both.col]
    back = (often @ uses.T).tocsr()[both.col, both.row]
    only = alone[both.row] - np.asarray(also) + alone[both.col] - np.asarray(back)
    same = (both.data >= FEWEST) & (both.data >= only)
    return _stars(both.row[same], both.col[same], evidence)


def _stars(first: Column, second: Column, weight: Floats) -> Ints:
    """The head of each: itself, or one of more weight to which it is linked directly.

    Args:
        first: One end of every link, and the other way round too.
        second: The other end.
        weight: Of each.
    """
    links = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(len(weight),) * 2)
    rows = links.tocsr()
    found = np.full(len(weight), -1)
    for head in np.argsort(-weight, kind="stable").tolist():
        if found[head] < 0:
            near = rows.indices[rows.indptr[head] : rows.indptr[head + 1]]
            found[near[found[near] < 0]] = head
            found[head] = head
    return found


def _groups(
    view: View, columns: Mapping[str, Incidence], labels: Ints, weights: Floats
) -> dict[int, Group]:
    """The accounts that overuse each family and most of it, or its head; by family."""
    used = _used(view, columns, labels, weights)
    over = used.excess > OVER * _log_active(view)
    most, head = (np.bincount(used.family, weights=over & one) for one in (used.most, used.head))
    over &= np.where((2 * most >= head)[used.family], used.most, used.head)
    weight = np.bincount(used.family, weights=np.where(over, np.minimum(used.excess, ENOUGH), 0.0))
    found = {}
    for number in np.flatnonzero(weight > WORTH * _log_active(view)).tolist():
        low, high = np.searchsorted(used.family, [number, number + 1])
        members = used.account[low:high][over[low:high]]
        if len(members) > 1:
            found[number] = Group(
                members=members,
                family=_family(columns, labels == number),
                weight=float(weight[number]),
            )
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


def _merged(labels: Ints, groups: Mapping[int, Group], accounts: int, evidence: Floats) -> Ints:
    """Labels of signatures, those of families of which much the same accounts are groups as one."""
    if not groups:
        return labels
    each = [*groups.values()]
    whose = np.repeat(np.arange(len(each)), [len(group.members) for group in each])
    members = np.concatenate([group.members for group in each])
    table = csr_array(
        (np.ones(len(members), np.int64), (whose, members)), shape=(len(each), accounts)
    )
    both = (table @ table.T).tocoo()
    size = np.asarray([len(group.members) for group in each])
    same = 2 * both.data >= size[both.row] + size[both.col] - both.data
    numbers = np.asarray([*groups])
    into = np.arange(len(evidence))
    into[numbers] = numbers[_stars(both.row[same], both.col[same], evidence[numbers])]
    return np.where(labels >= 0, into[labels], -1)

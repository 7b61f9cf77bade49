"""Which signatures do the accounts of a group share, on held days? Shown, and never tested."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from filiation.methods.logs.families import Group
from filiation.methods.logs.incidence import Incidence, incidence
from filiation.methods.logs.view import View
from filiation.model.campaigns import FoundGroup, SharedSignature

__all__ = ["with_shared"]

TEMPLATES: Final = ("template", "system")  # whose words say most to a reader, and come first
MOST: Final = 12


def with_shared(
    view: View, groups: Sequence[Group], found: Sequence[FoundGroup]
) -> list[FoundGroup]:
    """The same groups; those of which something is said with the signatures they share most."""
    named = [number for number, one in enumerate(found) if one.claims]
    shared: dict[int, list[SharedSignature]] = {number: [] for number in named}
    rows = view.rows_on(view.held) if named else np.empty(0, np.int64)
    account = np.asarray(view.log.account[rows])
    others = [name for name in view.log.facts.signatures if name not in TEMPLATES]
    for name in (*TEMPLATES, *others):
        looking = [
            number for number in named
            if name in groups[number].family and (name in TEMPLATES or not shared[number])
        ]  # fmt: skip
        if looking:
            index = incidence(np.asarray(view.log.signature(name)[rows]), account, view.accounts)
        for number in looking:
            shared[number] += _in_column(index, name, groups[number])
    made = list(found)
    for number in named:
        most = sorted(shared[number], key=lambda one: (-one.members, -one.requests, one.hashed))
        made[number] = replace(
            found[number],
            shared=tuple(most[:MOST]),
            sharing=sum(len(column) for column in groups[number].family.values()),
        )
    return made


def _in_column(index: Incidence, name: str, group: Group) -> list[SharedSignature]:
    """The signatures of the family that several accounts used, with how many of whom did."""
    found = []
    for place in np.flatnonzero(np.isin(index.signature, group.family[name])).tolist():
        users = index.users_of(place)
        count = index.count[index.start[place] : index.start[place + 1]]
        mine = np.isin(users, group.members)
        found.append(
            SharedSignature(
                of=name,
                hashed=f"{int(index.signature[place]):016x}",
                members=int(mine.sum()),
                others=int((~mine).sum()),
                requests=int(count[mine].sum()),
            )
        )
    return found

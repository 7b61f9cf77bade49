"""Find groups on the open days, test them on the held ones, and say of which what may be said."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from filiation import __version__
from filiation.errors import CaseError
from filiation.examining.logs.bench import Elsewhere, asked_of_all
from filiation.examining.logs.shared import with_shared
from filiation.methods.logs.families import Group, find_groups
from filiation.methods.logs.reading import Channel
from filiation.methods.logs.sharing import sharing
from filiation.methods.logs.timing import in_family
from filiation.methods.logs.view import View, view_of
from filiation.model.campaigns import (
    CHANNELS,
    CLAIMS,
    CampaignPlan,
    Campaigns,
    FoundGroup,
    Spoken,
)
from filiation.model.log import ReducedLog
from filiation.numerics.combining.evalues import e_bh

__all__ = ["campaigns", "draws_for"]

SHOWN: Final = 60  # members whose days are kept for a drawing

Told = Callable[[str], None]


def draws_for(groups: int, plan: CampaignPlan) -> int:
    """Draws with which one speaking channel of five can carry one group among so many."""
    return max(plan.draws, math.ceil(8 * groups / plan.level))


def campaigns(
    log: ReducedLog, plan: CampaignPlan, *, planned: bool = True, step: Told = lambda said: None,
    elsewhere: Elsewhere | None = None,
) -> Campaigns:  # fmt: skip
    """Which groups of accounts act as one?

    Args:
        log: The reduced log.
        plan: What was fixed before it was looked at.
        planned: Whether it was; else it was made now.
        step: Told what is being done.
        elsewhere: Where groups are asked, if not in this process; the outcome is the same.

    Raises:
        CaseError: The plan is of another log.
    """
    if plan.log != log.digest:
        raise CaseError(
            f"{log.name}: its digest is {log.digest[:16]}.., the plan is of {plan.log[:16]}..; "
            "they are two logs"
        )
    view = view_of(log, plan.seed)
    step("looking for groups")
    groups, proposed = find_groups(view, plan.most)
    step(f"testing {len(groups)} groups")
    found = with_shared(
        view, groups, _said(_tested(view, groups, plan, step, elsewhere), plan.level)
    )
    return Campaigns(
        tool=f"filiation {__version__}",
        plan=plan,
        name=log.name,
        rows=len(log),
        read=log.facts.read,
        aside=tuple(sorted(log.facts.aside.items())),
        accounts=len(log.accounts),
        first_day=view.first,
        days=view.days,
        held=tuple(np.flatnonzero(view.held).tolist()),
        proposed=proposed,
        groups=tuple(found),
        planned=planned,
    )


def _tested(
    view: View, groups: Sequence[Group], plan: CampaignPlan, step: Told, elsewhere: Elsewhere | None
) -> list[FoundGroup]:
    if not groups:
        return []
    draws = draws_for(len(groups), plan)
    shared, users = sharing(view, groups)
    found: dict[int, FoundGroup] = {}
    each = list(zip(groups, users, strict=True))
    for place, channels in asked_of_all(view, each, plan.seed, draws, elsewhere):
        step(f"group {len(found) + 1} of {len(groups)}: {len(groups[place].members)} accounts")
        spoken = {one.id: one for one in (shared[place], *channels)}
        found[place] = _found(view, *each[place], [spoken[name] for name in CHANNELS])
        view.log.let_go()
    return [found[place] for place in range(len(groups))]


def _said(groups: Sequence[FoundGroup], level: float) -> list[FoundGroup]:
    """The same groups with what may be said of each: e-BH over groups, for each claim apart."""
    allowed = {claim: e_bh([one.log_e(claim) for one in groups], level) for claim in CLAIMS}
    return [
        replace(one, claims=tuple(claim for claim in CLAIMS if allowed[claim][number]))
        for number, one in enumerate(groups)
    ]


def _found(
    view: View, group: Group, users: NDArray[np.int64], channels: Sequence[Channel]
) -> FoundGroup:
    """A group as it is reported."""
    log = view.log
    rows, whose = view.rows_and_owners(group.members)
    bear = in_family(view, group, rows)
    mine, whose = rows[bear], whose[bear]
    asked = np.bincount(whose, minlength=len(group.members))
    busiest = np.sort(np.argsort(-asked, kind="stable")[:SHOWN])
    payments, networks = (
        column[group.members][column[group.members] > 0]
        for column in (log.accounts.payment, log.accounts.network)
    )
    return FoundGroup(
        members=_names(log, group.members),
        requests=len(rows),
        of_family=len(mine),
        first=int(log.minute[mine.min()]),
        last=int(log.minute[mine.max()]),
        payments=len(np.unique(payments)),
        paying=len(payments),
        networks=len(np.unique(networks)),
        on_networks=len(networks),
        alone=len(np.setdiff1d(users, group.members)),
        spoken=tuple(_spoken(one) for one in channels),
        claims=(),
        activity=tuple(_by_day(view.day[mine[whose == one]]) for one in busiest),
        shown=_names(log, group.members[busiest]),
    )


def _by_day(day: NDArray[np.integer[Any]]) -> tuple[tuple[int, int], ...]:
    """How many rows each day has, of those that have any."""
    found, count = np.unique(day, return_counts=True)
    return tuple(zip(found.tolist(), count.tolist(), strict=True))


def _names(log: ReducedLog, accounts: NDArray[np.int64]) -> tuple[str, ...]:
    return tuple(f"{a:016x}{b:016x}" for a, b in log.accounts.name[accounts].tolist())


def _spoken(one: Channel) -> Spoken:
    return Spoken(
        id=one.id,
        observed=None if one.reason else one.observed,
        expected=None if one.reason else one.expected,
        log_p=one.log_p,
        log_e=one.log_e,
        reason=one.reason,
        draws=one.draws,
    )

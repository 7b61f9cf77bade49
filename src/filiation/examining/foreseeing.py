"""What can be found with these exhibits at best? Answered before any two of them are compared."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from filiation.examining.question import Pair
from filiation.methods import Foresees, method_named
from filiation.methods.reached import found_before
from filiation.model.finding import Absent, Underpowered
from filiation.model.plan import AGREEMENT, PlannedQuestion
from filiation.model.reach import Foreseen, Reach
from filiation.numerics.combining.agreement import least_log_p
from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS

__all__ = ["foresee"]

TOGETHER: Final = "together"  # in place of a method's id
LISTED: Final = 5  # controls of which a reason says why they do not count
MOST: Final = 1_000  # controls up to which it is reckoned how many would suffice

Told: TypeAlias = tuple[Foresees, Reach]

OUT_OF_REACH: Final = (
    "with {controls} independent control{s} and {items:,} items the least p that all methods which "
    "count could give together is {least:.2g}, above the plan's level of {level:.2g}; what is "
    "asked could not have been found, and is not put: {needed}"
)


def foresee(pair: Pair) -> Foreseen:
    """The least p of every planned method and of all together, and which are out of reach.

    Where all that count together could not meet the plan's level, none of them is put: a p that
    could not have been small tells nothing, and reads as if something had been looked for.

    Raises:
        CaseError: A planned method is not installed here.
    """
    named = {name: method_named(name) for name in pair.plan.methods}
    aside = tuple(name for name, method in named.items() if method.words.aside)
    counting = [method for name, method in named.items() if name not in aside]
    asked = [(method, _reach(method, pair)) for method in counting if isinstance(method, Foresees)]
    told: list[Told] = [(method, said) for method, said in asked if isinstance(said, Reach)]
    absent = [said for _, said in asked if not isinstance(said, Reach)]
    besides = [_reach(one, pair) for name in aside if isinstance(one := named[name], Foresees)]
    unknown = tuple(
        name
        for name, method in named.items()
        if name not in aside and not isinstance(method, Foresees)
    )
    reaches = tuple(reach for _, reach in told)
    together = None if unknown or not told else _together(reaches, pair.plan)
    foreseen = Foreseen(
        kind=pair.plan.kind,
        log_level=math.log(pair.plan.level),
        reaches=reaches,
        absent=(*absent, *(said for said in besides if not isinstance(said, Reach))),
        unknown=unknown,
        aside=aside,
        besides=tuple(said for said in besides if isinstance(said, Reach)),
        together=together,
        needed=None,
    )
    if together is None or not foreseen.out_of_reach:
        return foreseen
    return _refused(replace(foreseen, needed=_needed(told, pair)))


def _reach(method: Foresees, pair: Pair) -> Reach | Absent:
    return method.reach(pair.source, pair.subject, pair.controls, families=pair.families)


def _together(reaches: Sequence[Reach], plan: PlannedQuestion) -> Reach:
    """The least p of all that count; they stand on line-ups of the same controls.

    What several methods found together before says nothing of one by itself.
    """
    controls = min(reach.controls for reach in reaches)
    kind = plan.kind
    floors = [reach.log_floor for reach in reaches]
    least = least_log_p(floors, line_ups=_added(plan, reaches), controls=controls)
    items = max(reach.items for reach in reaches)
    return Reach(
        method=TOGETHER,
        log_floor=least,
        controls=controls,
        items=items,
        before=found_before(
            f"{TOGETHER}-{kind}" if len(reaches) > 1 else reaches[0].method,
            least,
            controls=controls,
            items=items,
        ),
    )


def _needed(told: Sequence[Told], pair: Pair) -> int | None:
    """The fewest independent controls with which the level can be met; None beyond a thousand."""
    level, line_ups = math.log(pair.plan.level), _added(pair.plan, told)
    for controls in range(FEWEST_CONTROLS, MOST + 1):
        floors = [method.floor_with(controls) for method, _ in told]
        if least_log_p(floors, line_ups=line_ups, controls=controls) <= level:
            return controls
    return None


def _refused(foreseen: Foreseen) -> Foreseen:
    """The same, with every method that counts as underpowered."""
    together = foreseen.together
    assert together is not None  # else nothing is out of reach
    needed = (
        f"at least {foreseen.needed} independent controls are needed"
        if foreseen.needed is not None
        else f"more than {MOST:,} independent controls, or another level, would be needed"
    )
    reason = OUT_OF_REACH.format(
        controls=together.controls,
        s="" if together.controls == 1 else "s",
        items=together.items,
        least=math.exp(together.log_floor),
        level=math.exp(foreseen.log_level),
        needed=needed,
    )
    refused = [
        Underpowered(method=reach.method, reason="; ".join((reason, *reach.left_out[:LISTED])))
        for reach in foreseen.reaches
    ]
    return replace(foreseen, absent=(*foreseen.absent, *refused))


def _added(plan: PlannedQuestion, told: Sequence[object]) -> int:
    """How many line-ups are added pair by pair: all or none."""
    return len(told) if plan.combination == AGREEMENT else 0

"""What a plan says before anything is compared: who, by what, and what could be found at best."""

import math
from collections.abc import Iterator
from typing import Final

from filiation.model.examination import Power
from filiation.model.plan import Plan, PlannedQuestion, PlannedSubject
from filiation.model.reach import Foreseen, FoundBefore, Reach
from filiation.report.wording.counting import how_many
from filiation.report.wording.figures import (
    as_sentence,
    clean,
    figure,
    joined,
    percentage,
    quantity,
    quoted,
)
from filiation.report.wording.findings import absent_sentence
from filiation.report.wording.methods import Worded, method_text

__all__ = [
    "best_title",
    "exhibit_lines",
    "least_lines",
    "level_line",
    "nothing_compared",
    "planned_power",
]

ASKED_BEFORE: Final = math.log(0.01)  # the p at which studies counted the relatives found
LISTED: Final = 12  # controls that are named; the others are counted
AT_BEST: Final = "if no control turns out to be a relative of another, or of either side"
NOTHING_APPLIES: Final = "no planned method that counts can be put to these exhibits and controls"
UNMEASURED: Final = "how many relatives are found at this size was not measured"


def nothing_compared(digest: str) -> str:
    """That this is a plan and no more."""
    return f"Plan {clean(digest)}. Nothing was compared, and nothing was kept."


def best_title(kind: str) -> str:
    """What the part about one kind of material is headed with."""
    return f"{kind}: what could be found at best"


def exhibit_lines(plan: Plan) -> Iterator[str]:
    """Which models on which side, with the digest of each material."""
    for side, called in (
        ("subject", "subject"),
        ("earlier", "older version of the subject"),
        ("source", "source"),
    ):
        for one in plan.exhibits:
            if one.side == side:
                yield f"{called}: {_exhibit(one)}"
    controls = [one for one in plan.exhibits if one.side == "control"]
    yield f"{how_many(len(controls), 'control')}{':' if controls else ''}"
    yield from (f"  {_exhibit(one)}" for one in controls[:LISTED])
    if len(controls) > LISTED:
        yield f"  and {len(controls) - LISTED:,} more"
    yield from (
        f"public component: {_exhibit(one)}" for one in plan.exhibits if one.side == "component"
    )


def _exhibit(one: PlannedSubject) -> str:
    return f"{quoted(one.name)}, {clean(one.kind)}, {clean(one.digest[:12])}.."


def level_line(plan: PlannedQuestion) -> str:
    """What a finding must reach, and how findings are put together."""
    return (
        f"{how_many(len(plan.methods), 'method')}; level {figure(math.log(plan.level))}; "
        f"combined by {clean(plan.combination)}"
    )


def least_lines(worded: Worded, foreseen: Foreseen) -> Iterator[str]:
    """Method by method the least p, then all together, then what will give no finding."""
    for reach in foreseen.reaches:
        yield f"{method_text(worded, reach.method).title}: {_least(reach)}"
        yield from (f"Not counted there: {clean(why)}" for why in reach.left_out[:LISTED])
    if foreseen.together is not None and len(foreseen.reaches) > 1:
        yield f"All that count, together: {_least(foreseen.together)}"
    if foreseen.together is not None or not foreseen.unknown:
        yield _met(foreseen)
    if foreseen.unknown:
        yield (
            f"{how_many(len(foreseen.unknown), 'method')}: the least p hangs on the materials and "
            "stands with each finding"
        )
    if foreseen.aside:
        titles = dict.fromkeys(method_text(worded, one).title for one in foreseen.aside)
        yield f"Reported, and not counted: {', '.join(titles)}"
    for reach in foreseen.besides:
        title = method_text(worded, reach.method).title
        yield f"{title}, which is not counted: {_least(reach)}"
    told = {reach.method for reach in foreseen.reaches}  # and if the level is out of reach
    yield from (absent_sentence(worded, a) for a in foreseen.absent if a.method not in told)


def _met(foreseen: Foreseen) -> str:
    level = figure(foreseen.log_level)
    if not foreseen.out_of_reach:
        return f"The level of {level} can be met at best: {AT_BEST}."
    if not foreseen.reaches:
        return f"The level of {level} cannot be met: {NOTHING_APPLIES}."
    needed = foreseen.needed
    more = f" At least {needed:,} controls are needed." if needed is not None else ""
    return f"The level of {level} cannot be met: what is asked could not be found.{more}"


def _least(reach: Reach) -> str:
    """The least p; and, unless it is so large that there were none, the relatives found before."""
    least = f"least p {figure(reach.log_floor)}"
    who = f"{how_many(reach.controls, 'independent control')} and {how_many(reach.items, 'item')}"
    found = "" if reach.log_floor > ASKED_BEFORE else f"; {_before(reach.before)}"
    return f"{least}, with {who}{found}"


def _before(before: FoundBefore | None) -> str:
    if before is None:
        return UNMEASURED
    return (
        f"of known relatives {percentage(before.share)} were found at 1 in 100 with "
        f"{how_many(before.controls, 'control')} and {how_many(before.items, 'item')} "
        f"({clean(before.page)})"
    )


def planned_power(power: Power, plan: PlannedQuestion) -> str:
    """What would have to be inherited to be found, and what the plan asks for independence."""
    if power.share is None:
        return f"Power: {as_sentence(power.because)}"
    asked = (
        "Independence is never supported by a quick look."
        if plan.quick
        else f"Independence is supported only from {percentage(plan.power_share)} down."
    )
    return joined(
        (
            f"Power: had {percentage(power.share)} been copied, at a cosine of "
            f"{quantity(power.cosine)}, this would be found with at least 95% probability.",
            asked,
            as_sentence(power.because),
        )
    )

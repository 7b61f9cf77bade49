"""What a plan says before anything is compared, for a terminal and for programs."""

import json
from collections.abc import Sequence
from typing import Protocol

from rich.console import Group, RenderableType
from rich.text import Text

from filiation.model.examination import Power
from filiation.model.finding import Absent
from filiation.model.kinds import Kind
from filiation.model.plan import Plan, PlannedQuestion
from filiation.model.ratio import NoRatio, Strength
from filiation.model.reach import Foreseen, Reach
from filiation.model.study import MeasuredPower
from filiation.model.words import MethodWords
from filiation.report import wording
from filiation.report.render.plain import log10_of, rounded, text_of
from filiation.report.render.terminal import beforehand, heading, item
from filiation.report.wording import foreseen as before

__all__ = ["Told", "foretold", "foretold_json"]


class Told(Protocol):
    """What is known of one question before anything is compared."""

    @property
    def kind(self) -> Kind:
        """Of material."""

    @property
    def plan(self) -> PlannedQuestion:
        """The question."""

    @property
    def words(self) -> tuple[tuple[str, MethodWords], ...]:
        """Of its methods."""

    @property
    def strengths(self) -> tuple[Strength | NoRatio, ...]:
        """What a population could support."""

    @property
    def measured(self) -> MeasuredPower | None:
        """The power measured on it."""

    @property
    def foreseen(self) -> Foreseen:
        """The least p of each method and of all together."""


def foretold(digest: str, plan: Plan, told: Sequence[Told], powers: Sequence[Power]) -> Group:
    """All that a plan says, question by question, with the power that was reckoned for each."""
    parts: list[RenderableType] = [Text(line) for line in before.exhibit_lines(plan)]
    for one, power in zip(told, powers, strict=True):
        parts += heading(before.best_title(wording.kind_title(one.kind)))
        parts.append(Text(before.level_line(one.plan)))
        parts += [item(line) for line in before.least_lines(one, one.foreseen)]
        parts.append(item(before.planned_power(power, one.plan)))
        if any(isinstance(strength, Strength) for strength in one.strengths):
            parts += [Text(), beforehand(one.plan, one, one.strengths, one.measured)]
    return Group(*parts, Text(), Text(before.nothing_compared(digest)))


def foretold_json(digest: str, plan: Plan, told: Sequence[Told], powers: Sequence[Power]) -> str:
    """The same as JSON, with a newline at its end."""
    asked = [_question(one, power) for one, power in zip(told, powers, strict=True)]
    exhibits = [
        {"side": e.side, "kind": text_of(e.kind), "name": text_of(e.name), "digest": e.digest}
        for e in plan.exhibits
    ]
    return json.dumps({"plan": digest, "exhibits": exhibits, "questions": asked}, indent=1) + "\n"


def _question(one: Told, power: Power) -> dict[str, object]:
    foreseen = one.foreseen
    together = foreseen.together
    return {
        "kind": text_of(foreseen.kind),
        "level": one.plan.level,
        "combination": one.plan.combination,
        "methods": [_reach(reach) for reach in foreseen.reaches],
        "together": None if together is None else _reach(together),
        "out_of_reach": foreseen.out_of_reach,
        "controls_needed": foreseen.needed,
        "absent": [_absent(absent) for absent in foreseen.absent],
        "unknown_beforehand": [text_of(method) for method in foreseen.unknown],
        "not_counted": [text_of(method) for method in foreseen.aside],
        "not_counted_least": [_reach(reach) for reach in foreseen.besides],
        "power": {"share": rounded(power.share), "because": text_of(power.because)},
    }


def _reach(reach: Reach) -> dict[str, object]:
    before = reach.before
    return {
        "method": text_of(reach.method),
        "log10_least_p": log10_of(reach.log_floor, reach.method),
        "controls": reach.controls,
        "items": reach.items,
        "left_out": [text_of(why) for why in reach.left_out],
        "found_before": None
        if before is None
        else {
            "share": before.share,
            "controls": before.controls,
            "items": before.items,
            "page": before.page,
        },
    }


def _absent(absent: Absent) -> dict[str, object]:
    return {
        "method": text_of(absent.method),
        "kind": absent.kind,
        "reason": text_of(absent.reason),
    }

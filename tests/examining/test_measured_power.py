"""Is a population's power curve carried, quoted where it speaks of the plan, and refused if bad?"""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.console import Console

from filiation.casefile.codec import examination_bytes, examination_from_bytes
from filiation.errors import CaseError, PopulationError
from filiation.examining.weights.power import measured_power
from filiation.methods import methods_for
from filiation.model.examination import Conclusion
from filiation.model.population import PowerCurve
from filiation.model.study import MeasuredPower, Planted
from filiation.readers.populations.population import parse_population, population_bytes
from filiation.report.render.html import render_html
from filiation.report.render.json import conclusion_json
from filiation.report.render.terminal import beforehand, full
from known import population
from report import cases, ratio_cases
from report.texts import whole

METHODS = tuple(sorted(method.id for method in methods_for("weights")))
PLAN = cases.question(methods=tuple(method.id for method in methods_for("weights")))


def cell(share: float, cosine: float, found: int) -> Planted:
    return Planted(share=share, cosine=cosine, found=found, trials=20)


CELLS = (cell(0.05, 0.25, 0), cell(0.05, 0.5, 19), cell(0.1, 0.5, 20), cell(0.1, 0.75, 20))


def curve(
    cells: Sequence[Planted] = CELLS,
    *,
    level: float = 1e-6,
    methods: Sequence[str] = METHODS,
) -> PowerCurve:
    return PowerCurve(level=level, methods=tuple(methods), cells=tuple(cells))


def quoting() -> Conclusion:
    """A conclusion that supports independence, and what its population says of power."""
    base = ratio_cases.independence()
    return replace(base, power=replace(base.power, measured=MeasuredPower(cells=CELLS[1:3])))


def test_a_curve_survives_its_file_and_a_population_without_one_has_the_bytes_it_had() -> None:
    plain = population(families=4)
    assert b'"power"' not in population_bytes(plain)
    told = replace(plain, power=curve())
    assert parse_population(population_bytes(told), "x") == told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cells": ()}, "some of each"),
        ({"level": 0.9}, "a level up to 0.5"),
        ({"methods": ("b", "a")}, "once and in order"),
        ({"cells": (cell(0.1, 0.5, 21),)}, "21 of 20 found"),
        ({"cells": (cell(1.5, 0.5, 1),)}, "shares up to 1"),
        ({"cells": (cell(0.1, 0.5, 1), cell(0.1, 0.5, 2))}, "stand twice"),
        ({"cells": (cell(0.1, 0.75, 1), cell(0.1, 0.5, 2))}, "in no order"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(PopulationError, match=said):
        curve(**change)  # type: ignore[arg-type]


def test_the_largest_cosine_that_the_plan_reaches_is_quoted() -> None:
    told = replace(population(families=4), power=curve())
    assert measured_power(told, PLAN).cells == CELLS[1:3]
    stricter = replace(PLAN, power_cosine=0.3)
    assert measured_power(told, stricter).cells == CELLS[:1]
    nothing_left = measured_power(told, replace(PLAN, power_cosine=0.1))
    assert not nothing_left.cells and "no cosine as small" in nothing_left.reason


@pytest.mark.parametrize(
    "power",
    [None, curve(level=0.01), curve(methods=METHODS[:-1])],
    ids=["nothing planted", "another level", "another method"],
)
def test_a_curve_that_does_not_speak_of_the_plan_is_not_quoted(power: PowerCurve | None) -> None:
    found = measured_power(replace(population(families=4), power=power), PLAN)
    assert not found.cells and found.reason


def test_cells_and_a_reason_exclude_each_other() -> None:
    for cells_, reason in (((), ""), (CELLS[1:2], "why"), (CELLS[:2], "")):
        with pytest.raises(CaseError, match="expected cells of one cosine"):
            MeasuredPower(cells=cells_, reason=reason)


def test_every_report_quotes_it_before_and_after() -> None:
    case = quoting()
    console = Console(width=10_000, record=True, file=None, quiet=False)
    with console.capture() as before:
        console.print(beforehand(case.plan, case, case.strengths, case.power.measured))
    with console.capture() as after:
        console.print(full(whole(case)))
    page = render_html(whole(case)).decode()
    for said in (before.get(), after.get(), page):
        assert "5%: 19 of 20, 10%: 20 of 20" in said
        assert "20 of 20 were found: at least 86% of such pairs" in said
    power = conclusion_json(case)["power"]
    assert isinstance(power, dict)
    assert power["measured"][1] == {"share": 0.1, "cosine": 0.5, "found": 20, "trials": 20}


def test_an_examination_keeps_it_and_says_nothing_of_it_where_there_is_none() -> None:
    found = whole(quoting())
    assert examination_from_bytes(examination_bytes(found), "x") == found
    assert "measured" not in str(conclusion_json(ratio_cases.independence())["power"])

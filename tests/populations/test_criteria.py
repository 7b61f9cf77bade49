"""Are criteria refused that say nothing, and judged as they say?"""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from filiation.errors import UsageError
from filiation.model.ancestry import REGIMES, Ancestry
from filiation.model.validation import Criterion
from filiation.populations.criteria import (
    DEFAULT,
    read_criteria,
    read_study_plan,
    validate_study,
)
from filiation.populations.planting import COSINES, SHARES
from filiation.readers.populations.population import read_population
from populations.suite import run

ROOT = Path(__file__).parents[2]


def test_criteria_fail_when_they_should(
    suite: Path, ancestry: Ancestry, sketches: dict[str, Path]
) -> None:
    rules, digest = read_criteria(suite / "rules.toml")
    study = run(ancestry, sketches, plan=read_study_plan(suite / "rules.toml"))
    found = validate_study(study, rules, digest)
    assert study.seed == 3
    assert {v.criterion.id: v.passed for v in found.verdicts} == {
        "no-accusation": True, "children": True, "unseen": False, "elsewhere": None,
    }  # fmt: skip
    assert found.failed == ("unseen",)
    impossible = Criterion(id="x", figure="alarms", at=0.05, most=-1.0)
    assert validate_study(study, [impossible], digest).failed == ("x",)
    few = replace(impossible, fewest=10_000)
    assert validate_study(study, [few], digest).verdicts[0].passed is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no criterion"),
        ("[[criterion", "not criteria in TOML"),
        ('[[criterion]]\nid = "a"\nfigure = "beauty"\nmost = 1.0', "figure"),
        ('[[criterion]]\nid = "a"\nfigure = "area"', "a: expected either"),
        ('[[criterion]]\nid = "a"\nfigure = "area"\nmost = 1.0\nleast = 0.0', "a: expected either"),
        ('[[criterion]]\nid = "a"\nfigure = "area"\nmost = 1.0\nfor = 2', "for"),
        ('[[criterion]]\nid = "a"\nfigure = "area"\nmost = 1.0\n' * 2, "a stands there twice"),
        ("criterion = 3", "criterion"),
    ],
)
def test_criteria_that_say_nothing_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "rules.toml").write_text(text)
    with pytest.raises(UsageError, match=said):
        read_criteria(tmp_path / "rules.toml")


def test_a_plan_that_says_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('[plan]\nsame = "count twice"')
    with pytest.raises(UsageError, match="plan same"):
        read_study_plan(tmp_path / "rules.toml")


def test_every_criterion_speaks_of_something_in_the_released_population() -> None:
    """A criterion that nothing answers to can never fail; one that may be idle says why."""
    criteria, _ = read_criteria(DEFAULT)
    truth = tomllib.loads((ROOT / "examples" / "population.toml").read_text())["model"]
    operations = {model["operation"] for model in truth if model["parents"]}
    cells = {f"share {share:g}, cosine {cosine:g}" for share in SHARES for cosine in COSINES}
    released, _ = read_population(ROOT / "docs" / "validation" / "population.json")
    methods = [method.id for method in released.methods]
    for criterion in (c for c in criteria if not c.idle):
        match criterion.figure:
            case "detection":
                assert criterion.where in operations, criterion.id
            case "power":
                assert criterion.where in cells, criterion.id
            case "cllr":
                assert any(m.startswith(criterion.where) for m in methods), criterion.id
            case _:
                assert criterion.where in ("", *REGIMES), criterion.id
        assert any(m.startswith(criterion.method) for m in methods), criterion.id

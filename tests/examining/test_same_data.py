"""What only training texts in common explain supports nothing; what they do not explain stays."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from filiation.examining.answers import same_data
from filiation.examining.answers.same_data import SameData, among_same_data, remark, support
from filiation.examining.question import Pair, Shown
from filiation.methods import methods_for
from filiation.model.examination import Combined
from filiation.model.finding import Finding
from filiation.model.kinds import ANSWERS
from filiation.model.null import Calibrated
from filiation.model.plan import PlannedQuestion, Propositions

LEVEL = 0.01
ONE, TWO, THREE = "one/1;a=1", "two/1;b=2", "three/1"


@pytest.fixture(autouse=True)
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hundred same-data strangers: by one method 5, by both 1 of them are at .01 or less."""
    alone = sorted([math.log(0.005)] * 5 + [math.log(0.5)] * 95)
    both = sorted([math.log(0.008)] + [math.log(0.5)] * 99)
    rows = [{"methods": [ONE], "log_p": alone}, {"methods": [ONE, TWO], "log_p": both}]
    path = tmp_path / "same_data.json"
    path.write_text(json.dumps(rows))
    monkeypatch.setattr(same_data, "MEASURED", path)
    same_data._measured.cache_clear()
    yield
    same_data._measured.cache_clear()


def finding(method: str, p: float) -> Finding:
    null = Calibrated(because="for this test", log_floor=-100.0, controls=20)
    return Finding(
        method=method, observed=1.0, unit="of them", null=null, log_p=math.log(p), combination="-"
    )


def shown(p: float, *methods: str) -> Shown:
    combined = Combined(log_p=math.log(p), because="for this test")
    return Shown(findings=tuple(finding(m, p) for m in methods), combined=combined, parts=())


def pair(level: float = LEVEL) -> Pair:
    plan = PlannedQuestion(
        kind=ANSWERS,
        methods=(ONE, TWO),
        propositions=Propositions(derivation="so", independence="not so"),
        level=level,
        clean_level=max(LEVEL, level),
    )
    return Pair(
        plan=plan, seed=0, source=None, subject=None, controls=(), names=("a", "b"), families={}
    )


def test_what_too_many_same_data_strangers_reach_supports_nothing() -> None:
    found = support(pair(), shown(0.006, ONE))

    assert (found.toward, found.reason) == ("neither", "same-data")


def test_what_hardly_any_of_them_reaches_supports_derivation() -> None:
    assert support(pair(), shown(0.004, ONE)).toward == "derivation"
    assert support(pair(), shown(0.009, ONE, TWO)).toward == "derivation"


def test_it_never_makes_a_conclusion_of_what_does_not_meet_the_level() -> None:
    assert support(pair(), shown(0.02, ONE)).reason == "absence-is-no-evidence"


def test_twice_the_level_may_reach_it_and_no_more() -> None:
    assert support(pair(0.025), shown(0.006, ONE)).toward == "derivation"  # 5 of 100 is twice
    assert support(pair(0.024), shown(0.006, ONE)).reason == "same-data"


def test_the_pair_is_among_those_it_is_set_among() -> None:
    same = among_same_data([finding(ONE, 0.005)], Combined(log_p=math.log(0.005), because="-"))

    assert same == SameData(reached=5, of=100)
    assert math.exp(same.log_p) == pytest.approx(6 / 101)


def test_methods_that_were_not_measured_are_said_not_to_be() -> None:
    unknown = [finding(THREE, 0.001)]
    combined = Combined(log_p=math.log(0.001), because="-")

    assert among_same_data(unknown, combined) is None
    assert "was not measured" in remark(unknown, combined)
    assert support(pair(), shown(0.001, THREE)).toward == "derivation"


def test_what_does_not_count_is_not_asked() -> None:
    found = [finding(ONE, 0.006), replace(finding(TWO, 0.5), counts=False)]
    same = among_same_data(found, Combined(log_p=math.log(0.006), because="-"))

    assert same == SameData(reached=5, of=100)


def test_the_packaged_spread_is_of_the_present_methods() -> None:
    """Another version of a method is another statistic: it must be measured again."""
    packaged = Path(same_data.__file__).with_name("same_data.json")
    rows = json.loads(packaged.read_text("utf-8"))
    ids = {method.id for method in methods_for(ANSWERS)}

    assert {method for row in rows for method in row["methods"]} <= ids
    assert all(row["log_p"] == sorted(row["log_p"]) and len(row["log_p"]) >= 100 for row in rows)
    assert all(value <= 0.0 for row in rows for value in row["log_p"])

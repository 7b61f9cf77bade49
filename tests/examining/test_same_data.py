"""What training texts in common may explain is said to be so; what they do not explain is not."""

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
from filiation.model.finding import Finding, Place
from filiation.model.kinds import ANSWERS
from filiation.model.null import Calibrated
from filiation.model.plan import PlannedQuestion, Propositions

LEVEL = 0.01
ONE, TWO, THREE = "one/1;a=1", "two/1;b=2", "three/1"


@pytest.fixture(autouse=True)
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hundred same-data strangers: by method one 5, by both 1 of them have z of 3 or more."""
    rows = [[3.0, 4.0]] + [[3.0, -3.0]] * 4 + [[0.0, 0.0]] * 95
    path = tmp_path / "same_data.json"
    path.write_text(json.dumps({"methods": [ONE, TWO], "z": rows}))
    monkeypatch.setattr(same_data, "MEASURED", path)
    same_data._measured.cache_clear()
    yield
    same_data._measured.cache_clear()


def finding(method: str, z: float, p: float = 0.006) -> Finding:
    null = Calibrated(because="for this test", log_floor=-100.0, controls=20)
    place = Place(name="subject", who="subject", observed=1.0, z=z)
    return Finding(
        method=method, observed=1.0, unit="of them", null=null, log_p=math.log(p), combination="-",
        lineup=(place,),
    )  # fmt: skip


def shown(p: float, *findings: Finding) -> Shown:
    combined = Combined(log_p=math.log(p), because="for this test")
    return Shown(findings=findings, combined=combined, parts=())


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


def test_what_too_many_same_data_strangers_reach_is_said_to_be_so() -> None:
    found = support(pair(), shown(0.006, finding(ONE, 2.9)))

    assert (found.toward, found.reason) == ("derivation", "same-data")


def test_what_hardly_any_of_them_reaches_is_not() -> None:
    assert support(pair(), shown(0.006, finding(ONE, 3.1))).reason == "level-met"
    both = shown(0.009, finding(ONE, 2.9), finding(TWO, 2.9))
    assert support(pair(), both).reason == "level-met"


def test_more_controls_do_not_switch_it_off() -> None:
    """With more of them the least p falls, and z does not."""
    assert support(pair(), shown(1e-9, finding(ONE, 2.9, 1e-9))).reason == "same-data"


def test_it_never_makes_a_conclusion_of_what_does_not_meet_the_level() -> None:
    assert support(pair(), shown(0.02, finding(ONE, 9.0))).reason == "absence-is-no-evidence"


def test_twice_the_level_may_reach_it_and_no_more() -> None:
    assert support(pair(0.025), shown(0.006, finding(ONE, 3.0))).reason == "level-met"
    assert support(pair(0.024), shown(0.006, finding(ONE, 3.0))).reason == "same-data"


def test_the_pair_is_among_those_it_is_set_among() -> None:
    same = among_same_data([finding(ONE, 3.0)])

    assert same == SameData(reached=5, of=100)
    assert math.exp(same.log_p) == pytest.approx(6 / 101)


def test_methods_that_were_not_measured_are_said_not_to_be() -> None:
    unknown = [finding(THREE, 9.0, 0.001)]
    combined = Combined(log_p=math.log(0.001), because="-")

    assert among_same_data(unknown) is None
    assert "was not measured" in remark(unknown, combined)
    assert support(pair(), shown(0.001, *unknown)).reason == "level-met"
    assert "not measured so: three" in remark([finding(ONE, 3.0), *unknown], combined)


def test_an_unmeasured_method_carries_only_what_it_carries_alone() -> None:
    weak, strong = finding(THREE, 1.0, 0.4), finding(THREE, 9.0, 0.001)

    assert support(pair(), shown(0.006, finding(ONE, 2.9), weak)).reason == "same-data"
    assert support(pair(), shown(0.006, finding(ONE, 2.9), strong)).reason == "level-met"


def test_what_does_not_count_is_not_asked() -> None:
    found = [finding(ONE, 3.0), replace(finding(TWO, 9.0), counts=False)]

    assert among_same_data(found) == SameData(reached=5, of=100)


def test_the_packaged_spread_is_of_the_present_methods() -> None:
    """Another version of a method is another statistic: it must be measured again."""
    packaged = Path(same_data.__file__).with_name("same_data.json")
    kept = json.loads(packaged.read_text("utf-8"))
    ids = {method.id for method in methods_for(ANSWERS)}

    assert kept["methods"] and set(kept["methods"]) <= ids
    for column in range(len(kept["methods"])):
        z = [row[column] for row in kept["z"] if row[column] is not None]
        assert len(z) >= 20 and all(math.isfinite(value) for value in z)


def test_wording_alone_does_not_pass_by_the_texts_in_common(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two models tuned on the same texts beside controls that were not: .001 in most pairs."""
    monkeypatch.setattr(same_data, "MEASURED", Path(same_data.__file__).with_name("same_data.json"))
    same_data._measured.cache_clear()
    (wording,) = (m.id for m in methods_for(ANSWERS) if m.id.startswith("wording/"))

    for z, reason in ((4.0, "same-data"), (9.0, "level-met")):
        found = support(pair(), shown(0.001, finding(wording, z, 0.001)))
        assert (found.toward, found.reason) == ("derivation", reason)
    assert "not measured" not in remark([finding(wording, 4.0)], shown(0.001).combined)

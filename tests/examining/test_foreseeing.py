"""What can be found at best is known before anything is compared, and what cannot is not put."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from filiation.examining import run
from filiation.examining.combining import combine
from filiation.examining.foreseeing import foresee
from filiation.examining.plan import fix_plan
from filiation.examining.question import Pair
from filiation.methods import Foresees, methods_for
from filiation.methods.answers.answers import apart
from filiation.model.exhibit import Exhibit
from filiation.model.finding import Finding, Likeness, Underpowered
from filiation.model.kinds import ANSWERS
from filiation.model.material import Material
from filiation.model.null import Calibrated
from filiation.model.plan import AGREEMENT, HARMONIC, Plan
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.report import wording
from methods.answers import invented_texts
from methods.answers.population import Population


def exhibit(recording: Recording) -> Exhibit:
    material = Material(
        kind=ANSWERS, name=recording.name, digest=recording.digest, kept=recording.digest,
        content=recording,
    )  # fmt: skip
    return Exhibit(name=recording.name, materials=(material,))


def planned(recordings: Sequence[Recording], **fields: object) -> tuple[Plan, list[Exhibit]]:
    exhibits = [exhibit(recording) for recording in recordings]
    source, subject, *controls = exhibits
    given = {ANSWERS: fields} if fields else None
    return fix_plan(subject=subject, source=source, controls=controls, given=given), exhibits


def pair_of(recordings: Sequence[Recording], **fields: object) -> Pair:
    plan, _ = planned(recordings, **fields)
    source, subject, *controls = recordings
    return Pair(
        plan=plan.questions[0], seed=0, source=source, subject=subject, controls=tuple(controls),
        names=(source.name, subject.name), families={},
    )  # fmt: skip


def keyed(controls: int) -> list[Recording]:
    return Population(models=controls + 2, items=200, children=((1, 0, 0.9),)).recordings(1)


def test_twelve_controls_cannot_meet_one_in_a_hundred_and_thirteen_can() -> None:
    """A rank among 90 pairs of strangers is 1 in 91 at best; among 104, 1 in 105."""
    few, enough = (foresee(pair_of(keyed(controls))) for controls in (12, 13))
    assert few.out_of_reach and few.needed == 13
    assert few.together is not None
    assert few.together.log_floor == pytest.approx(-math.log(91))
    assert not enough.out_of_reach and enough.needed is None
    assert [one for one in enough.absent if "could not have been found" in one.reason] == []


def test_what_is_out_of_reach_is_not_put_and_says_what_would_do() -> None:
    plan, (source, subject, *controls) = planned(keyed(12))
    done = run.examine(plan, subject=subject, source=source, controls=controls)
    (conclusion,) = done.conclusions
    refused = [a for a in conclusion.absent if a.method.startswith("shared-errors/")]
    assert [type(one) for one in refused] == [Underpowered]
    assert "at least 13 independent controls are needed" in refused[0].reason
    assert not any(finding.counts for finding in conclusion.findings)
    assert conclusion.support.toward == "neither"
    said = wording.headline(conclusion) + wording.support_because(conclusion)
    assert "could have been found" in said and "could not have been found" in said
    assert "was found" not in said and "was not found" not in said


def test_another_level_is_within_reach() -> None:
    assert not foresee(pair_of(keyed(12), level=0.05, clean_level=0.05)).out_of_reach


def test_nothing_is_compared_to_foretell(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("two models were compared")

    monkeypatch.setattr(run, "compare_pair", never)
    for method in methods_for(ANSWERS):
        monkeypatch.setattr(type(method), "compare", never)
    plan, (source, subject, *controls) = planned(keyed(13))
    (told,) = run.foretell(plan, subject=subject, source=source, controls=controls)
    assert told.foreseen.together is not None


@pytest.mark.parametrize("recordings", [keyed(13), invented_texts.crowd(3, 14)])
def test_the_least_p_is_that_of_the_finding(recordings: list[Recording]) -> None:
    """As long as no control turns out to be a relative."""
    source, subject, *controls = recordings
    compared = 0
    for method in methods_for(ANSWERS):
        if not isinstance(method, Foresees):
            continue
        told = method.reach(source, subject, controls, families={})
        found = method.compare(source, subject, controls, families={}, seed=0)
        if isinstance(found, Finding):
            assert isinstance(told, Reach) and isinstance(found.null, Calibrated)
            assert told.log_floor == pytest.approx(found.null.log_floor)
            assert told.controls == found.null.controls
            compared += 1
        elif not isinstance(told, Reach):
            assert type(told) is type(found)
    assert compared


def test_every_item_is_read_as_an_error_or_as_a_trap_and_never_as_both() -> None:
    recordings = Population(models=3, items=40).recordings(1)
    changed = {0: {"key": None}, 1: {"category": "Trap/laws"}, 2: {"key": None}}
    mixed = [
        dataclasses.replace(
            one,
            items=tuple(
                replace(item, **changed.get(n, {}))  # type: ignore[arg-type]
                for n, item in enumerate(one.items)
            ),
        )
        for one in recordings
    ]
    errors, traps = (apart(mixed, traps=which) for which in (False, True))
    for one, other, whole in zip(errors, traps, mixed, strict=True):
        here, there = ({item.id for item in part.items} for part in (one, other))
        assert there == {"0", "1", "2"} and not here & there
        assert here | there == {item.id for item in whole.items}
        assert all(item.key is None for item in other.items)


def test_a_key_that_one_recording_alone_has_makes_an_error_of_the_item_for_all() -> None:
    one, other = Population(models=2, items=4).recordings(1)
    bare = dataclasses.replace(other, items=tuple(replace(i, key=None) for i in other.items))
    assert [len(part.items) for part in apart([one, bare], traps=False)] == [4, 4]
    assert [len(part.items) for part in apart([one, bare], traps=True)] == [0, 0]


@pytest.mark.parametrize("errorless", [1, 3])
def test_a_control_that_errs_on_nothing_is_admitted_neither_before_nor_then(errorless: int) -> None:
    """Thirteen of which one is the key itself promised 1 in 100, and could not have given it."""
    recordings = keyed(13 + errorless - 1)
    for at in range(2, 2 + errorless):
        right = [item.key for item in recordings[at].items]
        recordings[at] = replace(recordings[at], outputs=tuple(right))
    source, subject, *controls = recordings
    (method,) = (m for m in methods_for(ANSWERS) if m.id.startswith("shared-errors/2"))
    assert isinstance(method, Foresees)
    told = method.reach(source, subject, controls, families={})
    found = method.compare(source, subject, controls, families={}, seed=0)
    assert isinstance(told, Reach) and isinstance(found, Finding)
    assert isinstance(found.null, Calibrated)
    assert told.controls == found.null.controls == 12
    assert told.log_floor == pytest.approx(found.null.log_floor) == pytest.approx(-math.log(91))
    assert sum("errs on no item" in one for one in found.skipped) == 1  # the others are its copies
    foreseen = foresee(pair_of(recordings))
    assert foreseen.needed == 13
    assert "errs on no item" in " ".join(told.left_out)
    assert "errs on no item" in foreseen.absent[-1].reason


def test_a_party_that_hardly_errs_is_told_before() -> None:
    source, subject, *controls = keyed(13)
    right = [item.key for item in subject.items]
    able = replace(subject, outputs=(*right[:-19], *subject.outputs[-19:]))
    (method,) = (m for m in methods_for(ANSWERS) if m.id.startswith("shared-errors/2"))
    assert isinstance(method, Foresees)
    told = method.reach(source, able, controls, families={})
    assert isinstance(told, Underpowered) and "was wrong on" in told.reason
    assert type(method.compare(source, able, controls, families={}, seed=0)) is Underpowered


@pytest.mark.parametrize("controls", [1, 4])
def test_with_fewer_controls_than_any_method_takes_the_level_is_out_of_reach(controls: int) -> None:
    told = foresee(pair_of(keyed(controls)))
    assert told.out_of_reach and told.together is None and not told.reaches


def finding(method: str, z: float, names: Sequence[str], seed: int, log_p: float) -> Finding:
    drawn = np.random.default_rng(seed).normal(size=(len(names), len(names)))
    drawn[1, 0] = z
    return Finding(
        method=method, observed=z, unit="times", log_p=log_p, combination="one statistic",
        null=Calibrated(controls=len(names) - 2, log_floor=math.log(1e-3), because="controls"),
        likeness=Likeness(
            names=tuple(names),
            z=tuple(tuple(float(v) for v in drawn[k, :k]) for k in range(len(names))),
        ),
    )  # fmt: skip


NAMES = ("source", "subject", *(f"c{n}" for n in range(12)))


def test_the_plan_says_whether_agreement_is_added() -> None:
    """First in four line-ups and beyond the level in none: lost by the harmonic mean."""
    findings = [finding(f"m/{n}", 2.4, NAMES, n, math.log(0.02)) for n in range(1, 5)]
    alone, added = combine(findings, HARMONIC), combine(findings, AGREEMENT)
    assert alone.log_p is not None and added.log_p is not None
    assert alone.log_p > math.log(0.04) and added.log_p < math.log(0.01)
    assert "4 line-ups" in added.because and "12 controls" in added.because


def test_a_single_line_up_stands_for_itself() -> None:
    one = [finding("m/1", 2.4, NAMES, 1, math.log(0.02))]
    assert combine(one, AGREEMENT) == combine(one, HARMONIC)
    assert combine(one, AGREEMENT).log_p == math.log(0.02)


def test_line_ups_are_added_on_the_controls_that_all_have() -> None:
    """A control that one method has set aside is in no sum; with too few left none is made."""
    fewer = (*NAMES[:2], *NAMES[6:])
    findings = [
        finding("m/1", 2.4, NAMES, 1, math.log(0.02)),
        finding("m/2", 2.4, fewer, 2, math.log(0.02)),
    ]
    assert "8 controls" in combine(findings, AGREEMENT).because
    few = [findings[0], finding("m/3", 2.4, NAMES[:5], 3, math.log(0.02))]
    assert combine(few, AGREEMENT) == combine(few, HARMONIC)


def test_no_name_of_a_control_moves_the_sum() -> None:
    renamed: Mapping[str, str] = {name: f"other-{name}" for name in NAMES[2:]}
    findings = [finding(f"m/{n}", 2.4, NAMES, n, math.log(0.02)) for n in (1, 2)]
    others = [
        finding(f"m/{n}", 2.4, [renamed.get(x, x) for x in NAMES], n, math.log(0.02))
        for n in (1, 2)
    ]
    assert combine(findings, AGREEMENT) == combine(others, AGREEMENT)

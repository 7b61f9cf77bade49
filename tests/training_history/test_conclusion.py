"""The conclusion is decided by the claims alone."""

import itertools

import pytest

from filiation.errors import CaseError
from filiation.model.training import (
    CLAIMS,
    ClaimId,
    HistoryExamined,
    Outcome,
    TrainingClaim,
    TrainingHistory,
    TrainingPoint,
)
from filiation.report.wording import forbidden
from filiation.report.wording.training import history_lines


def point(step: int, date: str = "") -> TrainingPoint:
    return TrainingPoint(name=f"c-{step}", file="", digest="", subject="", step=step, date=date)


HISTORY = TrainingHistory(points=tuple(point(n) for n in range(3)))


def examined(**outcomes: Outcome) -> HistoryExamined:
    def claim(name: ClaimId) -> TrainingClaim:
        outcome = outcomes.get(name, "holds")
        return TrainingClaim(claim=name, outcome=outcome, why="structure", place=1)

    return HistoryExamined(history=HISTORY, source="s", claims=tuple(claim(n) for n in CLAIMS))


def test_no_way_to_independence_but_by_all_claims() -> None:
    outcomes: tuple[Outcome, ...] = ("holds", "fails", "open", "not-asked")
    for of in itertools.product(outcomes, repeat=len(CLAIMS)):
        said = dict(zip(CLAIMS, of, strict=True))
        found = examined(**said)
        needed = said["start"] == said["steps"] == said["contact"] == "holds"
        end = said["end"] in ("holds", "not-asked")
        outside = "holds" in (said["dates"], said["replay"])
        hold = needed and end and outside and "fails" not in of
        assert (found.toward == "independence") == hold
        assert (found.toward == "failing") == ("fails" in of)


def test_what_is_wanting_is_named_and_dates_or_a_replay_are_enough() -> None:
    said = next(history_lines(examined(dates="open", replay="not-asked", start="open")))
    assert "(a) initial state, (e) dates or (f) replay would have to hold" in said
    said = next(history_lines(examined(dates="not-asked")))
    assert "supports independence of the weights from" in said
    assert "a rotated stream with other tables" in said


@pytest.mark.parametrize("outcome", ["holds", "fails", "open"])
def test_every_report_says_that_students_keep_true_histories(outcome: Outcome) -> None:
    said = "\n".join(history_lines(examined(steps=outcome)))
    assert "student" in said and "It is no proof" in said
    assert not forbidden(said)


def test_a_history_is_in_order() -> None:
    with pytest.raises(CaseError, match="each at a later step"):
        TrainingHistory(points=(point(2), point(2)))
    with pytest.raises(CaseError, match="not written earlier"):
        TrainingHistory(points=(point(1, "2026-02-01"), point(2, "2026-01-31")))
    with pytest.raises(CaseError, match="of 1 checkpoints"):
        TrainingHistory(points=(point(1),))


def test_a_failing_claim_names_its_step() -> None:
    with pytest.raises(CaseError, match="expected the step"):
        TrainingClaim(claim="steps", outcome="fails", why="out-of-bands")

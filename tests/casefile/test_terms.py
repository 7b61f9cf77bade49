"""The terms of time that a case is opened under, and who may touch the time."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from casefile.timed import BERLIN, ORDER, Case
from filiation.casefile import facts, time_facts
from filiation.casefile.ledger.event import Event, time_text
from filiation.casefile.time_facts import Allowed, Closed, Extended, Served, Terms
from filiation.errors import CaseError, UsageError


@pytest.fixture
def honolulu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Pacific/Honolulu")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_zone_of_a_case_is_not_changed_in_mid_case(honolulu: None) -> None:
    """Not by a second opening, and not by the zone of the computer that reads it."""
    case = Case(terms=BERLIN)
    opening = case.state.opening
    with pytest.raises(CaseError, match="opens the case again"):
        case.put(
            date(2026, 4, 1),
            facts.Opened(title="t", lead="lead", name="Lead", received=opening.received,
                         terms=Terms(zone="Pacific/Honolulu")),
        )  # fmt: skip
    assert case.decide(datetime(2026, 5, 1, 22, 30, tzinfo=UTC)) == date(2026, 5, 1)


@pytest.mark.parametrize(
    "terms",
    [Terms(zone="../../etc/passwd"), Terms(zone="/etc/localtime"), Terms(closes="25:00"),
     Terms(deemed=(("post", 2), ("post", 3))), Terms(deemed=(("post", -1),))],
)  # fmt: skip
def test_terms_that_cannot_be(terms: Terms) -> None:
    with pytest.raises(UsageError):
        Case(terms=terms)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(UsageError, match="Europe/Atlantis"):
        Case(terms=Terms(zone="Europe/Atlantis")).decide(date(2026, 4, 1))


# Who may.


@pytest.mark.parametrize(
    "fact",
    [
        Served(of=0, party="basel", on=date(2026, 3, 2)),
        Allowed(step="answer", party="basel", days=1),
        Extended(of=0, days=1, because="So."),
        Closed(first=date(2026, 3, 2), last=date(2026, 3, 2), name="Flood"),
    ],
)
def test_only_the_lead_touches_the_time(fact: facts.Fact) -> None:
    case = Case()
    case.put(case.now, facts.Joined(party="ex", name="Ex", role="examiner", key="e"))
    event = Event(
        case="0" * 32, sequence=4, time=time_text(case.now), actor="ex", key="e", verb="v",
        tool="t", arguments={}, reads={}, writes=(ORDER,), facts=facts.fact_fields(fact), root="",
    )  # fmt: skip
    with pytest.raises(UsageError, match="only lead, the lead, can"):
        case.state.take(event)


def test_every_step_has_someone_who_takes_it() -> None:
    from typing import get_args

    from filiation.casefile.taken import TAKES
    from filiation.report.wording.clock import TAKEN

    assert set(TAKES) == set(TAKEN) == set(get_args(time_facts.TimedStep))


def test_a_case_that_was_opened_before_terms_were_stated_counts_as_it_did() -> None:
    case = Case(jurisdiction="GB", subdivision="ENG")
    fields = facts.fact_fields(case.state.opening)
    del fields["terms"]
    assert facts.read_fact(fields, "event 0") == case.state.opening
    assert case.due(date(2026, 3, 9)) == date(2026, 5, 1)

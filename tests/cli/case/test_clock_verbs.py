"""Service, deadlines, extensions and closed days, as people type them; overdue where it shows."""

from pathlib import Path

import pytest

from cli.case.conftest import at

LATE = "note: overdue: a decision was due on Friday, 2026-05-01, and none is on record"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    opened = ("open", "{}/case", "--title", "x", "--received", "2026-03-02", "--zone",
              "Europe/Berlin", "--deemed", "post=3", "-q")  # fmt: skip
    assert at(tmp_path, *opened).code == 0
    assert at(tmp_path, "party", "{}/case", "basel", "--role", "respondent", "-q").code == 0
    return tmp_path


def test_a_service_a_deadline_and_an_order(case: Path) -> None:
    served = at(case, "serve", "{}/case", "--party", "basel", "--by", "post", "--on", "2026-03-03")
    assert served.out.splitlines() == [
        "event 2: the complaint was served on basel by post on 2026-03-03; it counts as served on "
        "Friday, 2026-03-06",
        "  proof of service: none was put in",
    ]
    days = ("deadline", "{}/case", "answer", "--party", "basel", "--days", "14")
    assert "event 3: answer of basel: due on " in at(case, *days).out
    again = at(case, *days)
    assert (again.code, "more time is given by an order" in again.err) == (2, True)
    more = ("extend", "{}/case", "--of", "3", "--days", "7", "--because", "A disk failed.")
    none = at(case, *more)
    assert (none.code, "order: give either its text or --file" in none.err) == (2, True)
    given = at(case, *more, "Seven days more.").out
    assert "extended by 7 days; the order is submissions/lead/0004-order.txt" in given
    assert (case / "case/submissions/lead/0004-order.txt").read_text() == "Seven days more.\n"
    shown = at(case, "clock", "{}/case").out
    assert "(21 left; deadline of event 3, extended by the order of event 4)" in shown
    assert at(case, "answer", "{}/case", "--by", "basel", "No.").code == 0
    assert "answer of basel: on record in event 5, in time" in at(case, "status", "{}/case").out
    assert at(case, "verify", "{}/case").code == 0


def test_overdue_is_said_until_it_is_decided(case: Path) -> None:
    for verb in ("log", "verify"):
        assert LATE in at(case, verb, "{}/case").err
    assert LATE.removeprefix("note: ") in at(case, "clock", "{}/case").out
    assert "overdue" in at(case, "status", "{}/case").out
    assert at(case, "party", "{}/case", "acme", "--role", "claimant", "-q").code == 0
    assert at(case, "claim", "{}/case", "--by", "acme", "It was ours.").code == 0
    done = at(case, "decide", "{}/case", "dismiss", "--because", "Nothing was put in.")
    assert "after the deadline, which was Friday, 2026-05-01" in done.out
    log = at(case, "log", "{}/case")
    assert (LATE in log.err, "after-deadline=2026-05-01" in log.out) == (False, True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--zone", "Europe/Atlantis"), "'Europe/Atlantis': not known to this computer"),
        (("--deemed", "post"), "expected MEANS=DAYS"),
        (("--received", "2999-01-01"), "that day is to come"),
    ],
)
def test_terms_that_are_refused(tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    done = at(tmp_path, "open", "{}/case", "--title", "x", *more)
    assert (done.code, said in done.err) == (2, True)
    assert not (tmp_path / "case").exists()

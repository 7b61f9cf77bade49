"""Where a case stands: in ten lines for people, in one object for programs."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at, typed
from filiation.casefile.deeds import AloneStatus
from filiation.proceedings.status import status_of
from filiation.report.wording.standing import standing_rows


def test_a_case_that_was_just_opened(tmp_path: Path) -> None:
    opened = ("open", "{}/case", "--title", "Acme and Basel", "--received", "2026-03-02")
    assert at(tmp_path, *opened).code == 0
    done = at(tmp_path, "status", "{}/case", "--on", "2026-03-12")

    assert done.out.splitlines() == [
        "Acme and Basel: 1 event on record",
        "  parties   lead (lead, signs)",
        "  said      none yet",
        "  exhibits  none yet",
        "  plan      none yet",
        "  examined  none yet",
        "  decided   none yet",
        "  clock     day 10 of 60 calendar days on 2026-03-12; a decision is due on Friday, "
        "2026-05-01 (50 left); no holidays: no jurisdiction was named",
        "  next      admit a claimant (case party); admit a respondent (case party); "
        "the exhibits of both sides (case add)",
    ]


def test_what_was_examined_alone_is_not_followed_by_none_yet(tmp_path: Path) -> None:
    """A case about a log has no plan of models: "none yet" would be read as of the log."""
    assert at(tmp_path, "open", "{}/case", "--title", "A log").code == 0
    found = status_of(tmp_path / "case")
    alone = AloneStatus(exhibit="log", plan=3, coin=4, examined=5, reviewed=(6,))
    rows = dict(standing_rows(replace(found, alone=(alone,))))
    assert rows["alone"] == "log: examined, event 5, reviewed in event 6"
    assert "plan" not in rows and "examined" not in rows


def test_a_case_that_was_walked_through(walked: Walked) -> None:
    done = at(walked.folder, "status", "{}/case", "--on", "2026-05-13")
    lines = dict(line.strip().split(None, 1) for line in done.out.splitlines()[1:])

    assert (done.code, len(done.out.splitlines())) == (0, 12)
    assert "basel (respondent, the lead signs for it)" in lines["parties"]
    assert "alternative" not in lines["said"] and "trained on the same data" in lines["said"]
    assert lines["exhibits"].startswith("parent (")
    assert lines["documents"] == "mail"
    assert lines["plan"].endswith("of suspect, parent, s1, s2 (event 12)")
    assert lines["examined"] == "event 17, reviewed in event 18"
    assert lines["line-ups"] == "first (unmasked)"
    assert lines["decided"].startswith("need-more (event 20), after the deadline, which was ")
    assert "a decision is due on Monday, 2026-05-11 (2 days overdue)" in lines["clock"]
    assert "the stop of 2026-03-10 was entered afterwards, on " in lines["clock"]
    assert "the time had run out on Friday, 2026-05-01" in lines["clock"]
    assert "a decision was due on Friday, 2026-05-01" in lines["overdue"]
    assert lines["next"] == "the decision (case decide)"  # need-more ends nothing


def test_the_same_for_programs(walked: Walked) -> None:
    found = at(walked.folder, "status", "{}/case", "--on", "2026-05-13", "--json").json

    assert found["schema_version"] == 1
    assert [party["party"] for party in found["parties"] if party["signs"]] == [
        "tribunal", "acme", "first", "second",
    ]  # fmt: skip
    assert (found["plan"]["examined"], found["plan"]["reviewed"]) == (17, [18])
    assert found["plan"]["examinations"] == [[17, [18]]]
    assert (found["clock"]["reading"]["due"], found["clock"]["reading"]["left"]) == (
        "2026-05-11", -2,
    )  # fmt: skip
    assert json.loads(json.dumps(found)) == found


def test_it_writes_nothing_but_what_it_saw_and_needs_no_key(
    walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = (walked.folder / "case" / "head.json").stat().st_mtime_ns
    with monkeypatch.context() as patch:
        patch.setenv("FILIATION_HOME", str(walked.folder / "nowhere"))
        done = typed(walked.folder, ("status", "{}/case"))

    assert done.code == 0
    assert (walked.folder / "case" / "head.json").stat().st_mtime_ns == head
    assert [path.name for path in (walked.folder / "nowhere").iterdir()] == ["seen"]
    shutil.rmtree(walked.folder / "nowhere")

"""`case plan --subject-available`: the case dates the source, or the plan is not made."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.case.conftest import Walked, before
from cli.case.test_verbs import at
from cli.case.walk import stamped
from filiation.casefile.record import Record
from filiation.casefile.stamp import material_message, request_stamp

TODAY = datetime.now(UTC).date()
PLAN = ("plan", "{}/case", "--subject", "suspect", "--source", "parent", "--seed", "7")
WHEN = ("--subject-available", (TODAY + timedelta(days=1)).isoformat())


def planned(folder: Path) -> dict[str, str]:
    record = Record(folder / "case")
    raw = record.objects.get(record.state().plan.event.written("plan"))
    (asked,) = json.loads(raw)["questions"]
    found: dict[str, str] = asked["source_dated"]
    return found


def test_what_the_case_dates_is_examined_replayed_and_verified(
    walked: Walked, tmp_path: Path
) -> None:
    folder = before(walked, tmp_path, "plan")
    done = at(folder, *PLAN, *WHEN)

    assert done.code == 0, done.err
    assert (planned(folder)["by"], planned(folder)["subject_available"]) == (
        "countersigned",
        WHEN[1],
    )
    assert at(folder, "examine", "{}/case", "--as", "first").code == 0
    assert ": the same" in at(folder, "replay", "{}/case").out
    assert at(folder, "verify", "{}/case").code == 0
    for party in ("acme", "basel"):
        assert at(folder, "export", "{}/case", "--for", party, "-o", f"{{}}/for-{party}").code == 0
    theirs, ours = (at(folder, "replay", f"{{}}/for-{party}") for party in ("basel", "acme"))
    assert (theirs.code, ours.code) == (0, 0) and "findings: the same" in ours.out
    why = "examination (the plan dates its source by the events before it; withheld of them: 1)"
    assert f"{why}: not derived" in theirs.out  # acme's confidential statement may be what dates


def test_what_it_does_not_date_before_that_day_is_refused(walked: Walked, tmp_path: Path) -> None:
    folder = before(walked, tmp_path, "plan")
    size = Record(folder / "case").head()
    done = at(folder, *PLAN, "--subject-available", TODAY.isoformat())

    assert done.code == 2 and "could have been chosen" in done.err
    assert Record(folder / "case").head() == size


@pytest.mark.parametrize("days", [2, 60, 1500])
def test_a_day_on_which_the_case_held_the_subject_already_is_refused(
    walked: Walked, tmp_path: Path, days: int
) -> None:
    """The authority's own record says otherwise."""
    folder = before(walked, tmp_path, "plan")
    size = Record(folder / "case").head()
    late = (TODAY + timedelta(days=days)).isoformat()
    done = at(folder, *PLAN, "--subject-available", late)

    assert done.code == 2 and "suspect was put into this case on" in done.err
    assert Record(folder / "case").head() == size


def test_a_stamp_over_the_digest_is_checked_and_kept(walked: Walked, tmp_path: Path) -> None:
    pytest.importorskip("rfc3161_client")
    folder = before(walked, tmp_path, "plan")
    record = Record(folder / "case")
    exhibits = record.state().exhibits
    answers = {}
    for name in ("parent", "s1"):
        (folder / "q").write_bytes(request_stamp(material_message(exhibits[name].fact.digest)))
        answers[name] = folder / f"{name}.tsr"
        stamped(folder / "authority", folder / "q", answers[name])
    roots = ("--stamp-roots", "{}/authority/ca.pem")
    other = at(folder, *PLAN, *WHEN, "--source-stamp", str(answers["s1"]), *roots)
    alone = at(folder, *PLAN, "--source-stamp", str(answers["parent"]), *roots)
    done = at(folder, *PLAN, *WHEN, "--source-stamp", str(answers["parent"]), *roots)

    assert (other.code, "not a stamp of this head or digest" in other.err) == (3, True)
    assert (alone.code, "needs --source-stamp" in alone.err) == (2, True)
    assert done.code == 0, done.err
    assert planned(folder)["digest"] == exhibits["parent"].fact.digest
    assert at(folder, "verify", "{}/case").code == 0
    shutil.rmtree(folder)


def test_what_is_not_a_day_is_told_what_is(walked: Walked, tmp_path: Path) -> None:
    folder = before(walked, tmp_path, "plan")
    done = at(folder, *PLAN, "--subject-available", "tomorrow")

    assert done.code == 2
    assert "--subject-available 'tomorrow': expected a day such as 2026-11-29" in done.err

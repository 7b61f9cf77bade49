"""A dispute in a notebook: what its record holds, and deeds that the laws allow."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import filiation as fl
from command import Command


@pytest.fixture
def case(filiation: Command, folder: Path) -> fl.Case:
    where = folder / "case"
    assert filiation("case", "open", where, "--title", "Orders <b>", "-q").code == 0
    return fl.open_case(where)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_from_its_opening_to_its_decision(filiation: Command, case: fl.Case, folder: Path) -> None:
    assert (case.plan, case.examinations, case.decision) == (None, {}, None)
    for name in ("parent", "child", "other"):
        case.add(folder / f"{name}.order", name=name, offered_by="lead", how="from the log")
    case.fix_plan(subject="child", source="parent", controls=["other"])
    found = case.examine()
    event = max(case.examinations)
    assert filiation("case", "key", "second").code == 0
    key = folder / "home" / "keys" / "second.pub"
    case.admit("second", role="reviewer", public_key=key)
    case.review("Computed again, the same.", agrees=True, acting="second")
    with pytest.raises(fl.errors.UsageError, match="no claim is on record"):
        case.decide("escalate", because="The order is the parent's.")
    case.admit("acme", role="claimant")
    assert filiation("case", "claim", case.folder, "--by", "acme", "It was ours.").code == 0
    first = case.decide("need-more", because="The answer is awaited.")
    last = case.decide("escalate", because="The order is the parent's.", supersedes=first)

    assert found["reading-order"].toward == "derivation"
    assert case.examinations[event].to_dict() == found.to_dict()
    assert case.plan is not None and case.plan.digest == found.plan.digest
    assert case.decision == "escalate" and case.records()[-1]["sequence"] == last
    assert [one["name"] for one in case.exhibits] == ["parent", "child", "other"]
    assert [one["role"] for one in case.parties] == ["lead", "reviewer", "claimant"]
    assert case.clock["counting"] == "calendar"
    assert case.status("2031-01-01")["clock"]["on"] == "2031-01-01"
    assert json.loads(json.dumps(case.records())) == case.records()
    kept = case.verify(head=case.head)
    assert kept and (kept.problems, kept.notes, kept.checked["events"]) == ((), (), last + 1)
    assert repr(kept).startswith(f"<Verified: holds; {last + 1} events, ")
    assert not case.verify(head=f"1:{'0' * 64}")
    with pytest.raises(fl.errors.UsageError, match="expected SIZE:ROOT"):
        case.verify(head="1")
    assert filiation("case", "verify", case.folder, "-q").code == 0
    with pytest.raises(fl.errors.UsageError, match="examined in a case"):
        found.save(folder / "out")


def test_the_source_is_dated_by_the_record_or_the_plan_is_not_made(
    filiation: Command, case: fl.Case, folder: Path
) -> None:
    assert filiation("case", "key", "second").code == 0
    key = folder / "home" / "keys" / "second.pub"
    case.admit("second", role="reviewer", public_key=key)
    for name, party in (("parent", "second"), ("child", "lead")):
        case.add(
            folder / f"{name}.order", name=name, offered_by=party, how="from the log", acting=party
        )
    sides = {"subject": "child", "source": "parent"}
    today = datetime.now(UTC).date()
    with pytest.raises(fl.errors.UsageError, match="expected a day such as 2026-11-29"):
        case.fix_plan(**sides, subject_available="tomorrow")
    with pytest.raises(fl.errors.UsageError, match="could have been chosen"):
        case.fix_plan(**sides, subject_available=today.isoformat())
    with pytest.raises(fl.errors.UsageError, match="--stamp-roots"):
        case.fix_plan(**sides, source_stamp=folder / "parent.order")
    assert case.plan is None

    after = (today + timedelta(days=1)).isoformat()
    case.fix_plan(**sides, subject_available=after)
    (question,) = case.examine().to_dict()["plan"]["questions"]
    assert question["source_dated"]["by"] == "countersigned"
    assert question["source_dated"]["subject_available"] == after


def test_it_is_shown(case: fl.Case) -> None:
    assert repr(case) == "<Case 'Orders <b>': 1 events, 1 parties>"
    page = case._repr_html_()
    assert "Orders &lt;b&gt;" in page and "<b>" not in page and "(lead, signs)" in page


def test_a_refused_deed_leaves_nothing(case: fl.Case, folder: Path) -> None:
    before = tree(case.folder)
    with pytest.raises(fl.errors.UsageError, match="no plan was fixed"):
        case.examine()
    with pytest.raises(fl.errors.UsageError, match="no exhibit"):
        case.fix_plan(subject="child", source="parent")
    with pytest.raises(fl.errors.UsageError, match="no party"):
        case.add(folder / "child.order", name="x", offered_by="nobody", how="found")

    assert tree(case.folder) == before


def test_an_altered_record_is_told(case: fl.Case) -> None:
    (case.folder / "objects" / "sha256").mkdir(parents=True, exist_ok=True)
    (case.folder / "objects" / "sha256" / "stray").write_text("added")

    found = case.verify()
    assert not found and not found.holds and len(found.problems) == 1
    assert repr(found) == f"<Verified: does not hold; {found.problems[0]}>"


def test_what_is_no_case_is_refused(folder: Path) -> None:
    with pytest.raises(fl.errors.UsageError, match="no case here"):
        fl.open_case(folder)
    with pytest.raises(fl.errors.UsageError, match="no such file"):
        fl.open_case(folder / "nowhere")


def test_a_page_is_shown_as_it_is_served(case: fl.Case) -> None:
    assert {"index.html", "kinship.html", "gaps.html", "clock.html"} <= {*case.pages}
    page = case.page()
    assert page.html == case.page("index.html").html and page.path == "index.html"
    shown = page._repr_html_()
    assert shown.startswith("<iframe sandbox ") and "allow" not in shown.partition("srcdoc")[0]
    assert shown.count("<iframe") == 1 and "<b>" not in shown and "&amp;lt;b&amp;gt;" in shown
    for wrong in ("nothing.html", "../case.toml", "index", "examinations/0/report.json", "x" * 999):
        with pytest.raises(fl.errors.UsageError, match="no page"):
            case.page(wrong)

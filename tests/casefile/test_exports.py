"""What the receiver of an export holds by name, and what is found if somebody changes it."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from casefile.records import ACME, LEAD
from filiation.casefile.exchange import export_checked
from filiation.casefile.exchange.export import EXPORT_KIND, README, plan_export, write_export
from filiation.casefile.exchange.export_checked import check_export, is_export
from filiation.casefile.ledger.dsse import seal
from filiation.casefile.record import Record
from filiation.errors import FiliationError
from filiation.proceedings.reading_log import events_of, head_of
from filiation.report.wording.readme import readme

COPIES = (README, "keys/acme.pub", "submissions/acme/0003-claim.txt")


@pytest.fixture
def sub(record: Record, tmp_path: Path) -> Path:
    told = readme("Acme\x1b[2J", record.id, "lead", "basel")
    write_export(record, plan_export(record, "basel", LEAD, readme=told.encode()), tmp_path / "sub")
    return tmp_path / "sub"


def said(folder: Path) -> str:
    try:
        check_export(folder)
    except FiliationError as error:
        return str(error)
    return ""


def test_it_holds_a_readme_and_what_people_read_by_name(record: Record, sub: Path) -> None:
    assert is_export(sub) and said(sub) == ""
    assert "\x1b" not in (sub / README).read_text()
    assert (sub / COPIES[2]).read_bytes() == b"Our weights.\n"
    assert [one.event.sequence for one in events_of(sub)] == list(range(6))
    assert head_of(sub) == "{}:{}".format(*record.head())


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_that_was_changed_or_removed_is_named(sub: Path, name: str) -> None:
    whole = (sub / name).read_bytes()
    (sub / name).unlink()
    assert said(sub) == f"{name}: not there; it was removed"
    (sub / name).write_bytes(whole + b" ")
    assert said(sub).startswith(f"{name}: sha256 is")


def test_one_partys_key_under_anothers_name_is_named(sub: Path) -> None:
    """The receiver compares the key in `keys/` with its own: it must be the one on record."""
    (sub / "keys" / "acme.pub").unlink()
    shutil.copy(sub / "keys" / "lead.pub", sub / "keys" / "acme.pub")
    assert said(sub).startswith("keys/acme.pub: sha256 is")
    shutil.copy(sub / "keys" / "lead.pub", sub / "keys" / "basel.pub")
    assert "keys/basel.pub: the export does not name it; it was added" in said(sub)


def test_what_nothing_names_and_what_leads_out_is_named(sub: Path) -> None:
    (sub / "reports").mkdir()
    (sub / "reports" / "0009-report.html").write_text("<p>Guilty.")
    assert "reports/0009-report.html: the export does not name it; it was added" in said(sub)
    shutil.rmtree(sub / "reports")
    (sub / README).unlink()
    (sub / README).symlink_to("/etc/hostname")
    assert f"{README}: a link that leads out of sub" in said(sub)


@pytest.mark.parametrize("name", ["logs/../../x", "/logs/x", "", "objects/x", "export.json"])
def test_what_goes_along_leads_nowhere_else(name: str) -> None:
    with pytest.raises(ValueError, match="leads out of logs and pages"):
        export_checked._files({name: "0"})


def test_an_export_of_an_earlier_version_has_none_and_is_checked(
    record: Record, tmp_path: Path
) -> None:
    write_export(record, plan_export(record, "basel", LEAD), tmp_path / "old")
    for name in COPIES[1:]:
        (tmp_path / "old" / name).unlink()
    assert said(tmp_path / "old") == ""
    (tmp_path / "old" / README).write_text("Trust me.")
    assert said(tmp_path / "old") == f"{README}: the export does not name it; it was added"


def test_a_party_cannot_make_one(record: Record, tmp_path: Path) -> None:
    write_export(record, plan_export(record, "acme", ACME, readme=b"x\n"), tmp_path / "sub")
    assert "not signed by lead, the lead" in said(tmp_path / "sub")


def test_an_event_in_anothers_place_is_named_though_the_lead_signed(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lead gives out a log in which the answer stands before the claim."""
    events = record.signed()
    events[3], events[4] = events[4], events[3]
    with monkeypatch.context() as patch:
        patch.setattr(Record, "signed", lambda self: events)
        made = plan_export(record, "basel", LEAD, readme=b"x\n")
    write_export(record, made, tmp_path / "sub")
    assert "event 3: was not signed as event 3 of this case" in said(tmp_path / "sub")


def relisted(sub: Path, found: dict[str, Any]) -> None:
    (sub / "export.json").unlink()
    (sub / "export.json").write_bytes(rfc8785.dumps(found) + b"\n")


def without_claim(sub: Path) -> dict[str, Any]:
    """The receiver takes the claim out, as if the lead had withheld it."""
    found: dict[str, Any] = json.loads((sub / "export.json").read_bytes())
    written = json.loads(base64.b64decode(json.loads(found["events"][3]["envelope"])["payload"]))
    found["events"][3]["envelope"] = None
    for one in written["writes"]:
        found["objects"].remove(one["sha256"])
        next(sub.glob(f"objects/*/*/{one['sha256']}")).unlink()
    (sub / COPIES[2]).unlink()
    return found


def test_the_receiver_takes_nothing_out_unseen(sub: Path) -> None:
    relisted(sub, without_claim(sub))
    assert "are withheld than the lead's head says; they were taken out after" in said(sub)


def test_a_statement_alone_is_not_taken_out_unseen(sub: Path) -> None:
    whole = json.loads((sub / "export.json").read_bytes())
    found = without_claim(sub)
    relisted(sub, {**found, "events": whole["events"]})
    assert "are withheld than the lead's head says" in said(sub)


def test_the_head_of_an_earlier_version_does_not_say_what_is_withheld(sub: Path) -> None:
    found = json.loads((sub / "export.json").read_bytes())
    named = json.loads(base64.b64decode(json.loads(found["head"])["payload"]))
    assert named.pop("withheld")["events"] == []
    relisted(sub, {**found, "head": seal(EXPORT_KIND, rfc8785.dumps(named), LEAD).decode()})
    assert said(sub) == ""

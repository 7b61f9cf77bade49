"""A case that an earlier version made: `edition-1.zip`, as commit 4ceef90 wrote it.

The lead put in for acme, which has a key; it decided twice, without naming the first decision; acme
made an export. The keys are those of `records`.
"""

import zipfile
from pathlib import Path

import pytest

from casefile.records import ACME, LEAD
from filiation.casefile import facts
from filiation.casefile.check import check_record
from filiation.casefile.heads import COUNTERSIGNED
from filiation.casefile.record import Draft, Record
from filiation.errors import CaseError
from filiation.report.wording.verified import holds

KEPT = Path(__file__).with_name("edition-1.zip")


@pytest.fixture
def old(tmp_path: Path) -> Record:
    with zipfile.ZipFile(KEPT) as held:
        held.extractall(tmp_path / "case")
    return Record(tmp_path / "case")


def test_it_opens_and_verify_says_who_can_sign_for_its_log(old: Record) -> None:
    checked = check_record(old)
    assert (checked.events, checked.problems, checked.signed_for) == (10, (), None)
    assert list(holds(checked))[3:] == [
        "4. opened under the first edition of the laws: any party's key signs for a log",
        "5. nothing outside this folder was compared: an earlier copy of all of it would look the "
        "same",
    ]


def test_it_goes_on_under_the_laws_it_was_opened_under(old: Record) -> None:
    decided = facts.Decided(outcome="dismiss", because="A third time.")
    old.append(Draft(verb="decide", fact=decided), "lead", LEAD)
    said = facts.Stated(kind="claim", party="acme", title="more")
    old.append(Draft(verb="claim", fact=said), "acme", ACME)
    assert check_record(old).problems == ()
    assert not (old.folder / COUNTERSIGNED).exists()


def test_it_is_not_told_that_it_is_of_a_later_edition(old: Record) -> None:
    """Nobody takes the lead's head away by calling a new case an old one: its digest is signed."""
    settings = old.folder / "case.toml"
    settings.write_text(settings.read_text().replace("schema_version = 1", "schema_version = 2"))
    assert any("case.toml: sha256 is" in said for said in check_record(old).problems)
    settings.write_text(settings.read_text().replace("schema_version = 2", "schema_version = 3"))
    with pytest.raises(CaseError, match="made by a newer version of filiation"):
        Record(old.folder)

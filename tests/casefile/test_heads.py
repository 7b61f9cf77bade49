"""Whose is the head of a log? What a party's key can cut, and what shows it."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefile.records import ACME, LEAD, OPENED, acme_joins, answer, basel_joins, claim, small_case
from casefile.test_altered import envelopes, problems, refill
from filiation.casefile.check import check_record
from filiation.casefile.heads import COUNTERSIGNED, HEAD, HEAD_KIND
from filiation.casefile.ledger.dsse import seal
from filiation.casefile.ledger.event import Event, read_event, sign_event
from filiation.casefile.ledger.merkle import leaf_hash, tree_root
from filiation.casefile.ledger.objects import digest_file
from filiation.casefile.ledger.staging import Staged
from filiation.casefile.record import Record
from filiation.casefile.seen import last_seen, seen_at
from filiation.errors import CaseError, UnwritableError


def forget(record: Record) -> None:
    """As on a computer that has not seen the case."""
    seen_at(record.id).unlink(missing_ok=True)


def sign_for(record: Record, key: Ed25519PrivateKey, name: str) -> None:
    """What a forger does: a head of the log as it stands, with a key of theirs."""
    leaves = [leaf_hash(raw) for raw in envelopes(record)]
    head = {
        "case": record.id, "size": len(leaves), "root": tree_root(leaves).hex(),
        "time": "2026-03-02T09:14:05.000000Z", "actor": "acme",
        "database": digest_file(record.log)[0],
    }  # fmt: skip
    put(record.folder / name, seal(HEAD_KIND, rfc8785.dumps(head), key))


def put(path: Path, raw: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(raw)


def cut(record: Record, size: int) -> None:
    """The last events, their copies and their objects are gone."""
    gone = record.state().events[size:]
    refill(record, envelopes(record)[:size])
    for written in (written for event in gone for written in event.writes):
        record.objects.path(written.sha256).unlink()
        (record.folder / written.shown).unlink()
    forget(record)


@pytest.mark.parametrize("size", [3, 4, 5])
def test_a_claimants_key_cannot_cut_the_log(record: Record, size: int) -> None:
    """Acme cuts, and signs for what is left; the lead's head names more."""
    cut(record, size)
    sign_for(record, ACME, HEAD)
    said = problems(record.folder)
    assert said == (
        f"case.db: {size} events, but the head that was signed names 6 (countersigned.json); the "
        f"log was truncated by {6 - size}"
    )

    sign_for(record, ACME, COUNTERSIGNED)
    assert problems(record.folder) == (
        "countersigned.json: not signed by lead, the lead; altered or removed"
    )
    with pytest.raises(CaseError, match=r"not signed by lead, the lead.*nothing is added"):
        record.append(answer(), "lead", LEAD)

    (record.folder / COUNTERSIGNED).unlink()
    assert problems(record.folder) == "countersigned.json: not there; altered or removed"
    with pytest.raises(CaseError, match=r"countersigned\.json: not there"):
        record.append(answer(), "lead", LEAD)


def test_a_log_cut_to_its_opening_is_not_a_case_that_was_just_opened(record: Record) -> None:
    """A case comes to be with its heads; without them it was altered, however short it is."""
    (record.folder / "keys" / "acme.pub").unlink()
    refill(record, envelopes(record)[:1])
    for name in (HEAD, COUNTERSIGNED):
        (record.folder / name).unlink()
    forget(record)
    assert "head.json: not there; altered or removed" in problems(record.folder)
    with pytest.raises(CaseError, match=r"head\.json: not there; removed; nothing is added"):
        record.append(acme_joins(), "lead", LEAD)


def test_an_early_head_of_the_lead_is_not_enough(tmp_path: Path) -> None:
    """Acme kept the lead's head from the beginning, and puts it under a log that was cut later."""
    record = Record.create(tmp_path / "case", OPENED, LEAD, {})
    early = (record.folder / COUNTERSIGNED).read_bytes()
    record.append(acme_joins(), "lead", LEAD)
    record.append(claim(), "acme", ACME)
    record.append(basel_joins(), "lead", LEAD)
    record.append(claim(b"More.\n"), "acme", ACME)
    cut(record, 4)
    sign_for(record, ACME, HEAD)
    assert problems(record.folder) == ""  # after the lead's last act anybody can cut: it is told
    assert check_record(record).signed_for == 4
    put(record.folder / COUNTERSIGNED, early)
    assert "lead signed for 1 events there, and has acted in event 1 since" in problems(
        record.folder
    )


def test_what_others_add_is_the_leads_after_a_countersignature(record: Record) -> None:
    """Until then verify says how much could be cut; then no other key can."""
    record.append(claim(title="second"), "acme", ACME)
    checked = check_record(record)
    assert (checked.signed_for, checked.events, checked.problems) == (6, 7, ())

    with pytest.raises(CaseError, match="altered"):
        put(record.folder / COUNTERSIGNED, b"{}")
        record.countersign(LEAD)
    shutil.copy(record.folder / HEAD, record.folder / COUNTERSIGNED)
    assert "not signed by lead, the lead" in problems(record.folder)


def test_countersigning_adds_no_event(record: Record) -> None:
    record.append(claim(title="second"), "acme", ACME)
    assert record.countersign(LEAD) == 7
    checked = check_record(record)
    assert (checked.signed_for, checked.events, checked.problems) == (7, 7, ())

    cut(record, 6)
    sign_for(record, ACME, HEAD)
    assert "names 7 (countersigned.json); the log was truncated by 1" in problems(record.folder)
    with pytest.raises(CaseError, match="nothing is added"):
        record.countersign(LEAD)


def test_an_earlier_copy_of_everything_shows_against_what_this_computer_saw(
    record: Record, tmp_path: Path
) -> None:
    """Nothing inside shows it, and verify on a computer that never saw more says so."""
    earlier = Record(shutil.copytree(record.folder, tmp_path / "earlier"))
    record.append(claim(title="second"), "acme", ACME)
    record.countersign(LEAD)
    seen = last_seen(record.id)
    assert seen is not None and (seen.size, seen.roots[-1]) == record.head()

    for verb in (earlier.state, earlier.head, earlier.roots, lambda: earlier.countersign(LEAD),
                 lambda: earlier.append(answer(), "lead", LEAD)):  # fmt: skip
        with pytest.raises(CaseError, match=r"this computer saw 7 events .* here are 6"):
            verb()
    assert "this computer saw 7 events of this case" in problems(earlier.folder)
    assert check_record(record).compared == ("the 7 events of it that this computer saw before",)

    forget(record)
    assert check_record(earlier).problems == check_record(earlier).compared == ()


def test_two_copies_that_went_different_ways_show(record: Record, tmp_path: Path) -> None:
    """The lead tells acme one history and basel another."""
    other = Record(shutil.copytree(record.folder, tmp_path / "other"))
    record.append(answer(), "lead", LEAD)
    record.append(answer(), "lead", LEAD)
    kept = seen_at(record.id).read_bytes()
    forget(record)
    for _ in range(3):
        other.append(answer(), "lead", LEAD)
    seen_at(record.id).write_bytes(kept)

    with pytest.raises(CaseError, match="event 6 is not the one that this computer saw"):
        other.state()
    assert "event 6 is not the one that" in problems(other.folder)


def test_what_is_not_signed_is_not_remembered(record: Record) -> None:
    """An opponent's junk in the log would else make the true case look cut."""
    rows, root = envelopes(record), record.head()[1]
    before = last_seen(record.id)
    event = read_event(rows[-1], "event").event
    junk = sign_event(replace(event, sequence=6, root=root), Ed25519PrivateKey.generate())
    refill(record, [*rows, junk])
    assert len(record.signed()) == 7
    assert last_seen(record.id) == before
    refill(record, rows)
    assert len(record.signed()) == 6


def test_a_case_id_is_no_path(tmp_path: Path) -> None:
    assert seen_at("../../../etc/passwd").parent == seen_at("0" * 32).parent


@pytest.mark.parametrize("junk", [b"", b"[]", b'{"size": "x"}', b"\xff"])
def test_junk_in_place_of_what_was_seen_is_named(record: Record, junk: bytes) -> None:
    record.head()
    seen_at(record.id).write_bytes(junk)
    with pytest.raises(CaseError, match="no head that was kept of this case"):
        record.state()


def test_where_nothing_can_be_kept_the_case_still_opens(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILIATION_HOME", "/proc/nowhere")
    record.append(answer(), "lead", LEAD)
    assert (check_record(record).problems, check_record(record).compared) == ((), ())


@pytest.mark.parametrize("event", [3, 4])
def test_a_deleted_copy_of_a_statement_is_an_alteration(tmp_path: Path, event: int) -> None:
    """Of the last event, too: its head says that the copy had been written."""
    record = small_case(tmp_path / "case")
    if event == 3:
        record.append(claim(title="second"), "acme", ACME)
        event = 6
    shown = record.state().events[event].writes[0].shown
    (record.folder / shown).unlink()

    checked = check_record(record)
    assert checked.notes == ()
    assert checked.problems == (f"{shown}: not there; event {event} wrote it, it was removed",)


def test_an_interruption_before_the_head_is_a_note_and_is_mended(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event is on record, its copy and head are not; the next verb writes both."""

    def full_disk(_: Record, events: Sequence[Event], staged: Staged) -> None:
        if events[-1].sequence == 6:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Record, "_show", full_disk)
        with pytest.raises(UnwritableError, match="event 6 is on record"):
            record.append(claim(title="second"), "acme", ACME)
    checked = check_record(record)
    assert checked.problems == ()
    assert [note.partition(":")[0] for note in checked.notes] == [
        HEAD, "submissions/acme/0006-claim.txt",
    ]  # fmt: skip
    record.append(answer(), "lead", LEAD)
    checked = check_record(record)
    assert (checked.problems, checked.notes, checked.signed_for) == ((), (), 8)

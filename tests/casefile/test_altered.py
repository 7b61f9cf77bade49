"""Whatever is altered in a case is found, and named by place."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casefile.records import ACME, LEAD, answer, claim, ticking
from filiation.casefile.check import check_record
from filiation.casefile.heads import HEAD_KIND
from filiation.casefile.ledger.dsse import seal
from filiation.casefile.ledger.event import KIND, read_event, sign_event, time_text
from filiation.casefile.ledger.keys import public_pem
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.store import create_log
from filiation.casefile.record import Record
from filiation.casefile.seen import seen_at
from filiation.errors import CaseError, FiliationError
from filiation.numerics.rng import stream

FILES = ("case.toml", "case.db", "head.json", "keys/acme.pub", "submissions/acme/0003-claim.txt")


def problems(folder: Path) -> str:
    """All problems as text; a case that cannot be opened has one."""
    try:
        return "\n".join(check_record(Record(folder)).problems)
    except FiliationError as error:
        return str(error)


def rewrite(record: Record, change: str, *values: object) -> None:
    """Alter the database as someone would who knows SQL."""
    with closing(sqlite3.connect(record.log)) as database, database:
        for trigger in ("event_in_order", "event_not_changed", "event_not_removed"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(change, values)


def refill(record: Record, envelopes: list[bytes]) -> None:
    """A new database with the right schema and these rows: what a careful forger leaves."""
    record.log.unlink()
    create_log(record.log)
    with closing(sqlite3.connect(record.log)) as database, database:
        database.executemany("INSERT INTO event VALUES (?, ?)", list(enumerate(envelopes)))


def envelopes(record: Record) -> list[bytes]:
    return [raw for _, raw in record.rows()]


def test_a_case_that_nobody_altered(record: Record) -> None:
    checked = check_record(record)

    assert (checked.events, checked.problems, checked.notes) == (6, (), ())


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_anywhere_is_named(record: Record, name: str) -> None:
    path = record.folder / name
    whole = path.read_bytes()
    rng = stream(0, "flips", name)
    for place in rng.choice(len(whole), size=min(len(whole), 60), replace=False):
        raw = bytearray(whole)
        raw[place] ^= 1 << int(rng.integers(8))
        path.chmod(0o644)
        path.write_bytes(raw)
        assert name in problems(record.folder), (name, place)
    path.write_bytes(whole)
    assert problems(record.folder) == ""


def test_a_flipped_bit_in_every_object_is_named(record: Record) -> None:
    for path in record.objects.present():
        whole = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
        assert path.name in problems(record.folder)
        path.write_bytes(whole)


def test_every_removed_file_is_named(record: Record) -> None:
    for name in (*FILES[1:], *(p.relative_to(record.folder) for p in record.objects.present())):
        aside = record.folder.with_name("aside")
        (record.folder / name).rename(aside)
        assert str(name) in problems(record.folder)
        aside.rename(record.folder / name)


def test_an_added_file_is_named(record: Record) -> None:
    (record.folder / "submissions" / "acme" / "late.txt").write_text("x")

    assert "submissions/acme/late.txt: no event names it; it was added" in problems(record.folder)


def test_the_log_refuses_update_and_delete(record: Record) -> None:
    with closing(sqlite3.connect(record.log)) as database:
        for change in (
            "UPDATE event SET envelope = x'00' WHERE sequence = 1",
            "DELETE FROM event WHERE sequence = 5",
            "INSERT INTO event VALUES (9, x'00')",
            "INSERT OR REPLACE INTO event VALUES (5, x'00')",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(change)


def test_a_removed_row_is_named(record: Record) -> None:
    rewrite(record, "DELETE FROM event WHERE sequence = 2")
    found = problems(record.folder)

    assert "event 2 was removed" in found
    assert "event_not_removed is not as this version makes it" in found


def test_a_removed_row_with_the_others_renumbered_is_named(record: Record) -> None:
    rows = envelopes(record)
    refill(record, rows[:2] + rows[3:])
    found = problems(record.folder)

    assert "row 2 holds event 3; rows were removed or reordered" in found
    assert "event 2: names another history" in found


def test_reordered_rows_are_named(record: Record) -> None:
    rows = envelopes(record)
    refill(record, [*rows[:3], rows[4], rows[3], rows[5]])

    assert "row 3 holds event 4" in problems(record.folder)
    assert "row 4 holds event 3" in problems(record.folder)


@pytest.mark.parametrize("cut", [1, 3])
def test_a_truncated_log_is_named(record: Record, cut: int) -> None:
    refill(record, envelopes(record)[:-cut])

    assert f"the log was truncated by {cut}" in problems(record.folder)


def test_nothing_is_added_to_a_truncated_log(record: Record) -> None:
    refill(record, envelopes(record)[:-1])

    with pytest.raises(CaseError, match="the log was truncated by 1; nothing is added"):
        record.append(claim(), "acme", ACME)


def test_a_log_truncated_with_its_head_is_found_by_a_head_kept_elsewhere(record: Record) -> None:
    aside = record.folder.with_name("earlier")
    shutil.copytree(record.folder, aside)
    record.append(answer(), "lead", LEAD)
    kept = record.head()
    earlier = Record(aside)

    seen_at(record.id).unlink()  # by another computer, which has not seen the case
    assert check_record(earlier).problems == ()
    assert check_record(earlier).compared == ()
    (found,) = check_record(earlier, pinned=kept).problems
    assert "the head kept elsewhere names 7; the log was truncated" in found
    assert check_record(record, pinned=earlier.head()).problems == ()


def test_an_old_head_put_in_place_is_named(record: Record) -> None:
    head = (record.folder / "head.json").read_bytes()
    record.append(answer(), "lead", LEAD)
    record.append(answer(), "lead", LEAD)
    (record.folder / "head.json").unlink()
    (record.folder / "head.json").write_bytes(head)

    assert "an older head was put in its place" in problems(record.folder)


def test_a_swapped_public_key_is_named(record: Record) -> None:
    other = public_pem(Ed25519PrivateKey.generate().public_key())
    path = record.folder / "keys" / "acme.pub"
    path.unlink()
    path.write_bytes(other)

    assert "keys/acme.pub: sha256 is" in problems(record.folder)


def test_an_event_signed_again_with_another_key_is_named(record: Record) -> None:
    """The forger holds a key of their own and rebuilds history and head digests consistently."""
    forger = Ed25519PrivateKey.generate()
    rows = envelopes(record)
    event = read_event(rows[3], "event").event
    rows[3] = sign_event(replace(event, facts={**event.facts, "title": "forged"}), forger)
    refill(record, rows)
    found = problems(record.folder)

    assert "event 3: signed with" in found and "no party's key; it was swapped" in found
    assert "event 4: names another history" in found


def test_an_event_that_its_own_author_rewrites_is_named(record: Record) -> None:
    """Acme holds the right key, but what others signed after it names the old history."""
    rows = envelopes(record)
    event = read_event(rows[3], "event").event
    rows[3] = sign_event(replace(event, facts={**event.facts, "title": "better"}), ACME)
    refill(record, rows)

    assert "event 4: names another history than the 4 events before it" in problems(record.folder)


def test_a_clock_moved_back_is_refused_and_named(record: Record) -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(CaseError, match="the clock was moved back"):
        record.append(claim(), "acme", ACME, clock=lambda: early)
    assert problems(record.folder) == ""

    rows = envelopes(record)
    tree = Growing([leaf_hash(raw) for raw in rows])
    event = read_event(rows[-1], "event").event
    late = replace(event, sequence=6, time=time_text(early), root=tree.root.hex())
    late = replace(late, facts={"kind_of_fact": "resumed", "on": "2026-03-20"})
    refill(record, [*rows, sign_event(late, LEAD)])

    assert "event 6: signed at 2020-01-01" in problems(record.folder)
    assert "the clock was moved back" in problems(record.folder)


def test_an_event_of_another_case_is_named(record: Record) -> None:
    rows = envelopes(record)
    tree = Growing([leaf_hash(raw) for raw in rows])
    event = read_event(rows[4], "event").event
    stranger = replace(event, case="0" * 32, sequence=6, root=tree.root.hex())
    refill(record, [*rows, sign_event(stranger, LEAD)])

    assert "event 6: belongs to another case" in problems(record.folder)


def test_a_signed_event_that_breaks_a_law_is_named(record: Record) -> None:
    """The respondent's words over the lead's key, though acme signs for itself."""
    rows = envelopes(record)
    tree = Growing([leaf_hash(raw) for raw in rows])
    event = read_event(rows[3], "event").event
    forged = replace(event, sequence=6, root=tree.root.hex(), actor="lead", key=event.key)
    refill(record, [*rows, sign_event(forged, LEAD)])
    found = problems(record.folder)

    assert "event 6" in found and "another key was put in its place" in found


def test_two_spellings_of_an_envelope_are_not_two_events(record: Record) -> None:
    rows = envelopes(record)
    refill(record, [*rows[:-1], rows[-1].replace(b'":"', b'" : "', 1)])

    assert "written in another way than it was signed" in problems(record.folder)


def test_events_signed_in_order_are_believed(record: Record) -> None:
    tick = ticking(datetime(2100, 1, 1, tzinfo=UTC))
    for _ in range(3):
        record.append(claim(), "acme", ACME, clock=tick)

    assert check_record(record).problems == ()


def test_a_link_in_place_of_a_file_is_named(record: Record) -> None:
    path = record.folder / "keys" / "acme.pub"
    elsewhere = record.folder.with_name("elsewhere.pub")
    path.rename(elsewhere)
    path.symlink_to(elsewhere)

    assert "keys/acme.pub: a link, expected a file" in problems(record.folder)


@pytest.mark.parametrize("shown", ["../outside.txt", "/etc/outside", "keys/../../x.pub", "case.db"])
def test_an_opponents_event_cannot_write_outside(record: Record, shown: str) -> None:
    """Acme signs a lawful claim whose copy would lie elsewhere, and sends the database back."""
    rows = envelopes(record)
    tree = Growing([leaf_hash(raw) for raw in rows])
    payload = json.loads(read_event(rows[3], "event").envelope.payload)
    payload |= {"sequence": 6, "root": tree.root.hex()}
    payload["writes"][0]["shown"] = shown
    refill(record, [*rows, seal(KIND, rfc8785.dumps(payload), ACME)])

    assert "leads out of the folders for copies" in problems(record.folder)
    with pytest.raises(CaseError, match="leads out of the folders"):
        record.append(answer(), "lead", LEAD)
    assert not record.folder.with_name("outside.txt").exists()


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"size":"x"}'])
def test_nothing_is_added_under_a_head_that_is_none(record: Record, payload: bytes) -> None:
    path = record.folder / "head.json"
    path.unlink()
    path.write_bytes(seal(HEAD_KIND, payload, LEAD))

    assert "head.json" in problems(record.folder)
    with pytest.raises(CaseError, match="not a head of a log"):
        record.append(claim(), "acme", ACME)

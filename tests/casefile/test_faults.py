"""Two writers at once, a full disk, a read-only folder, a newer version, a long log."""

import multiprocessing
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.records import ACME, LEAD, answer, claim, small_case, ticking
from filiation.casefile.check import check_record
from filiation.casefile.facts import read_fact
from filiation.casefile.ledger.event import read_event, sign_event, time_text
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.store import append_rows
from filiation.casefile.record import Record
from filiation.errors import CaseError, FiliationError, UnwritableError


def write_many(folder: Path, who: str, count: int) -> None:
    record = Record(folder)
    for number in range(count):
        text = f"{who} {number}\n".encode()
        if who == "acme":
            record.append(claim(text), "acme", ACME)
        else:
            record.append(answer(), "lead", LEAD)


def test_two_processes_at_once(record: Record) -> None:
    """Both write as fast as they can; every event is there, in one order, under one head."""
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=write_many, args=(record.folder, who, 15)) for who in ("acme", "lead")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    checked = check_record(record)

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (checked.events, checked.problems, checked.notes) == (36, (), ())
    assert len({event.actor for event in checked.state.events[6:]}) == 2


def test_a_writer_waits_no_longer_than_its_patience(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    monkeypatch.setattr("filiation.casefile.ledger.lock.PATIENCE", 0.1)
    holding = os.open(record.folder / "case.toml", os.O_RDONLY)
    fcntl.flock(holding, fcntl.LOCK_EX)
    try:
        with pytest.raises(UnwritableError, match="another process has been writing"):
            record.append(claim(), "acme", ACME)
    finally:
        os.close(holding)
    record.append(claim(), "acme", ACME)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 KiB, where mounting is allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    words = [mount or "mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    if mount is None or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_the_case_as_it_was(small_disk: Path) -> None:
    record = small_case(small_disk / "case")
    ballast = small_disk / "ballast"
    refused = 0
    for free in range(0, 90_000, 2_000):  # full at every stage of an append, from the first byte on
        ballast.unlink(missing_ok=True)
        room = os.statvfs(small_disk)
        ballast.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - free)))
        before = len(record.rows())
        try:
            record.append(claim(os.urandom(12_000)), "acme", ACME)
        except UnwritableError as error:
            refused += 1
            after = len(record.rows())
            assert ("nothing was recorded" in str(error)) == (after == before), str(error)
            assert "No space left" in str(error) or "full" in str(error)
        assert check_record(record).problems == ()
        if refused and len(record.rows()) > before:
            break
    ballast.unlink()

    assert refused > 3
    with pytest.raises(FiliationError):  # and what is too large for the whole disk
        record.append(claim(os.urandom(500_000)), "acme", ACME)
    record.append(claim(), "acme", ACME)
    assert check_record(record).problems == ()


def test_a_read_only_folder_verifies_and_refuses_events(record: Record) -> None:
    folders = [record.folder, *(p for p in record.folder.rglob("*") if p.is_dir())]
    record.log.chmod(0o444)
    for folder in folders:
        folder.chmod(0o555)
    try:
        if os.access(record.folder, os.W_OK):
            pytest.skip("nothing is read-only for this user")
        assert check_record(record).problems == ()
        with pytest.raises(UnwritableError, match="nothing was recorded"):
            record.append(claim(), "acme", ACME)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert check_record(record).problems == ()


def test_a_read_only_file_system_verifies_and_refuses_events(
    record: Record, small_disk: Path
) -> None:
    """As root, nothing is read-only but what is mounted so."""
    shutil.copytree(record.folder, small_disk / "case")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    kept = Record(small_disk / "case")

    assert check_record(kept).problems == ()
    with pytest.raises(UnwritableError, match="nothing was recorded"):
        kept.append(claim(), "acme", ACME)
    assert check_record(kept).problems == ()


def test_a_case_from_a_newer_version_is_not_guessed_at(record: Record) -> None:
    path = record.folder / "case.toml"
    text = path.read_text().replace("schema_version = 2", "schema_version = 3")
    path.chmod(0o644)
    path.write_text(text)

    with pytest.raises(CaseError, match="newer version of filiation"):
        Record(record.folder)


def test_an_event_from_a_newer_version_is_not_guessed_at(record: Record) -> None:
    raw = record.rows()[-1][1]
    event = read_event(raw, "event").event
    payload = {**event.facts, "kind_of_fact": "sealed"}
    from dataclasses import replace

    tree = Growing([leaf_hash(r) for _, r in record.rows()])
    newer = replace(event, sequence=6, facts=payload, root=tree.root.hex())
    append_rows(record.log, 6, [sign_event(newer, LEAD)])

    assert "states 'sealed', which this version lacks" in " ".join(check_record(record).problems)


def lengthen(record: Record, count: int) -> None:
    """Append many claims in one transaction, each signed and naming its history."""
    from dataclasses import replace

    rows = [raw for _, raw in record.rows()]
    tree = Growing([leaf_hash(raw) for raw in rows])
    template = read_event(rows[3], "event").event
    tick = ticking()
    begin = time_text(tick())
    added = []
    first = tree.size
    last = read_event(rows[-1], "event").event.time
    for number in range(count):
        event = replace(
            template, sequence=tree.size, time=max(begin, last), root=tree.root.hex(),
            writes=(), facts={**template.facts, "title": f"claim {number}"},
        )  # fmt: skip
        raw = sign_event(event, ACME)
        tree.append(leaf_hash(raw))
        added.append(raw)
    append_rows(record.log, first, added)
    with record.staging() as staged:
        record.heads.settle([event], tree, "acme", ACME, staged.folder)
    record.append(claim(), "acme", ACME)


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.validate)])
def test_a_long_log_is_verified_at_more_than_3334_events_a_second(
    record: Record, count: int
) -> None:
    """100,000 events in under 30 s of processor time."""
    lengthen(record, count)
    began = time.process_time()
    checked = check_record(record)
    took = time.process_time() - began

    assert checked.problems == ()
    assert checked.events == count + 7
    assert took < 30 * max(count, 10_000) / 100_000, f"{count} events took {took:.1f} s"
    assert re.fullmatch("[0-9a-f]{64}", checked.roots[-1])


def test_a_field_of_a_newer_version_is_not_called_altered_outright() -> None:
    fields = {"kind_of_fact": "tagged", "by": "a", "tag": "t", "documents": [], "off": False}
    with pytest.raises(CaseError, match="event 3: colour: this version does not know this field; "):
        read_fact({**fields, "colour": "red"}, "event 3")
    with pytest.raises(CaseError, match=r"event 3: off: .*; it was altered"):
        read_fact({**fields, "off": "perhaps"}, "event 3")

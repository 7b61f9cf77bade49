"""What an opponent plants in a case that is sent back: it is named, and nothing follows it."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.records import ACME, LEAD, answer, claim
from filiation.casefile.check import Checked, check_record
from filiation.casefile.ledger.merkle import Growing, leaf_hash
from filiation.casefile.ledger.staging import LONGEST, moving, staging
from filiation.casefile.ledger.store import create_log
from filiation.casefile.record import Record
from filiation.casefile.seen import seen_at
from filiation.errors import CaseError
from filiation.report.wording.verified import holds

FORGED = b"a forged statement of basel"


def forge(record: Record, raw: bytes = FORGED) -> Path:
    """An object that no event names."""
    place = record.objects.path(hashlib.sha256(FORGED).hexdigest())
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(raw)
    return place


def plant(record: Record, text: str = "[]") -> Path:
    """A leftover as a killed deed leaves one."""
    folder = record.folder / ".staged-planted"
    folder.mkdir()
    (folder / "adding").write_text(text)
    return folder


def second_line(checked: Checked) -> str:
    return list(holds(checked))[1]


def test_a_forged_object_on_a_planted_list_is_not_as_recorded(record: Record) -> None:
    whole = check_record(record)
    place = forge(record)
    plant(record, json.dumps([place.name]))
    checked = check_record(record)
    name = place.relative_to(record.folder).as_posix()
    wanted = f"{name}: no event names it; an interrupted deed was moving it, the next verb removes"

    assert checked.problems == ()
    assert any(note.startswith(wanted) for note in checked.notes)
    assert (checked.files, checked.unnamed) == (whole.files, 1)
    assert "none was added" in second_line(whole)
    assert "; 1 more that no event names, see the notes" in second_line(checked)
    record.append(claim(), "acme", ACME)
    assert not place.exists()


def test_a_list_does_not_excuse_other_bytes_or_another_place(record: Record) -> None:
    place = forge(record, b"other bytes")
    plant(record, json.dumps([place.name]))
    assert "no event names it; it was added" in " ".join(check_record(record).problems)

    named = next(record.objects.present())
    place.write_bytes(FORGED)
    (record.objects.folder / named.name).write_bytes(named.read_bytes())  # a copy, misplaced
    (problem,) = check_record(record).problems
    assert problem.startswith(f"objects/{named.name}: no event names it")


def test_a_cut_log_does_not_pass_in_silence(record: Record) -> None:
    """The lead cuts the answer, signs the shorter head, and excuses the orphan with a list."""
    before = set(record.objects.present())
    record.append(replace(answer(), blobs=[("text", b"Proof.\n", "")]), "lead", LEAD)
    (orphan,) = set(record.objects.present()) - before
    rows = [raw for _, raw in record.rows()][:-1]
    record.log.unlink()
    create_log(record.log)
    with closing(sqlite3.connect(record.log)) as database, database:
        database.executemany("INSERT INTO event VALUES (?, ?)", list(enumerate(rows)))
    seen_at(record.id).unlink()  # on a computer that has not seen the answer
    tree = Growing([leaf_hash(raw) for raw in rows])
    with staging(record.folder) as staged:
        record.heads.countersign(tree, record.state(), LEAD, staged.folder)
    plant(record, json.dumps([orphan.name]))
    checked = check_record(record)

    assert any(orphan.name in note for note in checked.notes)
    assert "none was added" not in second_line(checked)


def test_files_in_a_leftover_are_named(record: Record) -> None:
    (plant(record) / "docs").mkdir()
    (record.folder / ".staged-planted" / "docs" / "verdict.html").write_text("court order")
    checked = check_record(record)

    assert "no event names what it also holds: docs/verdict.html" in " ".join(checked.notes)
    assert "none was added" not in second_line(checked)


def fifo(list_: Path) -> None:
    os.mkfifo(list_)


def link(list_: Path) -> None:
    kept = list_.parent.parent.with_name("elsewhere")
    kept.write_text(json.dumps([hashlib.sha256(FORGED).hexdigest()]))
    list_.symlink_to(kept)


def huge(list_: Path) -> None:
    with list_.open("wb") as file:
        file.truncate(LONGEST + 1)


def written(text: str) -> Callable[[Path], object]:
    return lambda list_: list_.write_bytes(text.encode("latin-1"))


@pytest.mark.parametrize(
    "lay",
    [
        *map(
            written, ("5", "null", "[" * 100_000, '[["a"]]', "\xff\xff", '{"a": 1}', '["../x"]', "")
        ),
        *(fifo, link, huge, Path.mkdir),
    ],
)
def test_a_list_that_is_none_neither_stops_a_verb_nor_excuses(
    record: Record, lay: Callable[[Path], object]
) -> None:
    folder = plant(record)
    (folder / "adding").unlink()
    lay(folder / "adding")
    place = forge(record)

    assert moving(folder) == []
    assert place.name in " ".join(check_record(record).problems)
    place.unlink()
    record.append(claim(), "acme", ACME)
    assert not folder.exists()
    assert check_record(record).notes == ()


@pytest.mark.parametrize("name", ["submissions", "submissions/acme", "objects", "objects/sha256"])
def test_nothing_is_written_through_a_link(record: Record, name: str) -> None:
    elsewhere = record.folder.with_name("elsewhere")
    (record.folder / name).rename(elsewhere)
    (record.folder / name).symlink_to(elsewhere)
    before = sorted(elsewhere.rglob("*"))

    with pytest.raises(CaseError, match=f"^{name}: a link, .* nothing is written through it"):
        record.append(claim(b"Next.\n"), "acme", ACME)
    with pytest.raises(CaseError, match=f"^{name}: a link"), record.staging():
        pass
    assert len(record.rows()) == 6
    assert sorted(elsewhere.rglob("*")) == before
    assert f"{name}: a link, expected" in " ".join(check_record(record).problems)


def test_a_file_in_place_of_a_folder_is_refused_before_anything_is_on_record(
    record: Record,
) -> None:
    (record.folder / "reports").write_text("x")

    with pytest.raises(CaseError, match="reports: a file, expected a folder"):
        record.append(claim(), "acme", ACME)
    assert len(record.rows()) == 6


def test_a_folder_in_place_of_a_moved_object_stops_no_verb(record: Record) -> None:
    place = record.objects.path("0" * 64)
    place.mkdir(parents=True)
    plant(record, json.dumps([place.name]))

    record.append(claim(), "acme", ACME)
    assert place.is_dir()

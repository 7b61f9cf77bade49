"""Folders: of an examination, written by one run and read as files of others; of a new case."""

import os
from pathlib import Path

import pytest

from casefile.records import LEAD, OPENED
from filiation.casefile.folder import check_folder, staging
from filiation.casefile.place import is_free, making
from filiation.casefile.record import Record
from filiation.errors import UnreadableError, UnwritableError, UsageError


def test_what_another_run_wrote_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "examination"
    with (
        pytest.raises(UsageError, match="another run may have written it meanwhile"),
        staging(target) as slower,
    ):
        slower.write("plan.json", b"{}")
        with staging(target) as faster:
            faster.write("plan.json", b"[]")

    assert (target / "plan.json").read_bytes() == b"[]"
    assert [path.name for path in tmp_path.iterdir()] == ["examination"]


@pytest.mark.parametrize(("kind", "words"), [("link", "a link"), ("pipe", "a pipe")])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, kind: str, words: str) -> None:
    """A folder comes from another party: a pipe in it, or a link to a device, would never end."""
    target = tmp_path / "examination"
    with staging(target) as made:
        made.write("plan.json", b"{}")
    (target / "plan.json").unlink()
    if kind == "pipe":
        os.mkfifo(target / "plan.json")
    else:
        (target / "plan.json").symlink_to("/dev/null")  # as /dev/zero

    with pytest.raises(UnreadableError, match=f"{words}, expected a file"):
        check_folder(target)


def opened_at(case: Path) -> Record:
    return Record.create(case, OPENED, LEAD, {})


@pytest.mark.parametrize("there", [False, True])
def test_a_case_is_opened_where_nothing_is(tmp_path: Path, there: bool) -> None:
    """An empty folder is filled, not replaced: it may be a mount, or where somebody stands."""
    case = tmp_path / "case"
    if there:
        case.mkdir(mode=0o700)
        (case / ".partial-case-killed").mkdir()
    before = case.stat() if there else None
    assert is_free(case)
    assert opened_at(case).state().opening.lead == "lead"
    assert sorted(tmp_path.iterdir()) == [case] and not [*case.glob(".partial*")]
    if before:
        now = case.stat()
        assert (now.st_ino, now.st_mode) == (before.st_ino, before.st_mode)
    assert not is_free(case)
    with pytest.raises(UsageError, match="not an empty folder"):
        opened_at(case)


def test_a_case_is_opened_in_the_folder_in_which_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert opened_at(Path()).state().opening.lead == "lead"
    assert Record(tmp_path).id == Record(Path()).id


@pytest.mark.parametrize("kind", ["file", "link", "hanging", "full", "hidden"])
def test_a_place_that_is_taken_is_left_alone(tmp_path: Path, kind: str) -> None:
    case, other = tmp_path / "case", tmp_path / "other"
    other.mkdir()
    if kind == "file":
        case.touch()
    elif kind in ("link", "hanging"):
        case.symlink_to(other if kind == "link" else tmp_path / "none")
    else:
        case.mkdir()
        (case / (".hidden" if kind == "hidden" else "mine.txt")).touch()
    before = sorted(tmp_path.rglob("*"))
    assert not is_free(case)
    with pytest.raises(UsageError, match="never overwritten"):
        opened_at(case)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_came_to_lie_there_meanwhile_stays_alone(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    with pytest.raises(UnwritableError, match="meanwhile"), making(case) as unfinished:
        (unfinished / "case.toml").touch()
        (case / "theirs.txt").touch()
    assert [one.name for one in case.iterdir()] == ["theirs.txt"]

"""What counts as handed over: attacks by links, pipes, names and races, and what is let in."""

import os
import socket
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.files import handed_over, name_bytes, name_text, opened, put, shown

NAMES = (
    b"l\xe9.txt", b"\xff\xfe\x01", b"two\nlines", "a\u202etxt.exe".encode(), b"n" * 255,
    "\u00e9".encode(), "e\u0301".encode(), b"back\\slash", b"\\xe9", b"\xe9", b"A", b"a", b" ",
    b"\x1b[2J",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file, beside a secret."""
    (tmp_path / "secret").write_text("the examiner's")
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "file").write_text("handed over")
    return tmp_path / "in"


def test_every_name_survives_byte_for_byte(tmp_path: Path) -> None:
    for name in NAMES:
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(name)
    found = handed_over(tmp_path)

    assert len(found.files) == len(NAMES)
    for name in found.files:
        with found.opened(name) as file:
            assert file.read() == name_bytes(name)
        assert "\x1b" not in shown(name) and "\n" not in shown(name) and "\u202e" not in shown(name)


@given(st.binary(max_size=40))
def test_a_name_is_text_that_gives_its_bytes_back(raw: bytes) -> None:
    text = name_text(raw)
    assert name_bytes(text) == raw
    text.encode("utf-8")  # no surrogates: it can be signed


@given(st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=40))
def test_a_usual_name_stands_as_it_is(text: str) -> None:
    assert name_text(text.encode()) == text


@pytest.mark.parametrize("target", ["../secret", "/etc/passwd", "..", "deep/../../secret", "gone"])
def test_a_link_that_leads_out_or_nowhere_is_refused(folder: Path, target: str) -> None:
    (folder / "README.md").symlink_to(target)
    with pytest.raises(UnreadableError, match=r"README.md: a link|README.md: a folder"):
        handed_over(folder)
    with pytest.raises(UnreadableError, match=r"README.md: a link|README.md: a folder"):
        handed_over(folder, follow=True)


def test_a_chain_of_links_that_leads_out_is_refused(folder: Path) -> None:
    (folder / "deep" / "one").symlink_to("two")
    (folder / "deep" / "two").symlink_to("../../secret")
    with pytest.raises(UnreadableError, match="leads out"):
        handed_over(folder)


def test_a_link_that_stays_is_what_it_leads_to(folder: Path) -> None:
    (folder / "same").symlink_to("deep/file")
    found = handed_over(folder)
    with found.opened("same") as file:
        assert file.read() == b"handed over"
    assert list(found.files) == ["deep/file", "same"]


def test_the_path_itself_is_a_link_only_if_that_is_said(folder: Path) -> None:
    there = folder.with_name("link")
    there.symlink_to("in")
    with pytest.raises(UsageError, match=r"link: a link to in.*--follow"):
        handed_over(there)
    assert handed_over(there, follow=True) == handed_over(folder)


@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a device"])
def test_what_is_no_file_is_not_opened(folder: Path, kind: str) -> None:
    path = folder / "x"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a socket":
        with chdir(folder), socket.socket(socket.AF_UNIX) as made:
            made.bind("x")
    else:
        folder, path = Path("/dev/null"), Path("/dev/null")
    for read in (handed_over, opened):
        with pytest.raises(UnreadableError, match=f"{kind}, expected a file|cannot be read"):
            read(folder if read is handed_over else path)


def test_an_empty_folder_and_one_that_cannot_be_listed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(UnreadableError, match="an empty folder"):
        handed_over(tmp_path)
    if os.geteuid():
        (tmp_path / "a" / "b").chmod(0)
        with pytest.raises(UnreadableError, match="cannot be listed"):
            handed_over(tmp_path)


def test_a_hard_link_to_what_lies_elsewhere(folder: Path) -> None:
    os.link(folder.with_name("secret"), folder / "notes")
    with pytest.raises(UnreadableError, match="notes: has 2 names"):
        handed_over(folder)
    assert "notes" in handed_over(folder, follow=True).files
    (folder / "notes").unlink()
    os.link(folder / "deep" / "file", folder / "twice")  # both names lie in the folder
    assert list(handed_over(folder).files) == ["deep/file", "twice"]


def test_a_file_or_folder_that_is_swapped_for_a_link_after_the_check(folder: Path) -> None:
    found = handed_over(folder)
    (folder / "deep" / "file").unlink()
    (folder / "deep" / "file").symlink_to(folder.with_name("secret"))
    with pytest.raises(UnreadableError, match="deep/file: cannot be read"):
        found.opened("deep/file")

    (folder / "deep").rename(folder / "away")
    (folder.with_name("other")).mkdir()
    (folder.with_name("other") / "file").write_text("the examiner's")
    (folder / "deep").symlink_to(folder.with_name("other"))
    with pytest.raises(UnreadableError, match="deep/file: cannot be read"):
        found.opened("deep/file")


def test_another_file_in_its_place_is_noticed(folder: Path) -> None:
    found = handed_over(folder)
    (folder / "deep" / "new").write_text("handed over")
    (folder / "deep" / "new").replace(folder / "deep" / "file")
    with pytest.raises(UnreadableError, match="another file took its place"):
        found.opened("deep/file")
    assert handed_over(folder) != found


def test_swapping_a_file_to_and_fro_leaves_a_trace(folder: Path) -> None:
    found = handed_over(folder)
    (folder / "deep" / "file").rename(folder / "deep" / "x")
    (folder / "deep" / "x").rename(folder / "deep" / "file")
    assert handed_over(folder) != found


def test_a_file_of_the_longest_name_is_written(tmp_path: Path) -> None:
    put(tmp_path / ("n" * 255), b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["n" * 255]
    with pytest.raises(FiliationError, match="cannot be written"):
        put(tmp_path / ("n" * 256), b"x")

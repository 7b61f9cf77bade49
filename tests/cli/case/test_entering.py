"""Nothing enters a case that was not handed over; and what enters can be read back."""

import hashlib
import json
import os
import shutil
import socket
import zipfile
from contextlib import chdir
from pathlib import Path

import pytest

from casefile.records import ACME, small_case
from cli.case.conftest import at
from command import Done
from filiation.casefile import facts
from filiation.casefile.check import check_record
from filiation.casefile.documents.account import Account
from filiation.casefile.ledger.objects import Objects
from filiation.casefile.record import Draft, Record
from filiation.errors import UsageError
from filiation.files import name_text

MODEL = Path(__file__).parents[3] / "examples" / "casebook" / "fine-tuned"
SECRET = "EXAMINER-PRIVATE-KEY"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("entering") / "now"
    folder.mkdir()
    assert at(folder, "open", "{}/case", "--title", "T", "--lead", "lead").code == 0
    assert at(folder, "party", "{}/case", "basel", "--role", "respondent").code == 0
    (folder / "id_key").write_text(SECRET)
    (folder / "exhibit").mkdir()
    (folder / "exhibit" / "a.txt").write_text("words")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "copied", symlinks=True)


def add(folder: Path, what: str = "{}/exhibit", *more: str) -> Done:
    return at(folder, "add", "{}/case", what, "--name", "suspect", "--from", "basel",
              "--how", "handed over", *more)  # fmt: skip


def produce(folder: Path, what: str = "{}/exhibit", *more: str) -> Done:
    return at(folder, "documents", "add", "{}/case", what, "--name", "docs", "--from", "basel",
              "--how", "handed over", *more)  # fmt: skip


def size(folder: Path) -> int:
    """Events on record, of a case that is sound and holds nothing of the examiner's."""
    record = Record(folder / "case")
    assert check_record(record).problems == ()
    for path in (folder / "case").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    return len(record.signed())


def test_a_key_behind_a_link_in_a_model_is_not_taken(folder: Path) -> None:
    shutil.copytree(MODEL, folder / "model")
    (folder / "model" / "notes.txt").symlink_to(folder / "id_key")
    said = add(folder, "{}/model", "--copy")

    assert (said.code, size(folder)) == (3, 2)
    assert "notes.txt: a link that leads out of model" in said.err


@pytest.mark.parametrize("verb", [add, produce])
@pytest.mark.parametrize("attack", ["link", "itself", "pipe", "socket", "hard link", "empty"])
def test_what_was_not_handed_over_is_refused(folder: Path, verb: object, attack: str) -> None:
    what, place = "{}/exhibit", folder / "exhibit" / "x"
    if attack == "link":
        place.symlink_to("../id_key")
    elif attack == "itself":
        (folder / "link").symlink_to("id_key")
        what = "{}/link"
    elif attack == "pipe":
        os.mkfifo(place)
    elif attack == "socket":
        with chdir(place.parent), socket.socket(socket.AF_UNIX) as made:
            made.bind("x")
    elif attack == "hard link":
        os.link(folder / "id_key", place)
    else:
        (folder / "exhibit" / "a.txt").unlink()
    said = verb(folder, what, *(["--unexamined"] if verb is add else []))  # type: ignore[operator]

    assert said.code in (2, 3), said.err
    assert size(folder) == 2


def test_a_pipe_in_a_model_is_not_waited_for(folder: Path) -> None:
    shutil.copytree(MODEL, folder / "model")
    os.mkfifo(folder / "model" / "README.md")
    assert "README.md: a pipe, expected a file" in add(folder, "{}/model").err


def test_follow_takes_what_the_path_leads_to(folder: Path) -> None:
    (folder / "link").symlink_to("exhibit")
    assert "a link to exhibit" in add(folder, "{}/link", "--unexamined").err
    assert add(folder, "{}/link", "--unexamined", "--copy", "--follow").code == 0
    assert produce(folder, "{}/link", "--follow").code == 0
    assert size(folder) == 4


@pytest.mark.parametrize(
    "words",
    [
        ("submit", "{}/case", "--by", "basel", "--file", "{}/link"),
        ("claim", "{}/case", "--by", "basel", "--file", "{}/pipe"),
        ("party", "{}/case", "acme", "--role", "claimant", "--public-key", "{}/pipe"),
        ("stamp", "import", "{}/case", "{}/pipe", "--roots", "{}/link"),
    ],
)
def test_a_statement_or_key_is_not_read_through_a_link_or_pipe(
    folder: Path, words: tuple[str, ...]
) -> None:
    (folder / "link").symlink_to("id_key")
    os.mkfifo(folder / "pipe")
    said = at(folder, *words)
    assert said.code == 2 and "expected a file" in said.err, said.err
    assert size(folder) == 2


@pytest.mark.parametrize("verb", [add, produce])
def test_names_of_any_bytes_are_recorded_and_read_back(folder: Path, verb: object) -> None:
    names = (b"l\xe9.txt", b"two\nlines", "a\u202etxt.exe".encode(), b"n" * 255,
             "\u00e9".encode(), "e\u0301".encode(), b"\x1b[2J", b"\\xe9", b"\xe9")  # fmt: skip
    for name in names:
        Path(os.fsdecode(bytes(folder / "exhibit") + b"/" + name)).write_bytes(
            b"w " + name.hex().encode()
        )
    said = verb(folder, "{}/exhibit", *(["--unexamined", "--copy"] if verb is add else []))  # type: ignore[operator]

    assert (said.code, size(folder)) == (0, 3), said.err
    listed = at(folder, "log", "{}/case", "--json").out if verb is add else ""
    for name in names if verb is add else ():
        assert json.dumps(name_text(name), ensure_ascii=False)[1:-1] in listed
    assert at(folder, "replay", "{}/case").code == 0
    if verb is produce:
        shown = [at(folder, "documents", "show", "{}/case", f"docs:{n}").out for n in range(10)]
        assert not any("\x1b" in one or "\u202e" in one for one in shown)
        assert any("a\\u202etxt.exe" in one for one in shown)


def test_an_event_that_could_not_be_read_back_is_not_appended(tmp_path: Path) -> None:
    record = small_case(tmp_path / "case")
    before = record.rows()
    for text in ("l\udce9", "\ud800"):
        fact = facts.Stated(kind="claim", party="acme", title=text)
        with pytest.raises(UsageError, match="cannot be recorded"):
            record.append(Draft(verb="claim", fact=fact), "acme", ACME)
        draft = Draft(verb="claim", fact=facts.Stated(kind="claim", party="acme", title="t"),
                      reads={text: "ab" * 32})  # fmt: skip
        with pytest.raises(UsageError, match="cannot be recorded"):
            record.append(draft, "acme", ACME)
    assert record.rows() == before and check_record(record).problems == ()


def test_a_bad_archive_among_others_is_set_aside_and_named(folder: Path) -> None:
    inside = folder / "exhibit"
    with zipfile.ZipFile(inside / "good.zip", "w") as packed:
        packed.writestr("g.txt", "good words")
    with zipfile.ZipFile(inside / "half.zip", "w") as packed:
        packed.writestr("first.txt", "first words")
        packed.writestr("second.txt", "second words")
    raw = (inside / "half.zip").read_bytes()
    (inside / "half.zip").write_bytes(raw.replace(b"second words", b"second wordz"))
    (inside / "none.zip").write_bytes(b"PK\x03\x04 nothing of the kind")
    (inside / "bad.json").write_text("{")
    said = produce(folder)

    assert said.code == 0, said.err
    assert "half.zip: cannot be unpacked" in said.out and "none.zip: cannot be" in said.out
    assert "docs holds 5 documents in 5 files" in said.out
    assert at(folder, "documents", "search", "{}/case", "good AND words").out.startswith("1 found")
    assert at(folder, "documents", "search", "{}/case", "first").out.startswith("0 found")
    assert "not JSON that can be read" in at(folder, "documents", "show", "{}/case", "docs:1").out
    assert size(folder) == 3
    assert at(folder, "replay", "{}/case").code == 0


def test_a_bad_archive_alone_is_refused(folder: Path) -> None:
    (folder / "x.zip").write_bytes(b"PK\x03\x04 nothing of the kind")
    assert produce(folder, "{}/x.zip").code == 3
    assert size(folder) == 2


def test_an_export_with_a_pipe_or_a_link_is_refused_without_waiting(folder: Path) -> None:
    assert add(folder, "{}/exhibit", "--unexamined").code == 0
    assert at(folder, "export", "{}/case", "--for", "basel", "-o", "{}/out").code == 0
    assert at(folder, "verify", "{}/out").code == 0
    (key,) = (folder / "out" / "keys").iterdir()
    key.unlink()
    os.mkfifo(key)
    assert "a pipe, expected a file" in at(folder, "verify", "{}/out").err
    key.unlink()
    key.symlink_to(folder / "id_key")
    assert "a link that leads out" in at(folder, "verify", "{}/out").err


def test_an_account_of_an_earlier_version_with_a_name_that_is_no_text_opens(tmp_path: Path) -> None:
    kept = {
        "production": "docs", "salt": "ab" * 32, "schema_version": 1, "tool": "filiation 0.1.0",
        "files": [{"name": "l\udce9.txt", "of": "", "sha256": "cd" * 32, "size": 1}],
    }  # fmt: skip
    entry = {"number": 0, "sha256": "cd" * 32, "size": 1, "mih": "", "file": "l\udce9.txt",
             "start": 0, "pointer": ""}  # fmt: skip
    raw = b"".join(json.dumps(one).encode() + b"\n" for one in (kept, entry))
    digest = hashlib.sha256(raw).hexdigest()
    objects = Objects(tmp_path)
    objects.path(digest).parent.mkdir(parents=True)
    objects.path(digest).write_bytes(raw)

    account = Account(objects, digest)
    assert [file.name for file in account.kept.files] == [account.entry(0).file] == ["l\\xe9.txt"]
    assert list(account.files()) == ["l\\xe9.txt"]

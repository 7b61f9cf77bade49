"""The receiver of an export reads it with the verbs of a case, and sees what it holds, no more."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from casebook.signed_mail import make_example
from cli.case.conftest import Walked, at, does
from filiation.casefile.exchange.held import ExportHeld
from filiation.casefile.exchange.sums import SUMS, sums_of
from filiation.casefile.ledger.merkle import leaf_hash
from filiation.casefile.record import Record
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.mail import read_mail

SECRET = "list of prompts"
PHRASE = f'"{SECRET}"'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven of acme: two messages of a chat, mail:2 to 4 redacted, mail:5 privileged, mail:6; and
    a chat of basel."""
    folder = tmp_path_factory.mktemp("read") / "now"
    folder.mkdir()
    make_example(folder / "example")
    shutil.move(folder / "example" / "dns.txt", folder / "dns.txt")
    (folder / "example" / "plain.eml").write_bytes(
        b"From: a@acme.example\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\nSubject: lunch\r\n\r\n"
        b"The answers will do.\r\n"
    )
    said = [{"user": "dana", "text": "we asked zanzibar", "time": "2026-03-02T10:00:00Z"}]
    (folder / "chat.json").write_text(json.dumps(said))
    does(folder, "key", "acme")
    does(folder, "open", "{}/case", "--title", "T", "--lead", "lead")
    does(folder, "party", "{}/case", "acme", "--role", "claimant",
         "--public-key", "{}/home/keys/acme.pub")  # fmt: skip
    does(folder, "party", "{}/case", "basel", "--role", "respondent")
    does(folder, "documents", "add", "{}/case", "{}/example", "--name", "mail", "--from", "acme",
         "--how", "their server", "--keys", "{}/dns.txt")  # fmt: skip
    does(folder, "documents", "add", "{}/case", "{}/chat.json", "--name", "chat", "--from", "basel",
         "--how", "export")  # fmt: skip
    does(folder, "documents", "judge", "{}/case", "mail:2", "--by", "basel", "--keys", "{}/dns.txt",
         "--keys-how", "taken by counsel")  # fmt: skip
    does(folder, "documents", "redact", "{}/case", "mail:2", "--passage", SECRET, "--everywhere",
         "--ground", "trade secret")  # fmt: skip
    does(folder, "documents", "privilege", "{}/case", "mail:5", "--by", "acme", "--ground", "x")
    does(folder, "submit", "{}/case", "--by", "acme", "For the tribunal.", "--confidential")
    for party in ("acme", "basel"):
        does(folder, "export", "{}/case", "--for", party, "-o", f"{{}}/for-{party}")
    shutil.move(folder / "case", folder / "elsewhere")
    shutil.rmtree(folder / "home" / "indexes")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "copied")


def test_what_is_held_is_found_and_what_is_withheld_is_not_called_absent(folder: Path) -> None:
    theirs = ("documents", "search", "{}/for-basel")
    assert does(folder, *theirs, "zanzibar").startswith("1 found\nchat:0")
    answers = does(folder, *theirs, "answers AND corpus")
    assert answers.startswith("3 found") and answers.count("redacted: of what it says only") == 3

    assert does(folder, *theirs, "lunch").startswith("1 found\nmail:6")
    gone = does(folder, *theirs, "licence AND question")  # it stands in mail:5
    assert gone.startswith("0 found\nwithheld and not searched: 1 document; whether they hold")
    assert "  mail:5: privileged, says acme; not ruled on\n" in gone
    assert "not by people, days or verdicts: 3 documents:\n  mail:2: 1 passage redacted" in gone
    assert does(folder, *theirs, PHRASE).startswith("0 found")
    assert does(folder, "documents", "search", "{}/for-acme", PHRASE).startswith("3 found")
    assert "withheld" not in does(folder, "documents", "search", "{}/for-acme", PHRASE)
    for verb in ("people", "threads", "timeline"):
        assert "withheld and not searched" in does(folder, "documents", verb, "{}/for-basel")
        assert "withheld" not in does(folder, "documents", verb, "{}/for-acme")


def test_an_index_of_one_party_tells_another_nothing(folder: Path) -> None:
    does(folder, "documents", "search", "{}/for-acme", PHRASE)
    assert does(folder, "documents", "search", "{}/for-basel", PHRASE).startswith("0 found")
    indexes = list((folder / "home" / "indexes").iterdir())
    assert len(indexes) == 2
    kept = [SECRET.encode() in path.read_bytes() for path in indexes]
    assert sorted(kept) == [False, True]
    does(folder, "export", "{}/elsewhere", "--for", "basel", "-o", "{}/later")
    assert does(folder, "documents", "search", "{}/later", "zanzibar").startswith("1 found")
    assert len(list((folder / "home" / "indexes").iterdir())) == 3  # and that of the case


def test_a_document_is_shown_or_said_to_be_withheld(folder: Path) -> None:
    show = ("documents", "show", "{}/for-basel")
    case = ("documents", "show", "{}/elsewhere")
    for name in ("mail:0", "mail:1", "mail:6", "chat:0"):
        assert does(folder, *show, name) == does(folder, *case, name)
    hidden = does(folder, *show, "mail:5")
    assert hidden.startswith("mail:5, withheld: privileged, says acme; not ruled on\n")
    assert "its leaf lies here" in hidden and "none are given" in hidden
    assert "licence" not in hidden
    left = does(folder, *show, "mail:3")
    assert "withheld: 1 passage redacted" in left and "trade secret" in left
    assert "The report is with Dana. Do not put this into the report." not in left
    assert "[redacted]" in left and SECRET not in left
    raw = at(folder, *show, "mail:5", "--raw", "{}/out.eml")
    assert (raw.code, (folder / "out.eml").exists()) == (2, False)
    assert "mail:5: withheld; this export does not hold it" in raw.err
    does(folder, *show, "mail:0", "--raw", "{}/out.eml")
    does(folder, *case, "mail:0", "--raw", "{}/again.eml")
    assert (folder / "out.eml").read_bytes() == (folder / "again.eml").read_bytes()
    assert at(folder, *show, "mail:7").code == 2

    listed = does(folder, "documents", "list", "{}/for-basel", "mail").splitlines()
    assert len(listed) == 7
    assert [("withheld: " in line) for line in listed] == [
        False,
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert "from acme: their server" in does(folder, "documents", "list", "{}/for-basel")


def test_replay_says_what_was_derived_again_and_what_could_not_be(folder: Path) -> None:
    said = does(folder, "replay", "{}/for-basel")
    assert "documents mail, 1 mail: the same" in said
    assert "documents mail, 4 withheld, 2 whose file is withheld with them: not derived" in said
    assert "documents chat, 1 entries: the same" in said
    assert "verdict on mail:2 (mail:2: withheld; this export does not hold it): not derived" in said
    assert "withheld: 1 event (" in said and "withheld: 4 documents of mail" in said
    theirs = does(folder, "replay", "{}/for-acme")
    assert "documents mail, 7 entries: the same" in theirs
    assert "verdict on mail:2: the same" in theirs and "withheld" not in theirs


def test_findings_are_derived_again_by_who_holds_no_files(walked: Walked, tmp_path: Path) -> None:
    """Acme's export of a whole case: the files that basel put in are withheld, sketches are not."""
    folder = shutil.copytree(walked.folder, tmp_path / "now")
    does(folder, "export", "{}/case", "--for", "acme", "-o", "{}/for-acme")
    shutil.rmtree(folder / "case")
    said = does(folder, "replay", "{}/for-acme")
    lines = [line.partition(": ")[2] for line in said.splitlines()]
    for what in ("power: the same", "report: the same"):
        assert what in lines
    assert any(one.startswith("examination, ") and one.endswith(": the same") for one in lines)
    assert any(one.startswith("line-up ") and one.endswith("members: the same") for one in lines)
    assert "withheld: the files of suspect; what was read from them is here" in said
    theirs = does(folder, "replay", "{}/sub")
    assert "the files of" not in theirs and "withheld: 1 event (7)" in theirs

    for path in (folder / "for-acme" / "objects").rglob("*"):
        if path.is_file() and b'"log_p"' in path.read_bytes():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes().replace(b'"log_p":-', b'"log_p":-1', 1))
    assert at(folder, "replay", "{}/for-acme").code == 3


def test_a_verdict_that_the_mail_does_not_give_is_found_in_a_part(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the program that put the mails in had read their signatures otherwise."""

    def otherwise(raw: bytes, *, file: str, start: int, snapshot: Snapshot) -> object:
        return replace(read(raw, file=file, start=start, snapshot=snapshot), subject="dinner")

    read = read_mail
    monkeypatch.setattr("filiation.proceedings.productions.read_mail", otherwise)
    done = at(folder, "replay", "{}/for-basel")
    assert done.code == 3 and "not the same when derived again" in done.err


def test_a_damaged_export_is_read_by_no_verb(folder: Path) -> None:
    raw = folder / "for-basel/documents/mail/raw"
    whole = raw.read_bytes()
    raw.chmod(0o644)
    for damaged in (whole[:-1], whole.replace(b"answers", b"Answers", 1), whole + b"x"):
        raw.write_bytes(damaged)
        for verb in (
            ("replay", "{}/for-basel"),
            ("log", "{}/for-basel"),
            ("documents", "list", "{}/for-basel", "mail"),
            ("documents", "show", "{}/for-basel", "mail:0"),
            ("documents", "search", "{}/for-basel", "zanzibar"),
            ("documents", "threads", "{}/for-basel"),
        ):
            assert at(folder, *verb).code == 3, verb


def test_for_whom_it_is_stands_under_the_signed_head(folder: Path) -> None:
    """Whoever receives it cannot be told that it is the view of another party."""
    listing = folder / "for-basel/export.json"
    listing.chmod(0o644)
    listing.write_bytes(listing.read_bytes().replace(b'"for":"basel"', b'"for":"acme"'))
    done = at(folder, "log", "{}/for-basel")
    assert done.code == 3 and "for acme, its signed head says basel" in done.err


def test_a_document_that_its_receiver_takes_out_was_not_withheld_by_the_lead(folder: Path) -> None:
    sub = folder / "for-basel"
    entries = [
        json.loads(one) for one in (sub / "documents/mail/entries.jsonl").read_text().splitlines()
    ]
    shown = next(n for n, one in enumerate(entries) if "entry" in one)
    raw = (sub / "documents/mail/raw").read_bytes()
    size = json.loads(entries[shown]["entry"])["size"]
    leaf = leaf_hash(bytes.fromhex(entries[shown]["salt"]) + entries[shown]["entry"].encode())
    entries[shown] = {"leaf": leaf.hex()}
    for path, now in (
        (sub / "documents/mail/raw", raw[size:]),
        (sub / "documents/mail/entries.jsonl",
         b"".join(json.dumps(one, sort_keys=True).encode() + b"\n" for one in entries)),
    ):  # fmt: skip
        path.unlink()
        path.write_bytes(now)
    (sub / SUMS).unlink()
    (sub / SUMS).write_bytes(sums_of(sub))
    done = at(folder, "log", "{}/for-basel")
    assert done.code == 3 and "are withheld than the lead's head says" in done.err, done.err


def test_an_export_of_another_history_than_was_seen_is_not_read(folder: Path) -> None:
    does(folder, "log", "{}/elsewhere")
    (kept,) = (folder / "home" / "seen").iterdir()
    seen = json.loads(kept.read_text())
    seen["roots"][2] = "0" * 64
    kept.write_text(json.dumps(seen))
    done = at(folder, "documents", "search", "{}/for-basel", "zanzibar")
    assert done.code == 3 and "event 2 is not the one that this computer saw" in done.err


def test_what_adds_to_a_record_says_that_this_is_an_export(folder: Path) -> None:
    assert "11 events on record" in does(folder, "status", "{}/for-basel")
    for verb in (
        ("documents", "tag", "{}/for-basel", "hot", "mail:0"),
        ("documents", "search", "{}/for-basel", "x", "--save", "x"),
    ):
        done = at(folder, *verb)
        assert done.code == 2 and "the export of a case, expected the case itself" in done.err


def test_laws_are_judged_where_nothing_is_withheld(folder: Path) -> None:
    held = ExportHeld.checked(folder / "for-acme")
    assert (held.withheld, ExportHeld.checked(folder / "for-basel").withheld) == ((), (10,))
    assert len(held.state().events) == len(Record(folder / "elsewhere").state().events) - 2


def test_heads_that_were_compared_are_told_apart(folder: Path) -> None:
    does(folder, "witness", "keep", "{}/for-basel", "{}/basel.witness")
    said = does(folder, "verify", "{}/for-basel", "--witness", "{}/basel.witness")
    assert "that this computer saw before, the 1 head in basel.witness" in said

"""Numbers, logs, pages, near duplicates and attachments: as a reviewing lawyer uses them."""

import base64
import csv
import io
import re
import shutil
import subprocess
from pathlib import Path

import pypdf
import pytest

from cli.case.test_documents import at, does, exported
from filiation.casefile.check import check_record
from filiation.casefile.facts import Produced
from filiation.casefile.laws.numbers import number_span
from filiation.casefile.record import Record
from filiation.report.wording.expert_custody import production_held
from readers.writings.files import pdf, word

LONG = (
    "the answers that we collected from their service are for the first two stages of the run and "
    "nobody outside of this room has to know where they come from until the model is out"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case: mail with attachments from acme, and a copy of one of them from basel."""
    folder = tmp_path_factory.mktemp("papers") / "now"
    (folder / "mail").mkdir(parents=True)
    paper = word(folder / "b.docx", f"zanzibar {LONG}").read_bytes()
    for number, (subject, text) in enumerate(
        [("one", LONG), ("two", LONG.replace("first two", "last")), ("=1+1", "advice of counsel")]
    ):
        (folder / f"mail/{number}.eml").write_bytes(
            b"From: =HYPERLINK@b.example\nTo: Dana <dana@d.example>\nSubject: "
            + subject.encode() + b"\nDate: Mon, 2 Mar 2026 09:14:05 +0100\n"
            b'Content-Type: multipart/mixed; boundary="x"\n\n--x\n\n' + text.encode()
            + b'\n--x\nContent-Type: a/b\nContent-Disposition: attachment; filename="../b.docx"\n'
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(paper) + b"--x--\n"
        )  # fmt: skip
    does(folder, "key", "acme")
    does(folder, "open", "{}/case", "--title", "T", "--lead", "lead")
    does(folder, "party", "{}/case", "acme", "--role", "claimant",
         "--public-key", "{}/home/keys/acme.pub")  # fmt: skip
    does(folder, "party", "{}/case", "basel", "--role", "respondent")
    (folder / "note.txt").write_text(LONG.upper())
    for path, name, party in (("mail", "mail", "acme"), ("note.txt", "note", "basel")):
        does(folder, "documents", "add", "{}/case", f"{{}}/{path}", "--name", name, "--from",
             party, "--how", "found")  # fmt: skip
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "copied")


def rows(raw: bytes) -> list[dict[str, str]]:
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def number(folder: Path, *words: str) -> str:
    return does(folder, "documents", "number", "{}/case", *words)


def test_numbers_are_given_once_and_go_on(folder: Path) -> None:
    assert "numbered ACME-000001 to ACME-000003" in number(folder, "mail", "--prefix", "ACME")
    for words, why in (
        (("mail",), "a number never changes"),
        (("note", "--prefix", "ACME"), "that of acme; basel needs one of its own"),
        (("note", "--prefix", "basel"), "expected up to 12 of A-Z and 0-9"),
        (("note",), "basel has no prefix yet"),
    ):
        refused = at(folder, "documents", "number", "{}/case", *words)
        assert (refused.code, why in refused.err) == (2, True), refused.err
    does(folder, "documents", "add", "{}/case", "{}/note.txt", "--name", "more", "--from", "acme",
         "--how", "found")  # fmt: skip
    low = at(folder, "documents", "number", "{}/case", "more", "--first", "3")
    assert "the next is 4, and none is given a second time" in low.err
    assert "numbered ACME-000010 to ACME-000010" in number(folder, "more", "--first", "10")
    last = does(folder, "documents", "add", "{}/case", "{}/b.docx", "--name", "last", "--from",
                "acme", "--how", "found", "--prefix", "ACME")  # fmt: skip
    assert "ACME-000011 to" in last  # not 4: what was left out stays empty
    state = Record(folder / "case").state()
    assert production_held(state.of(Produced)[0].fact, number_span(state, "mail")).endswith(
        "3 files, numbered ACME-000001 to ACME-000003; of its mail: 3 unsigned"
    )
    assert check_record(Record(folder / "case")).problems == ()


def test_a_number_is_shown_and_taken_everywhere(folder: Path) -> None:
    number(folder, "mail", "--prefix", "ACME")
    for words in (("list", "{}/case", "mail"), ("search", "{}/case", "answers"),
                  ("timeline", "{}/case"), ("show", "{}/case", "ACME-000002")):  # fmt: skip
        assert "ACME-000002" in does(folder, "documents", *words), words
    assert "on ACME-000002" in does(folder, "documents", "tag", "{}/case", "hot", "ACME-000002")
    assert at(folder, "documents", "show", "{}/case", "ACME-000004").code == 2
    assert at(folder, "documents", "show", "{}/case", "ACME-00002").code == 2  # a digit short


def test_logs_go_with_an_export_and_tell_who_withholds_what(folder: Path) -> None:
    number(folder, "mail", "--prefix", "ACME")
    does(folder, "documents", "privilege", "{}/case", "mail:2", "--by", "acme", "--ground",
         "=cmd|' /C calc'!A0 advice")  # fmt: skip
    does(folder, "rule", "{}/case", "mail:2", "--of", "acme", "--upheld", "--because", "Legal.")
    does(folder, "documents", "redact", "{}/case", "mail:0", "--passage", "two stages",
         "--everywhere", "--ground", "trade secret")  # fmt: skip
    files = exported(folder)
    (claim,) = rows(files["logs/privilege-log.csv"])

    assert (claim["Number"], claim["Document"], claim["Claimed by"], claim["Withheld"]) == (
        "ACME-000003", "mail:2", "acme", "yes")  # fmt: skip
    assert claim["Date"] == "2026-03-02 08:14:05 UTC"
    assert claim["Ground"].startswith("'=cmd") and claim["Author"].startswith("'=")
    assert claim["Recipients"] == "Dana <dana@d.example>"
    assert claim["Kind"] == "e-mail with 1 attachment"
    assert re.fullmatch(r"upheld \(event \d+, \d{4}-.* UTC\): Legal\.", claim["Ruling"])
    redacted = rows(files["logs/redaction-log.csv"])
    assert {one["Document"] for one in redacted} >= {"mail:0", "note:0"}
    assert {one["Redacted by"] for one in redacted} == {"lead"}
    assert b"logs/          the privilege log" in files["README.txt"]
    listed = {one["Document"]: one for one in rows(files["logs/documents.csv"])}
    assert listed["mail:2"]["Handed over"].startswith("withheld")
    assert listed["mail:2"]["Subject"] == listed["mail:2"]["SHA-256"] == ""
    assert listed["mail:0"]["Handed over"] == "with passages redacted"
    does(folder, "documents", "logs", "{}/case", "-o", "{}/logs")
    whole = rows((folder / "logs/documents.csv").read_bytes())
    assert [one["Subject"] for one in whole if one["Document"] == "mail:2"] == ["'=1+1"]


def test_every_file_is_in_the_list_of_digests(folder: Path) -> None:
    does(folder, "export", "{}/case", "--for", "basel", "-o", "{}/out", "--pages")
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder / "out", capture_output=True, check=True
    )
    files = {p.relative_to(folder / "out").as_posix()
             for p in (folder / "out").rglob("*") if p.is_file()}  # fmt: skip
    assert {line.rpartition(":")[0] for line in done.stdout.decode().splitlines()} == files - {
        "SHA256SUMS"
    }
    for name, change in (("SHA256SUMS", b"x"), ("logs/documents.csv", b"x"), ("pages/x", b"")):
        before = (folder / "out" / name).read_bytes() if name != "pages/x" else None
        (folder / "out" / name).write_bytes((before or b"") + change)
        assert at(folder, "verify", "{}/out").code == 3, name
        (folder / "out" / name).unlink()
        assert before is None or at(folder, "verify", "{}/out").code == 3, name
        if before is not None:
            (folder / "out" / name).write_bytes(before)
    assert at(folder, "verify", "{}/out").code == 0


def test_pages_bear_numbers_and_hold_nothing_that_is_withheld(folder: Path) -> None:
    number(folder, "mail", "--prefix", "ACME")
    does(folder, "documents", "privilege", "{}/case", "mail:2", "--by", "acme", "--ground", "<b>x")
    does(folder, "documents", "redact", "{}/case", "mail:0", "--passage", "two stages",
         "--everywhere", "--ground", "trade secret")  # fmt: skip
    does(folder, "export", "{}/case", "--for", "basel", "-o", "{}/out", "--pages")
    pages = {p.name: p.read_text() for p in (folder / "out/pages").rglob("*.html")}

    assert set(pages) == {f"ACME-00000{n}.html" for n in (1, 2, 3)} | {"note-0.html"}
    assert all(f'<div class="stamp">{name[:-5]}</div>' in pages[name] for name in pages
               if name != "note-0.html")  # fmt: skip
    assert "first [redacted] of the run" in pages["ACME-000001.html"]
    assert "Date: 2026-03-02 08:14:05 UTC\n" in pages["ACME-000002.html"]
    gone = pages["ACME-000003.html"]
    assert "Withheld." in gone and "&lt;b&gt;x" in gone and "counsel" not in gone
    assert "TWO STAGES" in pages["note-0.html"]  # the party's own, in pages/own
    assert (folder / "out/pages/own/note-0.html").is_file()
    refused = at(folder, "export", "{}/case", "--for", "basel", "-o", "{}/u", "--pages",
                 "--format", "case-uco")  # fmt: skip
    assert (refused.code, (folder / "u").exists()) == (2, False)


def test_pages_of_a_pdf_bear_its_number(folder: Path) -> None:
    pdf(folder / "a.pdf", "Use their outputs")
    does(folder, "documents", "add", "{}/case", "{}/a.pdf", "--name", "paper", "--from", "acme",
         "--how", "found", "--prefix", "ACME")  # fmt: skip
    does(folder, "export", "{}/case", "--for", "basel", "-o", "{}/out", "--pages")
    text = pypdf.PdfReader(folder / "out/pages/ACME-000001.pdf").pages[0].extract_text()
    assert "ACME-000001  1/1" in text and "Use their outputs" in text
    assert (folder / "a.pdf").read_bytes() in {
        path.read_bytes() for path in (folder / "out/objects").rglob("*") if path.is_file()
    }
    assert at(folder, "verify", "{}/out").code == 0
    does(folder, "documents", "redact", "{}/case", "ACME-000001", "--passage", "outputs",
         "--ground", "x")  # fmt: skip
    does(folder, "export", "{}/case", "--for", "basel", "-o", "{}/later", "--pages")
    assert not list((folder / "later").rglob("*.pdf"))


def test_what_was_redacted_is_looked_for_in_logs_and_pages(folder: Path) -> None:
    does(folder, "documents", "redact", "{}/case", "mail:0", "--passage", "two stages",
         "--ground", "trade secret")  # fmt: skip
    does(folder, "documents", "privilege", "{}/case", "mail:1", "--by", "acme", "--ground",
         "advice of Dana")  # fmt: skip
    does(folder, "documents", "redact", "{}/case", "mail:0", "--passage", "Dana", "--ground", "x")
    held = at(folder, "export", "{}/case", "--for", "basel", "-o", "{}/out", "--despite-found")
    log = (folder / "out/logs/privilege-log.csv").read_text("utf-8-sig")
    assert held.code == 0 and "advice of [redacted]" in log and "Dana" not in log


def test_near_duplicates_are_named_and_their_difference_shown(folder: Path) -> None:
    listed = does(folder, "documents", "list", "{}/case", "mail").splitlines()
    groups = does(folder, "documents", "alike", "{}/case")
    shown = does(folder, "documents", "show", "{}/case", "mail:0")
    difference = does(folder, "documents", "alike", "{}/case", "mail:1", "mail:0")

    assert re.search(r"nearly the same as mail:0 \(\d\d % of its words\)", listed[1])
    assert "nearly" not in listed[0] and groups.startswith("mail:0, and 2 like it")
    assert "note:0        the same text as mail:0, word for word" in groups
    assert "nearly the same as mail:1" in " ".join(shown.split())
    assert "1. mail:1  their service are for the [last] stages of the run" in difference
    assert "[first two] stages of the run" in difference
    assert at(folder, "documents", "alike", "{}/case", "mail:1", "mail:1").code == 2
    assert "no other document" in does(folder, "documents", "alike", "{}/case", "mail:2")


def test_attachments_are_shown_found_and_written_under_harmless_names(folder: Path) -> None:
    found = does(folder, "documents", "search", "{}/case", "zanzibar")
    shown = does(folder, "documents", "show", "{}/case", "mail:1/1")
    does(folder, "documents", "extract", "{}/case", "mail:1", "-o", "{}/all")
    does(folder, "documents", "extract", "{}/case", "mail:1/1", "-o", "{}/one.docx")

    assert "of attachments, 3 hold the words" in found and "mail:1/1      ../b.docx" in found
    assert "hangs on    mail:1, mail, 2026-03-02 08:14:05 UTC: two" in shown
    assert shown.endswith(f"\n\nzanzibar {LONG}\n")
    paper = (folder / "b.docx").read_bytes()
    assert {p.name: p.read_bytes() for p in (folder / "all").iterdir()} == {"1-b.docx": paper}
    assert (folder / "one.docx").read_bytes() == paper
    for words in (("mail:1/2", "{}/x"), ("mail:1/0", "{}/x"), ("mail:1/../1", "{}/x"),
                  ("note:0", "{}/x"), ("mail:1", "{}/all")):  # fmt: skip
        assert at(folder, "documents", "extract", "{}/case", words[0], "-o", words[1]).code == 2

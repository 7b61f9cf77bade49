"""Numbers, near duplicates, attachments and logs, read in an export that withholds documents."""

import base64
import csv
import io
import re
import shutil
from pathlib import Path

import pytest

from cli.case.test_documents import at, does
from readers.writings.files import word

LONG = (
    "the answers that we collected from their service are for the first two stages of the run and "
    "nobody outside of this room has to know where they come from until the model is out"
)
TEXTS = (
    LONG,
    LONG.replace("first two", "last"),
    f"{LONG} says counsel",  # privileged
    f"{LONG} says quux",  # quux is redacted
    f"{LONG} says quuz",  # quuz is, too: the words that are left of both are the same
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five mails of acme, each with a Word file; mail:2 is privileged, mail:3 and 4 redacted."""
    folder = tmp_path_factory.mktemp("papers") / "now"
    (folder / "mail").mkdir(parents=True)
    for number, text in enumerate(TEXTS):
        paper = f"zanzibar {number}".encode()
        if number == 1:
            paper = word(folder / "b.docx", f"zanzibar {number}").read_bytes()
        (folder / f"mail/{number}.eml").write_bytes(
            b"From: Ada <ada@acme.example>\nTo: Dana <dana@d.example>\nSubject: s\n"
            b"Date: Mon, 2 Mar 2026 09:14:05 +0100\n"
            b'Content-Type: multipart/mixed; boundary="x"\n\n--x\n\n' + text.encode()
            + b"\n--x\nContent-Type: %s\n" % (b"a/b" if number == 1 else b"text/plain")
            + b'Content-Disposition: attachment; filename="b.%s"\n'
            % (b"docx" if number == 1 else b"txt") +
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(paper) + b"--x--\n"
        )  # fmt: skip
    does(folder, "open", "{}/case", "--title", "T", "--lead", "lead")
    does(folder, "party", "{}/case", "acme", "--role", "claimant")
    does(folder, "party", "{}/case", "basel", "--role", "respondent")
    does(folder, "documents", "add", "{}/case", "{}/mail", "--name", "mail", "--from", "acme",
         "--how", "found", "--prefix", "ACME")  # fmt: skip
    does(folder, "documents", "privilege", "{}/case", "mail:2", "--by", "acme", "--ground", "x")
    for number, passage in ((3, "quux"), (4, "quuz")):
        does(folder, "documents", "redact", "{}/case", f"mail:{number}", "--passage", passage,
             "--ground", "a secret")  # fmt: skip
    does(folder, "export", "{}/case", "--for", "basel", "-o", "{}/out")
    shutil.move(folder / "case", folder / "elsewhere")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "copied")


def documents(folder: Path, verb: str, *words: str) -> str:
    return does(folder, "documents", verb, "{}/out", *words)


def test_what_is_withheld_keeps_its_number_in_the_list(folder: Path) -> None:
    listed = documents(folder, "list", "mail").splitlines()
    assert [line.split()[:2] for line in listed] == [
        [f"mail:{n}", f"ACME-00000{n + 1}"] for n in range(5)
    ]
    assert [line.split()[2] == "withheld:" for line in listed] == [False, False, True, True, True]
    assert re.search(r"nearly the same as mail:0 \(\d\d % of its words\)", listed[1])
    hidden = documents(folder, "show", "ACME-000003")
    assert hidden.startswith(
        "mail:2, withheld: privileged, says acme; not ruled on\nnumber      AC"
    )
    assert at(folder, "documents", "show", "{}/out", "ACME-000006").code == 2


def test_near_duplicates_are_of_what_is_held_and_the_rest_is_named(folder: Path) -> None:
    groups = documents(folder, "alike")
    assert groups.startswith("mail:0, and 1 like it\n  mail:1        nearly the same as mail:0")
    assert "withheld and not compared: 3 documents; whether others say nearly the same" in groups
    for number in (2, 3, 4):
        assert f"  mail:{number} (ACME-00000{number + 1}): " in groups
    assert "fewer than ten words" not in groups  # of those that are redacted it is not known
    assert groups.count("like it") == 1  # what is left of mail:3 and 4 is nearly the same
    assert "and 4 like it" in does(folder, "documents", "alike", "{}/elsewhere")

    pairs = documents(folder, "alike", "ACME-000002")
    assert pairs.startswith("mail:1 is nearly the same as mail:0")
    assert "withheld and not compared: 3 documents" in pairs
    assert "[last]" in documents(folder, "alike", "mail:1", "mail:0")
    for words in (("mail:2",), ("mail:3", "mail:0"), ("mail:0", "mail:4"), ("ACME-000003",)):
        done = at(folder, "documents", "alike", "{}/out", *words)
        assert done.code == 2 and re.search("mail:[234]: withheld; this export", done.err), words


def test_attachments_are_shown_found_and_taken_out_of_what_is_held(folder: Path) -> None:
    case = ("documents", "show", "{}/elsewhere")
    assert documents(folder, "show", "mail:1/1") == does(folder, *case, "mail:1/1")
    assert documents(folder, "show", "ACME-000002/1").endswith("\n\nzanzibar 1\n")
    for name in ("mail:2/1", "ACME-000003/1"):
        gone = documents(folder, "show", name)
        assert gone.startswith("mail:2, withheld: privileged") and "zanzibar" not in gone
        assert "all that hangs on it are withheld" in gone
    found = documents(folder, "search", "zanzibar")
    assert "of attachments, 2 hold the words" in found and "mail:1/1      b.docx" in found
    assert "withheld and not searched: 1 document" in found
    assert "  mail:2 (ACME-000003): privileged, says acme" in found
    documents(folder, "extract", "mail:1", "-o", "{}/all")
    does(folder, "documents", "extract", "{}/elsewhere", "mail:1", "-o", "{}/same")
    taken, same = ((folder / name / "1-b.docx").read_bytes() for name in ("all", "same"))
    assert taken == same
    for name in ("mail:2", "mail:2/1", "mail:3/1"):
        done = at(folder, "documents", "extract", "{}/out", name, "-o", "{}/x")
        assert (done.code, (folder / "x").exists()) == (2, False)
        assert "withheld; this export does not hold it" in done.err
    raw = at(folder, "documents", "show", "{}/out", "mail:2/1", "--raw", "{}/x")
    assert (raw.code, (folder / "x").exists()) == (2, False)


def test_a_redacted_document_is_said_to_be_so_not_to_have_no_date_and_no_sender(
    folder: Path,
) -> None:
    for found in (documents(folder, "search", "answers"), documents(folder, "timeline")):
        (line,) = (one for one in found.splitlines() if one.startswith("mail:3  "))
        assert "ACME-000004" in line and "redacted" in line
        assert "nobody" not in line and "no date" not in line
    by_year = documents(folder, "timeline", "--by", "year")
    assert by_year.startswith("2026        2\n") and "no date" not in by_year
    assert "not by people, days or verdicts: 2 documents" in by_year


def test_logs_are_those_that_came_with_the_export(folder: Path) -> None:
    said = documents(folder, "logs", "-o", "{}/logs")
    names = ("privilege-log.csv", "redaction-log.csv", "documents.csv")
    assert [Path(line).name for line in said.splitlines()] == list(names)
    for name in names:
        assert (folder / "logs" / name).read_bytes() == (folder / "out/logs" / name).read_bytes()
    text = (folder / "logs/privilege-log.csv").read_text("utf-8-sig")
    (claim,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (claim["Number"], claim["Author"]) == ("ACME-000003", "Ada <ada@acme.example>")
    documents(folder, "logs", "-o", "{}/own", "--for", "basel")
    other = at(folder, "documents", "logs", "{}/out", "-o", "{}/x", "--for", "acme")
    assert other.code == 2 and "this is the export for basel, expected the case itself" in other.err
    assert not (folder / "x").exists()


def test_what_a_log_tells_of_a_document_is_not_said_to_be_withheld(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A privilege log names date, author and recipients; `show` said that they were withheld."""
    hidden = documents(folder, "show", "mail:2")
    assert "logs/privilege-log.csv tells who wrote it, when" in hidden
    assert "people and date" not in hidden
    assert "logs/documents.csv tells who wrote it, when" in documents(folder, "show", "mail:3")
    monkeypatch.setattr("filiation.proceedings.documents.reading.marks_of", lambda _: {})
    unexplained = documents(folder, "show", "mail:2")
    assert "no claim of privilege and no redaction" in unexplained and "tells" not in unexplained
    assert "So are people and date." in unexplained
    help_ = " ".join(at(folder, "documents", "privilege", "--help").out.split())
    assert "names its date, author, recipients and kind" in help_
    added = at(folder, "documents", "number", "{}/out", "mail", "--prefix", "X")
    assert added.code == 2 and "the export of a case, expected the case itself" in added.err

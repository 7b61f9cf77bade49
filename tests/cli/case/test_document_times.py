"""Every time that any verb prints of a document says its zone, or that none was recorded."""

import json
import re
from pathlib import Path

import pytest

from cli.case.test_documents import does
from filiation.readers.writings.plain import instant
from filiation.report.wording.moments import as_dated, span
from readers.writings.files import message, pdf, word

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(.{0,21})")
ZONED = re.compile(r"Z|[+-]\d\d:?\d\d| UTC\b| \(zone not recorded\)")
DAY = re.compile(r"\d{4}-\d\d-\d\d(?![T \d-]\d?\d:|\d)(.{0,21})")
MAILS = {
    "offset": "Mon, 02 Mar 2026 09:14:05 +0100", "nowhere": "Mon, 02 Mar 2026 09:14:05 -0000",
    "none": "Mon, 02 Mar 2026 09:14:05", "named": "Mon, 02 Mar 2026 09:14:05 CEST",
    "junk": "yesterday 2026-03-02 09:14", "without": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("times")
    given = folder / "given"
    given.mkdir()
    for name, date in MAILS.items():
        head = f"Date: {date}\n" if date else ""
        (given / f"{name}.eml").write_text(
            f"From: A <a@b.example>\nTo: b@b.example\nMessage-ID: <{name}@x>\n"
            f"In-Reply-To: <root@x>\n{head}Received: from a.example by b.example; {date}\n"
            f"Subject: {name}\n\nwalrus {name}\n"
        )
    (given / "chat.txt").write_text(
        "13/03/2026, 09:05 - Dana: walrus\n13/03/2026, 09:07 - Ben: yes\n"
    )
    (given / "doubt.txt").write_text("03/04/2026, 09:05 - Dana: walrus\n03/04/2026, 09:07 - B: x\n")
    (given / "slack.json").write_text(json.dumps([
        {"type": "message", "user": "U1", "text": "walrus", "ts": "1772442845.1",
         "edited": {"user": "U1", "ts": "1772442900.1"},
         "attachments": [{"is_share": True, "author_name": "X", "ts": "1772442000.1", "text": "s"}]}
    ]))  # fmt: skip
    (given / "teams.json").write_text(json.dumps([
        {"from": "A", "body": "walrus", "created": "2026-03-02T09:14:05"},
        {"from": "A", "body": "walrus", "created": "2026-03-02T09:14:05+02:00"},
    ]))  # fmt: skip
    pdf(given / "a.pdf", "walrus")
    word(given / "b.docx", "walrus")
    message(given / "c.msg", {"001A": "IPM.Note", "1000": "walrus", "0039": 134168400000000000})
    does(folder, "open", "{}/case", "--title", "T", "--lead", "lead")
    does(folder, "party", "{}/case", "acme", "--role", "claimant")
    said = does(folder, "documents", "add", "{}/case", "{}/given", "--name", "all", "--from",
                "acme", "--how", "found")  # fmt: skip
    assert "day and month of 2 documents cannot be told apart" in said and "--dates dmy" in said
    does(folder, "documents", "privilege", "{}/case", "all:2", "--by", "acme", "--ground", "x")
    return folder


def zoned(text: str, what: str) -> int:
    """Times in a text; each has its zone behind it."""
    count = 0
    for found in TIME.finditer(text):
        assert ZONED.match(found[1]), (what, found[0])
        count += 1
    return count


def test_every_verb_says_the_zone(folder: Path) -> None:
    held = does(folder, "documents", "list", "{}/case", "all", "--most", "99")
    names = [line.split()[0] for line in held.splitlines()]
    assert len(names) == 16 and zoned(held, "list") >= 10
    verbs = [("show", name) for name in names] + [
        ("search", "walrus"), ("timeline",), ("threads",), ("threads", "all:0"), ("people",),
    ]  # fmt: skip
    said = {words: does(folder, "documents", words[0], "{}/case", *words[1:]) for words in verbs}
    assert sum(zoned(text, str(words)) for words, text in said.items()) > 40
    shown = "\n".join(text for words, text in said.items() if words[0] == "show")
    for line in re.findall(r"^(?:dated|hop \d) .*|^Date: .*", shown, re.MULTILINE):
        assert re.search(r"UTC|zone not recorded|unknown$|no date", line), line
    for words in (("threads",), ("people",)):
        for found in DAY.finditer(said[words]):
            assert re.match(r" UTC| \(zone not recorded\)| to \d{4}", found[1]), found[0]
    assert "(zone not recorded)" in said[("people",)] + said[("timeline",)]


def test_days_that_are_counted_say_in_which_zone(folder: Path) -> None:
    said = does(folder, "documents", "timeline", "{}/case", "--by", "day")
    last = said.splitlines()[-1]
    assert re.fullmatch(
        r"days are those of UTC, but for \d documents give times whose zone was not recorded, "
        r"with the days that they name", last
    ), last  # fmt: skip


def test_logs_pages_and_records_say_the_zone(folder: Path) -> None:
    does(folder, "documents", "logs", "{}/case", "-o", "{}/logs")
    for path in (folder / "logs").iterdir():
        assert zoned(path.read_text("utf-8-sig"), path.name) >= 1 or path.name.startswith("red")
    does(folder, "export", "{}/case", "--for", "acme", "-o", "{}/paged", "--pages")
    for path in (folder / "paged/pages").rglob("*.html"):
        zoned(path.read_text(), path.name)
    objects = (
        path.read_bytes() for path in (folder / "paged/objects").rglob("*") if path.is_file()
    )
    (account,) = (
        raw for raw in objects if b'"production"' in raw[:4000] and b'"salt"' in raw[:4000]
    )
    for line in account.splitlines()[1:]:
        entry = json.loads(line)
        if entry["moment"] and not entry["moment"].endswith("Z"):
            assert any("time zone" in remark for remark in entry["remarks"]), entry


def test_a_zone_that_is_told_otherwise() -> None:
    assert instant(MAILS["offset"]) == ("2026-03-02T08:14:05Z", "")
    assert instant(MAILS["nowhere"]) == ("2026-03-02T09:14:05Z", "")  # RFC 5322, 3.3
    assert instant(MAILS["none"])[1] == "the date is given without a time zone"
    assert instant(MAILS["named"])[1] == "the date names its time zone CEST, which is no offset"
    assert as_dated("9 March 09:05", "").startswith("9 March 09:05 (zone not recorded), as given")
    assert as_dated("9 March 09:05 +0200", "").startswith("9 March 09:05 +0200, as given")
    assert span("2026-03-02T09:14:05Z", "2026-03-13T09:05:00") == (
        "2026-03-02 UTC to 2026-03-13 (zone not recorded)"
    )

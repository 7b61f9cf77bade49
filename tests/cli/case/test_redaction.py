"""Redacted words are nowhere in what another party gets, however they are written there."""

import base64
import gzip
import shutil
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from cli.case.conftest import at
from command import Done
from filiation.casefile.documents.matcher import Passage
from filiation.casefile.record import Record
from filiation.readers.writings.anything import is_understood, texts

PASSAGE = "final offer of Juniper"
WAYS = {
    "plain.txt": "the final offer of Juniper stands",
    "quoted.txt": "> the final\n> offer of\n> Juniper stands",
    "hyphen.txt": "the final of-\nfer of Juni\u00ad\nper stands",
    "unseen.txt": "the fi\u200bnal o\ufb00er of Juni\u2060per stands",
    "wide.txt": "the \uff26\uff49\uff4e\uff41\uff4c offer of JUNIPER stands",
}
NEAR = {"near.txt": "the final offr of Juniper", "alike.txt": "final \u043effer of Juniper"}


def does(folder: Path, *words: str) -> Done:
    done = at(folder, *words)
    assert done.code == 0, (words, done.err)
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case in which the same words stand in many ways; mail:0 to mail:7, by name."""
    folder = tmp_path_factory.mktemp("redaction") / "now"
    (folder / "in").mkdir(parents=True)
    for name, text in (WAYS | NEAR).items():
        (folder / "in" / name).write_text(text, encoding="utf-8")
    does(folder, "key", "acme")
    does(folder, "open", "{}/case", "--title", "T", "--lead", "lead")
    does(folder, "party", "{}/case", "acme", "--role", "claimant",
         "--public-key", "{}/home/keys/acme.pub")  # fmt: skip
    does(folder, "party", "{}/case", "basel", "--role", "respondent")
    does(folder, "documents", "add", "{}/case", "{}/in", "--name", "mail", "--from", "acme",
         "--how", "their server")  # fmt: skip
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "copied")


def redact(folder: Path, *more: str, document: str = "mail:3", ground: str = "settlement") -> Done:
    return at(folder, "documents", "redact", "{}/case", document, "--passage", PASSAGE,
              "--ground", ground, *more)  # fmt: skip


def export(folder: Path, party: str = "basel", *more: str) -> Done:
    return at(folder, "export", "{}/case", "--for", party, "-o", "{}/out", *more)


def held(folder: Path) -> list[str]:
    """Files of the export in which the words stand, whatever way."""
    return [
        path.name
        for path in (folder / "out").rglob("*")
        if path.is_file() and any(Passage(PASSAGE).stands_in(t) for t in texts(path.read_bytes()))
    ]


def events(folder: Path) -> int:
    return len(Record(folder / "case").rows())


def test_everywhere_finds_every_way_and_names_what_comes_near(folder: Path) -> None:
    before = events(folder)
    dry = redact(folder, "--everywhere", "--dry-run")
    assert (dry.code, events(folder)) == (0, before)
    assert dry.out == "to be redacted in mail:3, mail:1, mail:4, mail:5, mail:6\n"
    assert "final offr of Juniper', which comes near" in dry.err
    assert "mail:0 has" in dry.err

    done = redact(folder, "--everywhere")
    assert done.out.startswith(dry.out) and events(folder) == before + 5
    assert done.out.count("1 passage redacted") == 5
    assert "looked for: 5, not found" in export(folder).out
    assert held(folder) == []
    shutil.rmtree(folder / "out")
    export(folder, "acme")
    assert len(held(folder)) == 5  # whose documents they are


def test_what_is_redacted_is_named_by_its_number(folder: Path) -> None:
    does(folder, "documents", "number", "{}/case", "mail", "--prefix", "ACME")
    done = redact(folder, "--everywhere")
    assert done.out.startswith("to be redacted in ACME-000004, ACME-000002")
    assert "ACME-000004: 1 passage redacted" in done.out and "ACME-000001 has" in done.err
    assert "mail:" not in done.out + done.err


def test_what_is_out_already_is_not_recorded_again(folder: Path) -> None:
    redact(folder)
    before = events(folder)
    again = redact(folder)
    assert (again.code, events(folder)) == (2, before)
    assert "mail:3: redacted so already, on this ground; nothing was recorded" in again.err
    redact(folder, "--everywhere")
    assert events(folder) == before + 4  # the others alone
    assert redact(folder, ground="another").code == 0 and events(folder) == before + 5


def test_an_export_is_not_made_while_the_words_stand_elsewhere(folder: Path) -> None:
    said = redact(folder)
    assert "also stand in mail:1, mail:4, mail:5, mail:6" in said.err
    before = events(folder)
    refused = export(folder)

    assert (refused.code, events(folder), (folder / "out").exists()) == (2, before, False)
    assert "mail:1, redacted in mail:3" in refused.err
    made = export(folder, "basel", "--despite-found")
    assert made.code == 0 and "looked for: 1, found in mail:1" in made.out


def test_a_ground_that_tells_the_passage_is_refused(folder: Path) -> None:
    before = events(folder)
    said = redact(folder, ground="it is the FINAL offer of Juniper")
    assert (said.code, events(folder)) == (2, before)
    assert "all parties read it" in said.err


def mail(folder: Path) -> Path:
    """The words in the page of a mail of which another text is shown."""
    made = EmailMessage()
    made["From"], made["Subject"] = "a@acme.example", "hello"
    made.set_content("nothing here")
    made.add_alternative(f"<p>the <b>final</b> offer<!-- x --> of Juniper {'.' * 90}</p>", "html",
                         cte="base64")  # fmt: skip
    (folder / "x.eml").write_bytes(bytes(made))
    return folder / "x.eml"


def zipped(folder: Path) -> Path:
    """The words in a part of a Word file that no reader reads."""
    with zipfile.ZipFile(folder / "x.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/comments.xml", "<w:t>final of</w:t><w:t>fer of Juniper</w:t>")
    return folder / "x.docx"


def json_file(folder: Path) -> Path:
    said = '{"from": "a", "text": "ok", "x": "final\\u0020offer of\\nJuniper"}'
    (folder / "x.json").write_text(f"[{said}]")
    return folder / "x.json"


def utf16(folder: Path) -> Path:
    (folder / "x.bin").write_bytes(b"\x00\x01" + "the final offer of Juniper".encode("utf-16-le"))
    return folder / "x.bin"


def attached(folder: Path) -> Path:
    inner = base64.encodebytes(zipped(folder).read_bytes()).decode()
    (folder / "y.eml").write_text(
        "From: a@b.example\nDate: x\nContent-Transfer-Encoding: base64\n"
        f"Content-Type: application/zip; name=z.zip\n\n{inner}"
    )
    return folder / "y.eml"


@pytest.mark.parametrize("hide", [mail, zipped, json_file, utf16, attached])
def test_the_words_in_a_part_that_no_reader_reads(folder: Path, hide: object) -> None:
    redact(folder, "--everywhere")
    path = hide(folder)  # type: ignore[operator]
    does(folder, "documents", "add", "{}/case", str(path), "--name", "more", "--from", "acme",
         "--how", "theirs")  # fmt: skip
    refused = export(folder)
    assert refused.code == 2 and "more:0" in refused.err, (refused.out, refused.err)


def test_the_words_in_a_statement_a_reason_or_the_name_of_a_file(folder: Path) -> None:
    redact(folder, "--everywhere")
    (folder / "said.txt").write_text(f"There was a {PASSAGE}.")
    submit = ("submit", "{}/case", "--file", "{}/said.txt", "--by")
    does(folder, *submit, "basel")  # what it says itself tells it nothing
    assert "found in" not in export(folder).out and (folder / "out").exists()
    shutil.rmtree(folder / "out")
    does(folder, *submit, "acme")
    refused = export(folder)
    assert refused.code == 2 and f"of event {events(folder) - 1}" in refused.err, refused.err

    (folder / "x").mkdir()
    (folder / "x" / "Final_offer of Juniper.txt").write_text("x")
    (folder / "x" / "final offer of juniper.txt").write_text("x")
    does(folder, "add", "{}/case", "{}/x", "--name", "x", "--from", "acme", "--how", "h",
         "--unexamined")  # fmt: skip
    assert f"event {events(folder) - 1}, redacted in" in export(folder).err
    other = at(folder, "export", "{}/case", "--for", "basel", "-o", "{}/u.json", "--format",
               "case-uco")  # fmt: skip
    assert other.code == 2 and not (folder / "u.json").exists()


def test_what_was_not_read_is_not_vouched_for(folder: Path) -> None:
    (folder / "x.bin").write_bytes(bytes(range(256)) * 8)
    does(folder, "documents", "add", "{}/case", "{}/x.bin", "--name", "more", "--from", "acme",
         "--how", "theirs")  # fmt: skip
    said = redact(folder, "--everywhere")
    assert "more:0 hold parts that were not read" in said.err
    assert "could not be taken apart, and nothing is known of these" in export(folder).out


RUSSIAN = "\u043f\u043e\u0441\u043b\u0435\u0434\u043d\u0435\u0435 \u0441\u043b\u043e\u0432\u043e"


@pytest.mark.parametrize(
    ("charset", "body"),
    [("koi8-r", RUSSIAN.encode("koi8-r")), ("utf-7", RUSSIAN.encode("utf-7")),
     ("utf-8", f"https://x.example/?q={RUSSIAN.replace(' ', '%20')}".encode())],
)  # fmt: skip
def test_the_words_in_another_alphabet_or_in_a_link(
    folder: Path, charset: str, body: bytes
) -> None:
    (folder / "said.txt").write_text(f"our {RUSSIAN} stands", encoding="utf-8")
    head = f"From: a@b.example\nDate: x\nContent-Type: text/plain; charset={charset}\n\n"
    (folder / "x.eml").write_bytes(head.encode() + body)
    for path, name in (("said.txt", "said"), ("x.eml", "more")):
        does(folder, "documents", "add", "{}/case", f"{{}}/{path}", "--name", name, "--from",
             "acme", "--how", "theirs")  # fmt: skip
    does(folder, "documents", "redact", "{}/case", "said:0", "--passage", RUSSIAN, "--ground", "g")
    refused = export(folder)
    assert refused.code == 2 and "more:0, redacted in said:0" in refused.err, refused


def test_what_others_say_of_a_party_is_not_what_it_says(folder: Path) -> None:
    redact(folder, "--everywhere")
    (folder / "own.txt").write_text("advice")
    does(folder, "documents", "add", "{}/case", "{}/own.txt", "--name", "own", "--from", "basel",
         "--how", "theirs")  # fmt: skip
    does(folder, "documents", "privilege", "{}/case", "own:0", "--by", "basel", "--ground", "law")
    does(folder, "rule", "{}/case", "own:0", "--of", "basel", "--dismissed", "--because",
         f"It answers the {PASSAGE}.")  # fmt: skip
    refused = export(folder)
    assert refused.code == 2 and f"event {events(folder) - 1}, redacted in" in refused.err


def test_each_of_two_passages_that_overlap_is_looked_for(folder: Path) -> None:
    does(folder, "documents", "redact", "{}/case", "mail:3", "--passage", "the final offer",
         "--passage", "offer of Juniper", "--ground", "g")  # fmt: skip
    does(folder, "documents", "redact", "{}/case", "mail:3", "--passage", "stands", "--ground", "g")
    (folder / "x.txt").write_text("our offer of Juniper")
    does(folder, "documents", "add", "{}/case", "{}/x.txt", "--name", "more", "--from", "acme",
         "--how", "theirs")  # fmt: skip
    assert "more:0, redacted in mail:3" in export(folder).err


def test_a_log_has_nothing_of_a_header_that_was_redacted(folder: Path) -> None:
    (folder / "x.eml").write_bytes(
        b"From: Dana <dana@d.example>\nTo: bo@b.example\nSubject: Juniper\n"
        b"Date: Mon, 2 Mar 2026 09:14:05 +0100\n\nhello\n"
    )
    does(folder, "documents", "add", "{}/case", "{}/x.eml", "--name", "more", "--from", "acme",
         "--how", "theirs")  # fmt: skip
    given = [("--passage", words) for words in ("Subject: Juniper", "From: Dana <dana@d.example>",
                                                "Date: 2026-03-02")]  # fmt: skip
    does(folder, "documents", "redact", "{}/case", "more:0", *sum(given, ()), "--ground", "g")
    does(folder, "documents", "privilege", "{}/case", "more:0", "--by", "acme", "--ground", "law")
    assert export(folder, "basel", "--despite-found").code == 0
    for log in ("documents", "privilege-log"):
        said = (folder / f"out/logs/{log}.csv").read_text("utf-8-sig")
        assert not any(one in said for one in ("Dana", "dana", "Juniper", "2026-03-02 08")), said
    assert ",[redacted],[redacted],bo@b.example,e-mail," in said


def test_what_an_archive_in_a_mail_holds_is_not_vouched_for(folder: Path) -> None:
    redact(folder, "--everywhere")
    inner = base64.encodebytes(gzip.compress(PASSAGE.encode())).decode()
    (folder / "x.eml").write_text(
        "From: a@b.example\nDate: x\nContent-Transfer-Encoding: base64\n"
        f"Content-Type: application/gzip; name=x.gz\n\n{inner}"
    )
    does(folder, "documents", "add", "{}/case", "{}/x.eml", "--name", "more", "--from", "acme",
         "--how", "theirs")  # fmt: skip
    assert "could not be taken apart, and nothing is known of these" in export(folder).out


@pytest.mark.parametrize(
    "raw",
    [
        b"final o<i>f</i>fer<br>of Juni<span class='x'>per</span>",
        b"Thread-Topic: =?koi8-r?Q?final_offer?=\n =?koi8-r?Q?_of_Juniper?=\n",
        b"Thread-Topic: =?utf-8?B?ZmluYWwg?= =?utf-8?B?b2ZmZXIgb2YgSnVuaXBlcg==?=\n",
        b"q=final+offer%20of+Juniper",
    ],
)
def test_words_in_formatting_in_a_header_or_in_a_link(raw: bytes) -> None:
    assert any(Passage(PASSAGE).stands_in(text) for text in texts(raw))


def test_what_is_no_word_of_a_header_is_left() -> None:
    raw = b"=?no-such?Q?a?= =?utf-8?B?=?= =?utf-8?B?a?= =?x?q?=?=?="
    assert all(isinstance(text, str) for text in texts(raw))
    assert any("=?no-such?Q?a?=" in text for text in texts(raw))


def test_a_copy_of_a_privileged_document_is_not_handed_over_unseen(folder: Path) -> None:
    for name, party in (("again", "acme"), ("theirs", "basel")):
        does(folder, "documents", "add", "{}/case", "{}/in/plain.txt", "--name", name, "--from",
             party, "--how", "found")  # fmt: skip
    claim = ("documents", "privilege", "{}/case", "--by", "acme", "--ground", "counsel")
    (number,) = [n for n, one in enumerate(sorted((folder / "in").iterdir()))
                 if one.name == "plain.txt"]  # fmt: skip
    does(folder, *claim, f"mail:{number}")
    before = events(folder)
    refused = export(folder)
    assert (refused.code, events(folder), (folder / "out").exists()) == (2, before, False)
    assert f"again:0, the same as mail:{number}. " in refused.err  # and not what it put in itself
    said = export(folder, "basel", "--despite-found").out
    assert f"again:0 is handed over, and is the same as mail:{number}" in said
    shutil.rmtree(folder / "out")
    does(folder, *claim, "again:0")
    assert "is handed over" not in export(folder).out and (folder / "out").exists()


def test_what_is_behind_a_password_is_not_understood(tmp_path: Path) -> None:
    open_zip = zipped(tmp_path).read_bytes()
    assert is_understood(open_zip) and is_understood(b"%PDF-1.7 x") and is_understood(b"text")
    local, central = open_zip.index(b"PK\x03\x04") + 6, open_zip.index(b"PK\x01\x02") + 8
    locked = bytearray(open_zip)
    locked[local] |= 1
    locked[central] |= 1
    for raw in (bytes(locked), open_zip[:60], b"%PDF-1.7 /Encrypt 3 0 R", b"a" * 5000 + b"\0b"):
        assert not is_understood(raw)

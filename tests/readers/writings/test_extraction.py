"""What hangs on a document, byte for byte, wherever it hangs."""

import base64
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from filiation.model.document import Document
from filiation.proceedings.documents.extracting import harmless_name
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.extraction import attached_bytes
from filiation.readers.writings.mail import read_mail
from filiation.readers.writings.production import documents
from readers.writings.files import handed, message, pdf, word

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def out_of(found: Document) -> list[bytes | None]:
    """The bytes of all that hangs on a document, each as its digest says."""
    held = [attached_bytes(found.raw, found.format, one.sha256) for one in found.attachments]
    for one, raw in zip(found.attachments, held, strict=True):
        assert raw is None or hashlib.sha256(raw).hexdigest() == one.sha256
    return held


def test_all_that_hangs_on_a_mail(tmp_path: Path) -> None:
    inner = b"From: c@d.example\nSubject: inner\n\nwalrus in a mail\n"
    paper = word(tmp_path / "b.docx", "We copied it").read_bytes()
    raw = (
        b'From: a@b.example\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\nsee\n'
        b"--x\nContent-Type: message/rfc822\n\n" + inner + b"\n"
        b'--x\nContent-Type: a/b\nContent-Disposition: attachment; filename="../../b.docx"\n'
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(paper)
        + b'--x\nContent-Type: text/csv\nContent-Disposition: attachment; filename="t.csv"\n\n'
        b"a;b\n--x--\n"
    )  # fmt: skip
    found = read_mail(raw, file="f", start=0, snapshot=Snapshot())

    assert out_of(found) == [inner, paper, b"a;b"]
    assert [one.text.strip() for one in found.attachments] == [
        "From: c@d.example\nSubject: inner\n\nwalrus in a mail", "We copied it", "a;b",
    ]  # fmt: skip
    assert attached_bytes(raw, "mail", "0" * 64) is None


def test_files_in_word_files_and_outlook_messages(tmp_path: Path) -> None:
    held = io.BytesIO(word(tmp_path / "b.docx", "We copied it").read_bytes())
    with zipfile.ZipFile(held, "a") as packed:
        packed.writestr("word/embeddings/note.txt", "embedded words")
        packed.writestr("word/media/image1.png", PNG)
    (tmp_path / "in").mkdir()
    paged = pdf(tmp_path / "a.pdf", "Use their outputs").read_bytes()
    (tmp_path / "in/b.docx").write_bytes(held.getvalue())
    message(
        tmp_path / "in/x.msg", {"001A": "IPM.Note", "1000": "see"}, recipients=[],
        attachments=[{"3707": "a.pdf", "37010102": paged}, {"3707": "p", "3705": 2},
                     {"3705": 5, "3701000D": {"0037": "inner", "1000": "inner words"}}],
    )  # fmt: skip
    paper, mail = documents(handed(tmp_path / "in"), Snapshot())

    assert {PNG, b"embedded words"} <= set(out_of(paper))
    (note,) = (one for one in paper.attachments if one.name.endswith("note.txt"))
    assert note.text == "[embedded file word/embeddings/note.txt:]\n> embedded words\n"
    assert out_of(mail) == [paged, None, None]  # a message in it is no file of its own
    assert "Use their outputs" in mail.attachments[0].text
    assert "inner words" in mail.attachments[2].text


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\users\\x\\evil.exe", "evil.exe"),
        ("/etc/.profile", "profile"), ("..", "nameless"), ("", "nameless"), ("a\x00b\n.txt",
        "a_b_.txt"), ("gpj\u202etxt.exe", "gpj_txt.exe"), ("con.txt", "_con.txt"),
        ("\u0142\u00f3d\u017a \u5408\u540c (1).pdf", "\u0142\u00f3d\u017a \u5408\u540c (1).pdf"),
        ("COM\u00b9.txt", "_COM\u00b9.txt"), ("-rf", "-rf"),
        ("x" * 500 + ".docx", "x" * 108 + ".docx"), ("~/$(id)`;|", "_(id)___"),
    ],
)  # fmt: skip
def test_names_lead_nowhere(name: str, harmless: str) -> None:
    assert harmless_name(name) == harmless
    assert "/" not in harmless and len(harmless) <= 120

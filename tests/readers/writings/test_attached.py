"""Files that hang on a mail: their words are found in it, behind marks, and what was not read."""

import base64
from pathlib import Path

from filiation.model.document import Document
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.mail import read_mail
from filiation.readers.writings.outlook import read_outlook
from readers.writings.files import message, pdf, word


def mail(name: str, raw: bytes) -> Document:
    body = (
        f'From: a@b.example\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\nsee\n--x\n'
        f'Content-Type: a/b\nContent-Disposition: attachment; filename="{name}"'
        "\nContent-Transfer-Encoding: base64\n\n"
    ).encode()
    held = body + base64.encodebytes(raw) + b"--x--\n"
    return read_mail(held, file="f", start=0, snapshot=Snapshot())


def test_the_words_of_a_pdf_and_of_a_word_file_on_a_mail(tmp_path: Path) -> None:
    page = mail("a.pdf", pdf(tmp_path / "a.pdf", "Use their outputs").read_bytes())
    text = mail("b.docx", word(tmp_path / "b.docx", "We copied it").read_bytes())
    other = mail("c.bin", b"\0\1")
    odd = mail("d.docx", b"PK\x03\x04junk")

    assert "[attached file a.pdf:]\n> Use their outputs" in page.text
    assert "in a.pdf: 1 pages" in page.remarks
    assert "[attached file b.docx:]\n> We copied it" in text.text
    assert any("are not read as part of it" in remark for remark in other.remarks)
    assert any("the words of d.docx are not read" in remark for remark in odd.remarks)
    assert not any("damaged" in remark for remark in odd.remarks)


def test_the_words_of_a_file_on_an_outlook_message(tmp_path: Path) -> None:
    raw = pdf(tmp_path / "a.pdf", "Use their outputs").read_bytes()
    path = message(
        tmp_path / "x.msg", {"001A": "IPM.Note", "1000": "see"},
        recipients=[], attachments=[{"3707": "a.pdf", "37010102": raw}],
    )  # fmt: skip
    found = read_outlook(path, "x.msg")
    assert "[attached file a.pdf:]\n> Use their outputs" in found.text

"""A document of an export, made again from its entry and bytes without the file around it."""

import json

from filiation.casefile.documents.account import document_of, entry_line, read_entry
from filiation.readers.writings.alone import words_alone
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.mail import read_mail

NAMED = b"--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename="
MAIL = (
    b"From: a@b.example\nSubject: s\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n"
    + NAMED
    + b"one.txt\n\nzanzibar\n"
    + NAMED
    + b"two.txt\n\nquux\n--x--\n"
)


def test_what_hangs_on_a_document_has_its_words_from_the_bytes() -> None:
    read = read_mail(MAIL, file="m.eml", start=0, snapshot=Snapshot())
    entry = read_entry(entry_line(3, read), "e")
    text, attached = words_alone(MAIL, file="m.eml", kind="mail")

    assert document_of(entry, MAIL, text, attached) == read
    assert [one.text.strip() for one in read.attachments] == ["zanzibar", "quux"]


def test_words_are_given_to_the_file_that_they_are_of_alone() -> None:
    """Whoever makes an entry that names other files gets no words of ours beneath them."""
    read = read_mail(MAIL, file="m.eml", start=0, snapshot=Snapshot())
    said = json.loads(entry_line(3, read))
    said["attachments"][0]["sha256"] = "0" * 64
    said["attachments"].append({**said["attachments"][1], "name": "three.txt"})
    entry = read_entry(json.dumps(said).encode(), "e")
    found = document_of(entry, MAIL, *words_alone(MAIL, file="m.eml", kind="mail"))

    assert [one.text.strip() for one in found.attachments] == ["", "quux", ""]

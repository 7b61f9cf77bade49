"""Bombs and hostile pages: read within bounds, told, and harmless."""

import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import UnreadableError
from filiation.model.document import Document
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.mail import read_mail
from filiation.readers.writings.mbox import split_mbox
from filiation.readers.writings.pages import from_html
from filiation.readers.writings.production import documents, unpacked
from readers.writings.files import handed, pdf, word_with


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


def mail(raw: bytes) -> Document:
    return read_mail(raw, file="f", start=0, snapshot=Snapshot())


def read(path: Path) -> list[Document]:
    return list(documents(handed(path), Snapshot()))


def test_a_mail_nested_ten_thousand_deep() -> None:
    raw = b"From: a@b.example\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(10_000)
    )
    with within(5):
        found = mail(raw)
    assert "nested parts; the body was not taken apart" in " ".join(found.remarks)


def test_a_mail_of_a_hundred_thousand_parts() -> None:
    part = b"--b\nContent-Type: text/plain\n\nx\n"
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n' + part * 100_000
    with within(30):
        found = mail(raw)
    assert "more than 1000 parts" in " ".join(found.remarks)
    assert len(found.text) < 10_000


@pytest.mark.parametrize(
    "name", ["To", "Subject", "Received", "References", "DKIM-Signature", "Content-Type"]
)
def test_a_field_of_megabytes(name: str) -> None:
    for piece in (b"a@b.example, ", b"=?utf-8?q?=41?= ", b"<", b"(", b" \t", b"; b=A ", b";"):
        raw = name.encode() + b": " + piece * (900_000 // len(piece)) + b"\n\nwords\n"
        with within(20):
            found = mail(raw)
        assert len(str(found.people) + found.subject) < 2_000_000


def test_a_header_of_a_hundred_thousand_fields() -> None:
    raw = b"".join(b"X-%d: y\n" % n for n in range(100_000)) + b"\nwords\n"
    with within(10):
        found = mail(raw)
    assert "of header; the rest was not read" in " ".join(found.remarks)


def test_an_alphabet_that_takes_quadratic_time_is_not_used() -> None:
    raw = b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 2_000_000 + b"-9999\n"
    with within(5):
        assert mail(raw).text.startswith("aaaa")


def test_scripts_pictures_and_styles_leave_nothing() -> None:
    page = (
        "<style>p{background:url(http://t.example)}</style><p onclick=x()>Pay &amp; go</p>"
        "<script>steal()</script><img src=http://t.example/p><!-- hidden --><svg onload=x()>"
        "<iframe src=javascript:x()></iframe><a href='javascript:x()'>here</a>"
    )
    found = from_html(page)
    assert found.split() == ["Pay", "&", "go", "here"]
    with within(10):
        assert len(from_html("<div>" * 60_000 + "deep")) < 10_000_000


def test_control_codes_do_not_reach_a_terminal() -> None:
    found = mail(b"Subject: \x1b[2J\x1b]0;x\x07ok\n\n\x1b[31mred \xe2\x80\xaedrow\n")
    assert "\x1b" not in found.subject + found.text and "\u202e" not in found.text


def zeros(megabytes: int) -> bytes:
    """So many MiB of zeros, squeezed (zlib): one MiB is squeezed, the rest repeats what it gave."""
    squeezer = zlib.compressobj(9)
    block = squeezer.compress(bytes(1 << 20)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    opening, block = block[:2], block[2:]
    check = ((megabytes << 20) % 65521 << 16) | 1  # Adler-32 of zeros
    return opening + block * megabytes + b"\x03\x00" + check.to_bytes(4, "big")


def test_the_bomb_is_one() -> None:
    assert zlib.decompress(zeros(3)) == bytes(3 << 20)


def test_a_page_of_a_pdf_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    (found,) = read(pdf(tmp_path / "bomb.pdf", stream=zeros(3000)))

    assert found.text.strip() == "" and found.format == "pdf"


def test_a_word_file_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("word/document.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(260):
            member.write(bytes(1 << 20))
    (found,) = read(path)
    assert "unpacks to more than" in " ".join(found.remarks)


def test_entities_of_a_word_file_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not read me")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    xml = (
        f'<!DOCTYPE w:document [<!ENTITY l0 "lol">{laughs}'
        f'<!ENTITY f SYSTEM "file://{secret}">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>a&f;&l11;b</w:t></w:r></w:p></w:body></w:document>"
    )
    (found,) = read(word_with(tmp_path / "x.docx", "word/document.xml", xml.encode()))
    assert "lollol" not in found.text and "do not read" not in found.text


def test_an_archive_that_grows_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", bytes(20 << 20))
    with pytest.raises(UnreadableError, match="it was not unpacked"):
        list(unpacked(path, "bomb.zip"))


def test_names_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("../../etc/passwd", "/etc/x", "..\\..\\y", "a/b"):
            packed.writestr(name, "x")
    names = [name for name, _ in unpacked(path, "x.zip")]
    assert names == ["x.zip/etc/passwd", "x.zip/etc/x", "x.zip/y", "x.zip/a/b"]


def test_a_link_in_a_production_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.txt").symlink_to("/etc/passwd")
    with pytest.raises(UnreadableError, match="a link that leads out of in, to /etc/passwd"):
        read(tmp_path / "in")


def test_json_nested_too_deeply(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[" * 200_000)
    with pytest.raises(UnreadableError, match="not JSON that can be read"):
        read(path)


@pytest.mark.parametrize("name", ["x.pdf", "x.docx", "x.msg"])
def test_a_damaged_file_is_kept_and_the_damage_told(tmp_path: Path, name: str) -> None:
    opening = {"x.pdf": b"%PDF-1.4\n", "x.docx": b"PK\x03\x04",
               "x.msg": bytes.fromhex("d0cf11e0a1b11ae1")}[name]  # fmt: skip
    (tmp_path / name).write_bytes(opening + bytes(range(256)) * 20)
    (found,) = read(tmp_path / name)
    assert "its words were not read" in " ".join(found.remarks) or found.text == ""
    assert found.raw.startswith(opening)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    assert mail(raw).raw == raw


@given(st.lists(st.binary(max_size=60), max_size=12), st.sampled_from([b"\n", b"\r\n"]))
def test_any_bytes_are_a_mailbox_and_places_are_right(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.mbox"
    begin = b"From a@b Mon Mar  2 09:14:07 2026"
    path.write_bytes(end.join(line or begin for line in [begin, *lines]))
    whole = path.read_bytes()
    for start, raw, left_out in split_mbox(path):
        assert (whole[start : start + len(raw)], left_out) == (raw, 0)


def test_a_message_larger_than_is_read_is_skipped_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("filiation.readers.writings.mbox.LARGEST", 1000)
    begin = b"From a@b Mon Mar  2 09:14:07 2026\n"
    path = tmp_path / "x.mbox"
    path.write_bytes(begin + b"Subject: one\n\n" + b"line\n" * 1000 + b"\n" + begin
                     + b"Subject: two\n\nwords\n")  # fmt: skip
    first, second = read(path)
    assert "bytes of this message were not read" in first.remarks[0]
    assert (second.subject, second.text) == ("two", "words\n")

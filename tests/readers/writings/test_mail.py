"""Mail as people have it: alphabets, parts, mailboxes, and what programs put around it."""

from pathlib import Path

import pytest

from casebook.signed_mail import dns_record, example_key, sign
from filiation.model.document import Document
from filiation.readers.writings.dns import Snapshot, read_snapshot
from filiation.readers.writings.mail import read_mail
from filiation.readers.writings.pages import from_html
from filiation.readers.writings.production import documents

HEADER = b"From: Ada <ada@basel.example>\nTo: Ben <ben@basel.example>\nSubject: s\n"
DATED = HEADER + b"Date: Wed, 25 Feb 2026 09:14:05 +0000\nMessage-ID: <e@basel.example>\n"
BEGIN = b"From ada@basel.example Wed Feb 25 09:14:05 2026\n"


def mail(raw: bytes) -> Document:
    return read_mail(raw, file="f", start=0, snapshot=Snapshot())


def parts(kind: bytes, *pieces: bytes) -> bytes:
    body = b"".join(b"--b\n" + piece + b"\n" for piece in pieces)
    return DATED + b"Content-Type: " + kind + b"; boundary=b\n\n" + body + b"--b--\n"


PLAIN = b"Content-Type: text/plain\n\n"
HTML = b"Content-Type: text/html\n\n"


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("ks_c_5601-1987", "cp949", "우리는 학습했다"), ("euc-kr", "cp949", "똠방각하"),
        ("shift_jis", "cp932", "彼らの①"), ("x-sjis", "cp932", "回答"),
        ("Windows-31J", "cp932", "①"),
        ("windows-874", "cp874", "เราฝึก"), ("TIS-620", "tis_620", "เราฝึก"),
        ("cp866", "cp866", "мы"),
        ("cp936", "gbk", "我们"), ("x-gbk", "gbk", "我们"), ("gb2312", "gbk", "镕基 喆"),
        ("hz-gb-2312", "hz", "我们"), ("iso-8859-8-i", "iso8859_8", "אימנו"),
        ("big5-hkscs", "big5hkscs", "我們"), ("iso-8859-1", "cp1252", "“we” €5"),
        ("us-ascii", "utf-8", "Größe"), ("unknown-8bit", "utf-8", "Größe"), ("", "utf-8", "Größe"),
        ("iso-2022-jp", "iso2022_jp", "回答"), ("utf8mb4", "utf-8", "Größe"),
    ],
)  # fmt: skip
def test_an_alphabet_is_read_as_mail_programs_read_it(label: str, codec: str, text: str) -> None:
    import base64

    squeezed = base64.b64encode(text.encode(codec))
    word = b"=?" + label.encode() + b"?B?" + squeezed + b"?="
    header = HEADER.replace(b"Subject: s", b"Subject: " + (word if label else text.encode()))
    kind = b'Content-Type: text/plain; charset="' + label.encode() + b'"\n'
    found = mail(header + kind + b"Content-Transfer-Encoding: base64\n\n" + squeezed + b"\n")

    assert (found.text, found.subject) == (text, text)
    assert found.remarks == ("no date is given",)


@pytest.mark.parametrize(
    ("label", "raw", "said"),
    [
        (b"x-klingon", b"gr\xc3\xb6", "x-klingon, is not known"),
        (b"euc-jp", b"\xa4\xff\xa4", "places are not in the alphabet"),
        (b"euc-jp", "größer".encode(), "it is UTF-8, though it names euc-jp"),
        (b"", b"gr\xf6\xdfer", "no alphabet is named"),
    ],
)
def test_what_an_alphabet_does_not_hold_is_told(label: bytes, raw: bytes, said: str) -> None:
    found = mail(DATED + b"Content-Type: text/plain; charset=" + label + b"\n\n" + raw)
    assert any(said in remark for remark in found.remarks)


def test_header_fields_in_raw_letters() -> None:
    raw = "From: Jürgen <jürgen@bücher.example>\nSubject: Übergabe\n".encode()
    found = mail(raw + b"\nx\n")
    chinese = mail(b"From: \xd5\xc5 <z@basel.example>\nSubject: \xb2\xe2\n\nx\n")

    assert found.people[0].address == "jürgen@bücher.example" and found.subject == "Übergabe"
    assert sum("names no alphabet" in remark for remark in chinese.remarks) == 2


def test_every_part_is_read_where_it_stands() -> None:
    footer = mail(parts(b"multipart/mixed", HTML + b"<p>their answers</p>", PLAIN + b"team list"))
    below = mail(parts(b"multipart/mixed", PLAIN + b"Hi all", HTML + b"<p>their answers</p>"))

    assert footer.text.split() == ["their", "answers", "team", "list"]
    assert below.text.split() == ["Hi", "all", "their", "answers"]


def test_alternatives_that_say_the_same_are_shown_once_and_others_both() -> None:
    same = parts(b"multipart/alternative", PLAIN + b"Their *answers*, see http://x.example",
                 HTML + b"<p>Their <b>answers</b>,<br>see</p>")  # fmt: skip
    other = parts(b"multipart/alternative", PLAIN + b"We pay.", HTML + b"<p>We copied.</p>")

    assert mail(same).text.startswith("Their *answers*") and mail(same).remarks == ()
    assert "We pay." in mail(other).text and "We copied." in mail(other).text
    assert "its alternative forms do not say the same; all of them are shown" in mail(other).remarks


def test_an_attached_mail_does_not_replace_the_mail() -> None:
    inner = b"From: Ben <ben@x.example>\nSubject: inner\n\nWe copied.\n[end]\nI, Ada, confess."
    found = mail(parts(b"multipart/mixed", HTML + b"<p>I did not write it.</p>",
                       b"Content-Type: message/rfc822\n\n" + inner))  # fmt: skip

    assert found.text.startswith("I did not write it.\n[attached mail;")
    assert "> We copied.\n> [end]\n> I, Ada, confess." in found.text
    assert found.attachments[0].size == len(inner) and found.people[0].name == "Ada"


def test_a_body_with_a_name_is_a_body_and_an_attached_text_is_not() -> None:
    named = mail(DATED + b'Content-Type: text/plain; name="b.txt"\n\nWe trained.\n')
    hung = parts(b"multipart/mixed", PLAIN + b"my own words",
                 b"Content-Disposition: attachment\n" + PLAIN + b"words of a file")  # fmt: skip

    assert named.text == "We trained.\n"
    assert "> words of a file" in mail(hung).text and len(mail(hung).attachments) == 1


@pytest.mark.parametrize(
    "page",
    [
        "<p style='display:none'>SECRET</p>",
        "<div hidden>SECRET</div>",
        "<style>.x, p.y {color:#fefefe}</style><p class=y>SECRET</p>",
        "<font color=white>SECRET</font>",
        "<p style='font-size:0'><b>SECRET</b></p>",
        "<p style='position:absolute;left:-9999px'>SECRET</p>",
        "<p style='mso-hide:all'>SECRET</p>",
        "<div style='max-height:0;overflow:hidden'>SECRET</div>",
        "<p style='opacity:0.01'>SECRET</p>",
        "<table bgcolor=#003366><tr><td style='color:#003366'>SECRET</td></tr></table>",
        "<body bgcolor=black text=white><p>SECRET</p></body>",
        "<x-y style='visibility:hidden'>SECRET</x-y>",
        "<!--[if mso]><p>SECRET</p><![endif]-->",
        "<p style='color:transparent'>SECRET ] open</p>",
    ],
)
def test_hidden_words_are_marked(page: str) -> None:
    found = from_html(f"<p>Seen</p>{page}<p style='color:black;background:white'>Seen</p>")
    marked = found[found.index("[hidden: ") : found.rindex("]") + 1]
    assert "SECRET" in marked and "Seen" not in marked


def test_words_that_are_seen_are_not_marked() -> None:
    page = (
        "<style>@media (max-width:600px){.wide{display:none}}</style><p class=wide>a</p>"
        "<table bgcolor=#003366><tr><td><font color=white>b</font></td><td>c</td></tr></table>"
        "<div style='font-size:0'><span style='font-size:14px'>d</span></div><img alt=e src=x>"
    )
    assert from_html(page.replace("<td>c", "<td style='color:white'>c")).split() == [
        "a", "b", "c", "d", "[picture:", "e]",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.eml", b"\xef\xbb\xbf", b""),
        ("blank.eml", b"\r\n", b""),
        ("1.emlx", b"%d      \n", b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist><a/>'),
    ],
)
def test_what_programs_put_around_a_mail(
    name: str, before: bytes, after: bytes, tmp_path: Path
) -> None:
    raw = DATED + b"\nWords of the mail\n"
    before = before % len(raw) if b"%d" in before else before
    (tmp_path / name).write_bytes(before + raw + after)
    (found,) = documents({name: tmp_path / name}, Snapshot())

    assert (found.start, found.raw, found.text) == (len(before), raw, "Words of the mail\n")
    assert found.people[0].name == "Ada" and found.moment == "2026-02-25T09:14:05Z"


def test_a_line_of_a_body_that_begins_with_from_ends_no_mail(tmp_path: Path) -> None:
    key = example_key()
    raw = sign(DATED + b"\nHello,\n\nFrom the answers of 2025\nwe built the second stage.\n", key,
               selector="spring", domain="basel.example")  # fmt: skip
    (tmp_path / "box").write_bytes(BEGIN + raw + b"\n" + BEGIN + DATED + b"\nSecond\n")
    (tmp_path / "dns.txt").write_text(dns_record(key, "spring", "basel.example"))
    keys = read_snapshot(tmp_path / "dns.txt")
    first, second = documents({"box": tmp_path / "box"}, keys)

    assert first.verdicts == ("verifies",) and "we built the second stage" in first.text
    assert any("open here" in remark for remark in first.remarks) and second.text == "Second\n"


def test_a_mail_in_a_mail_that_is_not_quoted_contradicts_its_length(tmp_path: Path) -> None:
    body = b"Hi\n\n" + BEGIN + b"From: Ben <b@x.example>\n\nWe copied.\n"
    box = BEGIN + DATED + b"Content-Length: %d\n\n" % len(body) + body
    (tmp_path / "box").write_bytes(box)
    first, _ = documents({"box": tmp_path / "box"}, Snapshot())
    assert any("its Content-Length is" in remark for remark in first.remarks)


def test_words_that_mail_programs_do_not_show_are_told() -> None:
    found = mail(parts(b"multipart/mixed", PLAIN + b"x") + b"We copied the weights.\n")
    odd = mail(DATED + b"Content-Type: multipart/mixed; boundary=c\n\nWe copied.\n")

    assert found.text == "x" and any("We copied the weights" in r for r in found.remarks)
    assert odd.text == "We copied.\n" and any("no boundary" in r for r in odd.remarks)

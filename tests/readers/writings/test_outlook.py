"""Outlook messages as people have them: code pages, lists of recipients, messages in messages."""

import struct
from hashlib import sha256
from pathlib import Path

import pytest

from filiation.model.document import Document
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.production import documents
from filiation.readers.writings.rtf import read_rich_text, unsqueezed
from readers.writings.files import Object, message

TEN_PAST = 134_168_406_000_000_000  # 2026-03-01T... in ticks of 100 ns since 1601
HEADERS = (
    "From: Ada <ada@a.example>\r\nTo: Ben <ben@b.example>\r\nMessage-ID: <1@a.example>\r\n\r\n"
)
SENDER: Object = {"0C1A": "Ada", "5D01": "ada@a.example"}


def only(path: Path, said: Object, **inner: list[Object]) -> Document:
    (found,) = documents({"x.msg": message(path / "x.msg", said, **inner)}, Snapshot())
    return found


def people(one: Document) -> list[tuple[str, str, str]]:
    return [(p.role, p.name, p.address) for p in one.people]


@pytest.mark.parametrize(
    ("said", "text", "remark"),
    [
        ({"1000": "Мы".encode("cp1251"), "3FFD": 1251}, "Мы", ""),
        ({"1000": "Мы".encode("cp1251"), "3FDE": 1251}, "Мы", ""),
        ({"1000": "重み".encode("cp932"), "3FFD": 932, "3FDE": 50220}, "重み", ""),
        ({"1000": "für".encode("cp1252"), "3FFD": 65001}, "f", "not in the alphabet that it names"),
        ({"1000": "für".encode("cp1252"), "3FFD": 1200}, "für", "no alphabet is named"),
        ({"1000": "für".encode("cp1252"), "3FFD": 77777}, "für", "77777, is not known"),
        ({"10130102": "<p>für</p>".encode("cp1252"), "3FDE": 65001}, "für", "its page is not in"),
        ({"10130102": b"<meta charset=koi8-r><p>\xed\xd9</p>", "3FDE": 0}, "Мы", ""),
    ],
)
def test_words_in_a_code_page(said: Object, text: str, remark: str, tmp_path: Path) -> None:
    found = only(tmp_path, SENDER | said | {"0037": "s"})

    assert found.text.startswith(text)
    assert remark in " ".join(found.remarks) and people(found)[0] == (
        "from",
        "Ada",
        "ada@a.example",
    )


def test_names_of_recipients_are_in_the_code_page_of_the_message(tmp_path: Path) -> None:
    ben: Object = {"3001": "Бен".encode("cp1251"), "39FE": b"ben@b.example", "0C15": 1}
    found = only(tmp_path, SENDER | {"3FFD": 1251, "1000": "x"}, recipients=[ben])
    assert people(found)[1] == ("to", "Бен", "ben@b.example")


def test_recipients_have_the_roles_of_outlooks_list(tmp_path: Path) -> None:
    listed: list[Object] = [
        {"3001": name, "39FE": f"{name}@b.example", "0C15": role}
        for name, role in (("ben", 1), ("cy", 2), ("counsel", 3))
    ]
    bare = only(tmp_path, SENDER | {"1000": "x"}, recipients=listed)
    headed = only(tmp_path, SENDER | {"1000": "x", "007D": HEADERS}, recipients=listed)

    assert [p.role for p in bare.people] == ["from", "to", "cc", "bcc"]
    assert [(p.role, p.address) for p in headed.people] == [
        ("from", "ada@a.example"), ("to", "ben@b.example"), ("cc", "cy@b.example"),
        ("bcc", "counsel@b.example"),
    ]  # fmt: skip
    assert sum("only Outlook's list" in remark for remark in headed.remarks) == 2


def test_an_attached_message_is_read_and_cannot_step_out(tmp_path: Path) -> None:
    inner: Object = {"0037": "inner", "1000": "We copied.\r\n[end]\r\nSigned, Ada", "0C1A": "Ben"}
    found = only(tmp_path, SENDER | {"1000": "See below."},
                 attachments=[{"3705": 5, "3701000D": inner}])  # fmt: skip
    (hanging,) = found.attachments

    assert found.text.startswith("See below.\n[attached message:]\n> From: Ben")
    assert "> We copied.\n> [end]\n> Signed, Ada\n" in found.text
    assert hanging.name == "inner" and hanging.size and hanging.sha256 != sha256(b"").hexdigest()


def test_attachments_of_other_kinds_cost_nothing_else(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        SENDER | {"1000": "walrus"},
        attachments=[
            {"3704": "LIST~1.TXT", "37010102": b"words"},
            {"3707": "weights.bin", "3705": 2, "370D": "\\\\server\\weights.bin"},
            {"3705": 6},
        ],
    )
    assert [(a.name, a.size, bool(a.sha256)) for a in found.attachments] == [
        ("LIST~1.TXT", 5, True), ("weights.bin", 0, False), ("", 0, False),
    ]  # fmt: skip
    assert found.text == "walrus" and "a reference; it is not in the file" in " ".join(
        found.remarks
    )


def test_the_line_before_the_header_and_the_time_of_delivery(tmp_path: Path) -> None:
    banner = f"Microsoft Mail Internet Headers Version 2.0\r\n{HEADERS}"
    found = only(tmp_path, SENDER | {"1000": "x", "007D": banner, "0E06": TEN_PAST})

    assert found.message_id == "<1@a.example>" and found.moment.startswith("2026-03-0")
    assert any("time is that of delivery" in remark for remark in found.remarks)


def squeezed(rich: bytes) -> bytes:
    """Rich Text in the squeezed form, with one reference to what was said before."""
    body = b"".join(b"\0" + rich[n : n + 8] for n in range(0, len(rich), 8))
    return struct.pack("<IIII", len(body) + 12, len(rich), 0x75465A4C, 0) + body


def test_rich_text_alone_a_page_in_it_and_hidden_words(tmp_path: Path) -> None:
    plain = rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\f0 \'cc\'fb copied\par"
    plain += rb"{\v not this}\u8364?5}"
    page = (rb"{\rtf1\ansi\fromhtml1{\*\htmltag64 <p>}\htmlrtf{\b\htmlrtf0 We copied"
            rb"\htmlrtf}\htmlrtf0{\*\htmltag72 </p>}}")  # fmt: skip
    alone = only(tmp_path, SENDER | {"10090102": squeezed(plain)})
    wrapped = only(tmp_path, SENDER | {"1000": " ", "10090102": squeezed(page)})

    assert alone.text.split() == ["Мы", "copied", "[hidden:", "not", "this]€5"]
    assert wrapped.text == "We copied"
    assert unsqueezed(squeezed(plain)) == plain
    # the example of MS-OXRTFCP 4.1
    raw = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a0072637067313235423"
        "20af32068656c090020627705b06c647d0a800fa0"
    )
    assert unsqueezed(raw) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert read_rich_text(b"{{{\\u}").text == ""


def test_forms_that_differ_are_all_shown(tmp_path: Path) -> None:
    said = SENDER | {"1000": "We paid.", "10130102": b"<p>We copied.</p>"}
    found = only(tmp_path, said)

    assert "We paid." in found.text and "We copied." in found.text
    assert any("do not say the same" in remark for remark in found.remarks)


def test_a_property_that_holds_words_is_named(tmp_path: Path) -> None:
    found = only(tmp_path, SENDER | {"1000": "x", "6ABC": "delete this"})
    assert any("1 further properties" in r and "6ABC" in r for r in found.remarks)

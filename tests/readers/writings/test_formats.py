"""Each format: what is read of it, where it lies, and what it does not say."""

import json
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pytest

from filiation.errors import UnreadableError
from filiation.model.document import Document, Hop, message_hash
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.production import documents
from readers.writings.files import handed, outlook, pdf, word

MAIL = (
    b"Received: from b by c; Mon, 02 Mar 2026 10:14:07 +0100\n"
    b"Received: from a by b (x [192.0.2.1]); Mon, 02 Mar 2026 09:14:06 +0000 (UTC)\n"
    b"From: =?utf-8?q?D=C3=A1na?= <Dana@Basel.example>\nTo: eve@acme.example, bob@acme.example\n"
    b"Date: Mon, 02 Mar 2026 10:14:05 +0100\nSubject: =?utf-8?b?w7xi?=\nMessage-ID: <1@b.example>\n"
    b"References: <0@b.example> <9@b.example>\nMIME-Version: 1.0\n"
    b'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain; charset=latin1'
    b"\n\ncaf\xe9\n--x\nContent-Type: application/pdf\nContent-Disposition: attachment; "
    b'filename="a.pdf"\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--x--\n'
)


def read(path: Path) -> list[Document]:
    found = list(documents(handed(path), Snapshot()))
    for one in found:
        if one.start >= 0:
            whole = (path / one.file if path.is_dir() else path).read_bytes()
            assert whole[one.start : one.start + len(one.raw)] == one.raw
    return found


def test_a_mail(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes(MAIL)
    (found,) = read(tmp_path / "x.eml")

    assert (found.format, found.subject, found.moment) == ("mail", "üb", "2026-03-02T09:14:05Z")
    assert [(p.role, p.name, p.address) for p in found.people] == [
        ("from", "Dána", "dana@basel.example"),
        ("to", "", "eve@acme.example"),
        ("to", "", "bob@acme.example"),
    ]
    assert found.text.strip() == "café"
    assert [h for h in found.hops] == [
        Hop(sender="a", receiver="b", given="Mon, 02 Mar 2026 09:14:06 +0000 (UTC)",
            moment="2026-03-02T09:14:06Z"),
        Hop(sender="b", receiver="c", given="Mon, 02 Mar 2026 10:14:07 +0100",
            moment="2026-03-02T09:14:07Z"),
    ]  # fmt: skip
    assert [(a.name, a.size, a.sha256) for a in found.attachments] == [
        ("a.pdf", 5, sha256(b"%PDF-").hexdigest())
    ]
    assert (found.answers, found.thread) == (("<0@b.example>", "<9@b.example>"), "<0@b.example>")


def test_the_message_hash_is_md5_up_to_the_first_bracket() -> None:
    wanted = md5(b"<1@b.example>", usedforsecurity=False).hexdigest().upper()

    assert message_hash("<1@b.example>") == message_hash(" <1@b.example> (odd)") == wanted
    assert message_hash("") == ""


def test_a_mailbox_and_a_maildir_hold_the_same_mail(tmp_path: Path) -> None:
    box = b"".join(b"From a@b Mon Mar  2 09:14:07 2026\n" + MAIL + b"\n" for _ in range(3))
    (tmp_path / "box").write_bytes(box)
    for place in ("cur/1:2,S", "new/2", "tmp/3"):
        file = tmp_path / "maildir" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(MAIL)
    both = [*read(tmp_path / "box"), *read(tmp_path / "maildir")]

    assert len(both) == 6 and {one.sha256 for one in both} == {sha256(MAIL).hexdigest()}
    assert {one.format for one in both} == {"mail"}


def test_a_line_of_a_body_that_begins_with_from_begins_no_message(tmp_path: Path) -> None:
    box = b"From a@b Mon Mar  2 09:14:07 2026\n" + MAIL + b"\nFrom here on, nothing.\n\nx\n"
    (tmp_path / "box").write_bytes(box)
    assert len(read(tmp_path / "box")) == 1


def test_an_outlook_message(tmp_path: Path) -> None:
    headers = (
        "From: Dana <dana@basel.example>\r\nTo: Eve <eve@x.example>\r\n"
        "Date: Mon, 02 Mar 2026 09:14:05 +0000\r\nMessage-ID: <7@basel.example>\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256\r\nReceived: from a by b; Mon, 02 Mar 2026 09:14:06 "
        "+0000\r\n\r\n"
    )
    path = outlook(tmp_path / "x.msg", subject="Prices", body="See theirs.", headers=headers)
    (found,) = read(path)

    assert (found.format, found.subject, found.text) == ("outlook", "Prices", "See theirs.")
    assert found.moment == "2026-03-02T09:14:05Z" and found.message_id == "<7@basel.example>"
    assert [p.address for p in found.people] == ["dana@basel.example", "eve@x.example"]
    assert [h.sender for h in found.hops] == ["a"]
    assert [s.standing for s in found.signatures] == ["not-kept"]


def test_a_pdf_and_a_word_file(tmp_path: Path) -> None:
    (page,) = read(pdf(tmp_path / "x.pdf", "Use their outputs"))
    (text,) = read(word(tmp_path / "x.docx", "First.", "Second.", author="Eve"))

    assert (page.text, page.subject, page.moment) == (
        "Use their outputs", "Notes", "2026-03-02T08:14:00Z",
    )  # fmt: skip
    assert page.people[0].name == "Dana" and page.people[0].role == "author"
    assert (text.text, text.people[0].name) == ("First.\nSecond.", "Eve")


def export(tmp_path: Path, name: str, value: Any) -> Path:
    path = tmp_path / "in" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return tmp_path / "in"


def test_a_slack_export(tmp_path: Path) -> None:
    export(tmp_path, "users.json", [{"id": "U1", "name": "dana", "real_name": "Dana K"}])
    export(tmp_path, "channels.json", [{"id": "C1", "name": "train"}])
    days = [
        {"type": "message", "user": "U1", "text": "use theirs", "ts": "1772442845.0001"},
        {"type": "message", "user": "U2", "text": "ok", "ts": "1772442900.0002",
         "thread_ts": "1772442845.0001", "edited": {"user": "U2"}},
    ]  # fmt: skip
    folder = export(tmp_path, "train/2026-03-02.json", days)
    first, second = read(folder)

    assert (first.format, first.people[0].name, first.subject) == ("slack", "Dana K", "train")
    assert (first.moment, first.pointer) == ("2026-03-02T09:14:05Z", "/0")
    assert second.thread == first.message_id and "edited" in second.remarks[0]
    assert json.loads(first.raw) == days[0]


def test_teams_as_graph_and_as_a_personal_export(tmp_path: Path) -> None:
    graph = {"value": [{
        "id": "5", "createdDateTime": "2026-03-02T09:14:05.123Z", "chatId": "19:x",
        "from": {"user": {"id": "u", "displayName": "Dana"}},
        "body": {"contentType": "html", "content": "<p>use <b>theirs</b></p>"},
    }]}  # fmt: skip
    personal = {"conversations": [{"id": "19:y", "displayName": "Team", "MessageList": [
        {"id": "1", "originalarrivaltime": "2026-03-02T10:00:00Z", "from": "8:dana",
         "messagetype": "RichText/Html", "content": "<div>ok</div>"},
        {"id": "2", "originalarrivaltime": "2026-03-02T10:00:01Z", "from": "8:dana",
         "messagetype": "Event/Call", "content": ""},
    ]}]}  # fmt: skip
    export(tmp_path, "a.json", graph)
    one, two = read(export(tmp_path, "b.json", personal))

    assert (one.text, one.people[0].name, one.moment) == (
        "use theirs", "Dana", "2026-03-02T09:14:05Z",
    )  # fmt: skip
    assert (two.text, two.subject, two.pointer) == (
        "ok", "Team", "/conversations/0/MessageList/0",
    )  # fmt: skip


def test_whatsapp_where_day_and_month_can_and_cannot_be_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "13/03/2026, 09:05 - Messages are end-to-end encrypted.\n"
        "13/03/2026, 09:05 - Dana: first\nand more: 1\n14/03/2026, 21:07 - Eve: second\n"
    )
    (tmp_path / "b.txt").write_text("[02.03.26, 9:05:01 PM] Dana: hello\n")
    first, second = read(tmp_path / "a.txt")
    (unknown,) = read(tmp_path / "b.txt")

    assert (first.text, first.moment) == ("first\nand more: 1", "2026-03-13T09:05:00")
    assert (second.people[0].name, second.moment) == ("Eve", "2026-03-14T21:07:00")
    assert unknown.moment == "" and "cannot be told apart" in unknown.remarks[0]


def test_any_chat_that_says_who_and_what(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(
        '{"sender":"dana","text":"hi","time":1772442845}\n{"author":"eve","body":"o"}\n'
    )
    first, second = read(path)

    assert (first.format, first.moment) == ("chat", "2026-03-02T09:14:05Z")
    assert second.remarks == ("no date is given",)
    (tmp_path / "y.json").write_text('{"weights": [1, 2]}')
    with pytest.raises(UnreadableError, match="no messages with a sender and words"):
        read(tmp_path / "y.json")


def test_text_and_files_of_other_kinds(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("just words\n")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\x00\x01")
    note, photo = read(tmp_path)

    assert (note.format, note.text) == ("text", "just words\n")
    assert (photo.format, photo.text) == ("other", "") and "not read" in photo.remarks[0]


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from filiation.errors import UsageError

    monkeypatch.setitem(sys.modules, "nh3", None)
    (tmp_path / "x.eml").write_bytes(b"From: a@b.example\nContent-Type: text/html\n\n<p>x</p>\n")
    with pytest.raises(UsageError, match=r"nh3 is not installed.*filiation\[documents\]"):
        read(tmp_path / "x.eml")


def test_the_same_order_every_time(tmp_path: Path) -> None:
    for name in ("z.txt", "a.txt", "m.txt"):
        (tmp_path / name).write_text(name)
    assert [one.file for one in read(tmp_path)] == ["a.txt", "m.txt", "z.txt"]

"""What is shown is what was signed: what an opponent did to make a forged mail verify."""

import random
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from casebook.signed_mail import dns_record, example_key, sign
from filiation.model.document import Document
from filiation.readers.writings.as_signed import BROKEN_OFF
from filiation.readers.writings.dns import Snapshot, read_snapshot
from filiation.readers.writings.mail import read_mail

KEY = example_key()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
PLAIN = (
    b"From: Dana <dana@basel.example>\nTo: eve@acme.example\nSubject: outputs\n"
    b"Date: Mon, 02 Mar 2026 09:14:05 +0000\nMessage-ID: <1@basel.example>\n"
)
TYPED = PLAIN + (
    b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    b"Content-Transfer-Encoding: quoted-printable\n\nUse =\ntheirs, g=C3=BCnstig.\n"
)
PARTS = PLAIN + (
    b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b  1"\n\n--b  1\n'
    b"Content-Type: text/plain; charset=utf-8\n\nNote: we pay for answers.\n--b  1\n"
    b"Content-Type: text/html; charset=utf-8\n\n<p>Not <b>theirs</b></p>\n--b  1--\n"
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    path = tmp_path_factory.mktemp("dns") / "dns.txt"
    path.write_text(dns_record(KEY, "spring", "basel.example"))
    return read_snapshot(path)


def signed(raw: bytes = TYPED, **more: bool) -> bytes:
    return sign(raw, KEY, selector="spring", domain="basel.example", **more)


def signed_fields(
    raw: bytes, *names: bytes, form: tuple[bytes, bytes] = (b"simple", b"simple")
) -> bytes:
    field: bytes = dkim.DKIM(raw).sign(
        b"spring", b"basel.example", PEM, canonicalize=form, include_headers=list(names)
    )
    return field.replace(b"\r\n", b"\n") + raw


def read(raw: bytes, known: Snapshot) -> Document:
    return read_mail(raw, file="f", start=0, snapshot=known)


def verdict(raw: bytes, known: Snapshot) -> tuple[str, tuple[str, ...]]:
    (one,) = read(raw, known).signatures
    return one.standing, one.gaps


def words(one: Document) -> tuple[object, ...]:
    people = [(p.role, p.name.split(), p.address) for p in one.people]
    return one.text.split(), one.subject.split(), people, one.moment, one.message_id, one.answers


@pytest.mark.parametrize("raw", [TYPED, PARTS, PLAIN + b"\nUse theirs.\n"])
def test_all_that_is_shown_is_signed(raw: bytes, known: Snapshot) -> None:
    assert verdict(signed(raw), known) == ("verifies", ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\nSubject: outputs", b"\nX: y\rSubject: we copied it\nSubject: outputs"),
        (b"\nSubject: outputs", b"\nX: y\x00\nSubject: outputs"),
        (b"\nSubject: outputs", b"\nX: y\r\rSubject: we copied it\nSubject: outputs"),
        (b"\nSubject: outputs", b"\nX: y\n \nSubject: outputs"),
        (b"\nSubject: outputs", b"\nSubject : copied\nSubject: outputs"),
        (b"\nSubject: outputs", b"\nno field\nSubject: outputs"),
        (b"\nSubject: outputs", b"\n: empty\nSubject: outputs"),
        (b"\nSubject: outputs", b"\nX: y\x0b\nSubject: outputs"),
        (b"\nSubject: outputs", b"\nFrom a@b Mon Mar  2 09:14:07 2026\nSubject: outputs"),
    ],
)
def test_a_header_that_programs_take_apart_differently_is_malformed(
    old: bytes, new: bytes, known: Snapshot
) -> None:
    found = read(signed().replace(old, new, 1), known)
    assert {one.standing for one in found.signatures} <= {"malformed"}
    assert any("header" in one or "colon" in one for one in found.remarks)


@pytest.mark.parametrize(
    ("added", "gap"),
    [
        (b"Subject: we copied the weights\n", "subject"),
        (b"Date: Mon, 02 Feb 2026 09:14:05 +0000\n", "date"),
        (b"To: mallory@x.example\n", "to"),
        (b"Cc: mallory@x.example\n", "cc"),
        (b"Content-Type: text/html\n", "content-type"),
        (b"Content-Transfer-Encoding: base64\n", "content-transfer-encoding"),
        (b"MIME-Version: 1.0\n", "mime-version"),
        (b"Content-Disposition: attachment; filename=x.txt\n", "content-disposition"),
        (b"In-Reply-To: <0@acme.example>\n", "in-reply-to"),
        (b"References: <0@acme.example>\n", "references"),
        (b"Message-ID: <2@acme.example>\n", "message-id"),
    ],
)
def test_a_field_that_was_added_is_a_gap(added: bytes, gap: str, known: Snapshot) -> None:
    raw = signed().replace(b"From: Dana", added + b"From: Dana", 1)
    assert verdict(raw, known) == ("verifies-in-part", (gap,))
    assert read(raw, known).gaps == (gap,)


def test_a_second_from_breaks_the_signature_and_two_authors_in_one_are_a_gap(
    known: Snapshot,
) -> None:
    second = signed().replace(b"\nTo:", b"\nFrom: mallory@x.example\nTo:", 1)
    two = signed(TYPED.replace(b"From: Dana", b"From: mallory@x.example, Dana"))

    assert verdict(second, known)[0] == "signature-fails"
    assert verdict(two, known) == ("verifies-in-part", ("from",))


def test_an_unsigned_content_type_cannot_turn_the_words_unseen(known: Snapshot) -> None:
    names = (b"from", b"to", b"subject", b"date", b"message-id")
    raw = signed_fields(TYPED, *names)
    other = raw.replace(b"charset=utf-8", b"charset=utf-7")

    gaps = ("mime-version", "content-type", "content-transfer-encoding")
    assert verdict(raw, known) == verdict(other, known) == ("verifies-in-part", gaps)


def test_words_behind_the_signed_length_are_marked_where_they_stand(known: Snapshot) -> None:
    raw = signed(length=True) + b"And delete the logs.\n"
    found = read(raw, known)

    assert verdict(raw, known) == ("verifies-in-part", ("body",))
    before, _, after = found.text.partition(BROKEN_OFF)
    assert before.split() == ["Use", "theirs,", "günstig."] and "delete the logs" in after


def test_a_part_behind_the_signed_length_is_marked_too(known: Snapshot) -> None:
    raw = signed(PARTS.replace(b"\n--b  1--\n", b"\n"), length=True)
    found = read(raw + b"--b  1\nContent-Type: text/plain\n\nWe copied.\n--b  1--\n", known)

    assert found.text.partition(BROKEN_OFF)[2].split() == ["We", "copied."]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # an empty line that ends the header of a part becomes one that goes on with it
        (b"charset=utf-8\n\nNote: we pay", b"charset=utf-8\n \nNote: we pay"),
        # spaces in a boundary are one space in the signed form
        (b'boundary="b  1"', b'boundary="b 1"'),
    ],
)
def test_spaces_that_do_not_count_cannot_move_words(
    old: bytes, new: bytes, known: Snapshot
) -> None:
    raw = signed(PARTS)
    forged = raw.replace(old, new, 1)
    record = known.txt("spring._domainkey.basel.example") or ""

    assert forged != raw and dkim.verify(forged, dnsfunc=lambda *a, **k: record.encode())
    assert verdict(forged, known)[0] == "malformed"


def test_two_byte_letters_cannot_be_shifted(known: Snapshot) -> None:
    raw = PLAIN + b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-16-le\n\n"
    body = "aĠ b".encode("utf-16-le") + b"\n"
    forged = signed(raw + body).replace(body, body.replace(b" \x01 ", b" \x01  ", 1))
    assert verdict(forged, known)[0] != "verifies"


def test_words_behind_from_are_shown_as_they_were_signed(known: Snapshot) -> None:
    raw = signed(PLAIN + b"\nFrom here on, use theirs.\n")
    found = read(raw.replace(b"\nFrom here", b"\n>From here"), known)

    assert [one.standing for one in found.signatures] == ["verifies"]
    assert found.text.startswith("From here on")


def test_a_seal_of_anybody_is_not_a_signature_of_the_author(known: Snapshot) -> None:
    forged = PLAIN.replace(b"dana@basel", b"boss@acme") + b"\nWe copied the weights.\n"
    before = b"Authentication-Results: mx.basel.example; dkim=pass\n" + forged
    fields = dkim.arc_sign(before, b"spring", b"basel.example", PEM, b"mx.basel.example")
    found = read(b"".join(fields) + before, known)

    assert found.verdicts == ("sealed",)
    added = read(b"".join(fields) + b"Cc: eve@acme.example\n" + before, known)
    assert (added.verdicts, added.gaps) == (("sealed",), ("cc",))


def test_a_chain_of_two_seals_and_each_way_to_break_it(known: Snapshot) -> None:
    raw = b"Authentication-Results: mx.basel.example; dkim=pass\n" + PLAIN + b"\nUse theirs.\n"
    raw = b"".join(dkim.arc_sign(raw, b"spring", b"basel.example", PEM, b"mx.basel.example")) + raw
    raw = b"Authentication-Results: mx.basel.example; arc=pass; dkim=pass\n" + raw
    raw = b"".join(dkim.arc_sign(raw, b"spring", b"basel.example", PEM, b"mx.basel.example")) + raw

    (whole,) = read(raw, known).signatures
    assert whole.standing == "sealed" and "2 seals" in whole.remark
    assert verdict(raw.replace(b"theirs", b"ours"), known)[0] == "signature-fails"
    assert verdict(raw.replace(b"i=1; mx", b"i=1; mz"), known)[0] == "signature-fails"
    assert verdict(raw.replace(b"i=2; cv=pass", b"i=2; cv=none"), known)[0] != "sealed"
    assert verdict(raw.replace(b"ARC-Seal: i=1", b"X-Seal: i=1"), known)[0] != "sealed"


@pytest.mark.parametrize(
    ("record", "standing"),
    [
        ("h=sha1;", "malformed"),
        ("s=tlsrpt;", "malformed"),
        ("t=y;", "verifies"),
        ("t=s;", "verifies"),
    ],
)
def test_what_the_record_of_a_key_forbids(record: str, standing: str, tmp_path: Path) -> None:
    path = tmp_path / "dns.txt"
    text = dns_record(KEY, "spring", "basel.example").replace("k=rsa;", f"k=rsa; {record}")
    path.write_text(text)
    assert verdict(signed(), read_snapshot(path))[0] == standing


PIECES = (
    b"\r", b"\n", b"\x00", b" ", b"\t", b"\r\n", b"=", b"\n ", b"--b  1\n", b"\x0c", b"a", b"\xc3",
    b"\nSubject: we copied\n", b"\nContent-Type: text/html\n", b"From: x\n", b"<p hidden>",
)  # fmt: skip
LINES: tuple[Callable[[bytes], bytes], ...] = (
    lambda line: b"",
    lambda line: line * 2,
    lambda line: line.rstrip(b"\n") + b"  \n",
    lambda line: line.replace(b" ", b"  "),
    lambda line: line.replace(b"\n", b"\r\n"),
    lambda line: line.split(b":")[0] + b": x\n" + line,
)


def mutated(raw: bytes, draw: random.Random) -> bytes:
    """One to three changes of the kinds that an opponent makes."""
    for _ in range(draw.randint(1, 3)):
        lines = raw.splitlines(keepends=True) or [b"x\n"]
        line, place = draw.randrange(len(lines)), draw.randrange(len(raw) + 1)
        match draw.randrange(5):
            case 0:
                raw = raw[:place] + draw.choice(PIECES) + raw[place:]
            case 1:
                raw = raw[:place] + raw[place + 1 :]
            case 2:
                raw = raw[:place] + bytes([draw.randrange(256)]) + raw[place + 1 :]
            case 3:
                raw = b"".join([*lines[:line], draw.choice(PIECES), *lines[line:]])
            case _:
                lines[line] = draw.choice(LINES)(lines[line])
                raw = b"".join(lines)
    return raw


def survives(count: int, seed: int, known: Snapshot) -> int:
    """How many mutations still verify; each of them shows the words that were signed."""
    draw = random.Random(seed)
    names = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
             b"content-transfer-encoding")  # fmt: skip
    mails = [
        signed(TYPED),
        signed(PARTS),
        signed(TYPED, length=True),
        signed_fields(PARTS, *names),
        signed_fields(TYPED, *names, form=(b"relaxed", b"simple")),
        signed_fields(PLAIN + b"\nUse theirs.\n", *names[:2], form=(b"simple", b"relaxed")),
    ]  # fmt: skip
    wanted = [read(raw, known) for raw in mails]
    verified = 0
    for _ in range(count):
        place = draw.randrange(len(mails))
        forged = mutated(mails[place], draw)
        found = read(forged, known)
        for one in found.signatures:
            if one.standing == "verifies":
                verified += 1
                assert words(found) == words(wanted[place]), forged
            elif one.standing == "verifies-in-part" and not (
                {"body"} | {name for name in one.gaps if name.startswith("content")}
            ) & set(one.gaps):
                assert found.text.split() == wanted[place].text.split(), forged
                if "subject" not in {*one.gaps, *wanted[place].gaps}:
                    assert found.subject == wanted[place].subject, forged
    return verified


def test_no_mutation_verifies_and_says_other_words(known: Snapshot) -> None:
    assert survives(300, 1, known) > 10


@pytest.mark.validate
def test_no_mutation_of_ten_thousand_verifies_and_says_other_words(known: Snapshot) -> None:
    assert survives(10_000, 2, known) > 300

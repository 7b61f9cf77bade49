"""Every verdict on a signed mail, and that nothing but the mail and the snapshot moves it."""

import base64
import socket
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from casebook.signed_mail import dns_record, example_key, sign
from filiation.errors import UnreadableError
from filiation.model.document import Signature
from filiation.readers.writings.dns import Snapshot, read_snapshot
from filiation.readers.writings.mail import read_mail

KEY = example_key()
MAIL = (
    b"From: Dana <dana@basel.example>\nTo: eve@acme.example\nSubject: outputs\n"
    b"Date: Mon, 02 Mar 2026 09:14:05 +0000\nMessage-ID: <1@basel.example>\n\nUse theirs.\n"
)


def snapshot(tmp_path: Path, text: str) -> Snapshot:
    path = tmp_path / "dns.txt"
    path.write_text(text)
    return read_snapshot(path)


@pytest.fixture
def known(tmp_path: Path) -> Snapshot:
    return snapshot(tmp_path, f"; taken today\n{dns_record(KEY, 'spring', 'basel.example')}")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*words: object, **more: object) -> None:
        raise AssertionError("a look-up was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def signed(raw: bytes = MAIL, **more: bool) -> bytes:
    return sign(raw, KEY, selector="spring", domain="basel.example", **more)


def signatures(raw: bytes, known: Snapshot) -> tuple[Signature, ...]:
    return read_mail(raw, file="f", start=0, snapshot=known).signatures


def only(raw: bytes, known: Snapshot) -> Signature:
    (found,) = signatures(raw, known)
    return found


def test_a_mail_as_it_was_signed_verifies(known: Snapshot) -> None:
    mail = signed()
    found = only(mail, known)

    assert (found.standing, found.domain, found.selector) == ("verifies", "basel.example", "spring")
    assert (found.bits, found.remark) == (2048, "")
    assert found.signed == ("from", "to", "subject", "date", "message-id")
    assert only(mail.replace(b"\n", b"\r\n"), known) == found


def test_dkimpy_alone_says_the_same(known: Snapshot) -> None:
    record = known.txt("spring._domainkey.basel.example")
    assert record is not None
    for raw in (signed(), signed().replace(b"theirs", b"ours"), signed().replace(b"Dana", b"Dan")):
        alone = dkim.verify(raw, dnsfunc=lambda name, timeout=5: record.encode())
        assert alone == (only(raw, known).standing == "verifies")


def test_what_was_changed_is_named(known: Snapshot) -> None:
    body = only(signed().replace(b"Use theirs.", b"Use ours."), known)
    header = only(signed().replace(b"Subject: outputs", b"Subject: inputs"), known)
    second = only(signed().replace(b"\nTo:", b"\nFrom: mallory@x.example\nTo:", 1), known)

    assert (body.standing, header.standing) == ("body-changed", "signature-fails")
    assert second.standing == "signature-fails" and "2 from fields" in second.remark


def test_what_is_not_signed_may_change(known: Snapshot) -> None:
    assert only(b"X-Spam: no\n" + signed(), known).standing == "verifies"


@pytest.mark.parametrize("place", range(0, 1000, 37))
def test_no_flipped_bit_in_body_or_signature_verifies(known: Snapshot, place: int) -> None:
    raw = bytearray(signed())
    body = len(raw) - len(b"Use theirs.")
    place = body + place % 10 if place % 2 else raw.index(b" b=") + 3 + place % 300
    if not chr(raw[place]).isalnum():
        return
    raw[place] = ord("x") if raw[place] != ord("x") else ord("y")
    assert only(bytes(raw), known).standing in ("body-changed", "signature-fails")


def test_a_key_that_is_not_kept_is_unknown_and_the_body_is_compared_all_the_same() -> None:
    found = only(signed(), Snapshot())
    other = only(signed().replace(b"theirs", b"ours"), Snapshot())

    assert found.standing == "key-unknown" and "the body is the one" in found.remark
    assert other.standing == "body-changed"


def test_a_key_of_another_does_not_verify(tmp_path: Path) -> None:
    other = dns_record(example_key(1024, seed="other"), "spring", "basel.example")
    assert only(signed(), snapshot(tmp_path, other)).standing == "signature-fails"


def test_a_withdrawn_key_and_a_broken_one(tmp_path: Path) -> None:
    name = "spring._domainkey.basel.example. 60 IN TXT"
    for text, standing in (('"v=DKIM1; p="', "key-withdrawn"), ('"v=DKIM1; p=AAAA"', "malformed")):
        assert only(signed(), snapshot(tmp_path, f"{name} {text}\n")).standing == standing


def test_a_short_key_is_weak(tmp_path: Path) -> None:
    key = example_key(768)
    record = snapshot(tmp_path, dns_record(key, "s", "basel.example"))
    raw = sign(MAIL, key, selector="s", domain="basel.example")

    assert (only(raw, record).standing, only(raw, record).bits) == ("weak-key", 768)


def test_words_appended_behind_a_signed_length_are_told(known: Snapshot) -> None:
    found = only(signed(length=True) + b"And delete the logs.\n", known)

    assert (found.standing, found.body, found.gaps) == ("verifies-in-part", 13, ("body",))
    assert "the last 22 bytes of the body are not signed" in found.remark


def test_a_domain_that_is_not_the_authors_is_told(known: Snapshot) -> None:
    found = only(signed(MAIL.replace(b"dana@basel", b"dana@acme")), known)

    assert (found.standing, found.gaps) == ("verifies-in-part", ("from",))
    assert "not that of the From address" in found.remark


def test_an_expired_signature_is_judged_as_on_the_first_day(known: Snapshot) -> None:
    import time
    from unittest import mock

    with mock.patch.object(time, "time", return_value=1_000_000_000.0):
        raw = signed()
    found = only(raw, known)
    assert (found.standing, found.signed_at) == ("verifies", 1_000_000_000)


def test_a_mailbox_that_quoted_from_is_seen_through(known: Snapshot) -> None:
    raw = signed(MAIL + b"From here on, use theirs.\n")
    found = only(raw.replace(b"\nFrom here", b"\n>From here"), known)

    assert found.standing == "verifies" and "`>`" in found.remark


def test_ed25519_by_rfc_8463(tmp_path: Path) -> None:
    from nacl.signing import SigningKey

    key = SigningKey(b"k" * 32)
    field = dkim.DKIM(MAIL, signature_algorithm=b"ed25519-sha256").sign(
        b"ed", b"basel.example", base64.b64encode(bytes(key))
    )
    public = base64.b64encode(bytes(key.verify_key)).decode()
    text = f'ed._domainkey.basel.example. IN TXT "v=DKIM1; k=ed25519; p={public}"\n'
    found = only(field + MAIL, snapshot(tmp_path, text))

    assert (found.standing, found.algorithm, found.bits) == ("verifies", "ed25519-sha256", 256)


def test_a_chain_of_arc_seals(known: Snapshot) -> None:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    before = b"Authentication-Results: mx.basel.example; dkim=pass\n" + MAIL
    fields = dkim.arc_sign(before, b"spring", b"basel.example", pem, b"mx.basel.example")
    raw = b"".join(fields) + before

    assert [f.scheme for f in signatures(raw, known)] == ["arc"]
    assert (only(raw, known).standing, only(raw, known).gaps) == ("sealed", ())
    assert only(raw.replace(b"theirs", b"ours"), known).standing == "signature-fails"
    assert only(raw, Snapshot()).standing == "key-unknown"


def test_an_unsigned_mail_has_no_signature(known: Snapshot) -> None:
    assert signatures(MAIL, known) == ()
    assert signatures(MAIL + b"DKIM-Signature: in the body\n", known) == ()


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_have_a_verdict(raw: bytes, before: bool) -> None:
    field = b"DKIM-Signature: v=1; a=rsa-sha256; d=x; s=y; h=from; bh=; b=;" + raw + b"\n"
    mail = field + MAIL if before else MAIL[:40] + raw + field + MAIL
    assert all(found.standing != "verifies" for found in signatures(mail, Snapshot()))


def test_a_snapshot_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    name = "s._domainkey.x.example. 60 IN TXT"
    with pytest.raises(UnreadableError, match=r"line 2: two records .* that differ"):
        snapshot(tmp_path, f'{name} "p=a"\n{name} "p=b"\n')
    with pytest.raises(UnreadableError, match="line 1: expected NAME"):
        snapshot(tmp_path, "not a record\n")

"""Attestation documents in three formats: what holds, what does not, and never a traceback."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from filiation.errors import CaseError, FiliationError, UnreadableError, UsageError
from filiation.sealed.attestation import chains
from filiation.sealed.attestation.cbor import byte_string, decode
from filiation.sealed.attestation.chains import VENDORS, moment, read_roots, vendor_of
from filiation.sealed.attestation.documents import check, held_against
from sealed.doubles import (
    BEGIN,
    CHIP,
    DOUBLES,
    MADE,
    MRTD,
    PCR0,
    TCB,
    Nitro,
    Snp,
    Tdx,
    authority,
    below,
    cbor,
    crl,
    written,
)  # fmt: skip

GIVEN = bytes(range(100, 164))
WHAT = "given.attestation"


@pytest.fixture(
    params=DOUBLES, ids=["nitro", "snp", "snp2", "turin", "vlek", "tdx", "tdx5", "tdx5-1.0"]
)
def double(request: pytest.FixtureRequest) -> Any:
    return request.param()


def refused(raw: bytes, roots: Path, words: str) -> None:
    with pytest.raises(FiliationError, match=words):
        check(raw, read_roots(roots), WHAT)


def test_each_format_holds_under_its_root_alone(double: Any, tmp_path: Path) -> None:
    raw = double.document(GIVEN)
    found = check(raw, read_roots(double.roots(tmp_path / "roots")), WHAT)
    assert found.user_data == GIVEN.hex()
    assert not found.debug
    assert {PCR0.hex(), MRTD.hex()} & {value for _, value in found.measurements}
    assert "no hardware" in found.chain.names[-1], "a double says what it is"
    assert vendor_of(found.chain, found.platform) == ""
    held = held_against(found, GIVEN, dict(found.measurements[:1]), WHAT)
    assert held.compared == (found.measurements[0][0],)
    other = type(double)().roots(tmp_path / "others")
    refused(raw, other, "vouches for")


def test_a_copied_name_is_no_root(double: Any, tmp_path: Path) -> None:
    """A root that calls itself like the vendor's is another one, by its digest."""
    name = "aws.nitro-enclaves"
    double.root = authority(name, double.root.key.curve)
    found = check(double.document(GIVEN), read_roots(double.roots(tmp_path / "roots")), WHAT)
    assert found.chain.names[-1] == name
    assert vendor_of(found.chain, found.platform) == ""
    assert found.chain.root not in VENDORS


def test_flips_and_cuts_never_verify(double: Any, tmp_path: Path) -> None:
    """Every byte of a document is bound, or refused: no region is left that nobody signed."""
    raw = double.document(GIVEN)
    roots = read_roots(double.roots(tmp_path / "roots"))
    rng = random.Random(1)
    places = sorted(
        {*rng.sample(range(len(raw)), 500), *range(40), *range(len(raw) - 40, len(raw))}
    )
    for place in places:
        forged = bytearray(raw)
        forged[place] ^= 1 << rng.randrange(8)
        with pytest.raises(FiliationError):
            check(bytes(forged), roots, WHAT)
    for size in sorted(rng.sample(range(len(raw)), 150)):
        with pytest.raises(FiliationError):
            check(raw[:size], roots, WHAT)
    for tail in (b"\x01", b"\xff" * 40, raw):
        with pytest.raises(FiliationError):
            check(raw + tail, roots, WHAT)


def test_noise_is_refused_in_words(tmp_path: Path) -> None:
    roots = read_roots(Nitro().roots(tmp_path / "roots"))
    rng = random.Random(2)
    heads = (b"\x84", b"\xd2\x84", b"\x04\x00\x02\x00\x81\x00\x00\x00", b"\x03\x00\x00\x00", b"")
    for number in range(2000):
        head = heads[number % len(heads)]
        raw = head + rng.randbytes(rng.choice((0, 3, 60, 1300, 5000)))
        with pytest.raises(FiliationError):
            check(raw, roots, WHAT)
    refused(bytes(1 << 17), tmp_path / "roots", "more than")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x9f" * 50, "levels"),
        (b"\x9b" + b"\xff" * 8, "values"),
        (b"\xbb" + b"\x00\xff" * 4, "values"),
        (b"\x5b" + b"\xff" * 8, "cut"),
        (b"\xa2\x01\x02\x01\x03", "twice"),
        (b"\xa1\xf5\x03", "key twice, or one that is none"),
        (b"\xc0\x60", "which none has"),
        (b"\xfb" + bytes(8), "which none has"),
        (b"\x1f", "which none has"),
        (b"\x61\xff", "no UTF-8"),
        (b"\x01\x01", "after the end"),
        (b"\x81" * 3, "levels|cut"),
        (b"\xbf\x01", "cut"),
        (b"", "cut"),
    ],
)  # fmt: skip
def test_cbor_is_bounded(raw: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        decode(raw, WHAT)


def test_cbor_reads_what_was_written() -> None:
    value = {
        1: -35,
        "a": [0, 23, 24, 255, 256, 65536, 1 << 40, -1, None, "\u00fc", b"x" * 300],
        "b": {},
    }
    assert decode(cbor(value), WHAT) == value
    assert decode(b"\xbf\x01\x9f\x02\xff\xff", WHAT) == {1: [2]}
    for size in (0, 23, 24, 255, 256, 70000):
        assert byte_string(bytes(size)) == cbor(bytes(size))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"digest": "SHA256"}, "SHA384"),
        ({"timestamp": 1}, "valid from"),
        ({"timestamp": int(datetime(2040, 1, 1, tzinfo=UTC).timestamp() * 1000)}, "valid from"),
        ({"timestamp": 1 << 62}, "milliseconds"),
        ({"timestamp": None}, "milliseconds"),
        ({"pcrs": {0: b"short"}}, "SHA-384"),
        ({"pcrs": {40: bytes(48)}}, "number below"),
        ({"pcrs": {}}, "measurements"),
        ({"pcrs": []}, "measurements"),
        ({"cabundle": []}, "cabundle"),
        ({"cabundle": [b"no certificate"]}, "damaged"),
        ({"certificate": bytes(5000)}, "certificate is no byte string"),
        ({"user_data": "words"}, "user_data"),
        ({"user_data": bytes(2000)}, "user_data"),
        ({"nitrotpm_pcrs": {}}, "not the fields"),
        ({"module_id": ""}, "name of a module"),
    ],
)  # fmt: skip
def test_a_signed_document_of_odd_content(
    changed: dict[str, Any], words: str, tmp_path: Path
) -> None:
    """Who holds an enclave's key can sign anything; odd content is still refused in words."""
    double = Nitro()
    refused(double.document(GIVEN, changed), double.roots(tmp_path / "roots"), words)


def test_debug_mode_vouches_for_nothing(tmp_path: Path) -> None:
    zero = {"pcrs": dict.fromkeys(range(16), bytes(48))}
    policies = [
        (Snp(), {0x08: (0x30000 | bit).to_bytes(8, "little")}) for bit in (1 << 19, 1 << 18)
    ]
    for number, (double, changed) in enumerate(
        [(Nitro(), zero), *policies, (Tdx(), {120: b"\x01"}), (Tdx(version=5), {120: b"\x01"})]
    ):
        raw = double.document(GIVEN, changed)
        found = check(raw, read_roots(double.roots(tmp_path / f"{number}")), WHAT)
        assert found.debug
        with pytest.raises(CaseError, match="vouches for nothing"):
            held_against(found, GIVEN, {}, WHAT)


def test_another_program_or_examination(tmp_path: Path) -> None:
    double = Tdx()
    found = check(double.document(GIVEN), read_roots(double.roots(tmp_path / "roots")), WHAT)
    with pytest.raises(CaseError, match="another examination"):
        held_against(found, bytes(64), {}, WHAT)
    with pytest.raises(CaseError, match="another program"):
        held_against(found, GIVEN, {"MRTD": "00" * 48}, WHAT)
    with pytest.raises(CaseError, match="RTMR3 is not stated"):
        held_against(found, GIVEN, {"RTMR3": "00" * 48}, WHAT)


def test_a_key_of_an_outdated_platform(tmp_path: Path) -> None:
    """A chip whose old firmware leaked a key can sign what it likes, but only as what it was."""
    for number, double in enumerate((Snp(), Snp(version=5, family=0x1A), Snp(signer=1))):
        old = bytes([TCB[0] - 1, *TCB[1:]])
        raw = double.document(GIVEN, certified=old)
        refused(raw, double.roots(tmp_path / f"{number}"), "security versions")


def test_a_key_of_another_chip_or_kind(tmp_path: Path) -> None:
    double = Snp()
    roots = double.roots(tmp_path / "roots")
    refused(double.document(GIVEN, {0x1A0: CHIP[::-1]}), roots, "another chip")
    refused(double.document(GIVEN, name="SEV-VLEK"), roots, "no certificate of SEV-VCEK")
    refused(double.document(GIVEN, {0x48: b"\x1c\0\0\0"}), roots, "not signed by the processor")
    refused(double.document(GIVEN, {0: b"\x06"}), roots, "no attestation")
    refused(double.document(GIVEN, table=False), roots, "no certificate of SEV-VCEK")


def test_an_enclave_of_somebody_else(tmp_path: Path) -> None:
    """A platform certifies anybody's enclave; only Intel's may speak for a machine."""
    double = Tdx()
    roots = double.roots(tmp_path / "roots")
    for changed in ({128: bytes(32)}, {256: b"\x01\0"}, {48: b"\x02"}):
        refused(double.document(GIVEN, enclave=changed), roots, "not Intel's quoting enclave")
    refused(double.document(GIVEN, enclave={320: bytes(64)}), roots, "do not hold")
    refused(double.document(GIVEN, pck="Intel SGX TCB Signing"), roots, "key of a platform")
    refused(double.document(GIVEN, padding=b"# words"), roots, "between its certificates")
    zeros = double.document(GIVEN, padding=b"\0") + bytes(100)
    assert check(zeros, read_roots(roots), WHAT).user_data == GIVEN.hex()


def test_what_stands_among_the_roots(tmp_path: Path) -> None:
    double = Nitro()
    with pytest.raises(UsageError, match="no folder"):
        read_roots(tmp_path / "none")
    between = below(double.root, "between")
    with pytest.raises(UsageError, match="no root"):
        read_roots(written(tmp_path / "lower", between.certificate))
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "words").write_text("no certificate")
    with pytest.raises(UnreadableError, match="damaged"):
        read_roots(tmp_path / "odd")
    raw = double.root.certificate.public_bytes(Encoding.DER)
    (tmp_path / "der").mkdir()
    (tmp_path / "der" / "root.cer").write_bytes(raw)
    assert len(read_roots(tmp_path / "der").anchors) == 1


def test_only_an_authority_makes_a_chain(tmp_path: Path) -> None:
    """Whoever has a leaf cannot sign a further one with it."""
    double = Nitro()
    key = ec.generate_private_key(ec.SECP384R1())
    leaf = double.root.signs("a leaf", key)
    double.root.key, honest = key, double.root.certificate
    double.root.certificate = leaf
    raw = double.document(GIVEN)
    refused(raw, written(tmp_path / "roots", honest), "vouches for")
    with pytest.raises(UsageError, match="no root"):
        read_roots(written(tmp_path / "leaves", leaf))


def test_a_renewed_authority_among_the_roots_spoils_nothing(tmp_path: Path) -> None:
    """The same name and key in another certificate: the one that the document brings counts."""
    double = Nitro()
    document = double.document(GIVEN)
    fields: Any = decode(decode(document, WHAT)[2], WHAT)  # type: ignore[index, arg-type]
    brought: Any = x509.load_der_x509_certificate(fields["cabundle"][1])  # whose key is asked alone
    again = double.root.signs("double of a zone", brought, authority=True, number=3)
    roots = written(tmp_path / "roots", double.root.certificate, again)
    assert check(document, read_roots(roots), WHAT).user_data == GIVEN.hex()


def test_a_namesake_of_another_kind_of_key_spoils_nothing(tmp_path: Path) -> None:
    double = Nitro()
    name = double.root.certificate.subject
    key = rsa.generate_private_key(65537, 2048)
    other = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(5)
        .public_key(key.public_key()).not_valid_before(BEGIN).not_valid_after(BEGIN)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False, key_cert_sign=True, crl_sign=True, data_encipherment=False,
                content_commitment=False, key_encipherment=False, key_agreement=False,
                encipher_only=False, decipher_only=False,
            ), critical=True,
        ).sign(key, hashes.SHA256())
    )  # fmt: skip
    roots = written(tmp_path / "roots", other, double.root.certificate)
    assert check(double.document(GIVEN), read_roots(roots), WHAT).user_data == GIVEN.hex()


@pytest.mark.parametrize("before", [b"", b"# Amazon\r\n"])
def test_words_of_a_certificate_are_none(tmp_path: Path, before: bytes) -> None:
    """Answers that speak of one stay answers."""
    file = tmp_path / "it"
    file.write_bytes(before + Nitro().root.certificate.public_bytes(Encoding.PEM))
    assert chains.are_roots(file)
    file.write_bytes(before + b'{"prompt":"What is -----BEGIN CERTIFICATE-----\\n?"}\n')
    assert not chains.are_roots(file)


def test_a_folder_of_roots_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = Nitro()
    roots = double.roots(tmp_path / "roots")
    raw = double.root.certificate.public_bytes(Encoding.PEM)
    (roots / "0.pem").write_bytes(raw * 1001)
    with pytest.raises(UnreadableError, match="more than 1000 certificates"):
        read_roots(roots)
    monkeypatch.setattr(chains, "LONGEST", len(raw))
    (roots / "0.pem").write_bytes(raw + b"# a list of revoked certificates beyond what is read")
    with pytest.raises(UnreadableError, match=f"more than {len(raw)} bytes"):
        read_roots(roots)


def test_the_newest_list_of_an_issuer_is_named(tmp_path: Path) -> None:
    """Whoever adds an old one makes the answer no older; whom it names stays revoked."""
    double = Nitro()
    roots = double.roots(tmp_path / "roots")
    (roots / "old.crl").write_bytes(crl(double.root, 99, at=BEGIN))
    (roots / "new.crl").write_bytes(crl(double.root, at=MADE))
    found = check(double.document(GIVEN), read_roots(roots), WHAT).chain
    assert (found.lists, found.given, found.listed) == (1, 2, moment(MADE))
    (roots / "old.crl").write_bytes(crl(double.root, 2, at=BEGIN))
    refused(double.document(GIVEN), roots, "revoked")


def test_revoked_and_not_looked_into(tmp_path: Path) -> None:
    double = Nitro()
    roots = double.roots(tmp_path / "roots")
    assert check(double.document(GIVEN), read_roots(roots), WHAT).chain.lists == 0
    (roots / "list.crl").write_bytes(crl(double.root, 99))
    assert check(double.document(GIVEN), read_roots(roots), WHAT).chain.lists == 1
    (roots / "list.crl").write_bytes(crl(double.root, 2))
    refused(double.document(GIVEN), roots, "revoked")
    (roots / "list.crl").write_bytes(crl(Nitro().root, 2))  # of somebody else with that name
    assert check(double.document(GIVEN), read_roots(roots), WHAT).chain.lists == 0


def test_every_list_of_a_file_is_looked_into(tmp_path: Path) -> None:
    """Two lists behind each other in one file: the second names the signer."""
    double = Nitro()
    roots = double.roots(tmp_path / "roots")
    lists = [
        x509.load_der_x509_crl(crl(double.root, *numbers)).public_bytes(Encoding.PEM)
        for numbers in ((), (2,))
    ]
    (roots / "list.pem").write_bytes(lists[0])
    found = check(double.document(GIVEN), read_roots(roots), WHAT).chain
    assert (found.lists, found.given, found.listed) == (1, 1, moment(BEGIN))
    (roots / "list.pem").write_bytes(b"".join(lists))
    refused(double.document(GIVEN), roots, "revoked")
    (roots / "list.pem").write_bytes(lists[0] + b"-----BEGIN PRIVATE KEY-----")
    with pytest.raises(UnreadableError, match="more than certificates"):
        read_roots(roots)
    both = (roots / "0.pem").read_bytes() + lists[1]  # certificates and a list in one file
    (roots / "list.pem").unlink()
    (roots / "0.pem").write_bytes(both)
    refused(double.document(GIVEN), roots, "revoked")


@pytest.mark.parametrize("at", [0, 1, 4, 5, 6, 7, 29])
def test_a_machine_that_others_may_watch_or_move_vouches_for_nothing(
    tmp_path: Path, at: int
) -> None:
    """TDATTRIBUTES: the group of debug and profiling, and what may be migrated."""
    double, bits = Tdx(), (1 << at).to_bytes(8, "little")
    roots = read_roots(double.roots(tmp_path / "roots"))
    found = check(double.document(GIVEN, {120: bits}), roots, WHAT)
    with pytest.raises(CaseError, match="debug mode"):
        held_against(found, GIVEN, {}, WHAT)
    kept = (1 << 28 | 1 << 30).to_bytes(8, "little")  # as true machines have it
    held_against(check(double.document(GIVEN, {120: kept}), roots, WHAT), GIVEN, {}, WHAT)


def test_when_it_was_made_stands_in_the_document(tmp_path: Path) -> None:
    double = Nitro()
    found = check(double.document(GIVEN), read_roots(double.roots(tmp_path / "roots")), WHAT)
    assert found.made == MADE.strftime("%Y-%m-%dT%H:%M:%SZ")

"""Envelopes against the specification's own example, and what is refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiation.casefile.ledger.dsse import open_envelope, pae, public_id, seal, signed_by
from filiation.errors import CaseError


def test_encoding_against_the_specification() -> None:
    """protocol.md of secure-systems-lab/dsse, test vectors."""
    kind, payload = "http://example.com/HelloWorld", b"hello world"
    assert pae(kind, payload) == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_a_signature_holds_for_its_key_kind_and_payload_only() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    found = open_envelope(seal("text/plain", b"words", key), "note")

    assert (found.kind, found.payload, found.key) == (
        "text/plain", b"words", public_id(key.public_key()),
    )  # fmt: skip
    assert signed_by(found, key.public_key())
    assert not signed_by(found, other.public_key())


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b"\xff", b'{"payload":1}', b"[" * 100_000, b'{"signatures":[1,2]}']
)
def test_what_is_no_envelope(raw: bytes) -> None:
    with pytest.raises(CaseError, match="note"):
        open_envelope(raw, "note")

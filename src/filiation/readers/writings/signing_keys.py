"""The public key that a signature names, out of kept DNS records (RFC 6376, 3.6.1)."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from filiation.model.document import Standing
from filiation.readers.writings.dns import Snapshot

__all__ = ["BROKEN", "SigningKey", "Tags", "key_of", "lookup", "policy_of", "tag_text"]

WEAK: Final = 1024  # bits of an RSA key; RFC 8301 forbids less
MOST_BITS: Final = 8192
BROKEN: Final = (ValueError, KeyError, IndexError, TypeError, AssertionError, AttributeError)
Tags = Mapping[bytes, bytes]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key, or why there is none.

    Attributes:
        record: The TXT record; empty if there is no key to be used.
        bits: Its size; 0 if it is unknown.
        why: The standing of a signature that names it, if it cannot be used.
        weak: Could others have computed the private half?
        remark: What a reader has to know of it.
    """

    record: bytes = b""
    bits: int = 0
    why: Standing = "verifies"
    weak: bool = False
    remark: str = ""


def key_of(tags: Tags, snapshot: Snapshot) -> SigningKey:
    """The key that a signature names."""
    from dkim import KeyFormatError, evaluate_pk
    from dkim.util import InvalidTagValueList, parse_tag_value

    name = f"{tag_text(tags[b's'])}._domainkey.{tag_text(tags[b'd'])}"
    record = snapshot.txt(name)
    if record is None:
        return SigningKey(why="key-unknown")
    raw = record.encode("ascii", "replace")
    try:
        parts = parse_tag_value(raw)
        if not parts.get(b"p"):
            return SigningKey(why="key-withdrawn")
        key, size, kind, _ = evaluate_pk(name, raw)
    except (KeyFormatError, InvalidTagValueList, binascii.Error, *BROKEN):
        return SigningKey(why="malformed", remark="the record of the key is not well-formed")
    barred = _barred(tags, parts, kind)
    if barred:
        return SigningKey(bits=int(size), why="malformed", remark=barred)
    exponent = key["publicExponent"] if kind == b"rsa" else 0
    if kind == b"rsa" and (size > MOST_BITS or exponent.bit_length() > 64):
        return SigningKey(bits=int(size), why="malformed", remark="a key beyond all usual sizes")
    weak = kind == b"rsa" and (size < WEAK or exponent < 3 or not exponent % 2)
    tested = "the record says that its domain is testing (t=y)"
    testing = b"y" in re.split(rb"\s*:\s*", parts.get(b"t", b""))
    return SigningKey(record=raw, bits=int(size), weak=weak, remark=tested if testing else "")


def _barred(tags: Tags, parts: Mapping[bytes, bytes], kind: bytes) -> str:
    """Why the record of a key forbids to use it for a signature; empty if it does not."""
    algorithm, _, hashed = tags[b"a"].partition(b"-")
    if algorithm != kind:
        return f"the signature names {tag_text(algorithm)}, its key is one of {tag_text(kind)}"
    hashes = [one.strip() for one in parts.get(b"h", hashed).split(b":")]
    if hashed not in hashes:
        return f"the record of the key does not allow {tag_text(hashed)}"
    services = [one.strip() for one in parts.get(b"s", b"*").split(b":")]
    if not {b"*", b"email"} & set(services):
        return "the record of the key is not for mail (s=)"
    strict = b"s" in re.split(rb"\s*:\s*", parts.get(b"t", b""))
    agent = tags.get(b"i", b"@" + tags[b"d"]).rpartition(b"@")[2]
    if strict and agent.lower() != tags[b"d"].lower():
        return "the record of the key forbids signatures for a part of the domain (t=s)"
    return ""


def policy_of(form: bytes) -> Any:
    """How header and body are brought into form (`c=`).

    Raises:
        ValueError: No such form.
    """
    from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError

    try:
        return CanonicalizationPolicy.from_c_value(form)
    except InvalidCanonicalizationPolicyError as error:
        raise ValueError(f"no such form of header and body: {tag_text(form)}") from error


def lookup(snapshot: Snapshot) -> Any:
    """Answers as dkimpy asks for them, out of the snapshot."""

    def txt(name: bytes, timeout: int = 5) -> bytes | None:
        found = snapshot.txt(tag_text(name))
        return None if found is None else found.encode("ascii", "replace")

    return txt


def tag_text(raw: bytes) -> str:
    """A tag as text: no control codes, no more than a name may have."""
    return "".join(c if c.isprintable() else "?" for c in raw[:300].decode("utf-8", "replace"))

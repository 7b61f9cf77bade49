"""Is a mail what its signer signed? DKIM (RFC 6376, 8463) and ARC (RFC 8617), without a network.

Law: `verifies` means that whoever held the private half of the key in the snapshot signed these
header fields and this much of this body. It does not say that the key belonged to the domain when
the mail was sent (the snapshot does), that the key was not leaked or published since, that fields
outside the signature are as they were, or which person wrote the mail.

A verdict depends on the mail and the snapshot alone, never on today's date: a signature past its
`x=` still verifies, and the remark says so.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.utils import parseaddr
from typing import Any, Final

from filiation.model.document import Signature
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.mbox import LARGEST, unquoted
from filiation.readers.writings.plain import need

__all__ = ["WEAK", "signatures"]

WEAK: Final = 1024  # bits of an RSA key; RFC 8301 forbids less
MOST_BITS: Final = 8192
MOST: Final = 16  # signatures of one mail that are verified
LONGEST: Final = 1 << 14  # bytes of one signature field
BROKEN: Final = (ValueError, KeyError, IndexError, TypeError, AssertionError, AttributeError)
SIGNED: Final = re.compile(rb"^(dkim-signature|arc-seal):", re.IGNORECASE | re.MULTILINE)
Tags = Mapping[bytes, bytes]


def signatures(raw: bytes, snapshot: Snapshot) -> tuple[Signature, ...]:
    """Verify every DKIM signature and the ARC chain of a mail; empty if there are none.

    Raises:
        UsageError: dkimpy is not installed.
    """
    head = raw[: 1 << 20]
    end = re.search(rb"\r?\n\r?\n", head)
    head = head[: end.start() if end else None]
    schemes = {name.lower() for name in SIGNED.findall(head)}
    if not schemes:
        return ()
    try:
        import dkim
    except ImportError as error:
        raise need("dkimpy") from error
    if len(raw) >= LARGEST:
        return (Signature(scheme="dkim", standing="not-kept", remark="too large to be verified"),)
    found: list[Signature] = []
    try:
        if b"dkim-signature" in schemes:
            found += _all_dkim(raw, snapshot)
        if b"arc-seal" in schemes:
            found.append(_arc(raw, snapshot))
    except (dkim.DKIMException, *BROKEN) as error:
        found.append(_malformed("dkim", {}, str(error)))
    return tuple(found)


def _all_dkim(raw: bytes, snapshot: Snapshot) -> Iterator[Signature]:
    import dkim

    signer = dkim.DKIM(raw, minkey=0)
    fields = [field for field in signer.headers if field[0].lower() == b"dkim-signature"]
    for field in fields[:MOST]:
        verdict = _dkim(signer, field, snapshot)
        if verdict.standing == "body-changed" and unquoted(raw) != raw:
            again = _dkim(dkim.DKIM(unquoted(raw), minkey=0), field, snapshot)
            if again.standing != "body-changed":
                said = f"{again.remark}; " if again.remark else ""
                verdict = replace(
                    again, remark=f"{said}once the `>` that the mailbox put before From is removed"
                )
        yield verdict
    if len(fields) > MOST:
        yield _malformed("dkim", {}, f"{len(fields) - MOST} more signatures were not verified")


def _dkim(signer: Any, field: list[bytes], snapshot: Snapshot) -> Signature:
    """Check one signature of the mail that `signer` holds."""
    import dkim
    from dkim.util import InvalidTagValueList, parse_tag_value

    if len(field[1]) > LONGEST:
        return _malformed("dkim", {}, f"a field of {len(field[1])} bytes")
    tags: Tags = {}
    try:
        tags = parse_tag_value(field[1])
        # today's date is no part of a verdict
        dkim.validate_signature_fields({k: v for k, v in tags.items() if k not in (b"t", b"x")})
        body = _body_holds(signer, tags)
    except (dkim.DKIMException, InvalidTagValueList, *BROKEN) as error:
        return _malformed("dkim", tags, str(error))
    said = _described(tags, signer)
    key, size, why = _key(tags, snapshot)
    if not body:
        return replace(said, standing="body-changed", bits=size)
    if key is None:
        held = "the body is the one that was signed" if why == "key-unknown" else said.remark
        return replace(said, standing=why, bits=size, remark=_also(said.remark, held))
    included = [name.lower() for name in re.split(rb"\s*:\s*", tags[b"h"].strip())]
    try:
        holds = signer.verify_sig(dict(tags), included, field, lambda name, timeout=5: key)
    except (dkim.DKIMException, *BROKEN):
        holds = False
    if not holds:
        return replace(said, standing="signature-fails", bits=size)
    weak = size < WEAK and not tags[b"a"].startswith(b"ed25519")
    return replace(said, standing="weak-key" if weak else "verifies", bits=size)


def _body_holds(signer: Any, tags: Tags) -> bool:
    """Is the body the one whose hash was signed? Needs no key."""
    from dkim import HASH_ALGORITHMS
    from dkim.canonicalization import CanonicalizationPolicy

    policy = CanonicalizationPolicy.from_c_value(tags.get(b"c", b"simple/simple"))
    body = policy.canonicalize_body(signer.body)
    if b"l" in tags:
        body = body[: int(tags[b"l"])]
    wanted = base64.b64decode(re.sub(rb"\s+", b"", tags[b"bh"]))
    hashed: bytes = HASH_ALGORITHMS[tags[b"a"]](body).digest()
    return hashed == wanted


def _described(tags: Tags, signer: Any) -> Signature:
    """What a signature says of itself, and what a reader has to know about it."""
    body: bytes = signer.body
    signed = tuple(_text(name.strip()).lower() for name in tags.get(b"h", b"").split(b":"))
    length = int(tags[b"l"]) if b"l" in tags else None
    remarks = []
    if length is not None and length < len(body):
        remarks.append(f"only the first {length} of {len(body)} bytes of the body are signed (l=)")
    missing = [name for name in ("from", "to", "subject", "date") if name not in signed]
    if missing:
        remarks.append(f"{', '.join(missing)} not signed")
    authors = [value for name, value in signer.headers if name.lower() == b"from"]
    domain = _text(tags.get(b"d", b"")).lower()
    if len(authors) != 1:
        remarks.append(f"{len(authors)} From fields")
    elif not _belongs(authors[0], domain):
        remarks.append("the domain that signed is not that of the From address")
    if tags.get(b"a", b"").endswith(b"sha1"):
        remarks.append("SHA-1, for which RFC 8301 forbids to rely on it")
    expires, signed_at = (_number(tags.get(name)) for name in (b"x", b"t"))
    if expires is not None:
        remarks.append("it has an expiry (x=), which binds receivers of its time only")
    return Signature(
        scheme="dkim",
        standing="verifies",
        domain=_text(tags.get(b"d", b"")),
        selector=_text(tags.get(b"s", b"")),
        algorithm=_text(tags.get(b"a", b"")),
        signed=signed,
        body=length,
        signed_at=signed_at,
        expires=expires,
        remark="; ".join(remarks),
    )


def _belongs(author: bytes, domain: str) -> bool:
    """Is the address in From one of the domain, or of a part of it?"""
    theirs = parseaddr(author.decode("utf-8", "replace"))[1].rpartition("@")[2].lower()
    return theirs == domain or theirs.endswith(f".{domain}")


def _key(tags: Tags, snapshot: Snapshot) -> tuple[bytes | None, int, Any]:
    """The record of a key, its size in bits, and otherwise why there is none."""
    from dkim import KeyFormatError, evaluate_pk
    from dkim.util import InvalidTagValueList, parse_tag_value

    name = f"{_text(tags[b's'])}._domainkey.{_text(tags[b'd'])}"
    record = snapshot.txt(name)
    if record is None:
        return None, 0, "key-unknown"
    raw = record.encode("ascii", "replace")
    try:
        parts = parse_tag_value(raw)
        if not parts.get(b"p"):
            return None, 0, "key-withdrawn"
        key, size, kind, _ = evaluate_pk(name, raw)
    except (KeyFormatError, InvalidTagValueList, binascii.Error, *BROKEN):
        return None, 0, "malformed"
    if kind == b"rsa" and (size > MOST_BITS or key["publicExponent"].bit_length() > 64):
        return None, int(size), "malformed"
    return raw, int(size), ""


def _arc(raw: bytes, snapshot: Snapshot) -> Signature:
    """The chain as a whole: each handler seals what the one before it saw."""
    import dkim
    from dkim.util import InvalidTagValueList, parse_tag_value

    chain = dkim.ARC(raw, minkey=0)
    seals = [value for name, value in chain.headers if name.lower() == b"arc-seal"]
    sizes = [len(value) for name, value in chain.headers if name.lower().startswith(b"arc-")]
    if max(sizes) > LONGEST or len(seals) > MOST:
        return _malformed("arc", {}, "too many or too long seals")
    smallest = 0
    last: Tags = {}
    for name, value in chain.headers:
        if name.lower() not in (b"arc-seal", b"arc-message-signature"):
            continue
        try:
            last = parse_tag_value(value)
            key, size, why = _key(last, snapshot)
        except (InvalidTagValueList, *BROKEN) as error:
            return _malformed("arc", {}, str(error))
        if key is None:
            return replace(_sealed(last, len(seals)), standing=why)
        smallest = min(smallest or size, size)
    try:
        outcome, _, reason = chain.verify(dnsfunc=_lookup(snapshot))
    except (dkim.DKIMException, *BROKEN) as error:
        return _malformed("arc", last, str(error))
    said = replace(_sealed(parse_tag_value(seals[0]), len(seals)), bits=smallest)
    if outcome != b"pass":
        return replace(said, standing="signature-fails", remark=f"{said.remark}; {reason}")
    return replace(said, standing="weak-key") if 256 < smallest < WEAK else said


def _lookup(snapshot: Snapshot) -> Any:
    def txt(name: bytes, timeout: int = 5) -> bytes | None:
        found = snapshot.txt(_text(name))
        return None if found is None else found.encode("ascii", "replace")

    return txt


def _sealed(tags: Tags, seals: int) -> Signature:
    remark = f"{seals} {'seal' if seals == 1 else 'seals'}; a seal tells what its sealer saw"
    return Signature(
        scheme="arc",
        standing="verifies",
        domain=_text(tags.get(b"d", b"")),
        selector=_text(tags.get(b"s", b"")),
        algorithm=_text(tags.get(b"a", b"")),
        signed_at=_number(tags.get(b"t")),
        remark=remark,
    )


def _malformed(scheme: Any, tags: Tags, why: str) -> Signature:
    return Signature(
        scheme=scheme,
        standing="malformed",
        domain=_text(tags.get(b"d", b"")),
        selector=_text(tags.get(b"s", b"")),
        remark="".join(c if c.isprintable() else "?" for c in why[:200]),
    )


def _text(raw: bytes) -> str:
    """A tag as text: no control codes, no more than a name may have."""
    return "".join(c if c.isprintable() else "?" for c in raw[:300].decode("utf-8", "replace"))


def _number(raw: bytes | None) -> int | None:
    if raw is None or not re.fullmatch(rb"\d{1,12}", raw.strip()):
        return None
    return int(raw)


def _also(first: str, second: str) -> str:
    return "; ".join(part for part in (first, second) if part)

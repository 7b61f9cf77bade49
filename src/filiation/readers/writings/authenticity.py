"""Is a mail what its signer signed? DKIM (RFC 6376, 8463), without a network.

Law: `verifies` means that whoever held the private half of the key in the snapshot signed all that
is shown: each field once, the whole body, for an author of the domain that signs. `verifies-in-
part` means so of what is signed, and names the gaps. Neither says that the key belonged to the
domain when the mail was sent (the snapshot does), that the key was not leaked or published since,
or which person wrote the mail. A mail whose header programs would take apart differently is
*malformed*.

A verdict depends on the mail and the snapshot alone, never on today's date: a signature past its
`x=` still verifies, and the remark says so.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from filiation.model.document import Signature
from filiation.readers.writings.arc import sealed
from filiation.readers.writings.coverage import gaps
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.fields import Mail
from filiation.readers.writings.mbox import LARGEST
from filiation.readers.writings.plain import need
from filiation.readers.writings.signing_keys import BROKEN, Tags, key_of, policy_of, tag_text

__all__ = ["signatures"]

MOST: Final = 16  # signatures of one mail that are verified
LONGEST: Final = 1 << 14  # bytes of one signature field
SEEN_THROUGH: Final = "once the `>` that the mailbox put before From is removed"


def signatures(mail: Mail, snapshot: Snapshot, *, unquoted: bool = False) -> tuple[Signature, ...]:
    """Verify every DKIM signature and the ARC chain of a mail; empty if there are none.

    Args:
        mail: As it was taken apart for what is shown.
        snapshot: Kept DNS records.
        unquoted: A mailbox's marks before `From ` were taken off, which a remark then says.

    Raises:
        UsageError: dkimpy is not installed.
    """
    names = {field.key for field in mail.fields} & {"dkim-signature", "arc-seal"}
    if not names:
        return ()
    try:
        import dkim
    except ImportError as error:
        raise need("dkimpy") from error
    if len(mail.body) >= LARGEST - (1 << 20):
        return (Signature(scheme="dkim", standing="not-kept", remark="too large to be verified"),)
    found: list[Signature] = []
    try:
        if "dkim-signature" in names:
            found += _all_dkim(mail, snapshot)
        if "arc-seal" in names:
            found.append(sealed(mail, _taken_apart(dkim.ARC(None, minkey=0), mail), snapshot))
    except (dkim.DKIMException, *BROKEN) as error:
        found.append(_malformed({}, str(error)))
    if mail.faults:
        said = "; ".join(mail.faults)
        found = [replace(one, standing="malformed", gaps=(), remark=said) for one in found]
    if unquoted:
        found = [replace(one, remark=_also(one.remark, SEEN_THROUGH)) for one in found]
    return tuple(found)


def _taken_apart(signer: Any, mail: Mail) -> Any:
    """Dkimpy on our fields and body, not on those that it would find by itself."""
    signer.headers = [[field.name, field.value + b"\r\n"] for field in mail.fields]
    signer.body = re.sub(rb"\r?\n", b"\r\n", mail.body)
    return signer


def _all_dkim(mail: Mail, snapshot: Snapshot) -> Iterator[Signature]:
    import dkim

    signer = _taken_apart(dkim.DKIM(None, minkey=0), mail)
    fields = [field for field in signer.headers if field[0].lower() == b"dkim-signature"]
    for field in fields[:MOST]:
        yield _dkim(mail, signer, field, snapshot)
    if len(fields) > MOST:
        yield _malformed({}, f"{len(fields) - MOST} more signatures were not verified")


def _dkim(mail: Mail, signer: Any, field: list[bytes], snapshot: Snapshot) -> Signature:
    """Check one signature of the mail that `signer` holds."""
    import dkim
    from dkim.util import InvalidTagValueList, parse_tag_value

    if len(field[1]) > LONGEST:
        return _malformed({}, f"a field of {len(field[1])} bytes")
    tags: Tags = {}
    try:
        tags = parse_tag_value(field[1])
        # today's date is no part of a verdict
        dkim.validate_signature_fields({k: v for k, v in tags.items() if k not in (b"t", b"x")})
        body, length = _body_holds(signer, tags)
        said = _described(tags, mail, length)
        key = key_of(tags, snapshot)
    except (dkim.DKIMException, InvalidTagValueList, *BROKEN) as error:
        return _malformed(tags, str(error))
    said = replace(said, bits=key.bits, remark=_also(said.remark, key.remark))
    if not body:
        return replace(said, standing="body-changed", gaps=())
    if not key.record:
        held = "the body is the one that was signed" if key.why == "key-unknown" else ""
        return replace(said, standing=key.why, gaps=(), remark=_also(said.remark, held))
    try:
        included = list(_names(tags))
        holds = signer.verify_sig(dict(tags), included, field, lambda name, timeout=5: key.record)
    except (dkim.DKIMException, *BROKEN):
        holds = False
    if not holds:
        return replace(said, standing="signature-fails", gaps=())
    if key.weak or tags[b"a"].endswith(b"sha1"):
        return replace(said, standing="weak-key", gaps=())
    return said


def _names(tags: Tags) -> list[bytes]:
    return [name.lower() for name in re.split(rb"\s*:\s*", tags[b"h"].strip())]


def _body_holds(signer: Any, tags: Tags) -> tuple[bool, int]:
    """Is the body the one whose hash was signed, and how long is it in that form? Needs no key."""
    from dkim import HASH_ALGORITHMS

    policy = policy_of(tags.get(b"c", b"simple/simple"))
    body = policy.canonicalize_body(signer.body)
    signed = body[: int(tags[b"l"])] if b"l" in tags else body
    wanted = base64.b64decode(re.sub(rb"\s+", b"", tags[b"bh"]))
    hashed: bytes = HASH_ALGORITHMS[tags[b"a"]](signed).digest()
    return hashed == wanted, len(body)


def _described(tags: Tags, mail: Mail, length: int) -> Signature:
    """What a signature says of itself, what it leaves open, and what a reader has to know."""
    signed = tuple(tag_text(name) for name in _names(tags))
    limit = int(tags[b"l"]) if b"l" in tags else None
    domain = tag_text(tags.get(b"d", b""))
    missing, remarks = gaps(
        mail,
        signed=signed,
        domain=domain.lower(),
        unsigned_bytes=0 if limit is None else max(0, length - limit),
    )
    notes = list(remarks)
    if tags.get(b"a", b"").endswith(b"sha1"):
        notes.append("SHA-1, for which RFC 8301 forbids to rely on it")
    expires, signed_at = (_number(tags.get(name)) for name in (b"x", b"t"))
    if expires is not None:
        notes.append("it has an expiry (x=), which binds receivers of its time only")
    return Signature(
        scheme="dkim",
        standing="verifies-in-part" if missing else "verifies",
        domain=domain,
        selector=tag_text(tags.get(b"s", b"")),
        algorithm=tag_text(tags.get(b"a", b"")),
        form=tag_text(tags.get(b"c", b"simple/simple")),
        signed=signed,
        gaps=missing,
        body=limit,
        signed_at=signed_at,
        expires=expires,
        remark="; ".join(notes),
    )


def _malformed(tags: Tags, why: str) -> Signature:
    return Signature(
        scheme="dkim",
        standing="malformed",
        domain=tag_text(tags.get(b"d", b"")),
        selector=tag_text(tags.get(b"s", b"")),
        remark="".join(c if c.isprintable() else "?" for c in why[:200]),
    )


def _number(raw: bytes | None) -> int | None:
    if raw is None or not re.fullmatch(rb"\d{1,12}", raw.strip()):
        return None
    return int(raw)


def _also(first: str, second: str) -> str:
    return "; ".join(part for part in (first, second) if part)

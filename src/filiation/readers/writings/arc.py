"""What does a chain of ARC seals show (RFC 8617)? Each handler seals what it received.

Law: `sealed` means that the mail is as its last handler sealed it, and that every seal before is
whole. It says nothing of the author: anybody who handles a mail can seal it.
"""

from dataclasses import replace
from typing import Any, Final

from filiation.model.document import Signature
from filiation.readers.writings.coverage import gaps
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.fields import Mail
from filiation.readers.writings.signing_keys import (
    BROKEN,
    Tags,
    key_of,
    lookup,
    policy_of,
    tag_text,
)

__all__ = ["sealed"]

MOST: Final = 50  # sets of a chain (RFC 8617, 4.2.1)
LONGEST: Final = 1 << 14  # bytes of one field
SETS: Final = (b"arc-seal", b"arc-message-signature", b"arc-authentication-results")


def sealed(mail: Mail, chain: Any, snapshot: Snapshot) -> Signature:
    """The chain as a whole.

    Args:
        mail: As it was taken apart for what is shown.
        chain: dkimpy's verifier, which holds its fields and body.
        snapshot: Kept DNS records.
    """
    import dkim
    from dkim.util import InvalidTagValueList, parse_tag_value

    fields = [(name.lower(), value) for name, value in chain.headers if name.lower() in SETS]
    seals = [value for name, value in fields if name == SETS[0]]
    if max(len(value) for _, value in fields) > LONGEST or len(seals) > MOST:
        return _malformed("too many or too long seals")
    keys = []
    last: Tags = {}
    try:
        for name, value in fields:
            if name == SETS[2]:
                continue
            tags = parse_tag_value(value)
            keys.append(key_of(tags, snapshot))
            if name == SETS[1] and int(tags[b"i"]) >= int(last.get(b"i", b"0")):
                last = tags
        said = _described(mail, chain, last, parse_tag_value(seals[0]), len(seals))
        why = next((key for key in keys if not key.record), None)
        if why is not None:
            return replace(said, standing=why.why, gaps=())
        outcome, _, reason = chain.verify(dnsfunc=lookup(snapshot))
    except (dkim.DKIMException, InvalidTagValueList, *BROKEN) as error:
        return _malformed(str(error))
    said = replace(said, bits=min(key.bits for key in keys))
    if outcome != b"pass":
        return replace(said, standing="signature-fails", gaps=(),
                       remark=f"{said.remark}; {reason}")  # fmt: skip
    return replace(said, standing="weak-key", gaps=()) if any(k.weak for k in keys) else said


def _described(mail: Mail, chain: Any, last: Tags, seal: Tags, seals: int) -> Signature:
    """What the last signature of a message covers, and who sealed last."""
    form = last.get(b"c", b"relaxed/relaxed")
    signed = tuple(tag_text(name.strip()).lower() for name in last[b"h"].split(b":"))
    limit = int(last[b"l"]) if b"l" in last else None
    length = len(policy_of(form).canonicalize_body(chain.body))
    missing, remarks = gaps(
        mail, signed=signed, domain="",
        unsigned_bytes=0 if limit is None else max(0, length - limit),
    )  # fmt: skip
    count = f"{seals} {'seal' if seals == 1 else 'seals'}; a seal tells what its sealer saw"
    return Signature(
        scheme="arc",
        standing="sealed",
        domain=tag_text(seal.get(b"d", b"")),
        selector=tag_text(seal.get(b"s", b"")),
        algorithm=tag_text(seal.get(b"a", b"")),
        form=tag_text(form),
        signed=signed,
        gaps=missing,
        body=limit,
        remark="; ".join((count, *remarks)),
    )


def _malformed(why: str) -> Signature:
    said = "".join(c if c.isprintable() else "?" for c in why[:200])
    return Signature(scheme="arc", standing="malformed", remark=said)

"""What a document's record means, in words: what a signature shows, and what it does not."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.wanted import Alike
from filiation.casefile.facts import Judged, Produced
from filiation.casefile.state import Entry
from filiation.model.document import Signature
from filiation.report.wording.document_deeds import alike_words
from filiation.report.wording.moments import NO_DATE, as_dated, moment_words

__all__ = ["attachment_described", "attachment_words", "described", "signature_sentence"]

VERDICTS: Final[Mapping[str, str]] = {
    "verifies": "verifies: all that is shown, header fields and body, is as the holder of the key "
    "signed it",
    "verifies-in-part": "verifies in part: what was signed is as the holder of the key signed it, "
    "but not all that is shown was signed",
    "sealed": "holds: the mail is as the last of those who handled it sealed it; that says nothing "
    "of who wrote it, for anybody who handles a mail can seal it",
    "weak-key": "verifies with a key or a method too weak to rely on (RSA below 1024 bits, an "
    "exponent of 1, SHA-1): others could have made the signature",
    "body-changed": "fails: the body is not the one whose hash was signed",
    "signature-fails": "fails: the body is the one whose hash the signature names, but the "
    "signature does not fit the signed header fields with the key given",
    "key-unknown": "cannot be verified: the kept DNS records do not hold the key",
    "key-withdrawn": "cannot be verified: the kept DNS records say that the key was withdrawn "
    "(empty p=)",
    "malformed": "cannot be verified: mail, signature or key is not well-formed",
    "not-kept": "cannot be verified: the bytes that were signed are not there",
}
LIMITS: Final = (
    "A signature that verifies does not show that the key was the domain's when the mail was sent "
    "(the kept DNS records have to), that the key had not leaked or been published, who at the "
    "domain wrote the mail, or that header fields outside the signature are as they were. A "
    "signature that fails does not show forgery: lists and gateways change mail in transit."
)
UNSIGNED: Final = (
    "no DKIM signature and no ARC seal: nothing in the mail itself shows that it is as it was sent"
)


def described(
    document: str,
    entry: Accounted,
    produced: Produced,
    marks: Sequence[str],
    judged: Sequence[Entry[Judged]] = (),
    cited: str = "",
    alike: Sequence[Alike] = (),
) -> Iterator[str]:
    """The record of one document, line by line."""
    fields = entry.fields
    yield f"{document}, {fields['format']}, {entry.size:,} bytes"
    if cited:
        yield f"number      {cited}"
    yield f"sha256      {entry.sha256}"
    if entry.mih:
        yield f"EDRM MIH    {entry.mih}"
    at = f"value {entry.pointer}" if entry.pointer else f"from byte {entry.start:,}"
    yield f"lies in     {entry.file}, {at}; put in by {produced.offered_by}: {produced.how}"
    if fields["sent"]:
        yield f"dated       {as_dated(fields['sent'], fields['moment'])}"
    for place, one in enumerate(fields["attachments"], 1):
        yield f"attached {place:<2} {attachment_words(one)}"
        yield f"            sha256 {one['sha256'] or 'none: its bytes are not in the file'}"
    for number, hop in enumerate(fields["hops"], 1):
        when = as_dated(hop["given"], hop["moment"]) if hop["given"] else NO_DATE
        path = f"{hop['receiver'] or '?'} from {hop['sender'] or '?'}, {when}"
        yield f"hop {number:<7} {path} (claimed, not signed)"
    yield from _signed(entry)
    yield from _judged_by(entry, produced, judged)
    for remark in fields["remarks"]:
        yield from _wrapped("remark", remark)
    for mark in marks:
        yield from _wrapped("marked", mark)
    for one in alike:
        yield from _wrapped("alike", alike_words(one))


def attachment_words(fields: Mapping[str, Any]) -> str:
    """What an attachment is called, what it says it is, and how large it is."""
    return f"{fields['name'] or 'no name'} ({fields['media_type']}, {fields['size']:,} bytes)"


def attachment_described(
    document: str, number: int, fields: Mapping[str, Any], entry: Accounted, produced: Produced
) -> Iterator[str]:
    """The record of a file that hangs on a document, line by line."""
    yield f"{document}/{number}, {attachment_words(fields)}"
    yield f"sha256      {fields['sha256'] or 'none: its bytes are not in the file'}"
    about = f"{entry.fields['format']}, {moment_words(entry.fields['moment'])}"
    yield f"hangs on    {document}, {about}: {entry.fields['subject']}"
    yield f"lies in     {entry.file}; put in by {produced.offered_by}: {produced.how}"


def _signed(entry: Accounted) -> Iterator[str]:
    if entry.fields["format"] not in ("mail", "outlook"):
        return
    found = entry.signatures
    if not found:
        yield from _wrapped("signature", UNSIGNED)
    for one in found:
        yield from _wrapped("signature", signature_sentence(one))
    if found:
        yield from _wrapped("", LIMITS)


def _judged_by(
    entry: Accounted, produced: Produced, judged: Sequence[Entry[Judged]]
) -> Iterator[str]:
    """By whose DNS records the signatures were judged, and what other records say."""
    if not entry.signatures or entry.fields["format"] != "mail":
        return
    if not produced.keys:
        yield from _wrapped("DNS records", "none were put in with it, so no key is known")
    else:
        taken = produced.keys_how or "nobody says who took them, when, or from which server"
        yield from _wrapped(
            "DNS records",
            f"put in by {produced.offered_by}: {taken} (sha256 {produced.keys[:12]}..)",
        )
    for one in judged:
        said = "; ".join(VERDICTS[standing] for standing in one.fact.verdicts)
        yield from _wrapped(
            "judged also",
            f"by the DNS records that {one.fact.by} put in (event {one.event.sequence}, "
            f"{one.fact.keys_how}, sha256 {one.fact.keys[:12]}..): {said}",
        )


def signature_sentence(one: Signature) -> str:
    """What one signature shows."""
    who = f"{one.scheme.upper()} of {one.domain or 'unknown'}"
    if one.selector:
        who += f" (key {one.selector}"
        who += f", {one.algorithm}" if one.algorithm else ""
        who += f", {one.bits} bits)" if one.bits else ")"
    said = f"{who} {VERDICTS[one.standing]}"
    if one.gaps:
        said += f". Not vouched for: {', '.join(one.gaps)}"
    if one.signed:
        said += f". Signed fields: {', '.join(one.signed)}"
    for name, moment in (("Signed at", one.signed_at), ("Expires at", one.expires)):
        if moment is not None and moment < 1 << 37:
            said += f". {name} {datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC, it says"
    return f"{said}. {one.remark}." if one.remark else f"{said}."


def _wrapped(name: str, text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent=f"{name:12}", subsequent_indent=" " * 12)

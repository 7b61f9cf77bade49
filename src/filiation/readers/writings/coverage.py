"""Which parts of what is shown does a signature not vouch for?

Law: every field that is shown, or decides how the words are read, stands under the signature and
stands once; From names one author, of the domain that signed; and the whole body is signed.
Otherwise a signature verifies in part at most, and the gaps are named.
"""

from collections.abc import Iterator, Sequence
from email.utils import getaddresses
from typing import Final

from filiation.readers.writings.fields import LONGEST_FIELD, Mail

__all__ = ["ONCE", "gaps"]

ONCE: Final = ("from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to",
               "references", "mime-version", "content-type", "content-transfer-encoding",
               "content-disposition")  # fmt: skip


def gaps(
    mail: Mail, *, signed: Sequence[str], domain: str, unsigned_bytes: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of fields, and `body`, that are not vouched for; and why, in words.

    Args:
        mail: The mail.
        signed: Names of fields under the signature (lower case).
        domain: Who signed; empty if that is not to be that of the author.
        unsigned_bytes: How much of the body is not signed.
    """
    found = list(_gaps(mail, signed, domain, unsigned_bytes))
    return tuple(dict.fromkeys(name for name, _ in found)), tuple(why for _, why in found if why)


def _gaps(
    mail: Mail, signed: Sequence[str], domain: str, unsigned_bytes: int
) -> Iterator[tuple[str, str]]:
    counts = {name: len(mail.all(name)) for name in ONCE}
    missing = [name for name in ONCE if counts[name] and name not in signed]
    for name in missing:
        yield name, ""
    if missing:
        yield missing[0], f"{', '.join(missing)} not signed"
    for name in ONCE:
        if counts[name] > 1:
            yield name, f"{counts[name]} {name} fields"
    authors = getaddresses([field[:LONGEST_FIELD] for field in mail.all("from")])
    if len(authors) > 1 and counts["from"] == 1:
        yield "from", f"{len(authors)} authors in From"
    if domain and not any(_belongs(address, domain) for _, address in authors):
        yield "from", "the domain that signed is not that of the From address"
    if unsigned_bytes:
        yield "body", f"the last {unsigned_bytes} bytes of the body are not signed (l=)"


def _belongs(address: str, domain: str) -> bool:
    """Is an address one of the domain, or of a part of it?"""
    theirs = address.rpartition("@")[2].lower()
    return theirs == domain or theirs.endswith(f".{domain}")

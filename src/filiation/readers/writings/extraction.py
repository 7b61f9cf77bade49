"""The bytes of a file that hangs on a document, out of the bytes of that document."""

import hashlib

from filiation.model.document import Format
from filiation.readers.writings.confined import body_within
from filiation.readers.writings.fields import split_mail
from filiation.readers.writings.mbox import unquoted
from filiation.readers.writings.mime import contents

__all__ = ["attached_bytes"]


def attached_bytes(raw: bytes, kind: Format, sha256: str) -> bytes | None:
    """What hangs on a document under a digest; None if its bytes are not in there.

    Args:
        raw: The bytes of the document.
        kind: How it was read.
        sha256: Digest (hex) of what is looked for.

    Raises:
        UsageError: The package that reads such documents is not installed.
    """
    if kind == "mail":
        for form in dict.fromkeys((raw, unquoted(raw))):
            for body in contents(split_mail(form)).bodies:
                if hashlib.sha256(body).hexdigest() == sha256:
                    return body
        return None
    if kind not in ("outlook", "pdf", "docx"):
        return None
    found = body_within(kind, raw, sha256)
    return found if found is not None and hashlib.sha256(found).hexdigest() == sha256 else None

"""A commitment to a secret list: its digest and a date, to be published before a comparison.

The digest hides a list only if nobody can guess it: keys, canaries and orders of some length are
beyond guessing. The date is that of the machine's clock; what makes it evidence is who was given
the file when (a time-stamping service, a notary, a public repository).
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filiation.errors import AlteredError, UnreadableError
from filiation.model.owner import Commitment
from filiation.readers.bytes.parsing import read_object

__all__ = ["commitment_bytes", "file_digest", "read_commitment"]

LONGEST: Final = 1 << 16
KIND: Final = "commitment"
DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error


def commitment_bytes(path: Path, *, at: datetime | None = None) -> bytes:
    """A commitment to a file as it is now."""
    date = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = {"kind": KIND, "schema_version": 1, "sha256": file_digest(path), "date": date}
    return (json.dumps(said, indent=1) + "\n").encode()


def read_commitment(path: Path, committed: Path) -> Commitment:
    """Read a commitment and check that it is to this list.

    Raises:
        AlteredError: It is to another list, or the list changed.
        UnreadableError: Not a commitment.
    """
    found = read_object(path, limit=LONGEST)
    digest, date = found.get("sha256"), found.get("date")
    if found.get("kind") != KIND or found.get("schema_version") != 1:
        raise UnreadableError(f"{path}: not a commitment of schema version 1")
    if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{64}", digest):
        raise UnreadableError(f"{path}: no SHA-256 in it, expected 64 hexadecimal digits")
    if not isinstance(date, str) or not DATE.fullmatch(date):
        raise UnreadableError(f"{path}: no date in it, expected YYYY-MM-DDTHH:MM:SSZ")
    now = file_digest(committed)
    if now != digest:
        raise AlteredError(str(committed), recorded=digest, found=now, another=True)
    return Commitment(sha256=digest, date=date)

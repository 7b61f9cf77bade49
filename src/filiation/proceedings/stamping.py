"""Letting a time-stamp authority attest that the log existed as it stands."""

from pathlib import Path
from typing import Final

from filiation.casefile.deeds import AskedStamp
from filiation.casefile.facts import Stamped
from filiation.casefile.record import Draft, Record
from filiation.casefile.stamp import find_stamped, head_message, request_stamp
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.proceedings.given import on_record, read_file

__all__ = ["ask_stamp", "take_stamp"]

LONGEST: Final = 1 << 20  # bytes of a stamp or of certificates


def ask_stamp(case: Path, out: Path) -> AskedStamp:
    """Write a request for the log as it stands.

    Raises:
        UsageError: The extra is not installed, or the place is taken or cannot be written.
    """
    record = Record(case)
    size, root = record.head()
    request = request_stamp(head_message(record.id, size, root))
    try:
        with out.open("xb") as file:
            file.write(request)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    return AskedStamp(out=out, size=size)


def take_stamp(
    case: Path, response: Path, *, roots: Path, acting: str | None = None
) -> Entry[Stamped]:
    """Check an authority's response against the log, and keep it.

    Raises:
        UsageError: The extra is not installed, or a file cannot be read.
        CaseError: A stamp of something else, or one that does not hold.
    """
    record = Record(case)
    signer = record.signer(acting)
    token, trusted = (read_file(path, LONGEST) for path in (response, roots))
    size, root, stamp = find_stamped(record.id, record.roots(), token, trusted)
    fact = Stamped(size=size, root=root, time=stamp.time.isoformat(), authority=stamp.authority)
    draft = Draft(
        verb="stamp import",
        fact=fact,
        arguments=on_record({"response": response, "roots": roots}),
        blobs=[("token", token, ""), ("roots", trusted, "")],
    )
    return Entry(event=record.append(draft, *signer), fact=fact)

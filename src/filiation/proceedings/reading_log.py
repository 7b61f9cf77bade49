"""Reading the log of a case: its events as they were signed, and its head."""

from collections.abc import Iterator
from pathlib import Path

from filiation.casefile.ledger.event import Signed
from filiation.casefile.record import Record

__all__ = ["events_of", "head_of"]


def events_of(case: Path) -> Iterator[Signed]:
    """Every event in order, with the envelope it came in."""
    return iter(Record(case).signed())


def head_of(case: Path) -> str:
    """SIZE:ROOT of the log, to be kept elsewhere."""
    size, root = Record(case).head()
    return f"{size}:{root}"

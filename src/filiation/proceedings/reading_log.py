"""Reading the log of a case: its events as they were signed, and its head."""

from collections.abc import Iterator
from pathlib import Path

from filiation.casefile.exchange.export_checked import (
    check_export,
    events_of_export,
    is_export,
)
from filiation.casefile.ledger.event import Signed
from filiation.casefile.record import Record

__all__ = ["events_of", "head_of"]


def events_of(case: Path) -> Iterator[Signed]:
    """Every event in order, with the envelope it came in; of an export, those that are whole."""
    return iter(events_of_export(case) if is_export(case) else Record(case).signed())


def head_of(case: Path) -> str:
    """SIZE:ROOT of the log, to be kept elsewhere."""
    if is_export(case):
        found = check_export(case)
        return f"{found.size}:{found.roots[-1]}"
    size, root = Record(case).head()
    return f"{size}:{root}"

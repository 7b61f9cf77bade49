"""What the files of an exhibit say of it, and what was measured in it, as far as it is held."""

from collections.abc import Callable, Iterator

from filiation.casefile.codec import declared_from_bytes
from filiation.casefile.exchange.held import Held
from filiation.casefile.facts import Exhibited
from filiation.casefile.state import Entry, State
from filiation.model.architecture import Architecture
from filiation.model.kinds import ASIDE
from filiation.model.recording import Recording
from filiation.model.sketch import Sketch
from filiation.model.vocabulary import Vocabulary
from filiation.proceedings.exhibits import DECLARED, MATERIAL, open_exhibit
from filiation.report.site.record import exhibit
from filiation.report.site.view import View
from filiation.report.wording.measured import (
    architecture_rows,
    recording_rows,
    sketch_rows,
    tokens_rows,
)

__all__ = ["exhibit_page"]

Rows = Iterator[tuple[str, str, str]]


def exhibit_page(
    record: Held, state: State, has: Callable[[str], bool], entry: Entry[Exhibited],
    examined: tuple[int, ...],
) -> View:  # fmt: skip
    """One exhibit: custody, what its files say, what was measured.

    Args:
        record: The case or the export.
        state: Where it stands.
        has: Whether an object is held.
        entry: The exhibit.
        examined: Events of the examinations in which it stood.
    """
    return exhibit(entry, examined, [*_says(record, has, entry)],
                   [*_measured(record, state, has, entry)])  # fmt: skip


def _says(
    record: Held, has: Callable[[str], bool], entry: Entry[Exhibited]
) -> Iterator[tuple[str, str, str, str]]:
    for written in entry.event.writes:
        if written.what == DECLARED and has(written.sha256):
            found = declared_from_bytes(record.objects.get(written.sha256), entry.fact.exhibit)
            for one in found.declarations:
                yield one.about, one.field, one.file, one.says


def _measured(
    record: Held, state: State, has: Callable[[str], bool], entry: Entry[Exhibited]
) -> Rows:
    if entry.fact.kind in ASIDE or not has(entry.event.written(MATERIAL)):
        return
    for material in open_exhibit(record, state, (entry.fact.exhibit,)).materials:
        if isinstance(material.content, Sketch):
            yield from sketch_rows(material.content)
        elif isinstance(material.content, Recording):
            yield from recording_rows(material.content)
        elif isinstance(material.content, Vocabulary):
            yield from tokens_rows(material.content)
        elif isinstance(material.content, Architecture):
            yield from architecture_rows(material.content)

"""What goes with the documents of a case as files of its own: logs, and pages to read and print.

logs/privilege-log.csv   who claims privilege for what, on what ground, and the ruling
logs/redaction-log.csv   of which document passages are out, how many, on what ground, by whom
logs/documents.csv       every document: its number, and whether it is whole, redacted or withheld
pages/NUMBER.html        each document to read and print, its number on every page
pages/NUMBER.pdf         of a PDF that is handed over whole, a copy with its number on every page

For a party, words that were redacted for it stand in none of these.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final, final

from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.bytes import Bytes
from filiation.casefile.documents.index import Index
from filiation.casefile.documents.matcher import Passage
from filiation.casefile.documents.part import withheld
from filiation.casefile.documents.redaction import still, without
from filiation.casefile.exchange.export import DOCUMENTS_LOG, PRIVILEGE_LOG, REDACTION_LOG
from filiation.casefile.exchange.held import ExportHeld, held
from filiation.casefile.facts import Produced, Redacted
from filiation.casefile.laws.documents import redactions
from filiation.casefile.laws.numbers import number_of
from filiation.casefile.laws.privilege import claims, hidden_from
from filiation.casefile.record import Record
from filiation.casefile.state import Entry, State
from filiation.errors import UsageError
from filiation.files import put
from filiation.proceedings.documents.leaks import OWN_PAGES, passages_for
from filiation.proceedings.naming import free
from filiation.proceedings.productions import account_of, indexed
from filiation.readers.writings.confined import stamped
from filiation.report.render.document_page import document_page
from filiation.report.render.sheet import sheet
from filiation.report.wording import document_logs as words
from filiation.report.wording.document_page import page_lines, withheld_words
from filiation.report.wording.moments import with_zones

__all__ = ["going_along", "write_logs"]

PAGES: Final = "pages"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What somebody may see; the lead, where `party` is empty, sees all."""

    record: Record
    state: State
    party: str
    hidden: frozenset[str]
    held_back: frozenset[str]
    passages: tuple[Passage, ...]
    left: Mapping[str, tuple[str, str]]  # of what was redacted: its whole words, and what is left

    def handed(self, document: str) -> words.Handed:
        if document in self.hidden:
            return "withheld"
        return "redacted" if document in self.held_back else "whole"

    def header(self, document: str, entry: Accounted) -> Accounted:
        """An entry whose people, moment and subject are gone where its words have them no more."""
        if document not in self.left:
            return entry
        shown = partial(still, whole=self.left[document][0], left=self.left[document][1])
        fields = {name: shown(entry.fields[name]) for name in ("moment", "subject")}
        people = [
            {**one, "name": shown(one["name"]), "address": shown(one["address"])}
            for one in entry.fields["people"]
        ]
        return replace(entry, fields={**entry.fields, **fields, "people": people})

    def masked(self, row: Sequence[str]) -> tuple[str, ...]:
        return tuple(without(cell, self.passages) for cell in row)


def going_along(record: Record, party: str, *, pages: bool = False) -> dict[str, bytes]:
    """The logs of what a party gets, and on wish a page of each document; none without documents.

    Args:
        record: The case.
        party: For whom; empty for the lead, who sees all.
        pages: Whether pages to read and print are made.
    """
    state = record.state()
    if not state.of(Produced):
        return {}
    view = _view(record, state, party)
    found = {
        PRIVILEGE_LOG: sheet(words.PRIVILEGE, map(view.masked, _privilege(view))),
        REDACTION_LOG: sheet(words.REDACTIONS, map(view.masked, _redactions(view))),
        DOCUMENTS_LOG: sheet(words.DOCUMENTS, map(view.masked, _documents(view))),
    }
    if pages:
        with indexed(record, state) as index:
            found |= dict(_pages(view, index))
    return found


def write_logs(case: Path, out: Path, *, party: str = "") -> tuple[Path, ...]:
    """Write the logs to a folder that is made; of an export those that came with it.

    Args:
        case: The case's folder, or that of an export.
        out: The folder.
        party: As this party gets them in an export; empty: all, as the case holds it.

    Raises:
        UsageError: The case holds no documents, there is no such party, the export is for another
            or has no logs, or the place is taken.
    """
    record = held(case)
    made = _came_along(record, party) if isinstance(record, ExportHeld) else _made(record, party)
    try:
        free(out).mkdir()
    except OSError as error:
        raise UsageError(f"{out}: cannot be made: {error.strerror}") from error
    found = []
    for name, raw in made.items():
        found.append(out / PurePosixPath(name).name)
        put(found[-1], raw)
    return tuple(found)


def _made(record: Record, party: str) -> dict[str, bytes]:
    if party:
        record.state().party(party)
    made = going_along(record, party)
    if not made:
        raise UsageError("logs: the case holds no documents")
    return made


def _came_along(record: ExportHeld, party: str) -> dict[str, bytes]:
    """The logs that an export holds, whose digests its signed head names."""
    if party not in ("", record.party):
        raise UsageError(
            f"logs: this is the export for {record.party}, expected the case itself: nothing else "
            f"has the logs as {party} gets them"
        )
    names = (PRIVILEGE_LOG, REDACTION_LOG, DOCUMENTS_LOG)
    found = {name: record.folder / name for name in names if (record.folder / name).is_file()}
    if not found:
        raise UsageError(
            "logs: this export holds none: its case has no documents, or an earlier version of "
            "filiation made it"
        )
    return {name: path.read_bytes() for name, path in found.items()}


def _view(record: Record, state: State, party: str) -> _View:
    kept = withheld(state, party) if party else {}
    return _View(
        record=record,
        state=state,
        party=party,
        hidden=frozenset(hidden_from(state, party)) if party else frozenset(),
        held_back=frozenset(f"{name}:{place}" for name, places in kept.items() for place in places),
        passages=passages_for(record, state, party) if party else (),
        left=_left(record, state, kept),
    )


def _left(record: Record, state: State, kept: Mapping[str, set[int]]) -> dict[str, tuple[str, str]]:
    """Whole words of each redacted document that is not shown whole, and what is left of them."""
    wanted = {name: entries[-1] for name, entries in redactions(state).items()
              if int(name.partition(":")[2]) in kept.get(name.partition(":")[0], ())}  # fmt: skip
    if not wanted:
        return {}
    with indexed(record, state) as index:
        return {name: (index.rendered(name), _words_left(record, entry))
                for name, entry in wanted.items()}  # fmt: skip


def _words_left(record: Record, entry: Entry[Redacted]) -> str:
    return str(json.loads(record.objects.get(entry.event.written("redacted")))["words"])


def _entries(
    view: _View, wanted: Mapping[str, object] | None = None
) -> Iterator[tuple[str, Accounted, Entry[Produced]]]:
    for produced in view.state.of(Produced):
        name = produced.fact.production
        if wanted is not None and not any(one.startswith(f"{name}:") for one in wanted):
            continue
        for entry in account_of(view.record, produced).entries():
            document = f"{name}:{entry.number}"
            if wanted is None or document in wanted:
                yield document, entry, produced


def _privilege(view: _View) -> Iterator[Sequence[str]]:
    claimed = claims(view.state)
    for document, entry, _ in _entries(view, claimed):
        for _, claim in sorted(claimed[document].items()):
            yield words.privilege_row(
                number_of(view.state, document), document, view.header(document, entry), claim,
                withheld=document in view.hidden if view.party else claim.withholds,
            )  # fmt: skip


def _redactions(view: _View) -> Iterator[Sequence[str]]:
    for entry in view.state.of(Redacted):
        document = entry.fact.document
        yield words.redaction_row(number_of(view.state, document), document, entry)


def _documents(view: _View) -> Iterator[Sequence[str]]:
    for document, entry, _ in _entries(view):
        yield words.document_row(
            number_of(view.state, document),
            document,
            view.header(document, entry),
            view.handed(document),
        )


def _pages(view: _View, index: Index) -> Iterator[tuple[str, bytes]]:
    for document, entry, produced in _entries(view):
        handed = view.handed(document)
        stamp = number_of(view.state, document) or document
        own = produced.fact.offered_by == view.party
        if handed == "withheld":
            said = withheld_words(claims(view.state)[document].values())
        elif handed == "redacted":
            said = view.left[document][1]
        else:
            said = index.rendered(document)
        lines = page_lines(document, entry, produced.fact, handed, view.state.opening.title)
        body = document_page(stamp, lines, with_zones(said))
        place = f"{OWN_PAGES if own else PAGES}/{stamp.replace(':', '-')}"
        yield f"{place}.html", body
        if handed == "whole" and entry.fields["format"] == "pdf":
            copy = stamped(Bytes(account_of(view.record, produced).files()).of(entry), stamp)
            if copy is not None:
                yield f"{place}.pdf", copy

"""Making something of a case for a party: a sub-case, or what other programs read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.deeds import ExportMade, Searched
from filiation.casefile.exchange.bom import cyclonedx
from filiation.casefile.exchange.export import Export, plan_export, write_export
from filiation.casefile.exchange.uco import case_uco
from filiation.casefile.facts import Examined, Exported
from filiation.casefile.ledger.dsse import SigningKey
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.proceedings.documents.handing_over import going_along
from filiation.proceedings.documents.leaks import (
    copies_of_privileged,
    search_export,
    search_other,
)
from filiation.proceedings.given import on_record
from filiation.proceedings.naming import free
from filiation.proceedings.site import write_site
from filiation.report.wording.document_deeds import copied, held_back
from filiation.report.wording.readme import readme

__all__ = ["can_have_pages", "export", "pages_of"]


Form: TypeAlias = Literal["sub-case", "case-uco", "cyclonedx"]


def export(
    case: Path, *, party: str, out: Path, form: Form = "sub-case",
    pages: bool = False, despite: bool = False, acting: str | None = None,
) -> ExportMade:  # fmt: skip
    """Make an export for a party, and put on record that it was made.

    Args:
        case: The case's folder.
        party: Who is to have it.
        out: What is made.
        form: A sub-case, or what another program reads.
        pages: A page of each document goes along, to read and print.
        despite: Make it although it holds words that were redacted in a document, or a copy of a
            document that is privileged.
        acting: Who signs; the lead, if None.

    Raises:
        UsageError: No such party, pages of a form that has none, the place is taken or cannot be
            written, or redacted words or a copy of a privileged document would be handed over.
    """
    record = Record(case)
    signer = record.signer(acting)
    whole = form == "sub-case"
    _possible(out, form, pages=pages)
    made = _planned(record, party, signer, pages=pages, along=whole)
    converted = b"" if whole else _converted(record, form, party)
    searched = _search(record, made, party, converted)
    copies = copies_of_privileged(record, party) if whole else ()
    if not despite:
        _refuse(searched, copies)
    fact = Exported(party=party, form=form, size=made.size, root=made.root, whole=made.whole)
    arguments = on_record({"for": party, "format": form, "out": out})
    event = record.append(Draft(verb="export", fact=fact, arguments=arguments), *signer)
    if whole:
        write_export(record, made, out)
    else:
        _write(out, converted)
    entry, objects = Entry(event=event, fact=fact), made.objects if whole else 0
    return ExportMade(entry=entry, out=out, objects=objects, searched=searched, copies=copies)


def can_have_pages(site: Path, form: Form) -> None:
    """Say before an export is made that its pages cannot be.

    Raises:
        UsageError: The folder is there, or the form is for other programs.
    """
    if form != "sub-case":
        raise UsageError(f"--site: {form} is for other programs and has no pages")
    free(site)


def pages_of(exported: Path, site: Path) -> int:
    """The pages of what an export holds, as files; returns how many.

    Raises:
        UsageError: The folder is there.
        CaseError: The export was altered since it was made.
    """
    return write_site(exported, site)


def _possible(out: Path, form: Form, *, pages: bool) -> None:
    if pages and form != "sub-case":
        raise UsageError(f"--pages: {form} is for other programs and has no pages")
    if out.exists():
        raise UsageError(f"{out}: exists; an export is never written over something")


def _planned(
    record: Record, party: str, signer: tuple[str, SigningKey], *, pages: bool, along: bool
) -> Export:
    """What the party may see, with what goes along for people if anything does."""
    state = record.state()
    state.party(party)
    files = going_along(record, party, pages=pages) if along else {}
    told = readme(state.opening.title, record.id, signer[0], party, logs=bool(files), pages=pages)
    return plan_export(record, party, signer[1], readme=told.encode(), files=files)


def _refuse(searched: Searched | None, copies: Sequence[tuple[str, str]]) -> None:
    if searched is not None and searched.found:
        raise UsageError(held_back(searched.found))
    if copies:
        raise UsageError(copied(copies))


def _search(record: Record, made: Export, party: str, converted: bytes) -> Searched | None:
    if converted:
        return search_other(record, converted, party)
    return search_export(record, made, party)


def _converted(record: Record, form: Form, party: str) -> bytes:
    state = record.state()
    if form == "case-uco":
        return case_uco(state, party)
    if not state.of(Examined):
        return cyclonedx(state, None)
    event = state.examination().event
    raw = record.objects.get(event.written("examination"))
    return cyclonedx(state, examination_from_bytes(raw, f"event {event.sequence}"))


def _write(out: Path, raw: bytes) -> None:
    try:
        with out.open("xb") as file:
            file.write(raw)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error

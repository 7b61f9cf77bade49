"""Issuing the report on an examination, or an expert's report under the rules of a forum."""

from pathlib import Path
from typing import Final, Literal, TypeAlias

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.deeds import ReportIssued
from filiation.casefile.facts import Examined, Reported
from filiation.casefile.record import Draft, Record, now
from filiation.casefile.state import Entry
from filiation.proceedings.given import on_record, read_file
from filiation.report.expert.compose import document_bytes
from filiation.report.expert.gather import gather
from filiation.report.expert.profile import Profile, read_profile
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json
from filiation.report.render.page import expert_html
from filiation.report.render.typst import Typeset, expert_pdf, typesetter

__all__ = ["Form", "ReportIssued", "issue_expert_report", "issue_report", "profile_of"]

Form: TypeAlias = Literal["uk-civil", "uk-criminal", "us-federal", "authority"]
LONGEST: Final = 1 << 26  # bytes of a file that goes into a report


def issue_report(
    case: Path, *, examination: int | None = None, acting: str | None = None
) -> ReportIssued:
    """Issue the report on an examination, by default the last, for people and for programs.

    Raises:
        UsageError: There is no such examination, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    entry = record.state().examination(examination)
    digest = entry.event.written("examination")
    found = examination_from_bytes(record.objects.get(digest), f"event {entry.event.sequence}")
    fact = Reported(examination=entry.event.sequence)
    draft = Draft(
        verb="report",
        fact=fact,
        arguments=on_record({"examination": examination}),
        reads={"examination": digest},
        blobs=[
            ("html", render_html(found), "reports/{sequence}-report.html"),
            ("json", render_json(found), "reports/{sequence}-report.json"),
        ],
    )
    return ReportIssued(entry=Entry(event=record.append(draft, *signer), fact=fact))


def issue_expert_report(
    case: Path,
    profile: Form,
    *,
    examination: int | None = None,
    validation: Path | None = None,
    filled: Path | None = None,
    pdf: bool = True,
    acting: str | None = None,
) -> ReportIssued:
    """Issue an expert's report under a profile: HTML, JSON and, if it can be set here, PDF.

    Args:
        case: The case.
        profile: The rules of which forum it answers to.
        examination: Event of the examination; by default the last.
        validation: Error rates: report.json of `filiation validate`.
        filled: What the expert fills in (TOML).
        pdf: Whether a PDF is wanted.
        acting: Who signs.

    Raises:
        UsageError: There is no such examination, a file cannot be read, or a law forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    entry = record.state().examination(examination)
    fact = _reported(record, entry, profile, typesetter() if pdf else "")
    rates, words = (read_file(path, LONGEST) if path else b"" for path in (validation, filled))
    document = document_bytes(gather(record, fact=fact, given=words, validation=rates))
    made = expert_pdf(document) if fact.typesetter else None
    given = {"examination": examination, "profile": profile, "validation": validation}
    arguments = on_record({**given, "filled": filled, "no-pdf": not pdf})
    reads = {"examination": entry.event.written("examination")}
    blobs = _kept(document, made, validation=rates, filled=words)
    draft = Draft(verb="report", fact=fact, arguments=arguments, reads=reads, blobs=blobs)
    issued = Entry(event=record.append(draft, *signer), fact=fact)
    if made is None:
        return ReportIssued(entry=issued, no_typesetter=pdf)
    return ReportIssued(entry=issued, pages=made.core, annexes=made.pages - made.core)


def _reported(record: Record, examination: Entry[Examined], profile: Form, setter: str) -> Reported:
    """What the event states: also the head that the report tells of."""
    size, root = record.head()
    return Reported(
        examination=examination.event.sequence,
        profile=profile,
        on=now().date(),
        size=size,
        root=root,
        typesetter=setter,
    )


def _kept(
    document: bytes, pdf: Typeset | None, *, validation: bytes, filled: bytes
) -> list[tuple[str, bytes, str]]:
    """What the event keeps: the report in its forms, and what it was written from."""
    blobs = [
        ("html", expert_html(document), "reports/{sequence}-expert.html"),
        ("json", document, "reports/{sequence}-expert.json"),
        ("pdf", pdf.raw if pdf else b"", "reports/{sequence}-expert.pdf"),
        ("validation", validation, ""),
        ("filled", filled, ""),
    ]
    return [blob for blob in blobs if blob[1]]


def profile_of(form: Form) -> Profile:
    """The rules of a forum, with what they leave open for the expert to fill in."""
    return read_profile(form)

"""Issuing the report on an examination, or an expert's report under the rules of a forum."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, final

from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.deeds import ReportIssued
from filiation.casefile.facts import Inquired, Reported
from filiation.casefile.laws.lineups import as_shown
from filiation.casefile.ledger.dsse import SigningKey
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.proceedings.given import day, on_record, read_file
from filiation.report.expert.compose import document_bytes
from filiation.report.expert.gather import gather
from filiation.report.expert.profile import Profile, read_profile
from filiation.report.inquiry.compose import inquiry_document
from filiation.report.inquiry.gather import gather_inquiry
from filiation.report.languages.catalogue import CALLED, read_catalogue
from filiation.report.languages.paged import page_in
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json
from filiation.report.render.page import expert_html
from filiation.report.render.typst import expert_pdf, typesetter

__all__ = ["Form", "Given", "is_inquiry", "issue_expert_report", "issue_inquiry_report",
           "issue_report", "page_translations", "profile_of", "translations"]  # fmt: skip

Form: TypeAlias = Literal["uk-civil", "us-federal", "authority"]
LONGEST: Final = 1 << 26  # bytes of a file that goes into a report


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What goes into an expert's report beside the case.

    Attributes:
        validation: Error rates: report.json of `filiation validate`.
        filled: What the expert fills in (TOML).
        pdf: Set a PDF, if that can be done here.
        languages: In which other languages the report is put beside the English, which decides.
    """

    validation: Path | None = None
    filled: Path | None = None
    pdf: bool = True
    languages: tuple[str, ...] = ()


def issue_report(
    case: Path,
    *,
    on: int | None = None,
    acting: str | None = None,
    languages: tuple[str, ...] = (),
) -> ReportIssued:
    """Issue the report on an examination, for people and for programs.

    Args:
        case: The case.
        on: Event of the examination; by default the last.
        acting: Who signs.
        languages: In which others the page is put beside the English, which decides.

    Raises:
        UsageError: There is no such examination or language, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    entry = state.examination(on)
    digest = entry.event.written("examination")
    kept = examination_from_bytes(record.objects.get(digest), f"event {entry.event.sequence}")
    found = as_shown(kept, state)
    page = render_html(found)
    fact = Reported(examination=entry.event.sequence)
    draft = Draft(
        verb="report",
        fact=fact,
        arguments=on_record({"examination": on, "language": languages}),
        reads={"examination": digest},
        blobs=[
            ("html", page, "reports/{sequence}-report.html"),
            ("json", render_json(found), "reports/{sequence}-report.json"),
            *page_translations(page, languages),
        ],
    )
    return ReportIssued(entry=Entry(event=record.append(draft, *signer), fact=fact))


def issue_inquiry_report(
    case: Path, given: Given, *, on: int | None = None, acting: str | None = None
) -> ReportIssued:
    """Issue the report on a question about one exhibit: HTML, JSON and, if it can be set, PDF.

    Raises:
        UsageError: There is no such answer, or a law of the case forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    entry = record.state().answered(on)
    size, root = record.head()
    setter = typesetter() if given.pdf else ""
    fact = Reported(
        examination=entry.event.sequence, size=size, root=root, typesetter=setter
    )  # fmt: skip
    document = inquiry_document(gather_inquiry(record, fact))
    arguments = {"examination": on, "no-pdf": not given.pdf, "language": given.languages}
    reads = {"examination": entry.event.written("inquiry")}
    made = _Made(document=document, called="report", arguments=arguments, reads=reads)
    return _issued(record, signer, fact, made, given)


def is_inquiry(case: Path, on: int | None) -> bool:
    """Whether a report on that examination, or the last, is on a question about one exhibit.

    Raises:
        UsageError: There is no such examination.
    """
    return isinstance(Record(case).state().answered(on).fact, Inquired)


def issue_expert_report(
    case: Path, profile: Form, given: Given, *, on: int | None = None, acting: str | None = None
) -> ReportIssued:
    """Issue an expert's report under the rules of a forum: HTML, JSON and, if it can be set, PDF.

    Raises:
        UsageError: There is no such examination, a file cannot be read, or a law forbids it.
    """
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    entry, today = state.examination(on), day(None, "today", state.opening.terms)
    size, root = record.head()
    setter = typesetter() if given.pdf else ""
    fact = Reported(examination=entry.event.sequence, profile=profile, on=today, size=size,
                    root=root, typesetter=setter)  # fmt: skip
    rates, words = _read(given.validation), _read(given.filled)
    document = document_bytes(gather(record, fact=fact, given=words, validation=rates))
    made = _Made(
        document=document, called="expert", arguments=_arguments(profile, given, on),
        reads={"examination": entry.event.written("examination")},
        along=(("validation", rates, ""), ("filled", words, "")),
    )  # fmt: skip
    return _issued(record, signer, fact, made, given)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A report before it is issued: its document, and what its event says of it."""

    document: bytes
    called: str
    arguments: Mapping[str, object]
    reads: Mapping[str, str]
    along: tuple[tuple[str, bytes, str], ...] = ()


def _issued(
    record: Record, signer: tuple[str, SigningKey], fact: Reported, made: _Made, given: Given
) -> ReportIssued:
    """A report as page, as data, set if it can be, and in the languages that are asked for."""
    document, shown = made.document, f"reports/{{sequence}}-{made.called}"
    pdf = expert_pdf(document) if fact.typesetter else None
    kept = [
        ("html", expert_html(document), f"{shown}.html"),
        ("json", document, f"{shown}.json"),
        ("pdf", pdf.raw if pdf else b"", f"{shown}.pdf"),
        *translations(document, given.languages, pdf=pdf is not None),
        *made.along,
    ]
    draft = Draft(
        verb="report",
        fact=fact,
        arguments=on_record(made.arguments),
        reads=made.reads,
        blobs=[blob for blob in kept if blob[1]],
    )
    entry = Entry(event=record.append(draft, *signer), fact=fact)
    if pdf is None:
        return ReportIssued(entry=entry, no_typesetter=given.pdf)
    return ReportIssued(entry=entry, pages=pdf.core, annexes=pdf.pages - pdf.core)


def page_translations(page: bytes, languages: Iterable[str]) -> Iterator[tuple[str, bytes, str]]:
    """The page of a report in other languages, as `translations` gives those of a document.

    Raises:
        UsageError: There is no catalogue of a language.
    """
    for language in dict.fromkeys(languages):
        called = CALLED[read_catalogue(language).language]
        yield f"html-{language}", page_in(page, language), f"reports/{{sequence}}-{called}.html"


def translations(
    document: bytes, languages: Iterable[str], *, pdf: bool
) -> Iterator[tuple[str, bytes, str]]:
    """The report in other languages: what each file is called in the event, its bytes, its place.

    Args:
        document: The report, in English.
        languages: Which; each once.
        pdf: Whether each is set as a PDF too.

    Raises:
        UsageError: There is no catalogue of a language.
    """
    for language in dict.fromkeys(languages):
        shown = f"reports/{{sequence}}-{CALLED[read_catalogue(language).language]}"
        yield f"html-{language}", expert_html(document, language), f"{shown}.html"
        if pdf:
            yield f"pdf-{language}", expert_pdf(document, language).raw, f"{shown}.pdf"


def _arguments(profile: Form, given: Given, on: int | None) -> dict[str, object]:
    files = {"validation": given.validation, "filled": given.filled, "no-pdf": not given.pdf}
    return {"examination": on, "profile": profile, **files, "language": given.languages}


def _read(path: Path | None) -> bytes:
    return read_file(path, LONGEST) if path is not None else b""


def profile_of(form: Form) -> Profile:
    """The rules of a forum, with what they leave open for the expert to fill in."""
    return read_profile(form)

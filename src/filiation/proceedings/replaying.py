"""Every number of a case derived again from what the case, or an export of it, keeps."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, final

import rfc8785

from filiation.casefile import facts
from filiation.casefile.again import Agreement, agreement
from filiation.casefile.codec import examination_bytes, examination_from_bytes
from filiation.casefile.documents.papers import Part
from filiation.casefile.exchange.held import Held, held, papers_of
from filiation.casefile.laws.lineups import as_shown
from filiation.casefile.state import Entry, State
from filiation.errors import WithheldError
from filiation.examining.lineup import comparisons_bytes
from filiation.proceedings.computing import examined_bytes, reckoned
from filiation.proceedings.documents.judging import judged_again
from filiation.proceedings.exhibits import open_exhibit, open_plan
from filiation.proceedings.inquiries import same_answer
from filiation.proceedings.productions import kept_keys, mail_again, read_again
from filiation.proceedings.reporting import page_translations, translations
from filiation.report.expert.compose import document_bytes
from filiation.report.expert.gather import gather
from filiation.report.inquiry.compose import inquiry_document
from filiation.report.inquiry.gather import gather_inquiry
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json
from filiation.report.render.page import expert_html
from filiation.report.render.typst import expert_pdf, typesetter
from filiation.report.wording.withheld import mails_read_again, not_read_again

__all__ = ["Replayed", "derive_again", "replay_examination", "replay_inquiry"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What was derived again.

    Attributes:
        sequence: Of the event that holds it.
        words: What it is; where it could not be derived again, why.
        same: Whether nothing differs but last digits; None where it could not be derived again.
        moved: Figures that differ in their last digits, as `casefile.again` says.
    """

    sequence: int
    words: str
    same: bool | None
    moved: int = 0


def derive_again(case: Path) -> Iterator[Replayed]:
    """Derive every number again from what a case or an export keeps, one event at a time.

    Raises:
        UsageError: Neither is there.
        CaseError: The export was altered.
    """
    record = held(case)
    state = record.state()
    for reckoning in state.of(facts.Reckoned):
        yield from _held("power", reckoning, partial(_power, record, state, reckoning))
    for examined in state.of(facts.Examined):
        again = partial(_examination, record, state, examined.event.sequence)
        yield from _held("examination", examined, again)
    for inquired in state.of(facts.Inquired):
        question = f"{inquired.fact.question} of {inquired.fact.exhibit}"
        yield from _held(question, inquired, partial(_inquiry, record, state, inquired, question))
    for produced in state.of(facts.Produced):
        words = f"documents {produced.fact.production}"
        yield from _held(words, produced, partial(_documents, record, produced))
    for judged in state.of(facts.Judged):
        words = f"verdict on {judged.fact.document}"
        yield from _held(words, judged, partial(_verdict, record, state, judged, words))
    for drawn in state.of(facts.Drawn):
        words = f"line-up {drawn.fact.lineup}"
        yield from _held(words, drawn, partial(_lineup, record, state, drawn, words))
    for reported in state.of(facts.Reported):
        words = f"expert report, {reported.fact.profile}" if reported.fact.profile else "report"
        about = state.answered(reported.fact.examination).fact
        alone = isinstance(about, facts.Inquired)
        again_said = _expert if reported.fact.profile else _alone if alone else _report
        yield from _held(words, reported, partial(again_said, record, state, reported, words))


def _held(
    words: str, entry: Entry[Any], derive: Callable[[], Iterator[Replayed]]
) -> Iterator[Replayed]:
    """What is derived again; where that needs what is withheld, that it could not be."""
    try:
        yield from derive()
    except WithheldError as error:
        yield Replayed(sequence=entry.event.sequence, words=f"{words} ({error})", same=None)


def _power(record: Held, state: State, entry: Entry[facts.Reckoned]) -> Iterator[Replayed]:
    again = reckoned(open_plan(record, state, entry.fact.plan))
    agreed = agreement(*(rfc8785.dumps(asdict(fact)) for fact in (entry.fact, again)))
    yield _replayed(entry.event.sequence, "power", agreed)


def _examination(record: Held, state: State, sequence: int) -> Iterator[Replayed]:
    yield replay_examination(record, state, sequence)


def _inquiry(
    record: Held, state: State, entry: Entry[facts.Inquired], words: str
) -> Iterator[Replayed]:
    yield replay_inquiry(record, state, entry, words)


def _documents(record: Held, produced: Entry[facts.Produced]) -> Iterator[Replayed]:
    """A production read again; of a part the mails, which need no file around them."""
    papers, sequence = papers_of(record, produced), produced.event.sequence
    words = f"documents {produced.fact.production}"
    if not isinstance(papers, Part):
        same = [same for _, _, same in read_again(record, produced, papers)]
        yield Replayed(sequence=sequence, words=f"{words}, {len(same)} entries", same=all(same))
        return
    snapshot, mails, others, hidden = kept_keys(record, produced), [], 0, 0
    for _, entry, raw in papers.raws():
        if entry is None:
            hidden += 1
        elif entry.fields["format"] == "mail":
            mails.append(mail_again(entry, raw, snapshot))
        else:
            others += 1
    if mails:
        read = mails_read_again(words, len(mails))
        yield Replayed(sequence=sequence, words=read, same=all(mails))
    left = not_read_again(words, hidden, others)
    yield Replayed(sequence=sequence, words=left, same=None)


def _verdict(
    record: Held, state: State, judged: Entry[facts.Judged], words: str
) -> Iterator[Replayed]:
    holds = judged_again(record, state, judged)
    yield Replayed(sequence=judged.event.sequence, words=words, same=holds)


def _replayed(sequence: int, words: str, agreed: Agreement) -> Replayed:
    return Replayed(sequence=sequence, words=words, same=agreed.holds, moved=agreed.moved)


def _report(
    record: Held, state: State, reported: Entry[facts.Reported], words: str
) -> Iterator[Replayed]:
    event = state.examination(reported.fact.examination).event
    whole = examination_from_bytes(
        record.objects.get(event.written("examination")), f"event {event.sequence}"
    )
    found = as_shown(whole, state, reported.event.sequence)
    kept, page = _kept(record, reported), render_html(found)
    sequence = reported.event.sequence
    same = [kept.get("json"), kept.get("html")] == [render_json(found), page]
    yield Replayed(sequence=sequence, words=words, same=same)
    spoken = [one for one in LANGUAGES if f"html-{one}" in kept]
    for what, raw, _ in page_translations(page, spoken):
        yield Replayed(sequence=sequence, words=f"{words}, {what}", same=kept[what] == raw)


def _expert(
    record: Held, state: State, reported: Entry[facts.Reported], words: str
) -> Iterator[Replayed]:
    """An expert report; its PDF too if the typesetter that is here is the one that set it."""
    kept = _kept(record, reported)
    material = gather(
        record,
        fact=reported.fact,
        given=kept.get("filled", b""),
        validation=kept.get("validation", b""),
    )
    yield from _document(reported, kept, document_bytes(material), words)


def _alone(
    record: Held, state: State, reported: Entry[facts.Reported], words: str
) -> Iterator[Replayed]:
    """A report on a question about one exhibit, likewise."""
    document = inquiry_document(gather_inquiry(record, reported.fact))
    yield from _document(reported, _kept(record, reported), document, words)


def _kept(record: Held, reported: Entry[facts.Reported]) -> dict[str, bytes]:
    return {w.what: record.objects.get(w.sha256) for w in reported.event.writes}


def _document(
    reported: Entry[facts.Reported], kept: Mapping[str, bytes], document: bytes, words: str
) -> Iterator[Replayed]:
    """A document made again, as JSON, page and PDF, and in other languages."""
    event, fact = reported.event, reported.fact
    same = [kept.get("json"), kept.get("html")] == [document, expert_html(document)]
    yield Replayed(sequence=event.sequence, words=words, same=same)
    yield from _translated(event.sequence, words, kept, document, fact.typesetter)
    if "pdf" not in kept:
        return
    words += ", PDF"
    if typesetter() != fact.typesetter:
        words += f" (set with {fact.typesetter}, here is {typesetter() or 'none'})"
        yield Replayed(sequence=event.sequence, words=words, same=None)
        return
    yield Replayed(
        sequence=event.sequence, words=words, same=kept["pdf"] == expert_pdf(document).raw
    )


def _translated(
    sequence: int, words: str, kept: Mapping[str, bytes], document: bytes, setter: str
) -> Iterator[Replayed]:
    """The same in other languages; a PDF only by the typesetter that set it."""
    languages = [one for one in LANGUAGES if f"html-{one}" in kept]
    here = typesetter() == setter
    for what, raw, _ in translations(document, languages, pdf=bool(setter) and here):
        same = kept.get(what) == raw
        yield Replayed(sequence=sequence, words=f"{words}, {what}", same=same)
    if not here:
        for language in (one for one in languages if f"pdf-{one}" in kept):
            told = f"{words}, pdf-{language} (set with {setter}, here is {typesetter() or 'none'})"
            yield Replayed(sequence=sequence, words=told, same=None)


def replay_inquiry(
    record: Held, state: State, entry: Entry[facts.Inquired], words: str = "question"
) -> Replayed:
    """Derive the answer to a question about one exhibit again."""
    agreed = same_answer(record, state, entry)
    if not agreed.holds:
        words += f"; {agreed.unlike}"
    return _replayed(entry.event.sequence, words, agreed)


def replay_examination(record: Held, state: State, sequence: int) -> Replayed:
    """Derive one examination again."""
    entry = state.examination(sequence)
    kept = record.objects.get(entry.event.written("examination"))
    again = examined_bytes(open_plan(record, state, entry.fact.plan))
    found = examination_from_bytes(kept, f"event {sequence}")
    words = f"examination, {sum(len(one.findings) for one in found.conclusions)} findings"
    agreed = agreement(examination_bytes(found), again)
    if not agreed.holds:
        now = examination_from_bytes(again, "again")
        words += (
            f"; {agreed.unlike}; written with {', '.join((found.tool, *found.environment))}, "
            f"derived again with {', '.join((now.tool, *now.environment))}"
        )
    return _replayed(sequence, words, agreed)


def _lineup(
    record: Held, state: State, entry: Entry[facts.Drawn], words: str
) -> Iterator[Replayed]:
    event, drawn = entry.event, entry.fact
    names = [e.fact.names for e in state.of(facts.Unmasked) if e.fact.lineup == drawn.lineup]
    if not names:
        yield Replayed(sequence=event.sequence, words=f"{words}: still masked", same=None)
        return
    planned = open_plan(record, state, drawn.plan)
    members = {code: open_exhibit(record, state, (name,)) for code, name in names[0]}
    kept = record.objects.get(event.written("comparisons"))
    again = comparisons_bytes(planned.plan, planned.source, members)
    words += f", {len(json.loads(kept)['members'])} members"
    yield _replayed(event.sequence, words, agreement(kept, again))

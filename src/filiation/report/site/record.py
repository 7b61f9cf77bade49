"""Pages of what is on record: standing, statements, exhibits, line-ups, decisions, log."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.deeds import CaseStatus
from filiation.casefile.ledger.event import Event, Signed
from filiation.casefile.state import Entry, State
from filiation.report.blocks import Block, Note, Paragraph, Quotation, Table
from filiation.report.site.view import Link, Listing, Menu, Part, View, page_path, paged
from filiation.report.wording.deeds import log_line
from filiation.report.wording.looks import (
    MEASURED,
    MEASURED_HEADS,
    SAYS,
    SAYS_HEADS,
    SAYS_NOTE,
    STANDING_PAGES,
)
from filiation.report.wording.site import (
    A_FILE,
    EMPTY,
    LACKING,
    LINEUPS_READ,
    MASKED,
    TIMES,
    TITLES,
    not_examined,
    proposed,
    reviewed_by,
    shown_of,
)
from filiation.report.wording.standing import standing_rows

__all__ = ["decisions", "event_page", "exhibit", "exhibits", "front", "lineups", "log", "named",
           "shown_exhibit", "statements"]  # fmt: skip

FIELDS: Final = ("", "")


def front(status: CaseStatus, said: Sequence[str]) -> View:
    """Where the case stands, and what its reader should know of what is not here."""
    (_, title), *rows = standing_rows(status, typed=False)
    parts: list[Part] = [
        Paragraph(text=title, strong=True),
        Menu(links=[Link(text=text, path=path) for path, text in STANDING_PAGES.items()]),
        *(Note(text=one) for one in said),
        Table(headings=FIELDS, rows=rows),
        Note(text=TIMES),
    ]
    return View(path="index.html", title=TITLES["index.html"], parts=parts)


def named(event: Event) -> Link:
    """The event, as a link to its page."""
    return Link(text=f"event {event.sequence}", path=f"log/{event.sequence}.html")


def statements(state: State, words: Mapping[int, str | None]) -> View:
    """Claims, answers and submissions in the parties' words.

    Args:
        state: Of the case.
        words: Event to what was said, None for a file that is no plain text; missing where it is
            withheld.
    """
    return View(
        path="statements.html",
        title=TITLES["statements.html"],
        parts=[part for entry in state.of(facts.Stated) for part in _said(entry, words)]
        or [Note(text=EMPTY)],
    )


def _said(
    entry: Entry[facts.Stated], words: Mapping[int, str | None]
) -> Iterator[Part]:  # fmt: skip
    fact, event = entry.fact, entry.event
    marks = ", confidential" if fact.confidential else ""
    yield Listing(
        caption=f"{fact.kind} of {fact.party}{marks}",
        headings=("on record", "when", "title"),
        rows=((named(event), f"{event.time[:19]}Z", fact.title),),
    )
    if fact.proposition:
        yield Paragraph(text=proposed(fact.proposition))
    said = words.get(event.sequence)
    if said is not None:
        yield Quotation(by=fact.party, paragraphs=[p for p in said.split("\n\n") if p.strip()])
    else:
        yield Note(text=A_FILE if event.sequence in words else LACKING)


def exhibits(state: State, examined: Mapping[str, Sequence[int]]) -> View:
    """Every exhibit, and what was compared of it.

    Args:
        state: Of the case.
        examined: Name to the events of the examinations in which it stood.
    """
    entries = list(state.exhibits.values())
    rows = [
        (
            shown_exhibit(e),
            e.fact.kind,
            e.fact.offered_by,
            f"{e.event.time[:19]}Z",
            ", ".join(map(str, examined.get(e.fact.exhibit, ()))) or "-",
        )
        for e in entries
    ]
    listing = Listing(
        caption=shown_of(len(rows), len(entries), "exhibit"),
        headings=("exhibit", "kind", "from", "put in", "examined in event"),
        rows=rows,
    )
    left = [(shown_exhibit(e),) for e in entries if not examined.get(e.fact.exhibit)]
    parts: list[Part] = [listing]
    if left:
        parts.append(Listing(caption=not_examined(len(left)), headings=("exhibit",), rows=left))
    return View(path="exhibits.html", title=TITLES["exhibits.html"], parts=parts)


def shown_exhibit(entry: Entry[facts.Exhibited]) -> Link:
    """An exhibit, as a link to its page."""
    return Link(text=entry.fact.exhibit, path=f"exhibits/{entry.event.sequence}.html")


def exhibit(
    entry: Entry[facts.Exhibited], examined: Sequence[int],
    says: Sequence[tuple[str, ...]] = (), measured: Sequence[tuple[str, str, str]] = (),
) -> View:  # fmt: skip
    """One exhibit with its custody, what its files say, and what was measured in it.

    Args:
        entry: The exhibit.
        examined: Events of the examinations in which it stood.
        says: Of each claim of its files what it is about, the field, the file, its words.
        measured: What, as files state it, and as it was measured.
    """
    fact, event = entry.fact, entry.event
    kept = tuple((w.what, f"{w.size:,}", w.sha256) for w in event.writes)
    parts: list[Part] = [
        Table(headings=FIELDS, rows=_custody(entry)),
        Table(caption="What is kept of it", headings=("what", "bytes", "SHA-256"), rows=kept,
              right=(1,), mono=(2,)),
        Listing(
            caption="Where it stands",
            headings=("on record", "examined in"),
            rows=[
                (named(event), Link(text=f"event {n}", path=f"examinations/{n}.html"))
                for n in examined
            ]
            or [(named(event), "-")],
        ),
    ]  # fmt: skip
    if measured:
        parts.append(Table(caption=MEASURED, headings=MEASURED_HEADS, rows=measured))
    if says:
        parts.append(Table(caption=SAYS, headings=SAYS_HEADS, rows=says))
        parts.append(Note(text=SAYS_NOTE))
    return View(path=f"exhibits/{event.sequence}.html", title=fact.exhibit, parts=parts)


def _custody(entry: Entry[facts.Exhibited]) -> tuple[tuple[str, str], ...]:
    """Whose it is, how it came, and what of it is held."""
    fact, event = entry.fact, entry.event
    return (
        ("kind", fact.kind),
        ("digest", fact.digest),
        ("offered by", fact.offered_by),
        ("how it came", fact.how),
        ("held", fact.held),
        ("files", f"{fact.files:,}"),
        ("bytes", f"{fact.size:,}"),
        ("stood by", ", ".join(fact.stood_by) or "-"),
        ("put in", f"{event.time[:19]}Z by {event.actor}, with {event.tool}"),
    )


def lineups(state: State, members: Mapping[str, Mapping[str, str]]) -> View:
    """Line-ups: code names with what each comparison gave, opinions, names once they were unmasked.

    Args:
        state: Of the case.
        members: Line-up to code name to log10 p, in words; missing where it is withheld.
    """
    shown = {entry.fact.lineup: entry for entry in state.of(facts.Unmasked)}
    parts: list[Part] = [Note(text=LINEUPS_READ)] if state.of(facts.Drawn) else []
    for entry in state.of(facts.Drawn):
        fact = entry.fact
        names = dict(shown[fact.lineup].fact.names) if fact.lineup in shown else {}
        seen = members.get(fact.lineup, {})
        rows = [(code, seen.get(code, "-"), names.get(code, MASKED)) for code in sorted(fact.codes)]
        parts.append(Table(caption=f"{fact.lineup}: {fact.description}", right=(1,),
                           headings=("code name", "log10 p", "is"), rows=rows))  # fmt: skip
        parts += [
            Quotation(by=f"{o.event.actor}, event {o.event.sequence}", paragraphs=[o.fact.words])
            for o in state.of(facts.Opined)
            if o.fact.lineup == fact.lineup
        ]
    return View(
        path="lineups.html", title=TITLES["lineups.html"], parts=parts or [Note(text=EMPTY)]
    )


def decisions(state: State) -> View:
    """Reviews and decisions, each in the words of who signed it."""
    found: list[tuple[int, Block]] = [
        (
            r.event.sequence,
            Quotation(
                by=reviewed_by(r.event, r.fact.examination, agrees=r.fact.agrees),
                paragraphs=[r.fact.words],
            ),
        )
        for r in state.of(facts.Reviewed)
    ]
    found += [
        (
            d.event.sequence,
            Quotation(
                by=f"{d.event.actor}: {d.fact.outcome} (event {d.event.sequence})",
                paragraphs=[d.fact.because],
            ),
        )
        for d in state.of(facts.Decided)
    ]
    parts = [block for _, block in sorted(found, key=lambda one: one[0])]
    return View(
        path="decisions.html", title=TITLES["decisions.html"], parts=parts or [Note(text=EMPTY)]
    )


def log(events: Sequence[Event], size: int, head: str, number: int) -> View:
    """A page of the log.

    Args:
        events: Those that are given whole, in order.
        size: How many the log has.
        head: SIZE:ROOT.
        number: Of the page, from 0.
    """
    rows, onward = paged("log", len(events), number)
    chosen = events[rows]
    listing = Listing(
        caption=shown_of(len(chosen), len(events), "event"),
        headings=("event", "when", "who", "what", "with"),
        rows=[
            (
                named(event),
                f"{event.time[:19]}Z",
                event.actor,
                event.verb,
                "  ".join(f"{name}={value}" for name, value in event.arguments.items()),
            )
            for event in chosen
        ],
    )
    parts: list[Part] = [Note(text=f"head {head}"), listing]
    if size > len(events):
        parts.append(Note(text=shown_of(len(events), size, "event")))
    return View(path=page_path("log", number), title=TITLES["log.html"], parts=parts, onward=onward)


def event_page(signed: Signed) -> View:
    """An event as it was signed."""
    event = signed.event
    kept = tuple((w.what, w.shown or "-", f"{w.size:,}", w.sha256) for w in event.writes)
    read = tuple((name, digest) for name, digest in event.reads.items())
    tables = [
        Table(headings=FIELDS, rows=(("key", event.key), ("tool", event.tool),
                                     ("root of all before", event.root))),
        Table(caption="Facts", headings=FIELDS, rows=[
            (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            for name, value in event.facts.items()]),
        Table(caption="Read", headings=("what", "SHA-256"), rows=read, mono=(1,)),
        Table(caption="Written", headings=("what", "copy", "bytes", "SHA-256"), rows=kept,
              right=(2,), mono=(3,)),
    ]  # fmt: skip
    parts: list[Part] = [
        Paragraph(text=log_line(event, brief=False).strip()),
        *(one for one in tables if one.rows),
    ]
    return View(path=f"log/{event.sequence}.html", title=f"Event {event.sequence}", parts=parts)

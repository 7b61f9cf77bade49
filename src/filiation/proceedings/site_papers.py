"""The pages of the documents of a case or an export, each made when it is asked for."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from threading import Lock
from typing import Final, final

from filiation.casefile import facts
from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.index import Index, open_index
from filiation.casefile.documents.places import Places
from filiation.casefile.documents.wanted import Alike, Wanted
from filiation.casefile.exchange.held import Held, index_name, papers_of
from filiation.casefile.laws.numbers import cited, numbers
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry, State
from filiation.proceedings.documents.marks import BARE, Marks, marks_of
from filiation.proceedings.documents.reading import hidden_as
from filiation.proceedings.documents.searching import correspondents
from filiation.proceedings.grounds import grounds_of
from filiation.proceedings.productions import indexed
from filiation.report.site import looks, papers
from filiation.report.site.record import named
from filiation.report.site.view import PAGES, Link, Listing, View, page_path
from filiation.report.wording import site_papers as words
from filiation.report.wording.document_deeds import claim_words, mark_lines
from filiation.report.wording.document_logs import privilege_row, redaction_row
from filiation.report.wording.looks import unread_words
from filiation.report.wording.moments import moment_words
from filiation.report.wording.withheld import not_here_lines, why_hidden

__all__ = ["PapersSite"]

STEPS: Final = 400  # bars of a timeline; more are drawn without those of no document
ONE: Final = re.compile(r"documents/([^/]+)/(0|[1-9][0-9]{0,8})\.html", re.ASCII)
SEVERAL: Final = re.compile(r"documents/([^/]+?)(?:-([1-9][0-9]{0,8}))?\.html", re.ASCII)

Made = Callable[[], View]


@final
class PapersSite:
    """Pages of documents.

    Args:
        record: The case or the export.
        state: Where it stands.
        remarked: How many remarks there are on what.
    """

    def __init__(self, record: Held, state: State, remarked: Mapping[str, int]) -> None:
        self._record, self._state, self._lock = record, state, Lock()
        self._reading: Final = Lock()
        self._remarked = {name: count for name, count in remarked.items() if ":" in name}
        self._produced = {e.fact.production: e for e in state.of(facts.Produced)}
        self._places: dict[str, Places] = {}
        self._known: frozenset[str] = frozenset()  # accounts that the index was seen to hold
        self._looks: Final[Mapping[str, Made]] = {
            "papers/threads.html": lambda: self._threads,
            "papers/timeline.html": lambda: self._timeline,
            "papers/people.html": lambda: self._people,
            "papers/alike.html": lambda: self._alike,
            "papers/review.html": self._review,
            "papers/tags.html": self._tags,
            "papers/privilege.html": self._privilege,
            "papers/redactions.html": self._redactions,
        }

    def paths(self) -> Iterator[str]:
        """Every page of documents but the first, `documents.html`."""
        yield from self._looks if self._produced else ()
        for name, entry in self._produced.items():
            count = entry.fact.documents
            yield from (page_path(f"documents/{name}", n) for n in range(pages_of(count)))
            yield from (f"documents/{name}/{number}.html" for number in range(count))

    def made(self, path: str) -> Made | None:
        """What makes the page of that name; None if there is none."""
        if path in self._looks and self._produced:
            return self._looks[path]
        one = ONE.fullmatch(path)
        if one and one[1] in self._produced:
            name, number = one[1], int(one[2])
            known = number < self._produced[name].fact.documents
            return (lambda: self._document(name, number)) if known else None
        for name, page in _listed(path):
            if name in self._produced and page < pages_of(self._produced[name].fact.documents):
                return lambda: self._production(name, page)
        return None

    def first(self) -> View:
        """The productions."""
        made = (entry.fact for entry in self._produced.values())
        return papers.productions(
            [(fact.production, fact.documents, fact.offered_by, fact.how) for fact in made]
        )

    def not_read(self) -> list[tuple[str, str]]:
        """Of each production with documents that were not read whole its name, and how many."""
        found = []
        for name, entry in self._produced.items():
            places = self._at(name)
            with self._reading:  # by one, not by each who asks at once; the next finds it reckoned
                number = places.unread(entry.fact.documents)
            if number:
                found.append((name, unread_words(number)))
        return found

    def _at(self, name: str) -> Places:
        with self._lock:
            if name not in self._places:
                self._places[name] = Places(papers_of(self._record, self._produced[name]), name)
            return self._places[name]

    @cached_property
    def _marks(self) -> Mapping[str, Marks]:
        return marks_of(self._state)

    @cached_property
    def _numbers(self) -> Mapping[str, Entry[facts.Numbered]]:
        return numbers(self._state)

    def _cited(self, name: str, number: int) -> str:
        entry = self._numbers.get(name)
        return cited(entry.fact, number) if entry else ""

    def _indexed(self, asked: Callable[[Index], View]) -> View:
        with self._lock:  # made by one, not by each who asks at once
            if self._known:
                with open_index(index_name(self._record)) as index:
                    if index.productions().keys() == self._known:
                        return asked(index)
            with indexed(self._record, self._state) as index:
                self._known = frozenset(index.productions())
                return asked(index)

    def _production(self, name: str, page: int) -> View:
        rows = []
        entries = self._at(name).entries(page * PAGES, (page + 1) * PAGES)
        for number, known in enumerate(entries, page * PAGES):
            document, number_given = f"{name}:{number}", self._cited(name, number)
            found = self._marks.get(document, BARE)
            if known is None:
                why = why_hidden(found.privileged, found.redacted)
                rows.append((document, number_given, "", "", "", f"withheld: {why}"))
                continue
            said = [*known.verdicts, *mark_lines(found.privileged, found.redacted, found.tags)]
            fields = known.fields
            rows.append(
                (document, number_given, str(fields["format"]), moment_words(fields["moment"]),
                 str(fields["subject"])[:200], "; ".join(said))
            )  # fmt: skip
        return papers.production(name, rows, self._produced[name].fact.documents, page)

    def _document(self, name: str, number: int) -> View:
        document, produced = f"{name}:{number}", self._produced[name].fact
        entry, number_given = self._at(name).entry(number), self._cited(name, number)
        marks = self._marks.get(document, BARE)
        title = f"{number_given} ({document})" if number_given else document
        if entry is None:
            left = self._at(name).left_of(number)
            gone = hidden_as(self._record, document, produced, marks, left, number_given)
            why = why_hidden(marks.privileged, marks.redacted)
            about = list(not_here_lines(gone, why))[1:]
            return papers.hidden(document, title, f"Withheld: {why}", about, left)
        self._at(name).check(entry)

        def laid(index: Index) -> View:
            thread = index.thread_of(document)
            thread = thread if len(thread) > 1 else []
            return papers.document(
                document,
                title,
                verdicts=list(words.verdict_lines(entry)),
                grounds=grounds_of(entry, index.laid_out(document)),
                limits=words.limits_of(entry),
                facts=list(words.fact_rows(entry, produced, marks.judged)),
                lists=[
                    _marked(marks),
                    looks.thread_listing(thread[:PAGES], len(thread)),
                    looks.alike_listing(index.alike(document)),
                ],
                onward=_onward(name, number, produced.documents),
            )

        return self._indexed(laid)

    @cached_property
    def _threads(self) -> View:
        def laid(index: Index) -> View:
            rows = [
                (head, subject, size, first, last, _counted(index.verdicts_of(head)))
                for subject, size, first, last, head in index.threads(PAGES)
            ]
            return looks.threads(rows, index.counts()[0])

        return self._indexed(laid)

    @cached_property
    def _timeline(self) -> View:
        def laid(index: Index) -> View:
            rows, step = index.first_of_each(4), "year"
            if sum(bool(when) for when, _, _ in rows) <= 10:
                rows, step = index.first_of_each(7), "month"
            if step == "month" and sum(bool(when) for when, _, _ in rows) <= 2:
                rows, step = index.first_of_each(10), "day"
            bars = _bars({when: count for when, count, _ in rows if when}, step)
            return looks.timeline(rows, bars, step, index.without_zone(Wanted()))

        return self._indexed(laid)

    @cached_property
    def _people(self) -> View:
        return self._indexed(
            lambda index: looks.people(correspondents(index.people(PAGES)), index.counts()[1])
        )

    @cached_property
    def _alike(self) -> View:
        def laid(index: Index) -> View:
            pairs: list[Alike] = index.alike()
            return looks.alike(pairs[:PAGES], len(pairs))

        return self._indexed(laid)

    def _tags(self) -> View:
        found: dict[tuple[str, str], dict[str, None]] = {}
        for entry in self._state.of(facts.Tagged):
            held = found.setdefault((entry.fact.tag, entry.fact.by), {})
            for document in entry.fact.documents:
                if entry.fact.taken_off:
                    held.pop(document, None)
                else:
                    held[document] = None
        return looks.tags([(tag, by, list(held)) for (tag, by), held in found.items() if held])

    def _review(self) -> View:
        rows = []
        for document in sorted({*self._marks, *self._remarked}, key=_in_order):
            marks = self._marks.get(document, BARE)
            name, _, number = document.partition(":")
            claims = map(claim_words, marks.privileged)
            redacted = next(mark_lines((), marks.redacted, ()), "") if marks.redacted else ""
            rows.append(
                (document, self._cited(name, int(number)), ", ".join(marks.tags),
                 "; ".join(claims), redacted, f"{self._remarked.get(document, 0):,}")
            )  # fmt: skip
        return looks.review(rows)

    def _privilege(self) -> View:
        rows = []
        for document, marks in self._marks.items():
            for claim in marks.privileged:
                name, number, entry = self._entry(document)
                given = self._cited(name, number)
                rows.append(privilege_row(given, document, entry, claim, withheld=claim.withholds))
        return looks.privilege(rows)

    def _redactions(self) -> View:
        rows = []
        for document, marks in self._marks.items():
            if marks.redacted is not None:
                name, _, number = document.partition(":")
                rows.append(redaction_row(self._cited(name, int(number)), document, marks.redacted))
        return looks.redactions(rows)

    def _entry(self, document: str) -> tuple[str, int, Accounted | None]:
        name, _, number = document.partition(":")
        return name, int(number), self._at(name).entry(int(number))


def pages_of(count: int) -> int:
    """How many pages a list of so many rows has."""
    return max(1, -(-count // PAGES))


def _in_order(document: str) -> tuple[str, int]:
    name, _, number = document.partition(":")
    return name, int(number)


def _marked(marks: Marks) -> Listing:
    rows: list[tuple[str, Link]] = []

    def add(said: str, event: Event) -> None:
        rows.append((said, named(event)))

    for claim in marks.privileged:
        add(f"{claim_words(claim)}. Ground: {claim.entry.fact.ground}", claim.entry.event)
        if claim.ruling is not None:
            add(f"Ruling: {claim.ruling.fact.because}", claim.ruling.event)
    if marks.redacted is not None:
        add(next(mark_lines((), marks.redacted, ())), marks.redacted.event)
    for one in marks.judged:
        add(f"judged {words.judged_verdicts(one)}", one.event)
    tags = [(f"tag {tag}", "") for tag in marks.tags]
    return Listing(caption="Marks", headings=words.HEADS["marks"], rows=[*rows, *tags])


def _onward(name: str, number: int, count: int) -> Sequence[Link]:
    found = [Link(text=name, path=page_path(f"documents/{name}", number // PAGES))]
    for text, at in (("earlier", number - 1), ("later", number + 1)):
        if 0 <= at < count:
            found.append(Link(text=text, path=papers.document_path(f"{name}:{at}")))
    return found


def _counted(verdicts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items())


def _listed(path: str) -> Iterator[tuple[str, int]]:
    """Which production, and which page of it: a name may itself end in a number."""
    found = SEVERAL.fullmatch(path)
    if found is None:
        return
    if found[2] is not None and int(found[2]) > 1:
        yield found[1], int(found[2]) - 1
    yield path.removeprefix("documents/").removesuffix(".html"), 0


def _bars(counts: Mapping[str, int], step: str) -> list[tuple[str, int]]:
    """Every step from the first to the last, or those with documents where that is too many."""
    names = sorted(counts)
    try:
        steps = list(_between(names, step)) if names else []
    except (ValueError, OverflowError):  # a document may give a day that is in no calendar
        steps = names
    return [(name, counts.get(name, 0)) for name in steps]


def _between(names: Sequence[str], step: str) -> Sequence[str]:
    if step == "year":
        first, last = int(names[0]), int(names[-1])
        found = [f"{year:04d}" for year in range(first, min(last, first + STEPS) + 1)]
    elif step == "month":
        first, last = (12 * int(one[:4]) + int(one[5:7]) - 1 for one in (names[0], names[-1]))
        found = [
            f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(first, min(last, first + STEPS) + 1)
        ]
    else:
        start, end = date.fromisoformat(names[0]), date.fromisoformat(names[-1])
        days = min((end - start).days, STEPS)
        found = [(start + timedelta(days=n)).isoformat() for n in range(days + 1)]
    return found if set(names) <= set(found) else names

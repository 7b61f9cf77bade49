"""The pages of a case, or of the export of one: each made from the record when it is asked for.

A party's pages are those of its export, so that it sees what its export holds and nothing else: the
same code that withholds when the export is made withholds here, and there is no second rule.
"""

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path
from typing import Final, TypeAlias, final

from filiation.casefile import facts
from filiation.casefile.codec import examination_from_bytes
from filiation.casefile.deeds import CaseStatus
from filiation.casefile.exchange.held import ExportHeld, Held, held
from filiation.casefile.laws.lineups import as_shown
from filiation.casefile.ledger.event import Signed
from filiation.casefile.stood import stood_in
from filiation.errors import CaseError, UsageError
from filiation.model.examination import Examination
from filiation.model.kinds import ANSWERS
from filiation.proceedings.documents.searching import Wanted, search
from filiation.proceedings.inquiries import material_of
from filiation.proceedings.naming import free
from filiation.proceedings.site_answers import answered
from filiation.proceedings.site_comments import CommentsSite
from filiation.proceedings.site_exhibits import exhibit_page
from filiation.proceedings.site_papers import PapersSite, pages_of
from filiation.proceedings.site_whole import clock_page, gaps_page, kinship_page
from filiation.proceedings.status import status_of
from filiation.report.expert.gather import read_validation
from filiation.report.inquiry.compose import inquiry_document
from filiation.report.inquiry.gather import InquiryMaterial
from filiation.report.languages.paged import page_in
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json
from filiation.report.render.page import expert_html
from filiation.report.render.site import other_languages, site_page
from filiation.report.site import answers, examined, layers, papers, record
from filiation.report.site.inquiries import inquiry_page
from filiation.report.site.view import View, page_path
from filiation.report.wording.document_deeds import count_line, excerpt_line
from filiation.report.wording.moments import moment_words
from filiation.report.wording.site import NOTHING_APPLIED, TITLES, hidden_events, unread_answer

__all__ = ["Site", "write_site"]

TEXTS: Final = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}
REPORT: Final = re.compile(r"reports/[0-9]{4,9}-[a-z]{1,20}\.(html|json|pdf)", re.ASCII)
KEPT: Final = 32  # pages of examinations that are kept as they were written
DEAR: Final = ("examinations.html", "kinship.html", "gaps.html")
FOUND: Final = 200  # documents of a search
LONGEST: Final = 200  # characters of a search

Made: TypeAlias = Callable[[], "View | bytes | Spoken"]


@final
@dataclass(frozen=True, slots=True)
class Spoken:
    """A whole report, by the language that its page is asked for in."""

    page: Callable[[str], bytes]


@final
class Site:
    """The pages of a case as it stands; another is made when the case has moved on.

    Args:
        case: The folder of a case or of an export, or either, opened.
        desk: Where whoever looks can do something, and what those pages are called.

    Raises:
        UsageError: Neither of both.
        CaseError: An export that was altered.
    """

    def __init__(self, case: Path | Held, *, desk: Mapping[str, str] | None = None) -> None:
        self._rooms = {**TITLES, **(desk or {})}
        self._held = held(case)
        self._state = self.state = self._held.state()
        self._comments = CommentsSite(self._held, self._state, self._has)
        self._papers = PapersSite(self._held, self._state, self._comments.counts)
        self.title = self._state.opening.title
        # an examination never changes, and its pages are the dearest to make
        self._kept: Final = lru_cache(maxsize=KEPT)(self._write)
        self._stood: tuple[int, CaseStatus] | None = None
        self._not_read: dict[int, str] = {}  # event to why its answer cannot be read here

    def paths(self) -> Iterator[str]:
        """Every page."""
        yield from self._fixed
        yield from self._papers.paths()

    def page(
        self, path: str, *, served: bool = False, language: str = "en"
    ) -> tuple[bytes, str] | None:
        """A page and its media type; None if there is none of that name.

        Args:
            path: As `paths` gives it.
            served: Whether there is a server to search with.
            language: Of the page.
        """
        kept = (path.startswith("examinations/") and path in self._fixed) or path in DEAR
        return (self._kept if kept else self._write)(path, served, language)

    def shown(self, view: View, language: str = "en", *, served: bool = True) -> bytes:
        """A view as a page of this case, for whoever looks."""
        others = other_languages(view.path, language, view.here) if served else ()
        return site_page(
            view, self.title, language=language, search=served, rooms=self._rooms, others=others
        )

    def _write(self, path: str, served: bool, language: str) -> tuple[bytes, str] | None:
        made = self._fixed.get(path) or self._papers.made(path)
        found = made() if made else None
        if found is None:
            return None
        if isinstance(found, Spoken):
            found = found.page(language)
        if isinstance(found, View):
            found = self._comments.on(found, acts=served and "do.html" in self._rooms)
            return self.shown(found, language, served=served), TEXTS["html"]
        return found, TEXTS[path.rpartition(".")[2]]

    def found(self, words: str, language: str = "en") -> bytes:
        """The page of a search.

        Raises:
            UsageError: Not a query.
        """
        if not 0 < len(words) <= LONGEST:
            raise UsageError(f"search: {len(words)} characters, expected 1 to {LONGEST}")
        made = search(self._held, Wanted(words=words), most=FOUND)
        lines = [
            (one.document, " ".join((moment_words(one.moment), one.sender, one.subject)),
             excerpt_line(one).strip())
            for one in made.found
        ]  # fmt: skip
        lines += [(one.document, one.name, excerpt_line(one).strip()) for one in made.attached]
        view = papers.searched(words, lines, count_line(made.count))
        return self.shown(view, language)

    def not_found(self, words: str, why: str, language: str = "en") -> bytes:
        """The page of a search that could not be made."""
        return self.shown(papers.not_searched(words, why), language)

    @cached_property
    def _fixed(self) -> Mapping[str, Made]:
        """All pages but those of documents."""
        state, events = self._state, self._signed
        pages: dict[str, Made] = {
            "index.html": self._front,
            "statements.html": lambda: record.statements(state, self._words),
            "exhibits.html": lambda: record.exhibits(state, self._compared),
            "examinations.html": lambda: examined.examinations(
                self._examinations, self._alone, self._issued
            ),
            "documents.html": self._papers.first,
            "lineups.html": lambda: record.lineups(state, self._members),
            "decisions.html": lambda: record.decisions(state),
            "rates.html": self._rates,
            "clock.html": lambda: clock_page(state, self._standing()),
            "kinship.html": lambda: kinship_page(state, self._examinations),
            "gaps.html": lambda: gaps_page(
                state, self._compared, self._examinations, self._papers.not_read()
            ),
        }
        for number in range(pages_of(len(events))):
            pages[page_path("log", number)] = _log(self, number)
        for signed in events:
            pages[f"log/{signed.event.sequence}.html"] = _event(signed)
        for entry in state.exhibits.values():
            names = self._compared.get(entry.fact.exhibit, ())
            pages[f"exhibits/{entry.event.sequence}.html"] = partial(
                exhibit_page, self._held, state, self._has, entry, names
            )
        for number, one in self._examinations:
            pages |= self._examination(number, one)
        for material in self._alone:
            pages |= _inquiry(material)
        for path, _, _, digest in self._issued:
            pages[path] = partial(self._held.objects.get, digest)
        for number, why in self._not_read.items():
            pages[f"examinations/{number}.html"] = partial(examined.not_read, number, why)
        return pages

    def _examination(self, number: int, found: Examination) -> dict[str, Made]:
        plan = self._plan(number)
        named = set(plan.exhibits) if plan else set()
        left = [record.shown_exhibit(entry) for entry in self._state.exhibits.values()
                if entry.fact.exhibit not in named]  # fmt: skip
        heard = plan and next((c for c in found.conclusions if c.kind.id == ANSWERS), None)
        stem = f"examinations/{number}"
        pages: dict[str, Made] = {
            f"{stem}.html": lambda: examined.examination(number, found, left, bool(heard)),
            f"{stem}/report.html": lambda: Spoken(lambda to: page_in(render_html(found), to)),
            f"{stem}/report.json": lambda: render_json(found),
        }
        if layers.has_layers(found):
            pages[f"{stem}/layers.html"] = lambda: layers.layers(number, found)
            for path, place, label in layers.layer_paths(number, found):
                pages[path] = partial(layers.layer, number, found, path, place, label)
        if any(one.filtration for one in found.conclusions):
            pages[f"{stem}/ledger.html"] = lambda: examined.ledger(number, found)
        if heard and plan:
            said: Callable[[], tuple[answers.Answered, ...]] = cache(
                lambda: answered(self._held, self._state, plan)
            )
            pages[f"{stem}/answers.html"] = lambda: answers.beside(number, heard, said())
            pages[f"{stem}/differ.html"] = lambda: answers.differing(number, said())
        return pages

    def _plan(self, number: int) -> facts.Planned | None:
        """The plan that an examination carried out; None where it is withheld."""
        digest = self._state.examination(number).fact.plan
        plans = (entry.fact for entry in self._state.of(facts.Planned))
        return next((one for one in plans if one.digest == digest), None)

    @cached_property
    def _signed(self) -> list[Signed]:
        return list(self._held.signed())

    @cached_property
    def _examinations(self) -> list[tuple[int, Examination]]:
        found = []
        for entry in self._state.of(facts.Examined):
            digest, number = entry.event.written("examination"), entry.event.sequence
            if not self._has(digest):
                continue
            raw = self._held.objects.get(digest)
            try:
                kept = examination_from_bytes(raw, f"event {number}")
            except CaseError as error:
                self._not_read[number] = unread_answer(number, entry.event.tool, str(error))
                continue
            found.append((number, as_shown(kept, self._state)))
        return found

    @cached_property
    def _alone(self) -> list[InquiryMaterial]:
        """Questions about one exhibit, answered, as the record stands."""
        found = []
        for entry in self._state.of(facts.Inquired):
            if not self._has(entry.event.written("inquiry")):
                continue
            try:
                found.append(material_of(self._held, self._state, entry))
            except CaseError as error:
                number = entry.event.sequence
                self._not_read[number] = unread_answer(number, entry.event.tool, str(error))
        return found

    @cached_property
    def _compared(self) -> Mapping[str, tuple[int, ...]]:
        return stood_in(self._state)

    @cached_property
    def _issued(self) -> list[tuple[str, int, int, str]]:
        """Of each file of each report that is held: its path, event, examination, and digest."""
        return [
            (written.shown, entry.event.sequence, entry.fact.examination, written.sha256)
            for entry in self._state.of(facts.Reported)
            for written in entry.event.writes
            if REPORT.fullmatch(written.shown) and self._has(written.sha256)
        ]  # fmt: skip

    @cached_property
    def _words(self) -> Mapping[int, str | None]:
        """What parties said, by event; None: a file that is no plain text."""
        return {
            entry.event.sequence: self._held.objects.get(written.sha256).decode("utf-8", "replace")
            if written.shown.endswith(".txt")
            else None
            for entry in self._state.of(facts.Stated)
            for written in entry.event.writes[:1]
            if self._has(written.sha256)
        }

    @cached_property
    def _members(self) -> Mapping[str, Mapping[str, str]]:
        """Line-up to code name to what its comparison gave."""
        found = {}
        for entry in self._state.of(facts.Drawn):
            digest = entry.event.written("comparisons")
            if self._has(digest):
                rows = json.loads(self._held.objects.get(digest))["members"]
                found[entry.fact.lineup] = {str(r["code"]): _given(r["log10_p"]) for r in rows}
        return found

    def _rates(self) -> View:
        """What the last report that kept error rates kept."""
        used = [m for _, one in self._examinations for c in one.conclusions for m in c.plan.methods]
        for entry in reversed(self._state.of(facts.Reported)):
            kept = [w.sha256 for w in entry.event.writes if w.what == "validation"]
            if kept and self._has(kept[0]):
                study = read_validation(self._held.objects.get(kept[0]))
                return examined.rates((study, kept[0]), used)
        return examined.rates(None, used)

    def _has(self, digest: str) -> bool:
        return not isinstance(self._held, ExportHeld) or self._held.holds(digest)

    def _front(self) -> View:
        said = [*self._not_read.values()]
        if isinstance(self._held, ExportHeld):
            said.append(hidden_events(len(self._held.withheld), self._held.party))
        return record.front(self._standing(), said)

    def _standing(self) -> CaseStatus:
        """Where the case stands; looked up each minute, for what is due depends on the day."""
        minute = int(time.time() // 60)
        kept = self._stood
        if kept is None or kept[0] != minute:
            kept = self._stood = (minute, status_of(self._held))
        return kept[1]

    def log(self, number: int) -> View:
        """A page of the log."""
        events = [one.event for one in self._signed]
        return record.log(events, int(self._head.partition(":")[0]), self._head, number)

    @cached_property
    def _head(self) -> str:
        found = self._held
        size, root = found.head if isinstance(found, ExportHeld) else found.head()
        return f"{size}:{root}"


def write_site(case: Path, out: Path) -> int:
    """Write every page of a case or an export as files that open without a server.

    Returns:
        How many pages.

    Raises:
        UsageError: The folder is there, or cannot be made.
    """
    free(out)
    site, count = Site(case), 0
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".partial-") as place:
        whole = Path(place) / "site"
        for path in site.paths():
            found = site.page(path)
            if found is None:
                continue
            target = whole / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(found[0])
            count += 1
        whole.replace(out)
    return count


def _given(log10_p: float | None) -> str:
    return NOTHING_APPLIED if log10_p is None else f"{log10_p:.2f}"


def _log(site: Site, number: int) -> Made:
    return lambda: site.log(number)


def _inquiry(m: InquiryMaterial) -> dict[str, Made]:
    """The page of a question about one exhibit, and its report as data and for people."""
    stem = f"examinations/{m.entry.event.sequence}"
    return {
        f"{stem}.html": lambda: inquiry_page(m),
        f"{stem}/report.html": lambda: Spoken(lambda to: expert_html(inquiry_document(m), to)),
        f"{stem}/report.json": lambda: inquiry_document(m),
    }


def _event(signed: Signed) -> Made:
    return lambda: record.event_page(signed)

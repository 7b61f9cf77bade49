"""Everything an expert report is written from. Nothing else may enter it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias, final

from filiation.casefile import facts
from filiation.casefile.clock import Reading
from filiation.casefile.state import Entry, State
from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Finding
from filiation.model.inquiry import Inquiry
from filiation.model.validation import Validation
from filiation.report.blocks import Block, Heading
from filiation.report.expert.profile import Profile
from filiation.report.wording import kind_title

__all__ = ["CaseMaterial", "Compared", "of_all", "of_each"]

Compared: TypeAlias = Sequence[tuple[str, float | None]]  # code name, log10 p


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMaterial:
    """What the record holds up to a head, an examination, and the rules to answer to.

    Attributes:
        found: What the examination found, question by question.
        examination: Its event.
        state: The record as far as `root`.
        root: Root (hex) of its events.
        texts: Words of the statements that are not confidential, by event.
        lineups: What each blind line-up compared, by its name.
        clock: The clock on the day of the report; None if it could not be read.
        on: That day.
        profile: Rules of the forum.
        given: What the human gave for the blanks.
        validation: Error rates; None if no validation report was given.
        validation_digest: SHA-256 (hex) of that report.
        typesetter: Name and version of what sets the PDF; empty if none is made.
        alone: What was found of exhibits that were examined alone, by event.
    """

    found: Examination
    examination: Entry[facts.Examined]
    state: State
    root: str
    texts: Mapping[int, bytes]
    lineups: Mapping[str, Compared]
    clock: Reading | None
    on: date
    profile: Profile
    given: Mapping[str, str] = field(default_factory=dict)
    validation: Validation | None = None
    validation_digest: str = ""
    typesetter: str = ""
    alone: tuple[tuple[int, Inquiry], ...] = ()

    @property
    def conclusions(self) -> tuple[Conclusion, ...]:
        """What was concluded, one for each question of the plan."""
        return self.found.conclusions

    @property
    def findings(self) -> tuple[tuple[int, Finding, Conclusion], ...]:
        """Every finding with its number in the report, and the conclusion that it belongs to."""
        found = [(finding, one) for one in self.conclusions for finding in one.findings]
        return tuple((n, finding, one) for n, (finding, one) in enumerate(found, 1))


def of_each(
    m: CaseMaterial, part: Callable[[CaseMaterial, Conclusion], Iterator[Block]], heading: str = ""
) -> Iterator[Block]:
    """A part of the report for one question after the other, under a heading if there is one.

    Where there are several, each that has anything is headed by what it is about.
    """
    for one in m.conclusions:
        about = kind_title(one.kind) if len(m.conclusions) > 1 else ""
        blocks = list(part(m, one))
        if blocks and (heading or about):
            yield Heading(text=": ".join(words for words in (heading, about) if words))
        yield from blocks


def of_all(m: CaseMaterial) -> Iterator[Block]:
    """Opens what concerns every question, where something stood before it for each alone."""
    if len(m.conclusions) > 1:
        yield Heading(text="All questions")

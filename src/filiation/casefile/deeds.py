"""What a deed gives back, where it is more than an event and its fact (`state.Entry`)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias, final

from filiation.casefile.clock import Reading
from filiation.casefile.deadlines import StepRead
from filiation.casefile.facts import (
    Decided,
    Drawn,
    Examined,
    Exported,
    Opined,
    Planned,
    Reckoned,
    Reported,
    Served,
    Stated,
)
from filiation.casefile.ledger.event import Event, Written
from filiation.casefile.next import Due
from filiation.casefile.state import Entry
from filiation.model.examination import Examination

__all__ = [
    "AloneStatus",
    *("AskedStamp", "CaseStatus", "ClockRead", "DeadlineSet", "DecisionMade", "ExportMade"),
    *("HeadKept", "KeyMade"),
    *("LineupDrawn", "OpenedCase", "OpinionGiven", "PartyStatus", "PlanCarriedOut", "PlanFixed"),
    *("PlanStatus", "PowerReckoned", "ReportHeld", "ReportIssued", "Said", "ServiceMade"),
    *("Withheld", "WordsStated"),
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade:
    """A key pair: the private half, to be kept, and the public one, to be handed out."""

    private: Path
    public: Path


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """A case that was opened: its folder, who leads it, the lead's private key, whose holidays."""

    folder: Path
    lead: str
    key: Path
    jurisdiction: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class WordsStated:
    """A statement on record, and whether a claim was on record by then."""

    entry: Entry[Stated]
    claimed: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFixed:
    """A plan that was fixed.

    Attributes:
        entry: The event and what it states.
        methods: Of each question its kind of material, and how many methods it has.
        population: Where likelihood ratios come from; empty if from nowhere.
        looks: How many plans for such material were carried out before.
    """

    entry: Entry[Planned]
    methods: tuple[tuple[str, int], ...]
    population: str
    looks: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PowerReckoned:
    """What could be shown at best; of each question its level, and the share that it asks for."""

    entry: Entry[Reckoned]
    asked: tuple[tuple[float, float], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LineupDrawn:
    """A line-up; of each member its code and log10 p, which is None if nothing applied."""

    entry: Entry[Drawn]
    members: tuple[tuple[str, float | None], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGiven:
    """An opinion on a line-up, and whether the names had been shown by then."""

    entry: Entry[Opined]
    names_shown: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCarriedOut:
    """A plan that was carried out, and what was found."""

    entry: Entry[Examined]
    found: Examination


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade:
    """A decision; `reviewed` is None where nothing was examined.

    `follows` is the event of the decision before it, which it supersedes; None if it is the first.
    `late` is the last day, where the decision was put on record after it.
    """

    entry: Entry[Decided]
    reviewed: bool | None
    follows: int | None
    late: date | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMade:
    """A service on record, and the day on which it counts as made."""

    entry: Entry[Served]
    deemed: date


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSet:
    """A deadline that was set: its event, and what it reads today."""

    event: int
    step: StepRead


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIssued:
    """A report.

    Attributes:
        entry: The event and what it states.
        pages: Pages of the PDF without its annexes; None without a PDF.
        annexes: Pages of its annexes.
        no_typesetter: A PDF was wanted and could not be set.
    """

    entry: Entry[Reported]
    pages: int | None = None
    annexes: int = 0
    no_typesetter: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReportHeld:
    """The event that issued a report, and which of its files a given file is."""

    event: Event
    written: Written


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AskedStamp:
    """A request for a time stamp of the first events."""

    out: Path
    size: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HeadKept:
    """A head that is in a witness file now.

    Attributes:
        lead: Who signed it.
        size: For how many events.
        later: How many events the log has beyond those.
        heads: How many heads the file holds.
        new: Whether it was not there before.
    """

    lead: str
    size: int
    later: int
    heads: int
    new: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search of an export for redacted words came to.

    Attributes:
        passages: Different passages that were looked for.
        found: Where one of them stands: the place, and the document that it was redacted in.
        not_searched: Objects and documents that could not be taken apart.
    """

    passages: int
    found: tuple[tuple[str, str], ...]
    not_searched: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMade:
    """An export.

    Attributes:
        entry: The event and what it states.
        out: Where it lies.
        objects: How many it holds; 0 in other programs' formats.
        searched: For what was redacted; None if nothing is, for that party.
        copies: Documents in it that are one which is privileged, again: each, and which one.
    """

    entry: Entry[Exported]
    out: Path
    objects: int
    searched: Searched | None = None
    copies: tuple[tuple[str, str], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRead:
    """The clock on a day, and what is due next.

    Attributes:
        on: The day.
        received: The day of receipt.
        counting: Which days count.
        zone: Time zone in which days begin and end; empty for UTC.
        clear: Neither the first day nor the last is counted.
        reading: What the clock shows.
        due: The steps that are still missing, in their order.
        steps: The deadlines of steps.
        decision: The decision that ended the time, and the last day if it came after it; or None.
    """

    on: date
    received: date
    counting: Literal["calendar", "working"]
    zone: str
    clear: bool
    reading: Reading
    due: tuple[Due, ...]
    steps: tuple[StepRead, ...]
    decision: tuple[int, date | None] | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStatus:
    """A party, and whether it signs for itself."""

    party: str
    name: str
    role: str
    signs: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement on record; `proposition` is that of an alternative explanation, if it is one."""

    event: int
    kind: str
    party: str
    title: str
    proposition: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStatus:
    """The plan in force, and what was done under it.

    Attributes:
        event: The event that fixed it.
        digest: SHA-256 of its bytes.
        exhibits: All that it names.
        examined: The last event that carried it out; None if none did.
        reviewed: The events that reviewed that one.
        examinations: Every event that carried it out, with the events that reviewed it.
    """

    event: int
    digest: str
    exhibits: tuple[str, ...]
    examined: int | None
    reviewed: tuple[int, ...]
    examinations: tuple[tuple[int, tuple[int, ...]], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AloneStatus:
    """An exhibit that is examined alone, and what was done of it.

    Attributes:
        exhibit: Which.
        plan: The event of its plan in force; of a record of served answers None.
        coin: The event of that plan's coin; None if it was not tossed.
        examined: The last event that answered the question about it; None if none did.
        reviewed: The events that reviewed that one.
    """

    exhibit: str
    plan: int | None
    coin: int | None
    examined: int | None
    reviewed: tuple[int, ...]


Line: TypeAlias = tuple[str, Literal["masked", "unmasked"]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStatus:
    """Where a case stands.

    Attributes:
        title: What the dispute is about.
        events: How many are on record.
        parties: Who takes part.
        said: Claims, answers, and submissions with an alternative explanation.
        exhibits: Name and kind of each.
        documents: Name of each production, and its first and last number, if it has any.
        plan: The plan in force, or None.
        plans: How many were fixed.
        alone: Exhibits that are examined alone.
        lineups: Name of each line-up, and whether the names were shown.
        decided: The last decision and its event, or None.
        late: The last day, where that decision was put on record after it.
        clock: The clock on the day of asking, and what is due next.
    """

    title: str
    events: int
    parties: tuple[PartyStatus, ...]
    said: tuple[Said, ...]
    exhibits: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, tuple[str, str] | None], ...]
    plan: PlanStatus | None
    plans: int
    alone: tuple[AloneStatus, ...]
    lineups: tuple[Line, ...]
    decided: tuple[str, int] | None
    late: date | None
    clock: ClockRead


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What an export does not hold of its case.

    Attributes:
        events: Numbers of events that it gives as hashes.
        exhibits: Names of exhibits whose copied files it does not hold.
        documents: Of each production with documents that are withheld, how many.
    """

    events: tuple[int, ...]
    exhibits: tuple[str, ...]
    documents: tuple[tuple[str, int], ...]

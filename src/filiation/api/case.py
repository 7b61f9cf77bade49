"""A dispute: what its record holds, and deeds that add to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, final

from filiation.api._shown import quoted
from filiation.api.examination import Examination
from filiation.api.page import Page
from filiation.api.plan import Plan
from filiation.api.verified import Verified
from filiation.errors import CaseError, ExhibitError, UsageError
from filiation.proceedings import (
    adding,
    admitting,
    deciding,
    examining,
    planning,
    reviewing,
    viewing,
)
from filiation.proceedings.given import day
from filiation.proceedings.naming import present
from filiation.proceedings.reading_log import events_of, head_of
from filiation.proceedings.site import Site
from filiation.proceedings.status import status_json, status_of
from filiation.proceedings.verifying import verify_case
from filiation.report.render.notebook import case_cell

__all__ = ["Case", "open_case"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Case:
    """One dispute. What is asked is read from its record each time; a deed adds a signed event.

    A deed that a law of the case forbids raises `UsageError` and leaves nothing. `acting` is the
    party that acts, whose key signs; by default the lead. Made by `open_case`.

    Attributes:
        folder: Where the record lies.
    """

    folder: Path

    @property
    def title(self) -> str:
        """What the dispute is about."""
        return status_of(self.folder).title

    @property
    def parties(self) -> list[dict[str, Any]]:
        """One flat record a party, with `party`, `name`, `role` and `signs`."""
        return cast("list[dict[str, Any]]", self.status()["parties"])

    @property
    def exhibits(self) -> list[dict[str, Any]]:
        """One flat record an exhibit, with `name` and `kind`."""
        return [{"name": name, "kind": kind} for name, kind in status_of(self.folder).exhibits]

    @property
    def plan(self) -> Plan | None:
        """The plan in force; None if none was fixed yet."""
        if status_of(self.folder).plan is None:
            return None
        return Plan(record=viewing.plan_of(self.folder))

    @property
    def examinations(self) -> dict[int, Examination]:
        """Every examination, by the number of its event."""
        found = viewing.examinations_of(self.folder)
        return {event: Examination(record=record) for event, record in found}

    @property
    def decision(self) -> str | None:
        """The last one, `dismiss`, `escalate` or `need-more`; None if there is none yet."""
        decided = status_of(self.folder).decided
        return None if decided is None else decided[0]

    @property
    def clock(self) -> dict[str, Any]:
        """What the clock shows today, in days, and what is due next."""
        return cast("dict[str, Any]", self.status()["clock"])

    @property
    def head(self) -> str:
        """SIZE:ROOT of the log, to be kept elsewhere and given to `verify`."""
        return head_of(self.folder)

    @property
    def pages(self) -> list[str]:
        """The path of every page that `page` gives."""
        return [path for path in Site(self.folder).paths() if path.endswith(".html")]

    def page(self, path: str = "index.html") -> Page:
        """A page as `filiation serve` shows it, with the same pictures.

        Args:
            path: As `pages` lists it.

        Raises:
            UsageError: There is none of that path.
        """
        found = Site(self.folder).page(path) if path.endswith(".html") else None
        if found is None:
            raise UsageError(f"{path[:200]!a}: no page of this case; `pages` lists them")
        return Page(path=path, html=found[0])

    def status(self, on: str | None = None) -> dict[str, Any]:
        """Where the case stands, as `filiation case status --json` prints it.

        Args:
            on: On which day, such as `2026-03-02`; today if none is given.

        Raises:
            UsageError: Not a date, or one before the case was received.
        """
        found: dict[str, Any] = json.loads(status_json(status_of(self.folder, on)))
        return found

    def records(self) -> list[dict[str, Any]]:
        """One flat record an event, in order: who did what, when (UTC), with which version."""
        return [
            {
                "sequence": event.sequence,
                "time": event.time,
                "actor": event.actor,
                "verb": event.verb,
                "tool": event.tool,
                "written": len(event.writes),
                "key": event.key,
                "root": event.root,
            }
            for event in (signed.event for signed in events_of(self.folder))
        ]

    def verify(self, *, head: str | None = None) -> Verified:
        """Check the whole record offline.

        Args:
            head: SIZE:ROOT of a head that was kept elsewhere.

        Returns:
            Where the record was altered, if anywhere; else how many `events`, `files` and `stamps`
            hold.

        Raises:
            UsageError: `head` is not SIZE:ROOT.
        """
        try:
            found = verify_case(self.folder, head=head)
        except (CaseError, ExhibitError) as error:
            return Verified(problems=(str(error),))
        return Verified(problems=found.problems, notes=found.notes, checked=found.counts)

    def admit(
        self,
        party: str,
        *,
        role: Literal["examiner", "reviewer", "claimant", "respondent", "observer"],
        name: str | None = None,
        public_key: str | Path | None = None,
        acting: str | None = None,
    ) -> int:
        """Admit a party.

        Args:
            party: Its short name.
            role: What it is in the dispute.
            name: Its full name.
            public_key: The file of the key that it signs with; without one the lead signs for it.
            acting: The party that acts.

        Returns:
            The number of the event, as all deeds do.
        """
        key = None if public_key is None else Path(public_key)
        made = admitting.admit(
            self.folder, party, role=role, name=name, public_key=key, acting=acting
        )
        return made.event.sequence

    def add(
        self,
        model: str | Path,
        *,
        name: str,
        offered_by: str,
        how: str,
        copy: bool = False,
        present: Sequence[str] = (),
        acting: str | None = None,
    ) -> int:
        """Put an exhibit in; its files are opened read-only.

        Args:
            model: Weights, or recorded answers as `FILE#MODEL`.
            name: What the case calls it.
            offered_by: The party that it comes from.
            how: How it was obtained.
            copy: Whether the case keeps the files themselves, too.
            present: Who stood by, where the lead records what the party handed over.
            acting: The party that acts; by default `offered_by` if it has a key, else the lead.
        """
        offered = adding.ExhibitOffered(
            model=str(model), name=name, offered_by=offered_by, how=how, copy=copy,
            present=present,
        )  # fmt: skip
        return adding.add_exhibit(self.folder, offered, acting=acting).event.sequence

    def fix_plan(
        self,
        *,
        subject: str | Sequence[str],
        source: str | Sequence[str],
        controls: Sequence[str] = (),
        fields: Path | None = None,
        seed: int | None = None,
        because: str = "",
        subject_available: str | None = None,
        source_stamp: str | Path | None = None,
        stamp_roots: str | Path | None = None,
        acting: str | None = None,
    ) -> int:
        """Fix the plan, by names of exhibits; methods, controls, level and seed are signed.

        Args:
            subject: Under examination; several for one exhibit of each kind of material.
            source: What it is said to come from, likewise.
            controls: Known to be independent of both.
            fields: A file of fields that differ from the defaults.
            seed: Of all random streams; an amendment keeps the first one.
            because: Why a plan that was fixed is amended.
            subject_available: From which day on the subject could be had, such as `2026-03-02`; the
                case must then show that the source was fixed before.
            source_stamp: A file with a time stamp (RFC 3161) over the source's digest.
            stamp_roots: A file with the root certificates (PEM) of its authority.
            acting: The party that acts.
        """
        asked = planning.PlanAsked(
            subject=_names(subject), source=_names(source), controls=controls, fields=fields,
            seed=seed, because=because,
            available=None if subject_available is None else day(subject_available, "plan"),
            stamp=(_path(source_stamp), _path(stamp_roots)),
        )  # fmt: skip
        return planning.plan(self.folder, asked, acting=acting).entry.event.sequence

    def examine(self, *, acting: str | None = None) -> Examination:
        """Carry the plan in force out, from what the case keeps of its exhibits."""
        return Examination(record=examining.examine_case(self.folder, acting=acting).found)

    def review(self, words: str, *, agrees: bool, acting: str | None = None) -> int:
        """Put a second opinion on the last examination on record."""
        made = reviewing.review(self.folder, words, agrees=agrees, acting=acting)
        return made.event.sequence

    def decide(
        self,
        outcome: Literal["dismiss", "escalate", "need-more"],
        *,
        because: str,
        supersedes: int | None = None,
        acting: str | None = None,
    ) -> int:
        """Decide what becomes of the complaint, with the reasons.

        Args:
            outcome: What is decided.
            because: The reasons.
            supersedes: The event of the decision that this one ends, if there is one.
            acting: The party that acts.
        """
        made = deciding.decide(
            self.folder, outcome, because=because, supersedes=supersedes, acting=acting
        )
        return made.entry.event.sequence

    def __repr__(self) -> str:
        found = status_of(self.folder)
        return f"<Case {quoted(found.title)}: {found.events} events, {len(found.parties)} parties>"

    def _repr_html_(self) -> str:
        return case_cell(status_of(self.folder))


def _names(given: str | Sequence[str]) -> Sequence[str]:
    return (given,) if isinstance(given, str) else given


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)


def open_case(folder: str | Path) -> Case:
    """Open the record of a dispute that `filiation case open` made.

    Args:
        folder: Where it lies.

    Raises:
        UsageError: No case lies there.
        CaseError: Its record cannot be read.
    """
    where = present(Path(folder), "the folder of a case")
    head_of(where)
    return Case(folder=where)

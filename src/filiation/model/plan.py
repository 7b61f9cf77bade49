"""Plan: which questions are asked and how they will be answered, fixed before looking."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, TypeAlias, final

from filiation.errors import UsageError
from filiation.model.subject import Side

__all__ = [
    "AGREEMENT",
    "BOUNDS",
    "CLEAN",
    "HARMONIC",
    "Combination",
    "Dated",
    "Plan",
    "PlannedPopulation",
    "PlannedQuestion",
    "PlannedSubject",
    "Propositions",
    "as_recorded",
]


# What a plan may choose: nobody can accuse at a level that every fifth stranger meets, support
# independence on more than a quarter inherited, or hide a number behind a floor of 1.
BOUNDS: Final = (
    ("level", 0.0, 0.05),
    ("clean_level", 0.0, 1.0),
    ("assumption_floor", 1e-30, 1e-3),
    ("power_share", 0.0, 0.25),
    ("power_cosine", 0.0, 1.0),
    ("disguised_cosine", 0.0, 1.0),
)
Combination: TypeAlias = Literal["harmonic-mean/1", "agreement-or-harmonic-mean/1"]
HARMONIC: Final = "harmonic-mean/1"
AGREEMENT: Final = "agreement-or-harmonic-mean/1"
CLEAN: Final = 0.01  # of a combined p: independence is supported only above it


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Propositions:
    """A pair of mutually exclusive propositions, stated before any result."""

    derivation: str
    independence: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSubject:
    """An exhibit as the plan names it. `digest` is that of the material, not of its kept copy."""

    side: Side
    name: str
    digest: str
    kind: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPopulation:
    """The known pairs from which likelihood ratios will be made.

    Attributes:
        name: What the population calls itself.
        date: When it was made; empty for one made of the case's own controls.
        digest: SHA-256 (hex) of its file.
        origin: Whether the examiner named it, this version ships it, or the controls are it.
    """

    name: str
    date: str
    digest: str
    origin: Literal["named", "released", "controls"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """That the source was fixed before its maker can have had the subject; shown by a case.

    Attributes:
        digest: Of the source's material.
        time: When at the latest it was fixed: RFC 3339, with its zone.
        by: A `stamp` (RFC 3161) over that digest, a `stamped-head` of the case's log after the
            exhibit was put in, or an event signed by another role (`countersigned`).
        event: Number of the event that shows it; of the exhibit for a stamp over the digest.
        subject_available: From when on the subject could be had, as the authority has entered.
    """

    digest: str
    time: str
    by: Literal["stamp", "stamped-head", "countersigned"]
    event: int
    subject_available: date

    def __post_init__(self) -> None:
        try:
            fixed = datetime.fromisoformat(self.time)
        except ValueError as error:
            raise UsageError(f"plan: source_dated: time is {self.time!r:.60}, no time") from error
        if fixed.tzinfo is None:
            raise UsageError(f"plan: source_dated: time is {self.time}, which names no zone")
        if fixed.astimezone(UTC).date() >= self.subject_available:
            raise UsageError(
                f"plan: source_dated: the source was fixed on {self.time[:10]}, the subject was "
                f"available from {self.subject_available.isoformat()}; an order that was fixed no "
                "earlier could have been chosen"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedQuestion:
    """One question: of one kind of material, with propositions, methods and a level of its own.

    Attributes:
        kind: Id of the kind of material that it is asked of.
        propositions: The two of them.
        methods: Full ids, in the order they are run.
        taken: How the material was taken: the id of the sketch's method for weights; or empty.
        level: Overall probability of wrongly supporting derivation between unrelated models.
        clean_level: Independence is supported only if the combined p is above this.
        assumption_floor: Below this p, the assumption and not chance is what could be wrong.
        power_share: Independence is supported only if inheriting this share of units, or less,
            would have been found with 95 % probability.
        power_cosine: How much of an inherited unit is left in that reckoning (cosine).
        disguised_cosine: The same, where what was inherited was disguised as well.
        components: What of the models must have been looked at before independence is supported.
        alternatives: In which disguises, likewise; every one of them has a row of the answer.
        combination: How findings of different methods are combined.
        source_dated: That the source was fixed before the subject was available; None if no
            record of a case shows it.
        layers: At most so many layers of each model are compared, a quick look, which never
            supports independence; None: all of them.
    """

    kind: str
    propositions: Propositions
    methods: tuple[str, ...]
    taken: str = ""
    level: float = 1e-6
    clean_level: float = 0.01
    assumption_floor: float = 1e-9
    power_share: float = 0.25
    power_cosine: float = 0.5
    disguised_cosine: float = 0.8
    components: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    combination: Combination = HARMONIC
    source_dated: Dated | None = None
    layers: int | None = None

    def __post_init__(self) -> None:
        if self.layers is not None and self.layers < 1:
            raise UsageError(
                f"plan, {self.kind}: layers is {self.layers}, expected at least 1; nothing would "
                "be compared"
            )
        for field, low, high in BOUNDS:
            found = getattr(self, field)
            if not (math.isfinite(found) and low < found <= high):
                raise UsageError(
                    f"plan, {self.kind}: {field} is {found}, expected above {low} and up to {high}"
                )
        if self.clean_level < max(CLEAN, self.level):
            raise UsageError(
                f"plan, {self.kind}: clean_level is {self.clean_level}, expected at least "
                f"{max(CLEAN, self.level)}; below it an agreement that is rare between unrelated "
                "models would be called none, and support independence"
            )
        if not self.methods:
            raise UsageError(f"plan, {self.kind}: no method is named; nothing would be examined")
        if len(set(self.methods)) < len(self.methods):
            raise UsageError(
                f"plan, {self.kind}: a method is named twice; it would be counted twice"
            )

    @property
    def quick(self) -> bool:
        """Whether a few layers stand for the model: then nothing supports independence."""
        return self.layers is not None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Hashed before any comparison; every planned method ends in a Finding or an Absent.

    Attributes:
        questions: One for each kind of material, each answered by a conclusion of its own.
        exhibits: Which models, by digest.
        seed: Of every random stream; picked by the examiner, not by a party.
        population: Where likelihood ratios come from; None if there will be none.
        schema_version: Of this record.
    """

    questions: tuple[PlannedQuestion, ...]
    exhibits: tuple[PlannedSubject, ...]
    seed: int = 0
    population: PlannedPopulation | None = None
    schema_version: Literal[3] = 3

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**53:
            raise UsageError(f"plan: seed is {self.seed}, expected 0 to 2^53 - 1")
        if not self.questions:
            raise UsageError("plan: no question is asked; nothing would be examined")
        if len({question.kind for question in self.questions}) < len(self.questions):
            raise UsageError(
                "plan: one kind of material is asked about twice; each has one conclusion"
            )
        for question in self.questions:
            self._check_dated(question)

    def _check_dated(self, question: PlannedQuestion) -> None:
        """What is dated is the exhibit that the plan names as the source."""
        sources = {e.digest for e in self.exhibits if (e.side, e.kind) == ("source", question.kind)}
        if question.source_dated is not None and question.source_dated.digest not in sources:
            raise UsageError(
                f"plan, {question.kind}: source_dated is of {question.source_dated.digest[:12]}.., "
                "which is not the source; another model's date says nothing of it"
            )

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods of all questions, in order."""
        return tuple(method for question in self.questions for method in question.methods)

    def question(self, kind: str) -> PlannedQuestion | None:
        """The question that is asked of one kind of material, or None."""
        return next((asked for asked in self.questions if asked.kind == kind), None)

    def digests(self) -> tuple[tuple[Side, str, str], ...]:
        """Side, kind and digest of every planned exhibit."""
        return tuple((exhibit.side, exhibit.kind, exhibit.digest) for exhibit in self.exhibits)


def as_recorded(questions: list[dict[str, Any]]) -> None:
    """Leave `layers` out of the fields of questions that name none, in place.

    So the plan of a whole examination has the bytes, and the digest, that it had before a plan
    could name them.
    """
    for fields in questions:
        if fields["layers"] is None:
            del fields["layers"]

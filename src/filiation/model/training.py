"""A training history: checkpoints in order, and what an examination says of them claim by claim."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.errors import CaseError

__all__ = [
    *(
        "CLAIMS",
        "OUTSIDE",
        "OWN_AXES",
        "AlongPoint",
        "ClaimId",
        "HistoryExamined",
        "Outcome",
        "Replayed",
    ),
    *("Seen", "TrainingClaim", "TrainingHistory", "TrainingPoint", "Whole", "Why"),
]

ClaimId: TypeAlias = Literal["start", "steps", "end", "contact", "dates", "replay"]
Outcome: TypeAlias = Literal["holds", "fails", "open", "not-asked"]
Why: TypeAlias = Literal[
    "regenerated",
    "not-regenerated",
    "recipe-long",
    "recipe-large",
    "no-structure",
    "structure",
    "start-unread",
    "in-bands",
    "near-bands",
    "out-of-bands",
    "no-bands",
    "neighbours-lost",
    "shapes-change",
    "too-few",
    "same-digest",
    "typed",
    "another-model",
    "no-contact",
    "contact",
    "between-levels",
    "units-elsewhere",
    "units-alike",
    "units-ahead",
    "not-excluded",
    "explained",
    "untested",
    "older",
    "older-in-part",
    "not-older",
    "no-stamp",
    "not-given",
    "same-bits",
    "as-repeated",
    "beyond-repeated",
    "too-few-repeated",
]
CLAIMS: Final[tuple[ClaimId, ...]] = ("start", "steps", "end", "contact", "dates", "replay")
NEEDED: Final[frozenset[ClaimId]] = frozenset({"start", "steps", "contact"})
# Any of these stands for all: without it a way that was computed looks like one of training.
OUTSIDE: Final[tuple[ClaimId, ...]] = ("dates", "replay")
# Units of the source put among those of one's own, in axes of their own: of no plan's classes.
OWN_AXES: Final = "own-axes"
FEWEST: Final = 2
MOST: Final = 10_000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPoint:
    """One checkpoint of a history.

    Attributes:
        name: As it was called.
        file: Its sketch, below the folder of the history.
        digest: SHA-256 (hex) of the sketch.
        subject: SHA-256 (hex) over the tensors of the checkpoint.
        step: Of the training.
        date: When it was written, as its maker says; empty if nothing is said.
        stamp: A response of a time-stamp authority beside it; empty if there is none.
        seal: Digest (hex) of a seal of the checkpoint; empty if there is none.
        signer: SHA-256 (hex) of the public key (PEM) whose signature of the checkpoint's files was
            checked when it was taken; empty if none was.
    """

    name: str
    file: str
    digest: str
    subject: str
    step: int
    date: str = ""
    stamp: str = ""
    seal: str = ""
    signer: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingHistory:
    """Checkpoints in the order of the training: steps increase, dates do not go back.

    Attributes:
        points: The checkpoints.
        recipe: File that says how the first was drawn, below the folder of the history; empty if
            nothing is said.
        recipe_digest: SHA-256 (hex) of it.
    """

    points: tuple[TrainingPoint, ...]
    recipe: str = ""
    recipe_digest: str = ""

    def __post_init__(self) -> None:
        if not FEWEST <= len(self.points) <= MOST:
            raise CaseError(
                f"a history of {len(self.points)} checkpoints, expected {FEWEST} to {MOST:,}"
            )
        for one, other in zip(self.points, self.points[1:], strict=False):
            if other.step <= one.step:
                raise CaseError(
                    f"{other.name}: step {other.step} after step {one.step}; expected checkpoints "
                    "in the order of the training, each at a later step"
                )
            if one.date and other.date and other.date < one.date:
                raise CaseError(
                    f"{other.name}: dated {other.date}, before {one.name} of {one.date}; a later "
                    "step is not written earlier"
                )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What share of a part, copied in one class of alternative, would have been found.

    Attributes:
        component: Of the model.
        alternative: The class.
        share: The smallest; None if not even all of it.
        cosine: How much of each copied unit was assumed left.
        values: Share of all values of the model that the part holds; None where it is not known.
    """

    component: str
    alternative: str
    share: float | None
    cosine: float
    values: float | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole examination of one checkpoint: toward what, by what reason, with which power."""

    toward: str
    reason: str
    power: tuple[Seen, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingClaim:
    """What was found of one claim.

    Attributes:
        claim: Which.
        outcome: Whether it holds; `open` where nothing can be said either way.
        why: The reason, as an id; the report has the words.
        place: Of the checkpoint that the reason speaks of; None if it speaks of all.
        log_p: Natural log of the p that decided, multiplicity paid; None if none did.
        figures: What was measured: name, value, and the limits it was held against.
        said: What another part of the examination said of it, in its own words; of a start, the
            tensor that was not drawn again.
        power: What of the source would have been found in the last checkpoint, class by class.
    """

    claim: ClaimId
    outcome: Outcome
    why: Why
    place: int | None = None
    log_p: float | None = None
    figures: tuple[tuple[str, float, float, float], ...] = ()
    said: str = ""
    power: tuple[Seen, ...] = ()

    def __post_init__(self) -> None:
        if self.log_p is not None and self.log_p > 0.0:
            raise CaseError(f"{self.claim}: log p is {self.log_p}, expected at most 0")
        if self.outcome == "fails" and self.place is None:
            raise CaseError(f"{self.claim}: fails, and at no step; expected the step")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AlongPoint:
    """What is drawn of one checkpoint; None where a sketch cannot tell.

    Attributes:
        across: Where it lies in the leading direction of the history's own steps, over the size of
            the weights; the first checkpoint is 0.
        up: Likewise, in the second.
        contact: Natural log of p, of contact with the source, multiplicity paid.
        neighbour: Natural log of p, of contact with the checkpoint before.
        length: Of the step to it, over the size of the weights.
        turn: Cosine of that step with the one before.
        spike: Largest singular value of that step over the random edge.
        kept: Share of units that keep their place.
    """

    across: float | None = None
    up: float | None = None
    contact: float | None = None
    neighbour: float | None = None
    length: float | None = None
    turn: float | None = None
    spike: float | None = None
    kept: float | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryExamined:
    """The claims, and the conclusion that they alone decide.

    Attributes:
        history: The checkpoints.
        source: The claimed source, by name.
        claims: What was found of each, in their order.
        along: What is drawn of each checkpoint; empty if nothing is.
        plane: Shares of the steps' squared lengths that lie in the two directions drawn.
    """

    history: TrainingHistory
    source: str
    claims: tuple[TrainingClaim, ...]
    along: tuple[AlongPoint, ...] = ()
    plane: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        found = tuple(one.claim for one in self.claims)
        if found != CLAIMS:
            raise CaseError(f"claims {', '.join(found)}; expected {', '.join(CLAIMS)}")

    @property
    def failing(self) -> TrainingClaim | None:
        """The claim that fails at the earliest step; None if none does."""
        failing = [one for one in self.claims if one.outcome == "fails"]
        return min(failing, key=lambda one: (one.place or 0, CLAIMS.index(one.claim)), default=None)

    @property
    def lacking(self) -> tuple[ClaimId, ...]:
        """Claims that independence needs and that do not hold; an exhibit that is named is the end.

        Dates or a replay, one of them: they alone rest on something that the maker of the history
        did not write.
        """
        of = {one.claim: one.outcome for one in self.claims}
        lacking = [c for c in CLAIMS if c in NEEDED and of[c] != "holds"]
        if of["end"] not in ("holds", "not-asked"):
            lacking.append("end")
        if all(of[c] != "holds" for c in OUTSIDE):
            lacking += OUTSIDE
        return tuple(lacking)

    @property
    def toward(self) -> Literal["independence", "failing", "neither"]:
        """Independence only where all that it needs holds."""
        if self.failing is not None:
            return "failing"
        return "neither" if self.lacking else "independence"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """An interval that a lot drew, and what training it again says.

    Attributes:
        history: The history.
        digest: SHA-256 (hex) of it, fixed before the lot was known.
        lot: What drew the interval.
        place: The checkpoint from which it is trained, to the next.
        claim: What repetitions say; None if none were given.
    """

    history: TrainingHistory
    digest: str
    lot: str
    place: int
    claim: TrainingClaim | None = None

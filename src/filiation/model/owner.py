"""What only the owner of a source knows, and what was measured on it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, final

from filiation.errors import UnreadableError, UsageError
from filiation.model.drawn import Drawn
from filiation.model.finding import Absent, Finding
from filiation.model.subject import Subject
from filiation.model.words import MethodWords

__all__ = [
    "Beside",
    "Canary",
    "Commitment",
    "Counted",
    "Fingerprint",
    "Likelihoods",
    "OrderedExample",
    "OwnerExamination",
    "Phrase",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedExample:
    """One training example and when it was seen.

    Attributes:
        id: Unique within the list.
        seen: Its place in the training order; equal for examples of one batch.
        stratum: Examples were shuffled within strata (an epoch, a source of text); empty: all.
        length: Tokens or characters of its text; None if the list does not say.
        day: When it was written, as an ordinal day; None if the list does not say.
        source: Where it is from; empty if the list does not say.
        text: Its words; empty if the list does not hold them.
    """

    id: str
    seen: float
    stratum: str = ""
    length: float | None = None
    day: float | None = None
    source: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.seen):
            raise UnreadableError(f"{self.id}: seen at {self.seen}, expected a finite place")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One secret text; of every group one, picked by lot, was put into the training data."""

    id: str
    group: str
    planted: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """One secret prompt with the reply that the source was taught.

    Attributes:
        id: Unique within the list.
        prompt: The words asked.
        expected: The reply, drawn at random.
        decoys: Replies drawn by the same rule and never taught.
    """

    id: str
    prompt: str
    expected: str
    decoys: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One phrase that the claimant keeps to itself, and the decoys that one rule made beside it.

    Attributes:
        id: Unique within the list.
        phrase: The one that is in use, picked by lot.
        decoys: The others, used nowhere.
    """

    id: str
    phrase: str
    decoys: tuple[str, ...]


@final
@dataclass(frozen=True, kw_only=True, eq=False)
class Likelihoods:
    """How likely one model holds each example.

    Attributes:
        name: What reports call the model.
        digest: SHA-256 (hex) of the file they were read from.
        values: Natural log-likelihood of each whole example, by id.
        tokens: Tokens of each, as far as told.
        texts: SHA-256 (hex) of the texts that were read, lots aside; empty if the file names none.
        model: SHA-256 (hex) of the model that read them; empty if the file names none.
        tokenizer: SHA-256 (hex) of its tokenizer; empty if the file names none.
    """

    name: str
    digest: str
    values: Mapping[str, float]
    tokens: Mapping[str, int]
    texts: str = ""
    model: str = ""
    tokenizer: str = ""

    def per_token(self, example: str) -> float:
        """Log-likelihood of an example per token; of the whole where tokens were not told."""
        return self.values[example] / self.tokens.get(example, 1)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """That a list existed, unchanged, at a date; who vouches for the date is not said here."""

    sha256: str
    date: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many items (texts, examples, prompts) the list plans, and how many were measured."""

    planned: int
    measured: int

    def __post_init__(self) -> None:
        if not 0 <= self.measured <= self.planned:
            raise UsageError(
                f"{self.measured} items measured of {self.planned} planned, expected no more"
            )

    @property
    def missing(self) -> int:
        """Items that were not measured; each counts as the worst for the claim."""
        return self.planned - self.measured


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The same test put otherwise, to show what references do to it.

    Attributes:
        how: Without references, with one of them alone, or of a reference in the subject's place;
            of served twins also by places alone, of answers served to others, and of what is
            checked of the twins alone.
        name: Which reference; empty without.
        log_p: Natural log p of the claim.
        opposite: Natural log p of the opposite of the claim (only in the subject's place): a
            reference that was trained on the unused twins shows here.
    """

    how: Literal["without", "with", "in-place", "places", "others", "check"]
    name: str
    log_p: float
    opposite: float | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerExamination:
    """One owner-side test, with all that is needed to make it again.

    Attributes:
        tool: Name and version of the program that made it.
        test: What was asked for: `training-order`, `canary`, `keyed`, `phrases` or `served-twins`.
        list_name: File name of the secret list.
        list_sha256: Its SHA-256 (hex).
        commitment: To the list, if one was given; it holds, or nothing was examined.
        subject: The model under examination.
        others: References or controls.
        level: Fixed before looking.
        seed: Of every random stream.
        outcome: What was found, or why nothing was.
        counted: Items planned and measured.
        drawn: How the lot was drawn, if it was; without it the list is declared.
        beside: What references do to the p.
        notes: What the list does not say and was therefore not checked.
        words: The test's own words, under its name.
    """

    tool: str
    test: Literal["training-order", "canary", "keyed", "phrases", "served-twins"]
    list_name: str
    list_sha256: str
    commitment: Commitment | None
    subject: Subject
    others: tuple[Subject, ...]
    level: float
    seed: int
    outcome: Finding | Absent
    counted: Counted
    drawn: Drawn | None = None
    beside: tuple[Beside, ...] = ()
    notes: tuple[str, ...] = ()
    words: tuple[tuple[str, MethodWords], ...] = ()
    schema_version: Literal[2] = 2

    def __post_init__(self) -> None:
        if not 0.0 < self.level <= 0.5:
            raise UsageError(f"level is {self.level}, expected above 0 and up to 0.5")
        if not 0 <= self.seed < 2**53:
            raise UsageError(f"seed is {self.seed}, expected 0 to 2^53 - 1")
        if self.commitment is not None and self.commitment.sha256 != self.list_sha256:
            raise UsageError(f"{self.list_name}: not the list that was committed to")

    @property
    def met(self) -> bool:
        """Whether the level was met."""
        return isinstance(self.outcome, Finding) and self.outcome.log_p <= math.log(self.level)

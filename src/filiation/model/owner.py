"""What only the owner of a source knows, and what was measured on it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, final

from filiation.errors import UnreadableError, UsageError
from filiation.model.finding import Absent, Finding
from filiation.model.subject import Subject
from filiation.model.words import MethodWords

__all__ = [
    "Canary",
    "Commitment",
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
    """

    id: str
    seen: float
    stratum: str = ""

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
    """

    name: str
    digest: str
    values: Mapping[str, float]
    tokens: Mapping[str, int]

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
class OwnerExamination:
    """One owner-side test, with all that is needed to make it again.

    Attributes:
        tool: Name and version of the program that made it.
        test: What was asked for: `training-order`, `canary`, `keyed` or `phrases`.
        list_name: File name of the secret list.
        list_sha256: Its SHA-256 (hex).
        commitment: To the list, if one was given; it holds, or nothing was examined.
        subject: The model under examination.
        others: References or controls.
        level: Fixed before looking.
        seed: Of every random stream.
        outcome: What was found, or why nothing was.
        words: The test's own words, under its name.
    """

    tool: str
    test: Literal["training-order", "canary", "keyed", "phrases"]
    list_name: str
    list_sha256: str
    commitment: Commitment | None
    subject: Subject
    others: tuple[Subject, ...]
    level: float
    seed: int
    outcome: Finding | Absent
    words: tuple[tuple[str, MethodWords], ...] = ()
    schema_version: Literal[1] = 1

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

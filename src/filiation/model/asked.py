"""What asking a model will cost, and what it came to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import final

__all__ = ["Asked", "Bets", "Expected", "Summary", "Tokens"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """A number of tokens in and out."""

    read: int = 0
    written: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(read=self.read + other.read, written=self.written + other.written)

    def __sub__(self, other: "Tokens") -> "Tokens":
        return Tokens(read=self.read - other.read, written=self.written - other.written)

    @property
    def total(self) -> int:
        """In and out."""
        return self.read + self.written


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a transcript holds after a run.

    Attributes:
        questions: Items times repeats.
        answered: Under the model's own name.
        changed: Answered under another name than the first answer.
        failed: Given up in this run, after all retries.
        cut_short: Answers that were cut off, most by the limit on their length.
        declined: Answers that are refusals by the provider's own mark, or a filter's.
        rejected: Questions that the server rejected for good; they are not asked again.
        attempts: Requests recorded, in all runs.
        retries: Further attempts at a question, in this run.
        spent: Tokens; where the server reported none, at most.
        model: The name under which the server answered.
        refused: Parameters that the server refused.
        stopped: Why this run ended early: `observer`, `budget`, or words; empty: it did not.
        digest: Of the last line; whoever keeps it can tell later that nothing was changed.
        new: This run wrote something.
    """

    questions: int
    answered: int
    changed: int
    failed: int
    cut_short: int
    declined: int
    rejected: int
    attempts: int
    retries: int
    spent: Tokens
    model: str
    refused: tuple[str, ...]
    stopped: str
    digest: str
    new: bool

    @property
    def complete(self) -> bool:
        """Every question was answered by the model, or the observer had enough."""
        return self.stopped == "observer" or self.answered == self.questions


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bets:
    """What the bets against a source came to, when a model is asked with one in view.

    Attributes:
        errors: Wrong answers that were bet on.
        log_e: Natural log of the capital.
        log_p: Natural log of p.
        level: At which the asking stops.
        enough: The level was reached.
    """

    errors: int
    log_e: float
    log_p: float
    level: float
    enough: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a run will take, before anything is sent.

    Attributes:
        battery: Id of the questions.
        digest: SHA-256 of the file that holds them; empty: not committed.
        items: How many they are.
        questions: Items times repeats.
        about_read: Tokens to read, about.
        at_most: Tokens in and out, at most.
        cost: Money at most; None without prices.
        currency: Of the cost; empty if the budget names none.
        budget: The ceiling as it is written; empty: none.
        enough: The ceiling allows the whole run; None without one.
    """

    battery: str
    digest: str
    items: int
    questions: int
    about_read: int
    at_most: Tokens
    cost: Decimal | None
    currency: str
    budget: str
    enough: bool | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What became of a run.

    Attributes:
        model: As it was asked for.
        transcript: The file with every exchange.
        expected: What it was to take.
        summary: What the transcript holds now.
        cost: Money spent; None without prices.
        bets: Against a source, if one was given.
    """

    model: str
    transcript: str
    expected: Expected
    summary: Summary
    cost: Decimal | None
    bets: Bets | None

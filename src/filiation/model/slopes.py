"""What a server billed for repeated lines, and which known tokenizers bill the same."""

from dataclasses import dataclass
from typing import final

__all__ = ["Candidate", "Probe", "TokenSlopes"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One line, repeated.

    Attributes:
        name: Kind and number of the line, such as `korean-1`.
        repeats: How often it was repeated, in each prompt that was answered.
        counts: Tokens that the server reported for each prompt.
        slope: Tokens for one more repetition, by least squares.
        worst: The largest distance of a count from the line that was fitted.
        fit: Share of the variance that the line explains (R squared).
    """

    name: str
    repeats: tuple[int, ...]
    counts: tuple[int, ...]
    slope: float
    worst: float
    fit: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A known tokenizer, or an estimate that no tokenizer made, held against the counts.

    Attributes:
        name: What reports call it.
        slopes: Its tokens for one more repetition of each line.
        ratio: What is billed for each of its tokens; 1 where it is billed as it counts.
        off: The largest distance of a slope from what the server billed, in tokens.
        where: The line of that distance.
        consistent: Whether it is within what rounding explains.
        estimate: Whether it counts characters, bytes or words, and no tokens.
    """

    name: str
    slopes: tuple[float, ...]
    ratio: float
    off: float
    where: str
    consistent: bool
    estimate: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSlopes:
    """Which tokenizers are consistent with what a server reported.

    Attributes:
        tool: Name and version of the program that made it.
        transcript: Name of the file.
        digest: Its SHA-256 (hex).
        model: The model that was asked, as the transcript names it.
        probes: Lines that were repeated, in order of their names.
        candidates: Known tokenizers and estimates, the consistent ones first.
        alike: Known tokenizers that these lines cannot tell apart, with one another.
        unread: Tokenizers that are not counted with, each with the reason.
        reason: Why nothing can be said; empty if something can.
        cached: Prompts of which the server says that it took a part from its cache.
    """

    tool: str
    transcript: str
    digest: str
    model: str
    probes: tuple[Probe, ...]
    candidates: tuple[Candidate, ...]
    alike: tuple[tuple[str, ...], ...]
    unread: tuple[tuple[str, str], ...]
    reason: str
    cached: int = 0

    @property
    def consistent(self) -> tuple[Candidate, ...]:
        """The candidates that the counts leave."""
        return tuple(one for one in self.candidates if one.consistent)

"""What is stated of a question about one exhibit alone: its plan, and that it was answered."""

from dataclasses import dataclass
from typing import TypeAlias, final

from filiation.model.inquiry import Question

__all__ = ["Inquired", "InquiryFact", "Posed", "Worded"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A log or a history will be examined: the plan is fixed, its coin is not tossed yet.

    `digest` is the plan's, `level` what that of a log says; a further plan gives a reason. That of
    a history names the exhibit that it should be independent of, and the one that it should end in.
    """

    exhibit: str
    digest: str
    level: float = 0.0
    because: str = ""
    question: Question = "campaigns"
    source: str = ""
    final: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Inquired:
    """A question about one exhibit was answered, under a plan whose coin had been tossed.

    `plan` is the digest of the plan of a log or a history, or the commitment to a list of served
    answers. `again` names the ends of repetitions of the interval that a history's coin drew.
    `expected` holds name and digest (hex) of what a workload's machine was to have measured, and
    `roots` the makers' certificates that its attestation was checked by: all that the case holds.
    """

    question: Question
    exhibit: str
    plan: str
    again: tuple[str, ...] = ()
    expected: tuple[tuple[str, str], ...] = ()
    roots: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """The party that put a log in tells the words behind some of its signatures.

    Of each the signature (16 hex digits) and the template, slots as `…`.
    """

    exhibit: str
    by: str
    words: tuple[tuple[str, str], ...]


InquiryFact: TypeAlias = Posed | Inquired | Worded

"""The sections that state facts, in sentences: who, what they say, the plan, what was observed."""

import math
from collections.abc import Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Finding
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_terms import (
    NAME,
    event_words,
    place,
    said,
    time_words,
    who,
)
from filiation.report.wording.figures import clean, figure, quoted
from filiation.report.wording.findings import strip_sentence
from filiation.report.wording.methods import titled
from filiation.report.wording.power import power_sentence
from filiation.report.wording.received import stood_by_words

__all__ = [
    "AT_BEST",
    "FINDINGS",
    "NOT_AMENDED",
    "NO_FINDING",
    "NO_STATEMENT",
    "PARTIES",
    "WITHOUT_FINDING",
    "amended_sentence",
    "examined_sentence",
    "least_rank_sentence",
    "planned_sentence",
    "power_reckoned",
    "quotation_source",
    "reading_sentence",
    "shown_words",
    "signature_words",
    "statements_sentence",
    "strongest_caption",
    "supported_caption",
    "unsigned_sentence",
]

KINDS: Final = {"claim": "Claim", "answer": "Answer", "submission": "Submission"}
PARTIES: Final = "Who takes part, as the record has it"
AT_BEST: Final = "What could have been shown at best"
NO_STATEMENT: Final = "No statement of a party is on record."
NOT_AMENDED: Final = "The plan was not amended."
NO_FINDING: Final = "There is no finding."
FINDINGS: Final = "Findings in the order of the plan"
WITHOUT_FINDING: Final = "Planned methods without a finding"


def unsigned_sentence() -> str:
    """What the report is until somebody answers for it."""
    return (
        "This report was put together by a program from the record of the case. Nobody has "
        "signed it. It becomes an expert's report when a person has filled in what is left open, "
        "has checked it, and has signed the declarations in "
        f"{place('statements')}; that person then answers for every sentence of it."
    )


def signature_words(signs: bool, lead: str) -> str:
    """How a party's events are signed."""
    return "signs for itself" if signs else f"recorded by {who(lead)}"


def statements_sentence(number: int) -> str:
    """How many statements there are, and what the report takes from them."""
    return (
        f"{how_many(number, 'statement')} of the parties {'is' if number == 1 else 'are'} on "
        "record. They are quoted as made. This report takes nothing in them as shown unless an "
        "exhibit shows it."
    )


def quotation_source(fact: facts.Stated, event: Event) -> str:
    """Whose words they are, and how they came on record."""
    signed = "signed by it" if event.actor == fact.party else f"recorded by {who(event.actor)}"
    if fact.submission:
        signed = f"signed by it, received by {who(event.actor)}"
    if before := stood_by_words(fact.stood_by):
        signed = f"{signed}, which {before}"
    return (
        f"{KINDS[fact.kind]} of {quoted(fact.party, NAME)}, {event_words(event)}, "
        f"{time_words(event.time)}, {signed}"
    )


def shown_words(digest: str, *, hidden: bool, unreadable: int | None, whole: bool) -> str:
    """How much of a statement is printed, and the digest of all of it.

    Args:
        digest: SHA-256 (hex) of its bytes.
        hidden: Whether it is confidential.
        unreadable: Size in bytes of what is no plain text; None for words.
        whole: Whether all of it is printed.
    """
    kept = f"SHA-256 {digest}"
    if hidden:
        return f"Confidential; not printed. {kept}"
    if unreadable is not None:
        return f"A file of {unreadable:,} bytes that is no plain text; not printed. {kept}"
    return kept if whole else f"Shortened; whole in {place('said')} or in the record. {kept}"


def planned_sentence(fixed: Event, found: Examination) -> str:
    """Who fixed the plan, when, and what it fixes."""
    return (
        f"The plan was fixed by {who(fixed.actor)} on {time_words(fixed.time)}, before this "
        f"examination. It names the exhibits, {how_many(len(found.plan.methods), 'method')}, "
        f"{_levels(found.conclusions)}, the seed ({found.plan.seed}) and "
        f"{how_many(len(found.controls), 'control')}. Its SHA-256 stands on the first page."
    )


def _levels(conclusions: Sequence[Conclusion]) -> str:
    """The level of the one question, or that of each."""
    levels = [figure(math.log(one.plan.level)) for one in conclusions]
    if len(levels) == 1:
        return f"the level ({levels[0]})"
    labels = [clean(one.kind.label) for one in conclusions]
    told = (f"{label} {level}" for label, level in zip(labels, levels, strict=True))
    return f"a level for each question ({', '.join(told)})"


def examined_sentence(event: Event, found: Examination) -> str:
    """Who examined, with what, and that no planned method is missing."""
    findings = sum(len(one.findings) for one in found.conclusions)
    absent = sum(len(one.absent) for one in found.conclusions)
    return (
        f"The examination was carried out by {who(event.actor)} on {time_words(event.time)} with "
        f"{event.tool}. Every planned method ends in a finding or in a stated reason why there is "
        f"none: {how_many(findings, 'finding')}, {absent:,} without."
    )


def power_reckoned(one: Conclusion) -> str:
    """What could have been found, as it was reckoned beforehand; empty if nothing is to be said."""
    said = power_sentence(one)
    return said and f"Reckoned from the exhibits and the controls. {said}"


def least_rank_sentence(reckoned: facts.Reckoned) -> str:
    """The least p that a place among that many controls can have."""
    return (
        f"With {how_many(reckoned.controls, 'control')} the least p that a place in a line-up can "
        f"have is {reckoned.least_rank_p:.2g}."
    )


def supported_caption() -> str:
    """Of the table of what the known pairs support."""
    return "The largest likelihood ratio that the known pairs support, fixed beforehand"


def amended_sentence(entry: Entry[facts.Planned], examinations: int) -> str:
    """Who amended the plan, when, after how many examinations, and why."""
    return (
        f"The plan was amended on {time_words(entry.event.time)}, after "
        f"{how_many(examinations, 'examination')}, by {who(entry.event.actor)}, who gave as the "
        f"reason: {said(entry.fact.because, 300)}. The plan then in force has the SHA-256 "
        f"{entry.fact.digest}."
    )


def reading_sentence() -> str:
    """What p says in the table of findings, and where the rest stands."""
    return (
        "p says how rare agreement at least as close would be if the two models were "
        f"unrelated. Each row is set out in {place('details')}, and layer by layer in "
        f"{place('layers')}."
    )


def strongest_caption(finding: Finding, one: Conclusion) -> str:
    """Of the strip of layers of the finding with the smallest p."""
    return f"{titled(one, finding)}. {strip_sentence(finding, one)}"

"""The sections that state facts, in sentences: who, what they say, the plan, what was observed."""

from collections.abc import Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.ledger.event import Event
from filiation.casefile.state import Entry
from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Absent, Finding
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_plain import level_words
from filiation.report.wording.expert_terms import (
    NAME,
    event_words,
    place,
    said,
    time_words,
    who,
)
from filiation.report.wording.expert_verdict import plainly
from filiation.report.wording.figures import clean, joined, percentage, quoted
from filiation.report.wording.methods import method_text, title_stem
from filiation.report.wording.parts import asked_share, is_open
from filiation.report.wording.parts_table import looked_for
from filiation.report.wording.received import stood_by_words
from filiation.report.wording.relation import direction_sentence, kind_sentence

__all__ = [
    "AT_BEST",
    "EVERY_FINDING",
    "FAMILY_HEADS",
    "FINDINGS",
    "NOT_AMENDED",
    "NO_FINDING",
    "NO_STATEMENT",
    "PARTIES",
    "amended_sentence",
    "examined_sentence",
    "family_words",
    "notes_sentence",
    "numbers_words",
    "parts_caption",
    "planned_sentence",
    "power_reckoned",
    "quotation_source",
    "reading_sentence",
    "related_plain",
    "shown_words",
    "signature_words",
    "statements_sentence",
    "unsigned_sentence",
    "untested",
    "without_finding",
]

KINDS: Final = {"claim": "Claim", "answer": "Answer", "submission": "Submission"}
PARTIES: Final = "Who takes part, as the record has it"
AT_BEST: Final = "What could have been shown at best"
NO_STATEMENT: Final = "No statement of a party is on record."
NOT_AMENDED: Final = "The plan was not amended."
NO_FINDING: Final = "There is no finding."
FINDINGS: Final = "What was found, test by test"
EVERY_FINDING: Final = "Every finding, in the order of the plan, with all digits"
FAMILY_HEADS: Final = (
    "test, and what it asks",
    "findings",
    "how rare by chance",
    "best it can say",
)


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
        f"{_levels(found.conclusions)}, and {how_many(len(found.controls), 'control')} that serve "
        "for comparison. Its digest stands on the first page."
    )


def _levels(conclusions: Sequence[Conclusion]) -> str:
    """The level of the one question, or that of each."""
    levels = [level_words(one.plan.level) for one in conclusions]
    if len(levels) == 1:
        return f"that agreement counts only if it is rarer than {levels[0]}"
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
    share = one.power.share
    if one.parts or share is None or one.kind.no_evidence:
        return ""
    return (
        f"A copy of only {percentage(share)} of the parts of the source, each of them much "
        "changed, would still have been noticed in 95 of 100 cases, if it was not disguised. How "
        f"that was found stands in {place('details')}."
    )


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
        "The table says how often two models that have nothing to do with each other would agree "
        "at least this closely. In the last column \u201cyes\u201d says that the test could not "
        "have said more, however close the two had been. Each finding is set out in "
        f"{place('details')}, and layer by layer in {place('layers')}."
    )


def family_words(one: Conclusion, finding: Finding) -> str:
    """A test without what tells its variants apart, what it asks, and whether it counts."""
    asks = method_text(one, finding.method).question
    aside = "" if finding.counts else " (does not count)"
    return f"{title_stem(one, finding)}{aside}{f': {asks}' if asks else ''}"


def numbers_words(numbers: Sequence[int]) -> str:
    """Numbers of findings: F1, or F1 to F4 where they follow each other."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return ", ".join(f"F{r[0]}" if len(r) == 1 else f"F{r[0]} to F{r[-1]}" for r in runs)


def related_plain(one: Conclusion) -> str:
    """What kind of relation, and which way, without the evidence, which stands in the annex."""
    return plainly(joined((kind_sentence(one), direction_sentence(one))))


def parts_caption(one: Conclusion) -> str:
    """What the picture of parts and forms shows."""
    asked = asked_share(one)
    cells = looked_for(one)
    left = sum(is_open(part, one) for part in cells)
    if not cells:
        return f"Part by part: what was found. The numbers behind it stand in {place('details')}."
    hatched = (
        f"In {left} of {len(cells)} squares, those that are hatched, a copy of {asked} of the part "
        "could have been missed."
        if left
        else f"In every square ({len(cells)} in all) a copy of {asked} of the part would have been "
        "seen."
    )
    return (
        "Side by side: the parts of a model. Below each other: what may have been done to a copy "
        f"to hide it. {hatched} The numbers behind it stand in {place('details')}."
    )


def untested(one: Conclusion, absent: Absent) -> str:
    """A planned test that gave nothing, by name."""
    return method_text(one, absent.method).title.partition(", ")[0]


def without_finding(names: Sequence[str]) -> str:
    """Which planned tests gave nothing, and that this speaks for nobody."""
    told = "; ".join(dict.fromkeys(names))
    return (
        f"{how_many(len(names), 'planned test')} gave no finding, in whole or in one of its "
        f"variants: {told}. The reasons stand there. This speaks for neither proposition."
    )


def notes_sentence(number: int) -> str:
    """How many notes the examination left, and where they are printed."""
    return (
        f"The examination left {how_many(number, 'note')} on how exhibits were read and what was "
        "left out. Those that weaken the answer are said beside it; all are printed there."
    )

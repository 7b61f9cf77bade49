"""The annexes of an expert report in sentences: findings in detail, rates, record, literature."""

from collections.abc import Sequence
from typing import Final

from filiation.casefile import facts
from filiation.casefile.state import Entry, State
from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.model.validation import RegimeFigures, Validation
from filiation.report.wording.expert_terms import event_words, place
from filiation.report.wording.figures import as_sentence, clean, quoted
from filiation.report.wording.findings import (
    assumption_sentence,
    kind_words,
    observed_sentence,
    rarity_sentence,
)
from filiation.report.wording.methods import method_text, titled

__all__ = [
    "AS_COMPUTED",
    "NOT_LAYERED",
    "NO_STUDY",
    "RATIOS_CAPTION",
    "REGIMES",
    "SIDE_BY_SIDE",
    "alarms_caption",
    "detections_caption",
    "finding_rows",
    "finding_title",
    "layers_caption",
    "more_events_sentence",
    "more_layers_sentence",
    "rarity_words",
    "record_sentence",
    "relied_on",
    "scale_sentence",
    "statistic_sentence",
    "study_sentence",
]

AS_COMPUTED: Final = (
    "p is as computed, already multiplied by the number of candidates. z is the statistic in "
    "standard deviations of its null, for display only."
)
NOT_LAYERED: Final = "No finding is by layers."
NO_STUDY: Final = "No validation report was given."
SIDE_BY_SIDE: Final = "What weighs most, side by side"
REGIMES: Final = "Regimes; they are never pooled"
RATIOS_CAPTION: Final = (
    "Likelihood ratios: the most the known pairs support. In brackets: independent models, and "
    "families. Misleading: unrelated pairs, related pairs."
)
SKIPPED: Final = 1500  # characters of what a finding left out


def finding_title(n: int, finding: Finding, one: Conclusion) -> str:
    """A finding's number and its method."""
    return f"F{n} {titled(one, finding)}"


def statistic_sentence(finding: Finding, one: Conclusion) -> str:
    """What was counted or measured."""
    return f"Statistic: {observed_sentence(finding, one)}"


def rarity_words(finding: Finding, one: Conclusion) -> str:
    """How rare it would be, and on what assumption."""
    return f"{rarity_sentence(finding, one)} {assumption_sentence(finding)}"


def finding_rows(
    finding: Finding, one: Conclusion, explained: int | None
) -> Sequence[tuple[str, str]]:
    """How a finding was made, named part by part.

    Args:
        finding: The finding.
        one: The conclusion that it belongs to.
        explained: Number of the finding that has the same explanation already; None if none has.
    """
    about = method_text(one, finding.method)
    how = f"As in F{explained}." if explained else about.explanation
    skipped = " ".join(as_sentence(reason) for reason in finding.skipped)
    rows = (
        ("how it works", how),
        ("the frame", about.frame_explanation),
        ("the null", as_sentence(kind_words(finding.null.kind))),
        ("reckoned", as_sentence(finding.combination)),
        ("what escapes it", f"{about.defeats} {about.frame_defeats}".strip()),
        ("left out", skipped[:SKIPPED]),
        ("method id", quoted(finding.method, 300)),
    )
    return tuple((name, words) for name, words in rows if words)


def layers_caption(title: str, common: str) -> str:
    """Of a finding's layers; `common` are the matrices that each of them compares, or empty."""
    return f"{title} ({common})" if common else title


def more_layers_sentence(left: int) -> str:
    """Where the layers stand that are not printed."""
    return f"{left:,} more layers stand in report.json."


def scale_sentence(*, used: bool) -> str:
    """How to read the verbal scale; `used` if the report gives a likelihood ratio."""
    read = (
        "The number comes first; the words are its label. For ratios below 1 the propositions "
        "change places. A likelihood ratio is not the probability of a proposition: what it does "
        "to such a probability depends on everything else that is known."
    )
    return f"{read}{'' if used else ' No likelihood ratio is given in this report.'}"


def _study(found: Validation) -> str:
    return f"{quoted(found.population)}, {clean(found.date)}"


def study_sentence(found: Validation, digest: str) -> str:
    """The population of the study, and its digests."""
    return (
        f"Population {_study(found)}: {found.models:,} models, {found.originals:,} of them trained "
        f"from an initialisation of their own, {found.pairs:,} pairs. Digest of the population "
        f"{found.digest}; of the criteria {found.criteria_digest}; of the report "
        f"{digest}. Made with {clean(found.tool)}, seed {found.seed}. "
        f"{as_sentence(found.left_out)}"
    )


def detections_caption(found: Validation) -> str:
    """Of children found, by what was done to them."""
    return f"Found at {found.level:g} by all methods together; population {_study(found)}"


def alarms_caption(found: Validation, regime: RegimeFigures) -> str:
    """Of the false alarms of a regime, by method."""
    return f"False alarms, {clean(regime.regime)}; population {_study(found)}"


def record_sentence(state: State, root: str, examination: Entry[facts.Examined]) -> str:
    """Head of the record, and which examination the report is of."""
    return (
        f"Case {state.events[0].case}, {len(state.events):,} events, root of the log "
        f"{root}. Examination: {event_words(examination.event)}, SHA-256 "
        f"{examination.event.written('examination')}."
    )


def more_events_sentence(left: int) -> str:
    """How many events of a long record are not printed."""
    return f"{left:,} events in the middle are left out here."


def relied_on(validation_digest: str) -> Sequence[tuple[str, str]]:
    """Material that is no literature; the digest is empty if there is no validation report."""
    rows = [("the exhibits", place("custody")), ("the record of the case", place("record"))]
    if validation_digest:
        rows.append(("error rates", f"validation report, SHA-256 {validation_digest}"))
    return rows

"""The validation report in sentences: what was studied, what the figures mean, what they do not."""

from collections.abc import Iterator
from typing import Final

from filiation.model.validation import LikelihoodFigures, RegimeFigures, Validation

__all__ = [
    "ALARMS",
    "AT_OR_ABOVE",
    "BOUNDS",
    "BY_METHOD",
    "CANNOT_SHOW",
    "CROSS_ENTROPY",
    "CURVES",
    "DET",
    "DETECTIONS",
    "KIN",
    "LIKELIHOODS",
    "NULLS",
    "POWER",
    "POWER_CAPTION",
    "READING",
    "ROC",
    "SAID_ALIKE",
    "SHARED",
    "TIPPETT",
    "UNIFORM",
    "VERDICTS",
    "answers_sentence",
    "detections_sentence",
    "drawn_sentence",
    "left_out_sentence",
    "method_name",
    "not_examined_sentence",
    "nulls_caption",
    "planted_sentence",
    "pooling_sentence",
    "population_sentence",
    "reliability_caption",
    "short_sentences",
    "title",
    "verdicts_sentence",
]

VERDICTS: Final = "Acceptance criteria, fixed before the study"
ALARMS: Final = "How often are models without shared weights taken for relatives?"
NULLS: Final = "Are the p-values what they say?"
DETECTIONS: Final = "What is found?"
SAID_ALIKE: Final = "What do recorded answers show?"
KIN: Final = "Other kinds of kinship"
CURVES: Final = "Children against unrelated pairs"
POWER: Final = "How little is enough?"
READING: Final = "What this study cannot show"

BOUNDS: Final = (
    "Pairs whose combined p meets the level, and the one-sided 95% upper bound of the rate. Pairs "
    "share models: a bound from all of them takes for independent what is not, and is too small. "
    "The last columns hold only pairs of which no two have a family of models in common, chosen "
    "before any p was known; their bound stands on independent pairs, and is the one to quote."
)
BY_METHOD: Final = (
    "A pair to which no method applies has no p, and is not counted among those that could have "
    "met the level. Every method by itself: share of pairs with p at or below 1% and 5%, with "
    "the bound from independent pairs."
)
UNIFORM: Final = (
    "Under the null a p-value may be larger than uniform, never smaller. D+ is the largest excess "
    "of the share of p-values at or below x over x (one-sided Kolmogorov-Smirnov): that direction "
    "would make false alarms. Its p over all pairs takes them for independent and is a guide; over "
    "independent pairs it is a test. D- is the excess the other way, which is allowed and costs "
    "power: counts are discrete, and each layer's p is multiplied by the number of its candidates."
)
SHARED: Final = (
    "What is found here shares initial or trained weights; the p-values do not say which. A "
    "relation is typed \u201cshared-initialisation\u201d where either model keeps no more of the "
    "other than two trainings from one initialisation leave "
    "(docs/methods/shared-initialisation.md)."
)
ROC: Final = "ROC of the combined p: children against the unrelated pairs of each regime."
DET: Final = "The same as detection error trade-off, on normal deviates."
POWER_CAPTION: Final = "Power on independent models, by what is left of each inherited unit."
LIKELIHOODS: Final = (
    "For every pair the ratio that a case would be given: learnt without any family that the pair "
    "touches, and bounded by what the population supports. Related pairs against the unrelated "
    "ones of one regime. Cllr is a cost in bits: 0 is perfect, 1 says nothing; Cllr = Cllr_min "
    "(what the order of the values costs) + Cllr_cal (what their calibration costs). devPAV is the "
    "mean distance from calibrated ratios in factors of ten; \u201c-\u201d where the two kinds do "
    "not overlap. Misleading are related pairs below 1 and unrelated above."
)
AT_OR_ABOVE: Final = "share of pairs at or above"
TIPPETT: Final = "Tippett plot: the ends left and right of 0 that cross it are misleading."
CROSS_ENTROPY: Final = "Empirical cross entropy: above the dots the ratios would do harm."
CANNOT_SHOW: Final = (
    "These are small models, trained for this study on one machine. The exact methods rest on an "
    "assumption about training (units are treated alike) that does not depend on size, and that is "
    "what the regimes test; figures of detection, and likelihood ratios, need not carry over to "
    "models of another size or recipe. Zero alarms show a rate below the bound beside them, and no "
    "more."
)


def method_name(method: str) -> str:
    """A method's id without its constants, for a table: the name, the frame, and of which part."""
    name, _, rest = method.partition("/")
    told = [part.partition("=") for part in rest.split(";")]
    parts = [value for key, _, value in told if key in ("frame", "of")]
    together = {"combined": "all together", "recorded answers": "answers together"}
    return ", ".join([together.get(name, name), *parts])


def title(found: Validation) -> str:
    """What the report is called."""
    return f"Validation on the population \u201c{found.population}\u201d"


def population_sentence(found: Validation) -> str:
    """How many models and pairs, examined how, by what, when."""
    return (
        f"{found.models} models of known ancestry, {found.originals} of them trained from an "
        f"initialisation of their own that no other shares; {found.pairs:,} pairs, each examined "
        f"by {len(found.methods)} methods, the ancestor (or else the model of the smaller digest) "
        f"in the source's place. {found.tool}, {found.date}, seed {found.seed}. Digest of "
        f"the population {found.digest[:16]}, of the criteria {found.criteria_digest[:16]}."
    )


def left_out_sentence(found: Validation) -> str:
    """What was left out of the study."""
    return f"Left out: {found.left_out.rstrip('.')}."


def pooling_sentence(found: Validation) -> str:
    """That figures stand for each regime apart, and what the combined p is."""
    return (
        "Figures are given for each regime apart and never pooled. \u201cCombined\u201d is the p "
        "of all methods together, as a case reports it; support for derivation needs "
        f"{found.level:g}."
    )


def verdicts_sentence(found: Validation) -> str:
    """How many criteria passed, failed, or had nothing to judge."""
    passed = sum(v.passed is True for v in found.verdicts)
    idle = sum(v.passed is None for v in found.verdicts)
    failed = f" Failed: {', '.join(found.failed)}." if found.failed else ""
    return (
        f"{passed} passed, {len(found.failed)} failed, {idle} had nothing to judge in this "
        f"population.{failed}"
    )


def nulls_caption(regime: RegimeFigures) -> str:
    """How to read the curves of a regime's p-values."""
    return (
        f"{regime.regime}: p-values of {regime.pairs:,} pairs. Below the dots p is larger than it "
        "need be, above them smaller than it may be."
    )


def detections_sentence(found: Validation) -> str:
    """What counts as found, and for what."""
    return (
        f"Children against their parents, at p of {found.level:g} for weights and "
        f"{found.outputs_level:g} for recorded answers, with the 95% interval of "
        "Clopper and Pearson; and as what the relation was typed. A pair to which no method "
        "applies counts as not found. A student has no weights of its teacher: by weights, none "
        "is the right number."
    )


def answers_sentence(found: Validation) -> str:
    """How pairs of recorded answers were compared, and what makes answers alike."""
    return (
        f"Pairs at p of {found.outputs_level:g}, of those that have a p, beside models of "
        "other families as controls. Copies that compute the same say the same; training parts the "
        "answers of parent and child, and teaching draws those of strangers together. Models that "
        "share the text they learned from and nothing else stand in the first row."
    )


def planted_sentence(found: Validation) -> str:
    """What was planted where, and what it shows."""
    return (
        "Units of one real model were planted in an independent one of the same shape and "
        f"data, damaged to a stated cosine, in {found.planted[0].trials} pairs; pairs found at the "
        "plan's level by all methods together, with the 95% interval of Clopper and Pearson. This "
        "is of copies as they were stored; of a disguised copy it says nothing."
    )


def drawn_sentence(best: LikelihoodFigures) -> str:
    """Which method's curves are drawn."""
    return (
        f"Drawn for {method_name(best.method)}, the method of least Cllr against pairs of the "
        f"regime \u201c{best.regime}\u201d; report.json has the curves of all."
    )


def reliability_caption(best: LikelihoodFigures) -> str:
    """What was stated and what was found, bin by bin."""
    bins = "; ".join(
        f"stated {b.stated:.2f}, found {b.found:.2f} ({b.pairs:,} pairs)" for b in best.reliability
    )
    return f"Reliability at even prior odds, in bins of a tenth: {bins}."


def short_sentences(found: Validation) -> Iterator[str]:
    """In a few lines: on how many pairs, how often it erred either way, within which bounds."""
    yield f"In short: {found.models} models, {found.pairs:,} pairs, level {found.level:g}."
    for regime in found.regimes:
        if regime.innocent:
            alarm = regime.alarms[0]
            yield (
                f"Strangers taken for relatives ({regime.regime}): {alarm.found:,} of {alarm.of:,} "
                f"pairs; by {alarm.disjoint:,} independent pairs the rate is below "
                f"{100 * alarm.bound_disjoint:.2g} % (95 %)."
            )
    children = [one for one in found.detections if one.method == "combined"]
    for one in children:
        yield (
            f"Relatives found ({one.operation}): {one.found} of {one.of}, a share of "
            f"{one.low:.2f} to {one.high:.2f} (95 %)."
        )


def not_examined_sentence(found: Validation) -> str:
    """Which methods the study has nothing on."""
    names = ", ".join(dict.fromkeys(method_name(method) for method in found.not_examined))
    return (
        f"Not examined on this population: {names}. They read answers that were not asked for "
        "here, or never count; docs/validation/outputs.md has them on public models' answers."
    )

"""The answer of an expert report in two lines, and its weight as a judge would write it."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.model.ratio import Ratio
from filiation.report.wording.conclusion import (
    escapes,
    limits,
    support_because,
    support_words,
    weakened_sentences,
)
from filiation.report.wording.counting import how_many
from filiation.report.wording.expert_plain import chance, comparisons, level_words
from filiation.report.wording.expert_terms import place
from filiation.report.wording.figures import joined
from filiation.report.wording.findings import layers_met
from filiation.report.wording.headline import calibrated_on, headline_parts, supported
from filiation.report.wording.methods import title_stem
from filiation.report.wording.ratios import foreign_sentence, most_words, ratio_side
from filiation.report.wording.relation import told_apart

__all__ = [
    "COPIER",
    "deciding_caption",
    "in_digits",
    "plain_limits",
    "ratios_aside",
    "rests_on",
    "spread_plain",
    "support_plain",
    "verdict_lines",
    "weight_words",
]

BEYOND: Final = (
    "The computed number is smaller still. It is not relied on: at this size an error in an "
    "assumption is likelier than chance."
)
PLAINER: Final = (
    (
        "a shared initialisation from shared training",
        "whether both merely began from one starting file or one was trained on from the other",
    ),
    ("shared initial or trained weights", "weights in common, from the start or by training"),
    (", and measures them again with `filiation validate`", ", and measures them again"),
    ("as by fine-tuning", "as by further training"),
    ("A calibrated p is", "A rarity that was read off controls is"),
    ("hold the same tensors, bit for bit", "hold the same numbers, to the last digit"),
    ("absence of shared error", "that they share no mistakes"),
)
ASIDE: Final = re.compile(r" \(cosine [\d.]+\)")
NO_PROBABILITY: Final = (
    "It gives no probability for either proposition. That needs everything else that is known in "
    "the case. Several findings on the same two models are not multiplied with each other."
)
COPIER: Final = (
    "Whoever knows the tests can try to escape them, for instance by putting the parts of a copy "
    "in another order or by training a new model on answers only. What would escape each test "
    "stands with it."
)


def _is_told(one: Conclusion) -> bool:
    """Whether the answer is a rarity, and not that two files are the same or that nothing is."""
    return (
        one.support.toward == "derivation"
        and one.relation.kind != "identical"
        and one.combined.log_p is not None
    )


def verdict_lines(one: Conclusion) -> tuple[str, ...]:
    """The answer; how rare by chance, or what it leaves open; what it does not say."""
    first, *rest = headline_parts(one)
    if _is_told(one):
        first = f"The findings support {supported(one)}."
        rest = [rarity_words(one), *rest]
    rest = [words for words in rest if words != foreign_sentence(one)]
    told = told_apart(one.kind.shown, one.relation) if one.support.toward == "derivation" else ""
    return tuple(plainly(line) for line in (first, joined(rest), told) if line)


def rarity_words(one: Conclusion) -> str:
    """How often models that have nothing to do with each other would agree as closely."""
    log_p = one.combined.log_p
    if log_p is None:
        return ""
    return (
        "If the two had nothing to do with each other, agreement at least this close would be met "
        f"in {comparisons(log_p, one.plan.assumption_floor)}{calibrated_on(one)}."
    )


def weight_words(one: Conclusion) -> str:
    """Why the findings support what they support, without the digits; they stand in annex D."""
    if not _is_told(one):
        return joined((rarity_words(one), _level(one)))
    log_p, floor = one.combined.log_p, one.plan.assumption_floor
    beyond = BEYOND if log_p is not None and log_p < math.log(floor) - 1e-9 else ""
    weakened = tuple(weakened_sentences(one))
    return joined((rarity_words(one), beyond, _level(one), *weakened))


def _level(one: Conclusion) -> str:
    p, level = one.combined.log_p, one.plan.level
    if p is None:
        return ""
    met = "meets" if p <= math.log(level) else "does not meet"
    return (
        f"This {met} the level that was fixed before any comparison: rarer than "
        f"{level_words(level)}."
    )


def support_plain(one: Conclusion) -> str:
    """Which proposition is supported, in one sentence that stands alone."""
    return plainly(support_words(one))


def in_digits(one: Conclusion) -> str:
    """The same with every digit, as the examination computed it."""
    return f"{support_words(one)} {support_because(one)}"


def ratios_aside(one: Conclusion, ratios: Sequence[Ratio]) -> str:
    """Which way the ratios point, and that what bounds them is the number of known models."""
    sides = [ratio_side(ratio) for ratio in ratios]
    counted = (
        f"for derivation speak {sides.count('derivation'):,}, for independence "
        f"{sides.count('independence'):,}, for neither {sides.count(''):,}"
    )
    most = most_words(one)
    return (
        f"For {how_many(len(ratios), 'finding')} it can also be said how many times better the "
        f"finding fits derivation than independence: {counted}. Such a ratio is learnt from models "
        "whose history is known, and it cannot be larger than their number allows"
        f"{f': at most {most} here' if most else ''}. It is bounded by how many models are known, "
        "and not by what was found; so it is no second and weaker answer beside the first."
        f"{_whose(one)} The ratios stand in {place('scale')}."
    )


def _whose(one: Conclusion) -> str:
    """Whose the known models are, where they are not the program's own."""
    planned = one.population
    if planned is None or planned.origin == "released":
        return ""
    if planned.origin == "named":
        return " These models were named by the examiner and do not come with the program."
    return " These models are the controls, whose families were declared."


def deciding_caption(finding: Finding, one: Conclusion) -> str:
    """What the picture of the strongest finding shows, in words for a reader of no other page."""
    met = layers_met(finding, one)
    return (
        f"{title_stem(one, finding)}, layer by layer. Each bar is one layer of the source. The "
        "higher it is, the rarer agreement that close would be between models that have nothing to "
        f"do with each other. {met:,} of {how_many(len(finding.layers), 'layer')} alone reach the "
        f"dashed line, the level fixed beforehand ({level_words(one.plan.level)}). In the band at "
        f"the top it is {chance(-math.inf, one.plan.assumption_floor)}, and height says no more."
    )


def spread_plain(one: Conclusion, findings: Sequence[Finding]) -> str:
    """The rarest and the least rare of the findings that count, and what stands without one."""
    order, floor = sorted(findings, key=lambda f: f.log_p), one.plan.assumption_floor

    def words(finding: Finding) -> str:
        return f"{comparisons(finding.log_p, floor)} ({title_stem(one, finding)})"

    if len(order) == 1:
        return f"One finding counts, met by chance in {words(order[0])}. Nothing stands without it."
    return (
        f"{len(order)} findings count. By chance the rarest is met in {words(order[0])}, the least "
        f"rare in {words(order[-1])}. Without the rarest, the next is {words(order[1])}."
    )


def rests_on() -> str:
    """What every rarity rests on, and where an opponent finds it."""
    return (
        "How rare a finding is by chance follows from an assumption on how unrelated models come "
        f"about. It stands with each finding in {place('details')}, and an opposing expert will "
        "look there first. Whoever holds an assumption to be false gives the findings that rest on "
        "it no weight; the others stand."
    )


def plain_limits(one: Conclusion) -> Iterator[str]:
    """What the examination cannot show; what would escape single tests stands with them."""
    aside = escapes(one)
    yield NO_PROBABILITY
    for limit in limits(one):
        if limit not in aside and "likelihood ratio" not in limit:
            yield plainly(limit)


def plainly(text: str) -> str:
    """Words that a kind brings for every reader, as they are said to a judge."""
    for found, said in PLAINER:
        text = text.replace(found, said)
    return ASIDE.sub("", text)

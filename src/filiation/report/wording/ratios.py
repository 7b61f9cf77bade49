"""Likelihood ratios in words: of the findings, given each proposition, and never the other way.

The number comes first, rounded toward 1, and the words of a printed scale second. Support for
independence is worded as support for derivation is, with the propositions changed over.
"""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, final

from filiation.model.examination import Conclusion
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.report.wording.figures import clause, clean, joined, quoted
from filiation.report.wording.methods import Worded, title_by_id

__all__ = [
    "BEFOREHAND",
    "Band",
    "Scale",
    "bound_sentence",
    "foreign_limit",
    "foreign_sentence",
    "has_ratios",
    "interval_words",
    "most_words",
    "population_sentence",
    "ratio_brief",
    "ratio_line",
    "ratio_of",
    "ratio_sentence",
    "ratio_side",
    "regimes_sentence",
    "scale",
    "scale_rows",
    "scale_sentence",
    "strength_brief",
    "strength_rows",
    "strength_sentence",
    "unsupported",
    "verbal",
]

FILE: Final = Path(__file__).parent.parent / "scales" / "enfsi-2015.toml"
BEFOREHAND: Final = (
    "Before the comparison: the largest likelihood ratios that known pairs could support"
)
ROUNDING: Final = 1e-4  # relative: log10 LRs carry six digits
DERIVATION: Final = "proposition 1 (derivation)"
INDEPENDENCE: Final = "proposition 2 (independence)"
BITS: Final = {
    "sources": "the number of independent sources",
    "expected-utility": "misleading ratios among known pairs (expected utility)",
    "alternatives": "how often relatives are missed (always, in a disguise that the pairs lack)",
}
KNOWN_FORMS: Final = (
    "It speaks of relatives in the forms that the known pairs have; a copy in another form, such "
    "as a disguise that none of them has, may have been missed."
)
NAME_LENGTH: Final = 60
REGIME_LENGTH: Final = 60


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Ratios from `least` up to the next band's."""

    least: float
    words: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A table of verbal equivalents, and whose it is."""

    edition: str
    bands: tuple[Band, ...]


@cache
def scale() -> Scale:
    """The scale every report uses and prints."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    bands = tuple(Band(least=float(b["from"]), words=b["words"]) for b in found["band"])
    return Scale(edition=found["edition"], bands=bands)


def has_ratios(conclusion: Conclusion) -> bool:
    """Whether likelihood ratios were asked of a population, even if none could be given."""
    return conclusion.population is not None and bool(conclusion.ratios)


def scale_sentence(conclusion: Conclusion) -> str:
    """Whose words they are, and what "at least" means, once for all ratios."""
    bounded = any(isinstance(r, Ratio) and r.bounded == "above" for r in conclusion.ratios)
    return joined(
        (
            f"Words: {scale().edition}; the table is in the report.",
            "\u201cAt least\u201d: the known pairs support no ratio further from 1."
            if bounded
            else "",
        )
    )


def ratio_of(conclusion: Conclusion, method: str) -> Ratio | NoRatio | None:
    """The ratio of a method's finding, or why it has none; None in a case that asked for none."""
    return next((ratio for ratio in conclusion.ratios if ratio.method == method), None)


def verbal(log10_lr: float) -> str:
    """The words of the scale for the ratio as it is printed."""
    shown = _shown(log10_lr)
    return next(band.words for band in reversed(scale().bands) if band.least <= shown)


def scale_rows() -> tuple[tuple[str, str], ...]:
    """The whole scale, band by band."""
    bands = scale().bands
    ends = [f"{band.least:,.0f}" for band in bands]
    return tuple(
        (f"{low} to {high}" if high else f"{low} or more", band.words)
        for low, high, band in zip(ends, [*ends[1:], ""], bands, strict=True)
    )


def ratio_sentence(ratio: Ratio | NoRatio) -> str:
    """How many times more probable the finding is under one proposition than under the other."""
    if isinstance(ratio, NoRatio):
        return f"No likelihood ratio: {clause(ratio.reason)}"
    held, other = _sides(ratio)
    least, words = _least(ratio), verbal(ratio.log10_lr)
    support = (
        f"In the words of the scale: {words}."
        if words.startswith("no ")
        else f"In the words of the scale: {least}{words} for {held} rather than {other}."
    )
    return joined(
        (
            f"Likelihood ratio: the finding is {_times(ratio)} (95% interval over resampled "
            f"families: {interval_words(ratio)}).",
            support,
            _because(ratio),
        )
    )


def ratio_line(ratio: Ratio | NoRatio) -> str:
    """The same for a terminal, where the scale and the bound are explained once."""
    if isinstance(ratio, NoRatio):
        return f"no likelihood ratio: {clean(ratio.reason).rstrip('.')}."
    return (
        f"{_times(ratio)} (95%: {interval_words(ratio)}); {_least(ratio)}{verbal(ratio.log10_lr)}."
    )


def _times(ratio: Ratio) -> str:
    if _shown(ratio.log10_lr) <= 1.0:
        return f"about as probable if {DERIVATION} holds as if {INDEPENDENCE} does"
    held, other = _sides(ratio)
    number = _number(ratio.log10_lr)
    return f"{_least(ratio)}{number} times more probable if {held} holds than if {other} does"


def _sides(ratio: Ratio) -> tuple[str, str]:
    toward = ratio.log10_lr >= 0.0
    return (DERIVATION, INDEPENDENCE) if toward else (INDEPENDENCE, DERIVATION)


def _least(ratio: Ratio) -> str:
    """Never for independence: a copy in a form that no known pair has would be missed."""
    bound = ratio.bounded == "above" and _shown(ratio.log10_lr) > 1.0
    return "at least " if bound else ""


def ratio_brief(ratio: Ratio | NoRatio | None) -> str:
    """The same for a table's cell: the ratio for proposition 1, or what it is inverted."""
    if not isinstance(ratio, Ratio):
        return "none"
    side = ratio_side(ratio)
    return f"{_least(ratio)}{_number(ratio.log10_lr)} for {side}" if side else "about 1"


def ratio_side(ratio: Ratio) -> str:
    """Which proposition a ratio speaks for, as it is printed; empty for about 1."""
    if _shown(ratio.log10_lr) <= 1.0:
        return ""
    return "derivation" if ratio.log10_lr > 0.0 else "independence"


def most_words(conclusion: Conclusion) -> str:
    """The most that the known pairs support for derivation under any method; empty if nothing."""
    high = [one.high for one in conclusion.strengths if isinstance(one, Strength)]
    return _number(max(high)) if high and _shown(max(high)) > 1.0 else ""


def population_sentence(conclusion: Conclusion) -> str:
    """Where the ratios come from; or, if there are none, why."""
    planned = conclusion.population
    if planned is None:
        reasons = {one.reason for one in conclusion.strengths if isinstance(one, NoRatio)}
        return joined(tuple(f"There is no likelihood ratio: {clause(r)}" for r in sorted(reasons)))
    made = f", made on {clean(planned.date)}" if planned.date else ""
    how = {
        "named": "named by the examiner",
        "released": "shipped with this version",
        "controls": "the controls compared with each other, their declared families telling who is "
        "related",
    }[planned.origin]
    return (
        f"Likelihood ratios come from the population {quoted(planned.name, NAME_LENGTH)} "
        f"({how}{made}; SHA-256 {clean(planned.digest)}), fixed in the plan. Whatever "
        "is of a family with the subject or the source is left out of it. They hold as far as its "
        "models are such as could have been examined here: a relative whose units were put in "
        "another order, say, is judged rightly only if there are such relatives in it."
    )


def foreign_sentence(conclusion: Conclusion) -> str:
    """Whose the known pairs are, if ratios come from pairs that are not this program's own."""
    planned = conclusion.population
    if planned is None or not any(isinstance(one, Ratio) for one in conclusion.ratios):
        return ""
    digest = f"SHA-256 {clean(planned.digest)[:16]}\u2026"
    return {
        "named": "Its likelihood ratios come from known pairs that the examiner named, not from "
        f"this program's own ({digest}).",
        "controls": "Its likelihood ratios come from the controls, whose families were declared "
        f"({digest}).",
        "released": "",
    }[planned.origin]


def foreign_limit(conclusion: Conclusion) -> str:
    """What whoever made the known pairs could have done to the ratios; empty if nobody could."""
    if not foreign_sentence(conclusion):
        return ""
    return (
        "Whoever made the known pairs chose their models and said which are relatives, and could "
        "have made them for this case. The program refuses what contradicts itself and cannot know "
        "the rest: who doubts the ratios asks for the models, and measures them again with "
        "`filiation validate`."
    )


def strength_sentence(worded: Worded, strength: Strength | NoRatio) -> str:
    """The best that could be said, before anything was compared."""
    title = title_by_id(worded, strength.method)
    if isinstance(strength, NoRatio):
        return f"{title}: no likelihood ratio: {clean(strength.reason).rstrip('.')}."
    high, low = _most(strength.high), _most(strength.low)
    return (
        f"{title}: at most {high} for derivation and {low} for independence, bounded by "
        f"{_bit(strength)}."
    )


def strength_rows(conclusion: Conclusion) -> tuple[tuple[str, ...], ...]:
    """Method, most for derivation and for independence, pairs with families, Cllr, misleading."""
    return tuple(
        (
            *strength_brief(conclusion, one),
            f"{one.unrelated_pairs:,} ({one.independent:,})",
            f"{one.related_pairs:,} ({one.families:,})",
            f"{one.cllr:.2f}",
            f"{one.misleading_unrelated:,}, {one.misleading_related:,}",
        )
        for one in conclusion.strengths
        if isinstance(one, Strength)
    )


def unsupported(conclusion: Conclusion) -> tuple[str, ...]:
    """The methods that the known pairs support no ratio for, and why."""
    return tuple(
        strength_sentence(conclusion, one)
        for one in conclusion.strengths
        if isinstance(one, NoRatio)
    )


def _most(log10_lr: float) -> str:
    return _number(log10_lr) if _shown(log10_lr) > 1.0 else "none"


def regimes_sentence(conclusion: Conclusion) -> str:
    """What the known pairs have in common by design: under the method that most pairs have."""
    known = [one for one in conclusion.strengths if isinstance(one, Strength)]
    if not known:
        return ""
    most = max(known, key=lambda one: one.related_pairs + one.unrelated_pairs)
    return (
        f"The known pairs under the method {title_by_id(conclusion, most.method)}. Related: "
        f"{_listed(most.related_regimes)}. Unrelated: {_listed(most.unrelated_regimes)}. Other "
        "methods were absent for some of them; report.json counts each."
    )


def bound_sentence(strengths: Sequence[Strength | NoRatio]) -> str:
    """What bounds the ratios, each reckoning once."""
    bits = {
        bit for one in strengths if isinstance(one, Strength) for bit in (one.high_by, one.low_by)
    }
    return f"Bounded by {' or '.join(BITS[bit] for bit in BITS if bit in bits)}." if bits else ""


def strength_brief(worded: Worded, strength: Strength) -> tuple[str, str, str]:
    """Method, most for derivation, most for independence."""
    title = title_by_id(worded, strength.method)
    return title, _most(strength.high), _most(strength.low)


def _listed(regimes: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{clean(regime)[:REGIME_LENGTH]} ({pairs:,})" for regime, pairs in regimes)


def _bit(strength: Strength) -> str:
    high, low = BITS[strength.high_by], BITS[strength.low_by]
    return high if high == low else f"{high} above, {low} below"


def _because(ratio: Ratio) -> str:
    against = KNOWN_FORMS if ratio.log10_lr < 0.0 and _shown(ratio.log10_lr) > 1.0 else ""
    if ratio.bounded == "no" or against:
        return against
    by = ratio.strength.high_by if ratio.bounded == "above" else ratio.strength.low_by
    return (
        f"\u201cAt least\u201d: these known pairs support no ratio further from 1, whatever was "
        f"found; what bounds it is {BITS[by]}."
    )


def interval_words(ratio: Ratio) -> str:
    """The interval of a ratio, both ends as ratios for proposition 1."""
    return f"{_end(ratio.low)} to {_end(ratio.high)}"


def _end(log10_lr: float) -> str:
    """An end of an interval as a ratio for proposition 1."""
    if _shown(log10_lr) <= 1.0:
        return "1"
    return _number(log10_lr) if log10_lr > 0.0 else f"1/{_number(log10_lr)}"


def _shown(log10_lr: float) -> float:
    """The ratio's distance from 1 as it is printed: one digit, two below ten, toward 1."""
    factor = math.pow(10.0, abs(log10_lr)) * (1.0 + ROUNDING)
    exponent = math.floor(math.log10(factor))
    unit = math.pow(10.0, -exponent if exponent else 1)
    return math.floor(factor * unit + 1e-9) / unit


def _number(log10_lr: float) -> str:
    return f"{_shown(log10_lr):,.10g}"

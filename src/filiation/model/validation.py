"""A validation report: error rates by regime, detection by operation, LRs, criteria."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from filiation.model.study import Planted

__all__ = [
    "Alarms",
    "Criterion",
    "Curve",
    "Detection",
    "LikelihoodFigures",
    "NullFit",
    "RegimeFigures",
    "ReliabilityBin",
    "Validation",
    "Verdict",
]

Points: TypeAlias = tuple[tuple[float, float], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """Pairs of one regime at or below a level.

    Attributes:
        method: Full id, or `combined`.
        level: Of p.
        found: Pairs at or below.
        of: Pairs with a p.
        bound: One-sided 95 % upper bound of the rate, if the pairs were independent.
        disjoint: Pairs of which no two have a family of models in common, chosen before any p was
            known.
        found_disjoint: Of those, at or below the level.
        bound_disjoint: One-sided 95 % upper bound of the rate from these pairs alone, which are
            independent.
    """

    method: str
    level: float
    found: int
    of: int
    bound: float
    disjoint: int
    found_disjoint: int
    bound_disjoint: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NullFit:
    """Whether the p-values of a regime's pairs are uniform or larger, as they should be.

    Attributes:
        method: Full id, or `combined`.
        pairs: With a p.
        distance: Kolmogorov-Smirnov, towards small p: what would accuse the innocent.
        p: Of that distance, as if the pairs were independent.
        conservative: Kolmogorov-Smirnov, towards large p: allowed, and costs power.
        p_disjoint: Of the distance among disjoint pairs, which are independent.
        disjoint: How many these are.
        ecdf: (p, share at or below), thinned.
    """

    method: str
    pairs: int
    distance: float
    p: float
    conservative: float
    p_disjoint: float
    disjoint: int
    ecdf: Points


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How well the combined p tells children of a parent from the pairs of a regime.

    Attributes:
        area: Under the ROC.
        at_one_percent: Share of children above the 99th percentile of the regime.
        points: (false alarms, detections), thinned.
    """

    area: float
    at_one_percent: float
    points: Points


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeFigures:
    """One regime; regimes are never pooled.

    Attributes:
        regime: Which.
        meaning: In words.
        innocent: Whether support for derivation would be an error.
        pairs: Examined.
        models: In these pairs.
        families: Of these models that depend on each other in no way.
        alarms: At the plan's level and at 1 and 5 %.
        nulls: Of innocent regimes.
        curve: Of innocent regimes.
        kinds: How pairs that met the level were typed, most frequent first.
    """

    regime: str
    meaning: str
    innocent: bool
    pairs: int
    models: int
    families: int
    alarms: tuple[Alarms, ...]
    nulls: tuple[NullFit, ...]
    curve: Curve | None
    kinds: tuple[tuple[str, int], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Children made by one operation, against their parents.

    Attributes:
        operation: Which.
        method: Full id, or `combined`.
        found: At the plan's level.
        of: Children whose parent was compared.
        low: Of the 95 % interval (Clopper-Pearson).
        high: Likewise.
        kinds: How they were typed.
    """

    operation: str
    method: str
    found: int
    of: int
    low: float
    high: float
    kinds: tuple[tuple[str, int], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Pairs whose LR states about the same posterior share at even prior odds."""

    stated: float
    found: float
    pairs: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodFigures:
    """Likelihood ratios of one method, related pairs against the unrelated ones of one regime.

    Each is learnt without the families of its pair, and bounded as in a case.

    Attributes:
        method: Full id.
        regime: Of the unrelated pairs.
        related: Related pairs.
        unrelated: Unrelated pairs.
        cllr: In bits; cllr_min + cllr_cal.
        cllr_min: What the order alone could reach.
        cllr_cal: What is owed to calibration.
        dev_pav: Mean distance from calibrated LRs, in factors of ten; None where the two kinds do
            not overlap.
        misleading_related: Related pairs with an LR below 1.
        misleading_unrelated: Unrelated pairs with an LR above 1.
        strongest_against: Smallest log10 LR of a related pair, at most 0.
        strongest_for: Largest log10 LR of an unrelated pair, at least 0.
        low: Least log10 LR that this population supports.
        high: The largest.
        tippett_related: (log10 LR, share at or above).
        tippett_unrelated: Likewise.
        ece: (prior log10 odds, observed), in bits.
        ece_calibrated: After PAV.
        ece_reference: Of LR = 1.
        reliability: Stated against found.
    """

    method: str
    regime: str
    related: int
    unrelated: int
    cllr: float
    cllr_min: float
    cllr_cal: float
    dev_pav: float | None
    misleading_related: int
    misleading_unrelated: int
    strongest_against: float
    strongest_for: float
    low: float
    high: float
    tippett_related: Points
    tippett_unrelated: Points
    ece: Points
    ece_calibrated: Points
    ece_reference: Points
    reliability: tuple[ReliabilityBin, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A bound on a figure, fixed in a file before the study was run.

    Attributes:
        id: Short name.
        figure: Which figure: rate of `alarms`, its `bound`, the `bound-disjoint` from independent
            pairs, `null-distance`, `area` under the ROC, `detection`, `cllr`, `power`; share of
            pairs that were typed and `called-trained` (as if one came from the other) or
            `called-initial` (as sharing the initialisation only).
        where: Regime, operation, cell of the power table or method id's beginning; empty for
            every one there is.
        channel: Whether it speaks of methods for weights or for recorded answers; of the latter, a
            student and its teacher are not innocent.
        method: Beginning of the id of the method it speaks of; empty: every one there is, and for a
            detection all together.
        at: Level, for alarms.
        most: The figure may not exceed it.
        least: It may not fall short of it.
        fewest: Pairs that a figure must rest on to be judged: over a few, chance decides.
        because: Why this bound.
        idle: Why the released population may have nothing to judge; empty: it must have.
    """

    id: str
    figure: Literal[
        "alarms",
        "bound",
        "bound-disjoint",
        "null-distance",
        "area",
        "detection",
        "cllr",
        "power",
        "called-trained",
        "called-initial",
    ]
    where: str = ""
    channel: Literal["weights", "outputs"] = "weights"
    method: str = ""
    at: float = 1e-6
    most: float | None = None
    least: float | None = None
    fewest: int = 1
    because: str = ""
    idle: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a criterion: the figure farthest on the wrong side decides.

    Attributes:
        criterion: The criterion.
        figure: That figure; None if there was nothing to judge.
        of: Where it came from.
        passed: None if there was nothing to judge.
    """

    criterion: Criterion
    figure: float | None
    of: str
    passed: bool | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The report's content; its drawings and words follow from it.

    Attributes:
        population: Name of the population.
        digest: Of the population.
        criteria_digest: SHA-256 (hex) of the file of criteria.
        date: When the study ended.
        tool: Name and version.
        seed: Of every random stream.
        level: Of support, by weights.
        outputs_level: Of support, by recorded answers.
        methods: Full ids.
        outputs: Full ids of those among them that read recorded answers.
        not_examined: Full ids of the methods that this population has no material for.
        pairs: Examined.
        models: How many.
        originals: Of them trained from an initialisation of their own.
        left_out: Pairs that were not examined; empty if all were.
        verdicts: On the criteria.
        failed: Ids of the criteria that failed.
        regimes: Figures by regime.
        detections: By operation.
        likelihoods: By method.
        planted: Power on real strangers.
    """

    population: str
    digest: str
    criteria_digest: str
    date: str
    tool: str
    seed: int
    level: float
    outputs_level: float
    methods: tuple[str, ...]
    not_examined: tuple[str, ...]
    pairs: int
    models: int
    originals: int
    left_out: str
    verdicts: tuple[Verdict, ...]
    failed: tuple[str, ...]
    regimes: tuple[RegimeFigures, ...]
    detections: tuple[Detection, ...]
    likelihoods: tuple[LikelihoodFigures, ...]
    planted: tuple[Planted, ...]
    outputs: tuple[str, ...] = ()
    schema_version: Literal[1] = 1

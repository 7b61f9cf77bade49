"""From the rows of a study to its figures: by regime, by operation, never pooled."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.model.ancestry import REGIMES, Regime
from filiation.model.study import Row, Study
from filiation.model.validation import Alarms, Curve, Detection, NullFit, RegimeFigures
from filiation.numerics.intervals import clopper_pearson, upper_bound
from filiation.numerics.likelihoods.discrimination import area, roc, too_small
from filiation.numerics.likelihoods.packing import disjoint_pairs
from filiation.numerics.rounding import significant

__all__ = ["COMBINED", "INNOCENT", "RECORDED", "TAUGHT", "detections", "regimes", "thinned"]

Float64: TypeAlias = NDArray[np.float64]

COMBINED: Final = "combined"
RECORDED: Final = "recorded answers"  # all methods that read them, together
TAUGHT: Final[Regime] = "student and teacher"  # innocent of weights, and not of answers
LEVELS: Final = (0.01, 0.05)
POINTS: Final = 120  # of a curve that is kept
INNOCENT: Final[tuple[Regime, ...]] = (
    "same architecture and data",
    "same architecture",
    "other architecture",
    TAUGHT,
)


def regimes(study: Study) -> tuple[RegimeFigures, ...]:
    """Figures of each regime that has pairs, in the order of `REGIMES`."""
    children = _values([row for row in study.rows if row.regime == "parent and child"], COMBINED)
    found = []
    for regime, meaning in REGIMES.items():
        rows = [row for row in study.rows if row.regime == regime]
        if not rows:
            continue
        innocent = regime in INNOCENT
        models = {name for row in rows for name in (row.source, row.subject)}
        families = {family for name, _, of in study.models if name in models for family in of}
        found.append(
            RegimeFigures(
                regime=regime,
                meaning=meaning,
                innocent=innocent,
                pairs=len(rows),
                models=len(models),
                families=len(families),
                alarms=tuple(_alarms(study, rows)),
                nulls=tuple(_nulls(study, rows)) if innocent else (),
                curve=_curve(children, _values(rows, COMBINED)) if innocent else None,
                kinds=_kinds(rows) if not innocent else (),
            )
        )
    return tuple(found)


def detections(study: Study) -> tuple[Detection, ...]:
    """How many children of each operation meet the level, by all methods together and by each."""
    operations = sorted({row.operation for row in study.rows if row.operation})
    found = []
    for operation in operations:
        rows = [row for row in study.rows if row.operation == operation]
        for method in (COMBINED, *_asked(study)):
            level = study.outputs_level if method in (RECORDED, *study.outputs) else study.level
            met = int(np.count_nonzero(_log_ps(rows, method) <= math.log(level)))
            low, high = clopper_pearson(met, len(rows))
            found.append(
                Detection(
                    operation=operation,
                    method=method,
                    found=met,
                    of=len(rows),
                    low=significant(low),
                    high=significant(high),
                    kinds=_kinds(rows) if method == COMBINED else (),
                )
            )
    return tuple(found)


def thinned(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """A curve of at most 120 points, the ends among them."""
    places = np.unique(np.linspace(0, len(points) - 1, POINTS).round().astype(int))
    return tuple(
        (significant(float(points[i][0])), significant(float(points[i][1]))) for i in places
    )


def _alarms(study: Study, rows: Sequence[Row]) -> list[Alarms]:
    asked = [(COMBINED, study.level)]
    asked += [(method, level) for method in (COMBINED, *_asked(study)) for level in LEVELS]
    found = []
    for method, level in asked:
        log_ps, apart = _log_ps(rows, method), _apart(study, rows, method)
        count, few = (int(np.count_nonzero(x <= math.log(level))) for x in (log_ps, apart))
        found.append(
            Alarms(
                method=method,
                level=level,
                found=count,
                of=len(log_ps),
                bound=significant(upper_bound(count, len(log_ps))),
                disjoint=len(apart),
                found_disjoint=few,
                bound_disjoint=significant(upper_bound(few, len(apart))),
            )
        )
    return found


def _nulls(study: Study, rows: Sequence[Row]) -> list[NullFit]:
    found = []
    taught = (RECORDED, *study.outputs) if rows[0].regime == TAUGHT else ()
    for method in (m for m in (COMBINED, *_asked(study)) if m not in taught):
        ps = np.exp(_log_ps(rows, method))
        if ps.size:
            apart = np.exp(_apart(study, rows, method))
            fit = too_small(ps)
            ordered = np.sort(ps)
            steps = [(float(p), (i + 1) / ps.size) for i, p in enumerate(ordered)]
            found.append(
                NullFit(
                    method=method,
                    pairs=ps.size,
                    distance=significant(fit.distance),
                    p=significant(fit.p),
                    conservative=significant(fit.conservative),
                    p_disjoint=significant(too_small(apart).p),
                    disjoint=apart.size,
                    ecdf=thinned([(0.0, 0.0), *steps]),
                )
            )
    return found


def _asked(study: Study) -> tuple[str, ...]:
    """All methods, and those for recorded answers together."""
    return (*study.methods, *((RECORDED,) if study.outputs else ()))


def _apart(study: Study, rows: Sequence[Row], method: str) -> Float64:
    """Log p of pairs no two of which have a family in common."""
    families = {name: frozenset(of) for name, _, of in study.models}
    spoken = [row for row in rows if _log_ps([row], method).size]
    chosen = disjoint_pairs([families[row.source] | families[row.subject] for row in spoken])
    return _log_ps([spoken[place] for place in chosen], method)


def _curve(children: Float64, strangers: Float64) -> Curve | None:
    if not (children.size and strangers.size):
        return None
    curve = roc(children, strangers)
    allowed = curve.false_alarms <= 0.01
    return Curve(
        area=significant(area(children, strangers)),
        at_one_percent=significant(float(curve.detections[allowed].max())),
        points=thinned(list(zip(curve.false_alarms, curve.detections, strict=True))),
    )


def _log_ps(rows: Sequence[Row], method: str) -> Float64:
    if method == COMBINED:
        return np.array([r.combined for r in rows if r.combined is not None], dtype=np.float64)
    if method == RECORDED:
        return np.array([r.heard for r in rows if r.heard is not None], dtype=np.float64)
    return np.array(
        [o.log_p for r in rows for o in r.outcomes if o.method == method and o.log_p is not None],
        dtype=np.float64,
    )


def _values(rows: Sequence[Row], method: str) -> Float64:
    """Minus log p; 0 for a pair to which nothing applied, so that it counts as not found."""
    if method != COMBINED:
        raise ValueError(f"values of {method}, expected of all together")
    return np.array([-(row.combined or 0.0) for row in rows], dtype=np.float64)


def _kinds(rows: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    counts = Counter(row.kind for row in rows if row.kind)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

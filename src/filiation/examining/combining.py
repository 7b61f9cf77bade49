"""Many findings of one pair into one p, by the rule that the plan names."""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.model.examination import Combined
from filiation.model.finding import Finding
from filiation.model.null import Calibrated
from filiation.model.plan import AGREEMENT, HARMONIC, Combination
from filiation.numerics.combining.agreement import TWO_WAYS, agreement_log_p
from filiation.numerics.combining.combine import harmonic_mean_log_p
from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS

__all__ = ["combine"]

Float64: TypeAlias = NDArray[np.float64]

HARMONY: Final = (
    "harmonic mean of {count} p-values, times the factor that makes it valid however they depend "
    "on each other (they read the same models)"
)
ONE: Final = "one finding counts, and its p-value stands for itself"
SUMMED: Final = (
    "twice the smaller of two p-values, which is valid however they depend on each other: {alone}, "
    "p {one:.3g}; and the scores of {channels} line-ups added pair by pair, set among the sums of "
    "the pairs of {controls} controls with the two models and with each other, p {other:.3g}"
)


def combine(findings: Sequence[Finding], how: Combination = HARMONIC) -> Combined:
    """All findings of one pair as one p, however they depend on each other.

    Where several stand on line-ups of the same models and the plan says so, what they agree on is
    added before it is ranked; see numerics/combining/agreement.py.
    """
    counting = [finding for finding in findings if finding.counts]
    if not counting:
        return Combined(log_p=None, because="no planned method that counts could be applied")
    alone = harmonic_mean_log_p([finding.log_p for finding in counting])
    because = HARMONY.format(count=len(counting)) if len(counting) > 1 else ONE
    if how == AGREEMENT:
        together = _together(counting)
        if together is not None:
            log_p, channels, controls = together
            return Combined(
                log_p=min(0.0, TWO_WAYS + min(alone, log_p)),
                because=SUMMED.format(
                    alone=because, one=math.exp(alone), channels=channels, controls=controls,
                    other=math.exp(log_p),
                ),
            )  # fmt: skip
    return Combined(log_p=alone, because=because)


def _together(findings: Sequence[Finding]) -> tuple[float, int, int] | None:
    """Log p of what the line-ups agree on, how many they are, and their independent controls."""
    standing = [f for f in findings if f.likeness is not None]
    if len(standing) < 2:
        return None
    likeness = [f.likeness for f in standing if f.likeness is not None]
    names = [n for n in likeness[0].names if all(n in one.names for one in likeness)]
    if likeness[0].names[:2] != tuple(names[:2]):
        return None
    families = [f.null.controls for f in standing if isinstance(f.null, Calibrated)]
    controls = min([*families, len(names) - 2])
    if controls < FEWEST_CONTROLS:
        return None
    tables = [_table(one.names, one.z, names) for one in likeness]
    log_p = agreement_log_p(tables, controls)
    return None if log_p is None else (log_p, len(tables), controls)


def _table(
    names: Sequence[str], z: Sequence[Sequence[float | None]], wanted: Sequence[str]
) -> Float64:
    """The rows and columns that are wanted, float64 [wanted, wanted]; nan where none is known."""
    whole = np.full((len(names), len(names)), np.nan)
    for row, values in enumerate(z):
        whole[row, :row] = whole[:row, row] = [np.nan if v is None else v for v in values]
    at = [names.index(name) for name in wanted]
    return np.asarray(whole[np.ix_(at, at)])

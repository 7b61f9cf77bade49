"""Two sketches, every method for weights, one combined p."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from filiation.methods import methods_for
from filiation.model.examination import Combined
from filiation.model.finding import Absent, Finding
from filiation.model.sketch import Sketch
from filiation.numerics.combining.combine import harmonic_mean_log_p

__all__ = ["Compared", "combine", "compare_weights"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What every method for weights said of one pair."""

    findings: tuple[Finding, ...]
    absent: tuple[Absent, ...]
    combined: Combined


def compare_weights(source: Sketch, subject: Sketch, *, seed: int) -> Compared:
    """Put the question to one pair by every method, as `examine` does under its default plan."""
    outcomes = [method.compare(source, subject, seed=seed) for method in methods_for("weights")]
    findings = tuple(outcome for outcome in outcomes if isinstance(outcome, Finding))
    return Compared(
        findings=findings,
        absent=tuple(outcome for outcome in outcomes if not isinstance(outcome, Finding)),
        combined=combine(findings),
    )


def combine(findings: Sequence[Finding]) -> Combined:
    """All findings of one pair as one p, however they depend on each other."""
    counting = [finding.log_p for finding in findings if finding.counts]
    if not counting:
        return Combined(log_p=None, because="no planned method that counts could be applied")
    return Combined(
        log_p=harmonic_mean_log_p(counting),
        because=f"harmonic mean of {len(counting)} p-values, times the factor that makes it valid "
        "however they depend on each other (they read the same models)",
    )

"""Two materials of one kind, the planned methods, one combined p."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, final

from filiation.examining.question import Pair
from filiation.methods import Method, all_methods, methods_for
from filiation.model.examination import Combined
from filiation.model.finding import Absent, Finding
from filiation.model.kinds import WEIGHTS
from filiation.model.sketch import Sketch
from filiation.numerics.combining.combine import harmonic_mean_log_p

__all__ = ["Compared", "combine", "compare_pair", "compare_weights"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What every method of a question said of one pair."""

    findings: tuple[Finding, ...]
    absent: tuple[Absent, ...]
    combined: Combined


def compare_pair(pair: Pair) -> Compared:
    """Put a planned question to one pair by every planned method; the order is the plan's."""
    known: dict[str, Method[Any]] = {method.id: method for method in all_methods()}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda name: _put(known[name], pair), pair.plan.methods))
    return _compared(outcomes)


def compare_weights(source: Sketch, subject: Sketch, *, seed: int) -> Compared:
    """Put the question about weights to one pair by every method, as under a default plan."""
    return _compared(
        [method.compare(source, subject, seed=seed) for method in methods_for(WEIGHTS)]
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


def _put(method: Method[Any], pair: Pair) -> Finding | Absent:
    return method.compare(
        pair.source, pair.subject, pair.controls, families=pair.families, seed=pair.seed
    )


def _compared(outcomes: Sequence[Finding | Absent]) -> Compared:
    findings = tuple(outcome for outcome in outcomes if isinstance(outcome, Finding))
    return Compared(
        findings=findings,
        absent=tuple(outcome for outcome in outcomes if not isinstance(outcome, Finding)),
        combined=combine(findings),
    )

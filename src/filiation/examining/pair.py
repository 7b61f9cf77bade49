"""Two materials of one kind, the planned methods, one combined p."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar, final

from numpy.linalg import LinAlgError

from filiation.examining.combining import combine
from filiation.examining.question import Pair, Question, Readied
from filiation.examining.weights.quick import few_layers
from filiation.methods import (
    NO_FAMILIES,
    Method,
    ReadsRepeats,
    ReadsVersions,
    method_named,
    methods_for,
    quick_methods,
)
from filiation.methods.weights.apart import body_alone
from filiation.model.examination import Combined
from filiation.model.finding import Absent, Finding, Unreadable
from filiation.model.kinds import WEIGHTS
from filiation.model.plan import HARMONIC, Combination
from filiation.model.sketch import Sketch

__all__ = ["Compared", "ask", "compare_pair", "compare_weights", "computed"]

T = TypeVar("T")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What every method of a question said of one pair, and what was set aside before."""

    findings: tuple[Finding, ...]
    absent: tuple[Absent, ...]
    combined: Combined
    notes: tuple[str, ...] = ()


def compare_pair(pair: Pair, question: Question, refused: Sequence[Absent] = ()) -> Compared:
    """Put a planned question to one pair by every planned method; the order is the plan's.

    Args:
        pair: Its plan names the methods.
        question: Of the kind of material; it says what can be compared.
        refused: Methods that are not put, and why.

    Raises:
        CaseError: A planned method is not installed here.
    """
    methods = [method_named(name) for name in pair.plan.methods]
    readied = question.readied(pair)
    without = {absent.method: absent for absent in (*refused, *readied.absent)}
    outcomes: list[Finding | Absent]
    if readied.unreadable:
        outcomes = [Unreadable(method=m.id, reason=readied.unreadable) for m in methods]
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            outcomes = list(
                pool.map(
                    lambda method: without.get(method.id) or _put(method, _seen(method, readied)),
                    methods,
                )
            )
    found = _compared(outcomes, pair.plan.combination)
    remarks = (
        () if readied.unreadable else question.remarks(readied.pair, found.findings, found.combined)
    )
    return replace(found, notes=(*readied.notes, *remarks))


def compare_weights(source: Sketch, subject: Sketch, *, seed: int, quick: bool = False) -> Compared:
    """Put the question about weights to one pair by every method, as under a default plan.

    Or by those of a quick look, on as few layers.
    """
    source = body_alone(source)  # towers that both took from the public make no relatives
    methods = quick_methods(WEIGHTS) if quick else methods_for(WEIGHTS)
    if quick:
        source, subject = few_layers(source, subject)
    return _compared([ask(method, source, subject, seed=seed) for method in methods], HARMONIC)


def ask(
    method: Method[Any],
    source: Any,
    subject: Any,
    controls: Sequence[Any] = (),
    *,
    families: Mapping[str, str] = NO_FAMILIES,
    seed: int,
) -> Finding | Absent:
    """What one method says; numbers that it cannot compute are an absence, and not the end."""
    return computed(
        method.id,
        lambda: method.compare(source, subject, controls, families=families, seed=seed),
    )


def computed(method: str, said: Callable[[], T]) -> T | Unreadable:
    """What a method says, or that it could not compute its numbers."""
    try:
        return said()
    except (LinAlgError, FloatingPointError) as error:
        reason = f"{method} could not compute its numbers from these materials: {error}"
        return Unreadable(method=method, reason=reason)


def _seen(method: Method[Any], readied: Readied) -> Pair:
    """The pair as a method is to see it: without repetitions, unless it reads them."""
    if readied.once is None or isinstance(method, ReadsRepeats):
        return readied.pair
    return readied.once


def _put(method: Method[Any], pair: Pair) -> Finding | Absent:
    families, seed, earlier = pair.families, pair.seed, pair.earlier
    if earlier is None or not isinstance(method, ReadsVersions):
        return ask(method, pair.source, pair.subject, pair.controls, families=families, seed=seed)
    versions = (earlier, pair.subject)
    return computed(
        method.id,
        lambda: method.compare_versions(
            pair.source, versions, pair.controls, families=families, seed=seed
        ),
    )


def _compared(outcomes: Sequence[Finding | Absent], how: Combination) -> Compared:
    findings = tuple(outcome for outcome in outcomes if isinstance(outcome, Finding))
    return Compared(
        findings=findings,
        absent=tuple(outcome for outcome in outcomes if not isinstance(outcome, Finding)),
        combined=combine(findings, how),
    )

"""Every method of the plan on disjoint pairs: what it says of models that share nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from filiation.examining.combining import combine
from filiation.methods import methods_for
from filiation.model.finding import Finding
from size.shape import Shape, Weights
from size.store import Stack
from size.view import sketched

__all__ = ["COMBINED", "LogPs", "Pair", "asked", "together"]

COMBINED: Final = "all, combined"
SEED: Final = 0

LogPs: TypeAlias = Mapping[str, float]
"""Method to the log of its p, and `COMBINED`; a method that did not apply is left out."""


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Two models that share nothing but what all of their kind do."""

    shape: Shape
    source: Weights
    subject: Weights


def together(stack: Stack, shape: Shape) -> Iterator[Pair]:
    """The first and the second, the third and the fourth, and so on: each model once."""
    for n in range(0, len(next(iter(stack.values()))) - 1, 2):
        one, two = ({name: values[m] for name, values in stack.items()} for m in (n, n + 1))
        yield Pair(shape=shape, source=one, subject=two)


def asked(pair: Pair) -> LogPs:
    """What every method of the weights answers."""
    source = sketched("source", pair.source, pair.shape)
    subject = sketched("subject", pair.subject, pair.shape)
    outcomes = [m.compare(source, subject, (), seed=SEED) for m in methods_for("weights")]
    findings = [outcome for outcome in outcomes if isinstance(outcome, Finding)]
    combined = combine(findings).log_p
    found = {finding.method: finding.log_p for finding in findings}
    return found | {COMBINED: 0.0 if combined is None else combined}

"""A line-up: the suspect among foils, under code names, each compared with the source alike.

Foils are chosen by description (layers, width, units, parameters, family of layout), as in line-ups
of persons: by what the suspect was said to look like, never by likeness to the source.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import rfc8785

from filiation.errors import UsageError
from filiation.examining.plan import plan_digest
from filiation.examining.run import compare_members
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import WEIGHTS
from filiation.model.plan import Plan
from filiation.model.sketch import Sketch

__all__ = ["Description", "choose_foils", "comparisons_bytes", "describe"]

LN10 = math.log(10.0)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What can be said of a model without comparing it."""

    family: str
    layers: int
    units: int
    parameters: int

    def __str__(self) -> str:
        return (
            f"{self.layers} MLPs with {self.units:,} hidden units, {self.parameters:,} parameters, "
            f"layout {self.family}"
        )


def describe(sketch: Sketch) -> Description:
    """The description of a model."""
    return Description(
        family=sketch.family,
        layers=len(sketch.layers),
        units=sum(layer.units for layer in sketch.layers),
        parameters=sum(math.prod(tensor.shape) for tensor in sketch.tensors),
    )


def choose_foils(suspect: Exhibit, controls: Sequence[Exhibit], wanted: int) -> list[Exhibit]:
    """The controls that answer best to the suspect's description; ties by name.

    Raises:
        UsageError: Fewer controls with weights than wanted, or a suspect without weights.
    """
    look = describe(_sketch(suspect))
    able = [control for control in controls if control.content(WEIGHTS) is not None]
    if wanted < 1 or len(able) < wanted:
        raise UsageError(
            f"line-up: {wanted} foils wanted, {len(able)} controls of the plan have weights; "
            "expected at least one foil and no more than there are controls"
        )
    return sorted(able, key=lambda c: (_apart(look, describe(_sketch(c))), c.name))[:wanted]


def comparisons_bytes(plan: Plan, source: Exhibit, members: Mapping[str, Exhibit]) -> bytes:
    """Every member against the source, under its code: canonical JSON and a newline."""
    codes, shown = sorted(members), [members[code] for code in sorted(members)]
    rows: list[dict[str, Any]] = [
        {
            "code": code,
            "log10_p": _log10(compared.combined.log_p),
            "findings": [
                {"method": f.method, "observed": f.observed, "log10_p": _log10(f.log_p)}
                for f in compared.findings
            ],
            "absent": [absent.method for absent in compared.absent],
        }
        for code, compared in zip(
            codes, compare_members(plan, WEIGHTS, source=source, members=shown), strict=True
        )
    ]
    return rfc8785.dumps({"plan": plan_digest(plan), "members": rows}) + b"\n"


def _log10(log_p: float | None) -> float | None:
    return None if log_p is None else log_p / LN10


def _apart(one: Description, two: Description) -> float:
    """Sum of the logarithms of how many times larger; another layout counts as a doubling."""
    pairs = ((one.layers, two.layers), (one.units, two.units), (one.parameters, two.parameters))
    sizes = sum(abs(math.log(max(a, 1) / max(b, 1))) for a, b in pairs)
    return sizes + (math.log(2.0) if one.family != two.family else 0.0)


def _sketch(exhibit: Exhibit) -> Sketch:
    sketch: Sketch | None = exhibit.content(WEIGHTS)
    if sketch is None:
        raise UsageError(f"{exhibit.name}: no weights were exhibited; a line-up here is of weights")
    return sketch

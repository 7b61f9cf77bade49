"""Conclusions about weights whose answer is a table: parts of a model by forms of a copy."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from filiation.model.examination import Combined, Conclusion, Part, Support
from filiation.model.finding import Finding
from filiation.model.relation import Relation
from report import cases
from report.cells import ALTERNATIVES, COMPONENTS, parts


def told_apart(base: Conclusion, cells: tuple[Part, ...], of: Mapping[str, float]) -> Conclusion:
    """The conclusion with these cells, and one finding for each part of that log p."""
    alike = {name: found for name, found in zip(of, base.findings, strict=False)}
    findings = tuple(_read(found, name, of[name]) for name, found in alike.items())
    plan = replace(base.plan, components=COMPONENTS, alternatives=ALTERNATIVES)
    return cases.remade(base, plan=plan, parts=cells, findings=findings)


def _read(finding: Finding, component: str, log_p: float) -> Finding:
    null = replace(finding.null, log_floor=min(finding.null.log_floor, log_p))
    return replace(finding, component=component, log_p=log_p, null=null)


SILENT: Final = {"mlp": -0.4, "attention": -1.1, "embedding": -0.2, "head": -0.9}


def copy() -> Conclusion:
    of = {"mlp": -900.0, "attention": -300.0, "embedding": -200.0, "head": -150.0}
    return told_apart(cases.derivation(), parts(), of)


def excluded() -> Conclusion:
    return told_apart(cases.independence(), parts(), SILENT)


def three_left() -> Conclusion:
    cells = parts(
        {
            ("mlp", "both-and-signs"): None,
            ("attention", "both-and-signs"): None,
            ("mlp", "units-added"): 0.4,
        }
    )
    base = cases.conclusion("neither", "not-excluded")
    return told_apart(base, cells, SILENT)


def nothing_excluded() -> Conclusion:
    cells = parts({(part.component, part.alternative): None for part in parts()})
    return told_apart(cases.conclusion("neither", "not-excluded"), cells, SILENT)


def embedding_only() -> Conclusion:
    of = {**SILENT, "embedding": -200.0}
    base = replace(
        cases.derivation(),
        support=Support(toward="neither", reason="part-only", of=("embedding",)),
        relation=Relation(kind="embeddings-only", because="the columns keep their index"),
    )
    return told_apart(base, parts(), of)


def order_chosen() -> Conclusion:
    met = math.log(1e-40)
    base = replace(
        cases.derivation(),
        combined=Combined(log_p=met, because="harmonic mean"),
        support=Support(toward="neither", reason="order-could-be-chosen"),
        relation=Relation(kind="unknown", because="an order that was chosen says nothing of it"),
    )
    return told_apart(base, parts(), {**SILENT, "mlp": met})


def silent_in_source() -> Conclusion:
    case = order_chosen()
    return replace(case, support=Support(toward="neither", reason="silent-in-source"))


def one_stream() -> Conclusion:
    case = order_chosen()
    return replace(case, support=Support(toward="neither", reason="random-stream"))


def equal_table() -> Conclusion:
    """Not at the level, and yet an embedding table of equal values."""
    relation = Relation(kind="embeddings-only", because="1 of the matrices holds the same values")
    return replace(three_left(), relation=relation)


ALL: Final[tuple[Callable[[], Conclusion], ...]] = (
    copy,
    excluded,
    three_left,
    nothing_excluded,
    embedding_only,
    one_stream,
    order_chosen,
    silent_in_source,
    equal_table,
)

"""Is what meets the level no more than a part that is often published by itself?

Tables of tokens and towers are taken from public models by people who have nothing else of their
maker. What meets the level only there says nothing of the rest.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from filiation.examining.combining import combine
from filiation.methods.weights.stacks import body_of, stands_in
from filiation.model.finding import Finding
from filiation.model.relation import Relation
from filiation.model.sketch import TABLES, Component, Sketch
from filiation.numerics.combining.combine import harmonic_mean_log_p

__all__ = ["part_relation", "parts_only"]


BESIDE: Final = "beside"
OFTEN: Final = "which is often published and licensed by itself"
CALLED: Final[Mapping[Component, str]] = {
    "embedding": "the embedding table",
    "positions": "the position table",
    "head": "the output head",
}


def parts_only(source: Sketch, findings: Sequence[Finding], level: float) -> tuple[str, ...]:
    """The parts that meet the level, if the source's own layers by themselves do not."""
    counting = [finding for finding in findings if finding.counts]
    between = [finding for finding in counting if finding.component not in TABLES]
    body = body_of(source)
    own = between if body is None else [f for f in map(lambda f: _own(f, body), between) if f]
    if _met(own, level):
        return ()
    met = {f.component for f in counting if f.component in TABLES and _met([f], level)}
    return tuple(sorted(met | ({BESIDE} if _met(between, level) else set())))


def part_relation(source: Sketch, parts: Sequence[str]) -> Relation:
    """What the relation is where only these parts met the level.

    Tables alone are a kind of their own; of a stack beside the body it is said which one it is not.
    """
    tables: tuple[Component, ...] = tuple(part for part in CALLED if part in parts)
    said = [CALLED[table] for table in tables]
    if BESIDE in parts:
        said.append(f"layers outside {body_of(source) or 'the body'}, the largest stack of its own")
    stacks = [part.partition(":")[2] for part in parts if ":" in part]
    said += [f"what stands under {stack} beside the body" for stack in stacks]
    what = " and ".join(said)
    because = f"what met the level is {what}, {OFTEN}; no other layer was found to be shared"
    if BESIDE in parts or stacks:
        return Relation(kind="unknown", because=because)
    return Relation(kind="embeddings-only", because=because, tables=tables)


def _met(findings: Sequence[Finding], level: float) -> bool:
    log_p = combine(findings).log_p
    return log_p is not None and log_p <= math.log(level)


def _own(finding: Finding, body: str) -> Finding | None:
    """What a finding says of the layers of one stack; None if it tells none of them apart."""
    log_ps = [layer.log_p for layer in finding.layers if stands_in(layer.source_layer, body)]
    if not log_ps:
        return None
    return replace(finding, log_p=max(finding.null.log_floor, harmonic_mean_log_p(log_ps)))

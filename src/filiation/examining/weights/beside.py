"""What of the source stands beside its language body, each part compared by itself.

A tower is taken from the public by people who share nothing else, and a body may lie beside
anybody's tower: so neither lends the other its agreement. The subject is looked at as a whole, by
whatever names its maker gave: a body that was renamed a tower is still set against the body.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from filiation.examining.combining import combine
from filiation.examining.pair import ask
from filiation.examining.question import Pair
from filiation.examining.weights.corroboration import corroborated
from filiation.examining.weights.planting.cells import planted_parts
from filiation.examining.weights.public import held_by, without
from filiation.methods import method_named
from filiation.methods.weights.apart import Beside, body_alone, body_stacks, parts_beside
from filiation.methods.weights.stacks import layer_stack, sizes_of
from filiation.model.finding import Finding
from filiation.model.sketch import TABLES
from filiation.model.stack_found import StackFound, StackKind

__all__ = ["met_beside", "of_body", "stacks_found", "unmatched_note"]

CALLED: Final[dict[StackKind, str]] = {
    "vision": "a vision tower",
    "audio": "an audio tower",
    "projector": "a projector",
    "beside": "a stack beside the body",
}


def of_body(pair: Pair) -> Pair:
    """The pair as the main question is put: the source's body against all of the subject."""
    return replace(pair, source=body_alone(pair.source))


def stacks_found(pair: Pair, findings: Sequence[Finding]) -> tuple[StackFound, ...]:
    """The body and every part beside it; nothing if the source has no such part.

    Args:
        pair: As exhibited.
        findings: Of the body.
    """
    beside = parts_beside(pair.source)
    held = held_by(body_alone(pair.source), pair.components)
    if not beside and not held.tensors:
        return ()
    own = [finding for finding in findings if finding.counts and finding.component not in TABLES]
    body = StackFound(
        kind="body",
        stack=" and ".join(sorted(body_stacks(pair.source))),
        found_in=_where(own, pair),
        log_p=combine(own).log_p,
        aside=(len(held.tensors), held.of),
        public=held.by,
    )
    return (body, *(_found(pair, part, len(beside)) for part in beside))


def unmatched_note(pair: Pair) -> str:
    """What the subject calls a tower or a projector and the source has not; empty if nothing."""
    own = {part.kind for part in parts_beside(pair.source)}
    more = {part.kind for part in parts_beside(pair.subject)} - own
    if not more:
        return ""
    source, subject = pair.names
    listed = " and ".join(words for kind, words in CALLED.items() if kind in more)
    return (
        f"{subject} also holds, by its names, {listed}, and {source} does not: where that came "
        "from was not asked"
    )


def met_beside(stacks: Sequence[StackFound], level: float) -> tuple[StackFound, ...]:
    """What stands beside the body and meets a level."""
    return tuple(
        stack
        for stack in stacks
        if stack.kind != "body" and stack.log_p is not None and stack.log_p <= math.log(level)
    )


def _found(pair: Pair, part: Beside, parts: int) -> StackFound:
    """One part; its p is multiplied by the number of parts, since any of them may be the one."""
    held = held_by(part.sketch, pair.components)
    plan, sketch = pair.plan, without(part.sketch, held)
    told = StackFound(
        kind=part.kind, stack=part.stack, aside=(len(held.tensors), held.of), public=held.by
    )
    outcomes = [
        ask(method_named(name), sketch, pair.subject, pair.controls, seed=pair.seed)
        for name in plan.methods
    ]
    findings = [found for found in outcomes if isinstance(found, Finding) and found.counts]
    log_p = combine(findings).log_p
    log_p = None if log_p is None else min(0.0, log_p + math.log(parts))
    met = log_p is not None and log_p <= math.log(plan.level)
    if not sketch.layers and not met:
        return told  # equal bytes alone would have shown
    alone = replace(plan, components=("mlp",), alternatives=("in-place",))
    cells = planted_parts(sketch, pair.subject, alone, seed=pair.seed) if sketch.layers else ()
    grounds = corroborated(sketch, pair.subject, findings, level=plan.level, seed=pair.seed)
    return replace(
        told,
        found_in=_where(findings, pair),
        log_p=log_p,
        share=next((cell.share for cell in cells), None),
        ordered=met and plan.source_dated is None and not (grounds.carries or grounds.idle_carries),
    )


def _where(findings: Sequence[Finding], pair: Pair) -> str:
    """The subject's stack in which most layers agree, by the rarest finding; empty if none do."""
    stacks, level = sizes_of(pair.subject)[0].keys(), math.log(pair.plan.level)
    for finding in sorted(findings, key=lambda finding: finding.log_p):
        found = Counter(layer_stack(layer.subject_layer) for layer in finding.layers)
        told = [stack for stack, _ in found.most_common() if stack in stacks]
        if told and finding.log_p <= level:
            return told[0]
    return ""

"""Weights or outputs: what did the examination read? What may be said depends on it."""

import math
from typing import Literal

from filiation.model.examination import Case
from filiation.model.finding import Finding
from filiation.report.wording.methods import method_text

__all__ = ["carried_by", "channels", "counting", "reads_outputs"]


def counting(case: Case) -> tuple[Finding, ...]:
    """The findings that enter the combined p."""
    return tuple(finding for finding in case.findings if finding.counts)


def reads_outputs(finding: Finding) -> bool:
    """Whether a finding rests on what models said; of an unknown method by what it holds."""
    reads = method_text(finding.method).reads
    return reads == "outputs" or bool(not reads and (finding.items or finding.lineup))


def channels(case: Case) -> frozenset[str]:
    """`weights`, `outputs` or both: by the exhibits, the planned methods and the findings."""
    planned = {method_text(method).reads for method in case.plan.methods}
    outputs = (
        case.subject.kind == "recording"
        or case.subject_outputs is not None
        or "outputs" in planned
        or any(reads_outputs(finding) for finding in case.findings)
    )
    weights = "weights" in planned or (
        case.subject.kind == "weights"
        and (not outputs or any(not reads_outputs(f) for f in case.findings))
    )
    return frozenset({"outputs"} if outputs else ()) | frozenset({"weights"} if weights else ())


def carried_by(case: Case) -> Literal["weights", "outputs"]:
    """What a support for derivation may be called, if the level is met.

    Shared weights are claimed only if a finding about weights meets the plan's level by itself; an
    agreement of outputs can come from outputs alone.
    """
    if "outputs" not in channels(case):
        return "weights"
    level = math.log(case.plan.level)
    by_weights = (f for f in counting(case) if not reads_outputs(f))
    return "weights" if any(f.log_p <= level for f in by_weights) else "outputs"

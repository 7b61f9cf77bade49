"""Run a plan: every planned method ends in a Finding or an Absent, and all become a Case."""

import math
import os
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy
from threadpoolctl import threadpool_limits

from filiation import __version__
from filiation.examine.plan import plan_digest
from filiation.examine.power import reckon_power
from filiation.methods import BUILTIN
from filiation.methods.weights.reordered import units_pair_up
from filiation.model.case import Case, Combined, Control, Power, Relation, Support
from filiation.model.finding import Absent, Finding
from filiation.model.plan import Plan
from filiation.model.sketch import FRAMES, Sketch
from filiation.model.subject import Subject
from filiation.numerics.combine import harmonic_mean_log_p

__all__ = ["examine"]


def examine(
    plan: Plan,
    source: Sketch,
    subject: Sketch,
    controls: Sequence[Sketch] = (),
    *,
    step: Callable[[str], None] = lambda doing: None,
) -> Case:
    """Put the plan's question to these sketches.

    Args:
        plan: Fixed before.
        source: The claimed source.
        subject: The model under examination.
        controls: Known to be independent; each takes the subject's place.
        step: Told what is being done.
    """
    with threadpool_limits(1):  # the number of cores must not move a digit
        return _examine(plan, source, subject, controls, step)


def _examine(
    plan: Plan,
    source: Sketch,
    subject: Sketch,
    controls: Sequence[Sketch],
    step: Callable[[str], None],
) -> Case:
    findings, absent = _findings(plan, source, subject, step)
    combined = _combine(findings)
    step("power")
    power = reckon_power(source, subject, plan)
    relation = _relation(source, subject)
    return Case(
        tool=f"filiation {__version__}",
        environment=(
            f"python {platform.python_version()}",
            f"numpy {np.__version__}",
            f"scipy {scipy.__version__}",
        ),
        plan=plan,
        plan_digest=plan_digest(plan),
        subject=_subject(subject),
        source=_subject(source),
        controls=tuple(_control(plan, source, subject, control, step) for control in controls),
        findings=findings,
        absent=absent,
        combined=combined,
        power=power,
        relation=relation,
        support=_support(plan, combined, power, source, subject),
        notes=tuple(_notes(source)) + tuple(_notes(subject)),
    )


def _findings(
    plan: Plan, source: Sketch, subject: Sketch, step: Callable[[str], None]
) -> tuple[tuple[Finding, ...], tuple[Absent, ...]]:
    methods = {method.id: method for method in BUILTIN}
    step(f"comparing {subject.name} with {source.name}")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(
            pool.map(
                lambda name: methods[name].compare(source, subject, seed=plan.seed), plan.methods
            )
        )
    return (
        tuple(outcome for outcome in outcomes if isinstance(outcome, Finding)),
        tuple(outcome for outcome in outcomes if not isinstance(outcome, Finding)),
    )


def _combine(findings: Sequence[Finding]) -> Combined:
    if not findings:
        return Combined(log_p=None, because="no planned method could be applied")
    return Combined(
        log_p=harmonic_mean_log_p([finding.log_p for finding in findings]),
        because=f"harmonic mean of {len(findings)} p-values, times the factor that makes it valid "
        "however they depend on each other (all read the same weights)",
    )


def _control(
    plan: Plan, source: Sketch, subject: Sketch, control: Sketch, step: Callable[[str], None]
) -> Control:
    """Examine a control in the subject's place, and against the subject in the source's."""
    against = [
        _combine(_findings(plan, other, control, step)[0]).log_p for other in (source, subject)
    ]
    related = any(log_p is not None and log_p <= math.log(plan.level) for log_p in against)
    return Control(
        model=_subject(control),
        log_p=against[0],
        subject_log_p=against[1],
        standing="relative" if related else "independent",
    )


def _relation(source: Sketch, subject: Sketch) -> Relation:
    stored = [
        Counter(
            (tensor.dtype, tensor.shape, digest)
            for tensor, digest in zip(sketch.tensors, sketch.tensor_digests, strict=True)
        )
        for sketch in (source, subject)
    ]
    if stored[0] != stored[1]:
        return Relation(kind="unknown", because="the kind of relation has not been typed")
    same = source.subject_digest == subject.subject_digest
    return Relation(
        kind="identical",
        because=f"all {len(source.tensors)} tensors are equal, byte for byte"
        + ("" if same else ", under other names"),
    )


def _support(
    plan: Plan, combined: Combined, power: Power, source: Sketch, subject: Sketch
) -> Support:
    """Which proposition the findings support; independence only where power was sufficient."""
    if combined.log_p is None:
        return Support(toward="neither", reason="nothing-applied")
    if combined.log_p <= math.log(plan.level):
        return Support(toward="derivation", reason="level-met")
    if combined.log_p <= math.log(plan.clean_level):
        return Support(toward="neither", reason="between-levels")
    if any(units_pair_up(source, subject, frame, seed=plan.seed) for frame in FRAMES):
        return Support(toward="neither", reason="disguise-suspected")
    if power.share is None or power.share > plan.power_share:
        return Support(toward="neither", reason="underpowered")
    return Support(toward="independence", reason="powered-and-clean")


def _subject(sketch: Sketch) -> Subject:
    return Subject(
        name=sketch.name, kind="weights", digest=sketch.subject_digest, sketch=sketch.digest
    )


def _notes(sketch: Sketch) -> list[str]:
    notes = []
    if sketch.guessed:
        notes.append(
            f"{sketch.name}: its tensor names fit no known layout; the matrices that share a "
            "hidden axis were guessed from shapes, and norm gains were not folded in"
        )
    if sketch.token_absent is not None:
        notes.append(f"{sketch.name}: no token frame: {sketch.token_absent}")
    return notes

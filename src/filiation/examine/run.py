"""Run a plan: every planned method ends in a Finding or an Absent, and all become a Case."""

import math
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import numpy as np
import scipy
from threadpoolctl import threadpool_limits

from filiation import __version__
from filiation.errors import CaseError
from filiation.examine.fitted import could_be_fitted
from filiation.examine.pair import combine
from filiation.examine.plan import plan_digest
from filiation.examine.power import measured_power, reckon_power
from filiation.examine.relation import relate
from filiation.methods import methods_for
from filiation.methods.weights.reordered import units_pair_up
from filiation.model.examination import Case, Combined, Control, MeasuredPower, Power, Support
from filiation.model.exhibit import Exhibit
from filiation.model.finding import Absent, Finding, Inapplicable
from filiation.model.plan import Plan
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.relation import Relation
from filiation.model.sketch import Sketch
from filiation.model.subject import Subject
from filiation.population.ratio import Learnt, learn, ratios, strengths
from filiation.population.reference import Reference

__all__ = ["compare_pair", "examine"]

NONE: Final = "no population of known pairs was given (--population)"
DISGUISED: Final = (
    "the units of the two models pair up in another order, which this method does not see; a ratio "
    "that speaks for independence would mislead"
)
SEEN_ELSEWHERE: Final = (
    "other methods find shared weights at the plan's level, which this one does not see; a ratio "
    "that speaks for independence would mislead"
)


def examine(
    plan: Plan,
    source: Exhibit,
    subject: Exhibit,
    controls: Sequence[Exhibit] = (),
    *,
    families: Mapping[str, str] | None = None,
    kept: str = "",
    reference: Reference | None = None,
    step: Callable[[str], None] = lambda doing: None,
    before: Callable[[Sequence[Strength | NoRatio], MeasuredPower | None], None] | None = None,
) -> Case:
    """Put the plan's question to these exhibits.

    Args:
        plan: Fixed before.
        source: The claimed source.
        subject: The model under examination.
        controls: Known to be independent; each takes the subject's place.
        families: Model name to family, as far as known.
        kept: SHA-256 (hex) of the file that keeps the recordings; empty if there are none.
        reference: The population that the plan has fixed, if it has one.
        step: Told what is being done.
        before: Told what the population could support at best, and the power measured on it,
            before anything is compared.

    Raises:
        CaseError: The population is not the one that the plan has fixed.
    """
    run = _Run(plan, source, subject, tuple(controls), dict(families or {}), kept, step)
    run.refer(reference)
    if before is not None:
        before(run.strengths, run.measured)
    with threadpool_limits(1):  # the number of cores must not move a digit
        return run.case()


def compare_pair(
    plan: Plan, source: Exhibit, member: Exhibit
) -> tuple[list[Finding | Absent], Combined]:
    """One member of a line-up against the source, by the plan's methods for weights."""
    weights = [method.id for method in methods_for("weights") if method.id in plan.methods]
    run = _Run(plan, source, member, (), {}, "", lambda doing: None)
    with threadpool_limits(1):
        outcomes = run._outcomes(source, member, weights)
    return outcomes, combine([one for one in outcomes if isinstance(one, Finding)])


class _Run:
    """One examination in the making."""

    def __init__(
        self,
        plan: Plan,
        source: Exhibit,
        subject: Exhibit,
        controls: tuple[Exhibit, ...],
        families: Mapping[str, str],
        kept: str,
        step: Callable[[str], None],
    ) -> None:
        self._plan, self._source, self._subject = plan, source, subject
        self._controls, self._families, self._kept, self._step = controls, families, kept, step
        self._learnt: list[Learnt] = []
        self.strengths: tuple[Strength | NoRatio, ...] = ()
        self.measured: MeasuredPower | None = None

    def refer(self, reference: Reference | None) -> None:
        """Learn from the planned population, before anything is compared."""
        planned, methods = self._plan.population, self._plan.methods
        if (reference and reference.planned) != planned:
            raise CaseError(
                "the population is not the one that the plan has fixed; ratios from another "
                "could be chosen for what they say"
            )
        if self._plan.schema_version == 1:
            return
        if reference is None:
            self.strengths = tuple(NoRatio(method=method, reason=NONE) for method in methods)
            return
        self._step("likelihood ratios")
        shown = [digest for e in (self._source, self._subject) for digest in _digests(e)]
        self._learnt = learn(reference.population, methods, shown)
        self.strengths = strengths(self._learnt)
        if self._source.sketch is not None and self._subject.sketch is not None:
            self.measured = measured_power(reference.population, self._plan)

    def _ratios(self, findings: Sequence[Finding], support: Support) -> tuple[Ratio | NoRatio, ...]:
        if self._plan.population is None:
            known = {one.method: one for one in self.strengths if isinstance(one, NoRatio)}
            return tuple(known[found.method] for found in findings if known)
        found = ratios(
            self._learnt, findings, digest=self._plan.population.digest, seed=self._plan.seed
        )
        why = {"disguise-suspected": DISGUISED, "level-met": SEEN_ELSEWHERE}.get(support.reason)
        if why is None:
            return found
        return tuple(
            NoRatio(method=one.method, reason=why) if _independent(one) else one for one in found
        )

    def case(self) -> Case:
        outcomes = self._outcomes(self._source, self._subject, self._plan.methods)
        findings = tuple(outcome for outcome in outcomes if isinstance(outcome, Finding))
        combined = combine(findings)
        self._step("power")
        power = self._power()
        support = self._support(combined, power)
        both = [e for e in (self._source, self._subject) if e.sketch and e.recording]
        return Case(
            tool=f"filiation {__version__}",
            environment=(
                f"python {platform.python_version()}",
                f"numpy {np.__version__}",
                f"scipy {scipy.__version__}",
            ),
            plan=self._plan,
            plan_digest=plan_digest(self._plan),
            subject=self._named(self._subject),
            source=self._named(self._source),
            subject_outputs=self._recorded(self._subject) if self._subject in both else None,
            source_outputs=self._recorded(self._source) if self._source in both else None,
            controls=tuple(self._control(control, findings) for control in self._controls),
            families=tuple(sorted(self._families.items())),
            findings=findings,
            absent=tuple(outcome for outcome in outcomes if not isinstance(outcome, Finding)),
            combined=combined,
            power=power,
            relation=self._relation(support),
            support=support,
            notes=self._notes(support),
            strengths=self.strengths,
            ratios=self._ratios(findings, support),
            schema_version=self._plan.schema_version,
        )

    def _outcomes(
        self, source: Exhibit, subject: Exhibit, methods: Sequence[str]
    ) -> list[Finding | Absent]:
        self._step(f"comparing {subject.name} with {source.name}")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda name: self._compare(name, source, subject), methods))

    def _compare(self, name: str, source: Exhibit, subject: Exhibit) -> Finding | Absent:
        seed = self._plan.seed
        for method in methods_for("weights"):
            if method.id == name:
                if source.sketch is None or subject.sketch is None:
                    return Inapplicable(method=name, reason=_missing("weights", source, subject))
                return method.compare(source.sketch, subject.sketch, seed=seed)
        asked = next(method for method in methods_for("answers") if method.id == name)
        if source.recording is None or subject.recording is None:
            return Inapplicable(method=name, reason=_missing("outputs", source, subject))
        return asked.compare(
            source.recording,
            subject.recording,
            [c.recording for c in self._controls if c.recording is not None],
            families=self._families,
            seed=seed,
        )

    def _power(self) -> Power:
        if self._source.sketch is None or self._subject.sketch is None:
            return Power(
                share=None,
                cosine=self._plan.power_cosine,
                because="no share of inherited units can be reckoned without weights",
            )
        reckoned = reckon_power(self._source.sketch, self._subject.sketch, self._plan)
        return replace(reckoned, measured=self.measured)

    def _relation(self, support: Support) -> Relation:
        self._step("relation")
        return relate(
            self._source.sketch,
            self._subject.sketch,
            [control.sketch for control in self._controls if control.sketch is not None],
            supported=support.toward == "derivation",
            seed=self._plan.seed,
        )

    def _control(self, control: Exhibit, findings: Sequence[Finding]) -> Control:
        """Examine a control in the subject's place, and against the subject in the source's."""
        aside = {p.name for f in findings for p in f.lineup if p.who == "relative"}
        related = control.recording is not None and control.name in aside
        against: list[float | None] = [None, None]
        if control.sketch is not None:
            weights = [m.id for m in methods_for("weights") if m.id in self._plan.methods]
            for place, other in enumerate((self._source, self._subject)):
                found = self._outcomes(other, control, weights)
                against[place] = combine([f for f in found if isinstance(f, Finding)]).log_p
        level = math.log(self._plan.level)
        related = related or any(log_p is not None and log_p <= level for log_p in against)
        return Control(
            model=self._named(control),
            log_p=against[0],
            subject_log_p=against[1],
            standing="relative" if related else "independent",
        )

    def _support(self, combined: Combined, power: Power) -> Support:
        """Which proposition is supported; independence only where power was sufficient."""
        plan, source, subject = self._plan, self._source.sketch, self._subject.sketch
        if combined.log_p is None:
            return Support(toward="neither", reason="nothing-applied")
        if combined.log_p <= math.log(plan.level):
            return Support(toward="derivation", reason="level-met")
        if source is None or subject is None:
            return Support(toward="neither", reason="outputs-only")
        if combined.log_p <= math.log(plan.clean_level):
            return Support(toward="neither", reason="between-levels")
        if units_pair_up(source, subject, seed=plan.seed):
            return Support(toward="neither", reason="disguise-suspected")
        if power.share is None or power.share > plan.power_share:
            return Support(toward="neither", reason="underpowered")
        return Support(toward="independence", reason="powered-and-clean")

    def _notes(self, support: Support) -> tuple[str, ...]:
        source, subject = self._source.sketch, self._subject.sketch
        notes = [note for e in (self._source, self._subject) for note in _notes(e)]
        if support.toward == "derivation" and source is not None and subject is not None:
            fitted = could_be_fitted(source, subject, (self._source.name, self._subject.name))
            notes += [] if fitted is None else [fitted]
        return tuple(notes)

    def _named(self, exhibit: Exhibit) -> Subject:
        if exhibit.sketch is None:
            return self._recorded(exhibit)
        return _weights(exhibit.name, exhibit.sketch)

    def _recorded(self, exhibit: Exhibit) -> Subject:
        recording = exhibit.recording
        if recording is None:
            raise CaseError(f"{exhibit.name}: no outputs were exhibited")
        return Subject(
            name=recording.name, kind="recording", digest=recording.digest, sketch=self._kept
        )


def _independent(ratio: Ratio | NoRatio) -> bool:
    return isinstance(ratio, Ratio) and ratio.log10_lr < 0.0


def _digests(exhibit: Exhibit) -> list[str]:
    found = [] if exhibit.sketch is None else [exhibit.sketch.subject_digest]
    return found if exhibit.recording is None else [*found, exhibit.recording.digest]


def _weights(name: str, sketch: Sketch) -> Subject:
    return Subject(name=name, kind="weights", digest=sketch.subject_digest, sketch=sketch.digest)


def _missing(what: str, source: Exhibit, subject: Exhibit) -> str:
    lacking = [
        exhibit.name
        for exhibit in (source, subject)
        if (exhibit.sketch if what == "weights" else exhibit.recording) is None
    ]
    return f"no {what} of {' and of '.join(lacking)} were exhibited"


def _notes(exhibit: Exhibit) -> list[str]:
    notes = []
    if exhibit.sketch is not None and exhibit.sketch.guessed:
        notes.append(
            f"{exhibit.name}: its tensor names fit no known layout; the matrices that share a "
            "hidden axis were guessed from shapes, and norm gains were not folded in"
        )
    if exhibit.sketch is not None and exhibit.sketch.token_absent is not None:
        notes.append(f"{exhibit.name}: no token frame: {exhibit.sketch.token_absent}")
    if exhibit.recording is not None:
        notes += [f"{exhibit.name}: {note}" for note in exhibit.recording.notes]
    return notes

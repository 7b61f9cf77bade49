"""Run a plan: every planned method ends in a Finding or an Absent, and all become a Case."""

import math
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy
from threadpoolctl import threadpool_limits

from filiation import __version__
from filiation.errors import CaseError
from filiation.examine.pair import combine
from filiation.examine.plan import plan_digest
from filiation.examine.power import reckon_power
from filiation.examine.relation import relate
from filiation.methods import BUILTIN, OUTPUTS
from filiation.methods.weights.reordered import units_pair_up
from filiation.model.case import Case, Combined, Control, Power, Support
from filiation.model.exhibit import Exhibit
from filiation.model.finding import Absent, Finding, Inapplicable
from filiation.model.plan import Plan
from filiation.model.relation import Relation
from filiation.model.sketch import FRAMES, Sketch
from filiation.model.subject import Subject

__all__ = ["examine"]


def examine(
    plan: Plan,
    source: Exhibit,
    subject: Exhibit,
    controls: Sequence[Exhibit] = (),
    *,
    families: Mapping[str, str] | None = None,
    kept: str = "",
    step: Callable[[str], None] = lambda doing: None,
) -> Case:
    """Put the plan's question to these exhibits.

    Args:
        plan: Fixed before.
        source: The claimed source.
        subject: The model under examination.
        controls: Known to be independent; each takes the subject's place.
        families: Model name to family, as far as known.
        kept: SHA-256 (hex) of the file that keeps the recordings; empty if there are none.
        step: Told what is being done.
    """
    run = _Run(plan, source, subject, tuple(controls), dict(families or {}), kept, step)
    with threadpool_limits(1):  # the number of cores must not move a digit
        return run.case()


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
            notes=tuple(note for e in (self._source, self._subject) for note in _notes(e)),
        )

    def _outcomes(
        self, source: Exhibit, subject: Exhibit, methods: Sequence[str]
    ) -> list[Finding | Absent]:
        self._step(f"comparing {subject.name} with {source.name}")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(lambda name: self._compare(name, source, subject), methods))

    def _compare(self, name: str, source: Exhibit, subject: Exhibit) -> Finding | Absent:
        seed = self._plan.seed
        for method in BUILTIN:
            if method.id == name:
                if source.sketch is None or subject.sketch is None:
                    return Inapplicable(method=name, reason=_missing("weights", source, subject))
                return method.compare(source.sketch, subject.sketch, seed=seed)
        asked = next(method for method in OUTPUTS if method.id == name)
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
        return reckon_power(self._source.sketch, self._subject.sketch, self._plan)

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
            weights = [m.id for m in BUILTIN if m.id in self._plan.methods]
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
        if any(units_pair_up(source, subject, frame, seed=plan.seed) for frame in FRAMES):
            return Support(toward="neither", reason="disguise-suspected")
        if power.share is None or power.share > plan.power_share:
            return Support(toward="neither", reason="underpowered")
        return Support(toward="independence", reason="powered-and-clean")

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

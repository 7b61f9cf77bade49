"""Run a plan: each question ends in a conclusion, each planned method in a Finding or an Absent."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, final

from threadpoolctl import threadpool_limits

from filiation import __version__
from filiation.errors import CaseError
from filiation.examining.beforehand import Beforehand
from filiation.examining.combining import combine
from filiation.examining.environment import environment
from filiation.examining.foreseeing import foresee
from filiation.examining.kinds import Plug, plug_for
from filiation.examining.notes import nobody, two_names, uncompared
from filiation.examining.pair import Compared, compare_pair
from filiation.examining.plan import agree, plan_digest
from filiation.examining.question import Pair, Question, Shown, worst
from filiation.examining.ratings import Learning, Ratings
from filiation.examining.withheld import DISGUISED, NONE, OTHERWISE, SEEN_ELSEWHERE
from filiation.methods import method_named, methods_for
from filiation.model.examination import Conclusion, Examination, Part, Power, Support
from filiation.model.examined import Control, Examined
from filiation.model.exhibit import Exhibit, contents, each_once, public_contents
from filiation.model.finding import Finding
from filiation.model.material import Material
from filiation.model.plan import Plan, PlannedQuestion
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.relation import Relation
from filiation.model.study import MeasuredPower
from filiation.model.words import MethodWords

__all__ = ["Beforehand", "compare_members", "examine", "foretell", "reckon"]

Step: TypeAlias = Callable[[str], None]


def examine(
    plan: Plan,
    *,
    subject: Exhibit,
    source: Exhibit,
    controls: Sequence[Exhibit] = (),
    families: Mapping[str, str] | None = None,
    earlier: Exhibit | None = None,
    ratings: Ratings | None = None,
    step: Step = lambda doing: None,
    before: Callable[[Sequence[Beforehand]], None] | None = None,
) -> Examination:
    """Put the plan's questions to these exhibits.

    Args:
        plan: Fixed before.
        subject: The model under examination.
        source: The claimed source.
        controls: Known to be independent; and components that are public.
        families: Model name to family, as far as known.
        earlier: An older version of the subject, if the plan names one.
        ratings: The population that the plan has fixed, if it has one.
        step: Told what is being done.
        before: Told what could be found at best, what the population could support, and the
            power measured on it, before anything is compared.

    Raises:
        CaseError: The exhibits or the population are not those that the plan has fixed.
    """
    agree(plan, subject=subject, source=source, controls=controls, earlier=earlier)
    _same_population(plan, ratings)
    sides = (subject, source, tuple(controls))
    known = dict(families or {})
    with threadpool_limits(1):  # the number of cores must not move a digit
        asked = [_Asked(plan, q, *sides, known, earlier, ratings, step) for q in plan.questions]
        if before is not None:
            before([question.beforehand for question in asked])
        conclusions = tuple(one.conclusion() for one in asked)
        return _examination(plan, *sides, known, earlier, conclusions)


def foretell(
    plan: Plan,
    *,
    subject: Exhibit,
    source: Exhibit,
    controls: Sequence[Exhibit] = (),
    families: Mapping[str, str] | None = None,
    earlier: Exhibit | None = None,
    ratings: Ratings | None = None,
    step: Step = lambda doing: None,
) -> tuple[Beforehand, ...]:
    """What `examine` would tell before it compares anything, and then nothing is compared."""
    agree(plan, subject=subject, source=source, controls=controls, earlier=earlier)
    _same_population(plan, ratings)
    sides = (subject, source, tuple(controls), dict(families or {}), earlier, ratings, step)
    with threadpool_limits(1):
        return tuple(_Asked(plan, question, *sides).beforehand for question in plan.questions)


def _examination(
    plan: Plan,
    subject: Exhibit,
    source: Exhibit,
    controls: tuple[Exhibit, ...],
    families: Mapping[str, str],
    earlier: Exhibit | None,
    conclusions: tuple[Conclusion, ...],
) -> Examination:
    return Examination(
        tool=f"filiation {__version__}",
        environment=environment(),
        plan=plan,
        plan_digest=plan_digest(plan),
        subject=_examined(subject),
        source=_examined(source),
        controls=tuple(_examined(control) for control in controls if not control.public),
        components=tuple(_examined(control) for control in controls if control.public),
        conclusions=conclusions,
        families=tuple(sorted(families.items())),
        earlier=None if earlier is None else _examined(earlier),
        notes=(
            *uncompared(plan, (subject, source, *controls)),
            *(two_names(subject) + two_names(source)),
            *nobody(families or {}, (subject, source, *controls)),
        ),
    )


def _same_population(plan: Plan, ratings: Ratings | None) -> None:
    if (ratings and ratings.planned) != plan.population:
        raise CaseError(
            "the population is not the one that the plan has fixed; ratios from another "
            "could be chosen for what they say"
        )


def compare_members(
    plan: Plan, kind: str, *, source: Exhibit, members: Sequence[Exhibit]
) -> list[Compared]:
    """Each member of a line-up against the source, by the plan's question about one kind."""
    asked = plan.question(kind)
    if asked is None:
        raise CaseError(f"the plan asks nothing about {kind}, which the line-up is of")
    question = plug_for(kind).question
    with threadpool_limits(1):
        return [
            compare_pair(
                _pair(plan, asked, source, member, (), {}), question
            )  # pairs alone: no controls
            for member in members
        ]


def reckon(plan: Plan, *, subject: Exhibit, source: Exhibit) -> tuple[tuple[str, Power], ...]:
    """What each question of the plan could find at best: kind and power, before looking."""
    with threadpool_limits(1):
        return tuple(
            (
                asked.kind,
                _reach(plug_for(asked.kind).question, _pair(plan, asked, source, subject, (), {}))[
                    0
                ],
            )
            for asked in plan.questions
        )


def _reach(question: Question, pair: Pair) -> tuple[Power, tuple[Part, ...]]:
    """What could have been found: as one number, and part by part where they are told apart."""
    parts = question.parts(pair)
    return (worst(parts) if parts else question.power(pair)), parts


def _spoken(parts: Sequence[Part], findings: Sequence[Finding]) -> tuple[Part, ...]:
    """Each part with the combined p of what reads its component."""
    found = {
        component: combine([f for f in findings if f.component == component]).log_p
        for component in {part.component for part in parts}
    }
    return tuple(replace(part, log_p=found[part.component]) for part in parts)


def _pair(
    plan: Plan,
    asked: PlannedQuestion,
    source: Exhibit,
    subject: Exhibit,
    controls: Sequence[Any],
    families: Mapping[str, str],
) -> Pair:
    return Pair(
        plan=asked,
        seed=plan.seed,
        source=source.content(asked.kind),
        subject=subject.content(asked.kind),
        controls=tuple(controls),
        names=(source.name, subject.name),
        families=families,
    )


@final
class _Asked:
    """One question in the making of its conclusion."""

    def __init__(
        self,
        plan: Plan,
        asked: PlannedQuestion,
        subject: Exhibit,
        source: Exhibit,
        controls: tuple[Exhibit, ...],
        families: Mapping[str, str],
        earlier: Exhibit | None,
        ratings: Ratings | None,
        step: Step,
    ) -> None:
        self._plan, self._asked, self._step = plan, asked, step
        self._plug: Plug = plug_for(asked.kind)
        self._subject, self._source, self._families = subject, source, families
        self._earlier = None if earlier is None else earlier.content(asked.kind)
        self._controls, self._twice = each_once(controls, asked.kind)
        self._components = public_contents(controls, asked.kind)
        self._parties = (_material(subject, asked.kind), _material(source, asked.kind))
        self._foreseen = foresee(self._pair())
        self._learning, self.beforehand = self._learn(ratings)

    def _learn(self, ratings: Ratings | None) -> tuple[Learning | None, Beforehand]:
        """What the planned population teaches, before anything is compared."""
        methods, question = self._asked.methods, self._plug.question
        if ratings is None:
            none = tuple(NoRatio(method=method, reason=NONE) for method in methods)
            return None, self._reckoned(none, None)
        self._step("likelihood ratios")
        shown = [m.digest for side in (self._source, self._subject) for m in side.materials]
        learning = ratings.learn(methods, shown, self._asked.alternatives)
        measured = question.measured(ratings.population, self._asked) if question.measured else None
        return learning, self._reckoned(learning.strengths, measured)

    def _reckoned(
        self, strengths: tuple[Strength | NoRatio, ...], measured: MeasuredPower | None
    ) -> Beforehand:
        return Beforehand(
            kind=self._plug.kind,
            plan=self._asked,
            words=_words(self._asked),
            strengths=strengths,
            measured=measured,
            foreseen=self._foreseen,
        )

    def conclusion(self) -> Conclusion:
        question, (subject, source) = self._plug.question, self._parties
        pair = self._pair()
        self._step(f"comparing {self._subject.name} with {self._source.name}")
        compared = compare_pair(pair, question, self._foreseen.absent)
        self._step("power")
        power, reckoned = _reach(question, pair)
        parts = _spoken(reckoned, compared.findings)
        stacks = question.stacks(pair, compared.findings)
        shown = Shown(
            findings=compared.findings, combined=compared.combined, parts=parts, stacks=stacks
        )
        support = question.support(pair, shown)
        noted = (*_notes(source, subject), *self._twice, *compared.notes)
        self._step("relation")
        return Conclusion(
            kind=question.kind,
            plan=self._asked,
            subject=subject.subject,
            source=source.subject,
            controls=tuple(self._control(control, compared) for control in self._controls),
            findings=compared.findings,
            absent=compared.absent,
            combined=compared.combined,
            power=replace(power, measured=self.beforehand.measured),
            parts=parts,
            relation=_typed(source, subject, question, question.relation(pair, support)),
            support=support,
            notes=(*noted, *question.notes(pair, support)),
            words=self.beforehand.words,
            available=len(methods_for(self._asked.kind, versions=self._earlier is not None)),
            families=tuple(sorted(self._families.items())),
            population=self._plan.population,
            strengths=self.beforehand.strengths,
            ratios=self._ratios(compared.findings, support),
            stacks=stacks,
            filtration=question.filtration(pair),
        )

    def _pair(self) -> Pair:
        controls = contents(self._controls, self._asked.kind)
        pair = self._put(self._source, self._subject, controls)
        return replace(pair, earlier=self._earlier, components=self._components)

    def _put(self, source: Exhibit, subject: Exhibit, controls: Sequence[Any]) -> Pair:
        return _pair(self._plan, self._asked, source, subject, controls, self._families)

    def _ratios(self, findings: Sequence[Finding], support: Support) -> tuple[Ratio | NoRatio, ...]:
        if self._learning is None:
            return tuple(NoRatio(method=found.method, reason=NONE) for found in findings)
        found = self._learning.ratios(findings)
        if support.reason in OTHERWISE:
            other = OTHERWISE[support.reason]
            return tuple(NoRatio(method=one.method, reason=other) for one in found)
        why = {"disguise-suspected": DISGUISED, "level-met": SEEN_ELSEWHERE}.get(support.reason)
        if why is None:
            return found
        return tuple(
            NoRatio(method=one.method, reason=why)
            if isinstance(one, Ratio) and one.log10_lr < 0.0
            else one
            for one in found
        )

    def _control(self, control: Exhibit, compared: Compared) -> Control:
        """Examine a control in the subject's place, and against the subject in the source's."""
        aside = {p.name for f in compared.findings for p in f.lineup if p.who == "relative"}
        against: list[float | None] = [None, None]
        if self._plug.question.in_place:
            for place, other in enumerate((self._source, self._subject)):
                self._step(f"comparing {control.name} with {other.name}")
                found = compare_pair(self._put(other, control, ()), self._plug.question)
                against[place] = found.combined.log_p
        level = math.log(self._asked.level)
        related = control.name in aside or any(p is not None and p <= level for p in against)
        return Control(
            model=_material(control, self._asked.kind).subject,
            log_p=against[0],
            subject_log_p=against[1],
            standing="relative" if related else "independent",
        )


def _words(asked: PlannedQuestion) -> tuple[tuple[str, MethodWords], ...]:
    return tuple((name, method_named(name).words) for name in asked.methods)


def _material(exhibit: Exhibit, kind: str) -> Material:
    found = exhibit.material(kind)
    if found is None:
        raise CaseError(
            f"{exhibit.name}: {', '.join(exhibit.kinds)} were exhibited, the plan asks about {kind}"
        )
    return found


def _notes(source: Material, subject: Material) -> tuple[str, ...]:
    """What was seen in reading them: what is said of both, once."""
    both = [note for note in dict.fromkeys(source.notes) if note in subject.notes]
    return (
        *(f"source and subject: {note}" for note in both),
        *(f"{m.name}: {note}" for m in (source, subject) for note in m.notes if note not in both),
    )


def _typed(source: Material, subject: Material, question: Question, relation: Relation) -> Relation:
    """The relation as its kind types it; where it types none, equal digests still say something."""
    if source == subject and relation.kind == "unknown" and question.kind.identical:
        return Relation(kind="identical", because="both exhibits have one digest")
    return relation


def _examined(exhibit: Exhibit) -> Examined:
    said = (m.declared for m in exhibit.materials if m.declared is not None)
    return Examined(
        name=exhibit.name,
        materials=tuple(m.subject for m in exhibit.materials),
        declared=next(said, None),
    )

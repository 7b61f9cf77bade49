"""Examination: the answers to a plan's questions, each a conclusion of its own, never merged."""

import math
from dataclasses import dataclass
from typing import Final, Literal, final

from filiation.errors import CaseError
from filiation.model.alternatives import planned_cells, share_asked
from filiation.model.examined import Control, Examined
from filiation.model.filtration import Filtration
from filiation.model.finding import Absent, Finding
from filiation.model.kinds import Kind
from filiation.model.layout import UNREAD
from filiation.model.plan import Plan, PlannedPopulation, PlannedQuestion
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.relation import Relation
from filiation.model.stack_found import StackFound
from filiation.model.study import MeasuredPower
from filiation.model.subject import Subject
from filiation.model.words import MethodWords

__all__ = [
    "EXPLAINED",
    "OF_PARTS",
    "Combined",
    "Conclusion",
    "Examination",
    "Part",
    "Power",
    "Support",
]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """All findings of one question as one p. `log_p` is None if there was no finding."""

    log_p: float | None
    because: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What these exhibits could have shown.

    Attributes:
        share: Smallest share of inherited units that would have been found at the plan's level
            with 95 % probability; None if not even all of them would have been, or nothing ran.
        cosine: How much of each inherited unit was assumed left.
        because: How this was reckoned.
        measured: What the planned population says; None if there is none.
    """

    share: float | None
    cosine: float
    because: str
    measured: MeasuredPower | None = None


# What may explain that the level was met, other than descent of the whole.
OF_PARTS: Final = frozenset({"disguise-suspected", "part-only"})  # reasons that name parts
OF_PARTIES: Final = frozenset({"answers-missing", "answers-unread"})  # reasons that name parties
EXPLAINED: Final = frozenset(
    {"order-could-be-chosen", "silent-in-source", "random-stream", "part-only"}
)
# The same where no more than a part beside the body met it, or no more than that part's order.
BESIDE: Final = frozenset({"part-only", "order-could-be-chosen"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Which proposition the findings support. The words are made by the report, not here.

    Attributes:
        toward: Which, or neither.
        reason: Why.
        of: The components that the reason speaks of, or the parties (`source`, `subject`) whose
            answers are it; empty where it is of the whole material.
    """

    toward: Literal["derivation", "independence", "neither"]
    reason: Literal[
        "level-met",
        "powered-and-clean",
        "underpowered",
        "nothing-applied",
        "disguise-suspected",
        "between-levels",
        "absence-is-no-evidence",
        "not-excluded",
        "order-could-be-chosen",
        "silent-in-source",
        "random-stream",
        "part-only",
        "same-data",
        "answers-missing",
        "answers-unread",
        "quick-look",
        "context-only",
    ]
    of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        naming = OF_PARTS | OF_PARTIES
        if (self.reason in naming) != bool(self.of):
            raise CaseError(
                f"support by reason of {self.reason} names {len(self.of)} parts; expected some "
                f"exactly where the reason is one of {', '.join(sorted(naming))}"
            )
        if self.reason in OF_PARTIES and not {"source", "subject"}.issuperset(self.of):
            raise CaseError(
                f"support by reason of {self.reason} names {', '.join(self.of)}; expected source, "
                "subject or both"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component of a model under one class of alternative: what would have been found there.

    Attributes:
        component: What of the model: an id of `alternatives.CELLS`, such as `mlp`.
        alternative: What may have been done to it: an id of `alternatives.ALTERNATIVES`.
        share: Smallest share that would have been found with 95 % probability, planted in that
            class in these exhibits; None if no method could have found it there.
        cosine: How much of each planted unit was left.
        log_p: Combined natural log p of what reads this component; None if nothing did.
        because: How this was reckoned, or why it was not.
    """

    component: str
    alternative: str
    share: float | None
    cosine: float
    log_p: float | None
    because: str

    @property
    def unread(self) -> bool:
        """Whether nothing could have been found because weights there were not read."""
        return self.share is None and self.because.startswith(UNREAD)

    def reaches(self, share: float) -> bool:
        """Whether enough of it, copied in that class, would have been found."""
        asked = share_asked(self.component, self.alternative, share)
        return self.share is not None and self.share <= asked


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The answer to one question; a report of it is a function of this and of nothing else.

    Attributes:
        kind: The kind of material that was asked about, with its words.
        plan: The question as it was fixed before looking.
        subject: The model under examination, by this material.
        source: The claimed source, likewise.
        controls: Those that have such material.
        findings: In the plan's order.
        absent: In the plan's order.
        combined: All findings as one.
        power: What could have been found.
        relation: Kind of relation.
        support: Which proposition is supported.
        notes: Facts a reader must know (what was guessed, what was skipped).
        words: Id of every planned method, and what reports say of it.
        available: How many methods there were for this kind; the plan may name fewer.
        parts: Components and classes of alternative; empty where they were not told apart.
        families: Model name and family, as far as the examiner was told.
        population: Where likelihood ratios come from; None if there are none.
        strengths: For every planned method the best likelihood ratio that the population could
            support, reckoned before the comparison; or why there is none.
        ratios: For every finding its likelihood ratio, or why there is none.
        stacks: The source's body and what stands beside it; empty where it has nothing beside it.
        filtration: What both have in common, function by function; None of what is no source code.
    """

    kind: Kind
    plan: PlannedQuestion
    subject: Subject
    source: Subject
    controls: tuple[Control, ...]
    findings: tuple[Finding, ...]
    absent: tuple[Absent, ...]
    combined: Combined
    power: Power
    relation: Relation
    support: Support
    notes: tuple[str, ...] = ()
    words: tuple[tuple[str, MethodWords], ...] = ()
    available: int = 0
    parts: tuple[Part, ...] = ()
    families: tuple[tuple[str, str], ...] = ()
    population: PlannedPopulation | None = None
    strengths: tuple[Strength | NoRatio, ...] = ()
    ratios: tuple[Ratio | NoRatio, ...] = ()
    stacks: tuple[StackFound, ...] = ()
    filtration: Filtration | None = None

    def __post_init__(self) -> None:
        kinds = {self.plan.kind, self.subject.kind, self.source.kind}
        if kinds != {self.kind.id}:
            raise CaseError(
                f"a conclusion about {self.kind.id} is drawn from {', '.join(sorted(kinds))}; "
                "each kind of material has a conclusion of its own"
            )
        self._check_ratios()
        ended = sorted(outcome.method for outcome in (*self.findings, *self.absent))
        if ended != sorted(self.plan.methods):
            raise CaseError(
                f"{len(self.plan.methods)} methods were planned, {len(ended)} outcomes are "
                "recorded; every planned method ends once, in a finding or an absence"
            )
        self._check_support()

    def _check_support(self) -> None:
        """Derivation needs the level; independence needs every planned part, and evidence."""
        counting = [finding for finding in self.findings if finding.counts]
        if (self.combined.log_p is None) != (not counting):
            raise CaseError(
                f"{len(counting)} findings count, combined log p is {self.combined.log_p}; "
                "expected one exactly if there is the other"
            )
        log_p = 0.0 if self.combined.log_p is None else self.combined.log_p
        met, beside = log_p <= math.log(self.plan.level), self._beside(self.plan.level)
        explained = self.support.toward == "neither" and self.support.reason in EXPLAINED
        alone = beside and self.support.reason in BESIDE
        if (met or alone) != (self.support.toward == "derivation" or explained) or (
            beside and not met and not alone
        ):
            raise CaseError(
                f"support is toward {self.support.toward}, but the combined log p is {log_p:.4g} "
                f"and the plan's level {self.plan.level:g}; the level alone decides, unless "
                "something else than descent explains what met it"
            )
        if self.support.toward == "independence":
            self._check_independence()
        elif self.support.reason == "not-excluded" and self.all_reached:
            raise CaseError(
                "something is said not to be excluded, but all that the plan asks for would have "
                "been found"
            )

    def _beside(self, level: float) -> bool:
        """Whether what stands beside the body meets a level; it is no evidence of the body."""
        beside = (stack.log_p for stack in self.stacks if stack.kind != "body")
        return any(log_p is not None and log_p <= math.log(level) for log_p in beside)

    def _check_independence(self) -> None:
        if self._beside(self.plan.clean_level):
            raise CaseError(
                "support is toward independence, but what stands beside the body agrees more than "
                f"the plan's clean level {self.plan.clean_level:g} allows"
            )
        if self.kind.no_evidence:
            raise CaseError(
                f"support is toward independence, on {self.kind.id}, of which no finding can "
                "support it; found where nothing follows from the absence of agreement"
            )
        if self.plan.quick:
            raise CaseError(
                f"support is toward independence, but at most {self.plan.layers} layers of each "
                "model were compared; what was not looked at is not excluded"
            )
        if not self.all_reached:
            raise CaseError(
                f"support is toward independence, but of {len(self.planned)} planned components "
                f"and alternatives not each is known to have been found if {self.plan.power_share}"
                " of it had been copied; what was not looked for is not excluded"
            )

    @property
    def planned(self) -> tuple[tuple[str, str], ...]:
        """Component and alternative of every part that the plan asks for."""
        return planned_cells(self.plan.components, self.plan.alternatives)

    @property
    def all_reached(self) -> bool:
        """Whether every planned part is there, and would have been found at the plan's share."""
        there = [(part.component, part.alternative) for part in self.parts]
        reached = all(part.reaches(self.plan.power_share) for part in self.parts)
        return bool(there) and sorted(there) == sorted(self.planned) and reached

    def _check_ratios(self) -> None:
        """Ratios come from the planned population, within what was reckoned beforehand."""
        if not (self.strengths or self.ratios):
            return
        reckoned, found = ([one.method for one in of] for of in (self.strengths, self.ratios))
        if reckoned != list(self.plan.methods) or found != [f.method for f in self.findings]:
            raise CaseError(
                f"{len(reckoned)} reckonings of strength and {len(found)} likelihood ratios, "
                "expected one for each planned method and one for each finding, in their order"
            )
        planned = self.population.digest if self.population else "none"
        for ratio in self.ratios:
            if isinstance(ratio, Ratio) and (
                ratio.population != planned or ratio.strength not in self.strengths
            ):
                raise CaseError(
                    f"{ratio.method}: a likelihood ratio from population "
                    f"{ratio.population[:12]}.., the plan had fixed {planned[:12]}.. and what it "
                    "supports; one chosen afterwards could be chosen for what it says"
                )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One conclusion for each planned question, side by side, never merged into one number.

    Attributes:
        tool: Name and version of the program that made it.
        environment: Versions of what computed the numbers.
        plan: As fixed before looking.
        plan_digest: SHA-256 (hex) of the plan's canonical JSON (RFC 8785).
        subject: The model under examination.
        source: The claimed source.
        controls: Line-up.
        earlier: An older version of the subject; None if none was exhibited.
        components: Public components; what the source holds of them beside its body is set aside.
        conclusions: In the order of the plan's questions.
        families: Model name and family, as far as the examiner was told.
        notes: What was exhibited and not compared, with the reason.
        schema_version: Of this record.
    """

    tool: str
    environment: tuple[str, ...]
    plan: Plan
    plan_digest: str
    subject: Examined
    source: Examined
    controls: tuple[Examined, ...]
    conclusions: tuple[Conclusion, ...]
    families: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    earlier: Examined | None = None
    components: tuple[Examined, ...] = ()
    schema_version: Literal[3] = 3

    def __post_init__(self) -> None:
        if tuple(conclusion.plan for conclusion in self.conclusions) != self.plan.questions:
            raise CaseError(
                f"{len(self.plan.questions)} questions were planned, {len(self.conclusions)} "
                "conclusions are recorded; every planned question has one, as it was planned"
            )
        for conclusion in self.conclusions:
            self._check_sides(conclusion)
            if conclusion.population != self.plan.population:
                raise CaseError(
                    f"{conclusion.kind.id}: its likelihood ratios are from another population "
                    "than the plan had fixed; it could have been chosen for what it says"
                )

    def _check_sides(self, conclusion: Conclusion) -> None:
        """Each conclusion speaks of the two models that the examination names."""
        for side, whole, part in (
            ("subject", self.subject, conclusion.subject),
            ("source", self.source, conclusion.source),
        ):
            if (part.kind, part.digest) not in {(m.kind, m.digest) for m in whole.materials}:
                raise CaseError(
                    f"{conclusion.kind.id}: the {side} of its conclusion is {part.digest[:12]}.., "
                    f"which the examination's {side} {whole.name!r} does not have"
                )

    def conclusion(self, kind: str) -> Conclusion | None:
        """The conclusion about one kind of material, or None."""
        return next((one for one in self.conclusions if one.kind.id == kind), None)

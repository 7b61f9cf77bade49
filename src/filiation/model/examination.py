"""Case: everything a report may say, and enough to compute it again."""

import math
from dataclasses import dataclass
from typing import Literal, final

from filiation.errors import CaseError
from filiation.model.finding import Absent, Finding
from filiation.model.plan import Plan
from filiation.model.ratio import NoRatio, Ratio, Strength
from filiation.model.relation import Relation
from filiation.model.study import Planted
from filiation.model.subject import Subject

__all__ = ["Case", "Combined", "Control", "MeasuredPower", "Power", "Support"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """All findings of one pair as one p. `log_p` is None if there was no finding."""

    log_p: float | None
    because: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A model known to be independent, examined in the subject's place.

    Attributes:
        model: Which.
        log_p: Its combined natural log p against the source, None if nothing applied.
        subject_log_p: Its combined natural log p against the subject, None if nothing applied.
        standing: `independent`; or `relative` if it meets the plan's level against the source or
            the subject, and then counts for nothing.
    """

    model: Subject
    log_p: float | None
    subject_log_p: float | None
    standing: Literal["independent", "relative"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredPower:
    """What the population says of power: how often planted units were found in its own models.

    Attributes:
        cells: At one cosine, the largest measured that is no more than the plan's; by rising share.
        reason: Why the population says nothing; empty exactly if there are cells.
    """

    cells: tuple[Planted, ...]
    reason: str = ""

    def __post_init__(self) -> None:
        if bool(self.cells) == bool(self.reason) or len({c.cosine for c in self.cells}) > 1:
            raise CaseError(
                f"measured power: {len(self.cells)} cells, and the reason {self.reason!r}; "
                "expected cells of one cosine, or why there are none"
            )


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


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Which proposition the findings support. The words are made by the report, not here."""

    toward: Literal["derivation", "independence", "neither"]
    reason: Literal[
        "level-met",
        "powered-and-clean",
        "underpowered",
        "nothing-applied",
        "disguise-suspected",
        "between-levels",
        "outputs-only",
    ]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Append-only; a report is a function of this and of nothing else.

    Attributes:
        tool: Name and version of the program that made it.
        environment: Versions of what computed the numbers.
        plan: As fixed before looking.
        plan_digest: SHA-256 (hex) of the plan's canonical JSON (RFC 8785).
        subject: The model under examination: its weights, or its outputs if only those are there.
        source: The claimed source, likewise.
        subject_outputs: The subject's recording where weights were exhibited as well.
        source_outputs: The source's recording where weights were exhibited as well.
        controls: Line-up.
        findings: In the plan's order.
        absent: In the plan's order.
        combined: All findings as one.
        power: What could have been found.
        relation: Kind of relation.
        support: Which proposition is supported.
        families: Model name and family, as far as the examiner was told.
        notes: Facts a reader must know (what was guessed, what was skipped).
        strengths: For every planned method the best likelihood ratio that the population could
            support, reckoned before the comparison; or why there is none.
        ratios: For every finding its likelihood ratio, or why there is none.
        schema_version: That of the plan; cases of schema 1 know no likelihood ratios.
    """

    tool: str
    environment: tuple[str, ...]
    plan: Plan
    plan_digest: str
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
    subject_outputs: Subject | None = None
    source_outputs: Subject | None = None
    families: tuple[tuple[str, str], ...] = ()
    strengths: tuple[Strength | NoRatio, ...] = ()
    ratios: tuple[Ratio | NoRatio, ...] = ()
    schema_version: Literal[1, 2] = 2

    def __post_init__(self) -> None:
        self._check_ratios()
        ended = sorted(outcome.method for outcome in (*self.findings, *self.absent))
        if ended != sorted(self.plan.methods):
            raise CaseError(
                f"{len(self.plan.methods)} methods were planned, {len(ended)} outcomes are "
                "recorded; every planned method ends once, in a finding or an absence"
            )
        counting = [finding for finding in self.findings if finding.counts]
        if (self.combined.log_p is None) != (not counting):
            raise CaseError(
                f"{len(counting)} findings count, combined log p is {self.combined.log_p}; "
                "expected one exactly if there is the other"
            )
        log_p = 0.0 if self.combined.log_p is None else self.combined.log_p
        met = log_p <= math.log(self.plan.level)
        if met != (self.support.toward == "derivation"):
            raise CaseError(
                f"support is toward {self.support.toward}, but the combined log p is {log_p:.4g} "
                f"and the plan's level {self.plan.level:g}; the level alone decides"
            )

    def _check_ratios(self) -> None:
        """Ratios come from the planned population, within what was reckoned beforehand."""
        if self.schema_version != self.plan.schema_version:
            raise CaseError(
                f"schema_version is {self.schema_version}, that of the plan "
                f"{self.plan.schema_version}; expected the same"
            )
        if not (self.strengths or self.ratios):
            return
        reckoned, found = ([one.method for one in of] for of in (self.strengths, self.ratios))
        if (
            self.schema_version == 1
            or reckoned != list(self.plan.methods)
            or found != [finding.method for finding in self.findings]
        ):
            raise CaseError(
                f"{len(reckoned)} reckonings of strength and {len(found)} likelihood ratios, "
                "expected one for each planned method and one for each finding, in their order"
            )
        planned = self.plan.population.digest if self.plan.population else "none"
        for ratio in self.ratios:
            if isinstance(ratio, Ratio) and (
                ratio.population != planned or ratio.strength not in self.strengths
            ):
                raise CaseError(
                    f"{ratio.method}: a likelihood ratio from population "
                    f"{ratio.population[:12]}.., the plan had fixed {planned[:12]}.. and what it "
                    "supports; one chosen afterwards could be chosen for what it says"
                )

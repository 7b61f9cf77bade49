"""Study: what every method found between models of known ancestry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, final

from filiation.errors import CaseError
from filiation.model.ancestry import Regime

__all__ = ["MeasuredPower", "Outcome", "Planted", "Row", "Study", "StudyPlan", "Workload"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPlan:
    """What was decided before the study, in the file of its criteria.

    Attributes:
        seed: Of every random stream.
        missing: What to do about a model that is described and not there.
        same: What to do about two models of one digest under two names: duplicates inflate every
            figure. Left out is the one whose name comes later, and the report says so.
        planted: Pairs of independent models in which units are planted, at most, drawn by the seed;
            none beyond twenty.
        answers: Pairs of independent models, of each regime, whose answers are compared, at most,
            drawn by the seed; those of relatives are in any case.
        controls: How many models stand beside a pair where answers are compared, at most.
        batteries: Which methods, by the beginning of their ids, read which battery of recorded
            answers; a case has one recording of a model, a study may have several.
    """

    seed: int = 0
    missing: Literal["refuse", "leave out"] = "refuse"
    same: Literal["refuse", "leave out"] = "refuse"
    planted: int = 20
    answers: int = 500
    controls: int = 16
    batteries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one method (or all together) ended in.

    Attributes:
        method: Full id.
        log_p: Natural log of p; None if the method was absent.
        value: On the method's scale for comparing pairs; None if absent, or for all together.
        absent: Why it was absent, in a word; empty otherwise. `not counted` is a finding that
            supports nothing (`Finding.counts`), as one of model equality; `not drawn` a pair of
            independent models whose answers the plan did not ask to compare.
    """

    method: str
    log_p: float | None
    value: float | None = None
    absent: Literal[
        "", "inapplicable", "unreadable", "underpowered", "not counted", "not drawn"
    ] = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One pair.

    Attributes:
        source: In the source's place: the ancestor, where one descends from the other.
        subject: In the subject's.
        regime: What they are to each other.
        operation: How the subject was made from the source, for a parent and its child, or a
            teacher and its student.
        related: Whether trained weights are shared.
        initial: Whether initial weights are.
        outputs: Whether what one says comes from the other, or both from one.
        outcomes: Of every method, in the study's order.
        combined: Natural log p of all methods for weights together; None if none applied.
        heard: Natural log p of all methods for recorded answers together; None if none applied.
        kind: Kind of relation that was typed; empty where the level was not met.
    """

    source: str
    subject: str
    regime: Regime
    operation: str
    related: bool
    initial: bool
    outputs: bool
    outcomes: tuple[Outcome, ...]
    combined: float | None
    kind: str = ""
    heard: float | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """How often units planted in strangers were found.

    Attributes:
        share: Of each layer's units.
        cosine: What was left of each.
        found: Comparisons that met the level.
        trials: Of so many.
    """

    share: float
    cosine: float
    found: int
    trials: int


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
class Study:
    """All of it.

    Attributes:
        population: Name of the population.
        digest: SHA-256 (hex) over names, digests and ancestry of all models.
        date: When it ended, YYYY-MM-DD, UTC.
        tool: Name and version.
        seed: Of every random stream.
        level: At which the combined p of weights counts as support.
        outputs_level: At which a p of recorded answers does.
        methods: Full ids of those that were run.
        outputs: Full ids of those among them that read recorded answers.
        recorded: Digests of the recordings of each model that has some.
        models: Name, digest of the weights, families.
        rows: Every pair that was examined.
        left_out: Pairs that were not, and why; empty if all were.
        planted: Power on real strangers.
    """

    population: str
    digest: str
    date: str
    tool: str
    seed: int
    level: float
    outputs_level: float
    methods: tuple[str, ...]
    outputs: tuple[str, ...]
    models: tuple[tuple[str, str, tuple[str, ...]], ...]
    rows: tuple[Row, ...]
    left_out: str
    planted: tuple[Planted, ...]
    recorded: tuple[tuple[str, tuple[str, ...]], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What a study of models that are yet to be built is going to do, and for how long.

    Attributes:
        models: To be trained and changed.
        pairs: To be compared.
        planted: Comparisons more, with units planted in strangers.
        workers: Processes that share it.
        seconds: About.
    """

    models: int
    pairs: int
    planted: int
    workers: int
    seconds: float

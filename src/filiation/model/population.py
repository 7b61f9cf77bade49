"""A population of models whose ancestry is known: what every method found between them.

Written by a validation study, read by an examination, and the only thing from which Filiation
makes a likelihood ratio. It holds no verdicts, only values: how alike each pair was, under each
method, on that method's scale for comparing pairs (`methods/comparable.py`), larger being more
alike. A p of a pair and its z follow from the models alone, so a population can be made again.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias, final

from filiation.errors import PopulationError
from filiation.model.study import Planted

__all__ = [
    "HIGHEST",
    "LOWEST",
    "Channel",
    "KnownMethod",
    "KnownModel",
    "KnownPair",
    "Population",
    "PowerCurve",
]

Channel: TypeAlias = Literal["weights", "outputs"]

LOWEST: Final = -3.0  # p of 0.9987 and more say the same: nothing was found
HIGHEST: Final = 1e4  # two equal models of a million units in order have p of 10^-5,565,708
DATE = re.compile(r"(?:\d{4}-\d\d-\d\d)?")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """One model.

    Attributes:
        name: Unique in the population.
        digests: Of its weights (the sketch's subject digest), of its recording, or of both.
        families: Names of the roots it depends on in any way: the originals whose weights or
            initialisation it shares, and for a student its teacher's too. Whoever examines one
            of these models learns from pairs outside these families only.
    """

    name: str
    digests: tuple[str, ...]
    families: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.families or len(set(self.families)) < len(self.families):
            raise PopulationError(
                f"population: {self.name!a:.80} has the families {list(self.families)!a:.200}, "
                "expected at least one, each once; an original is a family of its own"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMethod:
    """A method by its full id, and what it reads."""

    id: str
    channel: Channel


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPair:
    """Two models and what was found between them.

    Attributes:
        source: Name of the model in the source's place.
        subject: Name of the model in the subject's place.
        related: Channels in which proposition 1 holds: both for a fine-tune, outputs alone for a
            student of the source, none for independent models.
        regime: What the two have in common by design, in the words of the study: "same
            architecture and data", "fine-tuned", ...
        values: One per method of the population, in its order, from `LOWEST` to `HIGHEST`; None
            where it was absent.
    """

    source: str
    subject: str
    related: tuple[Channel, ...]
    regime: str
    values: tuple[float | None, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCurve:
    """How often units planted in unrelated models of the population were found.

    What stands behind "had so much been inherited, it would have been found": measured on real
    models by all these methods together, where an examination reckons with one.

    Attributes:
        level: Of the combined p at which planted units counted as found.
        methods: Full ids of those that took part, sorted.
        cells: By share of the units and what was left of each (cosine); sorted by both.
    """

    level: float
    methods: tuple[str, ...]
    cells: tuple[Planted, ...]

    def __post_init__(self) -> None:
        if not (0.0 < self.level <= 0.5 and self.methods and self.cells):
            raise PopulationError(
                f"population: power at level {self.level} by {len(self.methods)} methods in "
                f"{len(self.cells)} cells, expected a level up to 0.5 and some of each"
            )
        _sorted_once("method of the power curve", [(method,) for method in self.methods])
        places = [(cell.share, cell.cosine) for cell in self.cells]
        for cell in self.cells:
            if not (0.0 < cell.share <= 1.0 and 0.0 < cell.cosine <= 1.0) or not (
                0 <= cell.found <= cell.trials and cell.trials
            ):
                raise PopulationError(
                    f"population: {cell.found} of {cell.trials} found at share {cell.share} and "
                    f"cosine {cell.cosine}, expected some trials and shares up to 1"
                )
        if places != sorted(set(places)):
            raise PopulationError(
                "population: cells of the power curve stand twice or in no order, expected each "
                "once; two orders would have two digests"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """All of them. Which pairs are in it was decided before any value was known.

    Attributes:
        name: What a report calls it.
        date: When it was made, YYYY-MM-DD, UTC; empty if it was made within a case, of its
            controls.
        tool: Name and version of the program that made it.
        seed: Of every random stream.
        models: Sorted by name.
        methods: Sorted by id.
        pairs: Sorted by source and subject.
        notes: What a reader must know.
        power: What was found of units planted in unrelated models; None if none were.
    """

    name: str
    date: str
    tool: str
    seed: int
    models: tuple[KnownModel, ...]
    methods: tuple[KnownMethod, ...]
    pairs: tuple[KnownPair, ...]
    notes: tuple[str, ...] = ()
    power: PowerCurve | None = None
    schema_version: Literal[1] = 1

    def __post_init__(self) -> None:
        if not DATE.fullmatch(self.date):
            raise PopulationError(f"population: the date is {self.date!a:.40}, expected YYYY-MM-DD")
        _sorted_once("model", [(model.name,) for model in self.models])
        _sorted_once("method", [(method.id,) for method in self.methods])
        _sorted_once("pair", [(pair.source, pair.subject) for pair in self.pairs])
        digests = Counter(digest for model in self.models for digest in model.digests)
        twice = next((digest for digest, count in digests.items() if count > 1), None)
        if twice is not None:
            names = [model.name for model in self.models if twice in model.digests]
            raise PopulationError(
                f"population: {' and '.join(names)!a:.160} have one digest, {twice[:12]!a}..; "
                "a model that is in it twice would be counted as two"
            )
        families = {model.name: frozenset(model.families) for model in self.models}
        for pair in self.pairs:
            self._check_pair(pair, families)

    def _check_pair(self, pair: KnownPair, families: dict[str, frozenset[str]]) -> None:
        what = f"population: {pair.source!a:.60} and {pair.subject!a:.60}"
        strange = {pair.source, pair.subject} - families.keys()
        if strange or pair.source == pair.subject:
            raise PopulationError(f"{what}: expected two different models of the population")
        if len(pair.values) != len(self.methods):
            raise PopulationError(
                f"{what}: {len(pair.values)} values, expected one for each of "
                f"{len(self.methods)} methods"
            )
        if not all(value is None or math.isfinite(value) for value in pair.values):
            raise PopulationError(f"{what}: a value is not finite, expected a number or none")
        beyond = next(
            (v for v in pair.values if v is not None and not LOWEST <= v <= HIGHEST), None
        )
        if beyond is not None:
            raise PopulationError(
                f"{what}: a value is {beyond:g}, expected {LOWEST:g} to {HIGHEST:g}; no method "
                "gives another"
            )
        common = families[pair.source] & families[pair.subject]
        if pair.related and not common:
            raise PopulationError(
                f"{what}: said to be related, but they have no family in common; relatives that "
                "count as independent would inflate every number"
            )
        if common and not pair.related:
            raise PopulationError(
                f"{what}: said to be unrelated, but both are of the family {min(common)!a:.60}; a "
                "relative among strangers makes every ratio smaller"
            )


def _sorted_once(what: str, found: Iterable[tuple[str, ...]]) -> None:
    for before, after in pairwise(found):
        if not before < after:
            raise PopulationError(
                f"population: {what} {_words(after)} after {_words(before)}, expected each once "
                "and in order; two orders would have two digests"
            )


def _words(names: tuple[str, ...]) -> str:
    return " ~ ".join(f"{name!a:.60}" for name in names)

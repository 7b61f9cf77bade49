"""Ancestry: what is known of models because somebody made them, and what follows for each pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Literal, TypeAlias, final

from filiation.errors import PopulationError

__all__ = ["REGIMES", "Ancestry", "Kinship", "Origin", "Regime"]

Regime: TypeAlias = Literal[
    "same architecture and data",
    "same architecture",
    "other architecture",
    "student and teacher",
    "shared initialisation",
    "trained twice",
    "parent and child",
    "ancestor",
    "one ancestor",
]
REGIMES: Mapping[Regime, str] = {
    "same architecture and data": "independent; shape, tokenizer and data are the same, only the "
    "seed differs",
    "same architecture": "independent; the same kind of architecture, another size or other data",
    "other architecture": "independent; another kind of architecture",
    "student and teacher": "no weights in common; one was taught by the other, or both by one",
    "shared initialisation": "trained apart from the same initial weights",
    "trained twice": "trained twice from the same seed on the same data, or made from two such",
    "parent and child": "one was made from the other's weights in one step",
    "ancestor": "one was made from the other's weights in several steps",
    "one ancestor": "both have weights of one ancestor",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One model and how it was made.

    Attributes:
        name: Unique; also its folder.
        architecture: Kind, as config.json calls it.
        shape: Equal exactly when architecture and all sizes are.
        tokenizer: Equal exactly when the tokenizer is.
        data: What it was trained on, without what its parents were.
        parents: What it was made from, teachers too.
        operation: What was done.
        weights_shared: Whether any of its weights descend from a parent's.
        init_seed: Of its own initialisation; None where weights are inherited or it is not known.
        repeats: The model that was trained before from the same seed on the same data.
    """

    name: str
    architecture: str
    shape: str
    tokenizer: str
    data: tuple[str, ...]
    parents: tuple[str, ...]
    operation: str
    weights_shared: bool
    init_seed: int | None
    repeats: str | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """What two models are to each other.

    Attributes:
        regime: In which company the pair is counted.
        weights: Whether trained weights are shared: the truth an examination of weights is to find.
        initial: Whether initial weights are (also through trained ones).
        outputs: Whether what one says comes from the other, or both from one.
        ancestor: Which of the two came first, where one descends from the other.
    """

    regime: Regime
    weights: bool
    initial: bool
    outputs: bool
    ancestor: str | None


@final
@dataclass(frozen=True, kw_only=True)
class Ancestry:
    """All models, parents before children.

    Raises (when built):
        PopulationError: Two models of one name, an unknown parent, or a cycle.
    """

    models: tuple[Origin, ...]

    def __post_init__(self) -> None:
        names = [origin.name for origin in self.models]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise PopulationError(f"ancestry: {twice} is described twice, expected once")
        for origin in self.models:
            for other in (*origin.parents, *((origin.repeats,) if origin.repeats else ())):
                if other not in self.by_name:
                    raise PopulationError(
                        f"ancestry: {origin.name} names {other}, which is not described; expected "
                        "every parent to be"
                    )
        try:
            self._order  # noqa: B018  # the order exists exactly if there is no cycle
        except CycleError as error:
            cycle = " from ".join(error.args[1])
            raise PopulationError(
                f"ancestry: {cycle}: a cycle; expected every model to be younger than its parents"
            ) from error

    @cached_property
    def by_name(self) -> dict[str, Origin]:
        """Origins by name."""
        return {origin.name: origin for origin in self.models}

    @cached_property
    def _order(self) -> tuple[str, ...]:
        """Parents before children."""
        parents = {origin.name: origin.parents for origin in self.models}
        return tuple(TopologicalSorter(parents).static_order())

    @cached_property
    def _roots(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name in self._order:
            origin = self.by_name[name]
            inherited = [found[parent] for parent in origin.parents]
            found[name] = (
                frozenset().union(*inherited) if origin.weights_shared else frozenset([name])
            )
        return found

    @cached_property
    def _above(self) -> dict[bool, dict[str, frozenset[str]]]:
        """Ancestors by inherited weights only (True) or by teaching as well (False)."""
        found: dict[bool, dict[str, frozenset[str]]] = {True: {}, False: {}}
        for weights, above in found.items():
            for name in self._order:
                origin = self.by_name[name]
                parents = origin.parents if origin.weights_shared or not weights else ()
                above[name] = frozenset(parents).union(*(above[parent] for parent in parents))
        return found

    @cached_property
    def _texts(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name in self._order:
            origin = self.by_name[name]
            inherited = origin.parents if origin.weights_shared else ()
            found[name] = frozenset(origin.data).union(*(found[parent] for parent in inherited))
        return found

    def texts(self, name: str) -> frozenset[str]:
        """All that it was trained on, it or those whose weights it holds."""
        return self._texts[name]

    def roots(self, name: str) -> frozenset[str]:
        """The originals whose trained weights it holds; itself if it was trained from scratch."""
        return self._roots[name]

    def ancestors(self, name: str, *, weights: bool) -> frozenset[str]:
        """Everything it was made from; with `weights`, only along inherited weights."""
        return self._above[weights][name]

    def families(self, name: str) -> tuple[str, ...]:
        """Names of the origins it depends on in any way; pairs with one in common are not apart.

        Models that share an initialisation or a seed are one family; so are student and teacher.
        """
        everything = {name} | self.ancestors(name, weights=False)
        originals = {root for model in everything for root in self.roots(model)}
        return tuple(sorted({self._stem(original) for original in originals}))

    def kinship(self, a: str, b: str) -> Kinship:
        """What two different models are to each other."""
        first = next((x for x, y in ((a, b), (b, a)) if x in self.ancestors(y, weights=True)), None)
        shared = bool(self.roots(a) & self.roots(b))
        repeated = bool(self._trainings(a) & self._trainings(b)) and not shared
        stems = [{self._stem(root) for root in self.roots(name)} for name in (a, b)]
        initial = shared or bool(stems[0] & stems[1])
        outputs = initial or bool(set(self.families(a)) & set(self.families(b)))
        return Kinship(
            regime=self._regime(a, b, first, shared, repeated, initial, outputs),
            weights=shared or repeated,
            initial=initial,
            outputs=outputs,
            ancestor=first,
        )

    def _regime(
        self,
        a: str,
        b: str,
        first: str | None,
        shared: bool,
        repeated: bool,
        initial: bool,
        outputs: bool,
    ) -> Regime:
        one, other = self.by_name[a], self.by_name[b]
        if repeated:
            return "trained twice"
        if first is not None:
            child = other if first == a else one
            return "parent and child" if first in child.parents else "ancestor"
        if shared:
            return "one ancestor"
        if initial:
            return "shared initialisation"
        if outputs:
            return "student and teacher"
        if one.architecture != other.architecture:
            return "other architecture"
        alike = (one.shape, one.tokenizer, self.texts(a)) == (
            *(other.shape, other.tokenizer, self.texts(b)),
        )
        return "same architecture and data" if alike else "same architecture"

    def _trainings(self, name: str) -> frozenset[str]:
        """Its roots, each repetition of a training named after the first."""
        found = set()
        for root in self.roots(name):
            seen = {root}
            while (before := self.by_name[root].repeats) is not None and before not in seen:
                seen.add(before)
                root = before
            found.add(root)
        return frozenset(found)

    def _stem(self, root: str) -> str:
        """The first of the originals that began from the same initial weights."""
        origin = self.by_name[root]
        if origin.init_seed is None:
            return root
        return self._first[origin.shape, origin.init_seed]

    @cached_property
    def _first(self) -> dict[tuple[str, int], str]:
        found: dict[tuple[str, int], str] = {}
        for origin in self.models:
            if origin.init_seed is not None and not origin.weights_shared:
                found.setdefault((origin.shape, origin.init_seed), origin.name)
        return found

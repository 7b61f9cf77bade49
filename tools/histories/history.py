"""A history of up to twelve shown models, drawn from a seed: who was made from whom, and how."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, final

import numpy as np

__all__ = ["LAYERS", "OPERATIONS", "SHOWN", "Birth", "Operation", "drawn"]

Operation: TypeAlias = Literal[
    "original", "light", "tuned", "heavy", "adapter", "merge", "parts", "cut",
    "eight-bit", "four-bit", "pruned", "half", "brain", "copy", "permuted",
]  # fmt: skip
OPERATIONS: Final[dict[Operation, float]] = {
    "light": 2, "tuned": 4, "heavy": 2, "adapter": 1, "merge": 3, "parts": 2, "cut": 1,
    "eight-bit": 1.5, "four-bit": 1.5, "pruned": 1.5, "half": 1, "brain": 1, "copy": 0.5,
    "permuted": 1.5,
}  # fmt: skip
"""How often each is drawn, in parts."""

LAYERS: Final = 3
SHOWN: Final = 12  # models at most
HIDDEN: Final = 0.2  # of the models are in no survey
LANGUAGES: Final = 3


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """How one model came about.

    Attributes:
        name: Says nothing of its descent.
        operation: What was done.
        parents: From what; of a merge two.
        shown: Whether the survey has it.
        seed: Of all that is drawn for it.
        share: Of the first parent in a merge; of the values that pruning takes.
        language: What it was trained on.
        kept: For each layer the layer of the parent that it began as; None for a new one.
        order: Models of one order of units can be merged.
    """

    name: str
    operation: Operation
    parents: tuple[str, ...] = ()
    shown: bool = True
    seed: int = 0
    share: float = 0.0
    language: int = 0
    kept: tuple[int | None, ...] = field(default=tuple(range(LAYERS)))
    order: int = 0


def drawn(seed: int, most: int = SHOWN) -> tuple[Birth, ...]:
    """The history of this seed, parents before children."""
    rng = np.random.default_rng([41, seed])
    births: list[Birth] = []
    roots, number = int(rng.integers(2, 5)), int(rng.integers(most - 3, most + 1))
    names = [f"m{place:02d}" for place in rng.permutation(4 * most)]
    while sum(birth.shown for birth in births) < number:
        first = len(births) < roots
        operation = "original" if first else _operation(rng)
        made = _MAKERS.get(operation, _child)(rng, births, operation)
        if made is not None:
            shown = bool(rng.random() >= HIDDEN)
            seed_of = 1000 * seed + len(births)
            births.append(_named(made, names[len(births)], shown, seed_of))
    return tuple(births)


def _operation(rng: np.random.Generator) -> Operation:
    weights = np.array(list(OPERATIONS.values()))
    chosen: Operation = list(OPERATIONS)[rng.choice(len(weights), p=weights / weights.sum())]
    return chosen


def _named(made: Birth, name: str, shown: bool, seed: int) -> Birth:
    return Birth(
        name=name, operation=made.operation, parents=made.parents, shown=shown, seed=seed,
        share=made.share, language=made.language, kept=made.kept, order=made.order or seed,
    )  # fmt: skip


def _original(rng: np.random.Generator, births: Sequence[Birth], operation: Operation) -> Birth:
    return Birth(name="", operation=operation, order=1)


def _child(rng: np.random.Generator, births: Sequence[Birth], operation: Operation) -> Birth:
    """One parent, the same layers."""
    parent = births[int(rng.integers(len(births)))]
    return Birth(
        name="", operation=operation, parents=(parent.name,), order=parent.order,
        share=float(rng.uniform(0.3, 0.6)), language=int(rng.integers(LANGUAGES)),
        kept=tuple(range(len(parent.kept))),
    )  # fmt: skip


def _permuted(rng: np.random.Generator, births: Sequence[Birth], operation: Operation) -> Birth:
    child = _child(rng, births, operation)
    return Birth(
        name="", operation=operation, parents=child.parents, kept=child.kept, order=0
    )  # a new order, its own


def _merge(rng: np.random.Generator, births: Sequence[Birth], operation: Operation) -> Birth | None:
    """Two models of one shape and order of units; any two of them, kin or not."""
    pairs = [
        (a, b)
        for i, a in enumerate(births)
        for b in births[i + 1 :]
        if a.order == b.order and len(a.kept) == len(b.kept)
    ]
    if not pairs:
        return None
    a, b = pairs[int(rng.integers(len(pairs)))]
    return Birth(
        name="", operation=operation, parents=(a.name, b.name), order=a.order,
        share=float(rng.uniform(0.3, 0.7)), kept=tuple(range(len(a.kept))),
    )  # fmt: skip


def _parts(rng: np.random.Generator, births: Sequence[Birth], operation: Operation) -> Birth:
    """Some layers are the parent's, the others new, and all are trained or only the new ones."""
    child = _child(rng, births, operation)
    new = rng.permutation(len(child.kept))[: int(rng.integers(1, len(child.kept)))]
    kept = tuple(None if n in new else n for n in range(len(child.kept)))
    return Birth(
        name="", operation=operation, parents=child.parents, kept=kept, order=child.order,
        language=child.language, share=float(rng.integers(2)),
    )  # fmt: skip


def _cut(rng: np.random.Generator, births: Sequence[Birth], operation: Operation) -> Birth | None:
    """One layer fewer."""
    child = _child(rng, births, operation)
    if len(child.kept) < LAYERS:
        return None
    gone = int(rng.integers(len(child.kept)))
    kept = tuple(n for n in range(len(child.kept)) if n != gone)
    return Birth(
        name="", operation=operation, parents=child.parents, kept=kept, order=child.order,
        language=child.language, share=float(rng.integers(2)),
    )  # fmt: skip


_Maker: TypeAlias = Callable[[np.random.Generator, Sequence[Birth], Operation], Birth | None]
_MAKERS: Final[dict[Operation, _Maker]] = {
    "original": _original, "merge": _merge, "parts": _parts, "cut": _cut, "permuted": _permuted,
}  # fmt: skip

"""Before and after: did a model move towards the source, beyond what it moved towards each control?

The statistic is that of `filiation.numerics.pairs.movement`, whose null is that the source is
exchangeable with the controls as a place to move to.

Simulated: 24 strangers with answers of shared popularity, an older version, and newer ones that
learned from nobody, from one control, from the source, or from a sibling of it that is no control;
and a source that gives the popular answer more often than any control, as a strong model does.

Run by `python tools/validate_outputs before-after`, a minute.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.pairs.movement import movement, p_moved
from filiation.numerics.rng import stream

__all__ = ["main", "simulated"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

ITEMS: Final = 400
MODELS: Final = 24  # the source, row 0, and the controls
TRIALS: Final = 200
CHOICES: Final = 12  # answers that a question has
USUAL: Final = "nobody; usual source"
OWN: Final = 0.45  # chance that a model answers as it would, not as is popular


def crowd(rng: np.random.Generator) -> tuple[Int64, Float64]:
    """Models that share what is popular: answers [models, items], and the popularity."""
    popular = rng.dirichlet(np.full(CHOICES, 0.4), ITEMS)
    said = np.array([_drawn(popular, rng) for _ in range(MODELS)])
    own = rng.integers(0, CHOICES, said.shape)
    return np.where(rng.random(said.shape) < OWN, own, said), popular


def _drawn(popular: Float64, rng: np.random.Generator) -> Int64:
    edges = popular.cumsum(axis=1)
    return np.asarray((rng.random((len(popular), 1)) > edges).sum(axis=1).clip(max=CHOICES - 1))


def simulated(
    kind: str, changed: float, learned: float, rng: np.random.Generator
) -> tuple[Int64, Int64, Int64]:
    """Old and new answers of a subject, and those of the others; row 0 is the source.

    Args:
        kind: From whom: "nobody", "a control", "the source", "a sibling" of the source, which says
            the same as the source on half of the questions and is not among the controls, or
            "nobody; usual source": the source gives the popular answer where others have their own.
        changed: Share of questions that tuning changed the answer of.
        learned: Share of these on which the new answer is the teacher's.
        rng: A stream.
    """
    others, popular = crowd(rng)
    if kind == USUAL:
        others[0] = _drawn(popular, rng)
    own = rng.random(ITEMS) < OWN
    old = np.where(own, rng.integers(0, CHOICES, ITEMS), _drawn(popular, rng))
    sibling = np.where(rng.random(ITEMS) < 0.5, others[0], _drawn(popular, rng))
    teacher = {"a control": others[1], "the source": others[0], "a sibling": sibling}.get(kind)
    better = _drawn(popular, rng)  # what any tuning moves towards: the popular answer
    taught = better if teacher is None else np.where(rng.random(ITEMS) < learned, teacher, better)
    return old, np.where(rng.random(ITEMS) < changed, taught, old), others


def main() -> None:
    """Print how often the source is beyond every control, by what the newer version learned."""
    print(f"{MODELS - 1} controls, {ITEMS} questions, {TRIALS} trials; the least p is 1/{MODELS}\n")
    print("| learned from | answers changed | of these the teacher's | least p | p <= .25 |")
    print("|---" * 5 + "|")
    rows = [("nobody", c, 0.0) for c in (0.1, 0.3, 0.6)]
    rows += [(USUAL, c, 0.0) for c in (0.1, 0.3, 0.6)]
    rows += [("a control", 0.3, 0.5), ("a sibling", 0.3, 0.5)]
    rows += [("the source", 0.3, q) for q in (0.1, 0.2, 0.3, 0.5)]
    for kind, changed, learned in rows:
        rng = stream(0, "before-after", kind, f"{changed:g}", f"{learned:g}")
        found = np.array([_once(kind, changed, learned, rng) for _ in range(TRIALS)])
        least, quarter = np.mean(found <= 1 / MODELS + 1e-9), np.mean(found <= 0.25)
        print(f"| {kind} | {changed:.0%} | {learned:.0%} | {least:.1%} | {quarter:.1%} |")


def _once(kind: str, changed: float, learned: float, rng: np.random.Generator) -> float:
    return p_moved(movement(*simulated(kind, changed, learned, rng)), rng)

"""What does an accuser gain who chooses seed, method, frame, layer or side after looking?

Over pairs of models that share nothing (trained from other seeds on the same text): the p-value
that he would show if he were free to choose, the same once his choices are counted, and what the
plan gives, which leaves him none. Last, the choice that no plan takes from him: the order in which
his own model lists its units and the rotation of its stream, if he may still set them after he has
seen the other's (`adversary.chosen`, `tools/docs/chosen_order.py`).
"""

import itertools
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from adversary.chosen import best_choice, rearranged, rows_of
from adversary.found import TOKENIZER, exhibit
from casebook.making import load
from casebook.operations import Weights, layer_count, orthogonal
from filiation.examining.combining import combine
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.methods import methods_for
from filiation.model.examination import Conclusion
from filiation.model.exhibit import Exhibit
from filiation.model.finding import Finding
from filiation.model.kinds import WEIGHTS
from filiation.model.sketch import Sketch
from filiation.numerics.frames.assignment import best_total, pair_units

__all__ = ["CHOICES", "Looks", "fitted", "look", "strangers"]

STRANGERS: Final = ("parent", "stranger-2", "stranger-3", "stranger-4", "stranger-5", "distilled")
SEEDS: Final = 50


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """All that an accuser of one pair saw; natural logs of p.

    Attributes:
        combined: Side (0: one derives from the other, 1: the other way) and seed to the combined p.
        methods: Side, seed and method to its p.
        layers: Side, seed, method and layer to the p of that layer alone.
    """

    combined: Mapping[tuple[int, int], float]
    methods: Mapping[tuple[int, int, str], float]
    layers: Mapping[tuple[int, int, str, str], float]


def strangers(names: Sequence[str] = STRANGERS) -> list[tuple[Exhibit, Exhibit]]:
    """Every pair of these models of the casebook, none of which has another's weights."""
    shown = [exhibit(name, load(FOLDER, name), TOKENIZER) for name in names]
    return list(itertools.combinations(shown, 2))


def look(one: Sketch, two: Sketch, seeds: int = SEEDS) -> Looks:
    """Compare a pair in both directions under so many seeds, and keep everything."""
    combined, methods, layers = {}, {}, {}
    for side, (source, subject) in enumerate(((one, two), (two, one))):
        for seed in range(seeds):
            found = [
                out
                for method in methods_for("weights")
                if isinstance(out := method.compare(source, subject, seed=seed), Finding)
            ]
            combined[side, seed] = combine(found).log_p or 0.0
            for one_found in found:
                methods[side, seed, one_found.method] = one_found.log_p
                for layer in one_found.layers:
                    layers[side, seed, one_found.method, layer.source_layer] = layer.log_p
    return Looks(combined=combined, methods=methods, layers=layers)


def _only_seed(looks: Looks) -> list[float]:
    return [p for (side, _), p in looks.combined.items() if side == 0]


def _only_method(looks: Looks) -> list[float]:
    return [p for (side, seed, _), p in looks.methods.items() if (side, seed) == (0, 0)]


def _only_layer(looks: Looks) -> list[float]:
    first = next(method for _, _, method, _ in looks.layers)
    return [p for (*at, m, _), p in looks.layers.items() if at == [0, 0] and m == first]


def _all(looks: Looks) -> list[float]:
    return [*looks.combined.values(), *looks.methods.values(), *looks.layers.values()]


CHOICES: Final[Mapping[str, Callable[[Looks], list[float]]]] = {
    "nothing: the plan's combined p": lambda looks: [looks.combined[0, 0]],
    "the seed": _only_seed,
    "the side": lambda looks: [looks.combined[side, 0] for side in (0, 1)],
    "the layer, of the first method": _only_layer,
    "the method and frame": _only_method,
    "seed, side, method, frame, layer": _all,
}


def fitted(source: Weights, subject: Weights) -> Weights:
    """The source with the units of each layer in the order that fits the subject's best.

    It computes what it did before.
    """
    changed = dict(source)
    for layer in range(layer_count(source)):
        names = [f"model.layers.{layer}.mlp.{part}_proj.weight" for part in ("gate", "up", "down")]
        ours, theirs = (_stacked(model, names) for model in (source, subject))
        order = pair_units(ours, theirs, np.random.default_rng(0), exact_to=len(ours))
        for name in names:
            changed[name] = source[name][:, order] if "down" in name else source[name][order]
    return changed


def _stacked(model: Weights, names: Sequence[str]) -> np.ndarray:
    rows = [model[name].T if "down" in name else model[name] for name in names]
    units = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in rows]
    return np.ascontiguousarray(np.concatenate(units, axis=1), dtype=np.float32)


def examined(source: Exhibit, subject: Exhibit) -> Conclusion:
    """Under the default plan."""
    plan = fix_plan(subject=subject, source=source)
    (found,) = examine(plan, subject=subject, source=source).conclusions
    return found


def main() -> None:
    """Print what he would show, and what the plan gives."""
    pairs = [(one.content(WEIGHTS), two.content(WEIGHTS)) for one, two in strangers()]
    seen = [look(one, two) for one, two in pairs]
    print(f"{len(seen)} pairs of models that share nothing, {SEEDS} seeds")
    print(f"{'chosen after looking':<36}{'choices':>8}{'p <= 0.05':>11}{'p <= 0.01':>11}"
          f"{'least p':>10}{'counted':>10}")  # fmt: skip
    for name, choose in CHOICES.items():
        chosen = [choose(looks) for looks in seen]
        ps = [math.exp(min(of)) for of in chosen]
        counted = min(min(1.0, p * len(of)) for p, of in zip(ps, chosen, strict=True))
        print(
            f"{name:<36}{max(map(len, chosen)):>8}{sum(p <= 0.05 for p in ps):>11}"
            f"{sum(p <= 0.01 for p in ps):>11}{min(ps):>10.2g}{counted:>10.2g}"
        )
    _print_fitted()


def _print_fitted() -> None:
    """The attack that needs no choice of the plan, and what tells it from a child that drifted."""
    models = {name: load(FOLDER, name) for name in ("parent", "stranger-2", "continued")}
    made = fitted(models["parent"], models["stranger-2"])
    sides = [rows_of(models[name]) for name in ("parent", "stranger-2")]
    turned = rearranged(models["parent"], best_choice(sides[0], sides[1], "rotation"))
    print(
        f"\n{'source and subject':<50}{'log10 p':>9}{'toward':>14}{'cosine':>9}{'of strangers':>14}"
    )
    for name, source, subject in (
        ("parent, stranger-2", models["parent"], "stranger-2"),
        ("parent re-ordered to fit stranger-2, stranger-2", made, "stranger-2"),
        ("parent turned and re-ordered, stranger-2", turned, "stranger-2"),
        ("parent, continued", models["parent"], "continued"),
    ):
        case = examined(
            exhibit("source", source, TOKENIZER), exhibit("subject", models[subject], TOKENIZER)
        )
        here, best = likeness(source, models[subject])
        measured = f"{case.support.toward:>14}{here:>9.2f}{best:>14.2f}"
        print(f"{name:<50}{round((case.combined.log_p or 0) / math.log(10)):>9}{measured}")
        for note in case.notes:
            print(textwrap.indent(textwrap.fill(f"note: {note}", 96), "    "))


def likeness(source: Weights, subject: Weights) -> tuple[float, float]:
    """Mean cosine of units of equal index, and the most that the order of a stranger's could give.

    The second is that of the best order after the subject was turned by a random rotation, which
    leaves nothing of a relation and everything else as it was.
    """
    here, best = [], []
    for layer in range(layer_count(source)):
        names = [f"model.layers.{layer}.mlp.{part}_proj.weight" for part in ("gate", "up", "down")]
        ours, theirs = (_stacked(model, names) for model in (source, subject))
        turn = orthogonal(ours.shape[1] // len(names), seed=layer).astype(np.float32)
        turned = np.concatenate([x @ turn for x in np.split(theirs, len(names), axis=1)], axis=1)
        size = len(names) * len(ours)
        here.append(float(np.einsum("ij,ij->", ours, theirs)) / size)
        best.append(best_total(ours, np.ascontiguousarray(turned)) / size)
    return float(np.mean(here)), float(np.mean(best))


FOLDER: Final = TOKENIZER.parent.parent

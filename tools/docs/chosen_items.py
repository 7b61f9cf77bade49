"""What an accuser gains who keeps the most damning items, and what is left of it by the rule.

    python tools/docs/chosen_items.py [--pairs N]

Forty controls and two strangers answer 600 keyed questions (synthetic: ability, tempting
wrong answers). The accuser holds back the joint errors on which the two strangers differ, those
first on which the others agree most. Shared errors are then examined on what is left.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.shared_errors import SharedErrors
from filiation.model.finding import Finding
from filiation.model.recording import Item, Recording
from filiation.numerics.tails.chosen import log_p_needed

MODELS: Final = 42
ITEMS: Final = 600
LETTERS: Final = "ABCDEFGHIJ"
LEVEL: Final = 0.01


def population(seed: int) -> tuple[Recording, ...]:
    """Independent models whose wrong answers are drawn from tempting ones, item by item."""
    rng = np.random.default_rng(seed)
    tempting = rng.dirichlet(np.full(len(LETTERS) - 1, 0.7), ITEMS)
    ease = rng.normal(0.0, 1.0, ITEMS)
    key = rng.integers(0, len(LETTERS), ITEMS)
    items = tuple(Item(id=f"q{n}", key=LETTERS[k], options=10) for n, k in enumerate(key))
    found = []
    for model in range(MODELS):
        right = rng.random(ITEMS) < 1.0 / (1.0 + np.exp(-(ease + rng.normal(0.0, 0.4))))
        steps = 1 + np.asarray([rng.choice(len(LETTERS) - 1, p=row) for row in tempting])
        said = np.where(right, key, (key + steps) % len(LETTERS))
        outputs = tuple(LETTERS[a] for a in said)
        found.append(Recording(name=f"m{model}", items=items, outputs=outputs))
    return tuple(found)


def order_of_exculpation(models: Sequence[Recording]) -> NDArray[np.int64]:
    """Items by how much they speak for the first two, those that speak most for them first."""
    said = np.asarray([one.outputs for one in models])
    wrong = said != np.asarray([item.key for item in models[0].items])
    joint = wrong[0] & wrong[1]
    alike = joint & (said[0] == said[1])
    others = np.asarray([(said[2:] == said[row]).mean(axis=0) for row in (0, 1)]).mean(axis=0)
    return np.argsort(np.where(joint, alike - others, 0.0), kind="stable")


def log_p_without(models: Sequence[Recording], drop: NDArray[np.int64]) -> float:
    """Natural log of p of shared errors on what is left; 0 where nothing was found."""
    keep = np.setdiff1d(np.arange(ITEMS), drop)
    items = tuple(models[0].items[n] for n in keep)
    left = [replace(m, items=items, outputs=tuple(m.outputs[n] for n in keep)) for m in models]
    found = SharedErrors().compare(left[0], left[1], left[2:], seed=0)
    return found.log_p if isinstance(found, Finding) else 0.0


def main() -> None:
    """Print how often innocents are accused, with the rule and without."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=8)
    pairs = parser.parse_args().pairs
    print(f"{pairs} pairs of strangers, {ITEMS} items, {MODELS - 2} controls, level {LEVEL:g}")
    print("held back   p to survive it   median p found   accused without the rule   with it")
    drawn = [population(seed) for seed in range(pairs)]
    orders = [order_of_exculpation(models) for models in drawn]
    for back in (0, 30, 60, 120):
        needed = log_p_needed(LEVEL, back)
        both = zip(drawn, orders, strict=True)
        found = [log_p_without(models, order[:back]) for models, order in both]
        plain = sum(log_p <= math.log(LEVEL) for log_p in found)
        kept = sum(log_p <= needed for log_p in found)
        middle = math.exp(float(np.median(found)))
        print(
            f"{back:9d}   {math.exp(needed):15.1g}   {middle:14.2g}   {plain:>18} of {pairs:<2}"
            f"   {kept:>4} of {pairs}"
        )


if __name__ == "__main__":
    main()

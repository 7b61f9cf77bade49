"""Does expert-order accuse unrelated mixtures no more often than it says?"""

import math
from dataclasses import replace

import numpy as np
from scipy.stats import binomtest

import toys
from filiation.methods.weights.expert_order import ExpertOrder
from filiation.model.finding import Finding, Inapplicable
from toys import Toy
from trials import trials

PAIRS = trials(150)
METHOD = ExpertOrder()


def mixture(seed: int, *, experts: int = 8, units: int = 12) -> Toy:
    toy = toys.born(seed, layers=2 * experts, units=units, width=16)
    return replace(toy, experts=experts)


def reordered(toy: Toy, seed: int, *, across: bool) -> Toy:
    """The units of every expert in another order; or the experts themselves."""
    if not across:
        return toys.permuted(toy, seed)
    order = np.random.default_rng(seed).permutation(toy.experts)
    arrays = dict(toy.arrays)
    for layer in range(2):
        for place, old in enumerate(order):
            for role in ("up", "gate", "down"):
                name = f"layers.{layer * toy.experts + place}.{role}"
                arrays[name] = toy.arrays[f"layers.{layer * toy.experts + old}.{role}"]
    return toys.changed(toy, "reordered", arrays)


def test_size_is_at_most_alpha() -> None:
    log_ps = []
    for pair in range(PAIRS):
        source, subject = (toys.sketch(mixture(2 * pair + side + 1)) for side in (0, 1))
        out = METHOD.compare(source, subject, seed=pair)
        assert isinstance(out, Finding)
        log_ps.append(out.log_p)
    for alpha in (0.01, 0.05, 0.2):
        hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


def test_upcycled_experts_that_are_all_equal_do_not_accuse() -> None:
    """Two mixtures made of one dense layer each: ties must not be settled by index."""

    def upcycled(seed: int) -> Toy:
        toy = mixture(seed)
        return toys.changed(
            toy,
            toy.name,
            {
                f"layers.{n}.{role}": toy.arrays[f"layers.{8 * (n // 8)}.{role}"]
                for n in range(16)
                for role in ("up", "gate", "down")
            },
        )

    for seed in range(10):
        out = METHOD.compare(
            toys.sketch(upcycled(seed)), toys.sketch(upcycled(100 + seed)), seed=seed
        )
        assert isinstance(out, Finding)
        assert out.log_p > math.log(1e-3)


def test_a_child_is_found_though_the_units_of_each_expert_were_permuted() -> None:
    parent = mixture(1)
    child = reordered(toys.tuned(parent, 2, drift=0.2), 3, across=False)
    out = METHOD.compare(toys.sketch(parent), toys.sketch(child), seed=0)

    assert isinstance(out, Finding)
    assert out.counts
    assert out.observed == 16
    assert out.log_p < math.log(1e-6)


def test_experts_whose_writers_belong_to_others_count_for_nothing() -> None:
    """As in a shifted stream: readers at the same place, writers not."""
    parent = mixture(1)
    other = toys.tuned(parent, 2, drift=0.2)
    strange = {n: a for n, a in mixture(9).arrays.items() if n.endswith("down")}
    out = METHOD.compare(
        toys.sketch(parent), toys.sketch(toys.changed(other, "shifted", strange)), seed=0
    )
    assert isinstance(out, Finding)
    assert out.observed > 8 and not out.counts


def test_permuted_experts_escape() -> None:
    parent = mixture(1)
    child = reordered(parent, 3, across=True)
    out = METHOD.compare(toys.sketch(parent), toys.sketch(child), seed=0)

    assert isinstance(out, Finding)
    assert out.log_p > math.log(1e-3)


def test_dense_models_and_other_numbers_of_experts_are_inapplicable() -> None:
    for other, words in (
        (toys.born(2), "no layer of several experts"),
        (mixture(2, experts=4), "as many experts"),
    ):
        out = METHOD.compare(toys.sketch(mixture(1)), toys.sketch(other), seed=0)
        assert isinstance(out, Inapplicable)
        assert words in out.reason

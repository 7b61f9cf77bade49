"""Do the unit methods accuse unrelated models no more often than they say?

Toys prove the arithmetic, here under every trap that has broken a published test; the casebook's
independently trained models (test_casebook_size.py) prove the assumption.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

import toys
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.model.finding import Finding, Inapplicable
from filiation.model.sketch import Frame, LayerSketch, Sketch, UnitRows
from filiation.numerics.frames.directions import quantise
from toys import Toy
from trials import trials

PAIRS = trials(120)
FRAMES: tuple[Frame, ...] = ("native", "token")


def plain(seed: int) -> Toy:
    return toys.born(seed, layers=2, units=32, width=24)


def dead_at_equal_indices(seed: int) -> Toy:
    """A third of the units zero, at the same places in every model."""
    toy = plain(seed)
    return toys.changed(toy, toy.name, {n: silenced(n, a, 0.0) for n, a in toy.arrays.items()})


def repeated_at_equal_indices(seed: int) -> Toy:
    """A third of the units equal to one another, at the same places in every model."""
    toy = plain(seed)
    return toys.changed(toy, toy.name, {n: silenced(n, a, 1.0) for n, a in toy.arrays.items()})


def silenced(name: str, array: np.ndarray, value: float) -> np.ndarray:
    array = array.copy()
    if name.endswith("down"):
        array[:, ::3] = value
    elif name.startswith("layers"):
        array[::3] = value
    return array


def common_direction(seed: int) -> Toy:
    """All units of all models lean the same way."""
    toy = plain(seed)
    lean = np.random.default_rng(0).normal(size=24).astype(np.float32)
    leaning = {
        n: a + (2 * lean[:, None] if n.endswith("down") else 2 * lean)
        for n, a in toy.arrays.items()
        if n.startswith("layers")
    }
    return toys.changed(toy, toy.name, leaning)


def padded_vocabulary(seed: int) -> Toy:
    toy = plain(seed)
    embed = toy.arrays["embed"].copy()
    embed[70:] = 0.0
    return toys.changed(toy, toy.name, {"embed": embed, "unembed": embed})  # also tied


def shared_embeddings(seed: int) -> Toy:
    """Two models may share an embedding table and nothing else."""
    return toys.changed(plain(seed), f"toy-{seed}", {"embed": plain(0).arrays["embed"]})


def repeated_layers(seed: int) -> Toy:
    """Depth up-scaled: each layer stands twice, so that its units' order counts twice."""
    toy = plain(seed)
    again = {
        n.replace("layers.0", "layers.2").replace("layers.1", "layers.3"): a
        for n, a in toy.arrays.items()
        if n.startswith("layers")
    }
    return toys.changed(toy, toy.name, again)


TRAPS: tuple[Callable[[int], Toy], ...] = (
    plain,
    dead_at_equal_indices,
    repeated_at_equal_indices,
    common_direction,
    padded_vocabulary,
    shared_embeddings,
    repeated_layers,
)


@cache
def null_log_ps(trap: Callable[[int], Toy]) -> dict[str, list[float]]:
    methods = [m for f in FRAMES for m in (UnitTrace(frame=f, draws=399), UnitOrder(frame=f))]
    found: dict[str, list[float]] = {method.id: [] for method in methods}
    for pair in range(PAIRS):
        source, subject = (toys.sketch(trap(2 * pair + side + 1)) for side in (0, 1))
        for method, log_ps in zip(methods, found.values(), strict=True):
            out = method.compare(source, subject, seed=pair)
            assert isinstance(out, Finding)
            log_ps.append(out.log_p)
    return found


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_size_is_at_most_alpha(trap: Callable[[int], Toy]) -> None:
    for log_ps, alpha in itertools.product(null_log_ps(trap).values(), (0.01, 0.05, 0.2)):
        hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
        # A correct method fails here once in a million re-seedings.
        assert binomtest(hits, PAIRS, alpha, alternative="greater").pvalue > 1e-6


@pytest.mark.parametrize("frame", FRAMES)
def test_trace_p_is_uniform_for_one_layer_each(frame: Frame) -> None:
    """With a single candidate nothing is lost to Bonferroni: p is uniform, not only valid."""
    ps = []
    for pair in range(PAIRS):
        source, subject = (
            toys.sketch(toys.born(5_000 + 2 * pair + side, layers=1)) for side in (0, 1)
        )
        out = UnitTrace(frame=frame, draws=999).compare(source, subject, seed=pair)
        assert isinstance(out, Finding)
        ps.append(math.exp(out.log_p))

    assert kstest(ps, "uniform").pvalue > 1e-6


def attentive(seed: int, *, block: int = 20, drift: float = 0.0, of: int | None = None) -> Sketch:
    """The values of two attentions of six heads, as a sketch keeps them; or a child's."""
    rng, own = np.random.default_rng(seed if of is None else of), np.random.default_rng(seed)
    layers = []
    for label in ("a", "b"):
        rows = {}
        for role in ("attn.v", "attn.o"):
            made = rng.normal(size=(6 * block, 32)) + drift * own.normal(size=(6 * block, 32))
            directions = quantise(made.astype(np.float32))
            rows[role] = UnitRows(
                width=40,
                norms=np.ones(6 * block, dtype=np.float32),
                directions={"native": directions, "table": directions},
            )
        layers.append(LayerSketch(label=label, units=6 * block, roles=rows, block=block))
    return replace(toys.sketch(plain(1)), attention=layers, subject_digest=f"{seed:064}")


@pytest.mark.parametrize("frame", ["native", "table"])
def test_values_of_attention_are_units_within_a_head(frame: Frame) -> None:
    """Size on strangers and power on a child, for both methods."""
    for method in (
        UnitTrace(frame=frame, draws=399, of="attention"),
        UnitOrder(frame=frame, of="attention"),
    ):
        assert "of=attention" in method.id
        log_ps = []
        for pair in range(trials(60)):
            out = method.compare(attentive(2 * pair + 1), attentive(2 * pair + 2), seed=pair)
            assert isinstance(out, Finding) and out.component == "attention"
            log_ps.append(out.log_p)
        for alpha in (0.01, 0.05, 0.2):
            hits = int(np.count_nonzero(np.array(log_ps) <= math.log(alpha)))
            assert binomtest(hits, trials(60), alpha, alternative="greater").pvalue > 1e-6
        child = method.compare(attentive(1), attentive(2, of=1, drift=1.0), seed=0)
        assert isinstance(child, Finding) and child.log_p < math.log(1e-3)


def test_heads_of_another_size_are_not_compared() -> None:
    out = UnitOrder(frame="native", of="attention").compare(
        attentive(1, block=20), attentive(2, block=40), seed=0
    )
    assert isinstance(out, Inapplicable) and "in heads of 20" in out.reason
    none = UnitOrder(frame="native", of="attention").compare(
        toys.sketch(plain(1)), toys.sketch(plain(2)), seed=0
    )
    assert isinstance(none, Inapplicable) and "no attention" in none.reason


def test_adding_up_over_the_subjects_layers_would_accuse() -> None:
    """Why the terms are the source's layers (docs/design/0002).

    The design once said: for each layer of the subject the best of the source's, then Fisher over
    the subject's layers. A subject that repeats one layer eight times then counts one chance
    agreement eight times.
    """
    from filiation.numerics.combining.combine import fisher_log_p

    method = UnitTrace(frame="native", draws=399)
    wrong, right = 0, 0
    pairs = trials(150)
    for pair in range(pairs):
        source = toys.sketch(toys.born(9_000 + 2 * pair, layers=1, units=32, width=24))
        one = toys.born(9_001 + 2 * pair, layers=1, units=32, width=24)
        eight = {
            n.replace("layers.0", f"layers.{k}"): a
            for n, a in one.arrays.items()
            for k in range(8)
            if n.startswith("layers")
        }
        subject = toys.sketch(toys.changed(one, one.name, eight))
        single = method.compare(source, toys.sketch(one), seed=pair)
        whole = method.compare(source, subject, seed=pair)
        assert isinstance(single, Finding) and isinstance(whole, Finding)
        wrong += fisher_log_p([single.log_p] * 8) <= math.log(0.01)
        right += whole.log_p <= math.log(0.01)

    assert binomtest(wrong, pairs, 0.01, alternative="greater").pvalue < 1e-6
    assert binomtest(right, pairs, 0.01, alternative="greater").pvalue > 1e-6

"""A party who wants its own model drawn as somebody's parent: what it does, and what is drawn."""

import numpy as np
import pytest
from scipy.stats import truncnorm

from filiation.numerics.rng import stream
from filiation.report.wording.stemma import stemma_sentences
from size.shape import EMBED, HEAD, Weights, at
from stemmata import directed, drawn, linked, moved, original, pruned, rounded, weighted

BITS = [4, 8]


def within_steps(coarse: Weights, bits: int, part: float, seed: int) -> Weights:
    """Digits made up: noise over this part of every step of a lattice."""
    rng = stream(seed, "made up")
    found = {}
    for name, x in coarse.items():
        groups = x.reshape(-1, 16)
        step = np.abs(groups).max(axis=1, keepdims=True) / np.float32(2 ** (bits - 1) - 1)
        noise = rng.uniform(-0.5, 0.5, size=groups.shape) * part * step * 0.998
        found[name] = (groups + noise).reshape(x.shape).astype(np.float32) if x.ndim > 1 else x
    return found


@pytest.fixture(scope="module")
def true() -> Weights:
    return original(1)


@pytest.mark.parametrize("bits", BITS)
def test_made_up_digits_give_no_direction(true: Weights, bits: int) -> None:
    """The victim published a rounded model, and its kin are known; the forger fills the steps."""
    victim = rounded(true, bits)
    models = {
        "victim": victim,
        "forged": within_steps(victim, bits, 1.0, 7),
        "kin": moved(true, 0.05, 2),
        "child": moved(victim, 0.1, 3),
    }
    stemma = drawn(models)
    assert not directed(stemma)
    link = linked(stemma)[frozenset(("victim", "forged"))]
    assert (link.loss, link.confirmed_by) == ("rounded", ())


@pytest.mark.parametrize("bits", BITS)
def test_a_light_training_within_the_steps_is_no_finer_original(true: Weights, bits: int) -> None:
    """Nobody lies here: a rounded model was trained so lightly that no value left its step."""
    victim = rounded(true, bits)
    light = within_steps(victim, bits, 0.3, 7)
    models = {"victim": victim, "light": light, "child": moved(light, 0.05, 2)}
    stemma = drawn(models)
    assert not directed(stemma)
    assert all(link.loss is None for link in stemma.links)


def test_precision_put_back_makes_no_second_model(true: Weights) -> None:
    victim = {n: x.astype(np.float16).astype(np.float32) for n, x in true.items()}
    rng = stream(7, "precision")
    forged = {
        n: (x * (1 + rng.uniform(-1, 1, size=x.shape) * 2.0**-12)).astype(np.float32)
        for n, x in victim.items()
    }
    stemma = drawn({"victim": victim, "forged": forged, "kin": moved(true, 0.05, 2)})
    assert stemma.copies == (("victim", "forged"),) and not directed(stemma)


def test_filled_in_zeros_give_no_direction(true: Weights) -> None:
    victim = pruned(true)
    rng = stream(7, "filled")
    forged = {
        n: np.where(x == 0, rng.uniform(-1, 1, size=x.shape) * np.abs(x[x != 0]).min(), x).astype(
            np.float32
        )
        if x.ndim > 1
        else x
        for n, x in victim.items()
    }
    models = {"victim": victim, "forged": forged, "child": moved(victim, 0.1, 3)}
    stemma = drawn(models)
    assert not directed(stemma)
    assert linked(stemma)[frozenset(("victim", "forged"))].loss == "pruned"


@pytest.mark.parametrize("grown", ["tokens", "layers"])
def test_more_tokens_or_layers_say_nothing_of_who_came_first(true: Weights, grown: str) -> None:
    more = original(9)
    if grown == "tokens":
        other = true | {n: np.concatenate([true[n], more[n][:16]]) for n in (EMBED, HEAD)}
    else:
        added = {n.replace("layers.0", "layers.2"): x for n, x in more.items() if "layers.0" in n}
        other = true | added
    models = {"small": true, "large": other, "kin": moved(true, 0.1, 2)}
    assert not directed(drawn(models))


def test_cut_and_averaged_copies_of_a_layer_are_no_original(true: Weights) -> None:
    """The victim holds a layer twice, trained on; the forger takes their mean for the original."""
    twice = true | {
        n.replace("layers.1", "layers.2"): x for n, x in true.items() if "layers.1" in n
    }
    victim = moved(twice, 0.1, 2)
    forged = {n: x for n, x in victim.items() if "layers.2" not in n}
    forged |= {
        n: ((x + victim[n.replace("layers.1", "layers.2")]) / 2).astype(np.float32)
        for n, x in forged.items()
        if "layers.1" in n
    }
    models = {"victim": victim, "forged": forged, "kin": moved(true, 0.1, 3)}
    assert not directed(drawn(models))


def test_two_models_whose_sum_is_the_victim_are_not_drawn_as_its_parents(true: Weights) -> None:
    """With noise as large as the victim added and taken away, the two share nothing in sum."""
    noise = original(9)
    models = {
        "victim": true,
        "plus": {n: x + noise[n] if x.ndim > 1 else x for n, x in true.items()},
        "minus": {n: x - noise[n] if x.ndim > 1 else x for n, x in true.items()},
        "child": moved(true, 0.1, 2),
    }
    stemma = drawn(models)
    assert not directed(stemma)
    said = [s for s in stemma_sentences(stemma) if "lies between" in s]
    assert said and all("no direction is drawn" in s for s in said)


def test_a_parent_moved_a_little_does_not_take_its_place(true: Weights) -> None:
    """The forger publishes the parent with noise; the child stays with the parent, or with both."""
    for amount in (0.3, 0.05, 0.003):
        models = {
            "parent": true,
            "forged": moved(true, amount, 7),
            "child": moved(true, 0.3, 2),
            "other": moved(true, 0.2, 3),
        }
        stemma = drawn(models)
        assert not directed(stemma)
        for link in stemma.links:
            names = {name for end in link.ends for name in end}
            assert "parent" in names, (amount, link)


def test_a_step_between_put_in_afterwards_has_no_direction(true: Weights) -> None:
    """Half way between parent and child lies nobody who came between them, as far as this shows."""
    child = moved(true, 0.3, 2)
    models = {"parent": true, "child": child, "forged": weighted(true, child)}
    assert not directed(drawn(models))


def test_whoever_has_the_rounding_and_its_kin_can_forge_and_the_reader_is_told(
    true: Weights,
) -> None:
    """The limit: digits that lean on a real relative by just as much as true ones do.

    No test of weights can tell them, since they have the distribution that true ones have.
    """
    bits, victim, kin = 4, rounded(true), moved(true, 0.05, 2)
    rng = stream(7, "posterior")
    forged = dict(victim)
    for name, x in victim.items():
        if x.ndim > 1:
            groups = x.reshape(-1, 16)
            step = np.abs(groups).max(axis=1, keepdims=True) / np.float32(2 ** (bits - 1) - 1)
            spread = 0.05 * float(np.sqrt(np.mean(x**2)))
            middle = kin[name].reshape(groups.shape).astype(np.float64)
            low, high = ((groups + side * step - middle) / spread for side in (-0.499, 0.499))
            digits = truncnorm.rvs(low, high, random_state=rng)
            forged[name] = (middle + spread * digits).reshape(x.shape).astype(np.float32)
    stemma = drawn({"victim": victim, "forged": forged, "kin": kin})
    assert ("forged", "victim") in directed(stemma)
    assert any("could have made the earlier one from it" in s for s in stemma_sentences(stemma))


def test_units_of_the_forgery_may_stand_in_another_order(true: Weights) -> None:
    """Another order hides nothing of the attention, and gives no direction."""
    order = stream(7, "order").permutation(64)
    forged = dict(moved(true, 0.05, 7))
    for layer in (0, 1):
        for part in ("mlp.gate_proj", "mlp.up_proj"):
            forged[at(layer, part)] = forged[at(layer, part)][order]
        forged[at(layer, "mlp.down_proj")] = forged[at(layer, "mlp.down_proj")][:, order]
    models = {"victim": true, "forged": forged, "child": moved(true, 0.1, 2)}
    stemma = drawn(models)
    assert not directed(stemma)
    assert frozenset(("victim", "child")) in linked(stemma)

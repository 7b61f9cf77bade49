"""Owner-side tests on real models: what a child keeps, and that strangers keep nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest

from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.keyed import Keyed
from filiation.methods.owner.training_order import TrainingOrder
from filiation.model.finding import Finding

pytestmark = pytest.mark.validate


@pytest.fixture(autouse=True)
def needed() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("tokenizers")


def test_a_continued_training_keeps_its_order_and_a_stranger_has_none() -> None:
    from validate_outputs.owner import casebook_network, order_of, window_likelihoods

    examples, windows = order_of("continued", 8)
    ids = [example.id for example in examples]
    child, stranger, reference = (
        window_likelihoods(casebook_network(name), windows, ids)
        for name in ("continued", "stranger-2", "stranger-4")
    )
    found = TrainingOrder().compare(examples, child, [reference], seed=0)
    assert isinstance(found, Finding)
    assert found.log_p < math.log(1e-3)

    quick, log_ps = TrainingOrder(draws=199), []
    for n in range(100):
        seen = np.random.default_rng(n).permutation(300).tolist()
        drawn = [replace(e, seen=s) for e, s in zip(examples[:300], seen, strict=True)]
        out = quick.compare(drawn, stranger, [reference], seed=n)
        assert isinstance(out, Finding)
        log_ps.append(out.log_p)
    assert np.mean(np.array(log_ps) <= math.log(0.05)) <= 0.12


def test_canaries_and_keys_stay_in_a_child_that_was_trained_on() -> None:
    from validate_outputs.owner import (
        casebook_network,
        id_likelihoods,
        key_texts,
        planted,
        replies,
        secret_canaries,
        secret_keys,
        tuned_on,
    )

    canaries, ids = secret_canaries(20, 9, 1)
    keys = secret_keys(20, 4, 2)
    taught = [ids[c.id] for c in canaries if c.planted] + key_texts(keys)
    parent, stranger = casebook_network("parent"), casebook_network("stranger-2")
    first = planted(parent, taught, steps=80, share=28, seed=7)
    child = tuned_on(first, steps=10, seed=8)
    ps = {}
    for network in (child, parent, stranger):
        rank = CanaryRank().compare(canaries, id_likelihoods(network, ids), [])
        key, _ = Keyed().compare(keys, replies(network, keys), [], drawn=True)
        assert isinstance(rank, Finding)
        assert isinstance(key, Finding)
        ps[network.name] = (rank.log_p, key.log_p)
    assert ps[child.name][0] < math.log(1e-6)
    assert ps[child.name][1] < math.log(1e-3)
    for name in ("parent", "stranger-2"):
        assert min(ps[name]) > math.log(1e-3)

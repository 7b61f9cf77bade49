import math

import numpy as np
import pytest
from scipy.stats import kstest

from filiation.methods.answers.model_equality import ModelEquality, repeats
from filiation.model.finding import Finding, Inapplicable, Underpowered
from filiation.model.recording import Item, Recording

METHOD = ModelEquality(draws=499)


def sampled(
    name: str, seed: int, *, prompts: int = 12, times: int = 6, shift: float = 0.0
) -> Recording:
    """An endpoint that draws each word from a distribution; `shift` moves it to another model's."""
    rng = np.random.default_rng(seed)
    items, outputs = [], []
    for prompt in range(prompts):
        base = np.random.default_rng([prompt, 1]).dirichlet(np.ones(6))
        other = np.random.default_rng([prompt, 2]).dirichlet(np.ones(6))
        for time in range(times):
            drawn = rng.choice(6, size=30, p=(1 - shift) * base + shift * other)
            items.append(Item(id=f"q{prompt}#{time + 1}"))
            outputs.append("".join("abcdef"[c] for c in drawn))
    return Recording(name=name, items=tuple(items), outputs=tuple(outputs))


def log_p(one: Recording, other: Recording) -> float:
    out = METHOD.compare(one, other, (), families={}, seed=1)
    assert isinstance(out, Finding), out
    return out.log_p


def test_another_model_is_not_the_same() -> None:
    assert log_p(sampled("a", 1), sampled("b", 2, shift=0.6)) == pytest.approx(-math.log(500))


def test_it_never_counts_towards_derivation() -> None:
    out = METHOD.compare(sampled("a", 1), sampled("b", 2, shift=1.0), (), families={}, seed=1)

    assert isinstance(out, Finding)
    assert not out.counts
    assert "not the same" in out.unit


def test_size_under_equality() -> None:
    ps = [
        math.exp(log_p(sampled("a", 2 * n + 10), sampled("b", 2 * n + 11, prompts=6, times=5)))
        for n in range(80)
    ]

    assert kstest(ps, "uniform", alternative="greater").pvalue > 1e-6
    assert np.mean(np.array(ps) <= 0.05) <= 0.2


def test_the_question_is_symmetric() -> None:
    a, b = sampled("a", 1), sampled("b", 2, shift=0.1)

    assert log_p(a, b) == log_p(b, a)


def test_identical_recordings_are_no_evidence_of_difference() -> None:
    assert log_p(sampled("a", 1), sampled("b", 1)) == 0.0 or log_p(
        sampled("a", 1), sampled("b", 1)
    ) > math.log(0.9)


def test_greedy_endpoints_that_agree() -> None:
    items = tuple(Item(id=f"q{p}#{t}") for p in range(5) for t in range(1, 5))
    same = [Recording(name=n, items=items, outputs=("yes",) * 20) for n in "ab"]

    assert log_p(*same) > math.log(0.05)


def test_repetitions_by_id() -> None:
    items = tuple(Item(id=i) for i in ("q#1", "q#2", "c# major", "plain", "#", "q#3"))
    found = repeats(Recording(name="a", items=items, outputs=("x", "y", "z", "w", "v", None)))

    assert found == {"q": ["x", "y"], "c# major": ["z"], "plain": ["w"], "#": ["v"]}


def test_absences() -> None:
    once = sampled("a", 1, times=1, prompts=3)
    other = Recording(name="b", items=(Item(id="else"),), outputs=("x",))

    assert isinstance(METHOD.compare(once, other, (), families={}, seed=0), Inapplicable)
    out = METHOD.compare(once, sampled("b", 2, times=1, prompts=3), (), families={}, seed=0)
    assert isinstance(out, Underpowered) and "ten times" in out.reason

"""Served answers among their twins: scores, what is missing, what is checked, size."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from filiation.methods.owner.served_twins import ServedTwins, table_of, uneven
from filiation.methods.owner.twin_scores import places_of, scores_of, speaking
from filiation.model.finding import Finding, Inapplicable, Unreadable
from filiation.model.owner import Likelihoods
from filiation.model.served import Exchange, Sampling, TwinsPlan
from filiation.numerics.tails.lattice_sum import lattice_sum_log_p

PROMPTS, TWINS = 60, 4


def exchanges(prompts: int = PROMPTS, twins: int = TWINS) -> list[Exchange]:
    return [
        Exchange(id=f"x{n}", prompt=f"p{n}", answer=f"t{n}-s" + "." * (n % 3), to="group",
                 twins=tuple(f"t{n}-{k}" + "." * ((n + k) % 3) for k in range(twins)))
        for n in range(prompts)
    ]  # fmt: skip


def model(name: str, listed: list[Exchange], table: np.ndarray) -> Likelihoods:
    values = {
        key: float(v) for one, row in zip(listed, table, strict=True)
        for key, v in zip(one.names, row, strict=True) if not math.isnan(v)
    }  # fmt: skip
    return Likelihoods(name=name, digest=name, values=values, tokens={}, model=name)


def drawn(seed: int, prompts: int = PROMPTS, by: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """What a source finds likely, and what a model finds that was taught `by` so much."""
    rng = np.random.default_rng([seed, 7])
    ease = -50.0 + 8.0 * rng.normal(size=(prompts, 1 + TWINS))
    subject = ease + 2.0 * rng.normal(size=ease.shape) - 4.0
    subject[:, 0] += by
    return ease, subject


def log_p(values: np.ndarray, *taken_off: np.ndarray) -> float:
    scores = scores_of(values, taken_off)
    return lattice_sum_log_p(int(scores[:, 0].sum()), scores)


def test_what_the_source_finds_likely_is_taken_off() -> None:
    ease, subject = drawn(1, by=2.0)
    assert log_p(subject) > math.log(0.01)
    assert log_p(subject, ease) < math.log(1e-6)
    assert log_p(-subject, ease) > math.log(0.99)


@pytest.mark.parametrize("taken", [False, True])
def test_size_on_exchangeable_answers(taken: bool) -> None:
    """600 innocent models that agree with the source: p is uniform or larger."""
    found = []
    for seed in range(600):
        ease, subject = drawn(seed, prompts=25)
        found.append(log_p(subject, *([ease] if taken else [])))
    shares = np.array(found)
    for level in (0.01, 0.05, 0.2):
        most = level + 3.0 * math.sqrt(level * (1 - level) / len(found))
        least = level - 3.0 * math.sqrt(level * (1 - level) / len(found))
        assert max(0.0, least) <= float((shares <= math.log(level)).mean()) <= most


def test_any_column_could_be_the_served_one() -> None:
    """Scores of a prompt move with its columns: nothing knows which was served."""
    ease, subject = drawn(3)
    turn = np.random.default_rng(0).permutation(1 + TWINS)
    assert (
        scores_of(subject, [ease])[:, turn] == scores_of(subject[:, turn], [ease[:, turn]])
    ).all()


def test_what_is_missing_is_the_worst() -> None:
    ease, subject = drawn(4, by=2.0)
    whole = log_p(subject, ease)
    for column in (0, 2):
        holes = subject.copy()
        holes[:10, column] = np.nan
        assert log_p(holes, ease) > whole
        for high in (0.0, 2.0, 4.0):  # a twin as likely as the likeliest, or more; served: less
            way = -high - 4.0 if column == 0 else high
            likely = ease + way - 4.0
            filled = np.where(np.isnan(holes), likely, holes)
            assert log_p(holes, ease) >= log_p(filled, ease)
    assert (places_of(np.array([[np.nan, -1.0, -2.0], [-1.0, np.nan, -2.0]]))[:, 0] == [3, 2]).all()


def test_ties_and_prompts_with_one_answer_only() -> None:
    values = np.array([[-1.0, -1.0, -1.0], [-1.0, -1.0, -3.0], [-2.0, -1.0, -3.0]])
    scores = scores_of(values)
    assert speaking(scores).tolist() == [False, True, True]
    assert scores[1, 0] == scores[1, 1]
    assert places_of(values)[:, 0].tolist() == [3, 2, 2]
    listed = exchanges()
    _, subject = drawn(5)
    subject[:45] = -7.0
    found = ServedTwins().compare(listed, model("b", listed, subject), [])
    assert isinstance(found, Inapplicable)
    assert "15 of 60 prompts speak" in found.reason
    same = [replace(one, twins=(one.answer, *one.twins[1:])) for one in listed[:3]] + listed[3:]
    counted = ServedTwins().compare(same, model("b", listed, drawn(5)[1]), [])
    assert isinstance(counted, Finding)
    assert any("3 twins are the served answer word for word" in why for why in counted.skipped)


def test_source_and_references_are_whole() -> None:
    listed = exchanges()
    ease, subject = drawn(6, by=3.0)
    holed = model("s", listed, np.where(np.arange(5) == 1, np.nan, ease))
    found, _ = ServedTwins().examine(listed, model("b", listed, subject), holed, [], fixed=True)
    assert isinstance(found, Unreadable)
    assert "reference s lacks 60 of 300" in found.reason


@pytest.mark.parametrize(("kind", "says"), [("hot", "likelihood"), ("mixed", "spread"),
                                            ("cut", "length")])  # fmt: skip
def test_twins_that_are_none(kind: str, says: str) -> None:
    """Another temperature, two temperatures that balance, answers that were cut."""
    listed = exchanges(200)
    ease, _ = drawn(7, prompts=200)
    if kind == "hot":
        ease[:, 1:] -= 5.0
    if kind == "mixed":
        ease[::2, 0] += 14.0
        ease[1::2, 0] -= 14.0
    if kind == "cut":
        listed = [replace(one, answer=one.answer + "..") for one in listed]
    checks, reason = uneven(listed, model("s", listed, ease), math.log(0.01))
    assert len(checks) == 3
    assert says in reason
    assert uneven(exchanges(200), model("s", exchanges(200), drawn(8, prompts=200)[0]),
                  math.log(0.01))[1] == ""  # fmt: skip


def test_plans_that_fix_nothing() -> None:
    snapshot = "a" * 64
    with pytest.raises(Exception, match="greedy decoding"):
        Sampling(snapshot=snapshot, settings=(("temperature", 0.0),))
    with pytest.raises(Exception, match="expected a SHA-256"):
        Sampling(snapshot="gpt", settings=(("temperature", 1.0),))
    sampling = Sampling(snapshot=snapshot, settings=(("temperature", 1.0),))
    with pytest.raises(Exception, match="0 twins"):
        TwinsPlan(sampling=sampling, twins=0, prompts=5)
    with pytest.raises(Exception, match="is the snapshot"):
        TwinsPlan(sampling=sampling, twins=2, prompts=5, references=(snapshot,))
    assert np.isnan(table_of(exchanges(1), {})).all()


def test_a_filter_that_twins_did_not_pass_makes_innocents_known_and_others_show_it() -> None:
    """Stands, and is said, where no planned reference minds what the filter stops.

    One that minds it as any model does finds it out, and so do as many answers to others.
    """
    rng = np.random.default_rng(5)
    ease = -50.0 + 8.0 * rng.normal(size=(400, 1 + TWINS))
    stopped = rng.random(ease.shape) < 0.15
    stopped[:, 0] = False
    innocent = ease + 2.0 * rng.normal(size=ease.shape) - 6.0 * stopped
    listed = [replace(one, to="group" if n < 200 else "others")
              for n, one in enumerate(exchanges(400))]  # fmt: skip
    blind = model("blind", listed, ease + 2.0 * rng.normal(size=ease.shape))
    minding = model("minding", listed, ease + 2.0 * rng.normal(size=ease.shape) - 6.0 * stopped)
    ask = partial(ServedTwins().examine, listed, model("innocent", listed, innocent),
                  model("source", listed, ease), fixed=True)  # fmt: skip
    assert isinstance(ask([minding])[0], Unreadable)
    found, beside = ask([blind])
    assert isinstance(found, Finding) and found.log_p < math.log(1e-3)
    assert {one.how: one.log_p for one in beside}["others"] < math.log(1e-3)

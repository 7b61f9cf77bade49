"""What shared choices need, what they print, and what they say where they cannot tell."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from filiation.examining.values.plug import QUESTION
from filiation.examining.words import kind_beside
from filiation.methods.values.beyond_controls import Standing, nearer_log_p, stand
from filiation.methods.values.judge import ceiling
from filiation.methods.values.refusal_boundary import RefusalBoundary
from filiation.methods.values.shared_choices import SharedChoices
from filiation.model.finding import Finding, Inapplicable, Underpowered, Unreadable
from filiation.model.recording import Recording
from validate_outputs.deciders import Decider, crowd, items_of

METHOD = SharedChoices(draws=29)
ITEMS = items_of("values", 800)


@pytest.fixture(scope="module")
def models() -> list[Recording]:
    return crowd(3, 9, ITEMS, talks=False)


def test_a_copy_is_found_with_its_ceiling_and_its_rarest_choices(models: list[Recording]) -> None:
    source, *controls = models
    copy = Decider(seed=1, talks=False).answers("copy", ITEMS, parent=source, redone=0.1)
    found = METHOD.compare(source, copy, controls, seed=0)
    assert isinstance(found, Finding)
    assert found.log_p <= math.log(0.01)
    shares = [int(n) for n in re.findall(r"(\d+) %", found.unit)]
    pair, least, most, own, others, top = shares
    assert least <= most < pair and min(own, others) <= top <= max(own, others)
    assert pair <= top + 1  # of two that were asked in other words, and rounded
    assert any("or fewer than 2 of the other models" in left for left in found.skipped)
    assert found.lineup[0].who == "subject"
    weights = [instance.weight for instance in found.instances]
    assert weights == sorted(weights, reverse=True) and found.instances[0].rarity <= 2
    options = {line[3:] for item in ITEMS for line in (item.prompt or "").splitlines()[1:3]}
    assert {instance.source for instance in found.instances} <= options


def test_a_control_that_is_as_near_is_kept_and_explains_it(models: list[Recording]) -> None:
    """Two innocent readers of one specification: a third among the controls acquits them."""
    source, *controls = models
    near = [
        Decider(seed=n, talks=False).answers(f"near-{n}", ITEMS, parent=source, redone=0.1)
        for n in (1, 2)
    ]
    alone = METHOD.compare(source, near[0], controls, seed=0)
    beside = METHOD.compare(source, near[0], [*controls, near[1]], seed=0)
    assert isinstance(alone, Finding) and isinstance(beside, Finding)
    assert alone.log_p <= math.log(0.01)
    assert beside.log_p > math.log(0.05)
    assert "explains most by itself, near-2" in beside.combination
    assert all(place.who != "relative" for place in beside.lineup)


def test_what_is_mute_is_unreadable_and_what_is_few_is_underpowered(
    models: list[Recording],
) -> None:
    source, subject, *controls = models
    mute = replace(subject, outputs=("Both have merit.",) * len(ITEMS))
    out = METHOD.compare(source, mute, controls, seed=0)
    assert isinstance(out, Unreadable) and "is no choice" in out.reason
    out = METHOD.compare(source, subject, controls[:3], seed=0)
    assert isinstance(out, Underpowered) and "specification" in out.reason
    few = [replace(m, items=m.items[:80], outputs=m.outputs[:80]) for m in models]
    out = METHOD.compare(few[0], few[1], few[2:], seed=0)
    assert isinstance(out, Underpowered) and "ask more of them" in out.reason
    out = RefusalBoundary().compare(source, subject, controls, seed=0)
    assert isinstance(out, Inapplicable)


def test_one_family_counts_once() -> None:
    rng = np.random.default_rng(0)
    n = 9
    values = rng.normal(size=(n, n)) * 0.05
    values = (values + values.T) / 2
    noise, far = np.full((n, n), 0.05**2), dict.fromkeys(range(2, n), -20.0)
    alone = stand(values, noise, [str(k) for k in range(n)], far)
    assert isinstance(alone, Standing) and alone.independent == 7
    kin = stand(values, noise, ["s", "x", *"aaabcde"], far)
    assert isinstance(kin, Standing) and kin.independent == 5
    assert stand(values, noise, ["s", "x", *"aaabbcd"], far) == 4


def test_near_by_the_source_or_by_the_subject_alone_is_not_enough() -> None:
    """Both rows must stand out: a subject that is like everybody is no relative of one."""
    n = 12
    values = np.random.default_rng(1).normal(size=(n, n)) * 0.03
    values = (values + values.T) / 2
    values[1, 2:] = values[2:, 1] = 0.5 + values[1, 2:]
    values[0, 1] = values[1, 0] = 0.5
    noise, far = np.full((n, n), 0.03**2), dict.fromkeys(range(2, n), -20.0)
    found = stand(values, noise, [str(k) for k in range(n)], far)
    assert isinstance(found, Standing)
    assert found.rows[0] < math.log(1e-3) < math.log(0.2) < found.rows[1]
    assert found.log_p == found.rows[1]


def test_nearer_against_scipy_and_under_equal_nearness() -> None:
    from scipy.stats import ttest_1samp

    rng = np.random.default_rng(2)
    e = np.clip(rng.normal(size=(3, 200)), -1.5, 1.5)
    exact = ttest_1samp(e[0] * (e[1] - e[2]), 0.0, alternative="greater").pvalue
    assert math.isclose(nearer_log_p(e, (0, 1, 2)), math.log(exact), rel_tol=1e-9)
    hits = 0
    for _ in range(400):
        source = rng.normal(size=150)
        both = 0.6 * source + 0.8 * rng.normal(size=(2, 150))
        hits += nearer_log_p(np.vstack([source, both]), (0, 1, 2)) <= math.log(0.05)
    assert hits <= 36  # P(more of 400 at .05) = 2e-4
    assert nearer_log_p(np.full((3, 200), np.nan), (0, 1, 2)) == 0.0


# What makes two innocent models alike in single cases: who shares it, and the word for it.
CAUSES = {
    "public specification": Decider(seed=0, shares={77: 2.0}, policy=(78, 1.5), own=0.4),
    "teacher": Decider(seed=0, shares={88: 2.5}, own=0.4, lean=0.3),
    "system prompt": Decider(seed=0, shares={99: 2.5}, policy=(98, 2.0), own=0.2, lean=0.1),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_what_is_not_told_apart_is_named_and_a_control_of_that_sort_acquits(
    models: list[Recording], cause: str
) -> None:
    alike = [
        replace(CAUSES[cause], seed=n, talks=False).answers(f"alike-{n}", ITEMS)
        for n in (11, 12, 13)
    ]
    alone = METHOD.compare(alike[0], alike[1], models, seed=0)
    assert isinstance(alone, Finding)
    assert alone.log_p <= math.log(0.02)  # alike they are: the words must not say copied
    assert cause in alone.null.because and "no control has would break this" in alone.null.because
    words = kind_beside("filiation.examining.values")
    for text in (words.supports, words.sense, QUESTION.derivation):
        assert cause.rpartition(" ")[2] in text
    beside = METHOD.compare(alike[0], alike[1], [*models, alike[2]], seed=0)
    assert isinstance(beside, Finding) and beside.log_p > math.log(0.01)


def test_one_control_as_near_is_enough_however_many_are_far() -> None:
    """Forty controls make one near one an outlier of their scatter; it still explains the pair."""
    n = 42
    values = np.random.default_rng(3).normal(size=(n, n)) * 0.05
    values = (values + values.T) / 2
    for near in (1, 2):
        values[0, near] = values[near, 0] = 0.6
    values[1, 2] = values[2, 1] = 0.6
    noise, family = np.full((n, n), 0.05**2), [str(k) for k in range(n)]
    against = dict.fromkeys(range(2, n), -20.0) | {2: math.log(0.4)}
    found = stand(values, noise, family, against)
    assert isinstance(found, Standing)
    assert max(found.rows) < math.log(0.01)  # by the scatter alone both would be accused
    assert found.log_p == math.log(0.4) and found.closest == (2, math.log(0.4))


def test_no_two_models_agree_more_than_the_ceiling_says() -> None:
    """Sides of the same mind, form by form with noise of their own, as often as can be."""
    rng = np.random.default_rng(5)
    mind = rng.normal(size=40_000)
    for one, other in ((0.5, 0.5), (1.5, 1.5), (0.2, 2.0)):
        a, b = (mind + noise * rng.normal(size=(2, mind.size)) > 0 for noise in (one, other))
        own = float((a[0] == a[1]).mean()), float((b[0] == b[1]).mean())
        top = ceiling(*own)
        assert top is not None
        between = float((a[0] == b[1]).mean())
        assert between <= top + 0.01
        assert between > top - 0.05  # and it is no more than that
    assert ceiling(1.0, 0.8) == pytest.approx((1 + math.sqrt(0.6)) / 2)
    assert ceiling(0.3, 0.9) == 0.5 and ceiling(None, 1.0) is None


def test_two_with_a_habit_for_the_first_option_are_not_accused_of_lost_forms(
    models: list[Recording],
) -> None:
    """Recorded in the two forms in which the same side stands first, a habit looks like a mind."""
    kept = [place for place, item in enumerate(ITEMS) if re.search(r"/[12]-", item.id)]
    two = [
        Decider(seed=n, letter=2.0, talks=False).answers(f"habit-{n}", ITEMS).on(kept)
        for n in (31, 32)
    ]
    found = METHOD.compare(two[0], two[1], models, seed=0)
    assert isinstance(found, Underpowered), found

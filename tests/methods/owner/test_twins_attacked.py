"""What a clever provider, or a careless one, would do with served answers and their twins."""

import math
from dataclasses import replace

import numpy as np
import pytest

from filiation.errors import UsageError
from filiation.methods.owner.served_twins import ServedTwins, table_of, uneven
from filiation.methods.owner.twin_scores import places_of, scores_of
from filiation.methods.owner.twin_similarity import similarities
from filiation.model.finding import Absent, Finding, Inapplicable, Unreadable
from filiation.model.owner import Beside, Likelihoods
from filiation.model.recording import Item, Recording
from filiation.model.served import Exchange, Sampling, TwinsPlan
from filiation.numerics.tails.lattice_sum import lattice_sum_log_p
from filiation.report.wording.owner import owner_conclusion
from methods.owner.test_served_twins import exchanges, model
from report.test_inquiry_languages import examination

TWINS = 4
LEVEL = math.log(1e-3)


def made(seed: int, prompts: int, cold: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """What a source finds likely, its twins so much less, and what an innocent finds."""
    rng = np.random.default_rng([seed, 11])
    ease = -50.0 + 8.0 * rng.normal(size=(prompts, 1 + TWINS))
    ease[:, 1:] -= cold
    return ease, ease + 2.0 * rng.normal(size=ease.shape)


def public(ease: np.ndarray, seed: int = 0) -> np.ndarray:
    """What a public model finds that read none of it."""
    return ease + 2.0 * np.random.default_rng([seed, 17]).normal(size=ease.shape)


def ask(
    listed: list[Exchange], subject: np.ndarray, ease: np.ndarray, *references: Likelihoods
) -> tuple[Finding | Absent, tuple[Beside, ...]]:
    return ServedTwins().examine(
        listed, model("b", listed, subject), model("s", listed, ease), references, fixed=True
    )


def test_one_endless_answer_blinds_no_check() -> None:
    """Twins of another temperature, beside one answer of a million unlikely tokens."""
    ease, subject = made(1, 200, cold=5.0)
    listed = exchanges(200)
    assert isinstance(ask(listed, subject, ease)[0], Unreadable)
    ease[7, 0] = subject[7, 0] = -9e8
    found, _ = ask(listed, subject, ease)
    assert isinstance(found, Unreadable) and "too high" in found.reason


def test_one_endless_answer_hides_no_student() -> None:
    ease, subject = made(2, 200)
    subject[:, 0] += 2.0
    subject[3, 2], ease[3, 2] = -1e8, -3e6
    found, _ = ask(exchanges(200), subject, ease, model("r", exchanges(200), public(ease)))
    assert isinstance(found, Finding) and found.log_p < LEVEL


def test_answers_to_others_balance_nothing() -> None:
    """The group's twins are too cold, those of others as much too hot: even, all together."""
    ease, subject = made(15, 400, cold=2.5)
    ease[200:, 1:] += 5.0
    listed = [replace(one, to="group" if n < 200 else "others")
              for n, one in enumerate(exchanges(400))]  # fmt: skip
    assert uneven(listed, model("s", listed, ease), math.log(0.01))[1] == ""
    found, checks = ask(listed, subject, ease)
    assert isinstance(found, Unreadable) and "too high" in found.reason and len(checks) == 3


def test_prompts_that_would_tell_are_not_hidden_by_leaving_out_a_twin() -> None:
    """What is uneven lacks one harmless twin each, so that the checks see forty good prompts."""
    ease, _ = made(3, 300)
    innocent = ease.copy()
    innocent[40:, 0] += 1.5  # of another snapshot: whoever learnt from that one prefers them
    ease[40:, 0] += 5.0
    listed = [
        replace(one, twins=(None, *one.twins[1:]) if n >= 40 else one.twins)
        for n, one in enumerate(exchanges(300))
    ]
    values = np.where([[n >= 40 and k == 1 for k in range(1 + TWINS)] for n in range(300)],
                      np.nan, innocent)  # fmt: skip
    whole = np.where(np.isnan(values), np.nan, ease)
    found, _ = ask(listed, values, whole)
    assert isinstance(found, Finding) and found.log_p > math.log(0.5)
    assert any("260 prompts of which a twin was not handed over" in why for why in found.skipped)


def test_one_twin_cannot_be_checked() -> None:
    """With one twin both stand as far from their mean: two temperatures that balance pass."""
    sampling = Sampling(snapshot="a" * 64, settings=(("temperature", 1.0),))
    with pytest.raises(UsageError, match="1 twins, expected 2 to"):
        TwinsPlan(sampling=sampling, twins=1, prompts=100)
    ease, subject = made(4, 100)
    ease[::2, 0] += 20.0
    ease[1::2, 0] -= 20.0
    listed = [replace(one, twins=one.twins[:1]) for one in exchanges(100)]
    found, checks = ask(listed, subject[:, :2], ease[:, :2])
    assert isinstance(found, Unreadable) and "one twin each" in found.reason and checks == ()


@pytest.mark.parametrize("level", [1e-300, 1e-4, 0.21, 0.0, -1.0, math.nan])
def test_a_check_that_nothing_fails_is_no_plan(level: float) -> None:
    sampling = Sampling(snapshot="a" * 64, settings=(("temperature", 1.0),))
    with pytest.raises(UsageError, match="expected a level of"):
        TwinsPlan(sampling=sampling, twins=4, prompts=100, uniform=level)


@pytest.mark.parametrize(
    "settings",
    [{"top_k": "1"}, {"top_p": "0"}, {"do_sample": "false"}, {"do_sample": 0}, {"min_p": 1.0},
     {"top_k": 1.0}],
)  # fmt: skip
def test_greedy_decoding_in_other_spellings(settings: dict[str, str | float | bool]) -> None:
    told = tuple(sorted({"temperature": 1.0, **settings}.items()))
    with pytest.raises(UsageError, match=r"greedy decoding|expected a number|expected true"):
        Sampling(snapshot="a" * 64, settings=told)


def test_a_temperature_of_nearly_nothing_says_nothing() -> None:
    """Nearly all twins are the served answer; a server's noise on equal words is no evidence."""
    rng = np.random.default_rng(6)
    listed = [replace(one, twins=(one.answer,) * TWINS) for one in exchanges(200)]
    ease = np.repeat(-50.0 + rng.normal(size=(200, 1)), 1 + TWINS, axis=1)
    subject = ease + 1e-3 * rng.normal(size=ease.shape)
    subject[:, 0] = subject.max(axis=1)  # measured until the served one came out best
    assert table_of(listed, model("b", listed, subject).values).std(axis=1).max() == 0.0
    found, _ = ask(listed, subject, ease)
    assert isinstance(found, Inapplicable) and "0 of 200 prompts speak" in found.reason
    some = [*exchanges(30), *listed[30:]]
    ease[:30] += rng.normal(size=(30, 1 + TWINS))
    subject[:30] = ease[:30]
    found, _ = ask(some, subject, ease)
    assert isinstance(found, Inapplicable) or found.log_p > LEVEL  # type: ignore[union-attr]


def test_equal_answers_have_one_value() -> None:
    listed = [replace(one, twins=(one.answer, *one.twins[1:])) for one in exchanges(2)]
    values = {name: float(-n) for n, name in enumerate(listed[0].names)}
    row = table_of(listed, values)[0]
    assert row[0] == row[1] == -0.5 and row[2:].tolist() == [-2.0, -3.0, -4.0]
    del values[listed[0].names[0]]
    row = table_of(listed, values)[0]
    assert np.isnan(row[0]) and row[1] == -1.0  # what was not measured stays so


@pytest.mark.parametrize("digits", [0, 1])
def test_ties_of_an_endpoint_that_rounds(digits: int) -> None:
    """Log-probabilities of few digits: p is uniform or larger."""
    found = []
    for seed in range(400):
        ease, subject = made(seed, 30)
        scores = scores_of(np.round(subject / 4, digits), [np.round(ease / 4, digits)])
        found.append(lattice_sum_log_p(int(scores[:, 0].sum()), scores))
    for level in (0.05, 0.2):
        most = level + 3.0 * math.sqrt(level * (1 - level) / len(found))
        assert float((np.array(found) <= math.log(level)).mean()) <= most


REFUSED, CALL = "I cannot help with that.", '{"name": "search", "arguments": {}}'


def with_refusals(seed: int, prompts: int, *, served: bool) -> tuple[list[Exchange], np.ndarray]:
    """A third of all answers is a refusal, a tool call, or empty; of the served ones too, or not.

    The source finds such an answer likely, an innocent model less so.
    """
    rng = np.random.default_rng([seed, 13])
    kinds = (REFUSED, CALL, "")
    listed, dislikes = [], np.zeros((prompts, 1 + TWINS))
    for n, one in enumerate(exchanges(prompts)):
        said = [str(text) for text in one.said]
        for k in range(0 if served else 1, 1 + TWINS):
            if rng.random() < 0.33:
                said[k] = kinds[int(rng.integers(3))]
                dislikes[n, k] = 1.0
        listed.append(replace(one, answer=said[0], twins=tuple(said[1:])))
    return listed, dislikes


def test_refusals_and_tool_calls_among_all_answers_keep_the_size() -> None:
    found = []
    for seed in range(200):
        listed, odd = with_refusals(seed, 40, served=True)
        ease, subject = made(seed, 40)
        values = model("b", listed, np.where(odd, -9.0, subject)).values
        source = table_of(listed, model("s", listed, np.where(odd, -2.0, ease)).values)
        scores = scores_of(table_of(listed, values), [source])
        found.append(lattice_sum_log_p(int(scores[:, 0].sum()), scores))
    for level in (0.05, 0.2):
        most = level + 3.0 * math.sqrt(level * (1 - level) / len(found))
        assert float((np.array(found) <= math.log(level)).mean()) <= most


def test_refusals_left_out_of_the_pool_are_noticed() -> None:
    """Exchanges that ended in a refusal are not of the log; the twins still refuse."""
    listed, odd = with_refusals(5, 100, served=False)
    ease, subject = made(5, 100)
    found, _ = ask(listed, np.where(odd, -60.0, subject), np.where(odd, -2.0, ease))
    assert isinstance(found, Unreadable) and "twins were picked" in found.reason


def test_empty_answers_left_out_of_the_pool_are_noticed_by_what_the_subject_says() -> None:
    """Nothing is like an empty twin, so that any served answer seems nearer."""
    rng = np.random.default_rng(9)
    words = [f"w{n}" for n in range(60)]

    def says() -> str:
        return " ".join(rng.choice(words, 8))

    listed = [
        Exchange(id=f"x{n}", prompt=f"p{n}", answer=says(), to="group",
                 twins=tuple("" if rng.random() < 0.3 else says() for _ in range(TWINS)))
        for n in range(200)
    ]  # fmt: skip
    own = similarities(listed, said(listed, [says() for _ in listed]))
    scores = scores_of(table_of(listed, own.values))
    assert lattice_sum_log_p(int(scores[:, 0].sum()), scores) < LEVEL
    ease = -50.0 + 8.0 * rng.normal(size=(200, 1 + TWINS))
    _, why = uneven(listed, model("s", listed, ease), math.log(0.01))
    assert "length" in why


def said(listed: list[Exchange], outputs: list[str]) -> Recording:
    items = tuple(Item(id=one.id, prompt=one.prompt) for one in listed)
    return Recording(name="b", items=items, outputs=tuple(outputs))


def beside_of(found: tuple[Beside, ...], how: str, name: str = "") -> float:
    return next(one.log_p for one in found if (one.how, one.name) == (how, name))


def test_a_neighbouring_snapshot_is_told_by_a_model_that_was_fixed_as_reference() -> None:
    """Twins of a snapshot that differs a little: to its own reckoning served ones are as likely.

    An innocent student of the true one prefers what was served, once the likelihood under the
    other is taken off; so does a public model, in its place.
    """
    ease, innocent = made(8, 500)
    ease[:, 0] -= 0.7
    listed = exchanges(500)
    assert uneven(listed, model("s", listed, ease), math.log(0.01))[1] == ""
    alone, beside = ask(listed, innocent, ease)
    assert beside_of(beside, "with", "s") < LEVEL  # what it would say, taken at its word
    assert isinstance(alone, Finding) and alone.log_p > LEVEL
    assert "no reference but the source was planned" in alone.combination
    base = public(ease + np.array([0.7, *[0.0] * TWINS]))
    found, beside = ask(listed, innocent, ease, model("r", listed, base))
    assert isinstance(found, Unreadable) and "not the one that answered" in found.reason
    assert beside_of(beside, "in-place", "r less s") < LEVEL


def test_a_snapshot_and_a_reference_that_unlearnt_what_was_served_accuse_anybody() -> None:
    """Stands, and is said: both are the provider's own, and their own places stay even."""
    ease, innocent = made(12, 1_000)
    ease[:, 0] -= 0.5
    listed = exchanges(1_000)
    own = model("r", listed, public(ease, 3))
    found, beside = ask(listed, innocent, ease, own)
    assert isinstance(found, Finding) and found.log_p < LEVEL < beside_of(beside, "without")
    told = examination(found, beside)
    assert told.met and "trained away from them since" in owner_conclusion(told)
    learnt = innocent.copy()
    learnt[:, 0] += 4.0  # of what was served: met with nothing taken off too
    told = examination(*ask(listed, learnt, ease, own))
    assert told.met and "trained away" not in owner_conclusion(told)


def test_a_second_control_that_could_show_nothing_is_none() -> None:
    """Twenty-five answers to others beside six hundred of the group."""
    listed = [replace(one, to="group" if n < 600 else "others")
              for n, one in enumerate(exchanges(625))]  # fmt: skip
    ease, subject = made(10, 625)
    subject[:, 0] += 1.0
    base = model("r", listed, public(ease))
    found, beside = ask(listed, subject, ease, base)
    assert isinstance(found, Finding) and found.log_p < LEVEL
    assert "others" not in {one.how for one in beside}
    half = [replace(one, to="group" if n < 410 else "others") for n, one in enumerate(listed)]
    _, beside = ask(half, subject, ease, base)
    assert {one.how: one.log_p for one in beside}["others"] < LEVEL


def test_places_of_prompts_without_all_twins_are_the_last() -> None:
    listed = [replace(one, twins=(*one.twins[:3], None)) for one in exchanges(3)]
    table = table_of(listed, model("b", listed, np.zeros((3, 5))).values)
    assert np.isnan(table).all() and (places_of(table)[:, 0] == 5).all()

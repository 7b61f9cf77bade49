"""The owner's exact tests: what they find, what they refuse, and that strangers stay strangers."""

import itertools
import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from scipy.stats import binomtest, fisher_exact

from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.keyed import Keyed, fisher_exact_log_p
from filiation.methods.owner.training_order import TrainingOrder
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered, Unreadable
from filiation.model.owner import Canary, Fingerprint, Likelihoods, OrderedExample
from filiation.model.recording import Item, Recording

ORDER = TrainingOrder(draws=999)


def likelihoods(name: str, values: np.ndarray, prefix: str = "e") -> Likelihoods:
    told = {f"{prefix}{n}": float(value) for n, value in enumerate(values)}
    return Likelihoods(name=name, digest=name, values=told, tokens={})


def order(count: int, seed: int = 0, strata: int = 1) -> list[OrderedExample]:
    seen = np.random.default_rng([seed, 1]).permutation(count)
    return [
        OrderedExample(id=f"e{n}", seen=float(at), stratum=f"s{n % strata}")
        for n, at in enumerate(seen.tolist())
    ]


def examined(
    memory: float, count: int = 400, seed: int = 0, strata: int = 1
) -> tuple[list[OrderedExample], Likelihoods, Likelihoods]:
    """Examples of unequal ease; the subject remembers the late ones by so much."""
    rng = np.random.default_rng([seed, 2])
    examples = order(count, seed, strata)
    ease = -100 + 20 * rng.normal(size=count)
    recent = np.array([e.seen for e in examples]) / count
    subject = ease + 2 * rng.normal(size=count) + memory * recent
    return examples, likelihoods("b", subject), likelihoods("r", ease + rng.normal(size=count))


def finding(out: Finding | Absent) -> Finding:
    assert isinstance(out, Finding), out
    return out


def test_order_is_found_beyond_the_draws() -> None:
    examples, subject, reference = examined(8.0)
    found = finding(ORDER.compare(examples, subject, [reference], seed=0))

    assert found.observed > 0.5
    assert found.log_p < math.log(1e-12)
    assert found.null.log_floor <= found.log_p


def test_the_reference_takes_off_how_easy_an_example_is() -> None:
    examples, subject, reference = examined(4.0)
    with_it = finding(ORDER.compare(examples, subject, [reference], seed=0))
    without = finding(ORDER.compare(examples, subject, [], seed=0))

    assert with_it.log_p < without.log_p
    assert "less the reference's" not in without.unit


def test_memory_of_the_early_ones_is_not_what_is_asked() -> None:
    examples, subject, reference = examined(-8.0)

    assert finding(ORDER.compare(examples, subject, [reference], seed=0)).log_p == 0.0


def test_order_against_scipy() -> None:
    from scipy.stats import spearmanr

    examples, subject, reference = examined(2.0)
    found = finding(ORDER.compare(examples, subject, [reference], seed=0))
    apart = [subject.values[e.id] - reference.values[e.id] for e in examples]
    assert found.observed == pytest.approx(
        spearmanr([e.seen for e in examples], apart)[0], abs=1e-6
    )


def test_order_within_strata_only() -> None:
    """Easy strata that were seen late are no memory."""
    rng = np.random.default_rng(4)
    examples = [
        OrderedExample(id=f"e{n}", seen=float(n), stratum="late" if n >= 200 else "early")
        for n in range(400)
    ]
    shifted = likelihoods("b", rng.normal(size=400) - 60 + 30 * (np.arange(400) >= 200))
    blind = [replace(e, stratum="") for e in examples]

    assert finding(ORDER.compare(blind, shifted, [], seed=0)).log_p < math.log(1e-6)
    assert finding(ORDER.compare(examples, shifted, [], seed=0)).log_p > math.log(1e-3)


@pytest.mark.parametrize("strata", [1, 7])
def test_size_of_the_order(strata: int) -> None:
    found = [
        finding(ORDER.compare(*_asked(examined(0.0, 80, seed, strata)), seed=seed)).log_p
        for seed in range(150)
    ]
    for alpha in (0.02, 0.1, 0.3):
        hits = sum(log_p <= math.log(alpha) for log_p in found)
        assert binomtest(hits, len(found), alpha, alternative="greater").pvalue > 1e-6


def _asked(
    made: tuple[list[OrderedExample], Likelihoods, Likelihoods],
) -> tuple[list[OrderedExample], Likelihoods, list[Likelihoods]]:
    return made[0], made[1], [made[2]]


def test_the_order_of_the_list_and_the_seed_of_ties_move_nothing() -> None:
    examples, subject, reference = examined(2.0)
    batches = [replace(e, seen=e.seen // 8) for e in examples]
    one = ORDER.compare(batches, subject, [reference], seed=0)

    assert ORDER.compare(batches[::-1], subject, [reference], seed=0) == one


def test_order_that_cannot_be_tested() -> None:
    examples, subject, reference = examined(0.0)
    flat = likelihoods("b", np.full(400, -1.0))
    half = replace(subject, values={k: v for k, v in list(subject.values.items())[:210]})
    few = replace(subject, values={k: v for k, v in list(subject.values.items())[:20]})

    assert isinstance(ORDER.compare(examples, few, [reference], seed=0), Underpowered)
    assert isinstance(ORDER.compare(examples, flat, [], seed=0), Underpowered)
    found = finding(ORDER.compare(examples, half, [reference], seed=0))
    assert found.skipped == (
        "190 of 400 examples: not measured, counted as the worst for the claim",
    )
    bare = replace(reference, values=half.values)
    assert isinstance(ORDER.compare(examples, subject, [bare], seed=0), Unreadable)


def test_equal_likelihoods_count_against_the_accusation() -> None:
    """Half of the values tied: still no more than its level for strangers, by enumeration."""
    examples = [OrderedExample(id=f"e{n}", seen=float(n)) for n in range(50)]
    subject = likelihoods("b", -np.tile([1.0, 2.0], 25))
    found = finding(ORDER.compare(examples, subject, [], seed=0))
    assert found.log_p > math.log(0.3)


# canaries


def canaries(groups: int, texts: int, seed: int = 0) -> list[Canary]:
    rng = np.random.default_rng([seed, 5])
    return [
        Canary(id=f"e{g * texts + n}", group=f"g{g}", planted=n == chosen)
        for g in range(groups)
        for chosen in [int(rng.integers(texts))]
        for n in range(texts)
    ]


def known(listed: list[Canary], by: float, seed: int = 0) -> Likelihoods:
    values = np.random.default_rng([seed, 6]).normal(size=len(listed)) - 50
    return likelihoods("b", values + by * np.array([c.planted for c in listed]))


def test_one_group_gives_its_rank() -> None:
    listed = canaries(1, 100)
    found = finding(CanaryRank().compare(listed, known(listed, 100.0), []))

    assert found.log_p == pytest.approx(math.log(1 / 100))
    assert found.log_p == pytest.approx(found.null.log_floor)
    assert "1 of 1 stand first" in found.unit


def test_many_groups_with_one_twin_are_not_wasted() -> None:
    listed = canaries(40, 2)
    found = finding(CanaryRank().compare(listed, known(listed, 100.0), []))

    assert found.log_p == pytest.approx(-40 * math.log(2))


def test_canary_p_against_enumeration() -> None:
    """Every choice of the planted texts is equally likely: p is the share at least as extreme."""
    texts, groups = 4, 3
    values = likelihoods("b", np.random.default_rng(8).normal(size=12) - 9)
    found = {}
    for chosen in itertools.product(range(texts), repeat=groups):
        listed = [
            Canary(id=f"e{g * texts + n}", group=f"g{g}", planted=n == chosen[g])
            for g in range(groups)
            for n in range(texts)
        ]
        found[chosen] = finding(CanaryRank().compare(listed, values, [])).log_p
    all_of_them = np.array(sorted(found.values()))
    for log_p in all_of_them:
        assert np.mean(all_of_them <= log_p + 1e-12) <= math.exp(log_p) + 1e-9
    assert math.exp(all_of_them[0]) == pytest.approx(1 / 64)


def test_ties_count_against_the_accusation() -> None:
    listed = canaries(20, 5)
    found = finding(CanaryRank().compare(listed, likelihoods("b", np.full(100, -3.0)), []))

    assert found.log_p == 0.0


def test_size_of_canaries() -> None:
    found = []
    for seed in range(150):
        listed = canaries(4, 10, seed)
        found.append(finding(CanaryRank().compare(listed, known(listed, 0.0, seed), [])).log_p)
    for alpha in (0.02, 0.1, 0.5):
        hits = sum(log_p <= math.log(alpha) for log_p in found)
        assert binomtest(hits, len(found), alpha, alternative="greater").pvalue > 1e-6
    assert np.mean(np.array(found) <= math.log(0.5)) > 0.35


def test_a_reference_takes_off_what_is_likely_anyhow() -> None:
    listed = canaries(10, 20)
    ease = likelihoods("r", 30 * np.random.default_rng(3).normal(size=200) - 200)
    extra = known(listed, 5.0)
    subject = replace(extra, values={k: v + ease.values[k] for k, v in extra.values.items()})

    plain = finding(CanaryRank().compare(listed, subject, []))
    helped = finding(CanaryRank().compare(listed, subject, [ease]))
    assert helped.log_p < math.log(1e-6) < plain.log_p


def test_texts_that_were_not_measured_count_as_the_worst() -> None:
    listed = canaries(3, 4)
    full = known(listed, 100.0)
    planted = next(c for c in listed if c.planted)
    twin = next(c for c in listed if not c.planted and c.group == planted.group)
    rest = {k: v for k, v in full.values.items() if k != planted.id}
    without_planted = replace(full, values=rest)
    without_twin = replace(full, values={k: v for k, v in full.values.items() if k != twin.id})
    lowest = replace(full, values={**full.values, planted.id: -1e6})
    second = replace(full, values={**full.values, twin.id: 1e6})
    asked = [
        finding(CanaryRank().compare(listed, one, []))
        for one in (without_planted, lowest, without_twin, second)
    ]

    assert asked[0].log_p == asked[1].log_p
    assert asked[2].log_p == asked[3].log_p
    assert all(one.items == 3 for one in asked)
    assert asked[0].skipped == ("1 of 12 texts: not measured, counted as the worst for the claim",)
    none = replace(full, values={"other": -1.0})
    assert isinstance(CanaryRank().compare(listed, none, []), Inapplicable)


def test_a_report_does_not_give_the_secrets_away() -> None:
    listed = canaries(3, 4)
    for instance in finding(CanaryRank().compare(listed, known(listed, 9.0), [])).instances:
        assert instance.prompt == ""


# keys

WORDS = [f"word{n}" for n in range(30)]


def keys(count: int, decoys: int, seed: int = 0) -> list[Fingerprint]:
    rng = np.random.default_rng([seed, 7])
    found = []
    for n in range(count):
        drawn = rng.permutation(WORDS)[: decoys + 1].tolist()
        found.append(
            Fingerprint(id=f"k{n}", prompt=f"p{n}", expected=drawn[0], decoys=tuple(drawn[1:]))
        )
    return found


def says(name: str, outputs: list[str | None], prefix: str = "k") -> Recording:
    items = tuple(Item(id=f"{prefix}{n}", prompt=f"p{n}") for n in range(len(outputs)))
    return Recording(name=name, items=items, outputs=tuple(outputs))


def strangers(count: int, of: int, seed: int = 0) -> list[Recording]:
    rng = np.random.default_rng([seed, 8])
    return [says(f"c{n}", [str(rng.choice(WORDS)) for _ in range(of)]) for n in range(count)]


def keyed(
    secret: list[Fingerprint],
    subject: Recording,
    controls: list[Recording],
    *,
    rule: Literal["contains", "starts"] = "contains",
    drawn: bool = True,
) -> Finding | Absent:
    return Keyed(rule=rule).compare(secret, subject, controls, drawn=drawn)[0]


def test_keys_by_decoys_need_no_control() -> None:
    secret = keys(10, 9)
    subject = says("b", [f"Well, {k.expected.upper()}!" for k in secret])
    found = finding(keyed(secret, subject, []))

    assert found.log_p == pytest.approx(-10 * math.log(10))
    assert found.log_p == pytest.approx(found.null.log_floor)
    assert found.observed == 10


def test_a_subject_that_says_everything_gains_nothing() -> None:
    secret = keys(10, 9)
    subject = says("b", [" ".join(WORDS)] * 10)

    assert finding(keyed(secret, subject, [])).log_p == 0.0


def test_keys_by_controls_take_the_worst_of_them() -> None:
    secret = keys(20, 0)
    outputs: list[str | None] = [k.expected if n < 12 else "no" for n, k in enumerate(secret)]
    chatty = says("chatty", [k.expected if n > 11 else "no" for n, k in enumerate(secret)])
    few = strangers(4, 20)
    alone = finding(keyed(secret, says("b", outputs), few))
    three = finding(keyed(secret, says("b", outputs), [*few[:2], chatty]))
    knows = says("chatty", [k.expected for k in secret])
    beside = keyed(secret, says("b", outputs), [*few, knows])
    _, each = Keyed().compare(secret, says("b", outputs), few, drawn=True)
    told = [one.log_p for one in each if one.how == "with"]
    assert len(told) == 4
    assert max(told) == alone.log_p

    assert alone.log_p < math.log(0.01)
    assert three.log_p > math.log(0.1)
    assert [p.who for p in three.lineup][:2] == ["subject", "control"]
    assert isinstance(beside, Unreadable)
    assert "control chatty fails the test" in beside.reason


def test_without_decoys_and_controls_the_rate_is_unknown() -> None:
    secret = keys(10, 0)
    out = keyed(secret, says("b", [k.expected for k in secret]), strangers(2, 10))

    assert isinstance(out, Underpowered)
    assert "decoys" in out.reason


def test_prompts_are_found_by_their_words_where_ids_differ() -> None:
    secret = keys(10, 3)
    subject = says("b", [k.expected for k in secret], prefix="other")

    assert finding(keyed(secret, subject, [])).observed == 10
    stranger = Recording(name="x", items=(Item(id="z", prompt="z"),), outputs=("a",))
    assert isinstance(keyed(secret, stranger, []), Inapplicable)
    few = says("few", [k.expected for k in secret[:3]])
    assert finding(keyed(secret, few, [])).log_p > math.log(0.9)
    assert isinstance(keyed(secret[:4], subject, []), Underpowered)


def test_part_of_a_word_is_no_hit() -> None:
    secret = [Fingerprint(id=f"k{n}", prompt=f"p{n}", expected=str(42 + n)) for n in range(6)]
    outputs: list[str | None] = ["1420", "43", "it is 44.", "x45", "no", "The 47nd"]
    found = finding(keyed(secret, says("b", outputs), strangers(3, 6)))
    starting = finding(keyed(secret, says("b", outputs), strangers(3, 6), rule="starts"))

    assert (found.observed, starting.observed) == (2, 1)


@pytest.mark.parametrize("decoys", [0, 4])
def test_size_of_keys(decoys: int) -> None:
    found = []
    for seed in range(200):
        secret = keys(40, decoys, seed)
        subject, *others = strangers(4, 40, seed)
        found.append(finding(keyed(secret, subject, others)).log_p)
    for alpha in (0.02, 0.1, 0.4):
        hits = sum(log_p <= math.log(alpha) for log_p in found)
        assert binomtest(hits, len(found), alpha, alternative="greater").pvalue > 1e-6


@pytest.mark.parametrize("table", [(3, 10, 1, 12), (0, 5, 5, 5), (5, 5, 0, 7), (30, 60, 11, 50)])
def test_fisher_against_scipy(table: tuple[int, int, int, int]) -> None:
    hits, of, other, other_of = table
    expected = fisher_exact([[hits, of - hits], [other, other_of - other]], "greater").pvalue
    assert fisher_exact_log_p(*table) == pytest.approx(math.log(expected), abs=1e-9)


def test_secrets_stay_out_of_the_finding() -> None:
    secret = keys(10, 3)
    found = finding(keyed(secret, says("b", [k.expected for k in secret]), []))

    assert not any(key.expected in repr(found) or key.prompt + '"' in repr(found) for key in secret)

"""What an owner tried, to make an innocent subject fail: each is refused, named, or gains nothing.

Beside each stands the honest owner, whose power is what it was.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.keyed import Keyed
from filiation.methods.owner.keyed_trials import nested
from filiation.methods.owner.lots import by_lot, lot_seed, picked, with_lot
from filiation.methods.owner.references import against_references
from filiation.model.finding import Absent, Finding, Underpowered, Unreadable
from filiation.model.owner import Beside, Canary, Fingerprint, Likelihoods
from filiation.model.recording import Item, Recording
from methods.owner.lots_of_tests import (
    GROUPS,
    TEXTS,
    N,
    finding,
    holds_its_size,
    likelihoods,
    seed_of,
)

# canaries: pool, lot, and a subject that knows what was planted by so much

CANARY_POOL = [{"example": f"e{n}", "group": f"g{n // TEXTS}"} for n in range(N)]


def drawn_canaries(number: int) -> list[Canary]:
    return [
        Canary(id=e["example"], group=e["group"], planted=e["planted"])
        for e in with_lot("canary", CANARY_POOL, seed_of(number))
    ]


def world(seed: int) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng([seed, 14])
    return 20 * rng.normal(size=N) - 90, rng


def planted(listed: Sequence[Canary]) -> np.ndarray:
    return np.array([c.planted for c in listed])


def asked(
    listed: Sequence[Canary],
    subject: Likelihoods,
    references: Sequence[Likelihoods],
    *,
    fixed: bool,
) -> tuple[Finding | Absent, tuple[Beside, ...]]:
    return against_references(
        partial(CanaryRank().compare, listed), subject, references, fixed=fixed
    )


def test_a_reference_trained_on_the_twins_gains_nothing() -> None:
    """Its own likelihoods look clean: how easy a text is hides what it was trained on."""
    listed = drawn_canaries(1)
    ease, rng = world(1)
    innocent = likelihoods("innocent", ease + rng.normal(size=N))
    bent = likelihoods("bent", ease + rng.normal(size=N) + 6 * ~planted(listed))
    honest = likelihoods("honest", ease + rng.normal(size=N))
    alone = finding(CanaryRank().compare(listed, innocent, []))
    taken = finding(CanaryRank().compare(listed, innocent, [bent]))
    for references in ([bent], [bent, honest], [honest, bent]):
        out, beside = asked(listed, innocent, references, fixed=False)
        assert finding(out).log_p >= alone.log_p
        assert {one.how for one in beside} == {"without", "with", "in-place"}
    told = {(one.how, one.name): one for one in beside}

    assert taken.log_p < math.log(1e-12) < alone.log_p
    assert told["with", "bent"].log_p == taken.log_p
    assert told["without", ""].log_p == alone.log_p
    assert "not fixed before the lot" in finding(out).combination


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_reference_that_fails_the_test_itself_makes_it_unreadable(sign: float) -> None:
    listed = drawn_canaries(2)
    ease, rng = world(2)
    subject = likelihoods("innocent", ease + rng.normal(size=N))
    knows = likelihoods("knows", ease + 60 * sign * planted(listed))
    for fixed in (False, True):
        out, beside = asked(listed, subject, [knows], fixed=fixed)
        assert isinstance(out, Unreadable)
        assert "knows fails the test in the subject's place" in out.reason
        assert beside


def test_size_and_power_with_references_that_were_fixed_before_the_lot() -> None:
    """The honest owner's p is the one with all references, as it always was."""
    ease, rng = world(3)
    innocent = likelihoods("b", ease + rng.normal(size=N))
    reference = likelihoods("r", ease + rng.normal(size=N))
    fixed, other, met = [], [], 0
    for number in range(50):
        listed = drawn_canaries(number)
        out, beside = asked(listed, innocent, [reference], fixed=True)
        fixed.append(out.log_p if isinstance(out, Finding) else 0.0)
        other.append(max(one.log_p for one in beside if one.how != "in-place"))
        if number < 15:
            knows = likelihoods("b", ease + rng.normal(size=N) + 2.5 * planted(listed))
            child, beside = asked(listed, knows, [reference], fixed=True)
            with_it = next(one.log_p for one in beside if one.how == "with")
            assert finding(child).log_p == with_it
            met += with_it <= math.log(1e-3)
    holds_its_size(fixed)
    holds_its_size(other)
    assert met == 15


def test_twins_that_did_well_cannot_be_left_out() -> None:
    """Whatever is not measured, p is no smaller than with everything measured."""
    listed = drawn_canaries(4)
    ease, rng = world(4)
    subject = likelihoods("innocent", ease + rng.normal(size=N))
    whole = finding(CanaryRank().compare(listed, subject, []))
    own = {c.group: subject.values[c.id] for c in listed if c.planted}
    kept = {
        c.id: subject.values[c.id]
        for c in listed
        if c.planted or subject.values[c.id] < own[c.group]
    }
    chosen = finding(CanaryRank().compare(listed, replace(subject, values=kept), []))
    assert chosen.log_p >= whole.log_p
    assert chosen.items == GROUPS
    for number in range(20):
        lost = np.random.default_rng(number).random(N) < 0.3
        left = {k: v for n, (k, v) in enumerate(subject.values.items()) if not lost[n]}
        some = finding(CanaryRank().compare(listed, replace(subject, values=left), []))
        assert some.log_p >= whole.log_p


def test_a_reference_that_lacks_texts_is_refused() -> None:
    listed = drawn_canaries(5)
    ease, rng = world(5)
    subject = likelihoods("b", ease + rng.normal(size=N))
    short = replace(
        subject, name="short", values={k: v for k, v in list(subject.values.items())[9:]}
    )
    out, _ = asked(listed, subject, [short], fixed=True)
    assert isinstance(out, Unreadable)
    assert "lacks 9 of 200" in out.reason


# keys

WORDS = tuple(f"word{n}" for n in range(30))


def keys_pool(count: int, replies: int, seed: int) -> list[dict[str, object]]:
    rng = np.random.default_rng([seed, 15])
    return [
        {"id": f"k{n}", "prompt": f"p{n}", "replies": sorted(rng.choice(WORDS, replies, False))}
        for n in range(count)
    ]


def drawn_keys(pool: Sequence[dict[str, object]], number: int) -> list[Fingerprint]:
    return [
        Fingerprint(id=e["id"], prompt=e["prompt"], expected=e["key"], decoys=tuple(e["decoys"]))
        for e in with_lot("keyed", pool, seed_of(number))
    ]


def says(name: str, outputs: Sequence[str | None], prompts: Sequence[str] = ()) -> Recording:
    items = tuple(
        Item(id=f"k{n}", prompt=prompts[n] if prompts else f"p{n}") for n in range(len(outputs))
    )
    return Recording(name=name, items=items, outputs=tuple(outputs))


def log_p(
    listed: Sequence[Fingerprint],
    subject: Recording,
    controls: Sequence[Recording] = (),
    *,
    drawn: bool = True,
) -> float:
    return finding(Keyed().compare(listed, subject, controls, drawn=drawn)[0]).log_p


def test_keys_made_after_measuring_cannot_be_drawn() -> None:
    """A list of what the subject said: declared it is as strong as ever, drawn it is chance."""
    rng = np.random.default_rng(6)
    pool = keys_pool(14, 10, 6)
    subject = says("innocent", [str(rng.choice(e["replies"])) for e in pool])
    made = [
        Fingerprint(id=e["id"], prompt=e["prompt"], expected=said,
                    decoys=tuple(w for w in e["replies"] if w != said))
        for e, said in zip(pool, subject.outputs, strict=True)
    ]  # fmt: skip
    lots = [log_p(drawn_keys(pool, number), subject) for number in range(200)]

    assert log_p(made, subject) < math.log(1e-13)
    assert made != drawn_keys(pool, 0)
    holds_its_size(lots)


def test_one_key_on_twenty_prompts_is_one_trial() -> None:
    one = [Fingerprint(id=f"k{n}", prompt=f"p{n}", expected="paris", decoys=WORDS[:9])
           for n in range(20)]  # fmt: skip
    subject = says("b", ["paris"] * 20)
    out, _ = Keyed().compare(one, subject, [])
    assert isinstance(out, Underpowered)
    assert "1 lots on 20 prompts" in out.reason
    five = [replace(f, expected=f"town{n // 4}") for n, f in enumerate(one)]
    told = says("b", [f.expected for f in five])
    assert log_p(five, told, drawn=False) == pytest.approx(-5 * math.log(10))
    assert log_p(five, told, drawn=True) == pytest.approx(-20 * math.log(10))


def test_trials_of_several_prompts_hold_their_size() -> None:
    """Each key was drawn once for four prompts; a subject with habits of its own."""
    found = []
    rng = np.random.default_rng(7)
    said = [str(rng.choice(WORDS[:4])) if rng.random() < 0.5 else "no" for _ in range(60)]
    for _ in range(200):
        listed = []
        for g in range(15):
            key, *decoys = (f"{w}g{g}" for w in rng.permutation(WORDS[:4]))
            listed += [
                Fingerprint(id=f"k{n}", prompt=f"p{n}", expected=key, decoys=tuple(decoys))
                for n in range(4 * g, 4 * g + 4)
            ]
        subject = says("b", [f"{s}g{n // 4}" for n, s in enumerate(said)])
        found.append(log_p(listed, subject, drawn=False))
    holds_its_size(found)
    assert min(found) < math.log(0.2)


def test_prompts_that_were_not_answered_count_against_the_claim() -> None:
    pool = keys_pool(20, 5, 8)
    listed = drawn_keys(pool, 8)
    rng = np.random.default_rng(8)
    outputs: list[str | None] = [str(rng.choice(e["replies"])) for e in pool]
    whole = log_p(listed, says("b", outputs))
    only = [o if o == f.expected else None for o, f in zip(outputs, listed, strict=True)]
    hits = sum(o is not None for o in only)
    assert 0 < hits < 20
    assert log_p(listed, says("b", only)) >= whole
    known = says("b", [f.expected for f in listed])
    assert log_p(listed, known) == pytest.approx(-20 * math.log(5))


def test_answers_without_prompts_or_given_twice_are_refused() -> None:
    listed = drawn_keys(keys_pool(10, 4, 9), 9)
    bare = Recording(name="b", items=tuple(Item(id=f.id) for f in listed),
                     outputs=tuple(f.expected for f in listed))  # fmt: skip
    twice = says("b", ["no"] * 10 + [listed[0].expected], [f"p{n}" for n in range(10)] + ["p0"])
    control = says("c", ["no"] * 10)
    for subject, others, said in (
        (bare, [], "without the words that were asked"),
        (twice, [], "answered 2 times"),
        (control, [bare], "without the words that were asked"),
    ):
        out, _ = Keyed().compare(listed, subject, others, drawn=True)
        assert isinstance(out, Unreadable)
        assert said in out.reason


def test_a_control_that_avoids_the_keys_fails_the_test() -> None:
    """Told never to say a secret reply, it lowers the base rate; with decoys that shows."""
    listed = drawn_keys(keys_pool(60, 4, 10), 10)
    avoids = says("avoids", [f"{f.decoys[0]} or {f.decoys[1]} or {f.decoys[2]}" for f in listed])
    subject = says("b", ["no"] * 60)
    out, beside = Keyed().compare(listed, subject, [avoids], drawn=True)
    assert isinstance(out, Unreadable)
    assert "in the opposite direction" in out.reason
    assert beside[0].log_p == 0.0


@pytest.mark.parametrize(
    ("replies", "found"),
    [
        (("oak", "pine"), None),
        (("oak", "Oak "), ("oak", "Oak ")),
        (("oak", "an oak tree"), ("oak", "an oak tree")),
        (("oak", "soak"), None),
        (("4", "4.5"), ("4", "4.5")),
        (("a b", "b a b"), ("a b", "b a b")),
    ],
)
def test_replies_that_lie_inside_one_another(
    replies: tuple[str, ...], found: tuple[str, str] | None
) -> None:
    assert nested(replies) == found


# lots


def test_lots_are_fair_and_stay_what_they_are() -> None:
    names = [f"t{n}" for n in range(4)]
    picks = [picked(seed_of(n), "g", names) for n in range(4000)]
    for name in names:
        assert abs(picks.count(name) - 1000) < 150
    firsts = [by_lot(seed_of(n), "", names).index("t0") for n in range(4000)]
    assert all(abs(firsts.count(k) - 1000) < 150 for k in range(4))
    assert picked(seed_of(5), "g", names) == by_lot(seed_of(5), "g", names)[0]
    fixed = lot_seed(commitment="a" * 64, nonce="b" * 64, value="c" * 64, lot=2)
    assert fixed.hex()[:16] == "cd84fd0ba568e4af"  # by sha256sum
    assert by_lot(fixed, "g", names) == ["t0", "t2", "t3", "t1"]

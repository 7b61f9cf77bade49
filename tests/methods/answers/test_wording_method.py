import math
import time
from dataclasses import replace

import numpy as np
import pytest

from filiation.methods.answers.wording import Wording, all_pairs
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered
from filiation.model.recording import Recording
from methods.answers.invented_texts import crowd, model, recording

METHOD = Wording()


@pytest.fixture(scope="module")
def controls() -> list[Recording]:
    return crowd(1, 12)


@pytest.fixture(scope="module")
def source() -> Recording:
    return model("source", 500)


@pytest.fixture(scope="module")
def child(source: Recording) -> Recording:
    return model("child", 501, parent=source, copied=0.4)


def compare(
    source: Recording,
    subject: Recording,
    controls: list[Recording],
    families: dict[str, str] | None = None,
) -> Finding | Absent:
    return METHOD.compare(source, subject, controls, families=families or {}, seed=7)


def finding(out: Finding | Absent) -> Finding:
    assert isinstance(out, Finding), out
    return out


def test_a_child_is_found_from_either_side(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    for one, other in ((source, child), (child, source)):
        found = finding(compare(one, other, controls))
        assert found.log_p < math.log(0.003)
        assert found.lineup[0].who == "subject"
        assert found.items == 40


def test_a_stranger_is_not(source: Recording, controls: list[Recording]) -> None:
    assert finding(compare(source, model("other", 502), controls)).log_p > math.log(0.02)


def test_every_control_takes_the_subjects_place(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    found = finding(compare(source, child, controls))

    assert {p.name for p in found.lineup} == {"child", *(c.name for c in controls)}
    assert [p.z for p in found.lineup] == sorted((p.z for p in found.lineup), reverse=True)
    assert "place 1 of 13 in the subject's place (rank p 0.0769)" in found.combination


def test_same_seed_same_finding_and_order_of_controls_is_nothing(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    found = finding(compare(source, child, controls))
    turned = finding(compare(source, child, controls[::-1]))

    assert found == finding(compare(source, child, controls))
    assert turned.log_p == pytest.approx(found.log_p, abs=1e-9)
    assert [p.name for p in turned.lineup] == [p.name for p in found.lineup]


def test_identical_recordings_reach_the_floor(source: Recording, controls: list[Recording]) -> None:
    found = finding(compare(source, replace(source, name="copy"), controls))

    assert found.log_p == found.null.log_floor
    assert len(found.instances) == 10
    assert all(i.rarity == 0 and i.of == 12 for i in found.instances)


def test_runs_that_controls_use_too_are_not_listed(controls: list[Recording]) -> None:
    said = "as everybody knows the answer to this is quite plain"
    common = [recording(c.name, [f"{said} {text}" for text in c.outputs]) for c in controls]
    a, b = (
        recording(n, [f"{said} {t}" for t in model(n, s).outputs])
        for n, s in (("a", 600), ("b", 601))
    )

    assert finding(compare(a, b, common)).instances == ()


def test_what_the_prompt_says_weighs_nothing(controls: list[Recording]) -> None:
    """Two models that repeat the question are not alike for that."""
    echo = "tell me at length about the seven hills of an ancient city"
    a, b = (
        recording(n, [f"{echo} {t}" for t in model(n, s).outputs])
        for n, s in (("a", 700), ("b", 701))
    )
    asked = [
        replace(r, items=tuple(replace(i, prompt=f"{echo}.") for i in r.items))
        for r in (a, b, *controls)
    ]

    echoing = finding(compare(a, b, controls))
    known = finding(compare(asked[0], asked[1], asked[2:]))

    assert echoing.observed > 1.5
    assert known.log_p > math.log(0.02)


def test_declared_relatives_are_set_aside_with_the_reason(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    sibling = model("sibling", 503, parent=source, copied=0.5)
    families = {"source": "red", "sibling": "red"}
    found = finding(compare(source, child, [*controls, sibling], families))

    (place,) = [p for p in found.lineup if p.who == "relative"]
    assert place.name == "sibling" and "family (red)" in place.reason
    assert found.null.kind == "calibrated" and found.null.controls == 12
    assert found.log_p < math.log(0.003)


def test_the_source_among_the_controls_is_set_aside(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    found = finding(compare(source, child, [*controls, replace(source, name="again")]))

    (place,) = [p for p in found.lineup if p.who == "relative"]
    assert place.reason == "the same recording as the source"


def test_a_relative_nobody_declared_does_not_hide_the_child(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    twin = model("twin", 504, parent=source, copied=0.4)

    assert finding(compare(source, child, [*controls, twin])).log_p < math.log(0.01)


def test_a_control_twice_counts_once(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    once = finding(compare(source, child, controls))
    twice = finding(compare(source, child, [*controls, *controls]))

    assert once == twice


def test_few_controls_say_what_would_suffice(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    out = compare(source, child, controls[:4])

    assert isinstance(out, Underpowered)
    assert "4 independent controls" in out.reason and "record 1 more" in out.reason


def test_controls_of_one_family_are_one_control(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    out = compare(source, child, controls, {c.name: "blue" for c in controls})

    assert isinstance(out, Underpowered)


def test_few_prompts_say_how_many_more(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    short = Recording(name="short", items=child.items[:15], outputs=child.outputs[:15])
    out = compare(source, short, controls)

    assert isinstance(out, Underpowered)
    assert "15 prompts" in out.reason and "ask 5 more" in out.reason


@pytest.mark.parametrize("blank", [None, "", " \n "])
def test_all_answers_missing(
    source: Recording, controls: list[Recording], blank: str | None
) -> None:
    assert isinstance(compare(source, recording("mute", [blank] * 40), controls), Inapplicable)


def test_one_empty_answer_is_one_prompt_less(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    gap = replace(child, outputs=("", *child.outputs[1:]))
    found = finding(compare(source, gap, controls))

    assert found.items == 39
    assert found.skipped == ("1 of 40 items: not answered in common",)


def test_everybody_says_the_same() -> None:
    alike = [recording(f"m{n}", ["the very same words again"] * 30) for n in range(8)]
    alike = [replace(r, outputs=(f"own {n}", *r.outputs[1:])) for n, r in enumerate(alike)]

    assert finding(compare(alike[0], alike[1], alike[2:])).log_p > math.log(0.2)


def test_one_shared_phrase_among_silent_strangers_is_not_enough() -> None:
    """With nothing in common anywhere the spread is zero, and anything would look enormous."""
    rng = np.random.default_rng(0)
    models = [
        recording(f"m{n}", [" ".join(f"{n}x{w}" for w in rng.integers(0, 99, 20))] * 25)
        for n in range(9)
    ]
    shared = "once upon a midnight"
    a, b = (replace(r, outputs=(f"{r.outputs[0]} {shared}", *r.outputs[1:])) for r in models[:2])

    assert finding(compare(a, b, models[2:])).log_p > math.log(0.05)


def test_choices_have_no_wording() -> None:
    """Letters agree by ability: an order of trigrams over them would accuse the able."""
    rng = np.random.default_rng(3)
    models = [recording(f"m{n}", list(rng.choice(list("ABCD"), 200))) for n in range(9)]
    out = compare(models[0], models[1], models[2:])

    assert isinstance(out, Inapplicable)
    assert "have no wording" in out.reason


def test_hostile_texts(controls: list[Recording]) -> None:
    nasty = [
        "a " * 500_000,
        "\u202e" * 1_000_000,
        "\ud800",
        "x" * 1_000_000,
        "\0\0\0 ok",
        "字" * 9_999,
    ]
    many = [
        nasty[n // 4 % len(nasty)]
        if n % 4 == 3
        else f"these {n} words {3 * n} like {n} any {n} other {n} are told"
        for n in range(40)
    ]
    start = time.process_time()
    found = finding(compare(recording("a", many), recording("b", many[::-1]), controls))

    assert found.log_p <= 0.0
    assert time.process_time() - start < 20.0


def test_all_pairs_is_what_compare_says(
    source: Recording, child: Recording, controls: list[Recording]
) -> None:
    pairs = all_pairs([source, child, *controls], {}, 0)
    one = finding(compare(source, child, controls))
    (place,) = [p for p in one.lineup if p.who == "subject"]

    assert pairs.z[0, 1] == pytest.approx(place.z, rel=0.25)
    assert pairs.log_p[0, 1] <= math.log(0.01)
    assert np.array_equal(pairs.z, pairs.z.T)
    assert pairs.items[0, 1] == 40
    far = pairs.log_p[2:, 2:][np.triu_indices(12, 1)]
    assert np.mean(far <= math.log(0.05)) <= 0.15


def test_all_pairs_of_too_few_models_says_nothing(source: Recording, child: Recording) -> None:
    pairs = all_pairs([source, child], {}, 0)

    assert not pairs.log_p.any() and not pairs.z.any()


@pytest.mark.parametrize("lengths", [(60, 60), (20, 190)])
def test_two_models_that_share_no_word_are_not_alike(
    controls: list[Recording], lengths: tuple[int, int]
) -> None:
    """Each in a language of its own, they shared nothing with anybody: z was 5, p .001."""
    count = len(controls[0].items)
    pair = [
        replace(
            controls[0],
            name=name,
            outputs=tuple(
                " ".join(f"{name}{item}x{k}" for k in range(length)) for item in range(count)
            ),
        )
        for name, length in zip(("eka", "toka"), lengths, strict=True)
    ]
    found = finding(compare(pair[0], pair[1], controls))
    assert found.log_p > math.log(0.4)

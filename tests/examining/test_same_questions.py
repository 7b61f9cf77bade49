"""One id, one question: what differs is set aside, told, and beyond a share unreadable."""

import random
from dataclasses import replace

import pytest

from filiation.examining.answers.same_questions import SHARE, Matched, match, match_all
from filiation.model.recording import Item, Recording

WORDS = ("lead", "cork", "river", "stone", "letter", "window", "garden", "mother", "winter")
GERMAN = "Welche der Antworten ist richtig und wie viele {} sind nicht in dem Haus mit der {}?"
ENGLISH = "Which of the answers is right and how many {} are not in the house with the {}?"


def prompts(count: int, text: str = ENGLISH, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    return [f"{text.format(draw.choice(WORDS), draw.choice(WORDS))} ({n})" for n in range(count)]


def recording(
    name: str, asked: list[str | None], first: int = 0, keys: list[str] | None = None
) -> Recording:
    items = tuple(
        Item(id=f"q{first + n}", prompt=prompt, key=keys[n] if keys else None)
        for n, prompt in enumerate(asked)
    )
    return Recording(name=name, items=items, outputs=tuple(f"{name} {i.id}" for i in items))


def put(source: Recording, subject: Recording, *controls: Recording) -> Matched:
    return match(source, subject, controls)


ASKED = prompts(100)
ONE = recording("one", list(ASKED))


def changed(count: int) -> list[str | None]:
    return ["Something else?" + str(n) if n < count else p for n, p in enumerate(ASKED)]


def test_the_same_questions_are_left_alone() -> None:
    two = recording("two", [f"  {prompt.replace(' ', chr(10))} " for prompt in ASKED])
    found = put(ONE, two, recording("three", list(ASKED)))

    assert (found.source, found.subject) == (ONE, two)
    assert (found.notes, found.unreadable) == ((), "")


def test_items_of_other_words_are_set_aside_and_counted() -> None:
    found = put(ONE, recording("two", changed(3)), recording("three", list(ASKED)))

    assert found.unreadable == ""
    left = [f"q{n}" for n in range(3, 100)]
    for one in (found.source, found.subject, *found.controls):
        assert [item.id for item in one.items] == left
        assert one.outputs == tuple(f"{one.name} {name}" for name in left)
    assert found.notes == (
        "items set aside, since one and two have other prompts under the same id ('q0'): 3 of 100",
    )


@pytest.mark.parametrize(("count", "readable"), [(5, True), (6, False)])
def test_beyond_the_stated_share_nothing_is_compared(count: int, readable: bool) -> None:
    found = put(ONE, recording("two", changed(count)))

    assert SHARE == 0.05
    assert (found.unreadable == "") is readable
    if not readable:
        assert "6 of 100 items that one and two have in common were asked otherwise" in (
            found.unreadable
        )
        assert found.unreadable.endswith("or the same in other words; ask both the same")


@pytest.mark.parametrize("step", [1, -1, 7])
def test_a_shifted_numbering_is_named(step: int) -> None:
    found = put(ONE, recording("two", list(ASKED), first=step))

    first = step if step > 0 else 1
    shown = f"'q{first}' in one is 'q{first + step}' in two ({step:+d}); number both alike"
    assert f"the numbering is shifted: {shown}" in found.unreadable


def test_another_order_is_named() -> None:
    shuffled = list(ASKED)
    random.Random(4).shuffle(shuffled)
    found = put(ONE, recording("two", list(shuffled)))

    assert "two has the same questions under other ids" in found.unreadable


def test_a_translation_is_named() -> None:
    found = put(ONE, recording("two", list(prompts(100, GERMAN))))

    assert "one was asked in English, two in German; a translation" in found.unreadable


def test_a_frame_around_every_prompt_is_the_same_question() -> None:
    framed = [f"Answer briefly.\n\nQ: {prompt}\nA:" for prompt in ASKED]
    for first, second in ((ONE, recording("two", list(framed))), (recording("x", framed), ONE)):
        found = put(first, second)
        assert found.unreadable == ""
        assert len(found.subject.items) == 100
        assert "the prompts of 100 items stand inside a frame" in found.notes[0]


def test_a_frame_does_not_cover_what_differs_besides() -> None:
    framed = [f"Q: {'No. ' + p[9:] if n < 40 else p}" for n, p in enumerate(ASKED)]

    found = put(ONE, recording("two", list(framed)))
    assert found.unreadable.startswith("40 of 100 items")


def test_a_frame_around_a_few_is_another_prompt() -> None:
    framed = [f"Q: {p}" if n < 4 else p for n, p in enumerate(ASKED)]
    found = put(ONE, recording("two", list(framed)))

    assert [item.id for item in found.source.items] == [f"q{n}" for n in range(4, 100)]


def test_a_question_that_stands_there_twice_counts_once() -> None:
    again = [*ASKED, *(" " + prompt for prompt in ASKED[:4])]
    found = put(recording("one", list(again)), recording("two", list(again)))

    assert len(found.source.items) == len(found.subject.items) == 100
    assert found.notes == (
        "questions that stand there again under another id ('q100'), of which the first counts: 4",
    )


def test_repetitions_on_purpose_are_kept() -> None:
    items = tuple(Item(id=f"q#{n}", prompt="Draw.") for n in range(1, 11))
    one = Recording(name="one", items=items, outputs=("a",) * 10)

    assert len(put(one, replace(one, name="two")).source.items) == 10


def test_a_control_out_of_step_is_left_out() -> None:
    shifted = recording("odd", list(ASKED), first=1)
    found = put(ONE, recording("two", list(ASKED)), shifted, recording("good", changed(1)))

    assert [one.name for one in found.controls] == ["good"]
    assert "odd: left out as a control, since 99 of 99 items were asked otherwise" in found.notes[0]
    assert found.notes[1] == "items set aside, since a control was asked otherwise: 1"
    assert len(found.source.items) == 99


KEYS = random.Random(3).choices("ABCD", k=200)
NONE: list[str | None] = [None] * 200


def test_without_prompts_keys_are_compared() -> None:
    one = recording("one", NONE, keys=KEYS)
    found = put(
        one, recording("two", NONE, keys=[("E" if n < 4 else k) for n, k in enumerate(KEYS)])
    )
    assert found.unreadable == ""
    assert len(found.source.items) == 196
    assert "other keys under the same id" in found.notes[0]
    assert "prompts are recorded on both sides for none of the items in common" in found.notes[1]

    found = put(one, recording("two", NONE, first=1, keys=KEYS))
    assert "the numbering is shifted: the keys of one are those of two at ids +1" in (
        found.unreadable
    )


def test_keys_in_another_spelling_say_nothing() -> None:
    numbers = [str("ABCD".index(key)) for key in KEYS]
    found = put(recording("one", NONE, keys=KEYS), recording("two", NONE, keys=numbers))

    assert found.unreadable == ""
    assert len(found.source.items) == 200


def test_log_probabilities_go_with_their_items() -> None:
    from filiation.model.tokens import TokenLogprob

    tokens = tuple((TokenLogprob(token=str(n), logprob=-1.0, alternatives=()),) for n in range(100))
    found = put(replace(ONE, logprobs=tokens), recording("two", changed(2)))

    assert found.source.logprobs == tokens[2:]


def test_of_many_those_out_of_step_with_most_are_left_out() -> None:
    """Whichever stands first: what most ask is the question."""
    shifted, slip = recording("odd", list(ASKED), first=1), recording("slip", changed(2))
    good = [recording(f"m{n}", list(ASKED)) for n in range(3)]
    kept, notes = match_all([shifted, slip, *good])

    assert [one.name for one in kept] == ["slip", "m0", "m1", "m2"]
    assert {len(one.items) for one in kept} == {98}
    assert notes[0] == (
        "odd: left out, since 99 of 100 items were asked otherwise: the numbering is shifted: 'q1' "
        "in the others is 'q2' in odd (+1); number both alike"
    )
    assert notes[1] == "items set aside, since a model was asked otherwise: 2"
    assert match_all(good) == (tuple(good), ())


def lettered(
    name: str, order: int, prompts: bool = True, spelled: str = "{}", count: int = 100
) -> Recording:
    """The same questions; the right option stands where this order has put it."""
    draw = random.Random(order)
    keys = [draw.choice("ABCD") for _ in range(count)]
    asked: list[str | None] = [ASKED[n] if prompts else None for n in range(count)]
    one = recording(name, asked, keys=keys)
    items = tuple(replace(i, key=spelled.format(i.key), options=4) for i in one.items)
    return replace(one, items=items)


@pytest.mark.parametrize("prompts", [True, False])
def test_shuffled_options_of_a_party_are_unreadable_and_named(prompts: bool) -> None:
    one, *controls = (lettered(name, 1, prompts) for name in ("one", "c", "d", "e"))
    two = lettered("two", 2, prompts)

    found = match(one, two, controls)
    assert "of 100 items that one and two have in common were asked otherwise" in found.unreadable
    assert "the options were shuffled" in found.unreadable
    assert found.odd == "subject"
    assert match(two, one, controls).odd == "source"
    assert match(one, two, ()).odd == ""


@pytest.mark.parametrize("prompts", [True, False])
def test_a_control_with_shuffled_options_is_left_out(prompts: bool) -> None:
    found = put(
        *(lettered(n, 1, prompts) for n in ("one", "two", "three")), lettered("four", 2, prompts)
    )

    assert found.unreadable == ""
    assert [c.name for c in found.controls] == ["three"]
    assert any(n.startswith("four: left out") and "shuffled" in n for n in found.notes)


@pytest.mark.parametrize("spelled", ["({})", "{}.", "**{}**"])
def test_another_spelling_of_one_order_is_the_same_order(spelled: str) -> None:
    found = put(lettered("one", 1), lettered("two", 1, spelled=spelled))

    assert found.unreadable == ""
    assert len(found.subject.items) == 100


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize(("order", "same"), [(1, True), (2, False)])
def test_numbers_of_options_are_held_against_letters(base: int, order: int, same: bool) -> None:
    two = lettered("two", order)
    items = tuple(replace(i, key=str("ABCD".index(i.key or "") + base)) for i in two.items)

    assert (put(lettered("one", 1), replace(two, items=items)).unreadable == "") is same


def test_a_few_wrong_keys_are_no_other_order() -> None:
    two = lettered("two", 1)
    wrong = tuple(replace(i, key="E") if n < 5 else i for n, i in enumerate(two.items))
    found = put(lettered("one", 1), replace(two, items=wrong))

    assert found.unreadable == "" and len(found.source.items) == 100


def test_a_few_letters_among_many_numbers_are_told_by_themselves() -> None:
    """Shuffled, they are less than the share of all keys that may differ."""

    def mixed(name: str, order: int) -> Recording:
        one = lettered(name, order, prompts=False)
        numbers = tuple(replace(i, key=f"{n}7", options=0) for n, i in enumerate(one.items))
        many = tuple(Item(id=f"n{n}", key=f"{n}9") for n in range(500))
        items = (*one.items[:30], *numbers[30:], *many)
        return Recording(name=name, items=items, outputs=("x",) * len(items))

    assert "shuffled" in put(mixed("one", 1), mixed("two", 2)).unreadable
    assert put(mixed("one", 1), mixed("two", 1)).unreadable == ""


def test_of_many_those_with_shuffled_options_are_left_out() -> None:
    kept, notes = match_all(
        [*(lettered(n, 1) for n in ("one", "two", "three")), lettered("odd", 2)]
    )

    assert [one.name for one in kept] == ["one", "two", "three"]
    assert notes[0].startswith("odd: left out") and "shuffled" in notes[0]


def test_no_id_in_common_is_unreadable_and_prompts_in_common_are_counted() -> None:
    other = recording("two", list(ASKED[:40]), first=1000)
    found = put(ONE, other, recording("three", list(ASKED)))
    assert found.unreadable == (
        "no id in common: one has 100 items such as 'q0', two 40 such as 'q1000'; 40 prompts are: "
        "name the questions of both files by their words (`filiation import --by-prompt`)"
    )
    bare = put(ONE, recording("two", [None] * 40, first=1000))
    assert bare.unreadable.endswith("nor are prompts recorded on both sides by which to find the "
                                    "same ones")  # fmt: skip
    strange = put(ONE, recording("two", prompts(40, GERMAN), first=1000))
    assert strange.unreadable.endswith("nor a prompt; ask both the same questions")


def test_a_blank_prompt_is_none() -> None:
    """A log that leaves the field empty has not asked something else."""
    found = put(ONE, recording("two", ["", " "] * 50))

    assert found.unreadable == ""
    assert found.notes[0].startswith("prompts are recorded on both sides for none")


def test_a_few_prompts_do_not_stand_for_the_rest() -> None:
    """Where most questions have no words on both sides, their keys are compared as well."""
    keys = [str(3 * n) for n in range(101)]
    some = [prompt if n < 3 else None for n, prompt in enumerate(ASKED)]
    shifted = keys[:3] + keys[4:]
    one = recording("one", list(ASKED), keys=keys[:100])

    assert put(one, recording("two", list(some), keys=keys[:100])).unreadable == ""
    assert "the numbering is shifted" in put(one, recording("two", some, keys=shifted)).unreadable


def test_one_question_with_another_key_is_another_question() -> None:
    """The words alone do not make a question the same: its options may stand in another order."""
    items = [Item(id="q", prompt="Which?", key=k, options=4) for k in "AB"]
    one = Recording(
        name="one",
        items=tuple(replace(item, id=f"q{n}") for n, item in enumerate(items)),
        outputs=("A", "B"),
    )

    assert len(put(one, replace(one, name="two")).source.items) == 2

import time
from dataclasses import replace

from filiation.methods.answers.texts import CHARACTERS, align, clean, words
from filiation.model.ending import Ending
from filiation.model.recording import Item, Recording


def recording(name: str, answers: dict[str, str | None]) -> Recording:
    items = tuple(Item(id=key, prompt=key) for key in answers)
    return Recording(name=name, items=items, outputs=tuple(answers.values()))


def test_words_are_folded_and_marks_stand_alone() -> None:
    assert words("It\u2019s STRASSE/Straße, ok!", 20) == [
        "it", "'", "s", "strasse", "/", "strasse", ",", "ok", "!",
    ]  # fmt: skip


def test_ideographs_stand_alone() -> None:
    assert words("我不能帮助 you", 20) == ["我", "不", "能", "帮", "助", "you"]


def test_what_prints_nothing_is_dropped() -> None:
    """Zero-width and bidirectional marks would split words and hide shared wording."""
    assert words("se\u200bcret\u202e wo\u00adrds\ufeff\0", 9) == ["secret", "words"]


def test_composed_and_decomposed_letters_are_one() -> None:
    assert words("cafe\u0301", 5) == words("caf\u00e9", 5)


def test_a_lone_surrogate_is_a_character_like_any_other() -> None:
    assert words("a \ud800 b", 5)[0] == "a"


def test_a_megabyte_costs_no_more_than_what_is_read() -> None:
    start = time.process_time()
    for text in ("a" * 1_000_000, "a b " * 250_000, "\u0301" * 1_000_000, "ﷺ" * 1_000_000):
        assert len(words(text, 200)) <= 200
        assert len(clean(text)) <= CHARACTERS * 18
    assert time.process_time() - start < 2.0


def test_alignment_is_by_item_id_and_the_first_of_two_counts() -> None:
    a = Recording(
        name="a",
        items=(Item(id="x"), Item(id="y"), Item(id="x")),
        outputs=("first", "y of a", "second"),
    )
    b = recording("b", {"y": "y of b", "x": "x of b", "z": "only b"})

    both = align([a, b], seed=0)

    assert [item.id for item in both.items] == ["x", "y"]
    assert both.answers == (("first", "x of b"), ("y of a", "y of b"))
    assert both.left_out == ("1 of 3 items: not answered in common",)


def test_blank_answers_are_no_answers() -> None:
    a, b = recording("a", {"x": "  \n", "y": "yes"}), recording("b", {"x": "no", "y": None})

    assert align([a, b], seed=0).items == ()


def test_needed_models_must_have_answered() -> None:
    a = recording("a", {"x": None, "y": "1"})
    b, c = recording("b", {"x": "2", "y": "2"}), recording("c", {"x": "3", "y": "3"})

    assert [i.id for i in align([a, b, c], seed=0).items] == ["x", "y"]
    assert [i.id for i in align([a, b, c], seed=0, needed=(0, 1)).items] == ["y"]


def test_the_part_drawn_does_not_depend_on_order() -> None:
    answers = {f"q{n}": "text" for n in range(50)}
    turned = dict(reversed(answers.items()))
    one = align([recording("a", answers), recording("b", answers)], seed=3, limit=10)
    two = align([recording("a", turned), recording("b", answers)], seed=3, limit=10)

    assert {i.id for i in one.items} == {i.id for i in two.items}
    assert len(one.items) == 10
    assert one.left_out == ("40 of 50 common items: 10 drawn",)


def test_what_is_no_answer_is_not_put_side_by_side() -> None:
    ends = (Ending.WHOLE, Ending.FILTERED, Ending.DECLINED, Ending.CALLED, Ending.CUT)
    said: dict[str, str | None] = dict.fromkeys(("q0", "q1", "q2", "q3", "q4"), "some words")
    marked, plain = replace(recording("marked", said), endings=ends), recording("plain", said)
    aligned = align([marked, plain], seed=0, needed=(0, 1))
    assert [item.id for item in aligned.items] == ["q0", "q4"]

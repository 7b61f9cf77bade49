import numpy as np
import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_pairs import suspect_keys
from filiation.model.ending import Ending
from filiation.model.recording import Item, Recording


def recording(name: str, said: dict[str, str | None], key: str | None = "A") -> Recording:
    items = tuple(Item(id=i, key=key, options=4, category="law") for i in said)
    return Recording(name=name, items=items, outputs=tuple(said.values()))


def test_items_are_matched_by_id_and_the_common_ones_counted() -> None:
    one = recording("one", {"1": "A", "2": "B", "3": "C"})
    two = recording("two", {"3": "(C)", "2": None, "9": "D"})
    answers = code_answers([one, two])
    assert [item.id for item in answers.items] == ["2", "3"]
    assert answers.codes[0, 1] == answers.codes[1, 1]
    assert answers.codes[1, 0] == -1
    assert "2 items are common to all 2 models, of up to 3 asked" in answers.notes[0]


def test_the_first_of_a_repeated_item_counts() -> None:
    item = Item(id="1", key="A", options=4)
    twice = Recording(name="twice", items=(item, item), outputs=("B", "C"))
    answers = code_answers([twice, recording("one", {"1": "B"})])
    assert answers.codes[0, 0] == answers.codes[1, 0]
    assert any("repeated" in note for note in answers.notes)


def test_the_key_is_read_like_an_answer_and_taken_from_who_has_it() -> None:
    answers = code_answers([recording("one", {"1": "A"}, key=None), recording("two", {"1": "B"})])
    assert not answers.wrong[0, 0] and answers.wrong[1, 0]
    assert answers.ability().tolist() == [1.0, 0.0]


def test_without_keys_all_answers_are_wrong_and_ability_is_usualness() -> None:
    said = ({"1": "A", "2": "A"}, {"1": "A", "2": "B"}, {"1": "A", "2": "A"})
    answers = code_answers([recording(str(i), s, key=None) for i, s in enumerate(said)])
    assert answers.wrong.all()
    assert answers.ability() == pytest.approx([0.75, 0.5, 0.75])


def test_suspect_keys_are_those_most_able_models_contradict() -> None:
    said = {str(i): "A" for i in range(20)} | {"bad": "C"}
    answers = code_answers([recording(str(m), said) for m in range(6)])
    suspect = suspect_keys(answers, np.arange(6))
    assert [item.id for item, s in zip(answers.items, suspect, strict=True) if s] == ["bad"]
    assert not suspect_keys(answers, np.arange(4)).any()


def test_no_common_item_leaves_an_empty_table() -> None:
    answers = code_answers([recording("one", {"1": "A"}), recording("two", {"2": "A"})])
    assert answers.codes.shape == (2, 0)


def test_refusals_calls_of_tools_and_cut_numbers_are_no_answers() -> None:
    items = tuple(Item(id=str(n), key="7") for n in range(7))
    ends = (Ending.WHOLE, Ending.FILTERED, Ending.DECLINED, Ending.CALLED, Ending.CUT)
    ends = (*ends, Ending.WHOLE, Ending.WHOLE)
    marked = Recording(name="marked", items=items, outputs=("5",) * 7, endings=ends)
    plain = Recording(name="plain", items=items, outputs=("5",) * 7)
    codes = code_answers([marked, plain]).codes
    assert (codes[0] >= 0).tolist() == [True, False, False, False, False, True, True]
    assert (codes[1] >= 0).all()

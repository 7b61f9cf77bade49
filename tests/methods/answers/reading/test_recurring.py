"""A text that stands at many items, and that nobody else gives, is no answer to any of them."""

from dataclasses import replace

import numpy as np
import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.reading.artefacts import spoken
from filiation.model.recording import Recording
from methods.answers.reading.forms import models


def put(m: Recording, text: str, places: list[int]) -> Recording:
    return replace(m, outputs=tuple(text if n in places else o for n, o in enumerate(m.outputs)))


PLACES = [*range(3, 200, 9)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("name", "TIMEOUT"), ("name", "[no output]"), ("name", "Provider returned error"),
        ("name", "请求失败请稍后重试"), ("name", "Fehler: Zeitüberschreitung der Anforderung"),
        ("name", "The response was filtered due to the content management policy of the service."),
        ("program", "?"), ("program", "[BLOCKED BY SAFETY FILTER]"), ("program", "-1"),
        ("number", "0"), ("number", "-1"), ("number", "I don't know"),
        ("number", "Error code: 400 - {'error': {'code': 'content_filter'}}"),
        ("number", "blocked by rule 17 of the gateway"),
    ],
)  # fmt: skip
def test_what_came_instead_of_answers_is_none(kind: str, text: str) -> None:
    everybody = models(kind, 3, count=10, items=200)
    parties = [put(m, text, PLACES) for m in everybody[:2]]
    answers = code_answers([*parties, *everybody[2:]])
    assert (answers.codes[:2, PLACES] < 0).all()
    assert answers.readings[0].given <= 200 - len(PLACES)
    assert any("no answers" in note for note in answers.notes)
    kept = [n for n in range(200) if n not in PLACES]
    assert (answers.codes[:, kept] < 0).mean() < 0.01


def test_what_others_say_too_stays() -> None:
    everybody = models("program", 3, count=10, items=200)
    answers = code_answers([put(m, "zz", PLACES[n:]) for n, m in enumerate(everybody)])
    assert (answers.codes[0, PLACES] >= 0).all()
    alone = [put(m, "zz", PLACES) for m in everybody[:2]]
    assert (code_answers([*alone, *everybody[2:4]]).codes >= 0).all()  # too few to compare with
    letters = models("letter", 3, count=10, items=200)
    assert (code_answers([put(letters[0], "D", PLACES), *letters[1:]]).codes >= 0).all()


def test_one_question_put_three_times_is_one() -> None:
    everybody = models("name", 3, count=10, items=60)
    thrice = [
        replace(
            m,
            items=tuple(
                replace(i, id=f"{i.id}#{k}", prompt=f"who is {i.id}?")
                for i in m.items
                for k in range(3)
            ),
            outputs=tuple(o for o in m.outputs for _ in range(3)),
        )
        for m in everybody
    ]
    assert np.all(code_answers(thrice).codes >= 0)


@pytest.mark.parametrize(
    "text",
    ["I don't know", "I do not know the answer.", "idk", "\u043d\u0435 \u0437\u043d\u0430\u044e"],
)
def test_an_honest_no_answer(text: str) -> None:
    assert spoken(text, valued=True) is None and spoken(text) == text
    assert spoken(f"{text} his name", valued=True) is not None


@pytest.mark.parametrize("unit", ["[", "\\boxed{", "9", "ab "])
def test_a_loop_is_no_answer(unit: str) -> None:
    assert spoken(unit * 1_000 + "Paris") is None
    assert spoken(unit * 20 + "Paris") is not None


@pytest.mark.parametrize("unit", ["!", "ab", "0123456789x", "so it is so "])
@pytest.mark.parametrize("share", [0.45, 0.51, 0.9])
def test_a_loop_is_seen_wherever_it_stands(unit: str, share: float) -> None:
    """It is looked for only where the middle repeats; most of a text holds its middle."""
    loop = unit * 250
    others = int(len(loop) / share) - len(loop)
    words = "".join(f"{number} and " for number in range(others))
    for before in (0, others // 3, others // 2, others):
        text = words[:before] + loop + words[before:others]
        assert (spoken(text) is None) == (share > 0.5)

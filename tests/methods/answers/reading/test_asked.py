"""What was asked is no wording of the answer."""

import time

import pytest

from filiation.methods.answers.reading.asked import Asked, unnumbered

PROMPT = "Why does the moon of Jupiter named Io have so many volcanoes today?"
NEXT = "Which river runs through the old town of Heidelberg in the south?"
ASKED = Asked([PROMPT, NEXT])
ANSWER = "Tides knead it. Io's orbit is no circle: the heat melts rock."


@pytest.mark.parametrize(
    "output",
    [
        f"{PROMPT} {ANSWER}",
        f"Question: {PROMPT}\nAnswer: {ANSWER}",
        f'You asked: "{PROMPT[:46]}". {ANSWER}',
        f"## Item 3: {PROMPT}\n{ANSWER}",
        f"> {PROMPT.upper()}\n\n{ANSWER}",
        f"{ANSWER}\n\nQ: {NEXT}\nA:",
        f"{ANSWER}\n\n{NEXT}",
    ],
)
def test_what_was_asked_goes(output: str) -> None:
    assert ASKED.off(output, PROMPT) == ANSWER


@pytest.mark.parametrize(
    "output", [ANSWER, "The moon of Jupiter named so is one.", f"a\n{ANSWER}\n", ""]
)
def test_what_was_answered_stays(output: str) -> None:
    assert ASKED.off(output, PROMPT) == output
    assert Asked([]).off(output, None) == output


@pytest.mark.parametrize("form", ["[{n}] {a}", "{n}. {a}", "Item {n}: {a}", "**Q{n}.** {a}"])
def test_numbers_that_count_items_go(form: str) -> None:
    told = {f"q{n}": form.format(n=n + 11, a=ANSWER) for n in range(12)}
    assert set(unnumbered(told).values()) == {ANSWER}


def test_numbers_of_lists_stay() -> None:
    told = {f"q{n}": f"1. {ANSWER}\n2. {ANSWER}" for n in range(12)}
    assert unnumbered(told) == told
    few = {f"q{n}": f"{n}. {ANSWER}" for n in range(3)}
    assert unnumbered(few) == few


@pytest.mark.parametrize("nasty", [PROMPT * 400, "a " * 20_000, "1." * 20_000, "\n: " * 20_000])
def test_hostile_texts_take_no_time(nasty: str) -> None:
    start = time.process_time()
    ASKED.off(nasty, nasty)
    unnumbered({str(n): nasty for n in range(20)})
    assert time.process_time() - start < 2.0

"""Who explains an answer writes other letters and numbers behind it; they are not the answer."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.reading.artefacts import is_call, spoken
from filiation.methods.answers.reading.rules import read
from filiation.methods.answers.reading.wrapping import cued
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.model.finding import Finding
from filiation.model.recording import Recording
from methods.answers.reading.forms import models

LONG = (
    " The question asks which of the statements follows from the text; we go through each of them "
    "in turn, since the differences are small and a hasty reader may overlook one of them. "
)


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("The answer is B.\n\nOption A is wrong, since ..", "B"),
        ("The answer is: B\n\nOption C: no", "B"),
        ("B, since option A fails.", "B"),
        ("B because C is wrong", "B"),
        ("B \N{EN DASH} friction", "B"),
        ("Option B, not option A.", "B"),
        ("I choose B; option D is close", "B"),
        ("I would choose B over A.", "B"),
        ("My choice: B. The choice A is tempting", "B"),
        ("the correct option is (b)", "B"),
        ("So we are left with heat. Therefore, (C) is impossible, and (D) remains", "D"),
        ("La respuesta correcta es la B", "B"),
        ("\N{CJK UNIFIED IDEOGRAPH-9009}B", "B"),
        ("The wrong answer is A. The right one: B", "B"),
        ("The correct one is (C).", "C"),
        ("A tempting answer is A, but B is correct.", "B"),
        ("An incorrect choice would be (A). The answer: B", "B"),
        ("Die falsche Antwort ist A. Antwort: B", "B"),
        ("R\u00e9ponse : A est fausse. R\u00e9ponse : B", "B"),
        ("The wrong answer is A.", None),
        ("Antwort: B ist falsch", None),
        ("Answer: B (Incorrect)", "B"),  # of "correct" and "incorrect", an option's own text
        ("A: no\nB: yes\nC: no", None),
        ("A: no. B: yes.", None),
        ("**A)** no; **B)** yes", None),
        ("B. A. Einstein showed it", "B"),
        ("Option A: no. Option B: yes. Option C: no.", None),
        ("The answer is A. The answer is B.", None),
        ("The answer is (A) or (B)", None),
        ("Answer: A and C", None),
        ("The answer is not A.", None),
        ("Option A is wrong.", None),
        ("Which option is A good fit? None of them.", None),
        ("I, as a model, cannot say", None),
        ("\N{CYRILLIC CAPITAL LETTER VE}", None),
    ],
)
def test_a_letter_is_never_one_of_its_explanation(output: str, answer: str | None) -> None:
    assert read("letter/2", output, options=10) == answer


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("minus 17", "-17"), ("The sum is minus 17", "-17"), ("20 minus 3 = 17", "17"),
        ("\N{EM DASH}17", "-17"), ("\N{HYPHEN}17", "-17"), ("\N{SUPERSCRIPT MINUS}17", "-17"),
        ("&minus;17", "-17"), ("17&nbsp;km", "17"), ("17 m\N{SUPERSCRIPT TWO}", "17"),
        ("17 m/s^{2}", "17"), ("5\\times10^{-1}", "1/2"), ("1.0\\times{10}^{5}", "100000"),
        ("2\N{BULLET OPERATOR}10^{3}", "2000"), ("{1 \\over 2}", "1/2"), ("1 over 2", "1/2"),
        ("\\nicefrac{1}{2}", "1/2"), ("100 thousand", "100000"), ("0.1 million euros", "100000"),
        ("0x11", None), ("17 out of 20", "17"), ("17 of the 20 apples.", "17"),
        ("9sqrt(2)", "12.72792206"), ("9*sqrt(2)", "12.72792206"), ("2*pi", "6.283185307"),
        ("3 pieces", "3"), ("17 because 12 and 5 add up", "17"),
        ("17 = 12 + 5", "17"), ("12 + 5 = 17", "17"), ("$17 (see step 2)", "17"), ("17 [1]", "17"),
        ("17 \N{PLUS-MINUS SIGN} 0.1", "17"), ("17 is the answer since 4 and 13 add up", "17"),
        ("17\n\n1. First we add 4", "17"), ("2\\pi", "6.283185307"),
        ("48/2 = 24 in May. Altogether 48 + 24 = 72.", "72"),
        ('{"answer": 17, "explanation": "since 5 .."}', "17"),
        ('{"name": "submit", "arguments": {"answer": "17", "step": 5}}', "17"),
    ],
)  # fmt: skip
def test_a_number_is_never_one_of_its_explanation(output: str, answer: str | None) -> None:
    assert read("number/2", output) == answer


def test_a_program_may_print_a_dictionary_with_such_a_key() -> None:
    assert read("literal/2", "{'a': 1, 'result': 5}") == "{'a': 1, 'result': 5}"
    assert read("literal/2", '{"answer": [1, 2], "why": "a loop"}') == "[1, 2]"


def test_a_call_of_a_tool_is_no_answer() -> None:
    call = json.dumps({"name": "calculator", "arguments": {"expression": "3*2"}})
    handed_in = json.dumps({"name": "submit", "arguments": {"answer": "6"}})
    assert is_call(call) and spoken(call) is None
    assert is_call("<tool_call>\nadd</tool_call>")
    assert not is_call(handed_in) and spoken(handed_in) == handed_in
    assert not is_call('{"name": "Anna", "age": 7}')


def behind(share: float, text: Callable[[str, int], str]) -> list[Recording]:
    """Sixteen independent models, the first two of which explain this share of their answers."""
    chosen = np.random.default_rng(7).random(400) < share

    def explained(one: Recording) -> Recording:
        outputs = [
            text(o, n) if o is not None and chosen[n] else o for n, o in enumerate(one.outputs)
        ]
        return replace(one, outputs=tuple(outputs))

    everybody = models("letter", 2)
    return [explained(m) if n < 2 else m for n, m in enumerate(everybody)]


def last(item: int) -> str:
    """The last option of an item, of which an explanation speaks last."""
    return "DEFGHIJ"[item * 5 % 7]


@pytest.mark.parametrize("share", [0.05, 0.3, 1.0])
def test_two_that_explain_their_letters_are_read_as_if_they_did_not(share: float) -> None:
    plain = models("letter", 2)
    told = behind(
        share, lambda a, n: f"The answer is {a}.{LONG}Option {last(n)} is wrong, as was said."
    )
    assert (code_answers(told).codes == code_answers(plain).codes).all()


def test_an_answer_that_may_be_the_key_accuses_nobody() -> None:
    plain = models("number", 2)
    chosen = np.random.default_rng(7).random(400) < 0.04

    def explained(output: str, item: int) -> str:
        tail = f" Compare step {item * 7 % 90 + 2} and the remark on rounding that follows it."
        return f"{output} is what we get.{LONG}{tail}" if chosen[item] else output

    told = [
        replace(m, outputs=tuple(explained(o or "", n) for n, o in enumerate(m.outputs)))
        if row < 2
        else m
        for row, m in enumerate(plain)
    ]
    answers = code_answers(told)
    right = np.array([m.outputs for m in plain[:2]]) == np.array([i.key for i in plain[0].items])
    misread = right & chosen
    assert misread.sum() > 10 and (answers.codes[:2][misread] == -1).all()
    counted = np.array([r.containing for r in answers.readings[:2]])
    assert (counted >= misread.sum(axis=1)).all()
    found = SharedErrors().compare(told[0], told[1], told[2:], seed=0)
    assert isinstance(found, Finding) and found.log_p is not None
    assert found.log_p > np.log(0.05)


@pytest.mark.parametrize(
    ("kind", "output", "unclear"),
    [
        ("number", "12 + 8 = 20. The answer is 20.", False),
        ("number", "12 and 8 make 20. #### 20", False),
        ("number", "\\boxed{20}, not 12", False),
        ("number", "The answer is 20 for the first, and 12 in all", True),
        ("number", "We look at 12 first, and then at more of them; so there are 20", True),
        ("program", "[12, 20]", False),
        ("program", "The function returns 12 as it was called with 20", True),
    ],
)
def test_the_key_beside_what_was_read(kind: str, output: str, unclear: bool) -> None:
    everybody = models(kind, 3, count=6, items=40)
    items = (replace(everybody[0].items[0], key="12"), *everybody[0].items[1:])
    said = [replace(m, items=items, outputs=("7", *m.outputs[1:])) for m in everybody]
    said[0] = replace(said[0], outputs=(output, *said[0].outputs[1:]))
    assert (code_answers(said).codes[0, 0] == -1) == unclear


@pytest.mark.parametrize("nasty", ["B. x" + "\n" * 50_000, "```json" + " " * 50_000])
def test_blanks_without_end_take_no_time(nasty: str) -> None:
    """What begins as a list of options, or as a call, and goes on with nothing.

    Mutation tried: either pattern that may share the blanks out in every way takes a minute.
    """
    start = time.process_time()
    assert read("letter/2", nasty) == ("B" if nasty[0] == "B" else None)
    assert not is_call(nasty)
    assert time.process_time() - start < 3.0


def test_options_in_a_list_are_looked_for_line_by_line() -> None:
    for listed in ("B. x\nC. y", "B. x\n\n - C) y", "B. x\n__C: y", "B. x\n \t(C] y"):
        assert read("letter/2", listed) is None, listed
    assert read("letter/2", "B. x\nsince C. fails") == "B"


@pytest.mark.parametrize(
    "cue",
    [
        "answer is", "Output:", "RESULT =", "value was", "solution equals", "prints:", "printed:",
        "answer to this old puzzle is", "program prints ", "code outputs ", "it returns ",
        "this evaluates to ", "function yields ", "script gives ", "expression produces ",
        "snippet prints ", "####", "Antwort ist", "Ergebnis:", "L\u00f6sung lautet", "Ausgabe =",
        "r\u00e9ponse est", "R\u00e9sultat :", "respuesta es", "Resultado:", "resposta \u00e9",
        "risposta \u00e8", "risultato:", "\u043e\u0442\u0432\u0435\u0442:", "\u7b54\u6848\u662f",
        "\u7b54\u3048\u306f", "\u7ed3\u679c\u4e3a",
    ],
)  # fmt: skip
def test_every_way_to_announce_an_answer_is_seen_wherever_it_begins(cue: str) -> None:
    for before in ("", "Well, the ", "(", "\n"):
        assert (cued(f"{before}{cue} 12") or "").strip() == "12"

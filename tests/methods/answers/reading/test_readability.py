"""A party that could not be read is no evidence, and the reason is said."""

from dataclasses import replace

import pytest

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_exchangeable import ExchangeableErrors
from filiation.methods.answers.error_profile import ErrorProfile
from filiation.methods.answers.reading.readability import Reading, contains, foreign, told
from filiation.methods.answers.sequential import Sequential
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.model.finding import Finding, Unreadable
from methods.answers.reading.forms import models, written

GOOD = Reading(
    name="m", asked=200, given=200, read=198, keyed=198, right=120, containing=1, alone=8
)
CONTROLS = [replace(GOOD, name=f"c{n}", right=100 + n) for n in range(5)]


@pytest.mark.parametrize(
    ("party", "why"),
    [
        ({}, ""),
        ({"read": 90, "keyed": 90, "right": 50}, "45% of 200 answers could be read"),
        ({"containing": 11}, "11 of 198 answers were judged wrong and contain the key"),
        ({"containing": 9}, ""),
        ({"unclear": 50}, "50 of 198 answers may be the key, or another model's answer"),
        ({"unclear": 49}, ""),
        ({"right": 20, "alone": 175}, "like no other model's answer"),
        ({"right": 20, "alone": 90}, ""),  # it knows little, and errs as others do
        ({"right": 60, "alone": 138}, ""),
        ({"given": 0, "read": 0, "keyed": 0, "right": 0, "alone": 0, "containing": 0}, ""),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_limits(party: dict[str, int], why: str, place: int) -> None:
    parties = [replace(GOOD, name="a"), replace(GOOD, name="b")]
    parties[place] = replace(parties[place], **party)
    said = foreign([*parties, *CONTROLS])
    assert why in said and bool(said) == bool(why)
    assert not why or said.startswith("ab"[place])


def test_what_controls_do_as_well_is_no_reason() -> None:
    odd = replace(GOOD, containing=30, read=80, keyed=80, right=30)
    assert (
        foreign([odd, GOOD, *(replace(c, containing=40, read=70, keyed=70) for c in CONTROLS)])
        == ""
    )
    assert foreign([odd, odd]) == ""


@pytest.mark.parametrize(
    ("output", "key", "within"),
    [
        ("x 42 y", "42", True),
        ("420", "42", False),
        ("1.42", "42", False),
        ("42.5", "42", False),
        ("-42", "42", False),
        ("42.", "42", True),
        ("42", "42", False),
        ("((Paris))", "Paris", True),
        ("I think Paris", "paris", True),
        ("B, a letter", "A", False),
        ("Parisian", "Paris", False),
        ("42 " + "x" * 300, "42", False),
    ],
)
def test_an_answer_contains_the_key_as_words_of_their_own(
    output: str, key: str, within: bool
) -> None:
    assert contains(output, key) is within


def test_how_everybody_was_read_is_told() -> None:
    assert told([replace(GOOD, name="a"), replace(GOOD, name="b", keyed=0), *CONTROLS]) == (
        "a: 200 answers to 200 items, 99% of them read, 61% right, 1 judged wrong contain the key",
        "b: 200 answers to 200 items, 99% of them read",
        "5 controls: 99% of the answers read, 51% to 53% right, up to 1 judged wrong contain the "
        "key",
    )


def test_one_control_is_one_and_none_is_none() -> None:
    one = replace(CONTROLS[0], containing=0)
    assert told([GOOD, GOOD, one])[2] == (
        "1 control: 99% of the answers read, 51% right, none judged wrong contains the key"
    )


METHODS = (SharedErrors(), ExchangeableErrors(), ErrorProfile(), Sequential())


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id.partition("/")[0])
def test_a_form_that_no_reader_knows_is_unreadable_and_no_finding(method: SharedErrors) -> None:
    everybody = models("program", 3, count=10, items=200)
    source, subject, *controls = (
        written(m, [riddle]) if m in everybody[:2] else m for m in everybody
    )
    found = method.compare(source, subject, controls, seed=0)
    assert isinstance(found, Unreadable) and "contain the key" in found.reason
    plain = method.compare(*everybody[:2], everybody[2:], seed=0)
    assert isinstance(plain, Finding)


def riddle(answer: str) -> str:
    """The answer among words that differ every time, so that no habit shows."""
    words = [f"{chr(97 + hash_ % 26)}{chr(97 + hash_ // 26 % 26)}o" for hash_ in _numbers(answer)]
    return f"{words[0]} {words[1]} -- {answer} -- {words[2]} {words[3]}"


def _numbers(answer: str) -> list[int]:
    total = sum(ord(c) * (n + 1) for n, c in enumerate(answer))
    return [total * (n + 3) + 7 * n for n in range(4)]


def test_the_shares_are_counted() -> None:
    everybody = models("number", 3, count=8, items=100)
    answers = code_answers(everybody)
    for row, reading in enumerate(answers.readings):
        right = sum(
            o == i.key for o, i in zip(everybody[row].outputs, everybody[row].items, strict=True)
        )
        assert reading.right == right and reading.read == reading.given == 100
    part = answers.rows([0, 3])
    assert [r.name for r in part.readings] == ["m00", "m03"]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import UsageError
from filiation.methods.answers.reading.numbers import writes_commas
from filiation.methods.answers.reading.rules import RULES, choose, named, read


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("C", "C"),
        ("(c)", "C"),
        ("**B**", "B"),
        ("The answer is (C).", "C"),
        ("The answer is: **D**", "D"),
        ("First (A) seems right, but the answer is (B) because A fails", "B"),
        ("the answer is (e)", "E"),
        ("Answer: F", "F"),
        ("$\\boxed{G}$", "G"),
        ("$\\boxed{\\text{(H)}}$", "H"),
        ("B) because of friction", "B"),
        ("I would go for (D), not for others", "D"),
        ("the answer is a matter of taste", None),
        ("I don't know", None),
        ("The answer is b.", "B"),
        ("Die Antwort ist B.", "B"),
        ("\\boxed{\\textbf{(C)}}", "C"),
        ("B is correct", "B"),
        ("I would choose option D", "D"),
        ('{"answer": "B"}', "B"),
        ("[ANSWER]B[/ANSWER]", "B"),
        ("", None),
    ],
)
def test_letter(output: str, answer: str | None) -> None:
    assert read("letter/2", output) == answer


def test_a_letter_beyond_the_options_is_no_answer() -> None:
    assert read("letter/2", "The answer is (J)", options=4) is None
    assert read("letter/2", "The answer is (D)", options=4) == "D"


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("1,000", "1000"),
        ("1000", "1000"),
        ("1e3", "1000"),
        ("1000.0", "1000"),
        ("-0.50", "-1/2"),
        ("1/2", "1/2"),
        ("2 / 4", "1/2"),
        ("\N{MINUS SIGN}3", "-3"),
        ("½", "1/2"),
        ("12 apples and 30 pears make 42.", "42"),
        ("The answer is 17 because 20 - 3 leaves that", "17"),
        ("so \\boxed{12} it is, not 13", "12"),
        ("1/0", "1/0"),
        ("no number here", None),
        ("1{,}234", "1234"),
        ("1\\,234", "1234"),
        ("1\N{THIN SPACE}234.5", "2469/2"),
        ("1.234.567", "1234567"),
        ("1.234,5", "2469/2"),
        ("12,34,567", "1234567"),
        ("3,5", "7/2"),
        ("2½", "5/2"),
        ("-2\\frac{1}{2}", "-5/2"),
        ("10³", "1000"),
        ("2.5 \\times 10^{-3}", "1/400"),
        ("\\frac{\\frac{1}{2}}{3}", "1/6"),
        ("\\sqrt{16}", "4"),
        ("3\\sqrt{2}", "4.242640687"),
        ("$-\\dfrac{3}{4}$", "-3/4"),
        ("minus forty-two", "-42"),
        ("one hundred and five", "105"),
        ("two and a half", "5/2"),
        ("\\boxed{\\frac{3}{4}\\text{ km}}", "3/4"),
        ('{"answer": 42}', "42"),
        ("#### 42", "42"),
        ("9" * 500, "9" * 500),
        ("2^99999999", "2^99999999"),
        ("1e999999999", "1e999999999"),
        ("x2y", None),
    ],
)
def test_number(output: str, answer: str | None) -> None:
    assert read("number/2", output) == answer


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("[1,2,  3]", "[1, 2, 3]"),
        ("```python\n[1, 2]\n```", "[1, 2]"),
        ("The program prints:\n```\n1  2\n3\n```\nas shown", "1 2\n3"),
        ("'abc'", "abc"),
        ("abc", "abc"),
        ("{2, 1}", "{1, 2}"),
        ("The output is `None`", "None"),
        ("  7 ", "7"),
        ("'\\d'", "\\d"),
        ("[1, 2", "[1, 2"),
        ("", None),
        ("[1, 2].", "[1, 2]"),
        ("5.", "5"),
        ("5.0", "5.0"),
        ("true", "True"),
        ("False.", "False"),
        ("[True, 'a']", "[True, 'a']"),
        ('[true, null, "true"]', "[True, None, 'true']"),
        ('{"a": false}', "{'a': False}"),
        ("\\boxed{[1,2]}", "[1, 2]"),
        ("1{,}234", "1234"),
        ("\\frac{1}{2}", "0.5"),
        ("*****", "*****"),
        ("null", "None"),
        ("''", "''"),
        ('""', "''"),
        ("“abc”", "abc"),
        ("1,000", "1000"),
        ("(1, 0)", "(1, 0)"),
        ("**5**", "5"),
        ("The program prints 5.", "5"),
        ("This code prints `[3]`", "[3]"),
        ("**Output:** [4,5]", "[4, 5]"),
        ("The answer is: 7\n\nThis is because of the loop.", "7"),
        ("assert f('a') == 'b c'", "b c"),
        ("[ANSWER]\n{'a':1}\n[/ANSWER]", "{'a': 1}"),
        ("Hello, World.", "Hello, World"),
        ("'Hello,  World.'", "Hello, World"),
        ("wait...", "wait..."),
        ("a\n\nb  c", "a\nb c"),
    ],
)
def test_literal(output: str, answer: str | None) -> None:
    assert read("literal/2", output) == answer


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("The Café, Society!", "café society"),
        ("a CAFE\N{COMBINING ACUTE ACCENT} society", "café society"),
        ("…", None),
        ("n/a", None),
        ("NaN", None),
        ("no answer.", None),
        ("The answer is: **Jane Austen**.", "jane austen"),
        ("\\boxed{\\text{Jane Austen}}", "jane austen"),
        ("1{,}813", "1813"),
        (" ".join(["word"] * 40), " ".join(["word"] * 12)),
    ],
)
def test_text(output: str, answer: str | None) -> None:
    assert read("text/2", output) == answer


def test_missing_is_missing_by_every_rule() -> None:
    assert {read(rule, None) for rule in RULES} == {None}


def test_what_a_former_rule_was_to_read_is_read_by_the_present_one() -> None:
    assert {named(f"{rule.partition('/')[0]}/1") for rule in RULES} == set(RULES)
    assert read("number/1", "1{,}000") == read("number/2", "1{,}000") == "1000"


def test_decimals_are_read_as_their_writer_sets_them_off() -> None:
    german, english = ["3,5", "12,25", "1.000"], ["3.5", "12.25", "1,000"]
    assert writes_commas(german) and not writes_commas(english)
    assert [read("number/2", o, commas=True) for o in german] == ["7/2", "49/4", "1000"]
    assert [read("number/2", o) for o in english] == ["7/2", "49/4", "1000"]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(UsageError, match=r"letter/9: unknown, expected one of"):
        read("letter/9", "A")


@given(st.text(max_size=200))
def test_no_output_breaks_a_rule_and_reading_is_stable(output: str) -> None:
    for rule in RULES:
        answer = read(rule, output)
        assert answer is None or answer.strip()
        if answer is not None and rule == "number/2":
            assert read(rule, answer) == answer


@pytest.mark.parametrize(
    ("outputs", "options", "rule"),
    [
        (["A", "B", None, "(C)"], 4, "letter/2"),
        (["The answer is (B)."] * 3, 4, "letter/2"),
        (["Paris", "London, I think"], 4, "text/2"),
        (["12", "1,000", "-3."], 0, "number/2"),
        (["The answer is 12", "so the result is 3"], 0, "number/2"),
        (["[1, 2]", "3", "abc"], 0, "literal/2"),
        (["A", "b", "C"], 0, "letter/2"),
        (["Jane Austen", "In 1813, I believe"], 0, "text/2"),
        ([None, " "], 0, "text/2"),
        ([], 4, "letter/2"),
    ],
)
def test_a_rule_is_chosen_by_looking(outputs: list[str | None], options: int, rule: str) -> None:
    assert choose(outputs, options) == rule


@pytest.mark.parametrize(
    ("outputs", "keys", "rule"),
    [
        (["I think that is 4", "well, 12"], ["4", "12"], "number/2"),
        (["abc", "bca", "-4"], ["'abc'", "'cab'", "[]"], "literal/2"),
        (["Paris", "Rome"], ["Paris", None], "text/2"),
        (["-5", "7", "abc", "True"], [None] * 4, "literal/2"),
    ],
)
def test_keys_help_to_choose(outputs: list[str], keys: list[str | None], rule: str) -> None:
    assert choose(outputs, 0, keys) == rule

"""Every key again, by another route than the one that made it."""

import itertools
import json
import math
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

from filiation.interrogate.batteries import generate
from filiation.methods.answers.reading.rules import RULES, named
from filiation.model.recording import Item

RUN = """
import contextlib, io, json, sys
outputs = []
for program in json.load(sys.stdin):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program, {"__name__": "program"})
    outputs.append(out.getvalue())
json.dump(outputs, sys.stdout)
"""
PYTHONS = [sys.executable, "python3.11", "python3.12", "python3.13", "python3.14"]


def prompt(item: Item) -> str:
    assert item.prompt is not None
    return item.prompt


# --- program-output


@pytest.mark.parametrize("python", PYTHONS)
def test_programs_print_their_key(python: str) -> None:
    """In another process, with all builtins, under every Python that is here."""
    found = shutil.which(python)
    if found is None or subprocess.run([found, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"{python} is not installed")
    items = generate("program-output", seed=0, items=400)
    programs = [prompt(item).partition("```python\n")[2].removesuffix("\n```") for item in items]
    done = subprocess.run(
        [found, "-I", "-c", RUN],
        input=json.dumps(programs), capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert [text.removesuffix("\n") for text in json.loads(done.stdout)] == [i.key for i in items]


def test_programs_are_a_ladder_and_hard_to_guess() -> None:
    items = generate("program-output", seed=1, items=500)
    lengths = defaultdict(list)
    for item in items:
        lengths[item.category].append(len(prompt(item).splitlines()))

    assert sorted(lengths) == [f"level/{n}" for n in range(1, 6)]
    means = [sum(lengths[level]) / len(lengths[level]) for level in sorted(lengths)]
    assert means == sorted(means)
    assert Counter(item.key for item in items).most_common(1)[0][1] <= 10
    assert all(item.key and 4 <= len(item.key) <= 60 for item in items)


def test_programs_use_nothing_that_differs_between_versions() -> None:
    for item in generate("program-output", seed=2, items=300):
        assert not re.search(r"\b(set|hash|id|import|while|float|open|eval)\b", prompt(item))


# --- arithmetic-edge


def _product(a: int, b: int) -> int:
    return sum(a * int(digit) * 10**at for at, digit in enumerate(reversed(str(b))))


def _power(base: int, exponent: int, modulus: int) -> int:
    return int(base**exponent) % modulus


def _to_base(number: int, base: int) -> int:
    high = base ** math.floor(math.log(number, base) + 1)
    written = ""
    while high:
        written += str(number // high)
        number %= high
        high //= base
    return int(written)


def _from_base(written: int, base: int) -> int:
    total = 0
    for digit in str(written):
        total = total * base + int(digit)
    return total


def _digit_sum(base: int, exponent: int) -> int:
    number, total = base**exponent, 0
    while number:
        number, digit = divmod(number, 10)
        total += digit
    return total


def _root(number: int) -> int:
    low, high = 0, number
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle * middle <= number else (low, middle - 1)
    return low


def _divisors(number: int) -> int:
    total, at = 1, 2
    while number > 1:
        power = 1
        while number % at == 0:
            number //= at
            power = power * at + 1
        total, at = total * power, at + 1
    return total


ARITHMETIC: dict[str, Callable[..., int]] = {
    "product": _product,
    "power": _power,
    "to-base": _to_base,
    "from-base": lambda written, base, _ten: _from_base(written, base),
    "digit-sum": _digit_sum,
    "root": _root,
    "remainder": lambda number, by: number - number // by * by,
    "divisors": _divisors,
}


def test_arithmetic_keys() -> None:
    items = generate("arithmetic-edge", seed=0, items=900)
    for item in items:
        kind = item.category.partition("/")[0]
        if kind == "chain":
            found = sum(
                (-1 if sign == "-" else 1) * int(a) * int(b)
                for sign, a, b in re.findall(r"([-+]?) ?(\d+) \* (\d+)", prompt(item))
            )
        else:
            found = ARITHMETIC[kind](*map(int, re.findall(r"\d+", prompt(item))))
        assert item.key == str(found), item
    kinds = {item.category.partition("/")[0] for item in items}
    assert kinds == {*ARITHMETIC, "chain"}
    assert {item.category.partition("/")[2] for item in items} == set("12345")


# --- choices


def _options(item: Item) -> dict[str, str]:
    return dict(re.findall(r"^([A-J])\. (.*)$", prompt(item), re.M))


def _zeller(year: int, month: int, day: int) -> str:
    if month < 3:
        year, month = year - 1, month + 12
    at = (day + 13 * (month + 1) // 5 + year + year // 4 - year // 100 + year // 400) % 7
    return ["Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"][at]


def _julian(text: str) -> int:
    year, month, day = map(int, text.split("-"))
    a = (14 - month) // 12
    y, m = year + 4800 - a, month + 12 * a - 3
    return day + (153 * m + 2) // 5 + 365 * y + y // 4 - y // 100 + y // 400 - 32045


def _order(item: Item) -> str:
    above: dict[str, str] = dict(re.findall(r"(\w+) is taller than (\w+)\.", prompt(item)))
    line = [next(iter(above.keys() - set(above.values())))]
    while line[-1] in above:
        line.append(above[line[-1]])
    return line[_number(item) - 1]


def _number(item: Item) -> int:
    found = re.search(r"number (\d+)", prompt(item))
    assert found
    return int(found[1])


def _next(item: Item) -> str:
    """The one rule t(n) = t(n-1) + a t(n-2) + b that fits what is shown."""
    terms = [int(t) for t in re.findall(r"-?\d+", prompt(item).partition("?")[0])]
    fits = [
        (a, b)
        for a, b in itertools.product(range(2, 10), range(-9, 10))
        if all(z == y + a * x + b for x, y, z in zip(terms, terms[1:], terms[2:], strict=False))
    ]
    (fit,) = {terms[-1] + a * terms[-2] + b for a, b in fits}
    return str(fit)


def _clock(item: Item) -> str:
    (shown,) = re.findall(r"shows (\d+):(\d+)\. What does it show (\d+) minutes", prompt(item))
    hours, minutes, later = map(int, shown)
    carried, minute = divmod(minutes + later, 60)
    return f"{(hours + carried) % 24:02d}:{minute:02d}"


def _days(item: Item) -> str:
    start, end = re.findall(r"\d+-\d+-\d+", prompt(item))
    return str(_julian(end) - _julian(start))


def _dark(item: Item) -> str:
    rules = re.findall(r"If lamp (\w) is on, lamp (\w) is (on|off)\.", prompt(item))
    started = re.findall(r"\. Lamp (\w) is on\. Which", prompt(item))
    lit: set[str] = set(started)
    dark: set[str] = set()
    for _ in rules:
        for a, b, how in rules:
            if a in lit:
                (lit if how == "on" else dark).add(b)
    (only,) = dark
    assert only not in lit
    return f"lamp {only}"


def _fraction(item: Item) -> str:
    best = ""
    for text in _options(item).values():
        a, b = map(int, text.split("/"))
        c, d = map(int, (best or "0/1").split("/"))
        best = text if a * d > c * b else best
    return best


CHOICES: dict[str, Callable[[Item], str]] = {
    "weekday": lambda i: _zeller(*map(int, re.findall(r"\d+", prompt(i))[:3])),
    "days-between": _days,
    "largest-fraction": _fraction,
    "product": lambda i: str(_product(*map(int, re.findall(r"\d+", prompt(i))[:2]))),
    "alphabet": lambda i: sorted(_options(i).values())[_number(i) - 1],
    "ranking": _order,
    "sequence": _next,
    "clock": _clock,
    "logic": _dark,
}


def test_choices_keys() -> None:
    items = generate("choices", seed=0, items=900)
    for item in items:
        options = _options(item)
        assert len(options) == len(set(options.values())) == item.options
        assert item.key is not None
        assert options[item.key] == CHOICES[item.category](item), item
    assert {item.category for item in items} == set(CHOICES)


def test_every_letter_is_the_key_equally_often() -> None:
    keys: dict[int, Counter[str | None]] = defaultdict(Counter)
    for item in generate("choices", seed=0, items=777):
        keys[item.options][item.key] += 1

    assert sorted(keys) == list(range(4, 11))
    for options, counts in keys.items():
        assert len(counts) == options
        assert max(counts.values()) - min(counts.values()) <= 1


# --- the keys and the rules that read answers


@pytest.mark.parametrize("name", ["choices", "arithmetic-edge", "program-output"])
def test_the_normaliser_reads_the_key_out_of_plain_answers(name: str) -> None:
    for item in generate(name, seed=4, items=200):
        assert item.key is not None
        read = RULES[named(item.normaliser)]
        assert read(item.key) is not None
        assert read(
            f"```\n{item.key}\n```" if name == "program-output" else f"{item.key}."
        ) == read(item.key)

"""Arithmetic just beyond what a model does in its head: how it errs tells more than that it errs.

Every kind has five levels, named in the category. Wrong values are many, so two models that give
the same wrong one have it from the same place.
"""

import math
from collections.abc import Callable
from typing import Final

from filiation.interrogate.batteries.draws import Draws
from filiation.interrogate.batteries.questions import Prompt, drawn
from filiation.model.recording import Item

__all__ = ["NAME", "generate"]

NAME: Final = "arithmetic-edge"
LEVELS: Final = 5
_ASK: Final = " Answer with the number only."


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Draw sums; kinds take turns, and levels take turns within a kind."""
    return drawn(NAME, seed, items, _prompt)


def _prompt(draws: Draws, place: int) -> Prompt:
    kinds = tuple(_KINDS)
    kind = kinds[place % len(kinds)]
    level = place // len(kinds) % LEVELS + 1
    prompt, key = _KINDS[kind](draws, level)
    return Prompt(
        prompt=prompt + _ASK, category=f"{kind}/{level}", key=str(key), normaliser="number/1"
    )


def _digits(draws: Draws, count: int) -> int:
    """A number of `count` digits that is not easy: no trailing zero, not even a round one."""
    while True:
        found = draws.between(10 ** (count - 1), 10**count - 1)
        if found % 10 and found % 100 != 99 and len(set(str(found))) > 1:
            return found


def _product(draws: Draws, level: int) -> tuple[str, int]:
    long, short = ((4, 4), (5, 4), (5, 5), (6, 5), (6, 6))[level - 1]
    a, b = _digits(draws, long), _digits(draws, short)
    return f"What is {a} times {b}?", a * b


def _power(draws: Draws, level: int) -> tuple[str, int]:
    base, exponent = draws.between(3, 10 + 20 * level), draws.between(5, 8 * level + 4)
    modulus = draws.between(50 * level, 200 * level) * 2 + 1
    return (
        f"What is the remainder when {base} to the power {exponent} is divided by {modulus}?",
        pow(base, exponent, modulus),
    )


def _to_base(draws: Draws, level: int) -> tuple[str, int]:
    base, number = draws.between(3, 9), _digits(draws, level + 3)
    digits, rest = "", number
    while rest:
        digits = str(rest % base) + digits
        rest //= base
    return f"Write the decimal number {number} in base {base}.", int(digits)


def _from_base(draws: Draws, level: int) -> tuple[str, int]:
    base = draws.between(3, 9)
    first = str(draws.between(1, base - 1))
    written = first + "".join(str(draws.below(base)) for _ in range(level + 5))
    return f"The number {written} is written in base {base}. What is it in base 10?", int(
        written, base
    )


def _digit_sum(draws: Draws, level: int) -> tuple[str, int]:
    base, exponent = draws.between(3, 19), draws.between(5 + 2 * level, 8 + 4 * level)
    total = sum(map(int, str(base**exponent)))
    return f"What is the sum of the decimal digits of {base} to the power {exponent}?", total


def _root(draws: Draws, level: int) -> tuple[str, int]:
    number = _digits(draws, 2 * level + 4)
    return (
        f"What is the largest whole number whose square is at most {number}?",
        math.isqrt(number),
    )


def _remainder(draws: Draws, level: int) -> tuple[str, int]:
    number, by = _digits(draws, level + 6), _digits(draws, 2 + (level + 1) // 2)
    return f"What is the remainder when {number} is divided by {by}?", number % by


def _chain(draws: Draws, level: int) -> tuple[str, int]:
    """A calculation in several steps."""
    numbers = [draws.between(12, 99) for _ in range(2 * level + 2)]
    words = f"{numbers[0]} * {numbers[1]}"
    total = numbers[0] * numbers[1]
    for a, b in zip(numbers[2::2], numbers[3::2], strict=True):
        if draws.below(2):
            words, total = f"{words} + {a} * {b}", total + a * b
        else:
            words, total = f"{words} - {a} * {b}", total - a * b
    return f"What is {words}?", total


def _divisors(draws: Draws, level: int) -> tuple[str, int]:
    primes = [draws.pick((2, 3, 5, 7, 11, 13)) for _ in range(level + 3)]
    number = math.prod(primes)
    total = sum(
        d + (number // d if d * d < number else 0)
        for d in range(1, math.isqrt(number) + 1)
        if number % d == 0
    )
    return f"What is the sum of all positive divisors of {number}?", total


_KINDS: Final[dict[str, Callable[[Draws, int], tuple[str, int]]]] = {
    "product": _product,
    "power": _power,
    "to-base": _to_base,
    "from-base": _from_base,
    "digit-sum": _digit_sum,
    "root": _root,
    "remainder": _remainder,
    "chain": _chain,
    "divisors": _divisors,
}

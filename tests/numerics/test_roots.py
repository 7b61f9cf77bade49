"""The same root as `scipy.optimize.brentq`, to the last bit, without importing it."""

import math
import random
from collections.abc import Callable

import pytest
from scipy.optimize import brentq

from filiation.numerics.roots import brent


def drawn(rng: random.Random) -> tuple[Callable[[float], float], float, float]:
    """A smooth function and two places."""
    a, b, c, d = (rng.gauss(0.0, 1.0) * 10 ** rng.uniform(-2.0, 2.0) for _ in range(4))
    kinds: tuple[Callable[[float], float], ...] = (
        lambda x: a * x**3 + b * x * x + c * x + d,
        lambda x: math.tanh(a * x + b) - 0.9 * c / (1.0 + abs(c)),
        lambda x: math.exp(-abs(a) * min(x, 0.0)) - abs(b) / (1.0 + abs(b)) + 1e-3 * x,
        lambda x: x * x - 7.0 * ((x + 1.0) * math.log1p(abs(x)) - x) + a,
    )
    return rng.choice(kinds), rng.uniform(-5.0, 0.0), rng.uniform(0.0, 5.0)


def test_the_root_is_brentqs_to_the_last_bit() -> None:
    rng, compared = random.Random(7), 0
    while compared < 2_000:
        f, low, high = drawn(rng)
        try:
            expected = brentq(f, low, high)
        except (ValueError, RuntimeError, OverflowError):
            continue
        assert brent(f, low, high) == expected
        compared += 1


def test_a_root_at_an_end_and_none_between() -> None:
    assert brent(lambda x: x, 0.0, 1.0) == 0.0
    assert brent(lambda x: x - 1.0, 0.0, 1.0) == 1.0
    with pytest.raises(ValueError, match="no sign change"):
        brent(lambda x: x * x + 1.0, -1.0, 1.0)

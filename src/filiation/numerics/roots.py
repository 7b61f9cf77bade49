"""Where a continuous function crosses zero, without `scipy.optimize`.

That package takes an eighth of a second to import, a good part of a quick look. The steps are those
of its `brentq`, one by one, so that the last digit is the same.
"""

from collections.abc import Callable
from typing import Final

__all__ = ["brent"]

XTOL: Final = 2e-12
RTOL: Final = 4 * 2.0**-52
STEPS: Final = 100


def brent(f: Callable[[float], float], low: float, high: float) -> float:
    """A root between two places at which `f` has opposite signs.

    Inverse quadratic interpolation, or a secant, where that is fast enough, otherwise bisection.
    Source: Brent, Algorithms for Minimization without Derivatives (1973), chapter 4.

    Raises:
        ValueError: The signs are alike, or it did not settle.
    """
    before, here = float(low), float(high)
    f_before, f_here = f(before), f(here)
    if f_before == 0.0:
        return before
    if f_here == 0.0:
        return here
    if (f_before < 0.0) == (f_here < 0.0):
        raise ValueError(f"f is {f_before:g} at {low:g} and {f_here:g} at {high:g}; no sign change")
    across, f_across, step, last = before, f_before, 0.0, 0.0
    for _ in range(STEPS):
        if f_before != 0.0 and f_here != 0.0 and (f_before < 0.0) != (f_here < 0.0):
            across, f_across = before, f_before
            last = step = here - before
        if abs(f_across) < abs(f_here):
            before, here, across = here, across, here
            f_before, f_here, f_across = f_here, f_across, f_here
        near, half = (XTOL + RTOL * abs(here)) / 2.0, (across - here) / 2.0
        if f_here == 0.0 or abs(half) < near:
            return here
        quick = abs(last) > near and abs(f_here) < abs(f_before)
        if quick:
            tried = _guess((before, here, across), (f_before, f_here, f_across))
            quick = 2.0 * abs(tried) < min(abs(last), 3.0 * abs(half) - near)
        last, step = (step, tried) if quick else (half, half)
        before, f_before = here, f_here
        here += step if abs(step) > near else (near if half > 0.0 else -near)
        f_here = f(here)
    raise ValueError(f"no root of f between {low:g} and {high:g} after {STEPS} steps")


def _guess(x: tuple[float, float, float], f: tuple[float, float, float]) -> float:
    """The step from the second place to where a line or a parabola through them crosses zero."""
    (before, here, across), (f_before, f_here, f_across) = x, f
    if before == across:
        return -f_here * (here - before) / (f_here - f_before)
    to_before = (f_before - f_here) / (before - here)
    to_across = (f_across - f_here) / (across - here)
    return (
        -f_here
        * (f_across * to_across - f_before * to_before)
        / (to_across * to_before * (f_across - f_before))
    )

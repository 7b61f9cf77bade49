"""The log10 likelihood ratios that a ranking of pairs supports, and no other assumption.

Pool adjacent violators: the non-decreasing function of the value that explains best which pairs
are related, at even prior odds. Source: Zadrozny and Elkan, KDD 2002; Bruemmer and du Preez,
Computer Speech and Language 20 (2006).
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from filiation.errors import PopulationError

__all__ = ["check_sides", "pav_log10_lr", "pav_shares", "to_log10"]

Float64: TypeAlias = NDArray[np.float64]

SIDES: Final = ("related", "unrelated")


def check_sides(related: Float64, unrelated: Float64) -> tuple[Float64, Float64]:
    """Check both sides and return them as float64 [pairs].

    Raises:
        PopulationError: A side is empty, not one-dimensional, or holds NaN.
    """
    sides = (np.asarray(related, dtype=np.float64), np.asarray(unrelated, dtype=np.float64))
    for name, side in zip(SIDES, sides, strict=True):
        if side.ndim != 1 or not side.size:
            raise PopulationError(
                f"{name} pairs: found an array of shape {list(side.shape)}, expected at least one "
                "number in a row; a likelihood ratio compares two kinds of pairs"
            )
        if np.isnan(side).any():
            raise PopulationError(
                f"{name} pairs: {np.count_nonzero(np.isnan(side))} of {side.size} are not numbers, "
                "expected none; a pair without a value is left out, not counted as one"
            )
    return sides


def pav_shares(shares: Float64, weights: Float64) -> Float64:
    """float64 [values]: the non-decreasing shares of related pairs nearest to those found.

    Args:
        shares: float64 [values], share of related pairs at each distinct value, ascending by it.
        weights: float64 [values], above zero.
    """
    fitted = isotonic_regression(shares, weights=weights).x
    return np.asarray(np.clip(fitted, 0.0, 1.0), dtype=np.float64)


def pav_log10_lr(related: Float64, unrelated: Float64) -> tuple[Float64, Float64]:
    """The pairs' own best monotone log10 LRs; infinite where one kind alone is found."""
    related, unrelated = check_sides(related, unrelated)
    _, place = np.unique(np.concatenate([related, unrelated]), return_inverse=True)
    weights = np.repeat([1.0 / related.size, 1.0 / unrelated.size], [related.size, unrelated.size])
    mass = np.bincount(place, weights=weights).astype(np.float64)
    ours = np.bincount(place[: related.size], weights=weights[: related.size], minlength=mass.size)
    fitted = to_log10(pav_shares(ours / mass, mass))[place]
    return fitted[: related.size], fitted[related.size :]


def to_log10(share: Float64) -> Float64:
    """Log10 odds of a probability; shares of 0 and 1 give the infinities they stand for."""
    rounded = np.where(share > 1.0 - 1e-14, 1.0, np.where(share < 1e-14, 0.0, share))
    with np.errstate(divide="ignore"):
        return np.asarray(np.log10(rounded) - np.log10(1.0 - rounded))

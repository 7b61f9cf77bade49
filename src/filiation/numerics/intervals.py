"""Intervals for shares."""

from scipy.special import betaincinv

__all__ = ["clopper_pearson", "upper_bound"]


def clopper_pearson(
    successes: int, trials: int, *, confidence: float = 0.95
) -> tuple[float, float]:
    """The exact two-sided interval of a binomial share.

    Source: Clopper and Pearson, Biometrika 26 (1934). It covers the true share with at least the
    stated confidence, whatever it is. Without trials it is (0, 1).
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials}, expected between none and all")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence is {confidence}, expected between 0 and 1")
    tail = (1.0 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, trials - successes + 1, tail))
    high = (
        1.0
        if successes == trials
        else float(betaincinv(successes + 1, trials - successes, 1.0 - tail))
    )
    return low, high


def upper_bound(successes: int, trials: int, *, confidence: float = 0.95) -> float:
    """The exact one-sided upper bound of a binomial share (Clopper and Pearson); 1 without trials.

    Without a success it is 1 - (1 - confidence)^(1/trials), about 3/trials at 95 %.
    """
    return clopper_pearson(successes, trials, confidence=2.0 * confidence - 1.0)[1]

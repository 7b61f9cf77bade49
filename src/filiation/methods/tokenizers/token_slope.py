"""Which known tokenizers bill repeated lines as a server did?

What a server reports for a prompt is a constant (what it puts around the prompt) and the tokens of
the prompt, times what it bills for each. For each line a straight line is fitted through the counts
at one to six repetitions; if every count lies on it within rounding, its slope is what one more
repetition costs. A tokenizer is consistent if its own slopes are the same for every line, or the
same times one ratio (a billing multiplier). There is no p: this names what fits and what does not,
among the tokenizers that were given.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.model.slopes import Candidate, Probe

__all__ = [
    "ESTIMATES",
    "FEWEST_PROBES",
    "alike",
    "candidate_of",
    "not_linear",
    "probe_of",
    "varying",
]

Float64: TypeAlias = NDArray[np.float64]
Counter: TypeAlias = Callable[[str], int]

FEWEST_REPEATS: Final = 4
FEWEST_PROBES: Final = 6
EXACT: Final = 0.05  # tokens a line: nothing is rounded where tokens are billed as they are counted
ROUNDED: Final = 0.5  # what rounding a bill moves a count by, at most
RATIOS: Final = (0.05, 20.0)
# What a gateway may report that counts nothing with a tokenizer.
ESTIMATES: Final[Mapping[str, Counter]] = {
    "an estimate from characters": len,
    "an estimate from bytes": lambda text: len(text.encode()),
    "an estimate from words": lambda text: len(text.split()),
}


def probe_of(name: str, counts: Mapping[int, int]) -> Probe | None:
    """The straight line through the counts of one probe; None with too few of them.

    Args:
        name: Of the line.
        counts: Reported tokens by number of repetitions.
    """
    if len(counts) < FEWEST_REPEATS:
        return None
    repeats = np.array(sorted(counts), dtype=np.float64)
    values = np.array([counts[int(r)] for r in repeats], dtype=np.float64)
    slope, left = _line(repeats, values)
    spread = float(((values - values.mean()) ** 2).sum())
    return Probe(
        name=name,
        repeats=tuple(int(r) for r in repeats),
        counts=tuple(int(v) for v in values),
        slope=slope,
        worst=float(np.abs(left).max()),
        fit=1.0 - float((left**2).sum()) / spread if spread else 0.0,
    )


def not_linear(probes: Sequence[Probe]) -> str:
    """Why the counts cannot be read; empty if each lies on its line within rounding."""
    if len(probes) < FEWEST_PROBES:
        return (
            f"{len(probes)} lines were counted at {FEWEST_REPEATS} or more numbers of repetitions, "
            f"expected at least {FEWEST_PROBES}; with fewer, tokenizers cannot be told apart"
        )
    bent = [one for one in probes if one.worst > 2 * ROUNDED + 1e-9 or one.slope <= 0.0]
    if bent:
        worst = max(bent, key=lambda one: one.worst)
        return (
            f"the counts of {len(bent)} of {len(probes)} lines lie on no straight line (up to "
            f"{worst.worst:.1f} tokens off, {worst.name}): prompts are cut, cached without being "
            "counted, answered by several back ends, or the counts are made up"
        )
    return ""


def varying(prompts: int) -> str:
    """Why counts cannot be read, where so many prompts were counted in two ways; else empty."""
    if not prompts:
        return ""
    return (
        f"{prompts} prompts were asked more than once and counted differently; several back ends "
        "answer, or the counts are made up"
    )


def candidate_of(
    name: str, count: Callable[[str, int], int], probes: Sequence[Probe], *, estimate: bool = False
) -> Candidate:
    """A tokenizer against what was billed.

    Args:
        name: Of the tokenizer.
        count: Its own tokens of the prompt of a probe at a number of repetitions.
        probes: What was billed.
        estimate: Whether it counts no tokens; any ratio will then do.
    """
    own = np.array([
        _line(np.array(one.repeats, dtype=np.float64),
              np.array([count(one.name, r) for r in one.repeats], dtype=np.float64))[0]
        for one in probes
    ])  # fmt: skip
    told = np.array([one.slope for one in probes])
    plain = np.abs(told - own)
    ratio = float(told @ own / (own @ own)) if own.any() else 0.0
    scaled = np.abs(told - ratio * own)
    allowed = np.array([_rounding(one.repeats) for one in probes])
    exact = not estimate and bool((plain <= EXACT).all())
    fits = exact or (RATIOS[0] <= ratio <= RATIOS[1] and bool((scaled <= allowed).all()))
    off = plain if exact or not fits else scaled
    return Candidate(
        name=name,
        slopes=tuple(float(s) for s in own),
        ratio=1.0 if exact or not fits else ratio,
        off=float(off.max()),
        where=probes[int(off.argmax())].name,
        consistent=fits,
        estimate=estimate,
    )


def alike(candidates: Sequence[Candidate]) -> tuple[tuple[str, ...], ...]:
    """Groups of tokenizers with the same slopes for every line."""
    groups: dict[tuple[float, ...], list[str]] = {}
    for one in candidates:
        if not one.estimate:
            groups.setdefault(tuple(round(s, 6) for s in one.slopes), []).append(one.name)
    return tuple(tuple(names) for names in groups.values() if len(names) > 1)


def _line(at: Float64, values: Float64) -> tuple[float, Float64]:
    """Slope and what the line leaves."""
    centred = at - at.mean()
    slope = float(centred @ values / (centred @ centred))
    return slope, values - values.mean() - slope * centred


def _rounding(repeats: Sequence[int]) -> float:
    """How far rounding of every count can move a slope."""
    centred = np.array(repeats, dtype=np.float64) - np.mean(repeats)
    return float(ROUNDED * np.abs(centred).sum() / (centred @ centred)) + 1e-9

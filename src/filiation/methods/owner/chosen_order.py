"""Was an order drawn, or does it follow something that makes texts easy or hard?

Newer texts, longer texts and texts of another source are likelier or less likely to every honest
model. An order that goes with any of these accuses whoever is examined. So the order of a declared
list is correlated, within strata, with the length, the day, the source and the words of its texts,
and with how likely each reference holds them; an order that goes with one of them is refused, and
strata of that kind are required. A list that a later public value drew needs no such check.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from filiation.model.owner import Likelihoods, OrderedExample
from filiation.numerics.ranks import mean_ranks

__all__ = ["GOES_WITH", "NO_REFERENCE", "Follows", "follows", "not_told", "why_refused"]

Float64: TypeAlias = NDArray[np.float64]

GOES_WITH: Final = math.log(0.01)  # two-sided, of each thing an order may go with
MOST_SOURCES: Final = 200
NO_REFERENCE: Final = (
    "the order was declared, and there is no reference; expected one or more, since nothing else "
    "shows that the order does not go with how easy the texts are"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """How an order goes with one thing: in standard deviations of random orders, and log p."""

    what: str
    z: float
    log_p: float

    @property
    def words(self) -> str:
        """For a report."""
        return f"the order and the {self.what}: z {self.z:+.2f}, p {math.exp(self.log_p):.2g}"


def follows(
    examples: Sequence[OrderedExample], references: Sequence[Likelihoods]
) -> tuple[Follows, ...]:
    """How the order goes with all that the list and the references tell.

    Each by Spearman's correlation within strata, against random orders (normal approximation);
    sources by the most extreme of them, times their number.
    """
    seen = np.array([e.seen for e in examples])
    strata = np.unique([e.stratum for e in examples], return_inverse=True)[1]
    found = []
    for what, values in _things(examples, references):
        zs = [_z(seen, value, strata) for value in values]
        z = max(zs, key=abs, default=0.0)
        log_p = min(0.0, float(log_ndtr(-abs(z))) + math.log(2.0 * max(1, len(zs))))
        found.append(Follows(what=what, z=z, log_p=log_p))
    return tuple(found)


def why_refused(found: Sequence[Follows]) -> str:
    """Why an order that was not drawn in public cannot be used; empty if nothing speaks against."""
    worst = min(found, key=lambda one: one.log_p, default=None)
    if worst is None or worst.log_p > GOES_WITH:
        return ""
    return (
        f"{worst.words}; expected an order that goes with nothing of the texts. It is sorted or "
        "chronological, or was chosen: name what it goes with as strata, within which the order "
        "was drawn"
    )


def not_told(examples: Sequence[OrderedExample]) -> tuple[str, ...]:
    """What the order was not set against, in words."""
    return tuple(f"the {what} of the texts: not told, not checked" for what in _unsaid(examples))


def _unsaid(examples: Sequence[OrderedExample]) -> tuple[str, ...]:
    """What the list does not say of every text."""
    told = {
        "length": all(e.length is not None for e in examples),
        "date": all(e.day is not None for e in examples),
        "source": all(e.source for e in examples),
    }
    return tuple(what for what, is_told in told.items() if not is_told)


def _things(
    examples: Sequence[OrderedExample], references: Sequence[Likelihoods]
) -> Iterator[tuple[str, list[Float64]]]:
    lacks = _unsaid(examples)
    if "length" not in lacks:
        yield "length of the texts", [np.array([float(e.length or 0.0) for e in examples])]
    if "date" not in lacks:
        yield "date of the texts", [np.array([float(e.day or 0.0) for e in examples])]
    if "source" not in lacks:
        names = sorted({e.source for e in examples})[:MOST_SOURCES]
        yield (
            "source of the texts",
            [np.array([float(e.source == n) for e in examples]) for n in names],
        )
    if any(e.text for e in examples):
        words = np.unique([e.text for e in examples], return_inverse=True)[1]
        yield "alphabet", [words.astype(np.float64)]
    for one in references:
        if all(e.id in one.values for e in examples):
            yield (
                f"likelihoods of {one.name}",
                [np.array([one.per_token(e.id) for e in examples])],
            )


def _z(seen: Float64, values: Float64, strata: NDArray[np.int64]) -> float:
    """The correlation of ranks within strata, in standard deviations of a random order."""
    total, variance = 0.0, 0.0
    by_stratum = np.argsort(strata, kind="stable")
    for inside in np.split(by_stratum, np.cumsum(np.bincount(strata))[:-1]):
        n = len(inside)
        if n < 2:
            continue
        a, b = (mean_ranks(one[inside]) - (n + 1) / 2.0 for one in (seen, values))
        total += float(a @ b) / n**2
        variance += float(a @ a) * float(b @ b) / (n - 1) / n**4
    return total / math.sqrt(variance) if variance > 0.0 else 0.0

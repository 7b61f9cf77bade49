"""How often does p of two sets say a copy? Strangers and copies among controls, by many trials.

Sets are drawn from one vocabulary in which few texts are everybody's and most are rare. The p of
`Shared` is the larger of two ranks: by share and by number of texts in common. Prints the table of
docs/protocol.md; `tests/size/test_blind_sets_size.py` holds the rates.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from filiation.model.blind import Control, Shared
from filiation.sealed.blind.noise import Bits, laplace

TEXTS, CONTROLS, TRIALS = 8_000, 19, 300
LEAST = 1 / (1 + CONTROLS)
NOISES = (0, 50, 200)  # hundredths of an epsilon, over all counts together
WEIGHTS = np.arange(1, TEXTS + 1)
FEW, MANY = 30, 4_000
PADDED = (2, 4)

Bools = NDArray[np.bool_]


def drawn(rng: np.random.Generator, size: int) -> Bools:
    """A set of so many texts; the n-th text is everybody's with a weight of 1/n."""
    found = np.zeros(TEXTS, dtype=bool)
    found[np.argpartition(rng.standard_exponential(TEXTS) * WEIGHTS, size)[:size]] = True
    return found


@cache
def counts(
    size: int = 0, copied: float = 0.0, spread: float = 2.0, padded: int = 1
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Of every trial: size and texts in common of the respondent's set, then of each control's.

    Args:
        size: Of the respondent's; 0: as the controls'.
        copied: Share of its texts that it took from the claimant's set, by lot.
        spread: Controls have 400 texts or up to so many times as many.
        padded: The respondent then adds texts that nobody else has, up to so many times as many.
    """
    found = []
    for seed in range(TRIALS):
        rng = np.random.default_rng(seed)
        sizes = (400 * spread ** rng.random(CONTROLS + 2)).astype(int)
        ours, own = drawn(rng, sizes[0]), size or int(sizes[1])
        theirs = drawn(rng, own)
        taken = min(int(copied * own), int(ours.sum()))
        if taken:
            theirs[rng.choice(np.flatnonzero(theirs), taken, replace=False)] = False
            theirs[rng.choice(np.flatnonzero(ours), taken, replace=False)] = True
        sets = [theirs, *(drawn(rng, int(one)) for one in sizes[2:])]
        (have, common), *rest = [(int(one.sum()), int((ours & one).sum())) for one in sets]
        found.append(((padded * have, common), *rest))
    return tuple(found)


def shared(trial: tuple[tuple[int, int], ...], seed: int, epsilon: int) -> Shared:
    """One trial as a tribunal would count it, with noise where there is an epsilon."""
    bits = Bits(seed.to_bytes(32, "big"))

    def told(size: int, common: int) -> int:
        noise = laplace(bits, 100 * (CONTROLS + 1), epsilon) if epsilon else 0
        return min(size, max(0, common + noise))

    (size, common), *others = [(size, told(size, common)) for size, common in trial]
    controls = [Control(name=f"{n}", size=s, common=c) for n, (s, c) in enumerate(others)]
    return Shared(sizes=(1, size), common=common, controls=tuple(controls))


def at_most(
    level: float, size: int = 0, copied: float = 0.0, spread: float = 2.0, epsilon: int = 0,
    padded: int = 1, number: bool = False,
) -> float:  # fmt: skip
    """How often p is at most that, or the rank by number alone."""
    trials = enumerate(counts(size, copied, spread, padded))
    told = (shared(one, seed, epsilon) for seed, one in trials)
    found = [one.p_by_number if number else one.p for one in told]
    return sum(p <= level + 1e-12 for p in found) / TRIALS


def main() -> None:
    """The figures of docs/protocol.md."""
    print(f"first of {CONTROLS} controls (p = {LEAST:g}), in {TRIALS} trials")
    for name, size, copied, spread in (
        ("stranger", 0, 0.0, 2.0), (f"stranger of {FEW} texts", FEW, 0.0, 2.0),
        (f"stranger of {MANY} texts", MANY, 0.0, 2.0), ("a fifth copied", 0, 0.2, 2.0),
        ("half copied", 0, 0.5, 2.0), ("half copied, sizes differ tenfold", 0, 0.5, 10.0),
    ):  # fmt: skip
        rates = [at_most(LEAST, size, copied, spread, epsilon) for epsilon in NOISES]
        said = ", ".join(f"{rate:.2f} (epsilon {e / 100:g})" if e else f"{rate:.2f}"
                         for e, rate in zip(NOISES, rates, strict=True))  # fmt: skip
        print(f"  {name}: {said}")
    for padded in PADDED:
        both = (at_most(LEAST, copied=0.5, padded=padded, number=n) for n in (False, True))
        print("  half copied, then padded {} times: {:.2f}, by number alone {:.2f}".format(
            padded, *both))  # fmt: skip


if __name__ == "__main__":
    main()

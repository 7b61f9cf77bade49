"""How good are the likelihood ratios that populations of several sizes give? Prints a table.

Strangers are standard normal on the scale of `comparable`; relatives lie `apart` above them with a
spread of their own, and members of one family share part of it. Every pair is judged without its
families, twenty populations of each size, bounded by their sources.
"""

import numpy as np

from filiation.numerics.likelihoods.known_pairs import KnownPairs
from filiation.numerics.likelihoods.likelihood import cllr, cllr_min, misleading
from filiation.numerics.rng import stream

REPEATS = 20
SIZES = (8, 16, 32)
APART = (0.0, 3.0, 6.0, 20.0)


def drawn(families: int, apart: float, rng: np.random.Generator) -> KnownPairs:
    """An original and a child in each family; all pairs of models."""
    values, related, involves = [], [], []
    trait = rng.normal(0.0, 0.5, families)
    for f in range(families):
        for g in range(f, families):
            for _ in range(1 if f == g else 4):
                shift = apart * rng.lognormal(0.0, 0.4) if f == g else 0.3 * trait[f] * trait[g]
                values.append(rng.normal() + shift)
                related.append(f == g)
                involves.append([k in (f, g) for k in range(families)])
    return KnownPairs(
        values=np.array(values), related=np.array(related), involves=np.array(involves)
    )


def main() -> None:
    """Print the table."""
    print("families  apart  LR at most  Cllr  of it order  strangers above 1  relatives below 1")
    for families in SIZES:
        for apart in APART:
            rows = []
            for repeat in range(REPEATS):
                pairs = drawn(families, apart, stream(repeat, "ratios", f"{families} {apart}"))
                found = pairs.held_out()
                bounds = pairs.bounds(found)
                bounded = np.clip(found, bounds.low, bounds.high)
                one, none = bounded[pairs.related], bounded[~pairs.related]
                wrong = misleading(one, none)
                rows.append(
                    (
                        10.0**bounds.high,
                        cllr(one, none),
                        cllr_min(one, none),
                        wrong.unrelated / wrong.unrelated_pairs,
                        wrong.related / wrong.related_pairs,
                    )
                )
            most, cost, least, above, below = np.mean(rows, axis=0)
            print(
                f"{families:8}  {apart:5.0f}  {most:10.1f}  {cost:4.2f}  {least:11.2f}"
                f"  {100 * above:16.1f}%  {100 * below:16.1f}%"
            )


if __name__ == "__main__":
    main()

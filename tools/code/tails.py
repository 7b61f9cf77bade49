"""Learns how alike functions of unrelated projects are, from packages that the rarity knows not.

`python tools/code/tails.py FOLDER [FAMILY ..]`, after `background.py`, reads at most `EACH`
functions of every package that `packages.toml` holds back, compares every two of different
packages, and writes for each size and likeness how often so much is reached. Where fewer than
`ENOUGH` pairs are left the logarithm goes on along the line that it took before: packages do hold
copies of each other, and these must not set the tail. Prints, of every size, how many pairs there
are and which likeness one in a thousand and one in a million reaches.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from background import ROOT, drawn, family_packages  # type: ignore[import-not-found, unused-ignore]
from scipy.sparse import csr_array

from filiation.methods.code.likeness import DOUBTS, Weighed, combined, weighed
from filiation.methods.code.rarity import background
from filiation.methods.code.tails import GRID, SIZES, TAILS

EACH: Final = 150  # functions of a package
ENOUGH: Final = 40  # pairs
FROM: Final = 0.02  # share of the pairs from which on the line is taken
FINE: Final = 10  # steps of likeness between two of the grid


def histogram(functions: Sequence[Weighed], owners: Sequence[int]) -> np.ndarray:
    """How many pairs of different packages are of each size and likeness, [sizes, fine grid]."""
    tables = [by_feature(functions, part) for part in range(len(DOUBTS))]
    totals = np.array([one.total for one in functions])
    owner = np.array(owners)
    steps = FINE * (len(GRID) - 1)
    found = np.zeros((len(SIZES), steps + 1))
    for at in range(len(functions)):
        others = np.flatnonzero(owner > owner[at])
        likeness = np.zeros((len(DOUBTS), len(others)))
        for part, (table, columns, whole) in enumerate(tables):
            chosen = table[columns[at]]
            least = np.minimum(
                chosen.data, np.repeat(functions[at].weights[part], np.diff(chosen.indptr))
            )
            shared = np.bincount(chosen.indices, least, len(functions))[others]
            likeness[part] = shared / (np.sqrt(whole[at] * whole[others]) + DOUBTS[part])
        size = np.sqrt(totals[at] * totals[others])
        place = np.abs(np.log(np.maximum(size, 1.0))[:, None] - np.log(SIZES)).argmin(axis=1)
        step = np.minimum(steps, (combined(likeness) * steps).astype(int))
        np.add.at(found, (place, step), 1)
    return found


def by_feature(
    functions: Sequence[Weighed], part: int
) -> tuple[csr_array, list[np.ndarray], np.ndarray]:
    """Weights by feature and function, the rows of each function's features, what each weighs."""
    hashes = np.concatenate([one.hashes[part] for one in functions])
    weights = np.concatenate([one.weights[part] for one in functions])
    lengths = [len(one.hashes[part]) for one in functions]
    known, columns = np.unique(hashes, return_inverse=True)
    rows = np.repeat(np.arange(len(functions)), lengths)
    table = csr_array((weights, (columns, rows)), shape=(len(known), len(functions)))
    return table, np.split(columns, np.cumsum(lengths)[:-1]), np.bincount(rows, weights)


def nats(pairs: np.ndarray) -> np.ndarray:
    """Minus the log of how often a likeness of the grid is reached, of one size."""
    above = pairs[::-1].cumsum()[::-1]
    share = above / max(1.0, above[0])
    found = -np.log(np.maximum(share, 1e-300))[::FINE]
    seen = above[::FINE] >= ENOUGH
    line = np.flatnonzero(seen & (share[::FINE] <= FROM))
    last = np.flatnonzero(seen)[-1] if seen.any() else 0
    first = line[0] if len(line) > 1 else 0
    slope = (found[last] - found[first]) / max(1, last - first)
    beyond = np.arange(len(found)) - last
    return np.maximum.accumulate(np.where(beyond > 0, found[last] + slope * beyond, found))


def learned(folder: Path, family: str) -> np.ndarray:
    """The table of a family, [sizes, grid]."""
    functions, owners = [], []
    for owner, place in enumerate(family_packages(folder, family, held=True)):
        for one in drawn(place, family)[:EACH]:
            functions.append(weighed(one, background()))
            owners.append(owner)
    pairs = histogram(functions, owners)
    table = np.array([nats(row) for row in pairs])
    print(f"{family}: {len(functions)} functions of {len({*owners})} packages")
    for size, row, many in zip(SIZES, table, pairs.sum(axis=1), strict=True):
        reached = [float(np.interp(np.log(10.0**power), row, GRID)) for power in (3, 6)]
        print(f"  {size:6.0f} nats: {many:9,.0f} pairs; {reached[0]:.3f} {reached[1]:.3f}")
    return table.astype(np.float32)


def main() -> int:
    """Write the tails of some families, or of all."""
    if len(sys.argv) < 2:
        print("expected a folder of packages by family, then families")
        return 2
    folder = Path(sys.argv[1])
    families = sys.argv[2:] or sorted(place.name for place in folder.iterdir() if place.is_dir())
    place = ROOT / "methods" / "code" / TAILS
    kept: dict[str, np.ndarray] = {}
    if place.exists():
        with np.load(place, allow_pickle=False) as before:
            kept = {name: before[name] for name in before if name not in families}
    kept |= {family: learned(folder, family) for family in families}
    np.savez_compressed(place, allow_pickle=False, **kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())

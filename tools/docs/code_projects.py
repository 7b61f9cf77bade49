"""Do forks stand above strangers? Containment of one source tree in another, for labelled projects.

`python tools/docs/code_projects.py FOLDER FORK FORK [, FORK FORK ..]`: pairs of names below FOLDER
(folders or archives) are forks; every other two of one language are strangers, but for those that
share a name with a fork pair's family. Prints each fork's containment in both channels, its rank
among all pairs that contain either tree, and the strangers' quantiles.
"""

import itertools
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np

from filiation.errors import FiliationError
from filiation.methods.code.likeness import contained
from filiation.methods.code.rarity import background
from filiation.model.source import SourceTree
from filiation.readers.code.trees import open_tree

CHANNELS: Final = ("tokens", "structure")


def language(tree: SourceTree) -> str:
    """That of most functions."""
    return Counter(one.language for one in tree.fragments).most_common(1)[0][0]


def share(one: SourceTree, two: SourceTree, channel: str) -> float:
    """Of the lighter tree what is in the other too."""
    return contained(one.fragments, two.fragments, background(), channel).share


def read(folder: Path, names: set[str]) -> dict[str, SourceTree]:
    """Every tree that can be read, by its name; what cannot is said."""
    found = {}
    for name in sorted(names):
        begun = time.process_time()
        try:
            tree = open_tree(folder / name, name=name)
        except FiliationError as error:
            print(f"{name}: {error}")
            continue
        if tree.fragments:
            found[name] = tree
        print(
            f"{name}: {len(tree.files)} files, {len(tree.fragments)} functions of "
            f"{sum(one.last - one.first + 1 for one in tree.fragments)} lines, "
            f"{len(tree.aside)} set aside, {len(tree.broken)} broken; "
            f"{time.process_time() - begun:.1f} s",
            flush=True,
        )
    return found


def main() -> int:
    """Print forks, then strangers."""
    if len(sys.argv) < 4:
        print("expected FOLDER and names of forks in twos")
        return 2
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    forks = {frozenset(names[at : at + 2]) for at in range(0, len(names), 2)}
    trees = read(folder, {one.name for one in folder.iterdir()})
    pairs = [
        (one, two)
        for one, two in itertools.combinations(sorted(trees), 2)
        if language(trees[one]) == language(trees[two])
    ]
    for channel in CHANNELS:
        figures = {
            frozenset(pair): share(trees[pair[0]], trees[pair[1]], channel) for pair in pairs
        }
        strangers = {pair: value for pair, value in figures.items() if pair not in forks}
        values = np.array([*strangers.values()])
        print(
            f"\n{channel}: {len(values)} pairs of strangers: median {np.median(values):.3f}, "
            f"99 % {np.quantile(values, 0.99):.3f}, most {values.max():.3f}"
        )
        for pair in sorted(forks, key=lambda pair: -figures.get(pair, 0.0)):
            if pair not in figures:
                print(f"  not measured: {' ~ '.join(sorted(pair))}")
                continue
            beside = [value for other, value in strangers.items() if other & pair]
            rank = 1 + sum(value >= figures[pair] for value in beside)
            print(
                f"  {' ~ '.join(sorted(pair)):64} {figures[pair]:.3f}  rank {rank} of "
                f"{len(beside) + 1}; {int((values >= figures[pair]).sum())} strangers above"
            )
        for pair, value in sorted(strangers.items(), key=lambda item: -item[1])[:5]:
            print(f"  stranger {' ~ '.join(sorted(pair)):55} {value:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

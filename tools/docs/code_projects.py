"""Do forks stand above strangers? How much of one tree lies in functions of the other.

`python tools/docs/code_projects.py FOLDER FORK FORK [, FORK FORK ..]`: pairs of names below FOLDER
(folders, archives or lists of functions that an examination kept) are forks; every other two of one
language are strangers, but for those that share a name with a fork pair's family. Prints of each
fork the share in functions that convince, its rank among all pairs that contain either tree, and
the strangers' quantiles.
"""

import itertools
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from filiation.errors import FiliationError
from filiation.methods.code.containment import in_common
from filiation.model.source import SourceTree
from filiation.readers.code.kept import SUFFIX, read_kept
from filiation.readers.code.trees import open_tree


def language(tree: SourceTree) -> str:
    """That of most functions."""
    return Counter(one.language for one in tree.fragments).most_common(1)[0][0]


def read(folder: Path, names: set[str]) -> dict[str, SourceTree]:
    """Every tree that can be read, by its name; what cannot is said."""
    found = {}
    for name in sorted(names):
        begun = time.process_time()
        try:
            tree = (
                read_kept(folder / name, name)
                if name.endswith(SUFFIX)
                else open_tree(folder / name, name=name)
            )
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
    begun = time.process_time()
    figures = {frozenset(pair): in_common(trees[pair[0]], trees[pair[1]]) for pair in pairs}
    took = time.process_time() - begun
    strangers = {pair: value for pair, value in figures.items() if pair not in forks}
    values = np.array([*strangers.values()])
    print(
        f"\n{len(values)} pairs of strangers: median {np.median(values):.3f}, "
        f"99 % {np.quantile(values, 0.99):.3f}, most {values.max():.3f}; "
        f"{took / len(figures):.2f} s a pair"
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
    for pair, value in sorted(strangers.items(), key=lambda item: -item[1])[:10]:
        print(f"  stranger {' ~ '.join(sorted(pair)):55} {value:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

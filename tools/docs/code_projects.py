"""Do forks stand above strangers? How much of one tree lies in functions of the other.

`python tools/docs/code_projects.py FOLDER FORK FORK [, FORK FORK ..]`: pairs of names below FOLDER
(folders, archives or lists of functions that an examination kept) are forks; every other two of one
language are strangers, but for those that share a name with a fork pair's family. Prints of each
fork the share in functions that convince, its rank among all pairs that contain either tree, and
the strangers' quantiles; then how often strangers and forks are first in line-ups.
"""

import itertools
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from filiation.errors import FiliationError
from filiation.methods.code.containment import FLOOR, in_common, rank_of_pair
from filiation.model.source import SourceTree
from filiation.readers.code.kept import SUFFIX, read_kept
from filiation.readers.code.trees import open_tree

SEED: Final = 17
DRAWS: Final = 2  # line-ups of each two strangers, in both orders
FORK_DRAWS: Final = 20
LINE_UPS: Final = (5, 13, 20)  # controls
LEVELS: Final = (0.01, 0.05, 0.1)


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


def line_ups(figures: dict[frozenset[str], float], forks: set[frozenset[str]]) -> Iterator[str]:
    """How often strangers, and how often forks, have a p so small in line-ups of some size.

    Of each two forks only one is a control; no tree stands beside what it is a fork of.
    """
    names = sorted({name for pair in figures for name in pair})
    twins = {name: next(iter(pair - {name})) for pair in forks for name in pair}
    rng = random.Random(SEED)
    for many in (each for each in LINE_UPS if each + 4 <= len(names)):
        ps: dict[bool, list[float]] = {True: [], False: []}
        by_source: dict[str, list[float]] = defaultdict(list)
        for source, subject in itertools.permutations(names, 2):
            fork = frozenset((source, subject)) in forks
            for _ in range(FORK_DRAWS if fork else DRAWS):
                rest = [one for one in names if one not in (source, subject)]
                drawn = apart(rng.sample(rest, len(rest)), {source, subject}, twins)[:many]
                p = p_of([source, subject, *drawn], figures)
                ps[fork].append(p)
                if not fork:
                    by_source[source].append(p)
        pairs = (many + 2) * (many + 1) // 2
        shares = " ".join(f"{np.mean([p <= at for p in ps[False]]):.4f}" for at in LEVELS)
        worst = []
        for at in LEVELS[:2]:
            rates = {
                name: float(np.mean([p <= at for p in each])) for name, each in by_source.items()
            }
            name = max(rates, key=lambda one: rates[one])
            worst.append(f"{rates[name]:.3f} ({name})")
        yield (
            f"{many} controls, {pairs} pairs: strangers below {LEVELS}: {shares} of "
            f"{len(ps[False]):,}; of one source at most {', '.join(worst)}; "
            f"forks first: {np.mean([p <= 1 / pairs for p in ps[True]]):.3f} of {len(ps[True])}"
        )


def apart(names: list[str], shown: set[str], twins: dict[str, str]) -> list[str]:
    """Names without forks of each other or of what is shown."""
    found: list[str] = []
    for name in names:
        if twins.get(name) not in {*found, *shown}:
            found.append(name)
    return found


def p_of(names: list[str], figures: dict[frozenset[str], float]) -> float:
    """That of the first two in a line-up of the rest, if no floor were set."""
    shares = np.zeros((len(names), len(names)))
    for one, two in itertools.combinations(range(len(names)), 2):
        shares[one, two] = shares[two, one] = figures[frozenset((names[one], names[two]))]
    shares += FLOOR * (1.0 - np.eye(len(names)))
    return rank_of_pair(shares, [[*shares[0, 2:]], [*shares[1, 2:]]])


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
    spoken = Counter(language(tree) for tree in trees.values()).most_common(1)[0][0]
    of_one = {
        pair: value
        for pair, value in figures.items()
        if all(language(trees[name]) == spoken for name in pair)
    }
    print(f"\nline-ups of {spoken}, without the floor")
    for line in line_ups(of_one, forks):
        print(f"  {line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How many functions of two trees are called alike: of forks, and of strangers?

`python tools/docs/code_ledger.py FORK FORK ..`: archives in pairs, each a fork and what it came
from. Every pair is put through the ledger with the other trees of its language as controls; all
other pairs are strangers.
"""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from filiation.examining.code.ledger import ledger
from filiation.examining.code.matching import paired
from filiation.examining.code.shared_signs import shared_signs
from filiation.examining.question import Pair
from filiation.model.plan import PlannedQuestion
from filiation.model.source import SourceTree
from filiation.readers.code.trees import open_tree


def compared(source: SourceTree, subject: SourceTree, controls: list[SourceTree]) -> Any:
    """The ledger of a pair."""
    return ledger(
        Pair(
            plan=cast(PlannedQuestion, SimpleNamespace()),
            seed=0,
            source=source,
            subject=subject,
            controls=tuple(controls),
            names=(source.name, subject.name),
            families={},
        )
    )


def main() -> int:
    """Print forks, then strangers."""
    places = [*map(Path, sys.argv[1:])]
    if len(places) < 4 or len(places) % 2:
        print("expected pairs of archives, two at least")
        return 2
    trees = [open_tree(place) for place in places]
    print("functions alike, likeness before and after the filters, signs (in no control)")
    for at in range(0, len(trees), 2):
        source, subject = trees[at : at + 2]
        others = [one for place, one in enumerate(trees) if place // 2 != at // 2]
        found = compared(source, subject, others[::2])
        steps = found.steps
        alone = sum(not one.controls for one in found.signs)
        print(
            f"  {source.name[:24]:24} ~ {subject.name[:24]:24} {len(found.matched):5} of "
            f"{min(found.functions):5}  {steps[0].whole:.3f} {steps[-1].whole:.3f}  "
            f"{len(found.signs):3} ({alone})"
        )
    shares, signs = [], []
    for one in range(len(trees)):
        for two in range(one + 1, len(trees)):
            if one // 2 != two // 2:
                sides = trees[one].fragments, trees[two].fragments
                many = len(paired(*sides))
                shares.append(many / min(map(len, sides)))
                signs.append(len(shared_signs(trees[one], trees[two], (), ())))
    shares.sort()
    signs.sort()
    middle, tail = len(shares) // 2, int(0.99 * len(shares))
    print(f"{len(shares)} pairs of strangers, share of the smaller tree's functions alike:")
    print(f"  median {shares[middle]:.4f}, 99 % {shares[tail]:.4f}, most {shares[-1]:.4f}")
    print(f"their signs in common: median {signs[middle]}, 99 % {signs[tail]}, most {signs[-1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

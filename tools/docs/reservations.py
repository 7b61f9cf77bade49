"""How often are strangers held back by what only keeps an answer from independence?

Of every ordered pair of independently trained models of the casebook, of the parent's children with
each of the others, and of the parent and each of its children, the agreements of units and the
likenesses of tables, beside what chance may reach.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits

from filiation.methods.weights import reordered, tables_alike
from filiation.model.sketch import Sketch
from filiation.numerics.rng import stream
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path(__file__).parents[2] / "examples" / "casebook"
STRANGERS: Final = ("parent", "stranger-2", "stranger-3", "stranger-4", "stranger-5")
CHILDREN: Final = (
    *("rotated", "permuted", "fine-tuned", "continued", "merged"),
    *("depth-pruned", "width-pruned", "distilled"),
)
OF_THE_PARENT: Final = ("continued", "fine-tuned", "depth-pruned")  # and of no other
Near: TypeAlias = tuple[str, float, float]  # what was measured, what was found, the limit


def taken(folder: Path) -> Sketch:
    """The sketch of a model."""
    with tempfile.TemporaryDirectory() as made:
        take_sketch(open_model(folder), Path(made) / "s")
        return replace(read_sketch(Path(made) / "s"), name=folder.name)


def agreements(source: Sketch, subject: Sketch) -> Iterator[Near]:
    """For each component and look the most that two layers, and all together, agree on."""
    for of in reordered.UNITS:
        for look in reordered.LOOKS:
            ours, theirs = reordered.living_rows(source, subject, look, of)
            if not (ours and theirs):
                continue
            units = [reordered.size_of(rows) for rows in theirs]
            asked = reordered.asked_of_each([reordered.size_of(x) for x in ours], sum(units))
            rng = stream(0, "reservations", of, *look)
            counts = np.zeros((len(ours), len(theirs)), dtype=np.int64)
            for i, (one, count) in enumerate(zip(ours, asked, strict=True)):
                at = rng.choice(reordered.size_of(one), size=count, replace=False)
                for j, other in enumerate(theirs):
                    counts[i, j] = reordered.agreeing(one, at, other).sum(axis=1).min()
            limit = reordered.limits(asked, units)
            name = f"{of} {'+'.join(look)}"
            yield f"{name}, two layers", float(counts.max()), float(limit.two.min())
            yield f"{name}, all layers", float(counts.max(axis=1).sum()), float(limit.all)


def likenesses(source: Sketch, subject: Sketch) -> Iterator[Near]:
    """For each table how alike tokens lie, and how many axes keep their place."""
    for table in tables_alike.LIMITS:
        shared = tables_alike.shared_rows(source, subject, table)
        if shared is not None:
            limit = tables_alike.limit_of(table, len(shared[0]))
            yield f"{table}, turned", tables_alike.turned(*shared), limit
            kept = tables_alike.in_place(*shared)
            yield f"{table}, in place", float(kept), float(tables_alike.IN_PLACE)


def main() -> int:
    """Print every pair, and how many strangers are held back."""
    with threadpool_limits(1):
        models = {name: taken(CASEBOOK / name) for name in (*STRANGERS, *CHILDREN)}
        strangers = [*permutations(STRANGERS, 2), *product(STRANGERS[1:], OF_THE_PARENT)]
        held = 0
        for one, two in (*strangers, *(("parent", child) for child in CHILDREN)):
            source, subject = models[one], models[two]
            found = reordered.what_pairs_up(source, subject, seed=0)
            held += bool(found) and (one, two) in strangers
            near = (*agreements(source, subject), *likenesses(source, subject))
            told = "; ".join(f"{name} {x:.3g} of {limit:.3g}" for name, x, limit in near)
            print(f"{one}, {two}: held back by {', '.join(found) or 'nothing'}: {told}")
        print(f"{held} of {len(strangers)} pairs of strangers are held back")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How much of each other's weights do relatives keep? Measured on a population of known ancestry.

`python tools/docs/parts_kept.py FOLDER` prints, for each regime and operation, the larger of the
two parts kept (smallest, median and largest over pairs) and how many pairs the rule takes for
models that share their initialisation only.
"""

import itertools
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from filiation.examining.weights.kinship.contact import find_contact
from filiation.examining.weights.kinship.initial import only_initial, part_kept
from filiation.model.sketch import Sketch
from filiation.numerics.intervals import clopper_pearson
from filiation.readers.populations.ancestry import read_ancestry
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch


def sketch(model: Path) -> Sketch:
    """The sketch of a model."""
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(model), Path(folder) / "s", workers=1)
        return read_sketch(Path(folder) / "s")


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    ancestry, there = read_ancestry(folder)
    taken = {name: sketch(folder / name) for name in there}
    kept = defaultdict[str, list[float]](list)
    taken_for = defaultdict[str, int](int)
    for a, b in itertools.combinations(there, 2):
        kinship = ancestry.kinship(a, b)
        if not kinship.initial:
            continue
        first = kinship.ancestor or a
        second = b if first == a else a
        child = kinship.regime == "parent and child"
        group = ancestry.by_name[second].operation if child else f"[{kinship.regime}]"
        contact = find_contact(taken[first], taken[second], seed=0)
        part = None if contact is None else part_kept(contact)
        if contact is not None and part is not None:
            kept[group].append(part.larger)
            taken_for[group] += only_initial(contact) is not None
    print(f"{'relation':<44} pairs  larger part kept      initialisation only")
    for group, parts in sorted(kept.items(), key=lambda item: float(np.median(item[1]))):
        low, high = clopper_pearson(taken_for[group], len(parts))
        print(
            f"{group:<44} {len(parts):>5}  {min(parts):.2f} {np.median(parts):.2f} {max(parts):.2f}"
            f"        {taken_for[group]} ({low:.2f} to {high:.2f})"
        )


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

"""How little of the source's tables and attention is enough, and do independent models keep axes?

Power: the source's columns are mixed into those of an independent model of the casebook at a stated
cosine, all of them, or a share. Size: every ordered pair of its independent models. Prints tables.
"""

import itertools
import math
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from docs.frames_power import independent, sketch
from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.table_axes import TableAxes
from filiation.model.finding import Finding
from filiation.model.sketch import Sketch, TableRows
from filiation.numerics.frames.directions import quantise

METHODS: Final = (
    TableAxes(of="embedding"),
    TableAxes(of="head"),
    AttentionAxes(),
)
SHARES: Final = (0.25, 0.5, 1.0)
COSINES: Final = (0.1, 0.2, 0.3, 0.5, 0.8)
TRIALS: Final = 20
LEVEL: Final = 1e-6
LEVELS: Final = (0.001, 0.01, 0.05, 0.2)

Int8 = NDArray[np.int8]


def mixed(ours: Int8, theirs: Int8, kept: NDArray[np.bool_], cosine: float) -> Int8:
    """Their columns, of which those kept stand at this cosine to ours."""
    one, two = (x.astype(np.float64) - x.mean(axis=0, dtype=np.float64) for x in (ours, theirs))
    size = np.linalg.norm(two, axis=0) / np.maximum(np.linalg.norm(one, axis=0), 1e-30)
    planted = cosine * one * size + math.sqrt(1.0 - cosine**2) * two
    return quantise(np.ascontiguousarray(np.where(kept, planted, two), dtype=np.float32))


def planted(source: Sketch, other: Sketch, share: float, cosine: float, draw: int) -> Sketch:
    """The other model with a share of the source's columns, in tables and attention alike."""
    width = source.anchor_rows.shape[1]
    kept = np.random.default_rng(draw).permutation(width) < round(share * width)
    tables: dict[str, TableRows] = {}
    for name, table in other.tables.items():
        place = {key: n for n, key in enumerate(source.tables[name].keys)}
        shared = [n for n, key in enumerate(table.keys) if key in place]
        ours = source.tables[name].rows[[place[table.keys[n]] for n in shared]]
        rows = mixed(ours, table.rows[shared], kept, cosine)
        tables[name] = TableRows(keys=tuple(table.keys[n] for n in shared), rows=rows)
    axes: Mapping[str, Int8] = {
        role: mixed(source.axes[role].T, rows.T, kept, cosine).T
        for role, rows in other.axes.items()
    }
    return replace(other, subject_digest=f"{draw:064x}", tables=tables, axes=axes)


def main() -> None:
    """Print the tables of one method, or of all."""
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    models = [sketch(name) for name in independent()]
    source, other = models[:2]
    for method in (m for m in METHODS if m.id.startswith(asked)):
        print(f"{method.id}\nPower at {LEVEL:g}, {source.anchor_rows.shape[1]} axes")
        print("share planted  " + "".join(f"cosine {c:<9g}" for c in COSINES))
        for share in SHARES:
            cells = []
            for cosine in COSINES:
                outs = [
                    method.compare(source, planted(source, other, share, cosine, n), seed=n)
                    for n in range(TRIALS)
                ]
                hits = sum(isinstance(o, Finding) and o.log_p <= math.log(LEVEL) for o in outs)
                cells.append(f"{hits:>2} of {TRIALS:<9}")
            print(f"{share:<15.0%}" + " ".join(cells).rstrip())
        found = [method.compare(a, b, seed=0) for a, b in itertools.permutations(models, 2)]
        log_ps = np.array([out.log_p for out in found if isinstance(out, Finding)])
        counts = ", ".join(
            f"p <= {x:g}: {int(np.count_nonzero(log_ps <= math.log(x)))}" for x in LEVELS
        )
        print(f"Size: {len(log_ps)} pairs, smallest p {math.exp(log_ps.min()):.2g}, {counts}\n")


if __name__ == "__main__":
    main()

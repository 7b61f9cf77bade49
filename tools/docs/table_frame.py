"""How many units of a child stand at their place in the frame `table`, without any token string?

Each child of the casebook's parent is sketched twice, as it is and with its tokens numbered anew,
and its units are assigned to the parent's by all columns, by those that go by the row's number, and
by those that go by what a row is like. Of 896 units, four layers of 224.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from filiation.model.sketch import TABLE_COLUMNS, LayerSketch, Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path(__file__).parents[2] / "examples" / "casebook"
CHILDREN: Final = (
    *("rotated", "permuted", "fine-tuned", "quantised-4bit", "continued", "merged"),
    *("distilled", "stranger-2"),
)
HALF: Final = TABLE_COLUMNS // 2
COLUMNS: Final = {
    "all": slice(None), "by number": slice(HALF), "by likeness": slice(HALF, None)
}  # fmt: skip


@dataclass(frozen=True)
class Renumbered:
    """A model whose tables are read in another order of tokens."""

    view: Any
    order: NDArray[np.int64]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.view, name)

    def rows(self, tensor: str, at: Sequence[int]) -> NDArray[np.float32]:
        tables = (self.view.layout.embed, self.view.layout.unembed)
        found = self.order[list(at)].tolist() if tensor in tables else at
        rows: NDArray[np.float32] = self.view.rows(tensor, found)
        return rows


def taken(name: str, *, anew: bool = False) -> Sketch:
    """The sketch of a model of the casebook without its tokenizer."""
    view = replace(open_model(CASEBOOK / name), tokens=None)
    count = next(t.shape[0] for t in view.tensors if t.name == view.layout.embed)
    order = np.random.default_rng(3).permutation(count)
    with tempfile.TemporaryDirectory() as made:
        take_sketch(Renumbered(view, order) if anew else view, Path(made) / "s")
        return read_sketch(Path(made) / "s")


def seen(layer: LayerSketch, frame: str, columns: slice) -> NDArray[np.float64]:
    """Units through all matrices, each centred and of unit length."""
    parts = []
    for rows in layer.roles.values():
        part = unit(rows.directions[frame][:, columns].astype(np.float64))  # type: ignore[index]
        parts.append(unit(part - part.mean(axis=0)))
    return np.concatenate(parts, axis=1)


def unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row over its length."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def placed(parent: Sketch, child: Sketch, plain: Sketch, columns: slice, *, moved: bool) -> int:
    """Units of the parent whose partner is what became of them; of a permuted child by its rows."""
    found = 0
    for one, two, stored in zip(parent.layers, child.layers, plain.layers, strict=True):
        whole = slice(None)
        alike = seen(one, "native", whole) @ seen(stored, "native", whole).T
        own = linear_sum_assignment(-alike)[1] if moved else np.arange(one.units)
        near = seen(one, "table", columns) @ seen(two, "table", columns).T
        found += int((linear_sum_assignment(-near)[1] == own).sum())
    return found


def main() -> None:
    """Print a row for each child."""
    parent = taken("parent")
    print(f"{'':<16}{'as it is':>12}{'':>24}{'tokens numbered anew':>26}")
    print(f"{'':<16}" + 2 * "".join(f"{name:>13}" for name in COLUMNS))
    for name in CHILDREN:
        plain, anew = taken(name), taken(name, anew=True)
        counts = (
            placed(parent, child, plain, columns, moved=name == "permuted")
            for child in (plain, anew)
            for columns in COLUMNS.values()
        )
        print(f"{name:<16}" + "".join(f"{count:>13}" for count in counts))


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

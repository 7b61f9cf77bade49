"""Prints size and power of the served-twins test by the number of prompts, of both measures.

Run: PYTHONPATH=src:tools python -m docs.served_power FOLDER [likelihoods | answers], where
`docs.served_many` has kept what each student finds likely and says. Each trial of size has prompts
of its own: students of other prompts, or other prompts of one student. Smaller numbers of prompts
are parts of what a student was trained on, likewise each of its own.
"""

import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.owner.twin_scores import scores_of
from filiation.numerics.tails.lattice_sum import lattice_sum_log_p

Float64: TypeAlias = NDArray[np.float64]
Table: TypeAlias = Callable[[Path], tuple[Float64, Float64 | None]]
Group: TypeAlias = tuple[str, int, int, str]  # kind, prompts, mix, epochs

LEVEL: Final = 1e-3
LN10: Final = math.log(10.0)
PARTS: Final = (100, 1_000, 10_000, 100_000)
EPOCHS: Final = ("0.3", "1", "3", "10")
SIZES: Final = (0.01, 0.05, 0.2, 0.5)
BLOCK: Final = 100


@cache
def kept(path: Path, what: str) -> Float64:
    """An array of a file, answers in columns."""
    with np.load(path) as found:
        return np.asarray(found[what], dtype=np.float64)


def likely(path: Path) -> tuple[Float64, Float64 | None]:
    """Log-likelihoods [prompts, 1 + twins], and the source's of the same answers."""
    start, values = int(kept(path, "start")), kept(path, "likely").T
    source = kept(path.with_name("model teacher.npz"), "likely").T
    return values, source[start : start + len(values)]


def heard(count: int) -> Table:
    """Likeness to one answer of the student's own (0), or to four (1); nothing is taken off."""

    def table(path: Path) -> tuple[Float64, Float64 | None]:
        return np.load(path.with_suffix(".alike.npy"))[count].astype(np.float64), None

    return table


def log10_p(values: Float64, source: Float64 | None) -> float:
    """Of the column that was served."""
    scores = scores_of(values, [] if source is None else [source])
    return lattice_sum_log_p(int(scores[:, 0].sum()), scores) / LN10 + 0.0


def in_parts(values: Float64, source: Float64 | None, count: int, most: int = 50) -> list[float]:
    """log10 p of parts of so many prompts, none in two parts."""
    starts = range(0, len(values) - count + 1, count)[:most]
    return [
        log10_p(values[s : s + count], None if source is None else source[s : s + count])
        for s in starts
    ]


def students(folder: Path, kind: str, suffix: str) -> dict[Group, list[Path]]:
    """Files by what their students were trained on."""
    found: defaultdict[Group, list[Path]] = defaultdict(list)
    for path in folder.glob(f"{kind} *{suffix}"):
        _, prompts, mix, epochs, _ = path.name.removesuffix(suffix).split()
        found[kind, int(prompts), int(mix), epochs].append(
            path.with_name(path.name.removesuffix(suffix) + ".npz")
        )
    return dict(sorted(found.items(), key=lambda one: (*one[0][1:3], float(one[0][3]))))


def trials(
    folder: Path, suffix: str, table: Table, block: int
) -> Iterator[tuple[str, list[float]]]:
    """What was trained on nothing that was served, and log10 p of disjoint prompts."""
    for name in ("base", "stranger"):
        path = folder / f"model {name}.npz"
        if not path.exists():  # a folder of some rows
            continue
        values, source = table(path)
        yield f"{name}, {block} prompts each", in_parts(values, source, block, 1_000)
    for (_, prompts, mix, epochs), paths in students(folder, "other", suffix).items():
        told = f"other {prompts:,}, 1:{mix}, {epochs} epochs"
        whole = [table(path) for path in sorted(paths)]
        if len(paths) > 1:
            yield told, [log10_p(*one) for one in whole]
        if prompts >= 10_000:
            yield (
                f"{told}; {block} each",
                [p for one in whole for p in in_parts(*one, block, 1_000)],
            )
        if prompts == PARTS[-1]:
            yield f"{told}; all", [log10_p(*one) for one in whole]


def size(folder: Path, suffix: str, table: Table, block: int) -> None:
    """Shares of trials at or below each level."""
    heads = [f"<={level:g}" for level in SIZES]
    print(f"{'not trained on what was served':<48}{'trials':>7}"
          f"{''.join(f'{head:>8}' for head in heads)}{'least':>8}")  # fmt: skip
    for name, found in trials(folder, suffix, table, block):
        shares = "".join(f"{np.mean(np.array(found) <= math.log10(a)):>8.3f}" for a in SIZES)
        print(f"{name:<48}{len(found):>7,}{shares}{min(found):>8.2f}", flush=True)


def cell(found: Sequence[float]) -> str:
    """The middle log10 p, and the share that meets the level."""
    if not found:
        return f"{'':>16}"
    return f"{np.median(found):>10.4g}{np.mean(np.array(found) <= math.log10(LEVEL)):>6.2f}"


def by_training(folder: Path, suffix: str, table: Table) -> None:
    """One row for each number of prompts and mix, a column for each number of epochs."""
    heads = [f"{epochs} epochs" for epochs in EPOCHS]
    print(f"\n{'trained on, all of it tested':<24}{''.join(f'{head:>16}' for head in heads)}")
    found = students(folder, "served", suffix)
    for prompts, mix in sorted({(group[1], group[2]) for group in found}):
        cells = [
            cell([log10_p(*table(path)) for path in found.get(("served", prompts, mix, e), ())])
            for e in EPOCHS
        ]
        print(f"{f'{prompts:,} answers, 1:{mix}':<24}{''.join(cells)}", flush=True)


def by_prompts(folder: Path, suffix: str, table: Table) -> None:
    """Of what the largest students were trained on, so many prompts drawn."""
    print(f"\n{'of so many, tested':<24}{''.join(f'{n:>16,}' for n in PARTS)}")
    for (_, prompts, mix, epochs), paths in students(folder, "served", suffix).items():
        if prompts < 10_000:
            continue
        values, source = table(sorted(paths)[0])
        cells = [cell(in_parts(values, source, n)) for n in PARTS if n <= len(values)]
        print(f"{f'{prompts:,}, 1:{mix}, {epochs} epochs':<24}{''.join(cells)}", flush=True)


def about(folder: Path) -> None:
    """What was sampled, and whether the twins are twins."""
    source = kept(folder / "model teacher.npz", "likely").T
    with np.load(folder / "about.npz") as told:
        lengths, same = told["lengths"].T.astype(np.float64), told["same"]
    print(f"{len(source):,} prompts of {source.shape[1] - 1} twins; answers of "
          f"{lengths.min():.0f} to {lengths.max():.0f} tokens, {lengths.mean():.1f} in the mean; "
          f"{same.mean():.1%} of the twins equal the served answer")  # fmt: skip
    own = scores_of(source)
    told_p = [lattice_sum_log_p(int(s[:, 0].sum()), s) / LN10 + 0.0
              for s in (own, -own, scores_of(lengths))]  # fmt: skip
    print(f"the source's own: log10 p {told_p[0]:.2f}, opposite {told_p[1]:.2f}; by length "
          f"{told_p[2]:.2f}\n")  # fmt: skip


def main(folder: Path, measure: str) -> None:
    """All tables of a measure."""
    about(folder)
    ways: dict[str, list[tuple[str, str, Table]]] = {
        "likelihoods": [("source taken off", ".npz", likely)],
        "answers": [("four answers of its own to each prompt", ".alike.npy", heard(1)),
                    ("one answer", ".alike.npy", heard(0))],
    }  # fmt: skip
    for place, (name, suffix, table) in enumerate(ways[measure]):
        print(f"{name}; then log10 p, the middle one, and the share at {LEVEL:g}\n")
        if not place:
            size(folder, suffix, table, BLOCK)
            by_training(folder, suffix, table)
        by_prompts(folder, suffix, table)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "likelihoods")

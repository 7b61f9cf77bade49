"""Prints size and power of the served-twins test on students of a tiny teacher.

Run: PYTHONPATH=src:tools python -m docs.served_twins FOLDER, where `docs.served_students` has kept
what each model finds likely. Rows are real models; numbers of prompts up to 300 are real prompts
drawn without putting back, larger ones drawn with putting back from the same 300, and say so.
"""

import math
import sys
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.owner.twin_scores import STEPS, places_of, scores_of
from filiation.numerics.tails.lattice_sum import lattice_sum_log_p

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

LEVEL = 1e-3
LOTS, AGAIN = 200, 12
HAD, WANTED = (25, 50, 100, 300), (1_000, 10_000)
LN10 = math.log(10.0)


def log10_p(scores: Int64) -> float:
    """Of the column that was served."""
    return lattice_sum_log_p(int(scores[:, 0].sum()), scores) / LN10 + 0.0


def read(folder: Path, name: str) -> Float64:
    """Log-likelihoods [prompts, 1 + twins]."""
    with np.load(folder / f"{name}.npz") as kept:
        return np.asarray(kept["likely"].T)


def ways(values: Float64, source: Float64, base: Float64) -> list[Int64]:
    """Scores with nothing taken off, with the source, with the source and the public base."""
    return [scores_of(values, taken) for taken in ([], [source], [source, base])]


def row(name: str, values: Float64, source: Float64, base: Float64) -> str:
    """One student: log10 p each way, mean score of the served answers, share that stands first."""
    found = [log10_p(scores) for scores in ways(values, source, base)]
    shift = float(scores_of(values, [source])[:, 0].mean()) / STEPS
    first = float((places_of(values)[:, 0] == 1).mean())
    told = "".join(f"{value:>9.2f}" for value in found)
    return f"{name:<34}{told}{shift:>9.3f}{first:>9.3f}"


def shares(scores: Int64, rng: np.random.Generator, *, more: bool) -> str:
    """How often the level is met with so many prompts; if there is a shift, with more of them."""
    told = []
    for count in HAD:
        met = [
            log10_p(scores[rng.choice(len(scores), count, replace=False)]) <= math.log10(LEVEL)
            for _ in range(AGAIN if count < len(scores) else 1)
        ]
        told.append(f"{np.mean(met):>7.2f}")
    for count in WANTED if more else ():
        drawn = scores[rng.integers(len(scores), size=count)]
        told.append(f"{log10_p(drawn):>11.4g}")
    return "".join(told)


def size(name: str, scores: Int64, rng: np.random.Generator) -> str:
    """Which of the answers was served, drawn again."""
    found = []
    for _ in range(LOTS):
        at = rng.integers(scores.shape[1], size=len(scores))
        observed = int(scores[np.arange(len(scores)), at].sum())
        found.append(lattice_sum_log_p(observed, scores) / LN10)
    told = ", ".join(f"{np.mean(np.array(found) <= math.log10(a)):.3f} at {a:g}"
                     for a in (0.01, 0.05, 0.2))  # fmt: skip
    return f"{name:<34}{told}"


def main(folder: Path) -> None:
    """All tables."""
    rng = np.random.default_rng(18)
    source, base = read(folder, "model parent"), read(folder, "model stranger-2")
    with np.load(folder / "about.npz") as about:
        lengths, same = about["lengths"].T, about["same"]
    names = sorted(path.stem for path in folder.glob("*.npz") if path.stem != "about")
    taught = [name for name in names if name.startswith("served")]
    others = [name for name in names if name.startswith("other")]
    print(f"{len(source)} prompts of {source.shape[1] - 1} twins; answers of {lengths.min()} to "
          f"{lengths.max()} tokens; {int(same.sum())} twins equal the served answer")  # fmt: skip
    own = scores_of(source)
    print(f"the source's own: log10 p {log10_p(own):.2f}, opposite {log10_p(-own):.2f}; by length "
          f"{log10_p(scores_of(lengths.astype(float))):.2f}")  # fmt: skip
    print("\nstudents of a public base: mix of other text, epochs")
    print(f"{'log10 p, taken off:':<34}{'nothing':>9}{'source':>9}{'+ base':>9}{'shift':>9}"
          f"{'first':>9}")  # fmt: skip
    for name in (*taught, *others, "model stranger-3"):
        print(row(name, read(folder, name), source, base))
    print(f"\nshare met at {LEVEL:g} with so many real prompts; then log10 p, prompts put back")
    print(f"{'source taken off':<22}{''.join(f'{n:>7}' for n in HAD)}"
          f"{''.join(f'{n:>11,}' for n in WANTED)}")  # fmt: skip
    for name in (*taught, *others):
        scores = scores_of(read(folder, name), [source])
        print(f"{name:<22}{shares(scores, rng, more=name in taught)}")
    print(f"\n{LOTS} lots drawn again, share met")
    for name in ("model stranger-3", *others, *taught[:1]):
        print(size(name, scores_of(read(folder, name), [source]), rng))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

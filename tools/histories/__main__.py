"""`python tools/histories [COUNT [FIRST]]`: families drawn at random, and a survey's pictures.

COUNT histories (40), of the seeds from FIRST (0) on, of up to twelve shown models each: originals
of one recipe that differ only in seed, and what was made of them, of their children, and of sums of
them; some models are in no survey. What a history's seed decides is in `history.py`, how models are
made in `grown.py` (real trainings of tiny models; adapters are drawn), what is true in `truth.py`,
and what counts as wrong in `marks.py`. What was grown and compared once is kept in the user's
cache.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Final

sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that the parts find each other

import torch  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

from filiation.libraries.stemma import draw_up  # noqa: E402
from filiation.numerics.intervals import clopper_pearson  # noqa: E402
from histories.history import drawn  # noqa: E402
from histories.kept import likenesses, sketches  # noqa: E402
from histories.marks import Marks, marked  # noqa: E402
from histories.trained import taught  # noqa: E402
from histories.truth import truth  # noqa: E402

HISTORIES: Final = 40
LOOKED_AT: Final = {
    "the first, which the bounds were set on": range(30),
    "the others": range(30, 40),  # whose faults led to two rules
}
ASIDE: Final = "kept aside: no bound or rule was set on them"


def history(seed: int) -> tuple[Marks, Counter[str]]:
    """One history: the marks of its picture, and how its models were made."""
    births = drawn(seed)
    models = sketches(births, taught)
    found = marked(draw_up(models, likenesses(births, models), seed=0), truth(births))
    return found, Counter(birth.operation for birth in births if birth.shown)


def table(counts: Counter[str]) -> None:
    """The shares that the picture is judged by."""
    one, several = (
        counts[f"links, {kind}"] for kind in ("one model on either side", "several models named")
    )
    print(f"  links drawn        {one + several:>5}, of which {several} name several models")
    print(f"  wrong links        {share(counts['wrong links'], one + several)}")
    print(f"  links not drawn    {share(counts['missed links'], counts['links in truth'])}")
    print(f"  directions drawn   {counts['directions']:>5}; links without: "
          f"{one + several - counts['directions']}")  # fmt: skip
    print(f"  wrong directions   {share(counts['wrong directions'], counts['directions'])}")
    print(f"  copies found       {counts['copies']:>5}; wrongly joined or kept apart: "
          f"{counts['wrong copies']}")  # fmt: skip
    print(f"  between two        {counts['sums']:>5}; wrong: {counts['wrong sums']}", flush=True)


def share(hits: int, of: int) -> str:
    """Of how many, with the interval of Clopper and Pearson (95 %)."""
    low, high = clopper_pearson(hits, of) if of else (0.0, 1.0)
    return f"{hits:>5} of {of} ({low:.1%} to {high:.1%})"


def main() -> int:
    """Print a table for each kind of history, then every fault."""
    given = [int(word) for word in sys.argv[1:]]
    count, start = (*given, *(HISTORIES, 0)[len(given) :])
    torch.set_num_threads(1)
    counts: dict[str, Counter[str]] = {}
    made, faults = Counter[str](), []
    with threadpool_limits(1):
        for seed in range(start, start + count):
            found, operations = history(seed)
            name = next((name for name, seeds in LOOKED_AT.items() if seed in seeds), ASIDE)
            counts.setdefault(name, Counter()).update(found.counts)
            made.update(operations)
            faults += [f"history {seed}: {fault}" for fault in found.faults]
            print(f"{seed + 1 - start} of {count}", file=sys.stderr, flush=True)
    print(f"{count} histories, {made.total()} models: "
          + ", ".join(f"{n} {kind}" for kind, n in made.most_common()))  # fmt: skip
    for name, counted in counts.items():
        print(f"{name}:")
        table(counted)
    print("\n".join(faults) or "no fault")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python tools/size PART [COUNT]`: do the methods keep their size, and are kinds of kinship told?

Parts: `pairs` (COUNT disjoint pairs of models that share recipe, data and order of data; 3700),
`oddities` (COUNT pairs for everything else that innocents may have in common; 1000), `kin` (pairs
that share a training, and pairs that share initial weights only), `conclusions` (COUNT pairs of
plain models and a quarter as many of each kind, examined as a whole; 200), `surveys` (of 12, 100
and so on up to COUNT models; 1000), `searches` (of libraries of 100, 1,000 and so on up to COUNT
models; 10000), `looks` (quick ones at COUNT pairs of strangers, and at children of each kind; 300),
`heads` (COUNT pairs of strangers whose heads began at nought, and at random, in four forms; 5).

What was trained and asked before is kept in the user's cache, and only what is missing is done;
what is asked depends on the methods, so that another version of one begins anew. A line says *too
many* where chance gives so many small p less than once in ten thousand times. `--only` takes kinds
of `oddities` and `conclusions` by name; a run that leaves the machine to others is
`nice -n 15 python tools/size oddities 250 --only mup --only wide`.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that the parts find each other

import torch  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

from filiation.methods import methods_for  # noqa: E402
from size.figures import HEADING, bound, figures, printed  # noqa: E402
from size.growing import grow  # noqa: E402
from size.heads import heads  # noqa: E402
from size.looks import looks  # noqa: E402
from size.many import SIZES, lines  # noqa: E402
from size.shelf import FARMED, SHELVES, searches  # noqa: E402
from size.store import folder, text  # noqa: E402
from size.study import PLANNED, answers, ask, conclude, grown_as  # noqa: E402
from size.surveyed import KINDS  # noqa: E402
from size.told import table  # noqa: E402

PARTS: Final = ("pairs", "oddities", "kin", "conclusions", "surveys", "searches", "looks", "heads")
EXAMINED: Final = 200  # pairs of plain models
LOOKS: Final = 300
HEADS: Final = 5


def pairs(kind: str, count: int, *, every: bool) -> None:
    """Train, ask and print one kind; all methods, or those with too many small p."""
    grow(grown_as(kind), 2 * count)
    results = _results()
    ask(kind, count, results)
    said = answers(kind, results)[:count]
    met, most = bound(said)
    print(f"{kind}: {len(said)} pairs, {met} at the level (at most {most:.2%})")
    shown = [found for found in figures(said) if every or found.fault]
    if shown:
        print(HEADING)
    for found in shown:
        print(printed(found), flush=True)


def conclusions(count: int, only: Sequence[str]) -> None:
    """Train, examine and print what each kind ends in, the commonest first."""
    for kind in only or PLANNED:
        number = count if kind == "plain" else count // 4
        grow(grown_as(kind), 2 * number)
        said = conclude(kind, number, _results())
        ends = ", ".join(f"{n} {what}" for what, n in said.most_common())
        print(f"{kind + ':':<36}{said.total():>4} pairs: {ends}", flush=True)


def surveys(most: int) -> None:
    """Train, survey and print what it cost and whom it called related."""
    grow("plain", most)
    for line in lines([size for size in SIZES if size <= most]):
        print(line, flush=True)


def _results() -> Path:
    """Where answers of these methods are kept."""
    asked = "\n".join(method.id for method in methods_for("weights"))
    return folder() / hashlib.sha256(asked.encode()).hexdigest()[:16]


def main() -> int:
    """Print the part that is named."""
    part, most, only = _asked()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        if part == "kin":
            table()
        elif part == "surveys":
            surveys(most or SIZES[-1])
        elif part == "looks":
            grow("plain", 2 * (most or LOOKS))
            for line in looks(most or LOOKS):
                print(line, flush=True)
        elif part == "heads":
            for line in heads(most or HEADS):
                print(line, flush=True)
        elif part == "searches":
            grow("plain", FARMED + len(KINDS))
            for line in searches([size for size in SHELVES if size <= (most or SHELVES[-1])]):
                print(line, flush=True)
        elif part == "conclusions":
            conclusions(most or EXAMINED, only)
        else:
            alone, known = text().entropies()
            print(f"a token alone has {alone:.2f} nats, after its two predecessors {known:.2f}")
            for kind, count in PLANNED.items():
                if (kind == "plain") == (part == "pairs") and (not only or kind in only):
                    pairs(kind, min(count, most or count), every=kind == "plain")
    return 0


def _asked() -> tuple[str, int | None, tuple[str, ...]]:
    """The part, how many pairs if that is said, and of which oddities if not of all."""
    parser = argparse.ArgumentParser(
        prog="python tools/size",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", metavar="PART", choices=PARTS, help=", ".join(PARTS))
    parser.add_argument(
        "count", metavar="COUNT", nargs="?", type=int, help="how many pairs, or models"
    )
    kinds = [kind for kind in PLANNED if kind != "plain"]
    parser.add_argument(
        "--only", metavar="KIND", action="append", default=[], choices=kinds,
        help="an oddity by its name; may be given more than once",
    )  # fmt: skip
    given = parser.parse_args()
    if given.only and given.part not in ("oddities", "conclusions"):
        parser.error(f"--only goes with oddities and conclusions, and the part is {given.part}")
    if given.count is not None and given.count < 1:
        parser.error(f"COUNT is {given.count}, expected at least 1")
    return given.part, given.count, tuple(given.only)


if __name__ == "__main__":
    sys.exit(main())

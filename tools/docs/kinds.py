"""What was every child made by, and what kind of relation is found? Prints the confusion table.

The casebook, and the population that FILIATION_POPULATION names: every child against each of its
parents, as if the findings had supported a relation. The order is then turned round, which no
direction may survive: what is told must be the way from parent to child, or nothing. Last come
pairs that share nothing, as if nothing had been found: what values alone would say of them.
"""

import itertools
import os
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from threadpoolctl import threadpool_limits

from filiation.examining.weights.relation import relate
from filiation.model.relation import Relation
from filiation.model.sketch import Sketch
from filiation.numerics.intervals import clopper_pearson
from filiation.numerics.rng import stream
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path("examples/casebook")
STRANGERS: Final = 1_000  # ordered pairs that share nothing, drawn by the seed
OTHERS: Final = 3  # strangers exhibited beside the other parent of a merge

Truth = Mapping[str, Mapping[str, Any]]


def truth_of(folder: Path) -> Truth:
    """What a folder tells of its models, by name."""
    told = tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8"))["model"]
    return {model["name"]: model for model in told}


@cache
def sketch(folder: Path, name: str) -> Sketch:
    """The sketch of one model."""
    with tempfile.TemporaryDirectory() as place:
        take_sketch(open_model(folder / name), Path(place) / "s")
        return replace(read_sketch(Path(place) / "s"), name=name)


def families(folder: Path) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """(parent, child, operation, the child's other parents) for all that share weights."""
    for name, model in truth_of(folder).items():
        parents = tuple[str, ...](model["parents"])
        if model["weights_shared"]:
            for parent in parents:
                rest = tuple(other for other in parents if other != parent)
                yield parent, name, str(model["operation"]), rest


def word(relation: Relation) -> str:
    """The kind, with what had to be undone."""
    undone = ", ".join(relation.disguises)
    return relation.kind + (f" ({undone})" if undone else "")


def listed(counts: Counter[str]) -> str:
    """Kinds by falling number."""
    return "; ".join(f"{kind} {n}" for kind, n in sorted(counts.items(), key=lambda x: (-x[1], x)))


def interval(hits: int, of: int) -> str:
    """A share with its 95 % interval of Clopper and Pearson."""
    low, high = clopper_pearson(hits, of)
    return f"{hits} of {of} ({low:.2f} to {high:.2f})"


def table(folder: Path, *, candidates: bool) -> Iterator[str]:
    """A line per operation; with candidates only merges, the other parent being exhibited."""
    found: dict[str, Counter[str]] = {}
    strangers = [n for n, m in truth_of(folder).items() if not m["parents"]][:OTHERS]
    for parent, child, operation, rest in families(folder):
        if candidates and not rest:
            continue
        exhibited = [sketch(folder, n) for n in (*rest, *strangers) if n not in (parent, child)]
        relation = relate(
            sketch(folder, parent),
            sketch(folder, child),
            exhibited if candidates else (),
            supported=True,
            seed=0,
        )
        found.setdefault(operation, Counter())[word(relation)] += 1
    for operation, counts in sorted(found.items()):
        yield f"{operation:<42}{counts.total():>4}  {listed(counts)}"


def directions(folders: Sequence[Path]) -> Iterator[str]:
    """How often a direction is told, and how often it is the wrong one, both ways round."""
    told: Counter[tuple[str, str]] = Counter()
    wrong = []
    for folder in folders:
        for parent, child, operation, _ in families(folder):
            for way, pair in (("down", (parent, child)), ("up", (child, parent))):
                source, subject = (sketch(folder, n) for n in pair)
                relation = relate(source, subject, supported=True, seed=0)
                right = "source-to-subject" if way == "down" else "subject-to-source"
                if relation.direction == "not-determined":
                    told[way, "not told"] += 1
                else:
                    kind = "right" if relation.direction == right else "wrong"
                    told[way, kind] += 1
                    wrong += [f"{operation}: {word(relation)}"] if kind == "wrong" else []
    for way, words in (("down", "the parent as the source"), ("up", "the child as the source")):
        counts = {kind: told[way, kind] for kind in ("right", "wrong", "not told")}
        yield f"{words}: " + ", ".join(f"{kind} {n}" for kind, n in counts.items())
    errors = sum(n for (_, kind), n in told.items() if kind == "wrong")
    claims = errors + sum(n for (_, kind), n in told.items() if kind == "right")
    yield f"wrong, of all that were told: {interval(errors, claims)}" + "".join(
        f"\n  {line}" for line in sorted(wrong)
    )


def unrelated(folders: Sequence[Path]) -> Iterator[str]:
    """What values say of pairs of trained models that share neither weights nor initialisation."""
    pairs = []
    for folder in folders:
        seeds = {
            name: model.get("init_seed", name)
            for name, model in truth_of(folder).items()
            if not model["parents"]
        }
        pairs += [
            (folder, a, b) for a, b in itertools.permutations(seeds, 2) if seeds[a] != seeds[b]
        ]
    order = stream(0, "kinds", "unrelated").permutation(len(pairs))[:STRANGERS]
    kinds = Counter(
        word(relate(sketch(folder, a), sketch(folder, b), supported=False, seed=0))
        for folder, a, b in (pairs[n] for n in sorted(order))
    )
    yield f"{len(order)} of {len(pairs)} ordered pairs of unrelated models: {listed(kinds)}"


def main() -> None:
    """Print all tables."""
    named = os.environ.get("FILIATION_POPULATION")
    folders = [CASEBOOK, *([Path(named)] if named else [])]
    for folder in folders:
        print(f"{folder.name}: made by, pairs of parent and child, found to be")
        print("\n".join(table(folder, candidates=False)))
        print(f"the same, of two parents, where the other and {OTHERS} strangers are exhibited")
        print("\n".join(table(folder, candidates=True)))
        print()
    print("Direction")
    print("\n".join(directions(folders)))
    print("\n".join(unrelated(folders)))


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

"""What is concluded of pairs whose kinship is known, and that no limit was set on?

`PYTHONPATH=tools python tools/docs/held_out.py FOLDER [MOST]` examines a population that
`make population` built: every child and each of its parents, and at most MOST pairs of each regime
of models that share no weights, drawn by a seed, in the order in which they are described. It
prints how many pairs ended in which conclusion, by which component strangers were held back, which
cells were not excluded, and the largest likeness of each table and agreement of each look, beside
what chance may reach; last, how alike few tokens of the originals' tables lie, in standard
deviations of chance. `--layers MODEL` takes halves of a model's layers for strangers instead: they
share axes and stream and no units, so that it speaks of units alone.
"""

import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Final, final

import numpy as np
from threadpoolctl import threadpool_limits

from docs.reservations import agreements, likenesses, taken
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.methods.weights import tables_alike
from filiation.model.ancestry import Ancestry
from filiation.model.examination import Conclusion
from filiation.model.exhibit import Exhibit
from filiation.model.sketch import Sketch
from filiation.numerics.intervals import clopper_pearson
from filiation.numerics.rng import stream
from filiation.readers.populations.ancestry import read_ancestry

MOST: Final = 100
FEW: Final = (64, 96)  # tokens
HALVES: Final = 6  # ways to part a model's layers


@final
@dataclass(slots=True)
class Told:
    """What was concluded of the pairs of one group."""

    ends: Counter[str] = field(default_factory=Counter)
    open_cells: Counter[str] = field(default_factory=Counter)
    largest: dict[str, tuple[float, float]] = field(default_factory=dict)

    def add(self, conclusion: Conclusion) -> None:
        """Count one pair."""
        support = conclusion.support
        word = support.toward if support.toward != "neither" else support.reason
        self.ends[f"{word} ({', '.join(support.of)})" if support.of else word] += 1
        if support.reason == "not-excluded":
            self.open_cells.update(
                f"{part.component} {part.alternative}"
                for part in conclusion.parts
                if not part.reaches(conclusion.plan.power_share)
            )

    def measure(self, source: Sketch, subject: Sketch) -> None:
        """Keep the largest likenesses and agreements, with what chance may reach."""
        for name, found, limit in (*likenesses(source, subject), *agreements(source, subject)):
            before = self.largest.get(name, (-1.0, 1.0))
            if found / limit > before[0] / before[1]:
                self.largest[name] = found, limit


def concluded(source: Sketch, subject: Sketch) -> Conclusion:
    """What the examination under a default plan concludes."""
    exhibits = [Exhibit(name=s.name, materials=(weights_material(s),)) for s in (source, subject)]
    plan = fix_plan(source=exhibits[0], subject=exhibits[1])
    return examine(plan, source=exhibits[0], subject=exhibits[1]).conclusions[0]


def pairs(ancestry: Ancestry, there: tuple[str, ...], most: int) -> Iterator[tuple[str, str, str]]:
    """(group, source, subject): children by operation, then pairs without shared weights."""
    for name in there:
        origin = ancestry.by_name[name]
        yield from ((origin.operation, p, name) for p in origin.parents if p in there)
    apart = defaultdict[str, list[tuple[str, str]]](list)
    for a, b in combinations(there, 2):
        kinship = ancestry.kinship(a, b)
        if not (kinship.weights or kinship.initial) and kinship.regime != "student and teacher":
            original = not (ancestry.by_name[a].parents or ancestry.by_name[b].parents)
            apart[f"[{kinship.regime}{', originals' if original else ''}]"].append((a, b))
    for group, found in sorted(apart.items()):
        drawn = stream(0, "held out", group).permutation(len(found))[:most]
        yield from ((group, *found[n]) for n in sorted(drawn))


def lines(group: str, told: Told) -> Iterator[str]:
    """A group's conclusions; of strangers also what held them back and how near others came."""
    of = told.ends.total()
    yield f"{group}: {of} pairs: " + "; ".join(f"{w} {n}" for w, n in told.ends.most_common())
    if not group.startswith("["):
        return
    held = sum(n for word, n in told.ends.items() if word.startswith("disguise-suspected"))
    low, high = clopper_pearson(held, of)
    yield f"  held back: {held} of {of} ({low:.3f} to {high:.3f})"
    if told.open_cells:
        cells = ", ".join(f"{cell} {n}" for cell, n in told.open_cells.most_common())
        yield f"  not excluded: {cells}"
    nearest = (f"{name} {x:.3g} of {limit:.3g}" for name, (x, limit) in told.largest.items())
    yield f"  nearest to a limit: {'; '.join(nearest)}"


def few_tokens(models: Sequence[Sketch]) -> Iterator[str]:
    """Likeness of tables of models that share nothing, where they share few tokens."""
    for count in FEW:
        rng = stream(0, "few tokens", str(count))
        for table in tables_alike.LIMITS:
            found = []
            for one, two in combinations(models, 2):
                shared = tables_alike.shared_rows(one, two, table)
                if shared is not None and len(shared[0]) >= count:
                    at = rng.choice(len(shared[0]), size=count, replace=False)
                    found.append(tables_alike.turned(shared[0][at], shared[1][at]))
            if found:
                chance = tables_alike.by_chance(count)
                limit = tables_alike.limit_of(table, count) / chance
                yield (
                    f"{count} tokens, {table}: {len(found)} pairs of originals, standard deviation "
                    f"{np.std(found) / chance:.2f} and at most {max(found) / chance:.1f} times "
                    f"that of chance, limit {limit:.1f}"
                )


def halves(sketch: Sketch) -> Iterator[tuple[Sketch, Sketch]]:
    """A model's layers in two lots, as if they were two models without tables."""
    count = len(sketch.layers)
    for n in range(HALVES):
        order = stream(0, "halves", str(n)).permutation(count)
        lots = (sorted(order[: count // 2].tolist()), sorted(order[count // 2 :].tolist()))
        yield _only(sketch, lots[0]), _only(sketch, lots[1])


def _only(sketch: Sketch, layers: list[int]) -> Sketch:
    return replace(
        sketch,
        subject_digest=hashlib.sha256(f"{sketch.subject_digest} {layers}".encode()).hexdigest(),
        layers=[sketch.layers[n] for n in layers],
        attention=[sketch.attention[n] for n in layers],
        deep=[replace(d, layer=layers.index(d.layer)) for d in sketch.deep if d.layer in layers],
        tables={},
        axes={},
        samples={},
    )


def of_layers(model: Path) -> None:
    """Print the agreements of units of a model's halves."""
    for source, subject in halves(taken(model)):
        near = agreements(source, subject)
        print("; ".join(f"{name} {x:.0f} of {limit:.0f}" for name, x, limit in near))


def main() -> int:
    """Print all groups, or what a model's layers do."""
    if sys.argv[1] == "--layers":
        of_layers(Path(sys.argv[2]))
        return 0
    folder = Path(sys.argv[1])
    most = int(sys.argv[2]) if len(sys.argv) > 2 else MOST
    ancestry, there = read_ancestry(folder, missing="leave out")
    kept: dict[str, Sketch] = {}
    found = defaultdict[str, Told](Told)
    for group, one, two in pairs(ancestry, there, most):
        for name in (one, two):
            kept[name] = kept.get(name) or taken(folder / name)
        found[group].add(concluded(kept[one], kept[two]))
        if group.startswith("["):
            found[group].measure(kept[one], kept[two])
    for group, told in found.items():
        print("\n".join(lines(group, told)))
    seeds = {ancestry.by_name[n].init_seed: n for n in there if not ancestry.by_name[n].parents}
    print("\n".join(few_tokens([kept[name] for name in seeds.values() if name in kept])))
    return 0


if __name__ == "__main__":
    with threadpool_limits(1):
        sys.exit(main())

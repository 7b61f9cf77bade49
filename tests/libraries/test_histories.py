"""A small part of `tools/histories`: real files, sketches and methods; trainings are simulated."""

import zlib
from pathlib import Path

import numpy as np
import pytest

from filiation.libraries.weights_survey import survey_weights
from filiation.model.stemma import Link, Merge, Stemma
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from histories.grown import grow, put
from histories.history import Birth, drawn
from histories.marks import marked
from histories.truth import truth
from size.shape import Shape, Weights
from size.store import Course

FEW = 6  # models


def simulated(shape: Shape, start: Weights, language: int, course: Course) -> Weights:
    """A change of few directions, partly the language's, beside one of all directions."""
    found = dict(start)
    for name, x in start.items():
        if x.ndim == 2 and name not in course.frozen:
            own = np.random.default_rng([course.order, zlib.crc32(name.encode())])
            common = np.random.default_rng([language, zlib.crc32(name.encode())])
            change = sum(
                share * np.outer(rng.normal(size=len(x)), rng.normal(size=x.shape[1]))
                for rng, share in ((own, 0.8), (common, 0.3), (own, 0.8))
            ) + 0.5 * own.normal(size=x.shape)
            size = min(0.4, 0.2 * course.rate * course.steps) * np.linalg.norm(x)
            found[name] = (x + size * change / np.linalg.norm(change)).astype(np.float32)
    return found


@pytest.mark.parametrize("seed", [3, 5])
def test_a_small_family_is_drawn_as_it_was_made(seed: int, tmp_path: Path) -> None:
    births = drawn(seed, FEW)
    made = grow(births, simulated)
    sketches = []
    for birth in births:
        if birth.shown:
            put(birth, made[birth.name], tmp_path / birth.name)
            target = tmp_path / f"{birth.name}.sketch"
            take_sketch(open_model(tmp_path / birth.name), target, workers=1)
            sketches.append((birth.name, target))
    stemma = survey_weights(sketches, seed=0).stemma
    assert stemma is not None
    found = marked(stemma, truth(births))
    assert not found.faults
    drawn_links = sum(n for what, n in found.counts.items() if what.startswith("links, "))
    assert drawn_links >= found.counts["links in truth"] / 2 > 0


ORIGINALS = tuple(
    Birth(name=name, operation="original", seed=seed, order=1) for seed, name in enumerate("ab")
)
SUMS = (
    *ORIGINALS,
    Birth(name="sum", operation="merge", parents=("a", "b"), share=0.5, order=1),
    Birth(name="turned", operation="permuted", parents=("sum",), seed=5),
)


def test_a_sum_in_another_order_is_linked_with_the_sum(tmp_path: Path) -> None:
    made = grow(SUMS, simulated)
    sketches = []
    for birth in SUMS:
        put(birth, made[birth.name], tmp_path / birth.name)
        target = tmp_path / f"{birth.name}.sketch"
        take_sketch(open_model(tmp_path / birth.name), target, workers=1)
        sketches.append((birth.name, target))
    stemma = survey_weights(sketches, seed=0).stemma
    assert stemma is not None
    assert not marked(stemma, truth(SUMS)).faults
    assert any({*link.ends[0], *link.ends[1]} == {"sum", "turned"} for link in stemma.links)


BIRTHS = (
    Birth(name="first", operation="original"),
    Birth(name="hidden", operation="tuned", parents=("first",), shown=False),
    Birth(name="left", operation="tuned", parents=("hidden",)),
    Birth(name="right", operation="tuned", parents=("hidden",)),
    Birth(name="export", operation="half", parents=("left",)),
    Birth(name="part", operation="parts", parents=("first",), kept=(0, None, None)),
    Birth(name="below", operation="light", parents=("left",)),
    Birth(name="other", operation="original"),
    Birth(name="sum", operation="merge", parents=("below", "other")),
)


def test_what_is_true_of_a_history() -> None:
    said = truth(BIRTHS)
    assert said.node["export"] == "left" and said.sums == {"sum"}
    assert said.above["sum"] == {"below", "left", "first", "other"}
    assert {tuple(sorted(pair)) for pair in said.linked} == {
        ("first", "left"),
        ("first", "right"),
        ("left", "right"),
        ("first", "part"),
        ("below", "left"),
        ("below", "sum"),
        ("other", "sum"),
    }


def test_faults_are_counted() -> None:
    def link(*ends: tuple[str, ...], later: str | None = None) -> Link:
        return Link(
            ends=(ends[0], ends[1]),
            correlation=0.9,
            later=later,
            loss=None if later is None else "pruned",
            confirmed_by=() if later is None else ("right",),
        )

    stemma = Stemma(
        copies=(("left", "export"), ("below", "other")),
        stocks=(),
        links=(
            link(("first",), ("left",), later="first"),
            link(("first",), ("below",)),
            link(("first", "right"), ("part",)),
            link(("left", "right", "below"), ()),
            link(("left", "right", "part"), ()),
        ),
        merges=(
            Merge(
                model="right",
                sides=(("first",), ("other",)),
                weights=(0.5, 0.5),
                correlations=(0.7, 0.7),
                explained=1.0,
                exact=True,
                confirmed_by=(("left",), ()),
            ),
        ),
        unplaced=(),
        alone=(),
        level=1e-6,
        replicates=200,
    )
    counts = marked(stemma, truth(BIRTHS)).counts
    assert counts["links, one model on either side"] == 4
    assert counts["links, several models named"] == 3
    assert counts["wrong links"] == 3
    assert counts["directions"] == 2 and counts["wrong directions"] == 1
    assert counts["wrong copies"] == 1 and counts["wrong sums"] == 1
    assert counts["missed links"] == 2

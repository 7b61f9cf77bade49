"""The drawings of a training history: what lies where, and what is said where a sketch cannot."""

import re
from dataclasses import replace

import numpy as np
import pytest

from filiation.model.training import (
    CLAIMS,
    AlongPoint,
    HistoryExamined,
    TrainingClaim,
    TrainingHistory,
    TrainingPoint,
)
from filiation.numerics.paths.moving import plane
from filiation.report.drawings.training import contact_bars, neighbour_bars, way_drawn
from filiation.report.inquiry.trained import trained_blocks, trained_tables


def examined(points: int = 6) -> HistoryExamined:
    names = [TrainingPoint(name=f"c-{n}", file="", digest="", subject="", step=10 * n)
             for n in range(points)]  # fmt: skip
    along = [AlongPoint(across=0.1 * n, up=0.02 * n * n, contact=-0.1 if n else None,
                        neighbour=-300.0 if n else None, length=0.2, kept=0.5)
             for n in range(points)]  # fmt: skip
    return HistoryExamined(
        history=TrainingHistory(points=tuple(names)), source="s", along=tuple(along),
        claims=tuple(TrainingClaim(claim=one, outcome="open", why="structure") for one in CLAIMS),
        plane=(0.5, 0.25),
    )  # fmt: skip


def test_the_way_joins_every_checkpoint_and_its_first_is_hollow() -> None:
    drawn = way_drawn(examined())
    assert drawn.count("<circle") == 6 and drawn.count('fill="#ffffff"') == 1
    (path,) = re.findall(r'points="([^"]+)"', drawn)
    places = [tuple(map(float, one.split(","))) for one in path.split()]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)


def test_steps_that_lie_together_are_named_once() -> None:
    found = examined()
    together = tuple(replace(one, across=0.0, up=0.0) for one in found.along[:-1])
    drawn = way_drawn(replace(found, along=(*together, found.along[-1])))
    assert len(re.findall(r"<text", drawn)) == 2


def test_a_checkpoint_that_was_not_compared_is_hatched_and_not_low() -> None:
    found = examined()
    assert 'stroke="#8a8a8a"' in contact_bars(found)  # the first was not
    assert 'stroke="#8a8a8a"' not in neighbour_bars(found)
    assert contact_bars(found).count("<rect") == 5
    assert neighbour_bars(found).count("<rect") == 10  # shares behind them


def test_blocks_and_the_table_behind_them() -> None:
    found = examined()
    kinds = [type(one).__name__ for one in trained_blocks(found, "event 3")]
    assert kinds.count("Drawing") == 3 and kinds.count("Paragraph") == len(CLAIMS)
    (table,) = trained_tables(found)
    assert len(table.rows) == 6 and table.rows[0][5] == "-"  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(3))
def test_the_plane_holds_a_way_that_lies_in_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    flat = rng.standard_normal((7, 2)) @ np.linalg.qr(rng.standard_normal((40, 2)))[0].T
    found = plane(flat + 5.0)
    assert sum(found.shares) == pytest.approx(1.0)
    size = float(np.linalg.norm(flat + 5.0, axis=1).mean())
    lengths = np.linalg.norm(np.diff(flat, axis=0), axis=1) / size
    assert np.linalg.norm(np.diff(found.places, axis=0), axis=1) == pytest.approx(lengths, abs=1e-5)
    assert (found.places[0] == 0).all() and (found.places[-1] >= 0).all()


def test_the_plane_of_no_way_is_a_point() -> None:
    found = plane(np.ones((4, 9)))
    assert not found.places.any() and found.shares == (0.0, 0.0)

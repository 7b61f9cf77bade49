"""What the tests remember is told from all else by every byte that went in."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import toys
from filiation.examining import pair
from filiation.examining.weights.planting import ways
from filiation.methods.weights.unit_order import UnitOrder
from filiation.model.sketch import Sketch
from remembered import Memory, UnknownThingError, contents


@pytest.fixture(scope="module")
def sketch() -> Sketch:
    return toys.sketch(toys.born(1))


@pytest.fixture
def empty(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "remembered", least=0.0)


def test_the_same_contents_have_the_same_digest_in_another_object(sketch: Sketch) -> None:
    assert contents(sketch) == contents(toys.sketch(toys.born(1)))
    assert contents(sketch) != contents(toys.sketch(toys.born(2)))


def test_one_value_of_one_array_is_another_thing(sketch: Sketch) -> None:
    rows = sketch.anchor_rows.copy()
    rows[-1, -1] ^= 1
    assert contents(replace(sketch, anchor_rows=rows)) != contents(sketch)
    assert contents(replace(sketch, name="other")) != contents(sketch)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        ("1", 1),
        (b"a", "a"),
        (("a", "b"), ("ab",)),
        ((1, (2,)), ((1, 2),)),
        ([1], (1,)),
        ({"a": 1}, {"a": 2}),
        ({"a": "b"}, {"b": "a"}),
        (0.1, np.nextafter(0.1, 1)),
        (np.zeros(2, np.int8), np.zeros(2, np.uint8)),
        (np.zeros((1, 2)), np.zeros((2, 1))),
        (np.float32(1), np.float64(1)),
    ],
)
def test_what_differs_has_another_digest(one: object, other: object) -> None:
    assert contents(one) != contents(other)
    assert contents(one) == contents(one)


def test_what_cannot_be_told_is_computed_each_time(empty: Memory) -> None:
    asked: list[object] = []
    told = empty.of(asked.append)
    with pytest.raises(UnknownThingError):
        contents(object())
    for _ in range(2):
        told(object())
        told(np.array([object()]))
    assert len(asked) == 4


def test_what_was_asked_before_is_not_asked_again_unless_anything_moved(
    empty: Memory, sketch: Sketch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def compute(one: Sketch, *, seed: int) -> int:
        asked.append(seed)
        return len(asked)

    told = empty.of(compute)
    assert [told(sketch, seed=1), told(toys.sketch(toys.born(1)), seed=1)] == [1, 1]
    assert told(sketch, seed=2) == 2
    assert told(replace(sketch, name="x"), seed=1) == 3
    monkeypatch.setattr(ways, "TRIALS", 3)
    assert told(sketch, seed=1) == 4
    monkeypatch.setattr(empty, "used", False)
    assert told(sketch, seed=1) == 5


def test_the_product_is_asked_through_it(
    sketch: Sketch, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, child = UnitOrder(frame="native"), toys.sketch(toys.tuned(toys.born(1), 2))
    monkeypatch.setattr(memory, "least", 0.0)
    first = pair.ask(method, sketch, child, seed=7)
    monkeypatch.setattr(UnitOrder, "compare", lambda *_, **__: pytest.fail("was computed"))
    assert not memory.used or pair.ask(method, sketch, child, seed=7) == first


@pytest.mark.anew
def test_a_test_that_is_marked_computes(sketch: Sketch, memory: Memory) -> None:
    method = UnitOrder(frame="native")
    assert not memory.used
    one, two = (pair.ask(method, sketch, sketch, seed=7) for _ in range(2))
    assert one == two

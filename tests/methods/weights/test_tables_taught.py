"""Is a head that began at nought known by itself, and does it say nothing of descent then?"""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from attacked import taken
from filiation.examining.weights.planting.tables import turned_ways
from filiation.methods.weights import tables_alike
from filiation.methods.weights.tables_alike import shared_rows, turned
from filiation.methods.weights.tables_taught import UNEVEN, only_taught, unevenness
from filiation.model.sketch import Sketch

HEADS = ("head/string", "head/id")


def taught(text: int, width: int, seed: int, *, tokens: int = 512) -> NDArray[np.float32]:
    """What one text says of its tokens, in axes of the model's own, and next to nothing else."""
    says = np.random.default_rng(text).normal(size=(tokens, width)) * 0.93 ** np.arange(width)
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, width)))
    return np.asarray(says @ turn, dtype=np.float32)


@pytest.mark.parametrize("tokens", [96, 192, 512])
@pytest.mark.parametrize("width", [32, 80, 256])
def test_random_values_are_even_and_what_a_text_teaches_is_not(tokens: int, width: int) -> None:
    rng = np.random.default_rng(tokens * width)
    random = rng.normal(size=(tokens, width)).astype(np.float32)

    assert unevenness(random) == pytest.approx(1.0, abs=0.15)
    assert only_taught(taught(1, width, 2, tokens=tokens))
    assert not only_taught(random[:95])


def test_heads_of_the_casebook_began_at_random() -> None:
    for name in ("parent", "continued", "merged", "stranger-2", "stranger-4"):
        for table in HEADS:
            shared = shared_rows(taken(name), taken("parent"), table)
            assert shared is not None
            assert unevenness(shared[0]) < UNEVEN - 0.1, name


def _with_head(sketch: Sketch, rows: NDArray[np.float32]) -> Sketch:
    scaled = np.rint(127 * rows / np.abs(rows).max(axis=1, keepdims=True)).astype(np.int8)
    tables = {
        name: replace(table, rows=scaled[: len(table.rows)]) if name in HEADS else table
        for name, table in sketch.tables.items()
    }
    return replace(sketch, tables=tables)


def test_strangers_that_one_text_taught_from_nought_are_not_suspected_for_their_heads() -> None:
    names = ("parent", "stranger-2")
    width = taken("parent").tables["head/id"].rows.shape[1]
    one, two = (_with_head(taken(n), taught(1, width, k)) for k, n in enumerate(names))
    shared = shared_rows(one, two, "head/id")
    assert shared is not None

    assert turned(*shared) > 0.8
    assert tables_alike.tables_alike(one, two) == ()
    assert not list(tables_alike.told_alike(one, two))
    ways = turned_ways((one, two), "head", ("string", "id"), cosine=0.9, seed=0)
    assert not list(ways)  # so that the table of parts calls a turned head not excluded


def test_one_such_head_alone_silences_nothing() -> None:
    """Else who is accused could make his head uneven; the source's is not his."""
    parent = taken("parent")
    shared = shared_rows(parent, parent, "head/id")
    assert shared is not None
    rows = taught(1, shared[0].shape[1], 5, tokens=len(shared[0]))

    for one, two in ((shared[0], rows), (rows, shared[0])):
        assert tables_alike._alike("head/id", one, two) != 0.0
    assert tables_alike._alike("head/id", rows, rows) == 0.0
    assert tables_alike._alike("embedding/id", rows, rows) == pytest.approx(1.0)

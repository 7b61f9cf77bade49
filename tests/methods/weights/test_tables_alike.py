"""How alike may tables of strangers be, the fewer tokens they share?"""

from dataclasses import replace

import numpy as np
import pytest

from attacked import taken
from filiation.examining.weights.corroboration.verdict import GEOMETRY, _geometry
from filiation.methods.weights.tables_alike import (
    LIMITS,
    by_chance,
    limit_of,
    shared_rows,
    tables_alike,
    turned,
)

TRIALS = 150


@pytest.mark.parametrize("tokens", [96, 128, 256])
def test_what_chance_does_is_known_and_no_stranger_reaches_the_limit(tokens: int) -> None:
    rng = np.random.default_rng(tokens)
    found = [
        turned(*(rng.normal(size=(tokens, 40)).astype(np.float32) for _ in range(2)))
        for _ in range(TRIALS)
    ]
    assert np.std(found) == pytest.approx(by_chance(tokens), rel=0.25)
    assert max(found) < min(limit_of(table, tokens) for table in LIMITS)


def test_many_tokens_are_held_to_the_measured_limit_and_few_to_more() -> None:
    assert limit_of("embedding/id", 512) == LIMITS["embedding/id"]
    assert limit_of("embedding/id", 96) > 3 * LIMITS["embedding/id"]


def test_a_turned_copy_is_seen_by_few_tokens_and_a_stranger_is_not() -> None:
    parent, rotated, other = (taken(n) for n in ("parent", "rotated", "stranger-2"))
    shared = shared_rows(parent, other, "embedding/string")
    assert shared is not None
    few = [
        replace(
            sketch, anchors=sketch.anchors[:100], anchor_rows=sketch.anchor_rows[:100], tables={}
        )
        for sketch in (parent, rotated, other)
    ]
    assert tables_alike(few[0], few[1]) == ("embedding",)
    assert tables_alike(few[0], few[2]) == ()


def test_a_ground_needs_more_where_few_tokens_are_shared() -> None:
    parent, rotated = (taken(n) for n in ("parent", "rotated"))
    whole = _geometry(parent, rotated)
    few = _geometry(
        *(
            replace(sketch, anchors=sketch.anchors[:100], anchor_rows=sketch.anchor_rows[:100])
            for sketch in (parent, rotated)
        )
    )
    assert whole is not None
    assert few is not None
    assert whole[1] == GEOMETRY < few[1] < few[0]


def test_tokens_that_no_text_holds_do_not_make_strangers_alike() -> None:
    """Bytes that were never trained are pushed the same way in every model, longest of all here."""
    stranger, longest = taken("stranger-4"), taken("continued")
    for table in ("head/string", "head/id"):
        shared = shared_rows(stranger, longest, table)
        assert shared is not None
        assert turned(*shared) < LIMITS[table]
    assert tables_alike(stranger, longest) == ()
    assert "head" in tables_alike(taken("parent"), longest)


@pytest.mark.parametrize("tokens", [96, 128, 192, 256])
def test_no_stranger_is_suspected_for_a_table_of_few_tokens(tokens: int) -> None:
    """Before, four strangers in five were, for their heads: few directions were left out."""
    rng = np.random.default_rng(tokens)
    sketches = [taken(name) for name in ("parent", "stranger-2", "stranger-3", "stranger-5")]
    for table in LIMITS:
        for number, one in enumerate(sketches):
            for other in sketches[number + 1 :]:
                shared = shared_rows(one, other, table)
                assert shared is not None
                at = rng.choice(len(shared[0]), tokens, replace=False)
                assert turned(*(rows[at] for rows in shared)) < limit_of(table, tokens)


def test_fewer_tokens_than_are_enough_say_nothing() -> None:
    for count, known in ((95, False), (96, True)):
        pair = [
            replace(sketch, anchors=sketch.anchors[:count], anchor_rows=sketch.anchor_rows[:count])
            for sketch in (taken("parent"), taken("stranger-2"))
        ]
        keys = [set(sketch.anchors) for sketch in pair]
        assert keys[0] == keys[1]
        assert (shared_rows(*pair, "embedding/string") is not None) == known

"""Likeness of functions from hashes alone; no grammar is needed for it."""

import math

import numpy as np
import pytest

from filiation.methods.code.likeness import DOUBT, alike, contained, weighed
from filiation.methods.code.rarity import BITS, STEPS, Background, background, places
from filiation.model.source import CHANNELS, Fragment, features_of

EMPTY = tuple(np.zeros((2, 1 << BITS), dtype=np.uint8) for _ in CHANNELS)
NOTHING_SEEN = Background(functions=999, packages=3, tables=EMPTY)


def fragment(*channels: dict[int, int]) -> Fragment:
    one, two, three = (features_of(counted) for counted in (*channels, {}, {}, {})[:3])
    return Fragment(
        file="a.py", name="f", first=1, last=9, language="python", channels=(one, two, three)
    )


def numbers(count: int, seed: int) -> dict[int, int]:
    drawn = np.random.default_rng(seed).integers(0, 1 << 63, count, dtype=np.uint64)
    return {int(one): 1 for one in drawn}


def test_likeness_against_the_sum_written_out() -> None:
    one, two = {1: 2, 5: 1, 9: 4}, {5: 3, 9: 1, 11: 1}
    found = alike(*(weighed(fragment(each), NOTHING_SEEN) for each in (one, two)))
    rare = math.log(1000 / 0.5)
    assert found.lines == pytest.approx(2 * rare / (math.sqrt(7 * rare * 5 * rare) + DOUBT))
    assert found.tokens == found.structure == 0.0
    assert found.whole == pytest.approx(found.lines / 3 ** (1 / 3))


def test_a_short_function_is_less_alike_to_itself_than_a_long_one() -> None:
    short, long = (weighed(fragment({}, {}, numbers(n, n)), NOTHING_SEEN) for n in (5, 500))
    assert alike(short, short).structure < 0.5 < 0.95 < alike(long, long).structure < 1.0


def test_what_everybody_writes_weighs_nothing() -> None:
    hashes = features_of({7: 1, 8: 1}).hashes
    table = np.zeros((2, 1 << BITS), dtype=np.uint8)
    for row, place in enumerate(places(hashes)):
        table[row, place] = round(STEPS * math.log2(1 + 999))
    common = Background(functions=999, packages=3, tables=(table, *EMPTY[1:]))
    assert common.weights(0, hashes) == pytest.approx([0.0, 0.0], abs=0.1)
    assert common.weights(1, hashes) == pytest.approx(math.log(1000 / 0.5))


def test_a_collision_makes_a_feature_more_common_never_rarer() -> None:
    known = features_of({(3 << (64 - BITS)) + 5: 1}).hashes
    table = np.zeros((2, 1 << BITS), dtype=np.uint8)
    for row, place in enumerate(places(known)):
        table[row, place] = 40
    seen = Background(functions=999, packages=3, tables=(table, *EMPTY[1:]))
    beside = features_of({(3 << (64 - BITS)) + 6: 1}).hashes  # one place of two in common
    assert seen.weights(0, known) < seen.weights(0, beside) == NOTHING_SEEN.weights(0, beside)


def test_a_part_is_contained_and_a_stranger_is_not() -> None:
    whole, other = numbers(400, 1), numbers(300, 2)
    part = dict([*whole.items()][:100])
    trees = [[fragment({}, {}, each)] for each in (whole, part, other)]
    assert contained(trees[0], trees[1], NOTHING_SEEN, "structure").share == pytest.approx(1.0)
    assert contained(trees[0], trees[2], NOTHING_SEEN, "structure").share == 0.0
    assert contained([], trees[2], NOTHING_SEEN, "structure").share == 0.0


def test_the_background_that_is_shipped_is_of_many_packages() -> None:
    shipped = background()
    assert shipped.packages >= 20 and shipped.functions >= 4_000
    assert all(table.any() and table.shape == (2, 1 << BITS) for table in shipped.tables)

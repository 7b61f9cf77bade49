"""Likeness of functions from hashes alone; no grammar is needed for it."""

import math

import numpy as np
import pytest

from filiation.methods.code.likeness import DOUBTS, POWER, alike, contained, weighed
from filiation.methods.code.rarity import BITS, STEPS, Background, Counted, background, places
from filiation.model.source import CHANNELS, Fragment, features_of

EMPTY = tuple(np.zeros((2, 1 << BITS), dtype=np.uint8) for _ in CHANNELS)


def seen_as(*tables: np.ndarray) -> Background:
    """Nothing was seen but what these tables hold."""
    counted = Counted(functions=999, packages=3, tables=(*tables, *EMPTY[len(tables) :]))
    return Background(families={"python": counted})


NOTHING_SEEN = seen_as()


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
    assert found.lines == pytest.approx(2 * rare / (math.sqrt(7 * rare * 5 * rare) + DOUBTS[0]))
    assert found.tokens == found.runs == found.structure == 0.0
    assert found.whole == pytest.approx(found.lines / 4 ** (1 / POWER))


def test_runs_without_names_stand_apart_from_those_with_names() -> None:
    """Names given anew throughout leave the one as it was, though nothing is left of the other."""
    kept, renamed = {2 * n: 1 for n in range(1, 40)}, {2 * n: 1 for n in range(50, 90)}
    runs = {2 * n + 1: 1 for n in range(1, 40)}
    one, two = (weighed(fragment({}, {**names, **runs}), NOTHING_SEEN) for names in (kept, renamed))
    found = alike(one, two)
    assert found.tokens == 0.0 and found.runs > 0.95 and found.whole > 0.65


def test_a_short_function_is_less_alike_to_itself_than_a_long_one() -> None:
    short, long = (weighed(fragment({}, {}, numbers(n, n)), NOTHING_SEEN) for n in (5, 500))
    assert alike(short, short).structure < 0.5 < 0.95 < alike(long, long).structure < 1.0


def test_what_everybody_writes_weighs_nothing() -> None:
    hashes = features_of({7: 1, 8: 1}).hashes
    table = np.zeros((2, 1 << BITS), dtype=np.uint8)
    for row, place in enumerate(places(hashes, BITS)):
        table[row, place] = round(STEPS * math.log2(1 + 999))
    common = seen_as(table)
    assert common.weights(0, hashes) == pytest.approx([0.0, 0.0], abs=0.1)
    assert common.weights(1, hashes) == pytest.approx(math.log(1000 / 0.5))


def test_a_collision_makes_a_feature_more_common_never_rarer() -> None:
    known = features_of({(3 << (64 - BITS)) + 5: 1}).hashes
    table = np.zeros((2, 1 << BITS), dtype=np.uint8)
    for row, place in enumerate(places(known, BITS)):
        table[row, place] = 40
    seen = seen_as(table)
    beside = features_of({(3 << (64 - BITS)) + 6: 1}).hashes  # one place of two in common
    assert seen.weights(0, known) < seen.weights(0, beside) == NOTHING_SEEN.weights(0, beside)


def test_a_part_is_contained_and_a_stranger_is_not() -> None:
    whole, other = numbers(400, 1), numbers(300, 2)
    part = dict([*whole.items()][:100])
    trees = [[fragment({}, {}, each)] for each in (whole, part, other)]
    assert contained(trees[0], trees[1], NOTHING_SEEN, "structure").share == pytest.approx(1.0)
    assert contained(trees[0], trees[2], NOTHING_SEEN, "structure").share == 0.0
    assert contained([], trees[2], NOTHING_SEEN, "structure").share == 0.0


def test_what_is_common_in_one_language_is_not_in_another() -> None:
    hashes = features_of({7: 1}).hashes
    table = np.zeros((2, 1 << BITS), dtype=np.uint8)
    for row, place in enumerate(places(hashes, BITS)):
        table[row, place] = round(STEPS * math.log2(1 + 999))
    seen = seen_as(table)
    assert seen.weights(0, hashes) == pytest.approx(0.0, abs=0.1)
    assert seen.weights(0, hashes, "rust")[0] > 7.0
    assert seen.of("rust").packages == 0
    assert background().of("typescript") is background().of("javascript")


@pytest.mark.parametrize("family", ["python", "c", "java", "go", "rust", "javascript"])
def test_the_background_that_is_shipped_is_of_many_packages(family: str) -> None:
    shipped = background().of(family)
    assert shipped.packages >= 8 and shipped.functions >= 1_000
    assert all(table.any() and table.shape[0] == 2 for table in shipped.tables)

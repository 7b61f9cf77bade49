"""Counterparts of functions: one to one, convincing against all that was looked at."""

from dataclasses import replace

import numpy as np
import pytest

import sources
from filiation.methods.code.likeness import alike, weighed
from filiation.methods.code.matching import (
    CHANCE,
    matches,
    share_in_functions,
    weighed_functions,
)
from filiation.methods.code.rarity import background
from filiation.methods.code.tails import GRID, SIZES, Tails, tails
from filiation.model.source import SourceTree

SOURCE = sources.tree("source", 1)
CHILD = sources.tree("child", 2, taken=0.2, parent=1)
STRANGER = sources.tree("stranger", 3)


def share(one: SourceTree, two: SourceTree) -> float:
    first, second = (weighed_functions(tree.fragments, background()) for tree in (one, two))
    return share_in_functions(first, second, tails())


def test_what_was_taken_is_found_and_nothing_else() -> None:
    found = matches(SOURCE.fragments, CHILD.fragments, background(), tails())
    assert sorted((one.source, one.subject) for one in found) == [(n, n) for n in range(8)]
    assert not matches(SOURCE.fragments, STRANGER.fragments, background(), tails())


def test_the_share_is_that_of_the_lighter_tree_from_both_sides() -> None:
    larger = replace(SOURCE, fragments=SOURCE.fragments + STRANGER.fragments)
    assert share(SOURCE, larger) == pytest.approx(share(larger, SOURCE))
    assert share(SOURCE, larger) > 0.85
    assert 0.15 < share(SOURCE, CHILD) < 0.25
    assert share(SOURCE, STRANGER) == 0.0


def test_a_function_has_one_counterpart() -> None:
    """Nine copies of one function in a tree are no nine functions taken."""
    copies = replace(CHILD, fragments=(CHILD.fragments[0],) * 9 + STRANGER.fragments)
    found = matches(SOURCE.fragments, copies.fragments, background(), tails())
    assert len(found) == 1


@pytest.mark.parametrize("first", [True, False])
def test_whoever_keeps_a_copy_a_hundred_times_hides_none(first: bool) -> None:
    """A feature that many functions have led to none of them; strangers stay strangers."""
    copies = SOURCE.fragments[:12] * 100
    tree = (*copies, *STRANGER.fragments) if first else (*STRANGER.fragments, *copies)
    found = matches(SOURCE.fragments, tree, background(), tails())
    assert sorted(one.source for one in found) == [*range(12)]
    padded = replace(STRANGER, fragments=STRANGER.fragments * 100)
    assert not matches(SOURCE.fragments, padded.fragments, background(), tails())


def test_the_likeness_of_a_match_is_that_of_its_functions() -> None:
    for one in matches(SOURCE.fragments, CHILD.fragments, background(), tails()):
        pair = (SOURCE.fragments[one.source], CHILD.fragments[one.subject])
        expected = alike(*(weighed(each, background()) for each in pair))
        assert one.alike.whole == pytest.approx(expected.whole)
        assert one.alike.tokens == pytest.approx(expected.tokens)


def test_the_more_functions_are_looked_at_the_more_is_asked_of_each() -> None:
    few = matches(SOURCE.fragments[:1], CHILD.fragments[:1], background(), tails())
    many = matches(SOURCE.fragments, CHILD.fragments, background(), tails())
    assert few[0].nats == pytest.approx(many[-1].nats + np.log(40), abs=3.0)
    assert few[0].nats > max(one.nats for one in many if one.source == 0)


def test_functions_of_two_languages_are_no_counterparts() -> None:
    other = tuple(replace(one, language="go") for one in SOURCE.fragments)
    assert not matches(SOURCE.fragments, other, background(), tails())
    both = matches(SOURCE.fragments, other + SOURCE.fragments, background(), tails())
    assert [one.subject - one.source for one in both] == [len(other)] * len(other)


def test_tails_are_read_between_sizes_and_likenesses() -> None:
    table = np.outer(np.arange(1.0, len(SIZES) + 1), GRID)
    made = Tails(tables={"python": table})
    found = made.nats("python", np.array([0.5, 0.5, 2.0]), np.array([SIZES[1], 1.0, 1e9]))
    assert found == pytest.approx([1.0, 0.5, len(SIZES)])
    assert made.nats("cobol", np.array([0.5]), np.array([1.0])) == pytest.approx([0.5])


@pytest.mark.parametrize("family", ["python", "c", "java", "go", "rust", "javascript"])
def test_tails_that_are_shipped_rise(family: str) -> None:
    table = tails().tables[family]
    assert table.shape == (len(SIZES), len(GRID)) and (np.diff(table, axis=1) >= 0).all()
    assert table[:, 0] == pytest.approx(0.0, abs=1e-6)
    assert (table[:, -1] > -np.log(CHANCE)).all()

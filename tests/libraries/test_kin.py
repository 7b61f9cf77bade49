"""What is drawn of related models, and what is not."""

import numpy as np
import pytest

from filiation.report.wording.stemma import stemma_sentences as sentences
from size.shape import Weights
from stemmata import directed, drawn, linked, moved, original, pruned, rounded, weighted


def pair(one: str, other: str) -> frozenset[str]:
    return frozenset((one, other))


def halves(whole: Weights, other: Weights, layer: int) -> Weights:
    """One layer of the first, all else of the second."""
    return {n: x if f"layers.{layer}." in n else other[n] for n, x in whole.items()}


def test_a_grandparent_is_not_named_where_the_parent_is_there() -> None:
    first = original(1)
    child = moved(first, 0.2, 2)
    models = {"first": first, "child": child, "grandchild": moved(child, 0.2, 3)}
    stemma = drawn(models)
    assert set(linked(stemma)) == {pair("first", "child"), pair("child", "grandchild")}
    assert not directed(stemma)


@pytest.mark.parametrize("amounts", [(0.2, 0.2), (0.05, 0.4)])
def test_siblings_hang_on_their_parent_and_not_on_each_other(amounts: tuple[float, float]) -> None:
    parent = original(1)
    models = {
        "parent": parent,
        "one": moved(parent, amounts[0], 2),
        "other": moved(parent, amounts[1], 3),
    }
    assert set(linked(drawn(models))) == {pair("parent", "one"), pair("parent", "other")}


def test_siblings_without_their_parent_are_not_put_in_a_row() -> None:
    parent = original(1)
    models = {f"child-{n}": moved(parent, 0.3, n) for n in range(3)}
    stemma = drawn(models)
    assert not linked(stemma) and not directed(stemma)
    (link,) = stemma.links
    assert set(link.ends[0]) == set(models) and link.ends[1] == ()
    assert any("which hang together directly was not told" in s for s in sentences(stemma))


def test_an_original_between_two_partial_descendants_is_no_child_of_theirs() -> None:
    whole = original(1)
    models = {
        "whole": whole,
        "left": halves(whole, original(2), 0),
        "right": halves(whole, original(3), 1),
    }
    stemma = drawn(models)
    assert not stemma.merges and not directed(stemma)
    assert set(linked(stemma)) == {pair("whole", "left"), pair("whole", "right")}


def test_a_model_pieced_together_hangs_on_both_and_has_no_direction() -> None:
    one, other = original(1), original(2)
    models = {"one": one, "other": other, "pieced": halves(one, other, 0)}
    stemma = drawn(models)
    assert set(linked(stemma)) == {pair("one", "pieced"), pair("other", "pieced")}
    assert not directed(stemma) and not stemma.merges


def test_two_exports_of_one_model_are_one() -> None:
    one = original(1)
    halved = {n: x.astype(np.float16).astype(np.float32) for n, x in one.items()}
    models = {
        "one": one,
        "again": one,
        "half": halved,
        "child": moved(one, 0.1, 2),
    }
    stemma = drawn(models)
    assert stemma.copies == (("one", "again", "half"),)
    assert set(linked(stemma)) == {pair("one", "child")}
    assert any("“one”, “again”, “half” hold one model" in s for s in sentences(stemma))


def test_a_copy_alone_is_a_result() -> None:
    stemma = drawn({"one": original(1), "again": original(1), "other": original(2)})
    assert stemma.copies == (("one", "again"),)
    assert stemma.alone == ("other",) and not stemma.links and not stemma.stocks


def test_two_models_are_not_one_for_a_coarse_export_that_fits_both() -> None:
    one = original(1)
    near = {n: x * np.float32(1 + 2.0**-12) if x.ndim > 1 else x for n, x in one.items()}
    halved = {n: x.astype(np.float16).astype(np.float32) for n, x in one.items()}
    assert drawn({"one": one, "half": halved, "near": near}).copies == (("one", "half"),)


@pytest.mark.parametrize("share", [0.35, 0.5, 0.65])
def test_a_sum_is_a_sum_and_came_after_the_side_that_others_confirm(share: float) -> None:
    one, other = original(1), original(2)
    models = {
        "one": one,
        "one-child": moved(one, 0.3, 3),
        "other": other,
        "sum": weighted(one, other, share),
        "stranger": original(4),
    }
    stemma = drawn(models)
    (merge,) = stemma.merges
    assert merge.model == "sum" and set(merge.sides) == {("one",), ("other",)}
    weights = dict(zip(merge.sides, merge.weights, strict=True))
    assert weights[("one",)] == pytest.approx(share, abs=0.02) and merge.explained > 0.99
    assert directed(stemma) == {("one", "sum")}
    assert stemma.alone == ("stranger",)


def test_kin_that_cannot_be_told_apart_are_all_named() -> None:
    one, other = original(1), original(2)
    twin = moved(one, 1e-3, 3)
    models = {"one": one, "twin": twin, "other": other}
    models["sum"] = moved(weighted(one, other), 0.3, 4)
    (merge,) = drawn(models).merges
    assert {frozenset(side) for side in merge.sides} == {pair("one", "twin"), frozenset(["other"])}


def test_sums_of_sums_name_their_own_sides() -> None:
    one, two, three = original(1), original(2), original(3)
    inner = moved(weighted(one, two), 0.1, 4)
    models = {"one": one, "two": two, "three": three, "inner": inner}
    models["outer"] = moved(weighted(inner, three), 0.1, 5)
    merges = {merge.model: set(merge.sides) for merge in drawn(models).merges}
    assert merges == {"inner": {("one",), ("two",)}, "outer": {("inner",), ("three",)}}


def test_sums_of_the_same_two_do_not_hang_on_each_other() -> None:
    one, two = original(1), original(2)
    models = {
        "one": one,
        "two": two,
        "even": moved(weighted(one, two), 0.05, 3),
        "third": moved(weighted(one, two, 1 / 3), 0.05, 4),
    }
    stemma = drawn(models)
    assert {merge.model for merge in stemma.merges} == {"even", "third"}
    assert pair("even", "third") not in linked(stemma)


@pytest.mark.parametrize("made", [rounded, pruned])
def test_what_was_lost_gives_a_direction_if_another_model_holds_it(made) -> None:  # type: ignore[no-untyped-def]
    parent = original(1)
    later = made(parent)
    models = {
        "parent": parent,
        "later": later,
        "sibling": moved(parent, 0.1, 2),
        "grandchild": moved(later, 0.1, 3),
    }
    stemma = drawn(models)
    link = linked(stemma)[pair("parent", "later")]
    assert (link.later, link.confirmed_by) == ("later", ("sibling",))
    assert directed(stemma) == {("parent", "later"), ("later", "grandchild")}
    assert any("“later” came after “parent”" in s for s in sentences(stemma))
    assert any("of “parent” it has what “later” has" in s for s in sentences(stemma))


@pytest.mark.parametrize("made", [rounded, pruned])
def test_two_models_alone_have_no_direction(made) -> None:  # type: ignore[no-untyped-def]
    parent = original(1)
    stemma = drawn({"parent": parent, "later": made(parent)})
    assert not directed(stemma)
    assert any("No other model holds what it lacks" in s for s in sentences(stemma))


def test_two_roundings_of_one_model_have_no_direction() -> None:
    parent = original(1)
    models = {"eight": rounded(parent, 8), "four": rounded(parent), "child": moved(parent, 0.1, 2)}
    assert not directed(drawn(models))


def test_of_two_prunings_neither_came_first() -> None:
    parent = original(1)
    models = {
        "some": pruned(parent, 0.3),
        "more": pruned(parent, 0.6),
        "kin": moved(parent, 0.1, 2),
    }
    assert not directed(drawn(models))

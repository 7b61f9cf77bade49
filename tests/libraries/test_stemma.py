import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from filiation.libraries.stemma import LEVEL, Likeness, draw_up
from filiation.model.stemma import Stemma
from filiation.numerics.rng import stream
from filiation.report.drawings.newick import newick
from filiation.report.drawings.stemma import draw_stemma
from filiation.report.wording.stemma import stemma_sentences

LAYERS, UNITS, WIDTH = 6, 40, 64
Weights = NDArray[np.float64]


def trained(seed: int) -> Weights:
    return stream(seed, "stemma-toy").normal(size=(LAYERS, UNITS, WIDTH))


def drifted(parent: Weights, amount: float, seed: int) -> Weights:
    return parent + amount * stream(seed, "drift").normal(size=parent.shape)


def likenesses(models: Mapping[str, Weights]) -> list[Likeness]:
    """Mean cosines, and a p that is tiny exactly where they are beyond chance."""
    found = []
    for a, b in itertools.combinations(models, 2):
        x, y = models[a], models[b]
        cosines = (
            np.einsum("lud,lud->lu", x, y) / np.linalg.norm(x, axis=2) / np.linalg.norm(y, axis=2)
        )
        mean = cosines.mean(axis=1)
        related = mean.mean() > 6 / math.sqrt(LAYERS * UNITS * WIDTH)
        found.append(
            Likeness(
                a=a,
                b=b,
                log_p=-500.0 if related else -0.7,
                cosines=tuple(mean.tolist()),
                units=(UNITS,) * LAYERS,
            )
        )
    return found


def stemma_of(models: Mapping[str, Weights]) -> Stemma:
    return draw_up(tuple(models), likenesses(models), seed=0)


def inner_splits(stemma: Stemma, stock: int = 0) -> dict[frozenset[str], float]:
    """For each inner branch the smaller side, by name, and its support."""
    tree = stemma.stocks[stock]
    below: dict[int, set[str]] = {i: {name} for i, name in enumerate(tree.models)}
    children: dict[int, list[int]] = {}
    for branch in tree.branches:
        children.setdefault(branch.upper, []).append(branch.lower)

    def names(node: int) -> set[str]:
        return below.get(node, set()).union(*(names(child) for child in children.get(node, [])))

    found = {}
    for branch in tree.branches:
        if branch.support is not None:
            side = names(branch.lower)
            rest = set(tree.models) - side
            found[frozenset(min(side, rest, key=lambda s: (len(s), sorted(s))))] = branch.support
    return found


def test_two_lines_of_one_parent_and_a_stranger() -> None:
    parent = trained(1)
    left, right = drifted(parent, 0.5, 2), drifted(parent, 0.5, 3)
    models = {
        "parent": parent,
        "left": left,
        "left-child": drifted(left, 0.2, 4),
        "right": right,
        "right-child": drifted(right, 0.2, 5),
        "stranger": trained(6),
    }
    stemma = stemma_of(models)
    assert stemma.alone == ("stranger",) and not stemma.merges
    assert [set(stock.models) for stock in stemma.stocks] == [set(models) - {"stranger"}]
    splits = inner_splits(stemma)
    assert splits[frozenset({"left", "left-child"})] > 0.95
    assert splits[frozenset({"right", "right-child"})] > 0.95


def test_a_split_that_only_noise_supports_has_little_support() -> None:
    parent = trained(1)
    models = {f"child-{i}": drifted(parent, 0.5, 10 + i) for i in range(5)}
    assert min(inner_splits(stemma_of(models)).values()) < 0.9


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_a_merge_has_two_parents_and_joins_no_tree(share: float) -> None:
    one, other = trained(1), trained(2)
    models = {
        "one": one,
        "one-child": drifted(one, 0.1, 3),
        "other": other,
        "merged": share * one + (1 - share) * other,
        "stranger": trained(4),
    }
    stemma = stemma_of(models)
    (merge,) = stemma.merges
    assert merge.model == "merged" and set(merge.parents) <= {"one", "one-child", "other"}
    assert "other" in merge.parents and merge.explained > 0.95
    assert [stock.models for stock in stemma.stocks] == [("one", "one-child")]
    assert stemma.alone == ("stranger",)


def test_two_merges_of_the_same_parents_do_not_hide_each_other() -> None:
    one, other = trained(1), trained(2)
    models = {"one": one, "other": other, "half": one + other, "third": one + 2 * other}
    stemma = stemma_of(models)
    assert {m.model for m in stemma.merges} == {"half", "third"}
    assert all(set(m.parents) == {"one", "other"} for m in stemma.merges)


def test_a_chain_is_no_merge() -> None:
    first = trained(1)
    models = {"first": first}
    for i in range(4):
        first = drifted(first, 0.8, 20 + i)
        models[f"after-{i}"] = first
    assert not stemma_of(models).merges


def test_strangers_stay_apart() -> None:
    models = {f"m{i}": trained(100 + i) for i in range(8)}
    stemma = stemma_of(models)
    assert stemma.alone == tuple(models) and not stemma.stocks and not stemma.merges
    assert newick(stemma) == ""


def test_the_level_is_paid_for_over_all_pairs() -> None:
    def pair(a: str, b: str, log_p: float) -> Likeness:
        return Likeness(a=a, b=b, log_p=log_p, cosines=(0.5,), units=(10,))

    edge = math.log(LEVEL) - math.log(3)
    for log_p, linked in ((edge - 1e-9, True), (edge + 1e-9, False)):
        pairs = [pair("a", "b", log_p), pair("a", "c", -1.0), pair("b", "c", -1.0)]
        assert (draw_up("abc", pairs, seed=0).alone == ("c",)) is linked


def quoted(models: Sequence[str]) -> dict[str, Weights]:
    parent = trained(1)
    return {name: drifted(parent, 0.1 * i, i) for i, name in enumerate(models)}


def test_newick_quotes_names_and_closes_brackets() -> None:
    (line,) = newick(stemma_of(quoted(["a b", "it's", "c", "d(e)"]))).splitlines()
    assert line.count("(") - line.count(")") == 0 and line.endswith(";")
    assert "'a b'" in line and "'it''s'" in line and "'d(e)'" in line


def test_the_drawing_names_everybody_and_escapes() -> None:
    one, other = trained(1), trained(2)
    models = {"<one>": one, "other": other, "merged": one + other, "alone": trained(3)}
    stemma = stemma_of(models)
    drawn = draw_stemma(stemma)
    assert all(name in drawn for name in ("&lt;one&gt;", "other", "merged, two parents", "alone"))
    assert "<one>" not in drawn
    assert drawn == draw_stemma(stemma)
    assert any("two parents" in sentence for sentence in stemma_sentences(stemma))


def test_replicates_do_not_depend_on_the_order_of_pairs() -> None:
    models = quoted(["a", "b", "c", "d", "e"])
    pairs = likenesses(models)
    assert draw_up(tuple(models), pairs, seed=3) == draw_up(tuple(models), pairs[::-1], seed=3)

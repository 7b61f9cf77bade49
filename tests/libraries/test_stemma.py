"""Stocks, their trees, and how a stemma is written and drawn."""

import math
from collections.abc import Sequence

from filiation.libraries.stemma import LEVEL, Likeness, draw_up
from filiation.model.stemma import Stemma
from filiation.report.drawings.newick import newick
from filiation.report.drawings.stemma import draw_stemma
from filiation.report.wording.stemma import FORGED, stemma_sentences
from size.shape import Weights
from stemmata import drawn, likenesses, moved, original, pruned, sketch_of, weighted

LAYERS = 6


def trained(seed: int) -> Weights:
    return original(seed, LAYERS)


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
    left, right = moved(parent, 0.5, 2), moved(parent, 0.5, 3)
    models = {
        "parent": parent,
        "left": left,
        "left-child": moved(left, 0.2, 4),
        "right": right,
        "right-child": moved(right, 0.2, 5),
        "stranger": trained(6),
    }
    stemma = drawn(models)
    assert stemma.alone == ("stranger",) and not stemma.merges
    assert [set(stock.models) for stock in stemma.stocks] == [set(models) - {"stranger"}]
    splits = inner_splits(stemma)
    assert splits[frozenset({"left", "left-child"})] > 0.95
    assert splits[frozenset({"right", "right-child"})] > 0.95


def test_a_split_that_only_noise_supports_has_little_support() -> None:
    parent = trained(1)
    models = {f"child-{i}": moved(parent, 0.5, 10 + i) for i in range(5)}
    assert min(inner_splits(drawn(models)).values()) < 0.9


def test_strangers_stay_apart() -> None:
    models = {f"m{i}": trained(100 + i) for i in range(8)}
    stemma = drawn(models)
    assert stemma.alone == tuple(models) and not stemma.stocks and not stemma.merges
    assert newick(stemma) == ""


def test_the_level_is_paid_for_over_all_pairs() -> None:
    def pair(a: str, b: str, log_p: float) -> Likeness:
        return Likeness(a=a, b=b, log_p=log_p, cosines=(0.5,), units=(10,))

    sketches = {name: sketch_of(name, trained(n)) for n, name in enumerate("abc")}
    edge = math.log(LEVEL) - math.log(3)
    for log_p, linked in ((edge - 1e-9, True), (edge + 1e-9, False)):
        pairs = [pair("a", "b", log_p), pair("a", "c", -1.0), pair("b", "c", -1.0)]
        assert (draw_up(sketches, pairs, seed=0).alone == ("c",)) is linked


def quoted(models: Sequence[str]) -> dict[str, Weights]:
    parent = trained(1)
    return {name: moved(parent, 0.1 * i, i) for i, name in enumerate(models)}


def test_newick_quotes_names_and_closes_brackets() -> None:
    (line,) = newick(drawn(quoted(["a b", "it's", "c", "d(e)"]))).splitlines()
    assert line.count("(") - line.count(")") == 0 and line.endswith(";")
    assert "'a b'" in line and "'it''s'" in line and "'d(e)'" in line


def test_the_drawing_names_everybody_and_escapes() -> None:
    one, other = trained(1), trained(2)
    models = {"<one>": one, "other": other, "sum": weighted(one, other), "alone": trained(3)}
    stemma = drawn(models)
    picture = draw_stemma(stemma)
    assert all(name in picture for name in ("&lt;one&gt;", "other", "sum", "alone"))
    assert "<one>" not in picture
    assert picture == draw_stemma(stemma)


def heads(picture: str) -> int:
    """Arrows in a drawing."""
    return picture.count("l-9 -4v8z")


def test_an_arrow_is_drawn_exactly_where_a_direction_was_shown() -> None:
    parent = trained(1)
    models = {"parent": parent, "later": pruned(parent)}
    assert heads(draw_stemma(drawn(models))) == 0
    assert not any(FORGED in s for s in stemma_sentences(drawn(models)))
    models["kin"] = moved(parent, 0.1, 2)
    assert heads(draw_stemma(drawn(models))) == 1
    assert any(FORGED in s for s in stemma_sentences(drawn(models)))


def test_what_cannot_be_told_apart_is_drawn_broken_or_bracketed() -> None:
    parent = trained(1)
    star = {f"child-{n}": moved(parent, 0.3, n) for n in range(3)}
    picture = draw_stemma(drawn(star))
    assert "<path" not in picture and picture.count("stroke-dasharray") == 4
    near = {"parent": parent, "twin": moved(parent, 1e-3, 1), "child": moved(parent, 0.4, 2)}
    assert draw_stemma(drawn(near)).count("stroke-dasharray") == 2


def test_a_hybrid_stands_beside_the_nearest_of_each_side() -> None:
    one, other = trained(1), trained(2)
    models = {"one": one, "kin": moved(one, 0.2, 3), "other": other, "sum": weighted(one, other)}
    lines = newick(drawn(models)).splitlines()
    assert [line.count("sum#H1") for line in lines] == [1, 1]
    assert "(one:0,sum#H1" in lines[0] and "(other:0,sum#H1" in lines[1]


def test_neither_the_order_of_pairs_nor_of_models_decides() -> None:
    models = quoted(["a", "b", "c", "d", "e"])
    sketches = {name: sketch_of(name, x) for name, x in models.items()}
    pairs = likenesses(models)
    found = draw_up(sketches, pairs, seed=3)
    assert draw_up(sketches, pairs[::-1], seed=3) == found
    turned = draw_up(dict(reversed(sketches.items())), pairs, seed=3)
    assert {frozenset(link.ends) for link in turned.links} == {
        frozenset(link.ends) for link in found.links
    }

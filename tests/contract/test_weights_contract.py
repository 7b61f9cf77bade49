"""What every method for weights promises beyond the common contract."""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

import toys
from contract.casts import attentive, cast_of
from filiation.methods import Method, methods_for
from filiation.methods.contract import Cast
from filiation.model.finding import Finding, Inapplicable
from filiation.model.sketch import Sketch

BY_UNIT = ("unit-trace", "unit-order")  # what reads the order of units, layer by layer

each = pytest.mark.parametrize("method", methods_for("weights"), ids=lambda m: m.id)
each_by_unit = pytest.mark.parametrize(
    "method", [m for m in methods_for("weights") if m.id.startswith(BY_UNIT)], ids=lambda m: m.id
)


@pytest.fixture
def cast(method: Method[Any]) -> Cast[Sketch]:
    return cast_of(method.id)


def finding(method: Method[Any], source: Sketch, subject: Sketch) -> Finding:
    found = method.compare(source, subject, seed=7)
    assert isinstance(found, Finding), found
    return found


@each
def test_a_child_is_found_from_either_side(method: Method[Any], cast: Cast[Sketch]) -> None:
    for source, subject in ((cast.source, cast.child), (cast.child, cast.source)):
        found = finding(method, source, subject)
        assert found.log_p <= math.log(cast.level)
        assert [x.source_layer for x in found.layers] == [x.subject_layer for x in found.layers]


@each
def test_a_copy_reaches_the_floor(method: Method[Any], cast: Cast[Sketch]) -> None:
    copy = cast.child if method.id.startswith("unit-subsequence") else cast.source
    source = toys.sketch(toys.born(1)) if copy is cast.child else copy
    copy = toys.sketch(toys.narrowed(toys.born(1), 4)) if copy is cast.child else copy
    found = finding(method, source, copy)

    assert math.isclose(found.log_p, found.null.log_floor, rel_tol=1e-9)


@each
def test_names_move_no_word(method: Method[Any], cast: Cast[Sketch]) -> None:
    renamed = method.compare(
        replace(cast.source, name="x"), replace(cast.stranger, name="y"), seed=7
    )

    assert renamed == finding(method, cast.source, cast.stranger)


@each_by_unit
def test_every_source_layer_is_counted_once(method: Method[Any], cast: Cast[Sketch]) -> None:
    found = finding(method, cast.source, toys.sketch(attentive(toys.born(9, layers=5))))

    of = cast.source.attention if "of=attention" in method.id else cast.source.layers
    assert [x.source_layer for x in found.layers] == [x.label for x in of]
    assert {x.candidates for x in found.layers} == {5}  # whole rows are kept of every layer


@each_by_unit
def test_another_width_of_layer_is_inapplicable_not_zero(
    method: Method[Any], cast: Cast[Sketch]
) -> None:
    other = toys.with_heads(toys.born(2, units=40), heads=2, groups=2, size=10)
    out = method.compare(cast.source, toys.sketch(other), seed=7)

    assert isinstance(out, Inapplicable)
    ours, theirs = ("24 units", "20") if "of=attention" in method.id else ("48 units", "40")
    assert ours in out.reason and theirs in out.reason


@each
def test_another_sketch_seed_is_refused(method: Method[Any], cast: Cast[Sketch]) -> None:
    other = replace(cast.stranger, method=replace(cast.stranger.method, seed=1))

    out = method.compare(cast.source, other, seed=7)
    assert isinstance(out, Inapplicable)
    assert "taken differently" in out.reason


@each_by_unit
def test_two_exports_sorted_by_norm_accuse_nobody(method: Method[Any]) -> None:
    """Both orders are then functions of the norms; neighbours are re-ordered only."""
    born = partial(toys.born, units=80)
    heads = partial(toys.with_heads, heads=2, groups=2, size=20)
    one, two = (toys.sorted_by_norm(heads(born(seed))) for seed in (1, 2))
    child = toys.sorted_by_norm(toys.tuned(heads(born(1)), 5, drift=0.02))
    stranger, relative = (
        finding(method, toys.sketch(one), toys.sketch(other)) for other in (two, child)
    )

    assert "16 neighbours" in stranger.null.because
    assert stranger.log_p > math.log(1e-3)
    assert relative.log_p < math.log(1e-3)

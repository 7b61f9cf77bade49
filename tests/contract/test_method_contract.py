"""What every method promises, run against every method we ship."""

import math
from dataclasses import replace

import pytest

import toys
from filiation.methods import Method, methods_for
from filiation.model.finding import Finding, Inapplicable
from filiation.model.sketch import FRAMES, Sketch

pytestmark = pytest.mark.parametrize("method", methods_for("weights"), ids=lambda m: m.id)

UNITS = ("unit-trace", "unit-order")  # what reads the order of units, layer by layer


def only(method: Method, *stems: str) -> None:
    """Leave a promise aside that only some methods make."""
    if not method.id.startswith(stems):
        pytest.skip(f"{method.id} makes no such promise")


@pytest.fixture
def parent(method: Method) -> Sketch:
    alike = method.id.startswith(("expert-order", "head-order"))
    return toys.sketch(fitting(method, toys.born(1)) if alike else toys.born(1))


@pytest.fixture
def child(method: Method) -> Sketch:
    return toys.sketch(fitting(method, toys.tuned(toys.born(1), 2)))


@pytest.fixture
def stranger(method: Method) -> Sketch:
    return toys.sketch(fitting(method, toys.born(3)))


def fitting(method: Method, toy: toys.Toy) -> toys.Toy:
    """A subject of the kind that the method asks about."""
    if method.id.startswith("expert-order"):
        return toys.with_experts(toy)
    if method.id.startswith("head-order"):
        return toys.with_heads(toy, heads=12, groups=6)
    return toys.narrowed(toy, 4) if method.id.startswith("unit-subsequence") else toy


def finding(method: Method, source: Sketch, subject: Sketch, seed: int = 7) -> Finding:
    found = method.compare(source, subject, seed=seed)
    assert isinstance(found, Finding), found
    return found


def test_same_seed_same_finding(method: Method, parent: Sketch, stranger: Sketch) -> None:
    assert method.compare(parent, stranger, seed=7) == method.compare(parent, stranger, seed=7)


def test_names_do_not_move_a_number(method: Method, parent: Sketch, stranger: Sketch) -> None:
    renamed = method.compare(replace(parent, name="x"), replace(stranger, name="y"), seed=7)

    assert renamed == method.compare(parent, stranger, seed=7)


def test_a_child_is_found_from_either_side(method: Method, parent: Sketch, child: Sketch) -> None:
    only(
        method, "unit-t", "unit-o", "unit-su", "unit-si", "axis-order", "expert", "head"
    )  # what is exact
    for source, subject in ((parent, child), (child, parent)):
        found = finding(method, source, subject)
        assert found.log_p < math.log(1e-6)
        assert [x.source_layer for x in found.layers] == [x.subject_layer for x in found.layers]


def test_a_stranger_is_not_found(method: Method, parent: Sketch, stranger: Sketch) -> None:
    assert finding(method, parent, stranger).log_p > math.log(1e-3)


def test_the_floor_is_reached_by_a_copy_and_never_passed(method: Method, parent: Sketch) -> None:
    found = finding(method, parent, toys.sketch(fitting(method, toys.born(1))))

    assert math.isclose(found.log_p, found.null.log_floor, rel_tol=1e-9)


def test_every_source_layer_is_counted_once(method: Method, parent: Sketch) -> None:
    only(method, *UNITS)
    found = finding(method, parent, toys.sketch(toys.born(9, layers=5)))

    assert [x.source_layer for x in found.layers] == [x.label for x in parent.layers]
    stored = any(f"frame={frame};" in method.id for frame in FRAMES)
    assert {x.candidates for x in found.layers} == {5 if stored else 4}  # four are deep


def test_another_width_of_layer_is_inapplicable_not_zero(method: Method, parent: Sketch) -> None:
    only(method, *UNITS)
    out = method.compare(parent, toys.sketch(toys.born(2, units=40)), seed=7)

    assert isinstance(out, Inapplicable)
    assert "48 units" in out.reason and "40" in out.reason


def test_the_assumption_is_stated(method: Method, parent: Sketch, stranger: Sketch) -> None:
    found = finding(method, parent, stranger)

    assert len(found.null.because) > 40
    assert len(found.combination) > 40


def test_another_sketch_seed_is_refused(method: Method, parent: Sketch, stranger: Sketch) -> None:
    other = replace(stranger, method=replace(stranger.method, seed=1))

    out = method.compare(parent, other, seed=7)
    assert isinstance(out, Inapplicable)
    assert "taken differently" in out.reason


def test_two_exports_sorted_by_norm_are_compared_within_strata(method: Method) -> None:
    """Both orders are then functions of the norms, and the plain null is broken."""
    only(method, *UNITS)
    one, two = (toys.sorted_by_norm(toys.born(seed, units=80)) for seed in (1, 2))
    child = toys.sorted_by_norm(toys.tuned(toys.born(1, units=80), 5, drift=0.02))
    stranger, relative = (
        finding(method, toys.sketch(one), toys.sketch(other)) for other in (two, child)
    )

    assert "list their units by norm" in stranger.null.because
    assert stranger.log_p > math.log(1e-3)
    assert relative.log_p < math.log(1e-3)
    plain = finding(method, toys.sketch(one), toys.sketch(toys.born(3, units=80)))
    assert "by norm" not in plain.null.because

"""Adapters that were begun apart, of one base and trained on the same data, keep no order.

Those that were begun with one seed agree, and are told as that.
"""

from itertools import combinations

import numpy as np
import pytest

from adapters import sketched, trained, turned
from filiation.examining.adapters.nearness import nearness
from filiation.methods.adapters.rank_order import RankOrder, comparable
from filiation.model.adapter import AdapterSketch
from filiation.model.finding import Finding, Inapplicable

METHOD = RankOrder()


def log_p(source: AdapterSketch, subject: AdapterSketch) -> float:
    found = METHOD.compare(source, subject, seed=0)
    assert isinstance(found, Finding)
    return found.log_p


@pytest.fixture(scope="module")
def begun_apart() -> list[AdapterSketch]:
    """Forty adapters that differ in nothing but their seeds."""
    return [sketched(trained(start=n, order=n)) for n in range(40)]


def test_size_among_adapters_of_one_base_and_data(begun_apart: list[AdapterSketch]) -> None:
    found = np.exp([log_p(a, b) for a, b in combinations(begun_apart, 2)])
    assert len(found) == 780
    for level, allowed in ((0.001, 0.004), (0.01, 0.02), (0.05, 0.07), (0.2, 0.24)):
        assert np.mean(found <= level) <= allowed, level


def test_size_where_every_component_is_like_every_other(begun_apart: list[AdapterSketch]) -> None:
    """Ties are broken at random: factors without any direction keep no place."""
    blank = {n: (w, np.ones_like(a)) for n, (w, a) in trained(start=0).items()}
    other = {n: (w, np.full_like(a, 2)) for n, (w, a) in blank.items()}
    assert log_p(sketched(blank), sketched(other)) > np.log(0.001)


def test_power_and_what_defeats_it() -> None:
    source = sketched(trained(start=1))
    onwards, seeds = (sketched(trained(start=1, **more)) for more in ({"steps": 60}, {"data": 5}))
    assert log_p(source, onwards) < np.log(1e-20)
    assert log_p(source, seeds) < np.log(1e-4)  # innocent: begun with one seed, on other data
    disguised = sketched(turned(trained(start=1)))
    assert log_p(source, disguised) > np.log(0.01)
    near = nearness(comparable(source, disguised))
    assert (near.modules, near.equal, near.same) == (5, 0, 5)
    apart = nearness(comparable(source, sketched(trained(start=2))))
    assert (apart.equal, apart.same) == (0, 0)


def test_what_is_listed_by_size_or_was_begun_out_of_the_base_is_not_tested() -> None:
    """Unrelated adapters in singular order would agree without any copy."""

    def singular(start: int) -> dict[str, tuple[str, np.ndarray]]:
        made = trained(start=start, rank=8)
        for number in range(5):
            a, b = (f"base_model.model.layers.{number}.proj.lora_{ab}.weight" for ab in "AB")
            u, s, v = np.linalg.svd(made[b][1].astype(float) @ made[a][1])
            made[a] = "F32", (s[:8, None] * v[:8]).astype("<f4")
            made[b] = "F32", np.ascontiguousarray(u[:, :8]).astype("<f4")
        return made

    found = METHOD.compare(sketched(singular(1)), sketched(singular(2)), seed=0)
    assert isinstance(found, Inapplicable) and "list them by size" in found.reason
    begun = [sketched(trained(start=n), init_lora_weights="pissa") for n in (1, 2)]
    found = METHOD.compare(begun[0], begun[1], seed=0)
    assert isinstance(found, Inapplicable) and "not random (pissa, pissa)" in found.reason
    other = {n.replace("layers", "blocks"): t for n, t in trained(start=2).items()}
    found = METHOD.compare(begun[0], sketched(other), seed=0)
    assert isinstance(found, Inapplicable) and "no module of one name" in found.reason

"""A method of another package: found, held to the contract, refused by name if it breaks in."""

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import orders
import toys
from contract.casts import cast_of
from filiation.errors import UsageError
from filiation.methods import METHODS, Method, all_methods, methods_for
from filiation.methods.contract import PROMISES, Cast, Promise, Trial
from filiation.model.finding import Finding, Inapplicable
from plugged import EXAMPLE, install, written

GROUP = "filiation.methods"
STEMS = ("norm-rank", "same-order")


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Method[Any]]:
    """What the example package adds, by its stem."""
    install(EXAMPLE, tmp_path, monkeypatch)
    return {m.id.partition("/")[0]: m for m in all_methods() if m not in METHODS}


@pytest.fixture
def norm_rank(added: dict[str, Method[Any]]) -> Method[Any]:
    return added["norm-rank"]


def cast_for(stem: str) -> Cast[Any]:
    if stem == "norm-rank":
        return replace(cast_of("unit-trace"), level=1e-3)
    return Cast(
        source=orders.order("source", 1),
        child=orders.order("child", 1, moved=60),
        stranger=orders.order("stranger", 2),
        controls=(orders.order("m3", 3), orders.order("m4", 4)),
        renamed=lambda order, name: replace(order, name=name),
        level=1e-6,
    )


def test_an_installed_package_adds_its_methods_behind_ours(
    added: dict[str, Method[Any]],
) -> None:
    assert tuple(added) == STEMS
    assert all_methods() == (*METHODS, *added.values())
    assert methods_for("weights")[-1] is added["norm-rank"]
    assert methods_for("reading-order") == (added["same-order"],)
    assert methods_for("answers")[-1] in METHODS


def test_they_are_gone_where_the_package_is_not_installed() -> None:
    assert all_methods() == METHODS


@pytest.mark.parametrize("stem", STEMS)
def test_it_claims_no_error_rate(added: dict[str, Method[Any]], stem: str) -> None:
    assert added[stem].words.error_rate == ""


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("stem", STEMS)
def test_it_keeps_the_promise(added: dict[str, Method[Any]], stem: str, promise: Promise) -> None:
    promise(Trial(added[stem], cast_for(stem)))


def test_strangers_meet_a_level_as_often_as_it_says(norm_rank: Method[Any]) -> None:
    """150 pairs of unrelated models: p at or below x in a share of x, a little more by chance."""
    sketches = [toys.sketch(toys.born(100 + n, layers=2, units=32)) for n in range(26)]
    log_ps = []
    for n, source in enumerate(sketches):
        for subject in sketches[n + 1 : n + 7]:
            found = norm_rank.compare(source, subject, seed=n)
            assert isinstance(found, Finding)
            log_ps.append(found.log_p)
    shares = {x: sum(log_p <= math.log(x) for log_p in log_ps) / len(log_ps) for x in (0.05, 0.2)}
    assert shares[0.05] <= 0.12 and 0.05 <= shares[0.2] <= 0.32


def test_units_listed_by_size_say_nothing(norm_rank: Method[Any]) -> None:
    one, two = (
        toys.sketch(toys.sorted_by_norm(toys.born(n, units=80, gate=False))) for n in (1, 2)
    )
    out = norm_rank.compare(one, two, seed=0)

    assert isinstance(out, Inapplicable)
    assert "by size" in out.reason


def test_shuffles_meet_a_level_no_more_often_than_it_says(
    added: dict[str, Method[Any]],
) -> None:
    """The bound is far on the safe side: of 300 pairs of shuffles none is below one in ten."""
    one = orders.order("one", 0)
    for seed in range(1, 301):
        found = added["same-order"].compare(one, orders.order("other", seed), seed=0)
        assert isinstance(found, Finding)
        assert found.log_p > math.log(0.1)


def test_lists_by_name_and_lists_apart_say_nothing(added: dict[str, Method[Any]]) -> None:
    one = orders.order("one", 1)
    by_name = replace(one, files=tuple(sorted(one.files)))
    apart = replace(one, files=tuple(f"other-{file}" for file in one.files))
    for a, b, said in ((by_name, by_name, "by name"), (one, apart, "0 files stand in both")):
        out = added["same-order"].compare(a, b, seed=0)
        assert isinstance(out, Inapplicable)
        assert said in out.reason
    assert isinstance(added["same-order"].compare(one, by_name, seed=0), Finding)


def test_another_width_is_inapplicable(norm_rank: Method[Any]) -> None:
    one, two = (toys.sketch(toys.born(1, units=units)) for units in (48, 40))

    assert isinstance(norm_rank.compare(one, two, seed=0), Inapplicable)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("GIVEN = 3", r"entry point given of filiation\.methods: bad:GIVEN has no id, reads"),
        ("class M:\n    id = 'm/1'\nGIVEN = M()", r"bad:GIVEN has no reads, words, compare"),
        ("from filiation.methods.weights.unit_sign import UnitSign as GIVEN", "is a class"),
        (
            "from filiation.methods import METHODS\nGIVEN = [METHODS[0]]",
            r"the method id unit-trace/2;frame=native;draws=9999 is taken",
        ),
        ("GIVEN = []\nraise ImportError('no torch')", r"given of filiation\.methods.*no torch"),
        ("", r"given of filiation\.methods: bad:GIVEN cannot be loaded"),
    ],
    ids=[
        "no method",
        "half a method",
        "a class",
        "an id that is taken",
        "an import that fails",
        "no name",
    ],
)
def test_what_is_no_method_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    monkeypatch.delitem(sys.modules, "bad", raising=False)
    install(written(tmp_path / "bad", "bad", code, GROUP), tmp_path / "site", monkeypatch)

    with pytest.raises(UsageError, match=said):
        all_methods()


def test_two_packages_with_one_id_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(EXAMPLE, tmp_path / "one", monkeypatch)
    code = "from filiation_example import METHODS as GIVEN"
    install(written(tmp_path / "twice", "twice", code, GROUP), tmp_path / "two", monkeypatch)

    with pytest.raises(UsageError, match=r"norm-rank/1;draws=9999 is taken"):
        all_methods()

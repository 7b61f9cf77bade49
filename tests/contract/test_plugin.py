"""A method of another package: found, held to the contract, refused by name if it breaks in."""

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import toys
from contract.casts import cast_of
from filiation.errors import UsageError
from filiation.methods import METHODS, Method, all_methods, methods_for
from filiation.methods.contract import PROMISES, Cast, Promise, Trial
from filiation.model.finding import Finding, Inapplicable
from plugged import EXAMPLE, install, written

GROUP = "filiation.methods"


@pytest.fixture
def norm_rank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Method[Any]:
    install(EXAMPLE, tmp_path, monkeypatch)
    (added,) = (method for method in all_methods() if method not in METHODS)
    return added


@pytest.fixture
def cast() -> Cast[Any]:
    return cast_of("unit-trace")


def test_an_installed_package_adds_its_method_behind_ours(norm_rank: Method[Any]) -> None:
    assert norm_rank.id == "norm-rank/1;draws=9999"
    assert all_methods() == (*METHODS, norm_rank)
    assert methods_for("weights")[-1] is norm_rank
    assert norm_rank not in methods_for("answers")


def test_it_is_gone_where_the_package_is_not_installed() -> None:
    assert all_methods() == METHODS


def test_it_claims_no_error_rate(norm_rank: Method[Any]) -> None:
    assert norm_rank.words.error_rate == ""


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_it_keeps_the_promise(norm_rank: Method[Any], cast: Cast[Any], promise: Promise) -> None:
    promise(Trial(norm_rank, replace(cast, level=1e-3)))


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
            r"the method id unit-trace/1;frame=native;draws=9999 is taken",
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
    code = "from filiation_norm_rank import METHODS as GIVEN"
    install(written(tmp_path / "twice", "twice", code, GROUP), tmp_path / "two", monkeypatch)

    with pytest.raises(UsageError, match=r"norm-rank/1;draws=9999 is taken"):
        all_methods()

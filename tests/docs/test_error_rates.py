"""Nobody claims an error rate that was not measured; a method without one says so and passes."""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from filiation.methods import METHODS
from filiation.methods.owner.canary import CanaryRank
from filiation.methods.owner.keyed import Keyed
from filiation.methods.owner.training_order import TrainingOrder
from filiation.methods.words import words_beside
from filiation.model.validation import RegimeFigures, Validation
from filiation.readers.populations.validation import read_validation

ROOT = Path(__file__).parents[2]
STUDY = "docs/validation/validation.md"
SENTENCE = "Its error rate was measured on .. (docs/PAGE.md)."
TOO_SMALL = "p was too often small"
TAUGHT = "student and teacher"  # what one says comes from the other
FEWEST = 100  # pairs of a regime, from which a share of small p means something

OWNERS: tuple[Any, ...] = (CanaryRank(), Keyed(), TrainingOrder())
KEYED = Keyed().id
SHIPPED: dict[str, Any] = {method.id: method for method in (*METHODS, *OWNERS)}
CLAIMS: dict[str, str] = {name: rate for name, m in SHIPPED.items() if (rate := m.words.error_rate)}


@pytest.fixture(scope="module")
def report() -> Validation:
    return read_validation(ROOT / "docs" / "validation" / "report.json")


def claim(measured: str, page: str) -> str:
    """The sentence that claims a rate."""
    return f"Its error rate was measured on {measured} ({page})."


def unfounded(method_id: str, claimed: str, report: Validation) -> str:
    """Why a claimed error rate was not measured as it says; empty if it was."""
    found = re.fullmatch(r"Its error rate was measured on .* \((docs/[a-z/-]+\.md)\)\.", claimed)
    if found is None:
        return f'{method_id} claims "{claimed}", expected "{SENTENCE}"'
    page = ROOT / found[1]
    if not page.is_file():
        return f"{method_id} cites {found[1]}, and there is no such page"
    figures = re.findall(r"\d[\d,]*", claimed.partition("(")[0].partition(TOO_SMALL)[0])
    if found[1] == STUDY:
        if method_id not in report.methods:
            return f"{method_id} cites the study, which did not examine it"
        pairs = f"{examined(report, method_id):,}"
        return "" if figures == [pairs] else f"{method_id} was examined on {pairs} pairs"
    printed = "\n".join(re.findall(r"^```console.*?^```$", page.read_text(), re.M | re.S))
    lacking = [x for x in (method_id, *figures) if not re.search(rf"\b{re.escape(x)}\b", printed)]
    return f"{found[1]} does not print {', '.join(lacking)}" if lacking or not figures else ""


def examined(report: Validation, method_id: str) -> int:
    """Pairs of the study to which the method could be put."""
    return sum(
        alarm.of
        for regime in report.regimes
        for alarm in regime.alarms
        if alarm.method == method_id and alarm.level == 0.01
    )


def too_small(regime: RegimeFigures, method_id: str) -> bool:
    """Whether independent pairs of a regime had small p more often than the criteria allow."""
    if not regime.innocent or regime.regime == TAUGHT:
        return False
    allowed = {0.01: 0.02, 0.05: 0.075}
    rates = any(
        a.of >= FEWEST and a.found > a.of * allowed.get(a.level, 1.0)
        for a in regime.alarms
        if a.method == method_id
    )
    far = any(n.pairs >= FEWEST and n.distance > 0.1 for n in regime.nulls if n.method == method_id)
    return rates or far


@pytest.mark.parametrize("method_id", CLAIMS)
def test_a_claimed_rate_was_measured(method_id: str, report: Validation) -> None:
    assert not unfounded(method_id, CLAIMS[method_id], report)


def test_what_the_study_measured_is_said(report: Validation) -> None:
    silent = [name for name in report.methods if name in SHIPPED and name not in CLAIMS]
    assert not silent, f"examined in the study, and [measured] does not say so: {silent}"


@pytest.mark.parametrize("method_id", CLAIMS)
def test_where_p_was_too_small_it_is_said(method_id: str, report: Validation) -> None:
    failed = any(too_small(regime, method_id) for regime in report.regimes)
    assert failed == (TOO_SMALL in CLAIMS[method_id])


SAME_DATA = "same architecture and data"


@pytest.mark.parametrize("method_id", [name for name, said in CLAIMS.items() if TOO_SMALL in said])
def test_how_often_strangers_of_the_same_data_had_small_p_is_said(
    method_id: str, report: Validation
) -> None:
    """A p against strangers stands beside what strangers with a common source of text reach."""
    (regime,) = (regime for regime in report.regimes if regime.regime == SAME_DATA)
    (rate,) = (a for a in regime.alarms if a.method == method_id and a.level == 0.01)
    said = f"same data, 1 % or less in {rate.found} of {rate.of} pairs"
    assert said in CLAIMS[method_id]


def test_nothing_stands_beside_a_method_that_it_does_not_say() -> None:
    """A rate of another version or parameter is left over from a method that changed."""
    assert {*_measured()} == {*CLAIMS}


def test_a_method_that_nobody_measured_claims_nothing_and_passes() -> None:
    """A new version, another parameter: nothing has to be measured before it can be used."""
    module = type(Keyed()).__module__
    assert Keyed().words.error_rate
    assert words_beside(module, "keyed/2;hit=contains").error_rate == ""
    assert Keyed(rule="starts").words.error_rate == ""
    assert {name for name in SHIPPED if name not in CLAIMS}  # and no test asks for more


@pytest.mark.parametrize(
    ("method_id", "claimed", "said"),
    [
        ("unit-trace/9;draws=1", claim("7,816 pairs", STUDY), "did not examine it"),
        ("head-order/2;frame=native", claim("9,999 pairs", STUDY), "on 1,600 pairs"),
        ("head-order/2;frame=native", claim("many pairs", STUDY), "on 1,600 pairs"),
        ("traps/1", claim("358 pairs", "docs/validation/outputs.md"), "does not print traps/1"),
        ("keyed/2;hit=starts", claim("400 keys", "docs/methods/keyed.md"), "does not print"),
        (KEYED, claim("500 keys", "docs/methods/keyed.md"), "print 500"),
        (KEYED, claim("keys", "docs/methods/keyed.md"), "does not print"),
        (KEYED, claim("400 keys", "docs/methods/none.md"), "no such page"),
        (KEYED, "never wrong", "expected"),
    ],
)
def test_a_false_claim_is_noticed(
    method_id: str, claimed: str, said: str, report: Validation
) -> None:
    assert said in unfounded(method_id, claimed, report)


def test_a_study_of_other_methods_bears_no_claim(report: Validation) -> None:
    other = replace(report, methods=("unit-trace/9",))
    claims = [name for name, claim in CLAIMS.items() if STUDY in claim]
    assert claims and {*claims} == {*report.methods} & {*SHIPPED}  # all that it did examine
    assert all(unfounded(name, CLAIMS[name], other) for name in claims)


def _measured() -> Iterator[str]:
    for module in {type(method).__module__ for method in SHIPPED.values()}:
        beside = Path(str(sys.modules[module].__file__)).with_suffix(".toml")
        yield from tomllib.loads(beside.read_text()).get("measured", {})

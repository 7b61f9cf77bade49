import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest

from filiation.errors import CaseError, FindingError
from filiation.model.examination import Combined, Conclusion, Examination
from filiation.model.relation import RelationKind
from filiation.report.render.json import conclusion_json, render_json
from report import cases, output_cases
from report.texts import whole

KINDS = pytest.mark.parametrize(
    "build", output_cases.examinations(), ids=lambda build: build.__name__
)


def parsed(found: Conclusion | Examination) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(render_json(whole(found)), parse_constant=refuse)


def answered(conclusion: Conclusion) -> Any:
    """The report's only conclusion."""
    (only,) = parsed(conclusion)["conclusions"]
    return only


@KINDS
def test_the_contract_holds(build: Callable[[], Examination]) -> None:
    """Issue 2, item 5: these names are a contract with every script."""
    found = build()
    report = parsed(found)
    assert report["schema_version"] == 3
    assert report["plan_digest"] == found.plan_digest
    for side in (report["subject"], report["source"], *report["controls"]):
        assert set(side) == {"name", "materials"}
        assert all({"name", "digest", "kind", "kept"} == set(m) for m in side["materials"])
    assert len(report["conclusions"]) == len(found.conclusions)
    for one, row in zip(found.conclusions, report["conclusions"], strict=True):
        _keeps_the_contract(one, row)


def _keeps_the_contract(one: Conclusion, row: Any) -> None:
    assert (row["question"], row["level"]) == (one.kind.id, one.plan.level)
    for side in (row["subject"], row["source"], *row["controls"]):
        assert {"name", "digest"} <= set(side)
    for finding in row["findings"]:
        assert {
            "method", "kind", "observed", "log10_p", "log10_p_floor", "because", "layers",
        } <= set(finding)  # fmt: skip
        assert finding["kind"] in ("exact", "permutation", "calibrated")
        for layer in finding["layers"]:
            assert {"layer", "subject_layer", "units", "observed", "log10_p"} <= set(layer)
            assert "assignment" not in layer
    for absent in row["absent"]:
        assert {"method", "kind", "reason"} <= set(absent)
        assert absent["kind"] in ("inapplicable", "unreadable", "underpowered")
    assert {"log10_p", "because"} <= set(row["combined"])
    assert row["relation"]["kind"] in get_args(RelationKind)
    assert set(row["relation"]) == {
        *("kind", "because", "disguises", "share_of_units", "layer_map", "mixture"),
        *("direction", "direction_because", "in_common"),
    }
    assert {"toward", "words", "because"} <= set(row["support"])
    assert row["support"]["toward"] in ("derivation", "independence", "neither")
    assert row["power"]["share"] is None or 0 < row["power"]["share"] <= 1
    assert len(row["findings"]) + len(row["absent"]) == len(one.findings) + len(one.absent)


@KINDS
def test_same_examination_same_bytes(build: Callable[[], Examination]) -> None:
    assert render_json(build()) == render_json(build())
    assert render_json(build()).endswith(b"}\n")


def test_natural_logs_become_log10() -> None:
    case = cases.remade(
        cases.derivation(), combined=Combined(log_p=-412 * math.log(10), because="")
    )
    assert answered(case)["combined"]["log10_p"] == -412.0


def test_numbers_carry_twelve_digits() -> None:
    """A sum in another order moves the last bits, and may not move a byte of the report."""
    case = cases.derivation()
    p = -123.456789012345678
    one, two = (
        cases.remade(case, combined=Combined(log_p=x, because="")) for x in (p, p * (1 + 3e-16))
    )
    assert one != two
    assert render_json(whole(one)) == render_json(whole(two))


def test_certainty_is_plain_zero() -> None:
    case = cases.remade(cases.derivation(), combined=Combined(log_p=-0.0, because=""))
    assert b'"log10_p":0}' in render_json(whole(case))


def test_what_is_not_a_number_is_null() -> None:
    case = cases.derivation()
    layer = replace(case.findings[0].layers[0], z=math.nan, observed=math.inf)
    found = replace(case.findings[0], layers=(layer,))
    row = answered(cases.remade(case, findings=(found,)))["findings"][0]["layers"][0]
    assert row["z"] is None and row["observed"] is None


def test_a_p_of_zero_is_refused() -> None:
    layer = cases.derivation().findings[0].layers[0]
    with pytest.raises(FindingError, match="expected finite"):
        replace(layer, log_p=-math.inf)


def test_whole_numbers_json_cannot_carry_are_refused() -> None:
    case = cases.derivation()
    layer = replace(case.findings[0].layers[0], units=2**53 + 1)
    found = cases.remade(case, findings=(replace(case.findings[0], layers=(layer,)),))
    with pytest.raises(CaseError, match="2\\^53"):
        render_json(whole(found))


def test_hostile_names_survive_unharmed() -> None:
    case = cases.hostile()
    assert parsed(case)["subject"]["name"] == case.subject.name


def test_words_are_those_of_the_page() -> None:
    from filiation.report.wording import support_because, support_words

    case = cases.independence()
    support = conclusion_json(case)["support"]
    assert support == {
        "toward": "independence",
        "reason": "powered-and-clean",
        "of": [],
        "words": support_words(case),
        "because": support_because(case),
    }

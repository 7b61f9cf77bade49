"""Records are flat, and need no library to be a table."""

import json
import math
from typing import Any

import pytest

import filiation as fl


def flat(rows: list[dict[str, Any]]) -> None:
    assert rows
    assert len({tuple(row) for row in rows}) == 1
    for row in rows:
        assert all(v is None or isinstance(v, str | int | float | bool) for v in row.values())
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows


def test_findings(found: fl.Examination) -> None:
    rows = found.records()
    flat(rows)
    concluded = found["weights"]

    assert [row["method"] for row in rows] == [one.method for one in concluded.findings]
    assert [row["log10_p"] for row in rows] == [one.log10_p for one in concluded.findings]
    assert {row["subject"] for row in rows} == {"fine-tuned"}
    told = {one["method"]: one for one in found.to_dict()["conclusions"][0]["findings"]}
    assert all(row["log10_p"] == told[row["method"]]["log10_p"] for row in rows)


def test_a_p_that_no_float_holds_has_no_float(found: fl.Examination) -> None:
    concluded = found["weights"]
    strongest = min(concluded.findings, key=lambda one: one.log10_p)

    assert strongest.log10_p < math.log10(5e-324)
    assert concluded.log10_p == found.to_dict()["conclusions"][0]["combined"]["log10_p"]
    assert not hasattr(strongest, "p") and not hasattr(concluded, "p")


def test_a_conclusion(found: fl.Examination) -> None:
    concluded = found["weights"]

    assert (concluded.question, concluded.toward) == ("weights", "derivation")
    assert concluded.level == 1e-6
    assert (concluded.relation, concluded.direction) == ("fine-tuned", "not-determined")
    assert concluded.share is not None and concluded.share[0] <= concluded.share[1] == 1.0
    flat(concluded.absent)
    flat(concluded.controls)
    assert concluded.limits and concluded.power["share"] <= 0.5
    assert set(concluded.propositions) == {"derivation", "independence"}
    assert len(concluded.findings) + len(concluded.absent) == len(found.plan.methods)


def test_a_finding(found: fl.Examination) -> None:
    finding = next(f for f in found["weights"].findings if f.method.startswith("unit-order"))
    flat(finding.records())

    assert finding.counts and finding.null == "exact"
    assert finding.log10_p_floor <= finding.log10_p <= 0.0
    assert finding.words.startswith(finding.title) and finding.because and finding.unit
    assert finding.to_dict()["observed"] == pytest.approx(finding.observed)


def test_pairs_of_a_population(at_root: None) -> None:
    known = fl.population("docs/validation/population.json")
    rows = known.records()
    flat(rows)

    assert len(rows) == len(known.record.pairs)
    assert {row["source"] for row in rows} <= set(known.models)
    assert set(known.methods) <= set(rows[0])
    assert repr(known).startswith("<Population '") and known.date[:2] == "20"
    with pytest.raises(fl.errors.UsageError, match="no such file"):
        fl.population("docs/validation/no.json")

"""The report for programs, schema 3: every field there is, as a list that is changed on purpose."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from filiation.casefile.codec import examination_bytes, examination_from_bytes
from filiation.errors import CaseError
from filiation.examining.plan import plan_bytes
from filiation.model.declared import Signed
from filiation.model.examination import Examination, Part
from filiation.model.plan import Dated
from filiation.model.relation import Ingredient, MappedLayer, Relation, Share
from filiation.model.study import MeasuredPower, Planted
from filiation.report.render.json import render_json, report_json
from report import cases, declaring, output_cases, ratio_cases

MODEL = "digest kept kind name"
TOP = """
conclusions controls[].materials[] controls[].name
declared.compared[].name declared.compared[].other[] declared.compared[].reason
declared.compared[].says[].field declared.compared[].says[].file declared.compared[].says[].says
declared.compared[].side declared.compared[].signature declared.compared[].standing
declared.compared[].words declared.models[].claims[].about declared.models[].claims[].field
declared.models[].claims[].file declared.models[].claims[].says declared.models[].name
declared.models[].notes[] declared.models[].read[] declared.models[].side
declared.models[].signed[].by declared.models[].signed[].file declared.models[].signed[].missing[]
declared.models[].signed[].other[] declared.models[].signed[].same[]
declared.models[].signed[].unread declared.models[].signed[].unsigned[]
environment[] families[].family families[].name
notes[] plan.population plan.population.date plan.population.digest plan.population.name
plan.population.origin plan.questions[].assumption_floor plan.questions[].clean_level
plan.questions[].alternatives[] plan.questions[].combination plan.questions[].components[]
plan.questions[].disguised_cosine plan.questions[].level plan.questions[].methods[]
plan.questions[].power_cosine plan.questions[].power_share plan.questions[].question
plan.questions[].source_dated plan.questions[].source_dated.by
plan.questions[].source_dated.digest plan.questions[].source_dated.event
plan.questions[].source_dated.subject_available plan.questions[].source_dated.time
plan.questions[].taken plan.seed plan_digest scale.bands[].from scale.bands[].words scale.edition
schema_version source.materials[] source.name subject.materials[] subject.name tool
""".split()  # noqa: SIM905
EACH = """
absent[].kind absent[].method absent[].reason absent[].words combined.because combined.log10_p
controls[].log10_p controls[].standing controls[].subject_log10_p findings[].because
findings[].combination findings[].component findings[].counts
findings[].instances[].item findings[].instances[].key findings[].instances[].of
findings[].instances[].prompt findings[].instances[].rarity findings[].instances[].source
findings[].instances[].subject findings[].instances[].weight findings[].items findings[].kind
findings[].layers[].candidates findings[].layers[].dropped findings[].layers[].layer
findings[].layers[].log10_p findings[].layers[].observed findings[].layers[].roles
findings[].layers[].subject_layer findings[].layers[].units findings[].layers[].z
findings[].lineup[].name findings[].lineup[].observed findings[].lineup[].reason
findings[].lineup[].who findings[].lineup[].z findings[].log10_lr findings[].log10_lr.bounded
findings[].log10_lr.high findings[].log10_lr.low findings[].log10_lr.population
findings[].log10_lr.value findings[].log10_lr.verbal findings[].log10_lr.words
findings[].log10_lr_absent findings[].log10_p findings[].log10_p_floor findings[].method
findings[].observed findings[].rank findings[].rank.of findings[].rank.place findings[].skipped[]
findings[].title findings[].unit findings[].words headline level limits[] lineup
methods_available notes[]
components[].component components[].found components[].log10_p components[].words
not_excluded[] parts[].alternative parts[].because parts[].component parts[].cosine parts[].log10_p
parts[].reach parts[].share parts[].words power.because
power.cosine power.measured[].cosine power.measured[].found power.measured[].share
power.measured[].trials power.measured_absent power.share power.words propositions.derivation
propositions.independence question relation.because relation.direction relation.direction_because
relation.disguises[] relation.in_common relation.kind relation.layer_map[].source
relation.layer_map[].subject
relation.mixture[].high relation.mixture[].low relation.mixture[].name relation.mixture[].weight
relation.share_of_units relation.share_of_units.estimate relation.share_of_units.high
relation.share_of_units.low strengths[].cllr strengths[].families strengths[].high
strengths[].high_by strengths[].independent strengths[].low strengths[].low_by strengths[].method
strengths[].misleading_related strengths[].misleading_unrelated strengths[].reason
strengths[].related_pairs strengths[].related_regimes strengths[].unrelated_pairs
strengths[].unrelated_regimes strengths[].words support.because support.reason support.toward
support.words
""".split()  # noqa: SIM905
SURROGATES = ("hostile", "hostile_answers")  # hold what is no Unicode, which no file can hold
REGIMES = ("related_regimes", "unrelated_regimes")  # their keys are names that a population gives


def paths(value: Any, at: str = "") -> Iterator[str]:
    """The path of every value that is no object and no list, and of those that may be null."""
    if isinstance(value, dict) and not at.endswith(REGIMES):
        for key, part in value.items():
            yield from paths(part, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for part in value:
            yield from paths(part, f"{at}[]")
    else:
        yield at


def full() -> Examination:
    """An examination in which every field is used somewhere."""
    weights = cases.remade(
        ratio_cases.derivation(),
        relation=Relation(
            kind="merged",
            because="x",
            disguises=("permuted",),
            share_of_units=Share(low=0.1, estimate=0.2, high=0.3),
            layer_map=(MappedLayer(subject="0", source=None),),
            mixture=(Ingredient(name="p", weight=0.5, low=0.4, high=0.6),),
        ),
        parts=(
            Part(
                component="head",
                alternative="in-place",
                share=0.1,
                cosine=0.5,
                log_p=-1.0,
                because="",
            ),
            Part(
                component="mlp",
                alternative="units-added",
                share=None,
                cosine=0.8,
                log_p=None,
                because="",
            ),
        ),
    )
    measured = MeasuredPower(cells=(Planted(share=0.1, cosine=0.5, found=19, trials=20),))
    power = replace(weights.power, measured=measured)
    dated = Dated(
        digest=weights.source.digest, time="2026-01-05T00:00:00+00:00", by="stamp", event=2,
        subject_available=date(2026, 2, 1),
    )  # fmt: skip
    plan = replace(
        weights.plan, components=("head", "mlp"), alternatives=("in-place",), source_dated=dated
    )
    answers = output_cases.strange()
    found = cases.examination(
        replace(weights, power=power, plan=plan), replace(answers, population=weights.population)
    )
    signed = Signed(file="s", same=("a",), other=("b",), missing=("c",), unsigned=("d",))
    said = declaring.files(declaring.licence("mit"), signed=(signed,), notes=("n",))
    theirs = declaring.files(declaring.licence("x"))
    return replace(
        found,
        subject=replace(found.subject, declared=said),
        source=replace(found.source, declared=theirs),
    )


def test_the_fields_are_these_and_no_others() -> None:
    seen: set[str] = set()
    each: set[str] = set()
    without = cases.examination(cases.absent_only(), notes=("weights were not compared",))
    for found in (full(), without, cases.examination(ratio_cases.unpopulated())):
        report = json.loads(render_json(found))
        each |= {path for one in report.pop("conclusions") for path in paths(one)}
        seen |= {"conclusions", *paths(report)}
    sides = [f"{side}.{key}" for side in ("subject", "source") for key in MODEL.split()]
    controls = [f"controls[].{key}" for key in MODEL.split()]
    assert sorted(each) == sorted({*EACH, *sides, *controls})
    top = {p for p in TOP if not p.endswith(".materials[]")}
    top |= {f"{p}.{k}" for p in TOP if p.endswith(".materials[]") for k in MODEL.split()}
    assert sorted(seen) == sorted(top)


def test_the_order_of_its_parts_is_that_of_the_contract() -> None:
    report = report_json(full())
    assert list(report) == [
        "schema_version", "tool", "environment", "subject", "source", "controls", "plan_digest",
        "plan", "conclusions", "scale", "families", "notes", "declared",
    ]  # fmt: skip
    conclusions = report["conclusions"]
    assert isinstance(conclusions, list)
    for one in conclusions:
        assert list(one) == [
            "question", "headline", "propositions", "level", "methods_available", "subject",
            "source", "controls",
            "strengths", "findings", "absent", "combined", "relation", "power", "parts",
            "components", "not_excluded", "support", "lineup", "limits", "notes",
        ]  # fmt: skip


@pytest.mark.parametrize("schema", [1, 2, 4])
def test_an_examination_of_another_schema_is_refused_by_name(schema: int) -> None:
    fields = json.loads(examination_bytes(full()))
    assert fields["schema_version"] == 3
    raw = json.dumps(fields | {"schema_version": schema}).encode()
    with pytest.raises(CaseError, match=f"old: schema_version {schema}, expected 3; it was"):
        examination_from_bytes(raw, "old")
    with pytest.raises(CaseError, match=f"schema_version {schema}, expected 3"):
        examination_from_bytes(json.dumps({"schema_version": schema, "subject": {}}).encode(), "x")


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"schema_version": "3"}', b'{"findings": []}'])
def test_what_is_no_examination_is_refused(raw: bytes) -> None:
    with pytest.raises(CaseError, match="not an examination that this version can have written"):
        examination_from_bytes(raw, "x")


def test_an_examination_that_breaks_a_law_is_not_read() -> None:
    fields = json.loads(examination_bytes(full()))
    fields["conclusions"][0]["support"]["toward"] = "neither"
    with pytest.raises(CaseError, match="the level alone decides"):
        examination_from_bytes(json.dumps(fields).encode(), "x")
    fields = json.loads(examination_bytes(full())) | {"score": 1}
    with pytest.raises(CaseError, match="x: score: found, expected no such name"):
        examination_from_bytes(json.dumps(fields).encode(), "x")


@pytest.mark.parametrize(
    "build",
    [b for b in output_cases.examinations() if b.__name__ not in SURROGATES],
    ids=lambda build: build.__name__,
)
def test_an_examination_survives_its_file(build: Callable[[], Examination]) -> None:
    found = build()
    raw = examination_bytes(found)
    again = examination_from_bytes(raw, "x")
    assert examination_bytes(again) == raw
    assert plan_bytes(again.plan) == plan_bytes(found.plan)
    assert again == found

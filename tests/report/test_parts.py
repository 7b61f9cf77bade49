"""The answer about weights is a table, and no cell of it speaks for another."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from filiation.errors import CaseError
from filiation.model.examination import Conclusion, Support
from filiation.model.kinds import WEIGHTS
from filiation.model.relation import Relation
from filiation.report import wording
from filiation.report.drawings import svg
from filiation.report.drawings.parts_grid import draw_parts
from filiation.report.render.html import render_html
from filiation.report.render.json import render_json
from filiation.report.wording.not_excluded import damage_sentences
from filiation.report.wording.part_names import ALTERNATIVES, COMPONENTS
from report import cases, cells, part_cases
from report.texts import on_terminal, whole

EACH = pytest.mark.parametrize("build", part_cases.ALL, ids=lambda build: build.__name__)
LONGEST = 30  # words of a sentence


def said(conclusion: Conclusion) -> Iterator[str]:
    """What this version says of parts, forms and support."""
    yield wording.headline(conclusion)
    yield from wording.brief_sentences(conclusion)
    yield wording.support_because(conclusion)
    yield wording.power_sentence(conclusion)
    yield wording.grid_sentence(conclusion)
    yield from (
        wording.table_note(),
        wording.grid_note(conclusion),
        wording.relation_sentence(conclusion),
    )
    yield from conclusion.kind.limits


def short_of(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if len(sentence.split()) > LONGEST and "computed:" not in sentence:
            yield sentence


@pytest.mark.parametrize(
    "build",
    [*part_cases.ALL, *(b for b in cases.KINDS if b.__name__ not in ("hostile", "namesakes"))],
    ids=lambda build: build.__name__,
)
def test_no_sentence_is_long(build: Callable[[], Conclusion]) -> None:
    assert [long for text in said(build()) for long in short_of(text)] == []


def test_the_headline_of_independence_says_what_it_does_not_exclude() -> None:
    told = wording.headline(part_cases.excluded())

    assert told.startswith("As far as this examination can see")
    assert "A copy as stored is not excluded if it holds under 8%" in told
    assert "A disguised copy is not excluded if it holds under 17%" in told
    assert "(cosine 0.5)" in told and "(cosine 0.8)" in told


def test_without_a_table_no_disguised_copy_is_excluded() -> None:
    assert "No disguised copy is excluded" in " ".join(damage_sentences(cases.underpowered()))


def test_what_a_plan_left_out_is_named_in_the_headline() -> None:
    base = part_cases.excluded()
    left = tuple(form for form in cells.ALTERNATIVES if form != "layers-changed")
    parts = tuple(
        part
        for part in base.parts
        if part.component != "head" and part.alternative != "layers-changed"
    )
    plan = replace(base.plan, components=cells.COMPONENTS[:3], alternatives=left)
    findings = tuple(f for f in base.findings if f.component != "head")
    told = wording.headline(cases.remade(base, plan=plan, parts=parts, findings=findings))

    assert "Not looked at, or not there: output head." in told
    assert "Not asked about: layers added, dropped or moved." in told


def test_cells_that_are_open_stand_in_the_headline() -> None:
    told = wording.headline(part_cases.three_left())

    assert "That they are independent is not shown." in told
    assert "order, rotation and signs changed together (attention, MLP layers)" in told
    assert "units added (MLP layers below 40%)" in told
    assert "support" not in told


@EACH
def test_every_open_form_is_named_or_counted(build: Callable[[], Conclusion]) -> None:
    case = build()
    if case.support.reason != "not-excluded":
        return
    told = " ".join(wording.not_excluded_sentences(case))
    for part in case.parts:
        if wording.reach(part, case) != "covered":
            copy = wording.done(part.alternative).copy
            assert copy in told or "any of the planned forms" in told or "more form" in told


def test_a_share_found_in_place_is_never_lent_to_a_disguised_copy() -> None:
    """What the first word of issue 12 is about: no share without its form beside it."""
    for build in (*part_cases.ALL, cases.independence, cases.underpowered):
        for text in said(build()):
            for sentence in re.split(r"(?<=[.!?])\s+", text):
                if "would have been found" in sentence:
                    assert "undisguised" in sentence, sentence


def test_an_embedding_that_is_shared_over_layers_that_are_not() -> None:
    case = part_cases.embedding_only()
    told = wording.headline(case)

    assert "share the embedding table; nothing else was found to be shared" in told
    assert "support neither proposition about the rest" in told
    assert "often published by itself" in wording.support_because(case)
    rows = {row["component"]: row for row in answered(case)["components"]}
    assert rows["embedding"]["found"] == "shared"
    assert {rows[name]["found"] for name in ("attention", "mlp", "head")} == {"nothing"}


def test_what_is_found_without_a_part_leaves_no_part_empty() -> None:
    """Permuted units were found by their signs alone, and the layers were called empty."""
    base = part_cases.embedding_only()
    signs = replace(base.findings[2], component="", log_p=-200.0)
    others = tuple(f for f in base.findings if f.component not in ("embedding", "mlp"))
    case = cases.remade(base, findings=(signs, *others), relation=cases.derivation().relation)
    states = {one.component: one.state for one in wording.components_found(case)}

    assert set(states.values()) == {"untold"}
    assert "Nothing found" not in wording.headline(case)
    valued = replace(part_cases.embedding_only(), relation=Relation(kind="re-exported", because=""))
    assert "only" not in wording.headline(valued)
    assert "Nothing found" not in wording.headline(valued)


def test_a_part_is_shared_only_at_the_level_over_all_that_were_compared() -> None:
    """Four parts were compared: each of them has a quarter of the level."""
    of = {**part_cases.SILENT, "embedding": -200.0, "mlp": -14.5}
    case = part_cases.told_apart(cases.derivation(), cells.parts(), of)
    states = {one.component: one.state for one in wording.components_found(case)}

    assert case.plan.level == 1e-6
    assert states["embedding"] == "shared"
    assert states["mlp"] == "uncommon"


def test_an_equal_table_is_never_called_nothing() -> None:
    case = part_cases.equal_table()
    (states,) = [{o.component: o.state for o in wording.components_found(case)}]

    assert states["embedding"] == "alike"
    assert "Yet this was seen: the two share an embedding table" in wording.headline(case)


def test_an_equal_head_is_not_called_an_embedding_table() -> None:
    base = part_cases.equal_table()
    case = replace(base, relation=replace(base.relation, tables=("head",)))
    states = {o.component: o.state for o in wording.components_found(case)}

    assert states.get("head", "alike") == "alike" and states["embedding"] != "alike"
    assert "Yet this was seen: the two share an output head" in wording.headline(case)


def test_an_order_that_could_have_been_chosen_is_no_support() -> None:
    case = part_cases.order_chosen()
    told = wording.headline(case)

    assert "could have been chosen" in told and "neither proposition" in told
    assert "digest of \u201cparent\u201d, dated before \u201cchild\u201d was available" in told
    assert "This meets the level" in wording.support_because(case)
    assert not any(one.state == "shared" for one in wording.components_found(case))
    with pytest.raises(CaseError, match="the level alone decides"):
        replace(case, support=Support(toward="neither", reason="underpowered"))


@EACH
def test_the_picture_has_a_box_for_every_cell(build: Callable[[], Conclusion]) -> None:
    case = build()
    told = {one.component for one in wording.components_found(case) if wording.is_told(one)}
    sought = [part for part in case.parts if part.component not in told]
    for narrow in (False, True):
        drawing = draw_parts(case, narrow=narrow)
        ElementTree.fromstring(drawing)
        shown = [wording.seen_words(part, case).removeprefix("only ") for part in sought]
        for words in set(shown):
            assert drawing.count(f"{words}</text>") >= shown.count(words)


@EACH
def test_every_form_of_report_has_the_table(build: Callable[[], Conclusion]) -> None:
    case = build()
    page = render_html(whole(case)).decode()
    terminal = on_terminal(case)

    assert "Part by part" in page and "Part by part" in terminal
    for group in wording.part_groups(case):
        assert group.name in page
        assert all(f"<td>{row[0]}</td>" in page for row in group.rows)
    rows = answered(case)["parts"]
    assert len(rows) == len(case.parts)
    assert all(row["cosine"] in (0.5, 0.8) for row in rows)


def answered(conclusion: Conclusion) -> dict[str, list[dict[str, object]]]:
    (one,) = json.loads(render_json(whole(conclusion)))["conclusions"]
    assert one["question"] == WEIGHTS
    return dict(one)


def test_power_names_the_hardest_cell_and_is_silent_on_a_derivation() -> None:
    told = wording.power_sentence(part_cases.excluded())

    assert "the hardest is: MLP layers, units added." in told
    assert "At a cosine of 0.8 a copy would have been seen from 17% on." in told
    assert "table of parts" in told and "disguised" not in told
    assert "no share of a copy was sure" in wording.power_sentence(part_cases.three_left())
    assert wording.power_sentence(part_cases.copy()) == ""
    assert "<h3>Power" not in render_html(whole(part_cases.copy())).decode()


def test_under_suspicion_no_caption_says_that_a_copy_would_have_been_seen() -> None:
    base = part_cases.three_left()
    warned = Support(toward="neither", reason="disguise-suspected", of=("mlp",))
    case = replace(base, support=warned)
    for text in (
        wording.power_sentence(part_cases.excluded()),
        wording.grid_sentence(base),
        wording.grid_note(base),
        draw_parts(base),
    ):
        assert "would have been seen" in text
    for text in (wording.grid_sentence(case), wording.grid_note(case), draw_parts(case)):
        assert "would have been seen" not in text and "the warning set aside" in text


def test_captions_give_both_cosines_and_open_cells_their_own() -> None:
    case = part_cases.three_left()
    for text in (wording.grid_sentence(case), wording.grid_note(case)):
        assert "cosine of 0.5, disguised ones at 0.8" in text
        assert "a disguised cell may be easier" in text
    rows = [row for group in wording.part_groups(case) for row in group.rows]
    assert {row[2] for row in rows if row[1] == "not excluded"} == {"0.8"}


def test_parts_not_told_apart_have_their_rows_in_the_table() -> None:
    case = replace(part_cases.embedding_only(), relation=Relation(kind="re-exported", because=""))
    signs = replace(case.findings[2], component="", log_p=-200.0)
    case = replace(case, findings=(signs, *case.findings[:2], *case.findings[3:]))
    states = {one.component: one.state for one in wording.components_found(case)}
    rows = {group.name: len(group.rows) for group in wording.part_groups(case)}

    assert states["attention"] == states["head"] == "untold"
    assert rows["Attention"] == len(cells.LAYERS) and rows["Output head"] == len(cells.TABLE)


def test_one_part_alone_and_all_of_a_part_are_said_plainly() -> None:
    left = {("attention", "alone"): None, ("mlp", "alone"): 1.0, ("head", "in-place"): 0.4}
    case = replace(part_cases.three_left(), parts=cells.parts(left))
    told = " ".join(wording.not_excluded_sentences(case))

    assert "a copy of one part alone (any of attention, MLP layers)." in told
    assert "a copy as stored (output head below 40%)." in told


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("share", [0.27, 0.4, 0.5, 0.7, 0.95])
def test_no_white_box_hides_the_edge_of_a_cell(share: float, narrow: bool) -> None:
    case = replace(part_cases.three_left(), parts=cells.parts({("mlp", "units-added"): share}))
    root = ElementTree.fromstring(draw_parts(case, narrow=narrow))
    boxes = [
        (float(r.get("x", 0)), float(r.get("y", 0)), float(r.get("width", 0)), r.get("fill"))
        for r in root.iter()
        if r.tag.endswith("rect")
    ]
    white = [(x, y, x + wide) for x, y, wide, fill in boxes if fill == "#ffffff"]
    edges = [(x, y) for x, y, _, fill in boxes if fill == svg.TINT]

    assert edges and bool(white) == (share >= 0.5)  # what is filled needs no box
    for edge, y in edges:
        row = [(low, high) for low, at, high in white if 0 <= at - y < 10]
        assert not any(low < edge < high for low, high in row)


def test_names_unheard_of_are_printed_as_they_are() -> None:
    assert wording.called("vision-tower").name == "vision tower"
    assert wording.done("in-mirror-writing").label == "in mirror writing"
    assert wording.done("in-mirror-writing").disguised


def test_every_default_form_and_part_has_words() -> None:
    from filiation.model.sketch import COMPONENTS as READ

    assert set(READ) <= set(COMPONENTS)
    assert set(cells.COMPONENTS) <= set(COMPONENTS)
    assert {form for forms in cells.FORMS.values() for form in forms} == set(ALTERNATIVES)


def test_findings_of_one_method_on_two_parts_are_told_apart() -> None:
    case = part_cases.embedding_only()
    page = render_html(whole(case)).decode()

    for finding in case.findings:
        name = wording.titled(case, finding)
        assert name.endswith(f"({wording.called(finding.component).name})")
        assert f"<td>{name}</td>" in page


def test_a_part_that_a_warning_alone_looked_at_is_not_called_uncompared() -> None:
    base = part_cases.excluded()
    parts = tuple(replace(p, log_p=None) if p.component == "head" else p for p in base.parts)
    findings = tuple(f for f in base.findings if f.component != "head")
    case = cases.remade(base, parts=parts, findings=findings)
    states = {one.component: one.state for one in wording.components_found(case)}

    assert states["head"] == "silent"
    assert "No sign, by a warning that gives no p: output head." in wording.brief_sentences(case)
    assert "output head" not in wording.headline(case)

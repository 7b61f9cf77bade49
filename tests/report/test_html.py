import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import filiation.report
from filiation.model.examination import Conclusion, Examination
from filiation.model.finding import Finding
from filiation.model.null import Permutation
from filiation.report.render.html import render_html
from filiation.report.wording import (
    clean,
    forbidden,
    headline,
    kind_title,
    layers_sentence,
    power_sentence,
)
from report import cases, output_cases
from report.texts import Page, whole

KINDS = pytest.mark.parametrize(
    "build", output_cases.examinations(), ids=lambda build: build.__name__
)
TEMPLATE = Path(filiation.report.__file__).parent / "templates" / "report.html.j2"


def drawings(page: bytes) -> list[str]:
    return re.findall(r"<svg.*?</svg>", page.decode(), re.DOTALL)


@KINDS
def test_same_examination_same_bytes(build: Callable[[], Examination]) -> None:
    assert render_html(build()) == render_html(build())


@KINDS
def test_nothing_is_fetched_and_nothing_is_executed(build: Callable[[], Examination]) -> None:
    page = Page(render_html(build()))
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "img", "object", "embed", "base", "form")
        assert not {"src", "srcset", "action", "data", "xlink:href"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")


@pytest.mark.parametrize(
    "build", [k for k in output_cases.examinations() if k.__name__ != "hostile"]
)
def test_no_address_but_the_namespace(build: Callable[[], Examination]) -> None:
    text = render_html(build()).decode()
    rest = text.replace('xmlns="http://www.w3.org/2000/svg"', "").replace("http-equiv", "")
    assert "http" not in rest
    assert "url(" not in rest and "@import" not in rest and "//" not in rest


def test_hostile_names_are_text() -> None:
    text = render_html(whole(cases.hostile())).decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert "n" * 300 in text  # the whole name stands once, in the list of exhibits


def test_a_hostile_plan_digest_cannot_leave_the_style_sheet() -> None:
    found = replace(whole(cases.derivation()), plan_digest='"; } </style><b>" abc')
    text = render_html(found).decode()
    assert text.count("</style>") == 1
    assert "<b>" not in text


@KINDS
def test_order_of_the_report(build: Callable[[], Examination]) -> None:
    found = build()
    texts = [" ".join(t.split()) for t in Page(render_html(found)).texts]
    last = 2 + len(found.conclusions)
    wanted = [
        "1. What was examined",
        *(
            words
            for number, one in enumerate(found.conclusions, 2)
            for words in (
                f"{number}. {kind_title(one.kind)}",
                "The two propositions",
                "Conclusion",
                *(("Power",) if power_sentence(one) else ()),
                "What this cannot show",
                "Findings",
                "Planned methods",
                "Line-up",
            )
        ),
        f"{last}. Method and plan",
        f"{last + 1}. How to",
    ]
    places = [0]
    for words in wanted:
        after = enumerate(texts[places[-1] + 1 :], places[-1] + 1)
        places.append(next(i for i, t in after if t.startswith(words)))
    assert all(texts.index(headline(one)) < places[1] for one in found.conclusions)
    for one in found.conclusions:
        for model in (one.subject, one.source, *(c.model for c in one.controls)):
            assert any(clean(model.digest) in t for t in texts)
        for finding in one.findings:
            assert any(finding.method in t for t in texts)
            assert any(clean(finding.null.because)[1:] in t for t in texts)


def test_the_template_itself_claims_nothing() -> None:
    source = TEMPLATE.read_text(encoding="utf-8")
    body = re.sub(r"<style>.*?</style>", "", source, flags=re.DOTALL)
    words = re.sub(r"\{[%{].*?[%}]\}", " x ", body)
    words = re.sub(r"<[^>]+>", ". ", words)
    assert forbidden(words) == []


@KINDS
def test_drawings_are_well_formed_and_titled(build: Callable[[], Examination]) -> None:
    for drawing in drawings(render_html(build())):
        root = ElementTree.fromstring(drawing)
        assert root.attrib["role"] == "img"
        assert root[0].tag.endswith("title") and root[0].text
        assert "id" not in root.attrib


@KINDS
def test_every_picture_but_the_square_has_a_narrow_one_and_none_stands_twice(
    build: Callable[[], Examination],
) -> None:
    found = build()
    sheets: dict[str, list[str]] = {"720": [], "360": [], "302": []}
    for drawing in drawings(render_html(found)):
        root = ElementTree.fromstring(drawing)
        sheets[root.attrib["width"]].append(root[0].text or "")
    assert sheets["720"] == sheets["360"]
    assert len(sheets["720"]) == sum(_drawn(one) for one in found.conclusions)


def _drawn(one: Conclusion) -> int:
    """Parts; subject and controls together; of each method line-up and layers of its strongest.

    What is of another part of the models is of another method here.
    """
    together = any(c.log_p is not None or c.subject_log_p is not None for c in one.controls)
    stems: dict[tuple[str, str], Finding] = {}
    for finding in sorted(one.findings, key=lambda finding: finding.log_p):
        stems.setdefault((finding.method.partition("/")[0], finding.component), finding)
    return (
        bool(one.parts)
        + together
        + sum(
            any(p.who != "relative" for p in f.lineup) + (len(f.layers) > 1) for f in stems.values()
        )
    )


@KINDS
def test_words_of_a_narrow_picture_can_be_read_on_a_telephone(
    build: Callable[[], Examination],
) -> None:
    """A sheet of 360 is shown at 343 pixels; the square is never made smaller."""
    for drawing in drawings(render_html(build())):
        root = ElementTree.fromstring(drawing)
        shown = {"360": 343 / 360, "302": 1.0}.get(root.attrib["width"])
        sizes = [float(t.attrib["font-size"]) for t in root.iter() if t.tag.endswith("text")]
        assert shown is None or all(size * shown >= 10 for size in sizes)


def test_methods_of_one_stem_stand_together_and_their_assumption_once() -> None:
    text = render_html(whole(cases.derivation())).decode()
    findings = cases.derivation().findings
    stems = {finding.method.partition("/")[0] for finding in findings}
    assert len(stems) < len(findings)
    assert text.count("<article>") == len(stems)
    for because in {clean(finding.null.because) for finding in findings}:
        assert text.count(because) == 1


def test_one_layer_that_draws_cannot_bring_to_the_level_is_said_to_be_bound() -> None:
    one = cases.derivation()
    bound = next(f for f in one.findings if isinstance(f.null, Permutation) and f.layers)
    few = replace(bound, null=replace(bound.null, draws=99))
    assert "By 99 draws one layer alone cannot reach" in layers_sentence(few, one)
    many = replace(bound, null=replace(bound.null, draws=10**12))
    assert "of them p alone is at or below" in layers_sentence(many, one)

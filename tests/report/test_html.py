import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import filiation.report
from filiation.model.examination import Conclusion, Examination
from filiation.report.render.html import render_html
from filiation.report.wording import clean, forbidden, headline, kind_title
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
                "Power",
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
    found = build()
    drawn = drawings(render_html(found))
    assert len(drawn) == sum(_drawn(one) for one in found.conclusions)
    for drawing in drawn:
        root = ElementTree.fromstring(drawing)
        assert root.attrib["role"] == "img"
        assert root[0].tag.endswith("title") and root[0].text
        assert "id" not in root.attrib


def _drawn(one: Conclusion) -> int:
    """A picture for each of a finding's own, and at the top the best of each sort again."""
    counted = [finding for finding in one.findings if finding.counts]
    with_own = [
        [any(layer.assignment for layer in f.layers), bool(f.layers),
         any(p.who != "relative" for p in f.lineup)]
        for f in one.findings
    ]  # fmt: skip
    first = [
        any(any(layer.assignment for layer in f.layers) for f in counted),
        any(len(f.layers) > 1 for f in counted),
        any(any(p.who != "relative" for p in f.lineup) for f in counted),
        any(c.log_p is not None or c.subject_log_p is not None for c in one.controls),
    ]
    return sum(map(sum, with_own)) + sum(first)

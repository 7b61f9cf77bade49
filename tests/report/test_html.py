import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import filiation.report
from filiation.model.examination import Case
from filiation.report.render.html import render_html
from filiation.report.wording import clean, forbidden, headline
from report import cases, output_cases
from report.texts import Page

KINDS = pytest.mark.parametrize("build", output_cases.ALL, ids=lambda build: build.__name__)
TEMPLATE = Path(filiation.report.__file__).parent / "templates" / "report.html.j2"


def drawings(page: bytes) -> list[str]:
    return re.findall(r"<svg.*?</svg>", page.decode(), re.DOTALL)


@KINDS
def test_same_case_same_bytes(build: Callable[[], Case]) -> None:
    assert render_html(build()) == render_html(build())


@KINDS
def test_nothing_is_fetched_and_nothing_is_executed(build: Callable[[], Case]) -> None:
    page = Page(render_html(build()))
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "iframe", "img", "object", "embed", "base", "form")
        assert not {"src", "srcset", "action", "data", "xlink:href"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")


@pytest.mark.parametrize("build", [k for k in output_cases.ALL if k is not cases.hostile])
def test_no_address_but_the_namespace(build: Callable[[], Case]) -> None:
    text = render_html(build()).decode()
    rest = text.replace('xmlns="http://www.w3.org/2000/svg"', "").replace("http-equiv", "")
    assert "http" not in rest
    assert "url(" not in rest and "@import" not in rest and "//" not in rest


def test_hostile_names_are_text() -> None:
    text = render_html(cases.hostile()).decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not {"\x1b", "\u202e", "\x00"} & set(text)
    assert "n" * 300 in text  # the whole name stands once, in the list of exhibits


def test_a_hostile_plan_digest_cannot_leave_the_style_sheet() -> None:
    case = replace(cases.derivation(), plan_digest='"; } </style><b>" abc')
    text = render_html(case).decode()
    assert text.count("</style>") == 1
    assert "<b>" not in text


@KINDS
def test_order_of_the_report(build: Callable[[], Case]) -> None:
    case = build()
    texts = [" ".join(t.split()) for t in Page(render_html(case)).texts]
    wanted = ["1. The two propositions", "2. What was examined", "3. Conclusion", "4. Findings"]
    wanted += ["5. Planned methods", "6. Line-up", "7. Notes", "8. Method and plan", "9. How to"]
    places = [next(i for i, t in enumerate(texts) if t.startswith(w)) for w in wanted]
    assert places == sorted(places)
    assert texts.index(headline(case)) < places[0]
    for model in (case.subject, case.source, *(c.model for c in case.controls)):
        assert any(clean(model.digest) in t for t in texts)
    for finding in case.findings:
        assert any(finding.method in t for t in texts)
        assert any(clean(finding.null.because)[1:] in t for t in texts)


def test_the_template_itself_claims_nothing() -> None:
    source = TEMPLATE.read_text(encoding="utf-8")
    body = re.sub(r"<style>.*?</style>", "", source, flags=re.DOTALL)
    words = re.sub(r"\{[%{].*?[%}]\}", " x ", body)
    words = re.sub(r"<[^>]+>", ". ", words)
    assert forbidden(words) == []


@KINDS
def test_drawings_are_well_formed_and_titled(build: Callable[[], Case]) -> None:
    case = build()
    found = drawings(render_html(case))
    matrices = sum(any(layer.assignment for layer in f.layers) for f in case.findings)
    strips = sum(bool(f.layers) for f in case.findings)
    plots = sum(any(p.who != "relative" for p in f.lineup) for f in case.findings)
    weights = any(c.log_p is not None or c.subject_log_p is not None for c in case.controls)
    assert len(found) == strips + matrices + plots + weights
    for drawing in found:
        root = ElementTree.fromstring(drawing)
        assert root.attrib["role"] == "img"
        assert root[0].tag.endswith("title") and root[0].text
        assert "id" not in root.attrib

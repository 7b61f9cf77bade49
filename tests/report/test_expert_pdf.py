"""The expert report as PDF: the same bytes, within its length, hostile words as words."""

import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable

import pytest

from filiation.model.examination import Conclusion
from filiation.report.expert.compose import document_bytes
from filiation.report.expert.profile import PROFILES
from filiation.report.render.blocks.typst import held
from filiation.report.render.typst import Typeset, expert_pdf, typesetter
from report import cases, output_cases, ratio_cases
from report.materials import material
from report.test_expert import HOSTILE

pytest.importorskip("typst")


def streams(raw: bytes) -> list[bytes]:
    """Every stream of the file that inflates."""
    found = []
    for m in re.finditer(rb"stream\r?\n", raw):
        try:
            found.append(zlib.decompressobj().decompress(raw[m.end() :]))
        except zlib.error:
            continue
    return found


def set_in_type(
    case: Conclusion, profile: str = "uk-civil", **more: object
) -> tuple[bytes, Typeset]:
    document = document_bytes(material(case, profile, **more))  # type: ignore[arg-type]
    return document, expert_pdf(document)


def test_the_same_report_gives_the_same_bytes_and_holds_itself() -> None:
    document, first = set_in_type(ratio_cases.derivation())
    second = expert_pdf(document)

    assert first == second
    assert first.raw.startswith(b"%PDF-1.7")
    assert b"pdfaid:part>3<" in first.raw and b"conformance>A<" in first.raw
    assert document in streams(first.raw)
    assert typesetter().startswith("typst ")


def test_it_can_be_read_aloud() -> None:
    pypdf = pytest.importorskip("pypdf")
    from report import pdf_access

    document, pdf = set_in_type(ratio_cases.derivation())
    found = json.loads(document)
    german = expert_pdf(document, "de")
    assert list(pdf_access.complaints(german.raw)) == []
    assert pypdf.PdfReader(io.BytesIO(german.raw)).trailer["/Root"]["/Lang"] == "de"
    assert document in streams(german.raw)  # the English text, which decides, lies in the German
    paragraphs = [b for b in (*found["core"], *found["annexes"]) if b["kind"] == "paragraph"]
    root = pypdf.PdfReader(io.BytesIO(pdf.raw)).trailer["/Root"]
    tags = [name for name, _ in pdf_access.tagged(root["/StructTreeRoot"]["/K"])]

    assert pdf_access.complaints(pdf.raw) == []
    assert tags.count("/P") >= len(paragraphs)
    assert tags.count("/Table") >= sum(b["kind"] == "table" for b in found["core"])


def test_a_file_that_cannot_be_read_aloud_is_seen() -> None:
    typst = pytest.importorskip("typst")
    pytest.importorskip("pypdf")
    from report import pdf_access

    bare = typst.compile(b"= One\n=== Three", format="pdf", pdf_tags=True)
    said = " ".join(pdf_access.complaints(bare))

    assert "PDF/UA-1" in said and "level 3 after one of level 1" in said


def test_digests_are_copied_as_they_were_recorded() -> None:
    pypdf = pytest.importorskip("pypdf")
    document, pdf = set_in_type(ratio_cases.derivation())
    page = pypdf.PdfReader(io.BytesIO(pdf.raw)).pages[0].extract_text()
    found = re.findall(r"(?:[0-9a-f]{8} ?){8}", page)

    assert hashlib.sha256(document).hexdigest() in {"".join(one.split()) for one in found}
    assert "cd" * 32 in {"".join(one.split()) for one in found}  # the root of the log
    assert not re.search("[0-9a-f]-\n|\u200b", page)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_big_case_stays_within_twenty_pages(profile: str) -> None:
    words = "We said so before, and say it again with every reason that we have. " * 30
    _, pdf = set_in_type(_big(), profile, words=words, more=30)

    assert 8 <= pdf.core <= 20
    assert pdf.pages > pdf.core


def _big() -> Conclusion:
    """As many findings, controls and ratios as a case is likely to hold."""
    weights = ratio_cases.derivation()
    return cases.remade(weights, controls=cases.crowded().controls, notes=("a note",) * 30)


@pytest.mark.parametrize("make", [cases.hostile, output_cases.hostile_answers, ratio_cases.hostile])
def test_hostile_words_are_no_markup(make: Callable[[], Conclusion]) -> None:
    document, pdf = set_in_type(make(), words=HOSTILE)

    assert pdf.pages > 10
    assert b"/JavaScript" not in pdf.raw and b"/URI" not in pdf.raw
    assert json.loads(document)["kind"] == "expert-report"


def test_what_the_fonts_lack_is_said() -> None:
    assert held(["a \u4e2d\u6587 b \U0001f600", {"c": "<svg>\u4e2d</svg>"}]) == [
        "a [2 characters: see the page] b [1 character: see the page]",
        {"c": "<svg>[..]</svg>"},
    ]
    plain = "\u201c\u00e9\u03b1\u0416 \u2013 1\u2026\u201d"
    assert held(plain) == plain

"""One line at a prompt, a short page in a notebook, and nothing that a name smuggles in."""

import re
import shutil
from pathlib import Path

import pytest

import filiation as fl
import orders
from api.conftest import SOURCE, SUBJECT
from filiation.report.render.answer import answer

HOSTILE = "<img src=x onerror=alert(1)>\u202e\n<script>"
DIRECTIVE = re.compile(
    r"<(?:script|img|iframe|link|object)\b|\bon\w+=|javascript:|https?://(?!www\.w3)"
)


def harmless(page: str) -> None:
    assert page.strip()
    tags = re.findall(r"<[^>]*>", page)
    assert not [tag for tag in tags if DIRECTIVE.search(tag)]
    assert "\u202e" not in page


@pytest.fixture
def hostile(folder: Path) -> Path:
    path = folder / f"{HOSTILE}.order"
    orders.written(path, 1, moved=60)
    return path


def test_an_examination_on_one_line(found: fl.Examination) -> None:
    said = repr(found)

    assert said == (
        "<Examination of 'fine-tuned' against 'parent': weights toward derivation, log10 p -733.2>"
    )
    assert repr(found["weights"]).startswith("<Conclusion on 'fine-tuned' against 'parent': ")
    assert {len(repr(one).splitlines()) for one in found["weights"].findings} == {1}


def test_an_examination_as_a_cell(found: fl.Examination) -> None:
    page = found._repr_html_()

    assert found["weights"].headline.split(":")[0] in page
    assert page.count("<svg") == 1 and page.count("<table") == 2
    assert len(page) < 20_000
    whole = found["weights"]._repr_html_()
    assert whole.count("<svg") == len(answer(found["weights"].record, 1).figures) > 1
    harmless(whole)
    for finding in found["weights"].findings:
        assert finding.title in page
        harmless(finding._repr_html_())
    harmless(page)


def test_names_are_escaped_wherever_they_are_shown(folder: Path, hostile: Path) -> None:
    read = fl.read(hostile)
    assert isinstance(read, fl.Material)
    found = fl.examine(read, source=folder / "parent.order", controls=[folder / "other.order"])
    case_title = found.subject
    assert "onerror" in case_title

    for shown in (read, found, *found.conclusions, *found["reading-order"].findings):
        harmless(shown._repr_html_())
        assert len(repr(shown).splitlines()) == 1
    assert "&lt;img" in found._repr_html_()


def test_names_of_checkpoints_are_escaped(tmp_path: Path) -> None:
    for place, model in ((HOSTILE, SUBJECT), ("parent", SOURCE)):
        shutil.copytree(model, tmp_path / place)
    sketched = fl.sketch(tmp_path / HOSTILE)
    surveyed = fl.survey([sketched, tmp_path / "parent"])
    found = fl.examine(sketched, source=tmp_path / "parent", controls=sketched)

    for shown in (sketched, surveyed, found):
        page = shown._repr_html_()
        harmless(page)
        assert "&lt;img" in page
        assert len(repr(shown).splitlines()) == 1

"""Pages of an examination: answers side by side, where they differ, links, masked names."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.case.conftest import Walked, step
from filiation.casefile.facts import Drawn
from filiation.model.finding import Instance
from filiation.proceedings.site import Site
from filiation.report.render.site import site_page
from filiation.report.site.answers import Answered, Asked, beside, differing
from filiation.report.site.view import View
from filiation.report.wording.site_answers import why_it_counts
from report import output_cases
from web.conftest import Sides


def model(name: str, role: str, **said: str | None) -> Answered:
    asked = {item: Asked(prompt=f"what of {item}?", said=text) for item, text in said.items()}
    return Answered(name=name, role=role, asked=asked)  # type: ignore[arg-type]


def table(view: View) -> list[tuple[str, ...]]:
    return [tuple(row) for part in view.parts for row in getattr(part, "rows", ())]


def test_only_where_they_differ() -> None:
    models = (
        model("ours", "source", a="one", b="two  words", c="x", d=None),
        model("theirs", "subject", a="other", b="two words", c="x", d="y"),
        model("public", "control", a="one", b="z"),
    )
    view = differing(7, models)
    assert table(view) == [("a", "what of a?", "one", "other", "one")]
    captions = [getattr(part, "caption", "") for part in view.parts]
    assert "They differ at 1 of 3 items that both answered and agree at 2; 1 shown" in captions


def test_answers_that_are_not_held_are_not_said_to_differ() -> None:
    view = differing(7, (model("ours", "source"), model("theirs", "subject", a="one")))
    assert table(view) == [] and "not both held" in str(view.parts)


def test_a_drawing_is_a_figure_and_not_its_letters(sides: Sides) -> None:
    site = Site(sides.case)
    (path,) = [p for p in site.paths() if re.fullmatch(r"examinations/\d+\.html", p)]
    found = site.page(path)
    assert found is not None
    text = found[0].decode()
    assert text.count('<figure tabindex="0">') == text.count("</figure>") > 0
    assert "&lt;figure" not in text


def test_everybody_stands_beside_the_source() -> None:
    base = output_cases.alike()
    said = next(f for f in base.findings if f.instances)
    item = said.instances[0].item
    models = (
        model("ours", "source", **{item: "one  two"}),
        model("theirs", "subject", **{item: "one two"}),
        model("public", "control", **{item: "else"}),
        model("kept-back", "control"),
    )
    view = beside(7, SimpleNamespace(findings=(said,)), models)  # type: ignore[arg-type]
    rows = [row for row in table(view) if len(row) == 3][:4]
    assert rows == [
        ("ours (source)", "one  two", ""), ("theirs (subject)", "one two", "the same"),
        ("public (control)", "else", "other words"), ("kept-back (control)", "not held here", ""),
    ]  # fmt: skip


def test_a_finding_that_does_not_count_says_so() -> None:
    base = output_cases.alike()
    said = replace(next(f for f in base.findings if f.instances), counts=False)
    stub = SimpleNamespace(findings=(said,))
    view = beside(7, stub, ())  # type: ignore[arg-type]
    assert "supports nothing" in str(view.parts)
    site_page(view, "T")  # and can be written


def test_why_an_item_counts_says_how_rare_it_is() -> None:
    one = Instance(item="i", prompt="p", source="x", subject="x", rarity=1, of=5, weight=0.5)
    assert "1 of 5 controls" in why_it_counts(one) and "It adds 0.5" in why_it_counts(one)
    bare = Instance(item="i", prompt="p", source="x", subject="x", rarity=0, of=0, weight=0.5)
    assert "nothing is known of how rare" in why_it_counts(bare)


def test_each_finding_can_be_pointed_to(sides: Sides) -> None:
    site = Site(sides.case)
    (path,) = [p for p in site.paths() if re.fullmatch(r"examinations/\d+\.html", p)]
    found = site.page(path)
    assert found is not None
    text = found[0].decode()
    ids = re.findall(r'<tr[^>]* id="((?:finding|aside)-\d+-\d+)"', text)
    assert ids and len(set(ids)) == len(ids)
    name = path.rpartition("/")[2]
    assert all(f'href="{name}#{one}"' in text for one in ids)
    assert f'<p class="place mono">{path}</p>' in text


@pytest.mark.parametrize("verb", ["opinion", "unmask"])
def test_no_page_betrays_a_masked_name(
    walked: Walked, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While names are covered no page that speaks of a code speaks of a member or its digests."""
    folder = shutil.copytree(walked.before[step("lineup", verb)], tmp_path / "masked")
    monkeypatch.setenv("FILIATION_HOME", str(folder / "home"))
    site = Site(folder / "case")
    state = site._state
    (drawn,) = state.of(Drawn)
    told = {"suspect", "s1", "s2"}
    told |= {w.sha256 for e in state.exhibits.values() for w in e.event.writes}
    told |= {e.fact.digest for e in state.exhibits.values()}
    held = 0
    for path in site.paths():
        found = site.page(path)
        assert found is not None
        text = re.sub(r"</(?:td|th|p|li|dd|dt|tr)>", " ", found[0].decode())
        text = re.sub(r"<[^>]+>", "", text)
        if any(re.search(rf"\b{re.escape(code)}\b", text) for code in drawn.fact.codes):
            held += 1
            for name in told:
                assert not re.search(rf"\b{re.escape(name)}\b", text), (path, name)
    assert held >= 2  # the page of line-ups, and the event
    lineups = site.page("lineups.html")
    assert lineups and lineups[0].decode().count("masked") == len(drawn.fact.codes)

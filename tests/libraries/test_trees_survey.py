"""Source trees of a population: each pair among the others, nothing supported by a few."""

import shutil
from pathlib import Path

import pytest

from command import CASEBOOK, Command
from filiation.libraries.trees_survey import survey_trees
from filiation.model.source import SourceTree
from filiation.readers.code.trees import open_tree

TOOLS = CASEBOOK.parents[1] / "tools"
NAMES = ("adversary", "casebook", "docs", "size", "validate_outputs", "layout_trials", "histories")


@pytest.fixture(scope="module")
def trees() -> list[SourceTree]:
    return [open_tree(TOOLS / name, name=name, advance=lambda *_: None) for name in NAMES]


def test_a_copied_part_stands_first_and_no_p_is_below_what_a_rank_can_show(
    trees: list[SourceTree], tmp_path: Path
) -> None:
    shutil.copytree(TOOLS / "size", tmp_path / "taken")
    for path in sorted((TOOLS / "adversary").glob("[a-c]*.py")):
        shutil.copy(path, tmp_path / "taken" / f"x_{path.name}")
    taken = open_tree(tmp_path / "taken", name="taken", advance=lambda *_: None)
    found = survey_trees([*trees, taken])
    first = found.pairs[0]
    assert "taken" in {first.a, first.b}
    assert {pair.rank for pair in found.pairs if pair.rank is not None}
    assert all((pair.rank or 0) >= 1 / (len(NAMES) + 1) - 1e-12 for pair in found.pairs)
    assert found.stemma is None
    assert any("no p can be below 1 in" in note for note in found.notes)


def test_copies_and_crumbs_are_rows_and_few_trees_are_too_few(trees: list[SourceTree]) -> None:
    from dataclasses import replace

    twin = replace(trees[0], name="twin")
    crumb = replace(trees[1], name="crumb", fragments=trees[1].fragments[:3])
    found = survey_trees([*trees[:3], twin, crumb])
    assert {one.name: one.same_as for one in found.aside if one.name == "twin"} == {
        "twin": "adversary"
    }
    assert len(found.absent) == 3
    assert "expected 4 at least" in found.absent[0].reason
    assert " share 0." in found.absent[0].reason


def test_trees_of_another_language_are_no_strangers_and_little_in_common_is_nothing(
    trees: list[SourceTree],
) -> None:
    """Whoever fills a survey up with trees that could be like nobody makes no p smaller."""
    from dataclasses import replace

    other = [
        replace(
            tree, name=f"go-{tree.name}", files={f"{tree.name}.go": "0" * 64},
            fragments=tuple(replace(one, language="go") for one in tree.fragments),
        )
        for tree in trees[:4]
    ]  # fmt: skip
    found = survey_trees([*trees[:4], *other])
    assert not found.pairs
    assert any("language that both have" in one.reason for one in found.absent)
    assert any(": " not in one.reason and "2 other trees" in one.reason for one in found.absent)
    every = survey_trees(trees)
    assert all(p.rank == pytest.approx(1.0) for p in every.pairs if p.observed < 0.06)
    assert any(0 < p.observed < 0.06 for p in every.pairs)


def test_the_verb_tells_trees_from_models(filiation: Command, tmp_path: Path) -> None:
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04 cut")
    done = filiation("survey", *(TOOLS / name for name in NAMES[:6]), "-q")
    told = " ".join(done.out.split())
    assert done.code == 0
    assert "tree-containment: 15 pairs" in told
    assert "observed" in told
    assert "no p can be below 1 in 5" in told

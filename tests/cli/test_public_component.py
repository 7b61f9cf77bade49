"""`examine --component` from the command line, and `verify` of what it leaves."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import towers
from command import Command

CLIP = {name.removeprefix("vision_tower."): x for name, x in towers.tower(2, layers=2).items()}
MODELS: Mapping[str, towers.Tensors] = {
    "source": towers.body(1, layers=2) | towers.tower(2, layers=2),
    "shared": towers.body(11, layers=2) | towers.tower(2, layers=2),
    "clip": CLIP,
}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name, tensors in MODELS.items():
        towers.written(tmp_path / name, tensors)
    return tmp_path


def test_a_component_is_set_aside_and_the_folder_verifies(filiation: Command, models: Path) -> None:
    out = models / "out"
    done = filiation(
        "examine", models / "shared", "--source", models / "source",
        "--component", models / "clip", "--out", out, "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert [one["name"] for one in done.json["public_components"]] == ["clip"]
    (vision,) = [one for one in done.conclusion["stacks"] if one["kind"] == "vision"]
    assert (vision["public"], vision["set_aside"]) == (["clip"], [12, 12])
    assert "set aside" in done.conclusion["headline"]
    assert "public component, weights" in (out / "report.html").read_text()
    checked = filiation("verify", out)
    assert checked.code == 0, checked.err
    assert "3 exhibits" in checked.out


def test_answers_are_no_component(filiation: Command, models: Path) -> None:
    (models / "answers.csv").write_text("item,a\nq1,yes\nq2,no\n")
    done = filiation(
        "examine", models / "shared", "--source", models / "source",
        "--component", f"{models / 'answers.csv'}#a",
    )  # fmt: skip
    assert done.code != 0
    assert "named as a public component by its answers, expected weights" in done.err

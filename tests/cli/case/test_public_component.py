"""A public component on record: exhibited, planned, set aside, and derived again."""

from pathlib import Path

import ml_dtypes
import numpy as np

import towers
from cli.case.conftest import does


def test_a_component_is_planned_set_aside_and_derived_again(tmp_path: Path) -> None:
    tower = towers.tower(2, layers=2)
    clip = {
        name.removeprefix("vision_tower."): x.astype(ml_dtypes.bfloat16).astype(np.float32)
        for name, x in tower.items()
    }
    towers.written(tmp_path / "source", towers.body(1, layers=2) | tower)
    towers.written(tmp_path / "shared", towers.body(11, layers=2) | tower)
    towers.written(tmp_path / "clip", clip)
    case = str(tmp_path / "case")
    does(tmp_path, "open", case, "--title", "T", "--lead", "tribunal", "--received", "2026-03-02",
         "--jurisdiction", "GB")  # fmt: skip
    does(tmp_path, "party", case, "acme", "--role", "claimant")
    does(tmp_path, "claim", case, "--by", "acme", "Theirs was made from ours.")
    for name in ("source", "shared", "clip"):
        does(tmp_path, "add", case, str(tmp_path / name), "--name", name, "--from", "acme",
             "--how", "handed over")  # fmt: skip
    planned = does(
        tmp_path, "plan", case, "--subject", "shared", "--source", "source", "--component", "clip"
    )
    assert "clip: a public component" in planned and "no control" in planned
    said = " ".join(does(tmp_path, "examine", case).split())
    assert "12 of 12 large matrices hold the values of an exhibited public component" in said
    assert "share the vision tower" not in said
    assert ": the same" in does(tmp_path, "replay", case)

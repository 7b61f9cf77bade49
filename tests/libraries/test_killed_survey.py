"""A survey that is killed, at several points, ends in the same bytes; what is broken stops none."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builders import llama, write_safetensors
from command import Command

MODELS = 5
JOURNAL = "survey.journal"


@pytest.fixture
def models(tmp_path: Path) -> list[Path]:
    """Strangers."""
    return [
        write_safetensors(
            tmp_path / f"m{seed}.safetensors",
            llama(layers=2, width=16, hidden=32, vocabulary=64, seed=100 * seed),
        )
        for seed in range(MODELS)
    ]


def _killed_at(models: list[Path], out: Path, lines: int) -> None:
    """Start the survey, and end it by SIGKILL once its journal has so many lines."""
    command = [sys.executable, "-m", "filiation", "survey", *map(str, models)]
    started = subprocess.Popen([*command, "--out", str(out), "--executor", "local:1", "--quiet"])
    journal = out / JOURNAL
    while started.poll() is None:
        if lines == 0 and list(out.glob(".sketches-*")):
            break
        if lines and journal.exists() and journal.read_bytes().count(b"\n") > lines:
            break
        time.sleep(0.002)
    started.send_signal(signal.SIGKILL)
    started.wait()


def test_a_killed_survey_ends_in_the_same_bytes(
    filiation: Command, models: list[Path], tmp_path: Path
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    options = ("--executor", "local:1", "--quiet")
    assert filiation("survey", *models, "--out", whole, *options).code == 0
    for lines in (0, 1, 4):
        _killed_at(models, killed, lines)
        assert not (killed / "survey.json").exists()
    assert (killed / JOURNAL).exists() and list(killed.glob(".sketches-*"))
    assert filiation("survey", *models, "--out", killed, *options).code == 0
    for path in whole.iterdir():
        assert (killed / path.name).read_bytes() == path.read_bytes()
    assert {path.name for path in killed.iterdir()} == {path.name for path in whole.iterdir()}


def test_sketches_of_others_in_the_folder_are_left_alone(
    filiation: Command, models: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    for number, model in enumerate(models[:2]):
        assert filiation("sketch", model, "-o", tmp_path / "out" / f"{number}.sketch").code == 0
    kept = sorted((tmp_path / "out").glob("*.sketch"))
    assert filiation("survey", *kept, "--out", tmp_path / "out", "--executor", "local:1").code == 0
    assert sorted((tmp_path / "out").glob("*.sketch")) == kept


def test_a_broken_model_is_a_row_and_its_name_may_repeat(
    filiation: Command, models: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "empty-1.5").mkdir()
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(models[0].read_bytes()[:-9])
    (tmp_path / "again").mkdir()
    again = tmp_path / "again" / models[0].name
    again.write_bytes(models[0].read_bytes())
    given = (*models[:2], cut, tmp_path / "empty-1.5", again, models[1])
    done = filiation("survey", *given, "--json", "--executor", "local:1")
    assert done.code == 0 and done.json["models"] == ["m0", "m1"]
    aside = {one["name"]: one for one in done.json["aside"]}
    assert set(aside) == {"cut", "empty-1.5", "m0 (2)", "m1 (2)"}
    assert aside["m0 (2)"]["same_as"] == "m0" and aside["cut"]["same_as"] is None
    assert "truncated" in aside["cut"]["reason"]


def test_adding_to_a_library_goes_on_after_what_is_broken(
    filiation: Command, models: list[Path], tmp_path: Path
) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(models[0].read_bytes()[:-9])
    done = filiation("library", "add", tmp_path / "shelf", models[0], cut, models[1])
    assert done.code == 3 and "cut: " in done.out and "truncated" in done.out
    again = filiation("library", "add", tmp_path / "shelf", f"copy={models[0]}")
    assert (again.code, again.out) == (0, "copy: same tensors as m0; not added\n")
    listed = filiation("library", "list", tmp_path / "shelf")
    assert listed.out.splitlines()[-1] == "2 models"

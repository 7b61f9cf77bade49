"""The verb `validate`: what it writes, and that it goes on after it was killed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command import Command
from filiation.populations.small import building, reckoning
from filiation.populations.small.recipes import recipes
from filiation.proceedings import validating
from filiation.readers.populations.population import read_population


def test_the_verb_writes_everything(suite: Path, tmp_path: Path, filiation: Command) -> None:
    words = ("validate", "--suite", suite, "--criteria", suite / "rules.toml", "--jobs", 1)
    done = filiation(*words, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert "Failed: unseen" in done.out
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert report["failed"] == ["unseen"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert (
        page.count("<svg") >= 3 and "<script" not in page and "http://www.w3.org/2000/svg" in page
    )
    population, _ = read_population(tmp_path / "out" / "population.json")
    assert len(population.models) == 9
    again = filiation(*words, "--out", tmp_path / "out", "--json")
    assert again.json == report


def test_a_study_killed_from_outside_goes_on(suite: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "filiation", "validate", "--suite", str(suite), "--criteria",
             str(suite / "rules.toml"), "--jobs", "1", "--out", str(tmp_path / "out")]  # fmt: skip
    journal = tmp_path / "out" / "study.journal"
    child = subprocess.Popen(words, stdout=-3, stderr=-3)
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        if journal.is_file() and journal.read_bytes().count(b"\n") > 3:
            break
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert journal.is_file() and not (tmp_path / "out" / "report.json").exists()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.json").exists() and not journal.exists()


def test_without_a_suite_small_models_are_built_and_the_result_says_what_it_is_worth(
    tmp_path: Path, filiation: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four models, hardly trained: what is said before and after; nothing is built twice."""
    few = [r for r in recipes(quick=True) if r.name in ("base-00", "base-01", "base-02")]
    child = next(r for r in recipes(quick=True) if r.name == "base-00-fine-tuned")
    monkeypatch.setattr(validating, "recipes", lambda *, quick: (*few, child))
    monkeypatch.setattr(building, "STEPS", 4)
    monkeypatch.setattr(reckoning, "_probe", lambda recipe: 0.005)
    monkeypatch.setattr(building, "TUNING", {"fine-tuned": (2, 1e-3)})
    words = ("validate", "--quick", "--jobs", 1, "--out", tmp_path / "out")
    done = filiation(*words)

    assert done.code == 0, done.err
    before = " ".join(done.err.split())
    assert before.startswith("4 small models are trained and changed, 6 pairs of them compared")
    assert "about 1 minute on this machine, by 1 process" in before
    said = " ".join(done.out.split())
    assert "4 models of known ancestry, 3 of them trained" in said and "1 of 1" in said
    assert "(same architecture and data): 0 of 3 pairs; by 1 independent pairs the rate" in said
    assert "Relatives found (fine-tuned): 1 of 1, a share of 0.0" in said
    assert "These models are tiny" in said and "says little of models that people use" in said
    weights = (tmp_path / "out" / "models" / "base-00" / "model.safetensors").stat().st_mtime_ns
    assert filiation(*words, "--quiet").out == ""
    again = (tmp_path / "out" / "models" / "base-00" / "model.safetensors").stat().st_mtime_ns
    assert again == weights


def test_a_suite_that_is_not_there_is_named_and_what_there_is_instead(
    tmp_path: Path, filiation: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = filiation("validate", "--suite", "casebook")
    assert done.code == 2 and "examples/casebook: there is no such" in done.err
    assert "without --suite small models are built here" in done.err
    (tmp_path / "mine").mkdir()
    done = filiation("validate", "--suite", "mine")
    assert done.code == 3 and "a population needs a truth.toml" in done.err
    done = filiation("validate", "--suite", "mine", "--quick")
    assert done.code == 2 and "--most draws fewer pairs" in done.err

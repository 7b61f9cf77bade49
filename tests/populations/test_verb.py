"""The verb `validate`: what it writes, and that it goes on after it was killed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from command import Command
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

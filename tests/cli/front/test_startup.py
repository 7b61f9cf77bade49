"""Answers that need no numbers come before anything slow is imported."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[3] / "src"
SLOW = ("numpy", "scipy", "pydantic", "rich", "cryptography")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SRC)}
LIGHT = (
    (("--version",), 0),
    (("--help",), 0),
    (("case", "--help"), 0),
    (("examine", "--help"), 0),
    (("help", "case", "plan"), 0),
    (("examine", "nosuch", "--source", "nosuch2"), 2),
    (("examine", "--sorce", "x"), 2),
    (("exmaine",), 2),
)


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=ENVIRONMENT, text=True, capture_output=True,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("words", "code"), LIGHT, ids=[" ".join(words) for words, _ in LIGHT])
def test_nothing_slow_is_imported(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    done = run("-X", "importtime", "-m", "filiation", *words, cwd=tmp_path)
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }

    assert done.returncode == code, done.stderr[-300:]
    assert "filiation" in imported
    assert not imported & {*SLOW, *(("typer",) if words in {("--help",), ("--version",)} else ())}


def test_start_up_against_an_empty_program(tmp_path: Path) -> None:
    """Generous: twice the bounds of benchmarks/exp_startup.py, since the machine may be busy."""

    def seconds(*words: str) -> float:
        began = time.perf_counter()
        run(*words, cwd=tmp_path)
        return time.perf_counter() - began

    spent: dict[tuple[str, ...], list[float]] = {}
    me = ("-m", "filiation")
    commands = (("-c", "pass"), (*me, "--help"), (*me, "examine", "--help"),
                (*me, "examine", "nosuch", "--source", "nosuch2"))  # fmt: skip
    for _ in range(7):
        for words in commands:
            spent.setdefault(words, []).append(seconds(*words))
    nothing, *others = (statistics.median(spent[words]) for words in commands)

    assert [other / nothing < most for other, most in zip(others, (16, 20, 20), strict=True)] == [
        True
    ] * 3, [other / nothing for other in others]


def test_the_module_and_the_program_are_one(tmp_path: Path) -> None:
    program = "from filiation.cli.main import run; run()"
    for words in (("--version",), ("--help",), ("examine",), ("case", "decide", "--help")):
        module = run("-m", "filiation", *words, cwd=tmp_path)
        script = run("-c", program, *words, cwd=tmp_path)
        assert (module.stdout, module.stderr, module.returncode) == (
            script.stdout, script.stderr, script.returncode,
        )  # fmt: skip


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    program = f"{sys.executable} -m filiation --help | head -1"
    done = subprocess.run(program, shell=True, cwd=tmp_path, env=ENVIRONMENT, capture_output=True,
                          text=True, check=False)  # fmt: skip

    assert (done.stdout, done.stderr) == ("Usage: filiation VERB ...\n", "")

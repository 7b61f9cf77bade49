"""Completion: the scripts, and what they ask the program."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command import Command

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_every_shell(filiation: Command, shell: str) -> None:
    done = filiation("completion", shell)

    assert done.code == 0
    assert "filiation --complete" in done.out


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["exa"], ["examine"]),
        (["case", "documents", "t"], ["timeline", "threads", "tag"]),
        (["help", "lib"], ["library"]),
        (["help", "library", "s"], ["search"]),
        (["examine", "x", "--so"], ["--source", "--source-also"]),
        (["examine", "x", "--source", ""], []),
        (["case", "decide", "case", "d"], ["dismiss"]),
        (["case", "report", "case", "--profile", "u"], ["uk-civil", "us-federal"]),
        (["--v"], ["--version"]),
        (["nosuch", "x"], []),
    ],
)
def test_words_that_may_come_next(filiation: Command, words: list[str], found: list[str]) -> None:
    assert filiation("--complete", *words).out.split() == found


def test_in_bash(tmp_path: Path, filiation: Command) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    program = tmp_path / "filiation"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m filiation "$@"\n')
    program.chmod(0o755)
    script = (
        f"{filiation('completion', 'bash').out}\n"
        'COMP_WORDS=(filiation case dec); COMP_CWORD=2; _filiation; echo "${COMPREPLY[@]}"\n'
        'COMP_WORDS=(filiation case ""); COMP_CWORD=2; _filiation; echo "${#COMPREPLY[@]}"\n'
        "complete -p filiation\n"
    )
    place = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}",
             "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    done = subprocess.run([bash, "-c", script], env=place, text=True, capture_output=True,
                          check=True)  # fmt: skip
    first, count, how = done.stdout.splitlines()

    assert first == "decide"
    assert int(count) > 15
    assert "-F _filiation" in how

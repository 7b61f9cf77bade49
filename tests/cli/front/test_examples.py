"""Every example of the help runs as typed from the checkout, one after another."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.case.walk import authority, stamped
from filiation.cli.front.verb import Verb, walk
from filiation.cli.front.verbs import ROOT

HERE = Path(__file__).resolve().parents[3]
MOMENT = (
    "sketch", "ask", "identity", "library", "owner", "log", "doctor", "help", "completion",
)  # fmt: skip

APART = ("blind", "workload")
LEFT_OUT = ("validate", "serve", "watch", "sign", "words", "reclass")


def commands() -> list[tuple[tuple[str, ...], str]]:
    return [
        (path, example) for path, node in walk(ROOT) if isinstance(node, Verb)
        for example in node.examples
    ]  # fmt: skip


def workplace(folder: Path) -> dict[str, str]:
    """A folder like the checkout, a home without keys, and the program."""
    for name in ("examples", "docs", "tools"):
        (folder / name).symlink_to(HERE / name)
    program = folder / "bin" / "filiation"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m filiation "$@"\n')
    program.chmod(0o755)
    place = {key: value for key, value in os.environ.items()
             if key not in ("FILIATION_HOME", "XDG_DATA_HOME")}  # fmt: skip
    return {**place, "HOME": str(folder / "home"), "PYTHONPATH": str(HERE / "src"),
            "PATH": f"{program.parent}:{os.environ['PATH']}"}  # fmt: skip


def run(example: str, folder: Path, place: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(example, shell=True, cwd=folder, env=place, text=True,
                          capture_output=True, check=False)  # fmt: skip


def test_those_that_take_a_moment(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    chosen = [e for path, e in commands() if path[1] in MOMENT and path[-1] != "search"]
    assert len(chosen) > 10
    for example in chosen:
        done = run(example, tmp_path, place)
        assert done.returncode == 0 or "expected the extra" in done.stderr, f"{example}\n{done}"


@pytest.mark.validate
def test_all_in_their_order(tmp_path: Path) -> None:
    """But for those that want more than one folder, and what `make validate` runs itself.

    `serve` and `watch` end with Ctrl-C, `sign` wants a file of its pages, `words` a log with groups
    whose key is at hand, `reclass` a table of what an examination of code found, `blind` three
    computers, and `workload` a confidential one. A history is taken before a case is opened that it
    is put into.
    """
    place = workplace(tmp_path)
    for path, example in sorted(commands(), key=lambda one: one[0][1] != "history"):
        if path[-1] in LEFT_OUT or path[1] in APART:
            continue
        if path[-2:] == ("stamp", "import"):
            kept = authority(tmp_path / "authority")
            stamped(kept, tmp_path / "head.tsq", tmp_path / "head.tsr")
            shutil.copy(kept / "ca.pem", tmp_path / "authority.pem")
        done = run(example, tmp_path, place)
        assert done.returncode == 0 or "expected the extra" in done.stderr, f"{example}\n{done}"

"""Every example of the help runs as typed from the checkout, one after another."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cli.case.walk import authority, stamped
from filiation.cli.front.verb import Verb, walk
from filiation.cli.front.verbs import ROOT

HERE = Path(__file__).resolve().parents[3]
EXTRA = ("filiation", "owner", "likelihoods")  # the only one that needs an extra


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


def test_all_in_their_order(tmp_path: Path) -> None:
    place = workplace(tmp_path)
    for path, example in commands():
        if path[-2:] == ("stamp", "import"):
            kept = authority(tmp_path / "authority")
            stamped(kept, tmp_path / "head.tsq", tmp_path / "head.tsr")
            shutil.copy(kept / "ca.pem", tmp_path / "authority.pem")
        done = subprocess.run(example, shell=True, cwd=tmp_path, env=place, text=True,
                              capture_output=True, check=False)  # fmt: skip
        if path == EXTRA and re.search("expected the extra", done.stderr):
            continue
        assert done.returncode == 0, f"{example}\n{done.stderr}"

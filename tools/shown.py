"""What a person types and reads, for demonstrations."""

import os
import shlex
import subprocess
import sys
from collections.abc import Container
from pathlib import Path
from typing import Final

__all__ = ["ROOT", "as_typed", "printed"]

ROOT: Final = Path(__file__).resolve().parent.parent


def as_typed(*words: str | Path) -> str:
    """A command as a person types it."""
    return shlex.join(["filiation", *map(str, words)])


def printed(home: Path, *words: str | Path, fine: Container[int] = (0,)) -> str:
    """What a command prints, run from the checkout.

    Args:
        home: Where the keys of whoever types are.
        words: After `filiation`.
        fine: Exit statuses that are.

    Raises:
        SystemExit: It ended with another status.
    """
    done = subprocess.run(
        [sys.executable, "-m", "filiation", *map(str, words)],
        cwd=ROOT, env={**os.environ, "FILIATION_HOME": str(home), "COLUMNS": "100"}, check=False,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode not in fine:
        raise SystemExit(f"{done.stdout}{as_typed(*words)}: exit status {done.returncode}")
    return done.stdout

"""A large mailbox goes into a case in bounded memory (the benchmark takes a million messages)."""

import json
import os
import subprocess
import sys

import pytest

from command import ROOT

pytestmark = pytest.mark.validate


def test_memory_hardly_grows_with_the_mailbox() -> None:
    paths = os.pathsep.join(str(ROOT / part) for part in ("src", "tools"))
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "exp_mailbox.py", "5000", "50000"],
        env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    small, large = (json.loads(line) for line in done.stdout.splitlines())

    assert large["messages"] == 10 * small["messages"]
    assert large["add"]["peak_mib"] < small["add"]["peak_mib"] + 150 < 400
    assert all(large[verb]["peak_mib"] < 150 for verb in ("verify", "search", "show", "export"))

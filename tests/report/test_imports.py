"""Words are printed by every verb: asking for them must not load what computes numbers."""

import subprocess
import sys


def test_sentences_load_no_statistics() -> None:
    code = "import sys, filiation.report.wording; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"

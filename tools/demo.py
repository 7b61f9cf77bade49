"""The main job on the casebook: a fine-tune, a stranger and a quantised copy of one parent."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASEBOOK = Path("examples/casebook")
CASES = Path("demo")
SUBJECTS = {
    "fine-tuned": "a fine-tune of the parent",
    "stranger-2": "trained on the same data, in the same order, from another seed",
    "quantised-8bit": "the parent, rounded to eight bits",
}


def examine(name: str) -> None:
    """Examine one model against the parent, with an independent model as control."""
    command = [
        "filiation", "examine", str(CASEBOOK / name), "--source", str(CASEBOOK / "parent"),
        "--control", str(CASEBOOK / "stranger-3"), "--out", str(CASES / name), "--quiet",
    ]  # fmt: skip
    print(f"\n$ {' '.join(command)}")
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True)
    report = json.loads((ROOT / CASES / name / "report.json").read_text())
    print(f"{name}: {SUBJECTS[name]}; {time.perf_counter() - began:.1f} s")
    print(report["headline"])
    print(f"report: {CASES / name / 'report.html'}")


def main() -> None:
    """Run the demonstration from a clean folder."""
    shutil.rmtree(ROOT / CASES, ignore_errors=True)
    for name in SUBJECTS:
        examine(name)
    print(
        f"\nEach folder under {CASES}/ is a case: plan, findings, sketches, report. Check one with:"
        f"\n.venv/bin/filiation verify {CASES / 'fine-tuned'}"
    )


if __name__ == "__main__":
    main()

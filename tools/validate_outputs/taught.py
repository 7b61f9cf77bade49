"""Where does the teacher stand beside the models of the population that were taught by another?

Eight models of their own initialisation: four imitate a teacher's logits, four learned from text
that it wrote. No weight is inherited. Candidates are all 24 originals, which were trained on the
same corpus: same-data strangers, every one, and controls of each other.

Run by `python tools/validate_outputs taught`, one minute, where the population is built.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from filiation.methods import Method
from filiation.methods.answers.output_subspace import OutputSubspace
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.methods.answers.token_agreement import TokenAgreement
from filiation.model.finding import Finding
from filiation.model.recording import Recording
from filiation.readers.answers import open_recordings
from validate_outputs.shared import population

__all__ = ["main"]

METHODS: Final[tuple[tuple[str, Method[Any]], ...]] = (
    ("token-agreement", TokenAgreement()),
    ("shared-errors", SharedErrors()),
    ("output-subspace", OutputSubspace()),
)


def main() -> None:
    """Print one row per taught model, one column per method."""
    folder = population()
    truth = tomllib.loads((folder / "truth.toml").read_text("utf-8"))["model"]
    taught = {
        m["name"]: (m["parents"][0], m["operation"])
        for m in truth
        if m["operation"].startswith("distilled")
    }
    originals = [m["name"] for m in truth if m["name"].startswith("base-")]
    print(f"place of the teacher among {len(originals)} originals of the same data\n")
    print("| taught | how | " + " | ".join(name for name, _ in METHODS) + " |")
    print("|---" * (len(METHODS) + 2) + "|")
    heard = {n: _recorded(folder, n) for n in (*originals, *taught)}
    for name, (teacher, how) in taught.items():
        cells = [_place(method, heard, name, teacher, originals) for _, method in METHODS]
        print(f"| {name} | {how} | " + " | ".join(cells) + " |")


def _recorded(folder: Path, name: str) -> Recording:
    (path,) = (folder / "recordings" / "words").glob(f"{name}.*.jsonl.xz")
    return open_recordings(path)[0]


def _place(
    method: Method[Any],
    heard: Mapping[str, Recording],
    student: str,
    teacher: str,
    originals: Sequence[str],
) -> str:
    """The teacher's place in the line-up beside the student, and p."""
    controls = [heard[name] for name in originals if name != teacher]
    found = method.compare(heard[student], heard[teacher], controls, families={}, seed=0)
    if not isinstance(found, Finding):
        return found.kind
    place = [p.who for p in found.lineup].index("subject") + 1
    return f"{place}, p {math.exp(found.log_p):.2g}"

"""Twenty-two innocent pairs whose answers alone stand in another form: none is accused."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from command import Command, Done
from filiation.model.recording import Recording
from methods.answers.reading.forms import AROUND, NUMBERS, PROGRAMS, Form, models, written

THOUSANDS, BOXED = NUMBERS["thousands {,}"], AROUND["boxed"]
ANY: dict[str, Form] = {
    "boxed": BOXED,
    "sentence": AROUND["the answer is"],
    "capitals": str.upper,
    "bold": AROUND["bold"],
    "fence": AROUND["fence"],
    "thousands {,}": THOUSANDS,
    "back-quotes": AROUND["back-quotes"],
    "boxed in a sentence": AROUND["final boxed"],
    "boxed thousands": lambda a: BOXED(THOUSANDS(a)),
    "a phrase of no list": AROUND["a phrase of no list"],
}
PAIRS = (
    *(("program", form, write) for form, write in ANY.items()),
    ("program", "json", PROGRAMS["json"]),
    ("program", "quoted", PROGRAMS["quoted"]),
    *(("number", form, ANY[form]) for form in ("boxed", "sentence", "bold", "fence")),
    ("number", "thousands {,}", THOUSANDS),
    ("number", "\\frac", NUMBERS["\\frac"]),
    ("number", "10^n", NUMBERS["10^n"]),
    ("number", "decimal comma", lambda a: f"{a},0" if a.lstrip("-").isdigit() else a),
    ("number", "units", NUMBERS["units"]),
    ("letter", "sentence", AROUND["the answer is"]),
)
ITEMS = 300


def examined(
    filiation: Command, folder: Path, recordings: Sequence[Recording], source: int, subject: int
) -> Done:
    """Every model in one file, and the command line upon two of them."""
    path = folder / "answers.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for recording in recordings:
            for item, output in zip(recording.items, recording.outputs, strict=True):
                line = {"model": recording.name, "item": item.id, "key": item.key}
                options = {"options": item.options} if item.options else {}
                file.write(json.dumps({**line, **options, "output": output}) + "\n")
    return filiation(
        "examine", f"{path}#m{subject:02d}", "--source", f"{path}#m{source:02d}",
        "--control", f"{path}#*", "--out", folder / "case", "--json",
    )  # fmt: skip


def test_there_are_twenty_two() -> None:
    assert len(PAIRS) == 22


@pytest.mark.parametrize(
    ("number", "kind", "form", "write"), [(n, *pair) for n, pair in enumerate(PAIRS)]
)
def test_an_innocent_pair_in_another_form_is_not_accused(
    filiation: Command, tmp_path: Path, number: int, kind: str, form: str, write: Form
) -> None:
    everybody = models(kind, 200 + number, items=ITEMS)
    told = [written(m, [write]) if n in (0, 1) else m for n, m in enumerate(everybody)]
    done = examined(filiation, tmp_path, told, 0, 1)
    assert done.code == 0, done.err
    assert done.conclusion["support"]["toward"] == "neither", form
    found = {f["method"].partition("/")[0]: f for f in done.conclusion["findings"]}
    assert "shared-errors" in found, (form, done.conclusion["absent"])
    assert any(" right, 0 judged wrong contain the key" in n for n in done.conclusion["notes"])


@pytest.mark.parametrize("kind", ["program", "number"])
def test_a_copy_in_another_form_is_found(filiation: Command, tmp_path: Path, kind: str) -> None:
    everybody = models(kind, 7, items=400)
    kept = np.random.default_rng(7).random(400) < 0.8
    pairs = zip(kept, everybody[0].outputs, everybody[1].outputs, strict=True)
    copied = replace(everybody[1], outputs=tuple(a if copy else b for copy, a, b in pairs))
    everybody[1] = written(copied, [AROUND["final boxed"]])
    done = examined(filiation, tmp_path, everybody, 0, 1)
    assert done.code == 0, done.err
    assert done.conclusion["support"]["toward"] == "derivation"

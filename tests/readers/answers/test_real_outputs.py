"""Answers of public models, and a table as large as promised."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command import ROOT
from filiation.readers.answers import is_recording, open_recordings

pytestmark = pytest.mark.validate
OUTPUTS = ROOT.parent / "shared" / "outputs"
GIB = 1 << 30
QUESTIONS, MODELS = 100_000, 300


def published(name: str) -> str:
    path = OUTPUTS / name
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    return f"{path}#*"


def test_multiple_choice_answers_of_29_models() -> None:
    spec = published("mmlu-pro-answers.csv.gz")
    found = open_recordings(spec)

    assert is_recording(spec)
    assert len(found) == 29
    assert all(one.items is found[0].items for one in found)
    assert len(found[0].items) == 12_032
    assert all(2 <= item.options <= 10 and item.key for item in found[0].items)
    said = {output for one in found for output in one.outputs}
    assert said <= {None, *"ABCDEFGHIJ"}


def test_open_answers_of_107_models() -> None:
    found = open_recordings(published("alpaca-eval-half.jsonl.xz"))

    assert len(found) == 107
    assert {len(one.outputs) for one in found} == {795}
    assert all(item.prompt for item in found[0].items)


def _open(path: Path, limit: int) -> float:
    """Seconds to open every recording of `path` in a process of at most `limit` bytes."""
    code = (
        "import sys; from filiation.readers.answers import open_recordings;"
        "print(len(open_recordings(sys.argv[1])))"
    )

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, f"{path}#*"],
        check=True, capture_output=True, text=True, preexec_fn=bound,
    )  # fmt: skip
    assert int(done.stdout) == MODELS
    return time.monotonic() - start


def test_scale_of_a_table_of_free_answers(tmp_path: Path) -> None:
    """100,000 items, 300 models, every answer another number: 4 GiB, two minutes."""
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("question_id," + ",".join(f"m{n}" for n in range(MODELS)) + "\n")
        for row in range(QUESTIONS):
            base = row * 7919
            file.write(f"q{row}," + ",".join(str(base + n * n) for n in range(MODELS)) + "\n")

    assert _open(path, 4 * GIB) < 120


def test_scale_of_json_lines(tmp_path: Path) -> None:
    """A tenth of that, one line per answer; the whole takes ten times as long."""
    path = tmp_path / "large.jsonl"
    with path.open("w") as file:
        for row in range(QUESTIONS // 10):
            for n in range(MODELS):
                file.write(f'{{"model": "m{n}", "item": "q{row}", "output": "{row * n}"}}\n')

    assert _open(path, 2 * GIB) < 90

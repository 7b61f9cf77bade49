"""`ask --against`: the asking stops by itself, and only when it may."""

import hashlib
import json
from pathlib import Path

import pytest

from command import Command
from interrogate import fault_server as server
from interrogate.asking import environment

ITEMS = 300


def invented(model: str, item: int) -> str:
    """An answer of its own kind per model: one of fifty inventions."""
    return f"invention {int(hashlib.sha256(f'{model}:{item}'.encode()).hexdigest(), 16) % 50}"


def laid_out(folder: Path) -> tuple[Path, Path]:
    battery, held = folder / "battery.jsonl", folder / "held.jsonl"
    lines = [{"id": f"q{n}", "prompt": f"question {n}?"} for n in range(ITEMS)]
    battery.write_text("".join(json.dumps(line) + "\n" for line in lines))
    rows = [
        {"model": model, "item": f"q{n}", "prompt": f"question {n}?", "output": invented(model, n)}
        for model in ("source", *(f"control-{k}" for k in range(6)))
        for n in range(ITEMS)
    ]
    held.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return battery, held


@pytest.mark.parametrize(("speaks_as", "enough"), [("source", True), ("stranger", False)])
def test_it_stops_for_a_copy_and_asks_on_for_a_stranger(
    filiation: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    speaks_as: str,
    enough: bool,
) -> None:
    battery, held = laid_out(tmp_path)

    def answer(prompt: str) -> str:
        return invented(speaks_as, int(prompt.split()[1].rstrip("?")))

    with server.serving(answer=answer) as provider:
        for name, value in environment(provider).items():
            monkeypatch.setenv(name, value)
        done = filiation(
            "ask", "openai/toy", "-b", battery, "-o", tmp_path / "t.jsonl", "--json",
            "--against", f"{held}#source", "--control", f"{held}#*", "--level", 1e-4,
        )  # fmt: skip

    assert done.code == 0, done.err
    assert done.json["against"]["enough"] is enough
    if enough:
        assert done.json["against"]["log10_p"] <= -4
        assert len(provider.seen) < ITEMS / 2
    else:
        assert len(provider.seen) == ITEMS


def test_too_few_controls_are_refused_before_anything_is_asked(
    filiation: Command, tmp_path: Path
) -> None:
    battery, held = laid_out(tmp_path)
    done = filiation(
        "ask", "openai/toy", "-b", battery, "-o", tmp_path / "t.jsonl", "--dry-run",
        "--against", f"{held}#source", "--control", f"{held}#control-1",
    )  # fmt: skip

    assert done.code == 2
    assert "1 control, expected at least 5" in done.err

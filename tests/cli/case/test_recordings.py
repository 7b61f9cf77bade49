"""A case about recorded answers alone, and one of weights and answers together."""

import csv
from pathlib import Path

import pytest

import builders
from command import Command
from methods.answers.population import Population

POPULATION = Population(models=10, items=200, habit=0.3, children=((1, 0, 0.8),))


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(
        "filiation.examining.weights.planting.ways.TRIALS", 20
    )  # not what is under test here
    path = tmp_path / "answers.csv"
    recordings = POPULATION.recordings(3)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["question_id", "category", "key", "options", *(r.name for r in recordings)])
        for n, item in enumerate(recordings[0].items):
            said = [r.outputs[n] or "" for r in recordings]
            rows.writerow([item.id, item.category, item.key, item.options, *said])
    return path


def test_answers_are_exhibits_too(filiation: Command, tmp_path: Path, table: Path) -> None:
    case = tmp_path / "case"
    assert filiation("case", "open", case, "--title", "Answers", "-q").code == 0
    for number in range(10):
        done = filiation(
            "case", "add", case, f"{table}#model-{number}", "--name", f"m{number}",
            "--from", "lead", "--how", "recorded by the lead", "-q",
        )  # fmt: skip
        assert done.code == 0, done.err
    weights = builders.write_folder(tmp_path / "model", builders.llama())
    added = ("--from", "lead", "--how", "copied", "-q")
    assert filiation("case", "add", case, weights, "--name", "weights", *added).code == 0
    assert filiation("case", "add", case, weights, "--name", "theirs", *added).code == 0
    table.unlink()
    controls = [word for n in range(2, 10) for word in ("--control", f"m{n}")]
    plan = ("case", "plan", case, *controls, "-q")
    done = filiation(*plan, "--subject", "m1", "--source", "m0")
    assert done.code == 0, done.err
    assert "answers: no share of inherited units" in filiation("case", "power", case).out
    done = filiation("case", "examine", case, "--json")
    assert done.code == 0, done.err
    (conclusion,) = done.json["conclusions"]
    assert conclusion["support"]["toward"] == "neither"
    assert not [f for f in conclusion["findings"] if f["counts"]]
    refused = {a["method"].partition("/")[0]: a for a in conclusion["absent"]}["shared-errors"]
    assert refused["kind"] == "underpowered"
    assert "at least 13 independent controls are needed" in refused["reason"]
    refused = filiation("case", "lineup", "draw", case, "--foils", "2")
    assert (refused.code, "a line-up here is of weights" in refused.err) == (2, True)
    done = filiation(
        *plan, "--subject", "weights", "--subject", "m1", "--source", "theirs",
        "--source", "m0", "--because", "weights were handed over",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert filiation("case", "examine", case, "-q").code == 0
    done = filiation("case", "replay", case)
    assert (done.code, done.out.count(": the same")) == (0, 3), done.err
    assert filiation("case", "verify", case, "-q").code == 0

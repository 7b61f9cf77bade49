"""Recorded answers: the controls themselves as a population, where they are enough."""

import json
from pathlib import Path

import pytest

from cli.test_outputs import write
from command import Command
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import ANSWERS
from filiation.model.material import Material
from filiation.model.recording import Recording
from filiation.populations.reference import from_controls
from methods.answers.population import Population

CHILDREN = tuple((2 * n + 1, 2 * n, 0.8) for n in range(4))
MODELS = Population(models=18, items=400, habit=0.3, children=CHILDREN)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Eighteen models; models 1, 3, 5, 7 copied four fifths of their neighbours' answers."""
    write(tmp_path / "answers.csv", MODELS.recordings(3))
    families = {f"model-{n}": f"family-{n // 2}" for n in range(2, 8)}
    (tmp_path / "families.json").write_text(json.dumps(families))
    return tmp_path / "answers.csv"


def exhibit(recording: Recording) -> Exhibit:
    answers = Material(
        kind=ANSWERS,
        name=recording.name,
        digest=recording.digest,
        kept="00" * 32,
        content=recording,
    )
    return Exhibit(name=recording.name, materials=(answers,))


def words(table: Path, subject: str, out: str, *more: object) -> tuple[object, ...]:
    return (
        "examine", f"{table}#{subject}", "--source", f"{table}#model-0", "--control",
        f"{table}#*", "--out", table.parent / out, *more,
    )  # fmt: skip


@pytest.mark.validate
def test_controls_of_declared_families_give_ratios_that_verify(
    filiation: Command, table: Path
) -> None:
    families = ("--families", table.parent / "families.json", "--population", "controls")
    copy = filiation(*words(table, "model-1", "copy", *families, "--json"))

    assert copy.code == 0, copy.err
    assert copy.json["plan"]["population"]["origin"] == "controls"
    (strength,) = [s for s in copy.conclusion["strengths"] if "high" in s]
    assert strength["method"].startswith("shared-errors/")
    assert (strength["independent"], strength["families"]) == (13, 3)
    assert strength["related_regimes"] == {"one declared family": 3}
    (close,) = [f["log10_lr"] for f in copy.conclusion["findings"] if f["log10_lr"]]
    assert 0.0 < close["value"] <= strength["high"] and 10 ** strength["high"] <= 13 / 6 + 1e-4
    others = [f for f in copy.conclusion["findings"] if not f["counts"]]
    assert others and all("does not count" in f["log10_lr_absent"] for f in others)
    assert filiation("verify", table.parent / "copy").code == 0


def test_without_declared_relatives_the_controls_are_refused_and_the_reason_is_told(
    filiation: Command, table: Path
) -> None:
    done = filiation(*words(table, "model-1", "case", "--population", "controls"))

    assert done.code == 2
    assert "16 independent families, 0 of them with relatives by the families given" in done.err
    assert not (table.parent / "case").exists()


def test_relatives_of_the_parties_are_no_part_of_the_population(table: Path) -> None:
    told = {f"model-{n}": "ours" for n in range(4)}
    told |= {f"model-{n}": f"family-{n // 2}" for n in range(4, 8)}
    exhibits = [exhibit(r) for r in MODELS.recordings(3)]
    found = from_controls(exhibits[2:13], told, parties=exhibits[:2], seed=0)

    assert found is not None
    names = {model.name for model in found.population.models}
    assert names == {f"model-{n}" for n in range(4, 13)}
    families = {model.name: model.families for model in found.population.models}
    for pair in found.population.pairs:
        assert bool(pair.related) == (families[pair.source] == families[pair.subject])
    assert sum(bool(pair.related) for pair in found.population.pairs) == 2

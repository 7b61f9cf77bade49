"""The three bars on 29 public models, all at once; skipped without ../shared."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.shared_errors import SharedErrors
from filiation.model.finding import Finding
from validate_outputs.mmlu_pro import TABLE, family_of, recordings
from validate_outputs.shared_errors import surveyed

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.validate
real = pytest.mark.skipif(not TABLE.exists(), reason=f"{TABLE} is not here")


@pytest.fixture(scope="module")
def answers() -> Answers:
    return code_answers(recordings())


@real
@pytest.mark.parametrize("seed", range(3))
def test_the_three_bars_with_families(answers: Answers, seed: int) -> None:
    families = {model: family_of(model) for model in answers.models}
    found = surveyed(answers, families, seed)
    assert found.lineage == 15 and found.strangers == 358
    assert found.at_1 <= 0.02
    assert found.auc >= 0.975
    assert found.detection >= 0.8  # 0.87 when written: 13 of 15


@real
def test_unknown_relatives_make_the_test_blunt_and_not_unjust(answers: Answers) -> None:
    found = [surveyed(answers, {}, seed) for seed in range(3)]
    assert max(f.at_1 for f in found) <= 0.02
    assert np.mean([f.auc for f in found]) >= 0.97
    assert np.mean([f.detection for f in found]) >= 0.75


@real
def test_half_the_items_tell_the_same(answers: Answers) -> None:
    families = {model: family_of(model) for model in answers.models}
    halves = []
    for seed in range(6):
        drop = np.random.default_rng(seed).random(len(answers.items)) < 0.5
        halves.append(surveyed(answers.without(drop), families))
    assert max(half.at_1 for half in halves) <= 0.03
    assert np.mean([half.at_1 for half in halves]) <= 0.02
    assert np.mean([half.auc for half in halves]) >= 0.97
    assert np.mean([half.detection for half in halves]) >= 0.67


@real
def test_one_pair_through_compare_agrees_with_the_survey() -> None:
    models = {r.name: r for r in recordings()}
    families = {name: family_of(name) for name in models}
    for a, b, related in (
        ("Mistral-7B-v0.1", "Mistral-7B-v0.2-hf", True),
        ("Meta-Llama-3_1-8B", "Meta-Llama-3_1-8B-Instruct", True),
        ("gemma-7b", "Yi-34B", False),
        ("DeepSeek-Coder-V2", "Qwen1.5-72B-Chat", False),
    ):
        controls = [model for name, model in models.items() if name not in (a, b)]
        found = SharedErrors().compare(models[a], models[b], controls, families=families, seed=0)
        assert isinstance(found, Finding)
        assert (found.log_p <= np.log(0.01)) is np.bool_(related)


def test_a_hundred_thousand_items_by_three_hundred_models() -> None:
    """`survey` and `examine`, through the command line: within ten minutes and 4 GiB each."""
    done = subprocess.run(
        [sys.executable, "benchmarks/exp_answers.py", "--kinds", "letters"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)["letters"]
    for verb in ("survey", "examine"):
        assert found[verb]["seconds"] < 600
        assert found[verb]["peak_mib"] < 4096

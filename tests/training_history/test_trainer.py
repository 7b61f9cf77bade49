"""From inside a training: the callback in a real Trainer, the plain function in a loop."""

import stat
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from filiation.proceedings.trainings import take_history
from training_history.test_taking import write
from training_history.walks import wandering

EXAMPLE = Path(__file__).parents[2] / "examples" / "training" / "watch_training.py"


def example() -> Any:
    """The example, as who copies it has it."""
    spec = spec_from_file_location("watch_training", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def command(tmp_path: Path) -> str:
    """`filiation` as a command of this environment."""
    path = tmp_path / "filiation"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m filiation "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_trainer_of_transformers_keeps_every_checkpoint(tmp_path: Path, command: str) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=96,
    )  # fmt: skip
    rows = [{"input_ids": row, "labels": row} for row in torch.randint(0, 96, (32, 8))]
    told = transformers.TrainingArguments(
        output_dir=str(tmp_path / "run"), max_steps=6, save_steps=2, report_to=[], use_cpu=True,
        per_device_train_batch_size=4, disable_tqdm=True,
    )  # fmt: skip
    callback = example().trainer_callback(tmp_path / "kept", filiation=command)
    transformers.Trainer(
        model=transformers.LlamaForCausalLM(config), args=told, train_dataset=rows,
        callbacks=[callback],
    ).train()  # fmt: skip
    found = take_history(tmp_path / "kept", tmp_path / "history")
    assert [point.step for point in found.points] == [2, 4, 6]
    assert all(point.seal and point.date for point in found.points)
    plain = take_history(tmp_path / "run", tmp_path / "plain")
    assert [p.subject for p in plain.points] == [p.subject for p in found.points]
    assert len({point.subject for point in found.points}) == 3


def test_the_plain_function_keeps_what_a_loop_wrote(tmp_path: Path, command: str) -> None:
    keep = example().keep_checkpoints
    for n, weights in enumerate(wandering(2)):
        write(weights, tmp_path / "run" / f"checkpoint-{n}")
        looking = keep(tmp_path / "run", tmp_path / "kept", filiation=command)
    assert looking.wait() == 0
    assert keep(tmp_path / "run", tmp_path / "kept", filiation=command).wait() == 0
    assert [p.step for p in take_history(tmp_path / "kept", tmp_path / "h").points] == [0, 1]

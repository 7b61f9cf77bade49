"""Tokenizer and architecture in a model's folder are questions of their own beside its weights."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import builders
import filiation as fl
from command import CASEBOOK, Command
from filiation.model.examination import Conclusion

KINDS = ["weights", "tokenizers", "architecture"]
CONFIG = {
    "model_type": "llama", "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 768,
}  # fmt: skip


def tiny(folder: Path, seed: int) -> Path:
    tensors = builders.llama(layers=2, width=16, hidden=24, vocabulary=768, seed=seed)
    builders.write_folder(folder, tensors, config=CONFIG)
    shutil.copy(CASEBOOK / "parent" / "tokenizer.json", folder)
    return folder


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filiation.examining.weights.planting.ways.TRIALS", 20)  # not tested here


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny(tmp_path / "model", 0)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny(tmp_path / "source", 500)


def weights_of(found: fl.Examination) -> Conclusion:
    conclusion = found.record.conclusion("weights")
    assert conclusion is not None
    return conclusion


def test_folders_bring_both_along_and_the_weights_conclusion_is_the_same(
    model: Path, source: Path, tmp_path: Path
) -> None:
    third = tiny(tmp_path / "third", 900)
    both = fl.examine(model, source=source, controls=[third])
    alone = fl.examine(model, source=source, controls=[third], only=["weights"])

    assert list(both) == KINDS
    assert list(alone) == ["weights"]
    assert weights_of(both) == weights_of(alone)
    assert weights_of(both).support.toward != "derivation"
    assert (both["tokenizers"].toward, both["architecture"].toward) == ("derivation", "neither")
    (control,) = both.record.controls
    assert {material.kind for material in control.materials} == {*KINDS}
    assert both.verify().holds


def test_a_shared_tokenizer_fails_no_gate_unless_it_was_asked_about(
    filiation: Command, model: Path, source: Path, tmp_path: Path
) -> None:
    asked = ("examine", model, "--source", source, "-q", "--fail-if", "derivation")

    assert filiation(*asked, "--out", tmp_path / "all").code == 0
    assert filiation(*asked, "--out", tmp_path / "t", "--only", "tokenizers").code == 1
    named = ("--subject-also", model / "tokenizer.json", "--source-also", source / "tokenizer.json")
    assert filiation(*asked, "--out", tmp_path / "named", *named).code == 1
    done = filiation("examine", model, "--source", source, "--only", "tokenizer", "-q")
    assert done.code == 2
    assert "only 'tokenizer': no kind of material, expected weights, answers" in done.err


def damaged(file: str, text: str) -> Callable[[Path], None]:
    def damage(model: Path) -> None:
        (model / file).write_text(text)

    return damage


def led_out(model: Path) -> None:
    (model / "tokenizer.json").rename(model.parent / "elsewhere.json")
    (model / "tokenizer.json").symlink_to(model.parent / "elsewhere.json")


def no_token(model: Path) -> None:
    read = json.loads((model / "tokenizer.json").read_text())
    read["model"]["merges"].append(["zzzz", "qqqq"])
    (model / "tokenizer.json").write_text(json.dumps(read))


def impossible_id(model: Path) -> None:
    read = json.loads((model / "tokenizer.json").read_text())
    read["model"]["vocab"]["zzzz"] = 10**12
    (model / "tokenizer.json").write_text(json.dumps(read))


def a_pipe(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    os.mkfifo(model / "tokenizer.json")


def other_file(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    (model / "tokenizer.model").write_bytes(b"no protocol buffer")


@pytest.mark.parametrize(
    ("damage", "kind", "said"),
    [
        (no_token, "tokenizers", "makes no token of the vocabulary"),
        (led_out, "tokenizers", "tokenizer.json is a link that leads out of the folder"),
        (other_file, "tokenizers", "no tokenizer, expected tokenizer.json"),
        (damaged("config.json", '{"model_type": "x"}'), "architecture", "none of the choices"),
    ],
)
def test_what_cannot_be_read_is_told_and_moves_nothing(
    model: Path, source: Path, damage: Callable[[Path], None], kind: str, said: str
) -> None:
    damage(model)
    before = fl.examine(model, source=source, only=["weights"])
    found = fl.examine(model, source=source)

    assert list(found) == KINDS
    assert weights_of(found).combined == weights_of(before).combined
    assert weights_of(found).support == weights_of(before).support
    conclusion = found.record.conclusion(kind)
    assert conclusion is not None
    (absent,) = conclusion.absent
    assert absent.kind == "unreadable"
    assert said in absent.reason
    assert str(model.parent) not in absent.reason
    assert conclusion.support.toward == "neither"
    assert found.verify().holds


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damaged("tokenizer.json", '{"model":'), "not valid JSON"),
        (damaged("tokenizer.json", "[" * 100_000), "nested too deeply"),
        (impossible_id, "expected 0 to 1999999"),
        (a_pipe, "a pipe, expected a file"),
    ],
)
def test_nobody_stops_an_examination_of_weights_by_damaging_the_tokenizer_beside_them(
    source: Path, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    copy = tiny(tmp_path / "copy", 500)
    damage(copy)
    found = fl.examine(copy, source=source)
    assert found["weights"].toward == "derivation"
    told = [note for note in weights_of(found).notes if "set aside: tokenizer.json" in note]
    assert len(told) == 1 and said in told[0] and "not read" in told[0]
    assert str(tmp_path) not in told[0]
    assert found.verify().holds


def test_where_one_side_holds_none_nothing_comes_along(model: Path, source: Path) -> None:
    (model / "tokenizer.json").unlink()
    found = fl.examine(model, source=source)

    assert list(found) == ["weights", "architecture"]
    assert not any("tokenizer" in note for note in found.notes)
    with pytest.raises(fl.errors.UsageError, match="holds no tokenizers that subject and source"):
        fl.examine(model, source=source, only=["tokenizers"])


def test_what_was_named_for_one_side_is_met_by_what_lies_beside_the_other(
    model: Path, source: Path
) -> None:
    shutil.move(model / "tokenizer.json", model.parent / "tokenizer.json")
    found = fl.examine([model, model.parent / "tokenizer.json"], source=source)

    assert list(found) == KINDS
    assert found["tokenizers"].toward == "derivation"


@pytest.mark.parametrize("kept", ["questions", "exhibits"])
def test_a_plan_that_was_fixed_before_is_carried_out_as_it_stands(
    model: Path, source: Path, kept: str
) -> None:
    alone = fl.plan(model, source=source, only=["weights"])
    fields: dict[str, Any] = {kept: alone.to_dict()[kept]}
    found = fl.examine(model, source=source, plan=fields)

    assert list(found) == ["weights"]
    whole = fl.examine(model, source=source, plan=alone)
    assert whole.plan.digest == alone.digest


def test_a_quick_look_and_a_file_of_weights_bring_nothing(model: Path, source: Path) -> None:
    assert list(fl.examine(model, source=source, quick=True)) == ["weights"]
    file = model / "model.safetensors"
    assert list(fl.examine(file, source=source / "model.safetensors")) == ["weights"]
    with pytest.raises(fl.errors.UsageError, match="kinds asked about alone"):
        fl.examine(model, source=source, quick=True, only=["weights"])

"""What lies beside the weights of an exhibit: exhibits of their own, which a plan names."""

import json
import shutil
from pathlib import Path

import pytest

import builders
from command import CASEBOOK, Command

CONFIG = {
    "model_type": "llama", "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 768,
}  # fmt: skip


def model(folder: Path, seed: int) -> Path:
    tensors = builders.llama(layers=2, width=16, hidden=24, vocabulary=768, seed=seed)
    builders.write_folder(folder, tensors, config=CONFIG)
    shutil.copy(CASEBOOK / "parent" / "tokenizer.json", folder)
    return folder


@pytest.mark.anew
def test_a_model_brings_its_tokenizer_and_configuration_into_a_case(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("filiation.examining.weights.planting.ways.TRIALS", 20)
    case = tmp_path / "case"
    assert filiation("case", "open", case, "--title", "t", "--lead", "tribunal").code == 0
    for number, name in enumerate(("suspect", "parent")):
        at = model(tmp_path / name, 500 * number)
        words = ("--name", name, "--from", "tribunal", "--how", "made here", "--along")
        done = filiation("case", "add", case, at, *words)
        assert done.code == 0
        assert [line.split(" is an exhibit")[0].split()[-1] for line in done.out.splitlines()] == [
            name, f"{name}-tokenizers", f"{name}-architecture",
        ]  # fmt: skip

    kinds = ("", "-tokenizers", "-architecture")
    named = [
        word
        for kind in kinds
        for word in ("--subject", f"suspect{kind}", "--source", f"parent{kind}")
    ]
    assert filiation("case", "plan", case, *named).code == 0
    done = filiation("case", "examine", case, "--json")
    told = {
        one["question"]: one["support"]["toward"] for one in json.loads(done.out)["conclusions"]
    }
    assert [*told] == ["weights", "tokenizers", "architecture"]
    assert (told["weights"] != "derivation", told["tokenizers"]) == (True, "derivation")
    assert filiation("case", "replay", case).code == 0
    assert filiation("case", "verify", case).code == 0
    words = ("--profile", "authority", "--no-pdf", "--language", "de", "--language", "fr")
    report = filiation("case", "report", case, *words)
    assert report.code == 0, report.err


def test_where_nothing_lies_beside_nothing_is_recorded(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    case = tmp_path / "case"
    filiation("case", "open", case, "--title", "t", "--lead", "tribunal")
    bare = builders.write_folder(tmp_path / "bare", builders.llama())
    words = ("--name", "bare", "--from", "tribunal", "--how", "made here", "--along")
    done = filiation("case", "add", case, bare, *words)
    assert (done.code, "no tokenizer and no configuration beside weights" in done.err) == (2, True)
    assert "bare" not in filiation("case", "log", case).out

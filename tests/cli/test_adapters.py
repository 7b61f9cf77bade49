"""BASE+ADAPTER at the command line: found, not accused, told, and both kept in custody."""

import gzip
import shutil
import zipfile
from pathlib import Path

import numpy as np

from adapters import LLAMA, PEFT, case, trained, turned, write_adapter, written
from builders import Array, Stored
from command import CASEBOOK, Command
from filiation.readers.weights.checkpoint import open_model

PARENT, INNOCENT, OTHER = (CASEBOOK / name for name in ("parent", "stranger-2", "stranger-3"))


def matrices(folder: Path) -> dict[str, Array]:
    model = open_model(folder)
    return {
        info.name: np.concatenate(
            [model.decode(info.name, row, raw).copy() for row, raw in model.blocks(info.name)]
        )
        for info in model.tensors
    }


def smuggled(folder: Path, stolen: Path, base: Path) -> Path:
    """An adapter that makes another model of an innocent base: W + (stolen - W) I."""
    tensors: dict[str, Stored] = {}
    there = matrices(base)
    for name, matrix in matrices(stolen).items():
        module, change = name.removesuffix(".weight"), matrix - there[name]
        if len(change) == 1 or ".layers." not in name:
            tensors[f"{PEFT}{name}"] = "F32", matrix[0] if len(change) == 1 else matrix
        else:
            rank = change.shape[1]
            tensors[f"{PEFT}{module}.lora_A.weight"] = "F32", np.eye(rank, dtype="<f4")
            tensors[f"{PEFT}{module}.lora_B.weight"] = "F32", change * np.float32(rank)
    return write_adapter(folder, tensors, lora_alpha=1)


def honest(folder: Path, base: Path, named: str) -> Path:
    """An adapter of rank 4 on every matrix of the layers."""
    rng = np.random.default_rng(7)
    tensors: dict[str, Stored] = {}
    for name, matrix in matrices(base).items():
        if ".mlp." in name or ".self_attn." in name:
            module, size = name.removesuffix(".weight"), float(matrix.std()) * 0.15
            down = rng.standard_normal((4, matrix.shape[1])).astype("<f4")
            up = (rng.standard_normal((len(matrix), 4)) * size).astype("<f4")
            tensors[f"{PEFT}{module}.lora_A.weight"] = "F32", down
            tensors[f"{PEFT}{module}.lora_B.weight"] = "F32", up
    return write_adapter(folder, tensors, r=4, lora_alpha=4, base_model_name_or_path=named)


def test_no_report_denies_files_that_were_given(filiation: Command, tmp_path: Path) -> None:
    """Of a base with an adapter, or of an archive, none are looked at, and the reason is true."""
    archive = tmp_path / "child.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name in ("config.json", "model.safetensors"):
            made.write(PARENT / name, f"release/{name}")
    for subject in (archive, f"{PARENT}+{honest(tmp_path / 'adapter', PARENT, 'parent')}"):
        out = tmp_path / f"out-{Path(subject).name}"
        found = filiation(
            "examine", subject, "--source", PARENT, "--control", OTHER, "--quick", "--full",
            "--out", out,
        )  # fmt: skip
        said = " ".join(found.out.split())
        assert found.code == 0, found.err
        assert "no files were looked at: only those of a folder or of a file of weights" in said
        assert "no file was found that could say anything" not in said


def test_a_stolen_model_as_an_adapter_on_an_innocent_base(
    filiation: Command, tmp_path: Path
) -> None:
    adapter = smuggled(tmp_path / "adapter", PARENT, INNOCENT)
    found = filiation("examine", f"{INNOCENT}+{adapter}", "--source", PARENT, "--json",
                      "--out", tmp_path / "out").conclusion  # fmt: skip
    assert found["support"]["toward"] == "derivation" and found["combined"]["log10_p"] < -9
    assert any("may be any matrix there" in note for note in found["notes"])


def test_an_honest_adapter_is_found_with_its_base_alone(filiation: Command, tmp_path: Path) -> None:
    adapter = honest(tmp_path / "adapter", PARENT, "a/parent")
    done = filiation("examine", f"{PARENT}+{adapter}", "--source", PARENT, "--out", tmp_path / "1",
                     "--json")  # fmt: skip
    found = done.conclusion
    assert found["support"]["toward"] == "derivation"
    assert found["relation"]["kind"] == "low-rank"
    assert any("as the base given is called" in note for note in found["notes"])
    assert filiation("verify", tmp_path / "1").code == 0
    done = filiation("examine", f"{INNOCENT}+{adapter}", "--source", PARENT, "--out",
                     tmp_path / "2", "--json")  # fmt: skip
    found = done.conclusion
    assert found["combined"]["log10_p"] > -4 and found["support"]["toward"] != "derivation"
    assert any(note.split(": ", 1)[1].startswith("contradiction: adapter declares the base")
               for note in found["notes"])  # fmt: skip


def test_wherever_a_model_may_stand(filiation: Command, tmp_path: Path) -> None:
    base, config, tensors, given = case("lora")
    written(tmp_path / "base", base, config)
    write_adapter(tmp_path / "adapter", tensors, **given)
    both = f"{tmp_path / 'base'}+{tmp_path / 'adapter'}"
    sketch = tmp_path / "s.sketch"
    done = filiation("sketch", f"mine={both}", "-o", sketch)
    assert done.code == 0 and "merged      adapter (LoRA, " in done.out
    checked = filiation("verify", sketch, "--model", both)
    assert checked.code == 0 and "base+adapter" in checked.out
    written(tmp_path / "other", case("saved")[0] | {"x.weight": tensors[f"{PEFT}model.layers.0."
            "self_attn.q_proj.lora_A.weight"]}, LLAMA)  # fmt: skip
    done = filiation("survey", both, tmp_path / "other", tmp_path / "base", "--json")
    assert done.code == 0, done.err
    assert "base+adapter" in done.out
    gone = filiation("sketch", f"{tmp_path / 'base'}+{tmp_path / 'gone'}", "-o", tmp_path / "t")
    assert gone.code == 2 and "gone: there is no such file or folder" in gone.err
    alone = filiation("sketch", tmp_path / "adapter", "-o", tmp_path / "t")
    assert alone.code == 3 and "as BASE+ADAPTER" in alone.err


def test_a_case_keeps_both(filiation: Command, tmp_path: Path) -> None:
    base, config, tensors, given = case("lora")
    written(tmp_path / "base", base, config)
    adapter = write_adapter(tmp_path / "adapter", tensors, **given)
    both, folder = f"{tmp_path / 'base'}+{adapter}", tmp_path / "case"
    assert filiation("case", "open", folder, "--title", "Adapters", "-q").code == 0
    done = filiation("case", "add", folder, both, "--name", "m", "--from", "lead", "--how",
                     "copied", "--copy")  # fmt: skip
    assert done.code == 0, done.err
    told = filiation("case", "log", folder, "--json").out
    for name in ("base/model.safetensors", "base/config.json", "adapter/adapter_config.json",
                 "adapter/adapter_model.safetensors"):  # fmt: skip
        assert name in told
    assert '"base+adapter"' in told
    checked = ("case", "verify", folder, "--exhibit", f"m={both}")
    assert filiation(*checked).code == 0
    (adapter / "adapter_config.json").write_text("{}")
    done = filiation(*checked)
    assert done.code != 0 and "adapter/adapter_config.json was altered" in done.out + done.err
    shutil.rmtree(adapter)
    done = filiation("case", "verify", folder)
    assert done.code == 0, done.err


def test_adapters_alone_are_compared_with_adapters(filiation: Command, tmp_path: Path) -> None:
    half = trained(start=1, steps=60) | {
        n: t for n, t in trained(start=1).items() if "layers.0" in n
    }
    made = {
        "own": trained(start=1), "apart": trained(start=2, order=1),
        "seed": trained(start=1, order=2), "half": half, "turned": turned(trained(start=1)),
    }  # fmt: skip
    for name, tensors in made.items():
        write_adapter(tmp_path / name, tensors, r=8, lora_alpha=8, base_model_name_or_path="b")
    expected = {
        "apart": ("neither", "absence-is-no-evidence", "in 0, and the changes"),
        "seed": ("neither", "random-stream", "in 0, and the changes"),
        "half": ("derivation", "level-met", "in 1, and the changes"),
        "turned": ("neither", "absence-is-no-evidence", "factors they are written, in 5"),
        "own": ("derivation", "level-met", "in 5, and the changes"),
    }
    for name, (toward, reason, said) in expected.items():
        out = tmp_path / f"out-{name}"
        done = filiation("examine", tmp_path / name, "--source", tmp_path / "own", "--out", out,
                         "--json")  # fmt: skip
        assert done.code == 0, done.err
        found = done.conclusion
        assert found["question"] == "adapters"
        assert (found["support"]["toward"], found["support"]["reason"]) == (toward, reason), name
        assert any(said in note for note in found["notes"]), name
        assert filiation("verify", out).code == 0
    mixed = filiation("examine", tmp_path / "own", "--source", PARENT, "--out", tmp_path / "x")
    assert mixed.code == 2 and "give it as BASE+ADAPTER" in mixed.err
    kept = next((tmp_path / "out-apart/materials").glob("*.adapter.gz"))
    kept.write_bytes(gzip.compress(b'{"filiation.adapter": 1, "digest": "0"}'))
    assert filiation("verify", tmp_path / "out-apart").code != 0

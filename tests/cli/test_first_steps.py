"""What somebody is told who has other things at hand than a folder of safetensors."""

import json
import shutil
from pathlib import Path

import numpy as np

import containers
from builders import Stored, write_folder
from casebook.quantisers import FAMILIES, exl2
from command import CASEBOOK, Command

PARENT, CHILD, OTHER = (CASEBOOK / name for name in ("parent", "fine-tuned", "stranger-3"))
NAMED = {"child": CHILD, "parent": PARENT, "other": OTHER}
COMMIT = "5f0e3c1d2b4a69788796a5b4c3d2e1f001122334"


def packed(folder: Path, family: str = "") -> Path:
    """The parent as a hub has it, quantised; as EXL2 if nothing else is named."""
    packer, said = FAMILIES[family] if family else (exl2, {"quant_method": "exl2"})
    tensors: dict[str, Stored] = {}
    for name, array in containers.read_weights(PARENT).items():
        wide = array.astype(np.float32)
        tensors |= packer(name, wide) if name.endswith("_proj.weight") else {name: ("F32", wide)}
    config = json.loads((PARENT / "config.json").read_text())
    return write_folder(folder, tensors, config={**config, "quantization_config": said})


def test_files_of_a_snapshot_speak_where_the_root_of_a_cache_is_given(
    filiation: Command, tmp_path: Path
) -> None:
    kept = tmp_path / "hub" / "models--acme--child"
    snapshot = kept / "snapshots" / COMMIT
    shutil.copytree(CHILD, snapshot)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text(COMMIT)

    done = filiation(
        "examine", tmp_path / "hub", "--source", PARENT, "--control", OTHER, "--quick", "--json",
        "--out", tmp_path / "out",
    )  # fmt: skip
    (subject,) = (one for one in done.json["declared"]["models"] if one["side"] == "subject")

    assert subject["read"] == ["config.json", "model.safetensors"], done.err
    assert "acme/child" in {one["says"] for one in subject["claims"]}


def test_scales_of_a_packed_model_are_one_line_of_its_sketch(
    filiation: Command, tmp_path: Path
) -> None:
    model = packed(tmp_path / "gptq", "GPTQ 4 bits")

    done = filiation("sketch", model, "--out", tmp_path / "gptq.sketch")

    skipped = [line for line in done.out.splitlines() if line.startswith("skipped")]
    assert skipped == [
        "skipped     84 tensors: scales and zero points of packed matrices, read with them"
    ]


def test_a_tokenizer_is_compared_with_that_of_a_model(filiation: Command, tmp_path: Path) -> None:
    done = filiation(
        "examine", PARENT / "tokenizer.json", "--source", CHILD, "--out", tmp_path / "out", "--json"
    )

    (only,) = done.json["conclusions"]
    assert (done.code, only["question"]) == (0, "tokenizers")


def test_a_tokenizer_beside_a_model_without_is_told_what_it_is_compared_with(
    filiation: Command, tmp_path: Path
) -> None:
    bare = shutil.copytree(CHILD, tmp_path / "fine-tuned")
    (bare / "tokenizer.json").unlink()
    done = filiation(
        "examine", PARENT / "tokenizer.json", "--source", bare, "--out", tmp_path / "out"
    )

    assert done.code == 2
    assert "parent: exhibited were tokenizers, and of fine-tuned weights" in done.err
    assert "give its tokenizer.json: a tokenizer is compared with tokenizers" in done.err


def test_a_survey_says_of_each_model_once_why_it_is_left_out(
    filiation: Command, tmp_path: Path
) -> None:
    unread = packed(tmp_path / "exl2")
    (tmp_path / "empty").mkdir()

    done = filiation("survey", PARENT, CHILD, unread, tmp_path / "empty")

    said = " ".join(done.out.split())
    assert "not read (EXL2): whether they are shared is not known; not compared" in said
    assert "empty: no weights that are read" in said and "empty: empty:" not in said
    assert "digests were compared" not in said


def test_a_scan_does_not_pass_over_what_is_packed_and_not_read(
    filiation: Command, tmp_path: Path
) -> None:
    """A row without a relative must not look as if all of it had been compared."""
    packed(tmp_path / "ship" / "exl2")

    done = filiation("scan", tmp_path / "ship", "--fail-if", "unreadable")

    assert done.code == 1
    assert "28 of 95 tensors not read" in " ".join(done.out.split())
    assert "1 row read in part: what is packed there may be anybody's." in done.out
    assert "1 row that could not be read, or only in part (unreadable)" in done.err


def test_a_control_with_the_same_tokenizer_is_told(filiation: Command, tmp_path: Path) -> None:
    sides = [f"{name}={folder / 'tokenizer.json'}" for name, folder in NAMED.items()]

    done = filiation(
        "examine", sides[0], "--source", sides[1], "--control", sides[2], "--full",
        "--out", tmp_path / "out",
    )  # fmt: skip

    said = " ".join(done.out.split())
    assert "“other”, a control, keeps all 467 neighbours that parent and child both keep" in said


def test_a_quick_look_is_not_said_to_support_independence_before_it_is_taken(
    filiation: Command,
) -> None:
    done = filiation(
        "examine", CHILD, "--source", PARENT, "--control", OTHER, "--quick", "--dry-run"
    )

    said = " ".join(done.out.split())
    assert "Independence is never supported by a quick look." in said
    assert "Independence is supported only from" not in said

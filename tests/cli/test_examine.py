"""The main job, end to end, on models that we trained."""

import hashlib
import json
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

import builders
from command import CASEBOOK, Command
from filiation.readers.bytes.safetensors import open_file

FLOOR = -9.0  # log10 of the assumption floor
FOUND = ("fine-tuned", "continued", "quantised-8bit", "quantised-4bit", "rescaled", "merged",
         "rotated", "depth-pruned", "permuted", "width-pruned")  # fmt: skip
STRANGERS = ("stranger-2", "stranger-3", "distilled")


def test_the_contract_of_the_json(filiation: Command, tmp_path: Path) -> None:
    done = filiation(
        "examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent",
        "--control", CASEBOOK / "stranger-2", "--seed", 5, "--out", tmp_path / "case", "--json",
    )  # fmt: skip
    report, found = done.json, done.conclusion

    assert (done.code, report["schema_version"]) == (0, 3)
    assert found["subject"].keys() >= {"name", "digest"}
    for one in (report, found):
        assert one["source"]["name"] == "parent"
        assert [c["name"] for c in one["controls"]] == ["stranger-2"]
    for finding in found["findings"]:
        assert finding.keys() >= {
            "method", "kind", "observed", "log10_p", "log10_p_floor", "because", "layers",
        }  # fmt: skip
        assert finding["kind"] in ("exact", "permutation", "calibrated")
        assert finding["log10_p_floor"] <= finding["log10_p"] + 1e-9
        if finding["method"].startswith(("unit-trace", "unit-order")):
            assert len(finding["layers"]) == 4
    assert found["combined"].keys() >= {"log10_p", "because"}
    assert found["relation"]["kind"] == "fine-tuned"
    assert found["relation"]["share_of_units"]["low"] > 0.99
    assert found["support"].keys() >= {"toward", "words", "because"}
    plan = (tmp_path / "case" / "plan.json").read_bytes()
    assert report["plan_digest"] == hashlib.sha256(plan).hexdigest()
    assert json.loads(plan)["seed"] == 5
    assert (tmp_path / "case" / "report.json").read_text() == done.out


@pytest.mark.parametrize("name", FOUND)
def test_what_descends_from_the_parent_is_found(
    filiation: Command, tmp_path: Path, name: str
) -> None:
    found = examined(filiation, tmp_path, name)

    assert found["combined"]["log10_p"] < FLOOR
    assert found["support"]["toward"] == "derivation"


@pytest.mark.parametrize("name", STRANGERS)
def test_independent_weights_are_not_accused(filiation: Command, tmp_path: Path, name: str) -> None:
    found = examined(filiation, tmp_path, name)

    if name == "distilled":  # a student's head lies to its tokens as the teacher's does
        assert found["support"] == {**found["support"], "toward": "neither",
                                    "reason": "disguise-suspected"}  # fmt: skip
    else:
        assert found["support"]["toward"] == "independence"
    assert (
        found["power"]["share"] <= 0.5
    )  # half of a head that is turned; all else within a quarter
    for finding in found["findings"]:
        assert all(layer["log10_p"] > -4 for layer in finding["layers"])


def test_the_rotated_copy_is_found_in_every_frame_but_the_native(
    filiation: Command, tmp_path: Path
) -> None:
    log10_p = {
        finding["method"]: finding["log10_p"]
        for finding in examined(filiation, tmp_path, "rotated")["findings"]
    }
    orders = {name: p for name, p in log10_p.items() if name.startswith("unit-order")}

    assert {name.split(";")[1] for name in orders if "of=attention" not in name} == {
        *("frame=native", "frame=token", "frame=table"),
        *("frame=gauge", "frame=canonical", "frame=signature"),
    }
    assert len(orders) == 6 + 3  # of the attention in three frames
    assert all((p > -3) == ("frame=native" in name) for name, p in orders.items())
    assert all((p < FLOOR) != ("frame=native" in name) for name, p in orders.items())
    assert all(p > -3 for name, p in log10_p.items() if name.startswith("axis-order"))


def test_a_permuted_copy_is_found_by_axes_signs_and_whole_tables_only(
    filiation: Command, tmp_path: Path
) -> None:
    found = examined(filiation, tmp_path, "permuted")

    assert found["support"]["toward"] == "derivation"
    of_units = [f for f in found["findings"] if f["component"] == "mlp"]
    assert {f["method"].partition("/")[0] for f in of_units if f["log10_p"] < FLOOR} == {
        *("axis-order", "unit-sign")
    }
    orders = [f for f in of_units if f["method"].startswith(("unit-order", "unit-trace"))]
    assert len(orders) == 12 and all(f["log10_p"] > -3 for f in orders)
    others = {f["method"].partition("/")[0] for f in found["findings"] if f["log10_p"] < FLOOR}
    assert others >= {"table-axes", "attention-axes", "equal-tensors"}  # were left alone


def test_a_copy_is_identical(filiation: Command, tmp_path: Path) -> None:
    found = examined(filiation, tmp_path, "parent")

    assert found["relation"]["kind"] == "identical"


def test_another_architecture_is_compared_by_what_applies_and_not_accused(
    filiation: Command, tmp_path: Path
) -> None:
    found = examined(filiation, tmp_path, "other-architecture")

    stems = {finding["method"].partition("/")[0] for finding in found["findings"]}
    assert stems == {"unit-subsequence", "unit-agreement", "equal-tensors"}
    assert {absent["kind"] for absent in found["absent"]} == {"inapplicable"}
    assert found["support"]["toward"] != "derivation"
    assert found["combined"]["log10_p"] > -2


@pytest.mark.anew
def test_the_same_examination_has_the_same_bytes(filiation: Command, tmp_path: Path) -> None:
    for out in ("one", "two"):
        filiation(
            "examine", CASEBOOK / "merged", "--source", CASEBOOK / "parent", "--out", tmp_path / out
        )

    one, two = (
        {p.name: p.read_bytes() for p in (tmp_path / out).rglob("*") if p.is_file()}
        for out in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize("side", ["subject", "source", "both"])
def test_every_tensor_renamed_at_random_is_still_examined(
    filiation: Command, tmp_path: Path, side: str
) -> None:
    child, parent = CASEBOOK / "fine-tuned", CASEBOOK / "parent"
    if side != "source":
        child = renamed(child, tmp_path / "child", seed=1)
    if side != "subject":
        parent = renamed(parent, tmp_path / "parent", seed=2)
    done = filiation("examine", child, "--source", parent, "--out", tmp_path / "case", "--json")

    assert done.conclusion["combined"]["log10_p"] < FLOOR
    assert any("guessed" in note for note in done.conclusion["notes"])


def test_a_stranger_renamed_at_random_is_not_accused(filiation: Command, tmp_path: Path) -> None:
    child = renamed(CASEBOOK / "stranger-2", tmp_path / "child", seed=1)
    done = filiation(
        "examine", child, "--source", CASEBOOK / "parent", "--out", tmp_path / "case", "--json"
    )

    assert done.conclusion["support"]["toward"] != "derivation"


def test_a_control_that_is_a_relative_is_said_so(filiation: Command, tmp_path: Path) -> None:
    done = filiation(
        "examine", CASEBOOK / "stranger-2", "--source", CASEBOOK / "parent",
        "--control", CASEBOOK / "fine-tuned", "--control", CASEBOOK / "stranger-3",
        "--out", tmp_path / "case", "--json",
    )  # fmt: skip

    assert [c["standing"] for c in done.conclusion["controls"]] == ["relative", "independent"]


def test_sketches_stand_in_for_models(filiation: Command, tmp_path: Path) -> None:
    for name in ("fine-tuned", "parent"):
        done = filiation("sketch", CASEBOOK / name, "-o", tmp_path / f"{name}.sketch")
        assert done.code == 0
    sketches = filiation(
        "examine", tmp_path / "fine-tuned.sketch", "--source", tmp_path / "parent.sketch",
        "--out", tmp_path / "a", "--json",
    )  # fmt: skip

    assert sketches.conclusion == examined(filiation, tmp_path, "fine-tuned")


def test_the_brief_summary_answers_in_a_few_lines(filiation: Command, tmp_path: Path) -> None:
    done = filiation(
        "examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent", "--out", tmp_path / "c"
    )

    assert done.code == 0
    assert "\x1b" not in done.out
    assert done.out.index("examined against") < done.out.index("1e-9") < done.out.index("Reports: ")
    assert "Proposition 1" not in done.out
    assert len(done.out.splitlines()) < 30
    assert f"Reports: {tmp_path / 'c'}/report.html" in done.out
    assert f"filiation verify {tmp_path / 'c'}" in done.out


def test_the_whole_summary_opens_with_the_question(filiation: Command, tmp_path: Path) -> None:
    done = filiation(
        "examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent",
        "--out", tmp_path / "c", "--full",
    )  # fmt: skip

    assert done.code == 0
    assert "\x1b" not in done.out
    assert done.out.index("roposition") < done.out.index("1e-9")
    assert str(tmp_path / "c") in done.out


@pytest.mark.parametrize(
    ("name", "gate", "code"),
    [
        ("fine-tuned", "derivation", 1), ("stranger-2", "derivation", 0),
        ("fine-tuned", "not-independence", 1), ("stranger-2", "not-independence", 0),
    ],
)  # fmt: skip
def test_a_gate_decides_the_exit_code_and_nothing_else(
    filiation: Command, tmp_path: Path, name: str, gate: str, code: int
) -> None:
    done = filiation(
        "examine", CASEBOOK / name, "--source", CASEBOOK / "parent",
        "--out", tmp_path / "c", "--fail-if", gate, "--json",
    )  # fmt: skip

    assert (done.code, done.err.count(f"filiation: --fail-if {gate}: weights support")) == (
        code,
        code,
    )
    assert done.err.endswith("; exit 1\n" if code else "")
    assert (tmp_path / "c" / "report.json").read_text() == done.out
    assert (tmp_path / "c" / "manifest.json").is_file()


def test_a_folder_whose_name_is_no_text_is_examined_and_verified(
    filiation: Command, tmp_path: Path
) -> None:
    odd = tmp_path / os.fsdecode(b"child-\xff")
    shutil.copytree(CASEBOOK / "fine-tuned", odd)
    done = filiation(
        "examine", odd, "--source", CASEBOOK / "parent", "--out", tmp_path / "c", "--json"
    )

    assert done.code == 0, done.err
    assert done.conclusion["subject"]["name"] == "child-\ufffd"
    assert filiation("verify", tmp_path / "c").code == 0


def examined(filiation: Command, folder: Path, name: str) -> dict[str, object]:
    done = filiation(
        "examine", CASEBOOK / name, "--source", CASEBOOK / "parent",
        "--out", folder / "case", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    return done.conclusion


def renamed(model: Path, target: Path, seed: int) -> Path:
    """The same tensors under random names, in a random order."""
    rng = random.Random(seed)
    file = open_file(model / "model.safetensors")
    entries = list(file.entries)
    rng.shuffle(entries)
    stored = {
        "".join(rng.choices("abcdefgh", k=12)): (
            entry.info.dtype,
            np.frombuffer(
                file.view(entry.start, entry.start + entry.info.nbytes), dtype="<u2"
            ).reshape(entry.info.shape),
        )
        for entry in entries
    }
    return builders.write_folder(target, stored)


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_terminal_shows_the_name_of_every_method(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    done = filiation(
        "examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent",
        "--control", CASEBOOK / "stranger-3", "--out", tmp_path / "c", "--full",
    )  # fmt: skip
    told = " ".join(done.out.split())

    assert "- Unit trace, native frame (MLP layers): observed" in told
    assert "stranger-3”: p, source" in told and "…" not in done.out


def test_no_line_ends_in_blanks_and_no_color_writes_no_escape(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich then takes a pipe for a terminal
    for more in ((), ("--full",)):
        done = filiation(
            "examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent",
            "--control", CASEBOOK / "stranger-3", "--out", tmp_path / f"c{len(more)}", *more,
        )  # fmt: skip
        assert "\x1b" not in done.out
        assert [line for line in done.out.splitlines() if line != line.rstrip()] == []


def test_a_gate_that_fails_for_answers_says_that_it_always_does(
    filiation: Command, tmp_path: Path
) -> None:
    answers = CASEBOOK.parent / "answers"
    done = filiation(
        "examine", answers / "fine-tuned.jsonl.xz", "--source", answers / "parent.jsonl.xz",
        "--out", tmp_path / "c", "--fail-if", "not-independence", "-q",
    )  # fmt: skip

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "filiation: --fail-if not-independence: recorded answers support neither of the two; "
        "recorded answers never support independence; exit 1\n"
    )

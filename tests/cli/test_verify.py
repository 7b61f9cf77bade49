"""An examination verifies; with anything changed it does not, and the change is named."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from command import CASEBOOK, Command


@pytest.fixture
def case(filiation: Command, tmp_path: Path) -> Path:
    done = filiation(
        "examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent",
        "--out", tmp_path / "case", "--quiet",
    )  # fmt: skip
    assert (done.code, done.out, done.err) == (0, "", "")
    return tmp_path / "case"


def test_a_case_is_computed_again_to_the_byte(filiation: Command, case: Path) -> None:
    done = filiation("verify", case)

    assert done.code == 0, done.err
    assert [line[:2] for line in done.out.splitlines()] == ["1.", "2.", "3."]


@pytest.mark.parametrize("name", ["plan.json", "examination.json", "report.json", "report.html"])
def test_one_flipped_bit_is_named(filiation: Command, case: Path, name: str) -> None:
    raw = bytearray((case / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (case / name).write_bytes(raw)
    done = filiation("verify", case)

    assert done.code == 3
    assert name in done.err and "changed after it was recorded" in done.err


def test_a_number_changed_together_with_the_manifest_is_named(
    filiation: Command, case: Path
) -> None:
    """Whoever can rewrite the manifest still cannot make the sketches give another number."""
    path = case / "examination.json"
    found = json.loads(path.read_text())
    found["conclusions"][0]["findings"][0]["observed"] = 0.5
    forged = json.dumps(found, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    path.write_bytes(forged)
    manifest = json.loads((case / "manifest.json").read_text())
    manifest["examination.json"] = hashlib.sha256(forged).hexdigest()
    (case / "manifest.json").write_text(json.dumps(manifest))
    done = filiation("verify", case)

    assert done.code == 3
    assert "examination.json: computing it again gave other bytes" in done.err
    assert "check with the build that wrote it" in done.err  # both say they are of one version


def test_a_sketch_in_the_place_of_another_is_named(filiation: Command, case: Path) -> None:
    """Even if the manifest was written anew over it."""
    one, two = sorted((case / "materials").iterdir())
    one.write_bytes(two.read_bytes())
    manifest = json.loads((case / "manifest.json").read_text())
    manifest[f"materials/{one.name}"] = hashlib.sha256(one.read_bytes()).hexdigest()
    (case / "manifest.json").write_text(json.dumps(manifest))
    done = filiation("verify", case)

    assert done.code == 3
    assert "it was put in the place of another" in done.err


@pytest.mark.parametrize("schema", [1, 2])
def test_an_examination_of_an_older_schema_is_refused_by_name(
    filiation: Command, case: Path, schema: int
) -> None:
    path = case / "examination.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": schema}))
    manifest = json.loads((case / "manifest.json").read_text())
    manifest[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (case / "manifest.json").write_text(json.dumps(manifest))
    done = filiation("verify", case)

    assert done.code == 3
    assert f"examination.json: schema_version {schema}, expected 3" in done.err


def test_removed_and_added_files_are_named(filiation: Command, case: Path) -> None:
    (case / "extra.txt").write_text("x")
    assert "extra.txt: not in the manifest" in filiation("verify", case).err
    (case / "extra.txt").unlink()
    (case / "report.html").unlink()
    assert "report.html: recorded in the manifest, found nothing" in filiation("verify", case).err


def test_a_folder_that_is_no_case(filiation: Command, tmp_path: Path) -> None:
    done = filiation("verify", tmp_path)

    assert done.code == 3
    assert "no manifest.json" in done.err


def test_a_sketch_is_that_of_its_model(filiation: Command, tmp_path: Path) -> None:
    sketch = tmp_path / "parent.sketch"
    filiation("sketch", CASEBOOK / "parent", "-o", sketch)

    done = filiation("verify", sketch, "--model", CASEBOOK / "parent")
    assert (done.code, "the same bytes again" in done.out) == (0, True)
    done = filiation("verify", sketch, "--model", CASEBOOK / "merged")
    assert (done.code, "changed after it was recorded" in done.err) == (3, True)


@pytest.mark.parametrize(("steps", "code"), [(1, 0), (2, 3)])
def test_one_step_of_rounding_is_allowed_and_two_are_not(
    filiation: Command, tmp_path: Path, steps: int, code: int
) -> None:
    sketch = tmp_path / "parent.sketch"
    filiation("sketch", CASEBOOK / "parent", "-o", sketch)
    raw = bytearray(sketch.read_bytes())
    raw[-1] = (raw[-1] + steps) % 256 if raw[-1] < 120 else raw[-1] - steps
    other = tmp_path / "other.sketch"
    shutil.copy(sketch, other)
    other.write_bytes(raw)

    assert filiation("verify", other, "--model", CASEBOOK / "parent").code == code

"""An examination verifies; with anything changed it does not, and the change is named."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import filiation as fl
from command import CASEBOOK, Command
from filiation.casefile.codec import examination_bytes, examination_from_bytes
from filiation.proceedings.report_files import reports


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("examined") / "case"
    fl.examine(CASEBOOK / "fine-tuned", source=CASEBOOK / "parent", out=out)
    return out


@pytest.fixture
def case(examined: Path, tmp_path: Path) -> Path:
    return shutil.copytree(examined, tmp_path / "case")


def forge(case: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what was found, and write reports and manifest anew as the program would have."""
    path = case / "examination.json"
    found = json.loads(path.read_bytes())
    change(found)
    examination = examination_from_bytes(json.dumps(found).encode(), path.name)
    files = {path.name: examination_bytes(examination), **reports(examination)}
    manifest = json.loads((case / "manifest.json").read_bytes())
    for name, raw in files.items():
        (case / name).write_bytes(raw)
        manifest[name] = hashlib.sha256(raw).hexdigest()
    (case / "manifest.json").write_text(json.dumps(manifest))


def layers(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What was found of single layers and has a deviation that is not whole."""
    findings = found["conclusions"][0]["findings"]
    return [x for f in findings for x in f["layers"] if isinstance(x["z"], float)]


@pytest.mark.anew
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
    forge(case, lambda found: found["conclusions"][0]["findings"][0].update(observed=0.5))
    done = filiation("verify", case)

    assert done.code == 3
    assert "examination.json: computing it again gave other figures or words" in done.err
    assert "conclusions[0].findings[0].observed: recorded 0.5, computed" in done.err
    assert "check with the build that wrote it" in done.err  # both say they are of one version


def test_last_digits_of_another_processor_are_told_and_no_change(
    filiation: Command, case: Path
) -> None:
    forge(case, lambda found: layers(found)[0].update(z=layers(found)[0]["z"] + 0.0007))
    done = filiation("verify", case)

    assert (done.code, done.err) == (0, "")
    assert "the same up to the last digits of the arithmetic: 1 of " in done.out
    assert "figures differ, by 0.0007 at most" in done.out
    held = fl.open_examination(case).verify()
    assert held and "the same up to the last digits" in held.notes[0]


def test_whoever_moves_every_figure_a_little_is_found(filiation: Command, case: Path) -> None:
    def every(found: dict[str, Any]) -> None:
        for layer in layers(found):
            layer.update(z=layer["z"] + 0.0007, observed=layer["observed"] + 1e-6)
            layer.update(log_p=max(layer["log_p"] - 1e-6, layer["log_p"]))
        for part in found["conclusions"][0]["parts"]:
            if isinstance(part["share"], float):
                part.update(share=part["share"] + 1e-6)
        for one in found["conclusions"][0]["findings"]:
            one.update(observed=one["observed"] + 1e-6)

    forge(case, every)
    done = filiation("verify", case)

    assert done.code == 3
    assert "figures differ, more than last digits explain" in done.err


def test_a_report_that_tells_another_examination_is_named(filiation: Command, case: Path) -> None:
    path = case / "report.html"
    path.write_bytes(path.read_bytes().replace(b"derivation", b"independence"))
    manifest = json.loads((case / "manifest.json").read_bytes())
    manifest[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (case / "manifest.json").write_text(json.dumps(manifest))
    done = filiation("verify", case)

    assert done.code == 3
    assert "report.html: writing it again gave other bytes" in done.err


def test_a_translation_is_written_again_and_held_against_the_page(
    filiation: Command, tmp_path: Path
) -> None:
    """As the English page is; a language that is not known leaves nothing."""
    out = tmp_path / "out"
    asked = (
        "examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent", "--quick",
        "--out", out,
    )  # fmt: skip
    refused = filiation(*asked, "--language", "it")
    assert refused.code != 0 and "expected one of de, fr" in refused.err and not out.exists()
    done = filiation(*asked, "--language", "de")
    assert done.code == 0 and "An unreviewed translation: " in done.out
    assert "/report-deutsch.html" in " ".join(done.out.split())
    path = out / "report-deutsch.html"
    assert '<html lang="de">' in path.read_text("utf-8") and filiation("verify", out).code == 0
    assert '<html lang="en">' in (out / "report.html").read_text("utf-8")

    path.write_bytes(path.read_bytes().replace(b"Ableitung", b"Unsinn"))
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest))
    done = filiation("verify", out)
    assert done.code == 3 and "report-deutsch.html: writing it again gave other" in done.err


def test_a_sketch_in_the_place_of_another_is_named(filiation: Command, case: Path) -> None:
    """Even if the manifest was written anew over it."""
    one, two = sorted((case / "materials").glob("*.sketch"))
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


def test_a_case_verb_says_which_verb_reads_an_examination(filiation: Command, case: Path) -> None:
    done = filiation("case", "verify", case)
    assert (done.code, "`filiation verify` checks it" in done.err) == (2, True)

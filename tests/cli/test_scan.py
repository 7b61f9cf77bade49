"""`filiation scan`, end to end on the casebook: rows, clashes, gates and bills of materials."""

import contextlib
import csv
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

import containers
from bills import wrong_in
from command import CASEBOOK, Command
from filiation.libraries.store import Library
from filiation.model.scan import CONDITIONS, Scan
from filiation.proceedings.libraries import add
from filiation.proceedings.naming import Named
from filiation.proceedings.scanning import scan
from filiation.report.render.boms.cyclonedx import cyclonedx
from filiation.report.render.boms.spdx import spdx
from filiation.report.render.scanned import scan_csv, scan_grids, scan_json
from filiation.report.wording.scanned import clash_sentences, scan_sentences

WHEN = "2026-11-30T12:00:00Z"
CARD = "---\nlicense: mit\nbase_model: somebody/stranger-9\n---\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A child with a card, its copy in an archive, and damage."""
    folder = tmp_path_factory.mktemp("scan") / "models"
    shutil.copytree(CASEBOOK / "quantised-8bit", folder / "quantised-8bit")
    (folder / "quantised-8bit" / "README.md").write_text(CARD)
    with zipfile.ZipFile(folder / "again.zip", "w") as archive:
        archive.write(CASEBOOK / "quantised-8bit" / "model.safetensors", "inner/model.safetensors")
    raw = (CASEBOOK / "stranger-3" / "model.safetensors").read_bytes()
    (folder / "cut.safetensors").write_bytes(raw[:5000])
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> Scan:
    """The scan of it, against a library that holds the parent."""
    library = folder.parent / "library"
    assert len(list(add(library, [Named(spec=str(CASEBOOK / "parent"))]))) == 1
    return scan([folder], library=library)


def test_clashes_stand_first_and_nothing_stops(found: Scan) -> None:
    assert [row.path.rpartition("models/")[2] for row in found.rows] == [
        "quantised-8bit/model.safetensors",
        "again.zip!/inner/model.safetensors",
        "cut.safetensors",
    ]
    child, copy, cut = found.rows
    assert (child.outcome, copy.outcome, cut.outcome) == ("copy", "read", "unread")
    assert child.reason == f"copy of {copy.path}"
    assert [clash.about for clash in child.clashes] == ["base"] and not copy.clashes
    for row in (child, copy):
        (near,) = row.relatives
        assert (near.name, near.kind, near.shelf) == ("parent", "quantised", "library")
        assert near.direction == "source-to-subject"
        assert near.log_p is not None and near.log_p < -20
    assert child.files[0].sha256 == copy.files[0].sha256 and cut.files[0].sha256
    assert cut.reason and str(found.roots[0]) not in cut.reason


def test_conditions_of_a_gate(found: Scan) -> None:
    met = {name: len(found.meeting(name)) for name in CONDITIONS}
    assert met == {"clash": 1, "undeclared-relative": 2, "unreadable": 1, "no-licence": 1}


def test_tables_for_people_and_for_programs(found: Scan) -> None:
    said = " ".join([*clash_sentences(found), *scan_sentences(found)])
    assert "declares to be made from somebody/stranger-9; it is related to parent." in said
    assert "1 model, 1 copy, 1 file not read; 1 clash." in said
    models, archive, unread = scan_grids(found)
    assert models.rows[0][0] == "clash: base" and models.rows[0][-1].startswith("mit, from")
    assert archive.rows[0][5] == "rounded, from it, p below 1e-9"
    assert unread.rows[0][0].endswith("cut.safetensors")
    table = list(csv.DictReader(io.StringIO(scan_csv(found))))
    assert [row["standing"] for row in table] == ["clash: base", "undeclared", "not read"]
    assert table[0]["declared_licence"] == "mit" and table[0]["relation"] == "quantised"
    fields = json.loads(scan_json(found))
    assert fields["schema_version"] == 1
    assert fields["rows"][0]["relatives"][0]["log10_p"] < -9


def test_a_name_is_no_formula_of_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "=HYPERLINK(1)").mkdir()
    (tmp_path / "=HYPERLINK(1)" / "m.safetensors").write_bytes(b"damaged")
    with contextlib.chdir(tmp_path):
        (row,) = csv.DictReader(io.StringIO(scan_csv(scan([Path()]))))
    assert row["path"] == "'=HYPERLINK(1)/m.safetensors"


def test_the_command(folder: Path, filiation: Command, tmp_path: Path) -> None:
    """Without a library, so that nothing is compared in full."""
    cut, bom = str(folder / "cut.safetensors"), tmp_path / "bom.json"
    done = filiation("scan", cut, "--cyclonedx", str(bom), "--fail-if", "clash")
    assert done.code == 0 and "1 file not read" in done.out, done.err
    assert json.loads(bom.read_text())["components"][0]["type"] == "file"
    done = filiation("scan", cut, "-q", "--fail-if", "unreadable")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("1 row that could not be read, or only in part (unreadable); exit 1\n")
    assert filiation("scan", cut, "--fail-if", "theft").code == 2
    assert filiation("scan", cut, "--cyclonedx", str(bom)).code == 2  # nothing is overwritten
    assert filiation("scan", str(tmp_path / "nothing")).code == 2


def test_a_library_that_can_hold_nothing_against_a_model_is_refused(
    folder: Path, filiation: Command, tmp_path: Path
) -> None:
    with Library(tmp_path / "empty", create=True):
        pass
    done = filiation("scan", str(folder), "--library", str(tmp_path / "empty"))
    assert done.code == 2 and "0 models, none with a sketch of" in done.err


def test_a_fault_of_this_program_ends_one_row(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object, **more: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("filiation.proceedings.scanning.take_sketch", broken)
    found = scan([folder])
    assert [row.outcome for row in found.rows] == ["unread"] * 3
    assert "this program failed" in found.rows[0].reason


def test_one_graph_with_other_weights_is_no_copy(tmp_path: Path) -> None:
    """An ONNX graph may keep its weights in another file: both must be equal."""
    for name in ("parent", "stranger-2"):
        home = containers.companions(CASEBOOK / name, tmp_path / name)
        weights = containers.read_weights(CASEBOOK / name)
        containers.write_onnx(home / "model.onnx", weights, external="model.onnx_data")
    one, other = scan([tmp_path]).rows
    assert one.files[0].sha256 == other.files[0].sha256
    assert [file.path.rpartition("/")[2] for file in one.files] == ["model.onnx", "model.onnx_data"]
    assert (one.outcome, other.outcome) == ("read", "read")


def test_the_bill_is_valid_cyclonedx(found: Scan) -> None:
    bom = json.loads(cyclonedx(found, WHEN))
    assert wrong_in(bom) == []
    by_type = [component["type"] for component in bom["components"]]
    assert by_type == ["machine-learning-model"] * 2 + ["file"]
    pedigree = bom["components"][0]["pedigree"]
    assert "ancestors" not in pedigree and pedigree["variants"][0]["name"] == "parent"


def test_the_bill_is_valid_spdx(found: Scan) -> None:
    model = pytest.importorskip("spdx_python_model").v3_0_1
    objects = model.SHACLObjectSet()
    model.JSONLDDeserializer().read(io.BytesIO(spdx(found, WHEN)), objects)
    packages = {one.name for one in objects.foreach_type("software_Package")}
    assert any(name.endswith("quantised-8bit/model.safetensors") for name in packages)
    assert "parent" in packages
    hashes = [h for one in objects.foreach_type("software_File") for h in one.verifiedUsing]
    assert len(hashes) == 3
    assert objects.link() == set()  # every reference leads to an element


def test_every_reference_of_the_spdx_bill_leads_somewhere(found: Scan) -> None:
    graph: list[dict[str, Any]] = json.loads(spdx(found, WHEN))["@graph"]
    ids = {node.get("spdxId", node.get("@id")) for node in graph}
    for node in graph:
        for field in ("from", "to", "rootElement", "element", "createdBy", "creationInfo"):
            held = node.get(field, [])
            assert set([held] if isinstance(held, str) else held) <= ids, (field, node)
    ties = {(n["from"], n["relationshipType"]) for n in graph if n["type"] == "Relationship"}
    assert {kind for _, kind in ties} == {"contains", "hasVariant", "hasDeclaredLicense"}


def test_a_narrow_terminal_cuts_no_word(
    found: Scan, folder: Path, filiation: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    narrow = filiation("scan", folder, "--library", folder.parent / "library").out
    monkeypatch.setenv("COLUMNS", "100")
    wide = filiation("scan", folder, "--library", folder.parent / "library").out

    assert found.library == 1
    assert "clash: base  model.safetensors  eca49c6b1b51\n    is copy; nearest parent" in narrow
    assert "relation rounded, from it, p below 1e-9" in " ".join(narrow.split())
    assert "standing     model" in wide and "standing" not in narrow
    assert "Undeclared: neither a file beside it nor the name of its package" in narrow

"""What other programs are given is valid by their own schemas."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from cli.case.conftest import at_home, typed


def export(folder: Path, form: str, name: str) -> Path:
    words = ("export", "{}/case", "--for", "basel", "--format", form, "-o", "{}/" + name)
    with at_home(folder):
        done = typed(folder, words)
    assert done.code == 0, done.err
    return folder / name


def test_the_bill_of_materials_is_valid_cyclonedx(copied: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    pytest.importorskip("cyclonedx")
    bom = json.loads(export(copied, "cyclonedx", "bom.json").read_text())
    folder = files("cyclonedx.schema") / "_res"
    kept = {
        name: json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text())
        for name in ("bom-1.7", "spdx", "jsf-0.82", "cryptography-defs")
    }
    registry = referencing.Registry().with_resources(
        [(f["$id"], referencing.Resource.from_contents(f)) for f in kept.values()]
    )
    validator = jsonschema.Draft7Validator(kept["bom-1.7"], registry=registry)

    assert [error.message for error in validator.iter_errors(bom)] == []
    assert list(validator.iter_errors({**bom, "components": [{"name": "x"}]})) != []
    models = {component["name"]: component for component in bom["components"]}
    assert models.keys() == {"parent", "suspect", "s1", "s2"}
    assert "ancestors" not in models["suspect"]["pedigree"]
    assert bom["citations"][-1]["pointers"] == ["/components/1/pedigree"]


@pytest.mark.validate
def test_the_exchange_graph_is_valid_case(copied: Path) -> None:
    pytest.importorskip("case_utils.case_validate")
    graph = export(copied, "case-uco", "case.jsonld")
    program = "from case_utils.case_validate import main; main()"
    tool = [sys.executable, "-W", "ignore", "-c", program, str(graph)]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)

    assert "Conforms: True" in done.stdout, done.stdout + done.stderr


def test_the_exchange_graph_shows_what_the_party_may_see(copied: Path) -> None:
    found = json.loads(export(copied, "case-uco", "case.jsonld").read_text())
    actions = [n for n in found["@graph"] if n["@type"].endswith("InvestigativeAction")]
    ids = [node["@id"] for node in found["@graph"]]

    # this export is an event; a confidential statement, a tag and a kept query are left out
    assert len(actions) == 33 + 1 - 3
    assert len(set(ids)) == len(ids)

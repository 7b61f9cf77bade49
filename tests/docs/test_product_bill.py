"""The bill of materials of the product: valid, and what the lock and the package say."""

import re
import tomllib
from pathlib import Path

import pytest

from bills import wrong_in
from product_bill import LOCK, ROOT, pinned, product, written

CORE = ROOT / "requirements" / "core.txt"


def test_it_is_valid_and_the_same_each_time() -> None:
    assert wrong_in(product()) == []
    assert written(product()) == written(product())


def test_what_is_required_is_what_the_lock_of_the_core_installs() -> None:
    """Read apart from the code under test: each line that pins, and its digests."""
    blocks = re.split(r"^(?=[a-z0-9])", CORE.read_text(), flags=re.M)[1:]
    wanted = {}
    for one in blocks:
        name, version = re.match(r"([a-z0-9._-]+)==([^\s;\\]+)", one).groups()  # type: ignore[union-attr]
        wanted[name, version] = set(re.findall(r"sha256:([0-9a-f]{64})", one))
    found = {
        (one["name"], one["version"]): {
            digest["content"] for digest in one["externalReferences"][0]["hashes"]
        }
        for one in product()["components"]
        if one["scope"] == "required"
    }
    assert found == wanted and len(wanted) > 30


def test_extras_are_optional_and_tests_are_no_part() -> None:
    bill = product()
    scopes = {one["name"]: one["scope"] for one in bill["components"]}
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert scopes["starlette"] == scopes["pypdf"] == scopes["duckdb"] == "optional"
    assert scopes["h11"] == "required"
    assert not {"pytest", "mypy", "ruff", "playwright", "onnx", "sphinx"} & set(scopes)
    root = bill["metadata"]["component"]
    (lacking,) = root["properties"]
    assert lacking["value"].split() == ["casebook", "ray", "run"]
    assert set(lacking["value"].split()) < set(told["optional-dependencies"])
    assert root["version"] == told["version"]


def test_each_package_is_brought_by_one_that_is_there() -> None:
    bill = product()
    root = bill["metadata"]["component"]["bom-ref"]
    refs = {root, *(one["bom-ref"] for one in bill["components"])}
    brought = {ref for one in bill["dependencies"] for ref in one["dependsOn"]}
    assert {one["ref"] for one in bill["dependencies"]} == refs
    assert brought == refs - {root}


def test_a_line_that_pins_nothing_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK.read_text() + "evil>=1\n")
    with pytest.raises(SystemExit, match="evil>=1"):
        pinned(lock)

"""The index that comes along: what it holds, whom it finds, and whom it does not."""

import math
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import filiation.libraries.reference as reference
from filiation.libraries.reference import (
    LEVEL,
    Entry,
    Origin,
    as_json,
    entries,
    entry_of,
    relatives_in_index,
    same_files,
)
from filiation.methods.weights.thinned import compare_layers
from filiation.model.sketch import Sketch, SketchMethod
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

ROOT = Path(__file__).parents[2]
CASEBOOK = ROOT / "examples" / "casebook"
MOST = 20_000  # bytes of one model
CHILDREN = ("fine-tuned", "continued", "quantised-4bit", "depth-pruned")
STRANGERS = ("stranger-2", "stranger-3", "distilled", "other-width")
ORIGIN = Origin(name="parent", package="pypi:parent==1", archive="0" * 64, member="parent")


@pytest.fixture(scope="module")
def sketches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sketch]:
    folder = tmp_path_factory.mktemp("sketches")
    for name in ("parent", "permuted", "rescaled", *CHILDREN, *STRANGERS):
        target = folder / f"{name}.sketch"
        take_sketch(open_model(CASEBOOK / name), target, method=SketchMethod(deep=0), workers=1)
    return {path.stem: read_sketch(path) for path in folder.iterdir()}


@pytest.fixture
def with_parent(sketches: dict[str, Sketch], monkeypatch: pytest.MonkeyPatch) -> Iterator[Entry]:
    parent = entry_of(ORIGIN, sketches["parent"], container="safetensors", digests=["1" * 64])
    monkeypatch.setattr(reference, "entries", lambda: (*entries(), parent))
    yield parent


def test_an_entry_holds_no_more_than_it_may() -> None:
    found = entries()
    assert len(found) >= 15
    assert len({entry.subject for entry in found}) == len(found)
    for entry in found:
        assert len(as_json(entry).encode()) <= MOST, entry.origin.name
        for kept in entry.layers:
            for width, columns, codes in kept.roles.values():
                units = len(codes) * 3 // 4 * 2 // columns
                assert columns <= width // 4 and units <= kept.units // 2 + 1


def test_a_child_is_found_and_says_how_sure(
    with_parent: Entry, sketches: dict[str, Sketch]
) -> None:
    for name in CHILDREN:
        (found,) = relatives_in_index(sketches[name], seed=0)
        assert (found.name, found.shelf, found.kind) == ("parent", "reference", "unknown"), name
        assert found.log_p is not None and found.log_p < math.log(1e-9), name


def test_the_model_itself_is_told_by_its_tensors(
    with_parent: Entry, sketches: dict[str, Sketch]
) -> None:
    (found,) = relatives_in_index(sketches["parent"], seed=0)
    assert (found.kind, found.log_p) == ("identical", None)


def test_equal_tensors_tell_without_a_p(with_parent: Entry, sketches: dict[str, Sketch]) -> None:
    (found,) = relatives_in_index(sketches["rescaled"], seed=0)
    assert found.log_p is None and found.share is not None and 0.5 < found.share < 1.0


def test_no_stranger_is_a_relative_of_the_index(
    with_parent: Entry, sketches: dict[str, Sketch]
) -> None:
    assert [relatives_in_index(sketches[name], seed=0) for name in STRANGERS] == [()] * 4


def test_strangers_of_the_index_are_none_of_each_other() -> None:
    """All pairs that could be tested; the family of MiniLM is the one that hangs together."""
    layered = [entry for entry in entries() if entry.layers]
    bar = math.log(LEVEL / len(layered))
    related = set()
    for entry in layered:
        for other in layered:
            ours, theirs = (
                [reference._read(kept) for kept in one.layers] for one in (entry, other)
            )
            found = compare_layers(ours, theirs, np.random.default_rng(0))
            if entry is not other and not isinstance(found, str) and found.log_p <= bar:
                related.add((entry.origin.name, other.origin.name))
    minilm = {e.origin.name for e in layered if e.origin.name.startswith("all-MiniLM")}
    assert len(minilm) == 2
    assert related == {(a, b) for a in minilm for b in minilm if a != b}


def test_equal_tensors_of_the_index_are_within_families() -> None:
    """A tensor that two entries share would make relatives of them; none is shared by strangers."""
    families = ("Silero VAD", "rawi", "PP-OCR mobile v2.0")
    for entry in entries():
        for other in entries():
            shared = entry.tensors.keys() & other.tensors.keys()
            if entry is not other and shared:
                names = entry.origin.name, other.origin.name
                assert any(all(n.startswith(family) for n in names) for family in families), names


def test_every_entry_is_of_a_pinned_package() -> None:
    pinned = tomllib.loads((ROOT / "tools" / "reference" / "packages.toml").read_text())
    named = {
        (f"{each['from']}:{each['name']}=={each['version']}", each["sha256"], model["member"])
        for each in pinned["package"]
        for model in each["model"]
    }
    assert {(e.origin.package, e.origin.archive, e.origin.member) for e in entries()} == named


@pytest.mark.validate
def test_the_index_is_what_the_packages_give(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "reference.build", "--check", "--cache", str(tmp_path)]
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")])
    done = subprocess.run(
        words, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_is_known_by_its_digest() -> None:
    entry = entries()[0]
    found = same_files(entry.files)
    assert found is not None and found.name == entry.origin.name
    assert same_files(["f" * 64]) is None


def test_a_re_ordered_copy_is_not_claimed_to_be_seen(
    with_parent: Entry, sketches: dict[str, Sketch]
) -> None:
    assert relatives_in_index(sketches["permuted"], seed=0) == ()

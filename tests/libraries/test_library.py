import multiprocessing
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from filiation.errors import AlteredError, UnreadableError, UsageError
from filiation.libraries.search import search_library
from filiation.libraries.store import Library
from filiation.methods.weights.coarse import BLOCKS, WIDTH, coarse_signature, shortlist
from filiation.numerics.rng import stream
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK = Path(__file__).parents[2] / "examples" / "casebook"
KEPT = ("parent", "stranger-2", "stranger-3", "stranger-4", "stranger-5", "other-width")
CHILDREN = (
    *("fine-tuned", "continued", "quantised-8bit", "quantised-4bit", "rescaled", "permuted"),
    *("rotated", "merged", "depth-pruned", "width-pruned"),
)


@pytest.fixture(scope="module")
def sketches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sketches")
    paths = {name: folder / f"{name}.sketch" for name in (*KEPT, *CHILDREN, "distilled")}
    for name, path in paths.items():
        take_sketch(open_model(CASEBOOK / name), path, workers=1)
    return paths


@pytest.fixture
def library(tmp_path: Path, sketches: dict[str, Path]) -> Iterator[Library]:
    with Library(tmp_path / "library", create=True) as made:
        for name in KEPT:
            made.add(name, sketches[name])
        yield made


@pytest.mark.parametrize("child", CHILDREN)
def test_the_parent_of_every_child_is_the_first_of_some_block(
    child: str, sketches: dict[str, Path]
) -> None:
    signatures = np.stack([coarse_signature(read_sketch(sketches[name])) for name in KEPT])
    first = shortlist(coarse_signature(read_sketch(sketches[child])), signatures, BLOCKS)
    assert KEPT.index("parent") in first


def test_a_child_is_found_and_strangers_are_not(
    library: Library, sketches: dict[str, Path]
) -> None:
    found = search_library(library, read_sketch(sketches["continued"]))
    assert [c.name for c in found.candidates if c.found] == ["parent"]
    assert (found.models, found.compared, len(found.candidates)) == (6, 6, 6)


@pytest.mark.parametrize("innocent", ["distilled"])
def test_who_shares_no_weights_finds_nothing(
    library: Library, sketches: dict[str, Path], innocent: str
) -> None:
    found = search_library(library, read_sketch(sketches[innocent]))
    assert not any(c.found for c in found.candidates)


def test_a_longer_shortlist_never_changes_a_p(library: Library, sketches: dict[str, Path]) -> None:
    query = read_sketch(sketches["fine-tuned"])
    few = {c.name: c.log_p for c in search_library(library, query, most=2).candidates}
    many = {c.name: c.log_p for c in search_library(library, query, most=9).candidates}
    assert len(few) == 2 and few.items() <= many.items()


def test_listing_removing_and_exporting(
    library: Library, sketches: dict[str, Path], tmp_path: Path
) -> None:
    assert [entry.name for entry in library.entries()] == sorted(KEPT)
    library.export("parent", tmp_path / "copy.sketch")
    assert (tmp_path / "copy.sketch").read_bytes() == sketches["parent"].read_bytes()
    with pytest.raises(UsageError, match="exists"):
        library.export("parent", tmp_path / "copy.sketch")
    entry = library.remove("parent")
    assert not (tmp_path / "library" / "blobs" / "sha256" / entry.sketch).exists()
    with pytest.raises(UsageError, match="no such model"):
        library.sketch("parent")
    assert library.add("parent", sketches["parent"]) == entry


def test_the_same_model_twice_is_refused(library: Library, sketches: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="same model as parent"):
        library.add("a second name", sketches["parent"])
    with pytest.raises(UsageError, match="in the library already"):
        library.add("parent", sketches["fine-tuned"])
    assert len(library) == len(KEPT)


def test_a_changed_blob_is_named(library: Library, tmp_path: Path) -> None:
    blob = tmp_path / "library" / "blobs" / "sha256" / library.named("parent").sketch
    raw = bytearray(blob.read_bytes())
    raw[-1] ^= 1
    blob.write_bytes(raw)
    with pytest.raises(AlteredError, match="parent"):
        library.sketch("parent")
    blob.unlink()
    with pytest.raises(UnreadableError, match="missing"):
        library.sketch("parent")


def test_what_is_no_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no library\.db"):
        Library(tmp_path)
    (tmp_path / "library.db").write_bytes(b"not a database, whatever its name" * 99)
    with pytest.raises(UnreadableError, match="damaged"):
        Library(tmp_path)


def test_a_library_of_a_newer_version_is_refused(library: Library, tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "library" / "library.db")
    db.execute("PRAGMA user_version = 2")
    db.close()
    with pytest.raises(UnreadableError, match="schema 2, expected 1"):
        Library(tmp_path / "library")


def test_an_empty_library_says_so(tmp_path: Path, sketches: dict[str, Path]) -> None:
    with Library(tmp_path / "new", create=True) as made, pytest.raises(UsageError, match="empty"):
        search_library(made, read_sketch(sketches["parent"]))


def _add(folder: Path, name: str, path: Path) -> None:
    with Library(folder, create=True) as opened:
        opened.add(name, path)


def test_several_processes_add_at_once(tmp_path: Path, sketches: dict[str, Path]) -> None:
    context = multiprocessing.get_context("spawn")
    jobs = [
        context.Process(target=_add, args=(tmp_path / "shared", name, sketches[name]))
        for name in KEPT[:3]
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    with Library(tmp_path / "shared") as opened:
        assert [entry.name for entry in opened.entries()] == sorted(KEPT[:3])
        assert opened.sketch("parent").digest == read_sketch(sketches["parent"]).digest


def test_a_failed_add_leaves_no_row(tmp_path: Path, sketches: dict[str, Path]) -> None:
    with Library(tmp_path / "library", create=True) as made:
        shutil.rmtree(tmp_path / "library" / "blobs")
        with pytest.raises(UsageError, match="cannot be written"):
            made.add("parent", sketches["parent"])
        assert len(made) == 0


def test_blocks_take_turns_so_that_an_emptied_one_hides_nothing() -> None:
    rng = stream(3, "shortlist")
    library = rng.integers(-127, 128, size=(200, BLOCKS, WIDTH)).astype(np.int8)
    query = rng.integers(-127, 128, size=(BLOCKS, WIDTH)).astype(np.int8)
    query[1] = library[77][1]  # alike in one block only
    assert 77 in shortlist(query, library, BLOCKS)
    assert sorted(shortlist(query, library, 500)) == list(range(200))
    assert shortlist(query, library[:0], 5) == []

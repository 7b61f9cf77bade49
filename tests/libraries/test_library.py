import multiprocessing
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from attacked import load
from filiation.errors import AlteredError, UnreadableError, UsageError
from filiation.libraries.pairs import COMBINED
from filiation.libraries.roster import roster
from filiation.libraries.search import search_library
from filiation.libraries.store import Library
from filiation.libraries.weights_survey import survey_weights
from filiation.methods.weights.coarse import BLOCKS, WIDTH, coarse_signature, shortlist
from filiation.model.survey import SetAside
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


def test_the_same_model_twice_is_told_and_kept_once(
    library: Library, sketches: dict[str, Path]
) -> None:
    for name in ("a second name", "parent"):
        assert library.add(name, sketches["parent"]) == SetAside(
            name=name, reason="same tensors as parent", same_as="parent"
        )
    other = library.add("parent", sketches["fine-tuned"])
    assert isinstance(other, SetAside) and other.same_as is None
    assert "another model of this name" in other.reason
    assert len(library) == len(KEPT)


def test_a_search_and_a_survey_give_a_pair_one_p_and_say_their_bars(
    library: Library, sketches: dict[str, Path]
) -> None:
    found = search_library(library, read_sketch(sketches["merged"]), most=2)
    for candidate in found.candidates:
        pair = [(name, sketches[name]) for name in ("merged", candidate.name)]
        survey = survey_weights(pair, seed=0)
        (log_p,) = [row.log_p for row in survey.pairs if row.method == COMBINED]
        assert log_p == candidate.log_p
        assert candidate.found == (candidate.log_p is not None and log_p <= found.bar)
        assert survey.screening is not None and survey.screening.bar == 1e-6


def test_a_copy_in_the_library_is_called_one(library: Library, sketches: dict[str, Path]) -> None:
    first, second = search_library(library, read_sketch(sketches["parent"]), most=2).candidates
    assert (first.name, first.same, first.found) == ("parent", True, True)
    assert not second.same


def _overwrite(library: Path, name: str, column: str, value: object) -> None:
    db = sqlite3.connect(library / "library.db")
    with db:
        db.execute(f"UPDATE model SET {column} = ? WHERE name = ?", (value, name))
    db.close()


def test_a_sketch_that_cannot_be_read_is_a_row_of_the_search(
    library: Library, sketches: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    blobs = folder / "blobs" / "sha256"
    (blobs / library.named("stranger-2").sketch).unlink()
    altered = blobs / library.named("stranger-3").sketch
    altered.write_bytes(altered.read_bytes()[:-1] + b"?")
    linked = blobs / library.named("stranger-4").sketch
    linked.rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    _overwrite(folder, "stranger-5", "sketch", "../../../elsewhere")
    found = search_library(library, read_sketch(sketches["fine-tuned"]), most=9)
    unread = {c.name: c.unread for c in found.candidates if c.unread is not None}
    words = {"stranger-2": "missing", "stranger-3": "sha256 is", "stranger-4": "a link"}
    for name, said in {**words, "stranger-5": "expected a name and two digests"}.items():
        assert said in str(unread.pop(name))
    assert not unread
    assert [c.name for c in found.candidates if c.found] == ["parent"]


def test_a_digest_that_is_a_path_deletes_nothing(library: Library, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    _overwrite(tmp_path / "library", "parent", "sketch", "../../../victim")
    with pytest.raises(UnreadableError, match="two digests"):
        library.remove("parent")
    assert victim.read_text() == "mine" and len(library) == len(KEPT)


def test_a_library_that_is_a_link_is_not_followed(library: Library, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "library.db").symlink_to(tmp_path / "library" / "library.db")
    with pytest.raises(UnreadableError, match="no link is followed"):
        Library(tmp_path / "other")


def test_a_signature_of_an_earlier_version_is_taken_anew(
    library: Library, sketches: dict[str, Path], tmp_path: Path
) -> None:
    query = read_sketch(sketches["continued"])
    whole = search_library(library, query, most=2)
    for column, value in (("coarse", "coarse/1"), ("signature", b"short")):
        _overwrite(tmp_path / "library", "parent", column, value)
        assert search_library(library, query, most=2) == whole


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


def test_a_quick_search_finds_a_child_says_how_it_looked_and_marks_no_stranger(
    library: Library, sketches: dict[str, Path]
) -> None:
    for child, there in (("fine-tuned", ["parent"]), ("permuted", ["parent"]), ("distilled", [])):
        found = search_library(library, read_sketch(sketches[child]), quick=True)
        assert [c.name for c in found.candidates if c.found] == there
        assert any(note.startswith("compared quickly") for note in found.notes)
    whole = search_library(library, read_sketch(sketches["rotated"]))
    quick = search_library(library, read_sketch(sketches["rotated"]), quick=True)
    assert [c.name for c in whole.candidates if c.found] == ["parent"] and whole.notes == ()
    assert not any(c.found for c in quick.candidates)  # the note says that it is not seen


def test_a_model_without_a_direction_is_told_and_not_kept(library: Library, tmp_path: Path) -> None:
    folder, target = tmp_path / "equal", tmp_path / "equal.sketch"
    shutil.copytree(CASEBOOK / "stranger-3", folder)
    weights = {name: np.full_like(value, 0.5) for name, value in load("stranger-3").items()}
    safetensors.numpy.save_file(weights, folder / "model.safetensors")
    take_sketch(open_model(folder), target, workers=1)
    told = library.add("equal", target)
    assert isinstance(told, SetAside) and "no hidden units" in told.reason
    members, aside = roster([("equal", target)])
    assert not members and [one.reason for one in aside] == [told.reason]
    assert len(library) == len(KEPT)

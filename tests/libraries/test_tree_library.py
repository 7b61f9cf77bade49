"""Source trees in a library: put in, looked up by their rarest features, taken out."""

import json
from pathlib import Path

import pytest

pytest.importorskip("tree_sitter")

from coded import functions, laid
from command import Command
from filiation.errors import UnreadableError, UsageError
from filiation.libraries.trees import TreeLibrary
from filiation.model.library import LibraryTree
from filiation.model.survey import SetAside
from filiation.readers.code.trees import open_tree


def project(tmp_path: Path, seed: int, *taken: str) -> Path:
    text = "".join((*taken, *functions(seed)))
    return laid(tmp_path / f"p{seed}", {"a.py": text})


@pytest.fixture
def library(tmp_path: Path) -> TreeLibrary:
    made = TreeLibrary(tmp_path / "lib", create=True)
    for seed in range(10, 16):
        assert isinstance(made.add(open_tree(project(tmp_path, seed))), LibraryTree)
    made.save()
    return made


def test_the_tree_that_gave_functions_stands_first(library: TreeLibrary, tmp_path: Path) -> None:
    taken = [one.replace("one", "x").replace("two", "y") for one in functions(13)[:4]]
    query = open_tree(project(tmp_path, 99, *taken))
    first, *rest = TreeLibrary(tmp_path / "lib").search(query).candidates
    assert (first.name, first.matched) == ("p13", 4) and first.seen >= 4
    assert first.shared is not None and first.shared > max(one.shared or 0 for one in rest)
    assert all(one.seen <= 4 and not one.matched for one in rest)


def test_what_is_taken_out_is_found_no_more_and_the_others_stay(
    library: TreeLibrary, tmp_path: Path
) -> None:
    assert library.remove("p12").name == "p12"
    again = TreeLibrary(tmp_path / "lib")
    for seed in range(10, 16):
        found = again.search(open_tree(tmp_path / f"p{seed}")).candidates
        assert (bool(found) and found[0].same) == (seed != 12)
    assert len([*(tmp_path / "lib" / "trees").iterdir()]) == 5 + 2


def test_the_same_files_count_once_and_a_name_is_of_one_tree(
    library: TreeLibrary, tmp_path: Path
) -> None:
    again = laid(tmp_path / "copy", {"a.py": (tmp_path / "p10" / "a.py").read_text()})
    told = library.add(open_tree(again))
    assert isinstance(told, SetAside) and told.same_as == "p10"
    other = laid(tmp_path / "x" / "p10", {"a.py": "".join(functions(50))})
    with pytest.raises(UsageError, match="a tree of that name"):
        library.add(open_tree(other))
    empty = library.add(open_tree(laid(tmp_path / "e", {"a.py": "a = 1\n"})))
    assert isinstance(empty, SetAside) and "no function" in empty.reason


@pytest.mark.parametrize("fault", ["list", "index", "away", "owners", "kept"])
def test_a_library_that_was_changed_is_refused(
    library: TreeLibrary, tmp_path: Path, fault: str
) -> None:
    folder = tmp_path / "lib" / "trees"
    said = json.loads((folder / "trees.json").read_bytes())
    if fault == "list":
        (folder / "trees.json").write_text("[]")
    elif fault == "index":
        (folder / said["index"]).write_bytes(b"no index")
    elif fault == "away":
        said["index"] = "../../index-0000000000000000.npz"
        (folder / "trees.json").write_text(json.dumps(said))
    elif fault == "owners":
        said["trees"][0]["functions"] -= 1
        (folder / "trees.json").write_text(json.dumps(said))
    else:
        kept = folder / f"{said['trees'][0]['kept']}.functions.gz"
        kept.write_bytes((folder / f"{said['trees'][1]['kept']}.functions.gz").read_bytes())
    with pytest.raises(UnreadableError):
        TreeLibrary(tmp_path / "lib").search(open_tree(tmp_path / "p10"))


def test_trees_and_verbs(filiation: Command, tmp_path: Path) -> None:
    lib = str(tmp_path / "l")
    paths = [str(project(tmp_path, seed)) for seed in (20, 21)]
    done = filiation("library", "add", lib, *paths)
    assert done.code == 0, done.err
    assert "p20: added, 12 functions" in done.out
    assert "2 source trees" in filiation("library", "list", lib).out
    told = json.loads(filiation("library", "search", lib, paths[1], "--json").out)
    assert told["candidates"][0]["name"] == "p21" and told["candidates"][0]["same"]
    shown = filiation("library", "search", lib, paths[1])
    assert "No p follows" in " ".join(shown.out.split())
    out = tmp_path / "p21.functions.gz"
    assert filiation("library", "export", lib, "p21", "--out", str(out)).code == 0
    assert filiation("library", "remove", lib, "p21").code == 0
    assert "1 source trees" in filiation("library", "list", lib).out
    assert "p21: added" in filiation("library", "add", lib, str(out)).out

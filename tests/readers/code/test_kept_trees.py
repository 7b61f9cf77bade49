"""The kept copy of a source tree: the same bytes for the same tree, and nothing else is taken."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

import sources
from filiation.errors import UnreadableError
from filiation.readers.code.kept import SUFFIX, kept_bytes, read_kept


def put(folder: Path, raw: bytes) -> Path:
    path = folder / f"t{SUFFIX}"
    path.write_bytes(raw)
    return path


def test_a_tree_comes_back_as_it_was(tmp_path: Path) -> None:
    tree = replace(
        sources.tree("a", 1), aside=(("x.py", "vendored: in vendor"),), broken={"a.py": 2}
    )
    raw = kept_bytes(tree)
    assert raw == kept_bytes(replace(tree, name="b"))
    again = read_kept(put(tmp_path, raw), "a")
    assert again.digest == tree.digest and again.aside == tree.aside
    assert again.broken == tree.broken
    assert kept_bytes(again) == raw


def test_a_tree_without_functions_is_kept_too(tmp_path: Path) -> None:
    tree = replace(sources.tree("a", 1), fragments=())
    assert read_kept(put(tmp_path, kept_bytes(tree)), "a").fragments == ()


@pytest.mark.parametrize("fault", ["cut", "schema", "order", "sizes", "none"])
def test_what_is_no_kept_tree_is_refused(tmp_path: Path, fault: str) -> None:
    head, _, body = gzip.decompress(kept_bytes(sources.tree("a", 1))).partition(b"\n")
    said = json.loads(head)
    if fault == "cut":
        body = body[:-1]
    elif fault == "schema":
        said["filiation.source"] = 99
    elif fault == "order":
        body = body[8:16] + body[:8] + body[16:]
    elif fault == "sizes":
        said["fragments"][0][5] = [-1, 2, 3]
    raw = b"words" if fault == "none" else gzip.compress(json.dumps(said).encode() + b"\n" + body)
    with pytest.raises(UnreadableError):
        read_kept(put(tmp_path, raw), "a")

"""JSON beside the weights comes from others: what has no end is not read."""

import os
from pathlib import Path

import pytest

from filiation.errors import UnreadableError
from filiation.readers.bytes.parsing import read_object


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    """A hub's cache holds links to its blobs."""
    (tmp_path / "blob").write_text('{"a": 1}')
    (tmp_path / "config.json").symlink_to(tmp_path / "blob")
    assert read_object(tmp_path / "config.json", limit=100) == {"a": 1}


@pytest.mark.parametrize(("kind", "words"), [("device", "a device"), ("pipe", "a pipe")])
def test_what_has_no_end_is_refused_at_once(tmp_path: Path, kind: str, words: str) -> None:
    path = tmp_path / "config.json"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/null")  # as /dev/zero, which would never end
    with pytest.raises(UnreadableError, match=f"{words}, expected a file"):
        read_object(path, limit=100)


def test_one_byte_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"a": 1}')
    with pytest.raises(UnreadableError, match="8 bytes, expected at most 7"):
        read_object(tmp_path / "x.json", limit=7)

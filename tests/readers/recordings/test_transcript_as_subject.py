"""A transcript of `filiation ask` is opened like any other recording."""

from pathlib import Path

import pytest

from filiation.errors import AlteredError, UsageError
from filiation.readers.recordings import is_recording, open_recordings
from filiation.readers.recordings.transcript import GENESIS, SCHEMA, seal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """One question, never answered."""
    told = {"schema_version": SCHEMA, "model": "openai/toy", "dialect": "openai", "repeat": 1}
    first, digest = seal({"kind": "header", **told}, GENESIS)
    item = {"id": "q", "prompt": "p?", "category": "", "key": None, "options": 0, "normaliser": ""}
    second, _ = seal({"kind": "item", **item}, digest)
    path = tmp_path / "t.jsonl"
    path.write_bytes(first + second)
    return path


def test_it_is_recognised_by_its_first_line(path: Path) -> None:
    (alone,) = open_recordings(path)
    (named,) = open_recordings(f"{path}#openai/toy")

    assert is_recording(path)
    assert alone.name == "openai/toy"
    assert [item.id for item in named.items] == ["q"]
    assert named.outputs == (None,)


def test_another_name_is_refused(path: Path) -> None:
    with pytest.raises(UsageError, match="no model 'openai/toi'; the closest names are openai/toy"):
        open_recordings(f"{path}#openai/toi")


def test_a_changed_transcript_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"p?", b"q?"))
    with pytest.raises(AlteredError):
        open_recordings(path)

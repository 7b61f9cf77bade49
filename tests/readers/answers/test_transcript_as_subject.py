"""A transcript of `filiation ask` is opened like any other recording."""

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from filiation.errors import AlteredError, UnreadableError, UsageError
from filiation.readers.answers import is_recording, open_recordings, transcript
from filiation.readers.answers.transcript import GENESIS, SCHEMA, seal


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


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_it_may_be_packed(path: Path, pack: Callable[[bytes], bytes]) -> None:
    plain = open_recordings(path)
    packed = path.with_suffix(".packed")
    packed.write_bytes(pack(path.read_bytes()))

    assert [r.digest for r in open_recordings(packed)] == [r.digest for r in plain]


def test_a_packed_line_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(lzma.compress(path.read_bytes() + b"x" * 2000))
    assert open_recordings(path)[0].outputs == (None,)  # a torn last line is left out

    monkeypatch.setattr(transcript, "_LONGEST_LINE", 1000)
    with pytest.raises(UnreadableError, match="line 3: longer than 1000 bytes"):
        open_recordings(path)

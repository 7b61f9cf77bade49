"""A file that is not what its name says is called by what it is; so is a folder without weights."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

import builders
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.answers import is_recording, open_recordings
from filiation.readers.bytes.recognise import recognise
from filiation.readers.weights.checkpoint import open_model


def archive(kind: str) -> bytes:
    held = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(held, "w") as made:
            made.writestr("a", "b")
    else:
        with tarfile.open(fileobj=held, mode="w") as made:
            made.addfile(tarfile.TarInfo("a"))
    return held.getvalue()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"
KINDS = (
    (b"hello; these are words\n", "text that begins with 'hello; these are words'"),
    ("grüße\n".encode() * 200, "text that begins with 'gr\\xfc\\xdfe'"),
    (b'\xef\xbb\xbf{"a": 1}', "JSON text"),
    (b"[1, 2]", "JSON text"),
    (b"<!DOCTYPE html><html>", "a web page"),
    (LFS, "`git lfs pull` in its folder fetches them"),
    (b"\x89PNG\r\n\x1a\n" + bytes(20), "an image (PNG)"),
    (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    (gzip.compress(b"x" * 99), "a gzip archive"),
    (archive("tar"), "a tar archive"),
    (b"PAR1" + bytes(20), "a Parquet table"),
)
SUFFIXES = (".safetensors", ".pt", ".gguf", ".onnx", ".txt")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("raw", "said"), KINDS, ids=[said[:20] for _, said in KINDS])
def test_a_file_is_called_by_what_it_is(tmp_path: Path, raw: bytes, said: str, suffix: str) -> None:
    path = tmp_path / f"m{suffix}"
    path.write_bytes(raw)
    with pytest.raises(UnreadableError) as error:
        open_model(path)

    assert said in str(error.value)
    assert "truncated" not in str(error.value) and "expected" in str(error.value)
    assert error.value.exit_code == 3


def test_an_empty_file_and_a_zip(tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes(b"")
    with pytest.raises(UnreadableError, match="the file is empty, expected safetensors"):
        open_model(tmp_path / "m.safetensors")
    (tmp_path / "m.safetensors").write_bytes(archive("zip"))
    with pytest.raises(UnreadableError, match=r"a zip archive such as torch\.save writes"):
        open_model(tmp_path / "m.safetensors")


@pytest.mark.parametrize("raw", [b"", b"\x01\x02\x03", b"\xff" * 40, b"a\0b", bytes(600)])
def test_what_is_no_text(raw: bytes) -> None:
    assert recognise(raw) is None


def test_folders_without_weights(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()

    def said() -> str:
        with pytest.raises(UsageError) as error:
            open_model(folder)
        return str(error.value)

    assert "another of docs/reference/formats.md; the directory is empty" in said()
    for name in ("a.py", "b.py", "c.py", "d.py", "e.py", "f.py"):
        (folder / name).touch()
    assert said().endswith("found a.py, b.py, c.py, d.py, e.py and 1 more")
    (folder / "config.json").write_text("{}")
    assert said().endswith("a model is described, its weights were not downloaded")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").touch()
    assert said().endswith(f"found weights in its folder onnx; give {folder / 'onnx'}")
    builders.write_safetensors(folder / "model.safetensors", builders.llama())
    assert open_model(folder).name == "m"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "name,parent\n1,A\n", "expected a table with a column question_id"),
        ("a.txt", "name,parent\n1,A\n", "expected a table with a column question_id"),
        ("a.csv", "question_id,model,answer\n", "no answer below the header"),
        ("a.csv", "question_id,key,gold,parent\n1,A,A,B\n", "the key could be `key`, `gold`"),
        ("a.csv", "question_id,category\n1,x\n", "found no model"),
    ],
)
def test_a_wrong_header_is_material_that_cannot_be_read(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    spec = f"{tmp_path / name}#parent"

    assert is_recording(spec)
    with pytest.raises(FiliationError) as error:
        open_recordings(spec)
    assert said in str(error.value)
    assert error.value.exit_code == 3

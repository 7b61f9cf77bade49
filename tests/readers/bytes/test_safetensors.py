"""The header is believed only where it can be checked; everything else has its own sentence."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from safetensors.numpy import save

from builders import f32, safetensors_bytes, with_header, write_safetensors
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.bytes.dtypes import DTYPES
from filiation.readers.bytes.mapped import StoredTensor
from filiation.readers.bytes.safetensors import open_file, parse_header

GOOD = safetensors_bytes({"a": f32(2, 3), "b": f32(4)}, metadata={"format": "pt"})
LENGTH = int.from_bytes(GOOD[:8], "little")


def parse(content: bytes) -> tuple[StoredTensor, ...]:
    return parse_header(memoryview(content), what="x.safetensors")


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        parse(content)
    sentence = str(caught.value)
    assert sentence.startswith("x.safetensors: ") and sentence.isprintable()
    assert caught.value.exit_code == 3
    return sentence


def one(**entry: object) -> bytes:
    """A file of 24 bytes of tensors whose only entry is right but for `entry`."""
    right: dict[str, object] = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
    return with_header({"a": right | entry}, bytes(24))


def test_names_dtypes_shapes_and_places() -> None:
    first, second = parse(GOOD)
    assert (first.info.name, first.info.dtype, first.info.shape) == ("a", "F32", (2, 3))
    assert (first.start, first.info.nbytes) == (8 + LENGTH, 24)
    assert (second.info.name, second.start, second.info.nbytes) == ("b", 8 + LENGTH + 24, 16)


def test_no_tensors_is_a_valid_file() -> None:
    assert parse(with_header({})) == ()
    assert parse(with_header({"__metadata__": {}})) == ()


def test_an_empty_tensor_takes_no_bytes() -> None:
    empty = np.empty((0, 4), dtype=np.float32)
    found = parse(safetensors_bytes({"none": ("F32", empty), "a": f32(2)}))
    assert [entry.info.nbytes for entry in found] == [0, 8]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x80\x02}q\x00.", "this is a Python pickle (first bytes 80 02), expected safetensors"),
        (b"\x80\x05\x95" + bytes(20), "this is a Python pickle (first bytes 80 05)"),
        (b"\x80\x04\x95" + b"\xff" * 90, "could run code, so it is refused"),
        (b"PK\x03\x04" + b"x" * 90, "zip archive such as torch.save writes (first bytes 50 4b)"),
        (b"PK\x05\x06" + bytes(18), "empty zip archive"),
        (b"GGUF\x03\x00\x00\x00" + b"x" * 90, "this is a GGUF file"),
        (b"\x89HDF\r\n\x1a\n" + b"x" * 90, "this is an HDF5 file"),
        (b"\x93NUMPY\x01\x00" + b"x" * 90, "this is a NumPy array"),
        (b"\x1f\x8b\x08\x00" + b"x" * 90, "gzip archive"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git-lfs pointer"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"\xef\xbb\xbf  <html lang=en></html>", "web page"),
        (b'{"weight_map": {}}', "JSON text"),
    ],
)
def test_what_was_handed_in_instead(content: bytes, words: str) -> None:
    sentence = refusal(content)
    assert words in sentence and "expected safetensors" in sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x01\x02\x03", "3 bytes, expected at least 8; the file is truncated"),
        (GOOD[:30], "the header claims 168 bytes, only 22 follow; the file is truncated"),
        (GOOD[:-1], "describes 40 bytes of tensors, the file holds 39; the file is truncated"),
        (GOOD + b"PK", "2 bytes follow the last tensor, expected none"),
        (b"\xff" * 64, "claims 18446744073709551615 bytes, only 56 follow"),
        (bytes(64), "the header does not begin with '{'"),
        (with_header(b"[1, 2]"), "the header does not begin with '{'"),
        (with_header(b'{"a": '), "not valid JSON"),
        (with_header(b'{"a": "\xff"}'), "not UTF-8"),
        (with_header(b'{"a": 1, "a": 2}'), "the key 'a' twice"),
        (with_header(b'{"a": {"dtype": "F32", "dtype": "F16"}}'), "the key 'dtype' twice"),
        (with_header(b'{"a": NaN}'), "found NaN"),
        (with_header(b'{"a": ' + b"[" * 200_000), "nested too deeply"),
        (with_header(b'{"a": ' + b"9" * 5000 + b"}"), "not valid JSON"),
        (with_header({"__metadata__": {"a": 1}}), "__metadata__ is not a map from text to text"),
        (with_header({"__metadata__": [1]}), "__metadata__ is not a map from text to text"),
        (with_header({"a\x1b[31m": {}}), "characters that cannot be printed"),
        (with_header({"a": 5}), "tensor 'a': expected dtype, shape and data_offsets"),
        (with_header({"a": {"dtype": "F32"}}), "expected dtype, shape and data_offsets"),
        (one(extra=1), "expected dtype, shape and data_offsets, nothing else"),
        (one(dtype="F33"), "dtype is 'F33', which is not known"),
        (one(dtype=["F32"]), "which is not known"),
        (one(shape=6), "shape is not a list"),
        (one(shape=[True, 6]), "shape holds True, expected whole numbers from 0"),
        (one(shape=[-2, -3]), "shape holds -2"),
        (one(shape=[2.0, 3]), "shape holds 2.0"),
        (one(shape=[2**63]), "shape holds 9223372036854775808"),
        (one(shape=[1] * 15 + [2, 3]), "17 axes, expected at most 16"),
        (one(shape=[2, 4]), "F32 [2, 4] takes 32 bytes, data_offsets give 24"),
        (one(data_offsets=[24, 0]), "expected begin, end"),
        (one(data_offsets=[0, 12, 24]), "expected begin, end"),
        (one(data_offsets=[0, True]), "data_offsets holds True"),
        (one(data_offsets=[4, 28]), "4 bytes before tensor 'a' belong to none"),
        (one(shape=[2**40, 2**20], data_offsets=[0, 2**62]), "the file is truncated"),
    ],
)  # fmt: skip
def test_each_damage_has_its_own_sentence(content: bytes, words: str) -> None:
    assert words in refusal(content)


def entry(begin: int, end: int) -> dict[str, Any]:
    return {"dtype": "U8", "shape": [end - begin], "data_offsets": [begin, end]}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"a": entry(0, 8), "b": entry(4, 12)}, "tensors 'a' and 'b' overlap"),
        ({"a": entry(0, 12), "b": entry(4, 8)}, "tensors 'a' and 'b' overlap"),
        ({"a": entry(0, 12), "b": entry(0, 12)}, "tensors 'a' and 'b' overlap"),
        ({"a": entry(0, 4), "b": entry(8, 12)}, "4 bytes before tensor 'b' belong to none"),
    ],
)
def test_each_byte_belongs_to_one_tensor(entries: dict[str, Any], words: str) -> None:
    assert words in refusal(with_header(entries, bytes(12)))


def test_a_header_of_640_bytes_is_not_a_pickle() -> None:
    text = json.dumps({"__metadata__": {"a": "x" * 600}}).encode()
    content = with_header(text + b" " * (640 - len(text)))
    assert content[:2] == b"\x80\x02"
    assert parse(content) == ()
    assert "truncated" in refusal(content[:-1])


def test_a_header_over_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "long.safetensors"
    with path.open("wb") as file:  # sparse
        file.write((100_000_001).to_bytes(8, "little") + b"{")
        file.truncate(100_000_100)
    with pytest.raises(UnreadableError, match="claims 100000001 bytes, expected at most 100000000"):
        open_file(path)


def test_paths_that_hold_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        open_file(tmp_path / "gone.safetensors")
    with pytest.raises(UsageError, match="not a regular file"):
        open_file(tmp_path)
    (tmp_path / "empty.safetensors").touch()
    with pytest.raises(UnreadableError, match="the file is empty, expected safetensors"):
        open_file(tmp_path / "empty.safetensors")


def test_a_file_cut_while_open_is_refused(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "m.safetensors", {"a": f32(4096, 4)})
    file = open_file(path)
    with path.open("r+b") as writer:
        writer.truncate(5000)
    with pytest.raises(UnreadableError, match="it was cut while being read"):
        file.view(8000, 9000)


@settings(deadline=None)
@given(st.binary(max_size=200))
@example(b"{" * 16)
def test_arbitrary_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refuse(content)


@settings(deadline=None)
@given(st.data())
def test_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not content:
            break
    read_or_refuse(bytes(content))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
    | st.sampled_from(["F32", "U8", "BF16"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["dtype", "shape", "data_offsets", "x"]), inner, max_size=4),
)  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4), st.binary(max_size=40))
def test_arbitrary_headers_are_read_or_refused(header: dict[str, Any], rest: bytes) -> None:
    read_or_refuse(with_header(header, rest))


ENTRIES = st.dictionaries(
    st.text("ab", max_size=2),
    st.fixed_dictionaries(
        {
            "dtype": st.sampled_from(sorted(DTYPES)),
            "shape": st.lists(st.integers(0, 3), max_size=3),
            "data_offsets": st.lists(st.integers(0, 24), min_size=2, max_size=2),
        }
    ),
    max_size=3,
)


@settings(deadline=None)
@given(ENTRIES, st.integers(0, 40))
def test_plausible_headers_are_read_or_refused(header: dict[str, Any], size: int) -> None:
    read_or_refuse(with_header(header, bytes(size)))


def read_or_refuse(content: bytes) -> None:
    """Nothing but a FiliationError; what is accepted lies inside, and the reference accepts it."""
    try:
        entries = parse(content)
    except FiliationError as error:
        assert str(error).isprintable()
        return
    reached = min((e.start for e in entries), default=len(content))
    for found in entries:
        assert found.start == reached
        reached += found.info.nbytes
    assert reached == len(content)
    reference = dict(safetensors.deserialize(content))
    assert {e.info.name: list(e.info.shape) for e in entries} == {
        name: list(tensor["shape"]) for name, tensor in reference.items()
    }


PLAIN = ["<f8", "<f4", "<f2", "|i1", "|u1", "|b1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("abc.", max_size=5),
        st.sampled_from(PLAIN).flatmap(
            lambda d: npst.arrays(
                np.dtype(d), npst.array_shapes(min_dims=0, max_side=4, min_side=0)
            )
        ),
        max_size=4,
    )
)
def test_reading_against_safetensors_writer(arrays: dict[str, Any]) -> None:
    content = save(arrays)
    found = {e.info.name: e for e in parse(content)}
    assert found.keys() == arrays.keys()
    for name, e in found.items():
        assert e.info.shape == arrays[name].shape
        assert content[e.start : e.start + e.info.nbytes] == arrays[name].tobytes()


@pytest.mark.parametrize("word", sorted(DTYPES))
def test_every_dtype_against_safetensors_reader(word: str) -> None:
    raw = np.arange(24 * DTYPES[word].bits // 8, dtype=np.uint8)
    header = {"a": {"dtype": word, "shape": [2, 3, 4], "data_offsets": [0, raw.nbytes]}}
    content = with_header(header, raw.tobytes())
    [(name, tensor)] = safetensors.deserialize(content)
    [found] = parse(content)
    assert (name, list(tensor["shape"]), tensor["dtype"]) == ("a", [2, 3, 4], word)
    assert bytes(tensor["data"]) == content[found.start : found.start + found.info.nbytes]

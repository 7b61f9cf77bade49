"""GGUF: what it decodes to, and what it must not make us believe."""

import struct
from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf.quants import dequantize, quantize
from hypothesis import given
from hypothesis import strategies as st

import builders
import containers
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.bytes.dtypes import EXAMINED
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.ggml import PACKED, unpack, which_scale_not_finite
from filiation.readers.weights.gguf import parse_gguf

HEADS = {"heads": 2, "kv_heads": 1}


def toy(width: int = 256, **shape: int) -> dict[str, np.ndarray]:
    sizes = {"layers": 2, "hidden": 512, "vocabulary": 64} | shape
    return {n: a for n, (_, a) in builders.llama(width=width, **sizes).items()}


def head(
    *,
    version: int = 3,
    tensors: int = 0,
    entries: int = 0,
    rest: bytes = b"",
    magic: bytes = b"GGUF",
) -> bytes:
    return magic + struct.pack("<IQQ", version, tensors, entries) + rest


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def entry(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    axes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
    return text(name) + axes + struct.pack("<IQ", kind, offset)


def refusal(raw: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        parse_gguf(memoryview(raw), what="m.gguf")
    return str(caught.value)


@pytest.mark.parametrize("word", sorted(PACKED))
def test_sizes_are_those_of_gguf_py(word: str) -> None:
    kind = gguf.GGMLQuantizationType[word]

    assert gguf.GGML_QUANT_SIZES[kind] == (PACKED[word].values, PACKED[word].nbytes)


@pytest.mark.parametrize("word", sorted(w for w, p in PACKED.items() if p.read))
def test_every_packed_type_decodes_as_gguf_py_does(word: str) -> None:
    packed = PACKED[word]
    raw = np.random.default_rng(3).integers(0, 256, 6 * packed.nbytes, dtype=np.uint8)
    with np.errstate(all="ignore"):
        expected = dequantize(raw.reshape(1, -1), gguf.GGMLQuantizationType[word])
    found = unpack(word, memoryview(raw.tobytes()))

    assert word in EXAMINED and found.dtype == np.float32
    assert np.array_equal(found, expected.reshape(-1), equal_nan=True)


@pytest.mark.parametrize("word", sorted(w for w, p in PACKED.items() if p.scales))
def test_a_scale_that_is_not_finite_is_seen_without_decoding(word: str) -> None:
    packed = PACKED[word]
    raw = np.zeros((3, packed.nbytes), dtype=np.uint8)
    assert not which_scale_not_finite(word, memoryview(raw.tobytes())).size
    for at in packed.scales:
        broken = raw.copy()
        broken[1, at : at + 2] = np.frombuffer(np.float16("nan").tobytes(), np.uint8)
        found = which_scale_not_finite(word, memoryview(broken.tobytes()))
        assert found.tolist() == [packed.values]
        block = unpack(word, memoryview(broken[1].tobytes()))
        assert not np.isfinite(block).all()  # the place of the scale is where the decoder reads it


@pytest.mark.parametrize("kind", ["F32", "F16", "Q8_0", "Q4_0", "Q5_1", "Q4_K"])
def test_a_llama_comes_back_as_it_was(tmp_path: Path, kind: str) -> None:
    weights = toy()
    model = open_model(containers.write_gguf(tmp_path / "m.gguf", weights, kind=kind, **HEADS))
    worst = {"F32": 0.0, "F16": 1e-3, "Q8_0": 0.01, "Q4_K": 0.1}.get(kind, 0.12)

    assert model.layout.family == "gguf" and len(model.layout.layers) == 2
    for name, array in weights.items():
        stored = containers.gguf_name(name)
        rows = range(array.shape[0]) if array.ndim > 1 else [0]
        found = model.rows(stored, list(rows))
        error = np.linalg.norm(found - array) / np.linalg.norm(array)
        assert error <= worst, (name, error)
        blocks = [model.decode(stored, first, raw) for first, raw in model.blocks(stored)]
        assert np.array_equal(np.concatenate(blocks), found)


def test_rows_of_q_and_k_are_put_back_and_others_left(tmp_path: Path) -> None:
    weights = toy(width=32, hidden=64)
    model = open_model(containers.write_gguf(tmp_path / "m.gguf", weights, kind="F32", **HEADS))
    q = weights["model.layers.0.self_attn.q_proj.weight"]

    assert sorted(model.interleaved) == [f"blk.{n}.attn_{p}.weight" for n in (0, 1) for p in "kq"]
    assert np.array_equal(model.rows("blk.0.attn_q.weight", [1, 17, 0]), q[[1, 17, 0]])
    (_, raw), *_ = model.blocks("blk.0.attn_q.weight")
    assert bytes(raw) == containers.interleave(q, 2).tobytes()  # digests are of what is stored


def test_heads_that_are_not_known_leave_q_and_k_unexamined(tmp_path: Path) -> None:
    weights = toy(width=32, hidden=64)
    made = containers.write_gguf(tmp_path / "m.gguf", weights, heads=2, kv_heads=1)
    raw = made.read_bytes()
    key = raw.index(b"llama.attention.head_count") + len(b"llama.attention.head_count") + 4
    made.write_bytes(raw[:key] + struct.pack("<I", 5) + raw[key + 4 :])
    skipped = {s.tensor: s.reason for s in open_model(made).layout.skipped}

    assert "heads are not known" in skipped["blk.0.attn_q.weight"]
    assert "blk.0.attn_q.weight" in open_model(made).layout.unreadable


def test_the_tokenizer_in_the_metadata(tmp_path: Path) -> None:
    from command import CASEBOOK

    origin = CASEBOOK / "parent"
    weights = containers.read_weights(origin)
    made = containers.write_gguf(
        tmp_path / "m.gguf", weights, heads=4, kv_heads=2, tokenizer=origin / "tokenizer.json"
    )

    assert open_model(made).tokens == open_model(origin).tokens


def test_a_split_model_is_one_model(tmp_path: Path) -> None:
    weights = toy(width=32, hidden=64)
    whole = open_model(containers.write_gguf(tmp_path / "one.gguf", weights, **HEADS))
    folder = tmp_path / "parts"
    folder.mkdir()
    _write_split(folder / "m.gguf", weights)
    parts = sorted(folder.iterdir())
    for path in (folder, parts[0], parts[-1]):
        assert open_model(path).tensors == whole.tensors

    parts[1].unlink()
    with pytest.raises(UnreadableError, match="the download is incomplete"):
        open_model(folder)
    parts[1].write_bytes(parts[0].read_bytes())
    with pytest.raises(UnreadableError, match="not of one model, or one was replaced"):
        open_model(folder)


def _write_split(path: Path, weights: Mapping[str, np.ndarray]) -> None:
    writer = gguf.GGUFWriter(path, "llama", split_max_tensors=8)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    for name, array in weights.items():
        turned = array
        if name.endswith(("q_proj.weight", "k_proj.weight")):
            turned = containers.interleave(array, 2 if name.endswith("q_proj.weight") else 1)
        wide = array.ndim < 2
        writer.add_tensor(
            containers.gguf_name(name), turned.astype(np.float32 if wide else np.float16)
        )
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_experts_are_told_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    experts = {
        f"blk.0.ffn_{part}_exps.weight": rng.standard_normal((4, *shape)).astype(np.float32)
        for part, shape in (("gate", (64, 32)), ("up", (64, 32)), ("down", (32, 64)))
    }
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "qwen3moe")
    for name, array in experts.items():
        word = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, quantize(array, word), raw_dtype=word)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model = open_model(tmp_path / "m.gguf")

    assert [layer.label for layer in model.layout.layers] == [
        f"blk.0.experts.{n}" for n in range(4)
    ]
    for n in range(4):
        found = model.rows(f"blk.0.ffn_down_exps.{n}.weight", range(32))
        assert np.allclose(found, experts["blk.0.ffn_down_exps.weight"][n], atol=0.03)


def test_several_models_in_a_folder_must_be_named(tmp_path: Path) -> None:
    weights = toy(width=32, hidden=64, layers=1)
    for name in ("a-q4.gguf", "a-q8.gguf"):
        containers.write_gguf(tmp_path / name, weights, **HEADS)
    with pytest.raises(UsageError, match=r"holds 2 gguf models, a-q4.gguf, a-q8.gguf; name one"):
        open_model(tmp_path)
    assert open_model(tmp_path / "a-q8.gguf").name == "a-q8"


def test_a_file_without_suffix_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    made = containers.write_gguf(tmp_path / "m.gguf", toy(width=32, hidden=64), **HEADS)
    assert open_model(made.rename(tmp_path / "sha256-0a1b")).layout.family == "gguf"


def test_nan_in_a_block_is_refused(tmp_path: Path) -> None:
    from filiation.sketching.sketch import take_sketch

    weights = toy()
    made = containers.write_gguf(tmp_path / "m.gguf", weights, kind="Q8_0", **HEADS)
    (place,) = [
        e for e in parse_gguf(memoryview(made.read_bytes()), what="m")[1]
        if e.info.name == "blk.1.attn_v.weight"
    ]  # fmt: skip
    raw = bytearray(made.read_bytes())
    raw[place.start : place.start + 2] = np.float16("inf").tobytes()
    made.write_bytes(raw)
    with pytest.raises(UnreadableError, match=r"attn_v\.weight: holds 1 values that are not"):
        take_sketch(open_model(made), tmp_path / "s")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "this is something else, expected GGUF"),
        (b"GGUF", "a number takes 4 bytes"),
        (head(magic=b"GGUX"), "this is something else, expected GGUF"),
        (head(version=1), "version 1, expected 2 or 3"),
        (head(version=3 << 24), "written big-endian"),
        (head(tensors=2**63), "claims 9223372036854775808 tensors"),
        (head(entries=2**40), "claims 1099511627776 metadata entries"),
        (head(entries=1, rest=struct.pack("<Q", 2**62) + bytes(20)), "bytes in a metadata key"),
        (head(entries=1, rest=text("a") + struct.pack("<I", 77)), "has type 77, unknown"),
        (head(entries=1, rest=text("a") + struct.pack("<IIQ", 9, 9, 3)), "a list of type 9"),
        (head(entries=1, rest=text("a") + struct.pack("<IIQ", 9, 8, 2**50)), "texts in 'a'"),
        (head(entries=1, rest=text("a") + struct.pack("<IIQ", 9, 4, 2**50)), "numbers in 'a'"),
        (head(entries=2, rest=(text("a") + struct.pack("<IB", 0, 1)) * 2), "'a' stands twice"),
        (head(tensors=1, rest=entry("x", (4,), 99, 0)), "type 99 is not known"),
        (head(tensors=1, rest=entry("x", (33,), 2, 0)), "expected a multiple of 32 for Q4_0"),
        (head(tensors=1, rest=entry("x", (), 2, 0)), "Q4_0 without axes"),
        (head(tensors=1, rest=entry("x", (2**40, 2**40), 0, 0)), "ends at"),
        (head(tensors=1, rest=entry("x", (4,), 0, 2**63)), "ends at"),
        (head(tensors=1, rest=entry("x", (4,), 0, 3)), "expected a multiple of 32"),
        (head(tensors=1, rest=entry("x\n", (4,), 0, 0)), "cannot be printed"),
        (head(tensors=2, rest=entry("x", (4,), 0, 0) * 2), "stands twice"),
        (
            head(tensors=1, rest=text("x") + struct.pack("<I", 2**31) + bytes(30)),
            "axes, expected at most",
        ),
        (
            head(tensors=2, rest=entry("x", (9,), 0, 0) + entry("y", (9,), 0, 32) + bytes(200)),
            "'x' and 'y' overlap",
        ),
        (
            head(entries=1, rest=text("general.alignment") + struct.pack("<II", 4, 7)),
            "general.alignment is 7",
        ),
    ],
)
def test_what_is_refused(raw: bytes, words: str) -> None:
    assert words in refusal(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    _read_or_refuse(head(tensors=1, entries=1, rest=raw))


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    writer_bytes = _small()
    at = data.draw(st.integers(0, len(writer_bytes) - 1))
    change = data.draw(st.binary(max_size=9))
    _read_or_refuse(writer_bytes[:at] + change + writer_bytes[at + len(change) :])
    _read_or_refuse(writer_bytes[:at])


def _small() -> bytes:
    rows = np.linspace(-1, 1, 64, dtype=np.float32).reshape(2, 32)
    packed = quantize(rows, gguf.GGMLQuantizationType.Q4_0).tobytes()
    tokens = struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bc")
    rest = text("tokenizer.ggml.tokens") + tokens + entry("x", (32, 2), 2, 0)
    before = head(tensors=1, entries=1, rest=rest)
    return before + bytes(-len(before) % 32) + packed


def _read_or_refuse(raw: bytes) -> None:
    try:
        _, entries = parse_gguf(memoryview(raw), what="m.gguf")
    except FiliationError:
        return
    for found in entries:
        assert found.start + found.info.nbytes <= len(raw)

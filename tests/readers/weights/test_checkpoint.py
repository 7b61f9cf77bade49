"""Blocks, decoding with companion scales, finiteness, and memory that does not grow."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Stored, bfloat16, f32, llama, write_folder, write_safetensors
from filiation.errors import UnreadableError
from filiation.model.layout import TensorInfo
from filiation.readers.bytes.blocks import BLOCK_VALUES, cuts
from filiation.readers.bytes.dtypes import DTYPES
from filiation.readers.weights.checkpoint import Checkpoint, open_model

ROWS, COLUMNS = 6, 4
NAME = "model.layers.0.mlp.up_proj.weight"


def model(tmp_path: Path, tensors: dict[str, Stored], **config: object) -> Checkpoint:
    return open_model(write_folder(tmp_path / "m", tensors, config=config or None))


def whole(found: Checkpoint, name: str) -> np.ndarray:
    return np.concatenate([found.decode(name, row, raw) for row, raw in found.blocks(name)])


def reasons(found: Checkpoint) -> dict[str, str]:
    return {skip.tensor: skip.reason for skip in found.layout.skipped}


@settings(deadline=None)
@given(
    st.sampled_from(["F32", "BF16", "F4", "I8"]),
    st.lists(st.integers(0, 5000), max_size=3),
)
def test_blocks_cover_every_byte_once_and_are_bounded(word: str, shape: list[int]) -> None:
    bits = int(np.prod(shape)) * DTYPES[word].bits
    if bits % 8 or bits > 1 << 40:
        return
    info = TensorInfo(name="t", dtype=word, shape=tuple(shape), nbytes=bits // 8)
    reached = last = 0
    for row, begin, end in cuts(info):
        assert begin == reached < end and row >= last
        assert (end - begin) * 8 <= BLOCK_VALUES * max(8, DTYPES[word].bits)
        reached, last = end, row
    assert reached == info.nbytes


def test_a_vector_of_any_length_is_streamed_in_pieces(tmp_path: Path) -> None:
    long = f32(BLOCK_VALUES + 5)
    found = model(tmp_path, {"v": long})
    pieces = [(row, found.decode("v", row, raw).shape) for row, raw in found.blocks("v")]
    assert pieces == [(0, (1, BLOCK_VALUES)), (0, (1, 5))]


def test_a_matrix_is_streamed_in_whole_rows(tmp_path: Path) -> None:
    name, stored = NAME, f32(300, 8192)
    found = model(tmp_path, {name: stored})
    rows = [(row, found.decode(name, row, raw).shape) for row, raw in found.blocks(name)]
    assert rows == [(0, (128, 8192)), (128, (128, 8192)), (256, (44, 8192))]
    np.testing.assert_array_equal(whole(found, name), stored[1])


def test_a_tensor_of_three_axes_is_streamed_as_rows_of_the_first(tmp_path: Path) -> None:
    found = model(tmp_path, {"t": f32(3, 2, 5)})
    assert [(row, raw.nbytes) for row, raw in found.blocks("t")] == [(0, 120)]


@pytest.mark.parametrize("word", ["F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "I8"])
def test_chosen_rows_are_those_of_the_blocks(tmp_path: Path, word: str) -> None:
    stored = np.random.default_rng(1).integers(0, 90, (ROWS, COLUMNS * DTYPES[word].bits // 8))
    raw = stored.astype(np.uint8).view(f"<u{DTYPES[word].bits // 8}")
    found = model(tmp_path, {NAME: (word, raw), "v": f32(7)})
    np.testing.assert_array_equal(found.rows(NAME, [4, 0, 4]), whole(found, NAME)[[4, 0, 4]])
    assert found.rows("v", [0]).shape == (1, 7)
    with pytest.raises(IndexError):
        found.rows(NAME, [ROWS])
    columns = found.columns(NAME, [3, 0, 3])
    np.testing.assert_array_equal(columns, whole(found, NAME)[:, [3, 0, 3]].T)
    with pytest.raises(IndexError):
        found.columns(NAME, [COLUMNS])


def test_chosen_columns_of_many_blocks(tmp_path: Path) -> None:
    stored = bfloat16(f32(300, 8192)[1])
    found = model(tmp_path, {NAME: stored})
    at = [8191, 5]
    np.testing.assert_array_equal(found.columns(NAME, at), whole(found, NAME)[:, at].T)


WEIGHTS = np.random.default_rng(2).integers(-127, 128, (ROWS, COLUMNS)).astype(np.int8)


def scale_of(shape: tuple[int, ...]) -> np.ndarray:
    return (1 + np.arange(max(1, int(np.prod(shape))))).astype(np.float32).reshape(shape)


@pytest.mark.parametrize("suffix", ["_scale", "_scale_inv"])
@pytest.mark.parametrize(
    ("shape", "block"),
    [((), (6, 4)), ((1,), (6, 4)), ((ROWS,), (1, 4)), ((ROWS, 1), (1, 4)), ((3, 2), (2, 2)),
     ((ROWS, 2), (1, 2)), ((1, 4), (6, 1))],
)  # fmt: skip
@pytest.mark.parametrize("word", ["I8", "F8_E4M3"])
def test_scales_of_each_shape(
    tmp_path: Path, word: str, suffix: str, shape: tuple[int, ...], block: tuple[int, int]
) -> None:
    scale = scale_of(shape)
    floats = WEIGHTS.astype(ml_dtypes.float8_e4m3fn)
    raw, plain = (WEIGHTS, WEIGHTS) if word == "I8" else (floats.view(np.uint8), floats)
    found = model(tmp_path, {NAME: (word, raw), NAME + suffix: ("F32", scale)})
    grid = scale.reshape(-(-ROWS // block[0]), -(-COLUMNS // block[1]))
    spread = np.kron(grid, np.ones(block, dtype=np.float32))
    np.testing.assert_array_equal(whole(found, NAME), plain.astype(np.float32) * spread)
    np.testing.assert_array_equal(found.rows(NAME, [5, 1]), whole(found, NAME)[[5, 1]])
    np.testing.assert_array_equal(found.columns(NAME, [2]), whole(found, NAME)[:, [2]].T)
    assert reasons(found)[NAME + suffix] == f"scale of {NAME}"


def test_blocks_that_do_not_divide_evenly(tmp_path: Path) -> None:
    weights = np.ones((300, 200), dtype=np.uint8)  # the smallest subnormal everywhere
    scale = scale_of((3, 2))
    tensors: dict[str, Stored] = {NAME: ("F8_E5M2", weights), NAME + "_scale_inv": ("F32", scale)}
    found = whole(model(tmp_path, tensors), NAME) * 2.0**16
    assert found[127, 127] == 1 and found[128, 127] == 3 and found[299, 128] == 6
    told = model(tmp_path, tensors, quantization_config={"weight_block_size": [149, 199]})
    found = whole(told, NAME) * 2.0**16
    assert found[148, 198] == 1 and found[149, 199] == 4 and found[299, 199] == 6


def test_bitsandbytes_rows(tmp_path: Path) -> None:
    scb = np.arange(1, ROWS + 1, dtype=np.float32)
    name = NAME.removesuffix(".weight") + ".SCB"
    found = model(tmp_path, {NAME: ("I8", WEIGHTS), name: ("F32", scb)})
    np.testing.assert_allclose(whole(found, NAME), WEIGHTS * scb[:, None] / 127, rtol=1e-6)
    assert found.layout.layers[0].matrices[0].tensor == NAME


def test_zero_points(tmp_path: Path) -> None:
    weights, zero = WEIGHTS.view(np.uint8), np.arange(ROWS, dtype=np.uint8)[:, None]
    companions: dict[str, Stored] = {
        NAME + "_scale": ("F16", np.full((ROWS, 1), 0.5, dtype=np.float16)),
        NAME + "_zero_point": ("U8", zero),
    }
    found = model(tmp_path, {NAME: ("U8", weights), **companions})
    expected = (weights.astype(np.float32) - zero) * np.float32(0.5)
    np.testing.assert_array_equal(whole(found, NAME), expected)


def test_power_of_two_scales(tmp_path: Path) -> None:
    exponents = np.array([126, 127, 128, 129, 130, 131], dtype=np.uint8)
    found = model(tmp_path, {NAME: ("I8", WEIGHTS), NAME + "_scale": ("F8_E8M0", exponents)})
    factors = np.array([0.5, 1, 2, 4, 8, 16], dtype=np.float32)[:, None]
    np.testing.assert_array_equal(whole(found, NAME), WEIGHTS * factors)


@pytest.mark.parametrize(
    ("stored", "companions", "words"),
    [
        (("U8", WEIGHTS.view(np.uint8)), {}, "unsigned bytes without scale and zero point"),
        (("U8", WEIGHTS.view(np.uint8)), {"_scale": f32(6)}, "without scale and zero point"),
        (("I32", np.zeros((2, 2), "<i4")), {}, "dtype I32 is not read as weights"),
        (("BOOL", np.zeros((2, 2), "|u1")), {}, "dtype BOOL is not read as weights"),
        (("I8", WEIGHTS), {"_scale": f32(5)}, "[5], which does not fit [6, 4]"),
        (("I8", WEIGHTS), {"_scale": f32(7, 4)}, "which does not fit"),
        (("I8", WEIGHTS), {"_scale": f32(6), "_scale_inv": f32(6)}, "more than one scale"),
        (("I8", WEIGHTS), {"_zero_point": f32(6)}, "has a zero point and no scale"),
        (("I8", WEIGHTS), {"_scale": ("I32", np.zeros(6, "<i4"))}, "in a way that is not read"),
        (("I8", WEIGHTS), {"_scale": f32(6), "_zero_point": f32(1)}, "which does not fit"),
        (("F32", np.zeros((1, BLOCK_VALUES + 1), "<f4")), {}, "a row has 1048577 values"),
    ],
)
def test_what_cannot_be_weights_is_skipped_with_the_reason(
    tmp_path: Path, stored: Stored, companions: dict[str, Stored], words: str
) -> None:
    tensors = llama(layers=2) | {NAME: stored} | {NAME + s: t for s, t in companions.items()}
    found = model(tmp_path, tensors)
    assert words in reasons(found)[NAME]
    assert [m.role for m in found.layout.layers[0].matrices] == ["mlp.gate", "mlp.down"]
    assert len(found.layout.layers[1].matrices) == 3


def test_signed_bytes_without_scale_keep_their_direction(tmp_path: Path) -> None:
    found = model(tmp_path, {NAME: ("I8", WEIGHTS)})
    np.testing.assert_array_equal(whole(found, NAME), WEIGHTS.astype(np.float32))


def test_a_damaged_scale_is_named(tmp_path: Path) -> None:
    scale = ("F32", np.full(ROWS, np.inf, dtype=np.float32))
    found = model(tmp_path, {NAME: ("I8", WEIGHTS), NAME + "_scale": scale})
    with pytest.raises(UnreadableError, match="not finite once scaled"):
        whole(found, NAME)


def check_all(found: Checkpoint) -> None:
    """As if every tensor were examined: in one that is not, such rows are set aside."""
    found = replace(found, odd=frozenset())
    for info in found.tensors:
        for row, raw in found.blocks(info.name):
            found.check_finite(info.name, row, raw)


def test_values_that_are_not_finite_are_counted_and_placed(tmp_path: Path) -> None:
    values = np.ones((5, 4), dtype=np.float32)
    values[3, 1:] = np.nan
    values[4] = np.inf
    for stored in (("F32", values), bfloat16(values), ("F16", values.astype(np.float16))):
        found = model(tmp_path, {"w": stored})
        with pytest.raises(UnreadableError) as caught:
            check_all(found)
        assert "w: holds 7 values that are not finite (first in row 3)" in str(caught.value)
        assert "the file is damaged or was exported wrongly" in str(caught.value)


def test_the_row_is_counted_over_blocks(tmp_path: Path) -> None:
    values = np.zeros((300, 8192), dtype=np.float32)
    values[290, 8191] = np.nan
    found = model(tmp_path, {"w": ("F32", values)})
    with pytest.raises(UnreadableError, match=r"holds 1 values .* row 290"):
        check_all(found)


@pytest.mark.parametrize("name", ["h.0.attn.bias", "h.0.attn.masked_bias", "attention.bias"])
def test_masks_may_hold_minus_infinity(tmp_path: Path, name: str) -> None:
    mask = ("F32", np.array([[0, -np.inf]], dtype=np.float32))
    check_all(model(tmp_path, {name: mask}))
    with pytest.raises(UnreadableError):
        check_all(model(tmp_path, {"my" + name + "es": mask}))


STREAM = """
import sys
from pathlib import Path
from filiation.readers.weights.checkpoint import open_model
found = open_model(Path(sys.argv[1]))
total = 0
for info in found.tensors:
    for row, raw in found.blocks(info.name):
        found.check_finite(info.name, row, raw)
        found.decode(info.name, row, raw)
        total += raw.nbytes
# Not ru_maxrss, which a child inherits from a large parent.
peak = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
print(total, peak.split()[1])
"""


@pytest.mark.validate
def test_three_sparse_gigabytes_stay_under_300_mb(tmp_path: Path) -> None:
    rows, columns, size = 1 << 16, 8192, 1 << 30
    header = {
        f"model.layers.{n}.mlp.up_proj.weight": {
            "dtype": "BF16", "shape": [rows, columns], "data_offsets": [n * size, (n + 1) * size],
        }
        for n in range(3)
    }  # fmt: skip
    path = tmp_path / "sparse.safetensors"
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + 3 * size)
    done = subprocess.run(
        [sys.executable, "-c", STREAM, str(path)], capture_output=True, text=True, check=True
    )
    total, peak = map(int, done.stdout.split())
    assert total == 3 * size and peak < 300 * 1024


def test_writing_is_what_was_read(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "m.safetensors", {NAME: bfloat16(f32(3, 4)[1])})
    stored = f32(3, 4)[1].view("<u4") >> 16 << 16
    np.testing.assert_array_equal(whole(open_model(path), NAME), stored.view("<f4"))


def test_the_heads_of_the_attention_reach_the_layout() -> None:
    casebook = Path(__file__).parents[3] / "examples" / "casebook"
    layers = open_model(casebook / "parent").layout.layers
    assert [(layer.heads, layer.groups) for layer in layers] == [(4, 2)] * 4
    assert {m.role for m in layers[0].attention} == {"attn.q", "attn.k", "attn.v", "attn.o"}

"""Packed weights: read as the original libraries read them, or named unread, and never guessed."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import Array, Stored, f32, llama, write_folder
from casebook.quantisers import (
    FAMILIES,
    awq,
    bitsandbytes,
    compressed,
    gptq,
    halves,
    hqq,
    mlx,
    words,
)
from filiation.errors import UnreadableError
from filiation.model.layout import UNREAD
from filiation.readers.bytes.dtypes import DTYPES
from filiation.readers.weights.checkpoint import Checkpoint, open_model
from filiation.readers.weights.packed.packing import unpacked

# Made once with the libraries named in it: small tensors that they packed, and values that they
# themselves decoded.
GOLDENS: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("packed_goldens.json").read_text()
)
NAME = "model.layers.0.mlp.up_proj.weight"
STEM = NAME.removesuffix(".weight")
WEIGHTS = (np.random.default_rng(3).standard_normal((96, 64)) / 50).astype(np.float32)
# How far, relative to their size, the values of each family may lie from what was packed.
CLOSE = {"1 bits": 1.0, "2 bits": 0.45, "3 bits": 0.2, "4": 0.13, "FP4": 0.13}


def opened(folder: Path, tensors: dict[str, Stored], config: dict[str, Any]) -> Checkpoint:
    return open_model(write_folder(folder / "m", tensors, config=config))


def read(found: Checkpoint) -> Array:
    """The only matrix that can be read, [out, in]."""
    (name,) = (t.name for t in found.tensors if t.name not in found.layout.unreadable)
    whole = np.concatenate([found.decode(name, row, raw) for row, raw in found.blocks(name)])
    count = len(whole) if name not in found.layout.transposed else whole.shape[1]
    whole = whole.T if name in found.layout.transposed else whole
    np.testing.assert_array_equal(found.rows(name, range(count)), whole)
    return whole


def config_of(family: str) -> dict[str, Any]:
    key = "quantization" if family.startswith("MLX") else "quantization_config"
    return {key: FAMILIES[family][1]}


def why(found: Checkpoint) -> dict[str, str]:
    return {skip.tensor: skip.reason for skip in found.layout.skipped if skip.unread}


@pytest.mark.parametrize("made", GOLDENS)
def test_values_against_the_original_library(tmp_path: Path, made: str) -> None:
    golden = GOLDENS[made]
    tensors: dict[str, Stored] = {}
    for name, (word, shape, text) in golden["tensors"].items():
        raw = np.frombuffer(base64.b64decode(text), dtype=DTYPES[word].storage or "u1")
        tensors[name] = word, raw.reshape(shape)
    found = read(opened(tmp_path, tensors, golden["config"]))
    assert list(found.shape) == golden["shape"]
    for place, value in golden["values"]:
        assert found.reshape(-1)[place] == np.float32(value)
    total = np.square(found.astype(np.float64)).sum()
    assert total == pytest.approx(golden["sum_of_squares"], rel=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_is_unpacked_under_its_own_name(tmp_path: Path, family: str) -> None:
    found = opened(tmp_path, FAMILIES[family][0](NAME, WEIGHTS), config_of(family))
    layer = found.layout.layers[0].matrices[0]
    assert (layer.role, layer.units, layer.width) == ("mlp.up", 96, 64)
    assert not why(found)
    away = np.linalg.norm(read(found) - WEIGHTS) / np.linalg.norm(WEIGHTS)
    assert away < next((most for word, most in CLOSE.items() if word in family), 0.12)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_digested_is_what_is_stored(tmp_path: Path, family: str) -> None:
    tensors = FAMILIES[family][0](NAME, WEIGHTS)
    found = opened(tmp_path, tensors, config_of(family))
    assert {info.name for info in found.tensors} == set(tensors)
    for name, (_, array) in tensors.items():
        held = b"".join(bytes(raw) for _, raw in found.blocks(name))
        assert held == np.ascontiguousarray(array).tobytes()


@pytest.mark.parametrize("bits", range(1, 9))
def test_numbers_of_every_width_are_one_stream(bits: int) -> None:
    codes = np.random.default_rng(bits).integers(0, 2**bits, (5, 67)).astype(np.uint8)
    for axis in (0, 1):
        packed = words(codes, bits, axis).view("<u4")
        count = codes.shape[axis]
        np.testing.assert_array_equal(unpacked(packed, bits, count, axis=axis), codes)


def test_a_long_matrix_is_cut_into_blocks_that_agree_with_its_rows(tmp_path: Path) -> None:
    weights = (np.random.default_rng(4).standard_normal((1536, 1024)) / 50).astype(np.float32)
    for packer in (gptq(), hqq(), bitsandbytes(nested=True)):
        found = opened(tmp_path, packer(NAME, weights), {"quantization_config": {"bits": 4}})
        (name,) = (t.name for t in found.tensors if t.name not in found.layout.unreadable)
        blocks = [(row, found.decode(name, row, raw)) for row, raw in found.blocks(name)]
        assert len(blocks) >= 2 and max(block.size for _, block in blocks) <= 1 << 20
        whole = np.concatenate([block for _, block in blocks])
        whole = whole.T if name in found.layout.transposed else whole
        np.testing.assert_array_equal(found.rows(name, [0, 1400, 7]), whole[[0, 1400, 7]])
        assert np.linalg.norm(whole - weights) < 0.12 * np.linalg.norm(weights)


def test_experts_of_a_mixture_are_read_one_by_one(tmp_path: Path) -> None:
    """gpt-oss: blocks [experts, rows, groups, 16] with one exponent for each group."""
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 16, (3, 96, 2, 32)).astype(np.uint8)
    power = rng.integers(120, 125, (3, 96, 2)).astype(np.uint8)
    stem = "model.layers.0.mlp.experts.up_proj"
    tensors: dict[str, Stored] = {
        f"{stem}_blocks": ("U8", halves(codes)),
        f"{stem}_scales": ("U8", power),
    }
    found = opened(tmp_path, tensors, {})
    table = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6])
    for n in range(3):
        expected = (table[codes[n]] * 2.0 ** (power[n].astype(int)[..., None] - 127)).reshape(
            96, 64
        )
        name = f"{stem}_blocks.{n}"
        np.testing.assert_array_equal(found.rows(name, range(96)), expected.astype(np.float32))
        held = b"".join(bytes(raw) for _, raw in found.blocks(name))
        assert held == halves(codes)[n].tobytes()


UNDECODED: dict[str, dict[str, Stored]] = {
    "EXL2": {
        f"{STEM}.q_weight": ("I32", np.ones((64, 96), "<i4")),
        f"{STEM}.q_scale": ("I32", np.ones((4, 12), "<i4")),
        f"{STEM}.q_groups": ("I16", np.ones(8, "<i2")),
        f"{STEM}.q_invperm": ("I32", np.ones(512, "<i4")),
    },
    "EXL3": {
        f"{STEM}.trellis": ("I16", np.ones((4, 6, 64), "<i2")),
        f"{STEM}.suh": ("F16", np.ones(64, "<f2")),
        f"{STEM}.svh": ("F16", np.ones(96, "<f2")),
    },
    "AQLM": {
        f"{STEM}.codes": ("I8", np.ones((96, 8, 2), np.int8)),
        f"{STEM}.codebooks": ("F16", np.ones((2, 256, 1, 8), "<f2")),
        f"{STEM}.scales": ("F16", np.ones((96, 1, 1, 1), "<f2")),
    },
    "QuIP#": {f"{STEM}.Qidxs": ("I64", np.ones((96, 8), "<i8"))},
    "VPTQ": {f"{STEM}.indices": ("I32", np.ones((1, 96, 8), "<i4"))},
    "quanto": {
        f"{NAME}._data": ("U8", np.ones((96, 32), np.uint8)),
        f"{NAME}._scale": ("F16", np.ones((96, 1), "<f2")),
    },
    "Marlin": {
        f"{STEM}.B": ("I32", np.ones((4, 192), "<i4")),
        f"{STEM}.s": ("F16", np.ones((1, 96), "<f2")),
    },
    "HQQ": {f"{STEM}.W_q": ("U8", np.ones((48, 64), np.uint8))},
    "GPTQ, AWQ": {f"{STEM}.qweight": ("I32", np.ones((8, 96), "<i4"))},
    "compressed-tensors": {f"{NAME}_packed": ("I32", np.ones((96, 8), "<i4"))},
    "MXFP4": {"model.layers.0.mlp.experts.up_proj_blocks": ("U8", np.ones((2, 9, 16), np.uint8))},
    "U8": {NAME: ("U8", np.ones((48 * 64, 1), np.uint8))},
    "U32": {NAME: ("U32", np.ones((96, 8), "<u4"))},
    "F8_E4M3FNUZ": {NAME: ("F8_E4M3FNUZ", np.ones((96, 8), np.uint8))},
}


@pytest.mark.parametrize("way", UNDECODED)
def test_what_is_not_decoded_is_named_unread(tmp_path: Path, way: str) -> None:
    tensors = {**UNDECODED[way], "norm.weight": f32(64)}
    (reason,) = why(opened(tmp_path, tensors, {})).values()
    assert reason.startswith(UNREAD) and way in reason


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("embeddings.position_ids", ("I64", np.arange(2048)[None])),
        ("h.0.attn.bias", ("U8", np.ones((1, 1, 64, 64), np.uint8))),
        ("h.0.attn.bias", ("BOOL", np.ones((1, 1, 64, 64), np.uint8))),
        ("blocks.0.attn.relative_position_index", ("I64", np.ones((49, 49), "<i8"))),
        ("bn1.num_batches_tracked", ("I64", np.array(3))),
    ],
)
def test_an_index_or_a_mask_is_no_weights(tmp_path: Path, name: str, stored: Stored) -> None:
    assert not why(opened(tmp_path, {name: stored, "norm.weight": f32(64)}, {}))


def changed(tensors: dict[str, Stored], end: str, stored: Stored | None) -> dict[str, Stored]:
    """The same with one companion replaced, or taken away."""
    (name,) = (name for name in tensors if name.endswith(end))
    kept = {other: held for other, held in tensors.items() if other != name}
    return kept if stored is None else {**kept, name: stored}


def state(**said: object) -> Stored:
    return "U8", np.frombuffer(json.dumps(said).encode(), dtype=np.uint8)


NF4 = bitsandbytes()(NAME, WEIGHTS)
HOSTILE: dict[str, tuple[dict[str, Stored], str]] = {
    "groups beyond the scales": (
        changed(gptq()(NAME, WEIGHTS), "g_idx", ("I32", np.full(64, 9, "<i4"))),
        "groups 9 to 9, expected 0 to 3",
    ),
    "a negative group": (
        changed(gptq()(NAME, WEIGHTS), "g_idx", ("I32", np.full(64, -1, "<i4"))),
        "groups -1 to -1",
    ),
    "more inputs than words": (
        changed(gptq()(NAME, WEIGHTS), "g_idx", ("I32", np.zeros(65, "<i4"))),
        "expected 1 to 8 bits each",
    ),
    "zeros of another matrix": (
        changed(gptq()(NAME, WEIGHTS), "qzeros", ("I32", np.zeros((4, 11), "<i4"))),
        "is [4, 11], expected [4, 12]",
    ),
    "groups that do not divide": (
        changed(awq(NAME, WEIGHTS), "scales", ("F16", np.ones((7, 96), "<f2"))),
        "7 groups of 64 inputs",
    ),
    "a shape that lies": (
        changed(compressed()(NAME, WEIGHTS), "shape", ("I64", np.array([96, 1 << 62]))),
        "expected 1 to 8 bits each",
    ),
    "a negative shape": (
        changed(compressed()(NAME, WEIGHTS), "shape", ("I64", np.array([96, -64]))),
        "weight_shape says 96 by -64",
    ),
    "a state of another shape": (
        changed(NF4, "__nf4", state(shape=[1 << 30, 1 << 30], blocksize=64)),
        "expected [576460752303423488, 1]",
    ),
    "a state of blocks of nothing": (
        changed(NF4, "__nf4", state(shape=[96, 64], blocksize=0)),
        "its blocksize holds 0",
    ),
    "a state of endless blocks": (
        changed(NF4, "__nf4", state(shape=[96, 64], blocksize=1 << 40)),
        "expected whole numbers from 1 to 65536",
    ),
    "a state of truths": (
        changed(NF4, "__nf4", state(shape=[True, 64], blocksize=64)),
        "its shape holds True",
    ),
    "a state that is no JSON": (
        changed(NF4, "__nf4", ("U8", np.ones(9, np.uint8))),
        "not valid JSON",
    ),
    "a state without end": (
        changed(NF4, "__nf4", ("U8", np.full(1 << 15, 32, np.uint8))),
        "expected at most 16384",
    ),
    "a table of three": (
        changed(NF4, "quant_map", ("F32", np.ones(3, "<f4"))),
        "is [3], expected [16]",
    ),
    "MLX without its config": (mlx()(NAME, WEIGHTS), "a group of unknown size"),
    "HQQ of three bits": (
        changed(hqq()(NAME, WEIGHTS), "nbits", ("I64", np.array([3]))),
        "3 bits, expected one of",
    ),
    "HQQ of another size": (
        changed(hqq()(NAME, WEIGHTS), "shape", ("I64", np.array([96, 640]))),
        "for 96 by 640 values",
    ),
}


@pytest.mark.parametrize("damage", HOSTILE)
def test_tensors_that_contradict_each_other_are_unread_and_the_reason_says_where(
    tmp_path: Path, damage: str
) -> None:
    tensors, said = HOSTILE[damage]
    found = why(opened(tmp_path, tensors, {"quantization_config": {"quant_method": "x"}}))
    assert len(found) == 1 and said in next(iter(found.values()))


def test_a_scale_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    tensors = changed(awq(NAME, WEIGHTS), "scales", ("F16", np.full((4, 96), np.inf, "<f2")))
    with pytest.raises(UnreadableError, match="not finite once unpacked"):
        read(opened(tmp_path, tensors, {}))


@pytest.mark.parametrize("named", ["gptq_p", "marlin", "bitblas"])
def test_another_layout_under_the_same_names_is_not_guessed(tmp_path: Path, named: str) -> None:
    stated = {"quantization_config": {"quant_method": "gptq", "checkpoint_format": named}}
    (reason,) = why(opened(tmp_path, gptq()(NAME, WEIGHTS), stated)).values()
    assert named in reason


def test_companions_of_any_shape_and_dtype_are_read_or_refused(tmp_path: Path) -> None:
    """Two hundred damaged models: whatever stands beside, nothing else is raised."""
    rng = np.random.default_rng(8)
    families, words_of = list(FAMILIES), ["F32", "F16", "U8", "I32", "I64", "F8_E4M3", "U32", "I8"]
    refused = 0
    for n in range(200):
        family = families[n % len(families)]
        tensors = dict(FAMILIES[family][0](NAME, WEIGHTS[:32]))
        name = list(tensors)[int(rng.integers(len(tensors)))]
        shape = tuple(int(x) for x in rng.integers(0, 70, int(rng.integers(0, 4))))
        word = words_of[int(rng.integers(len(words_of)))]
        raw = rng.integers(0, 256, (*shape, DTYPES[word].bits // 8)).astype(np.uint8)
        array = np.frombuffer(raw.tobytes(), dtype=DTYPES[word].storage).reshape(shape)
        tensors[name] = word, array
        try:
            found = opened(tmp_path, tensors, config_of(family))
            for info in found.tensors:
                if info.name not in found.layout.unreadable:
                    for row, part in found.blocks(info.name):
                        found.decode(info.name, row, part)
        except UnreadableError:
            refused += 1
    assert refused < 200


def test_embeddings_are_packed_too(tmp_path: Path) -> None:
    """MLX packs every matrix, the tables of tokens among them."""
    tensors: dict[str, Stored] = {}
    for name, (word, array) in llama(layers=1, width=64, hidden=192, vocabulary=96).items():
        tensors |= mlx()(name, array) if array.ndim == 2 else {name: (word, array)}
    stated = {"quantization": {"group_size": 32, "bits": 4}}
    found = opened(tmp_path, tensors, stated)
    assert found.layout.embed == "model.embed_tokens.weight"
    assert found.layout.unembed == "lm_head.weight" and not why(found)
    assert found.rows(found.layout.embed, [95, 3]).shape == (2, 64)


def test_a_module_may_have_a_group_of_its_own(tmp_path: Path) -> None:
    tensors = {**mlx(4, 32)(NAME, WEIGHTS), **mlx(8, 64)(NAME.replace("up", "gate"), WEIGHTS)}
    own = {STEM.replace("up", "gate"): {"group_size": 64, "bits": 8}}
    found = opened(tmp_path, tensors, {"quantization": {"group_size": 32, "bits": 4, **own}})
    assert {t.dtype for t in found.tensors if t.name not in found.layout.unreadable} == {
        "MLX4",
        "MLX8",
    }

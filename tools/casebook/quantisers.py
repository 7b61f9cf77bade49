"""One matrix packed as each quantiser packs it, in plain numpy; the layouts are pinned by goldens.

Every packer takes float32 [out, in] under a name and gives the tensors that a hub would hold in its
place. They share no code with what reads them.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import ml_dtypes
import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Stored: TypeAlias = tuple[str, Array]  # a dtype word of safetensors, and the bytes
Packer: TypeAlias = Callable[[str, Array], dict[str, Stored]]

GROUP: Final = 16
NF4: Final = np.array(
    [-1.0, -0.6961928, -0.52507305, -0.39491749, -0.28444138, -0.18477343, -0.09105004, 0.0,
     0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0],
    dtype=np.float32,
)  # fmt: skip
FP4: Final = np.array(
    [0, 0.0052083333, 0.66666667, 1, 0.33333333, 0.5, 0.16666667, 0.25,
     0, -0.0052083333, -0.66666667, -1, -0.33333333, -0.5, -0.16666667, -0.25],
    dtype=np.float32,
)  # fmt: skip
E2M1: Final = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6], dtype=np.float32)


def words(codes: Array, bits: int, axis: int) -> Array:
    """Numbers of so many bits as one stream along an axis, int32."""
    lines = np.moveaxis(codes, axis, -1).astype(np.uint8)
    stream = np.unpackbits(lines[..., None], axis=-1, bitorder="little")[..., :bits]
    stream = stream.reshape(*lines.shape[:-1], -1)
    padding = -stream.shape[-1] % 32
    stream = np.pad(stream, [(0, 0)] * (stream.ndim - 1) + [(0, padding)])
    octets = np.packbits(stream, axis=-1, bitorder="little")
    packed = np.ascontiguousarray(octets).view("<i4")
    return np.ascontiguousarray(np.moveaxis(packed, -1, axis))


def affine(weights: Array, bits: int, group: int = GROUP) -> tuple[Array, Array, Array]:
    """Codes [out, in], scales and zeros [out, groups], unsigned and asymmetric."""
    out, columns = weights.shape
    parts = weights.reshape(out, columns // group, group)
    low, high = np.minimum(parts.min(-1), 0), np.maximum(parts.max(-1), 0)
    scale = np.maximum((high - low) / (2**bits - 1), 1e-9).astype(np.float16).astype(np.float32)
    zero = np.clip(np.rint(-low / scale), 1, 2**bits - 1)
    codes = np.clip(np.rint(parts / scale[..., None] + zero[..., None]), 0, 2**bits - 1)
    return codes.reshape(out, columns), scale, zero


def gptq(bits: int = 4, *, version: int = 1, order: bool = False) -> Packer:
    """GPTQ, groups of 16 inputs; version 1 stores each zero less one; `order`: act-order."""

    def pack(name: str, weights: Array) -> dict[str, Stored]:
        stem, inputs = name.removesuffix(".weight"), weights.shape[1]
        turn = np.random.default_rng(7).permutation(inputs) if order else np.arange(inputs)
        codes, scale, zero = affine(weights[:, turn], bits)
        back = np.argsort(turn)
        group = np.arange(inputs) // GROUP
        return {
            f"{stem}.qweight": ("I32", words(codes[:, back].T, bits, 0)),
            f"{stem}.qzeros": ("I32", words(zero.T - (1 if version == 1 else 0), bits, 1)),
            f"{stem}.scales": ("F16", scale.T.astype(np.float16)),
            f"{stem}.g_idx": ("I32", group[back].astype("<i4")),
        }

    return pack


def awq(name: str, weights: Array) -> dict[str, Stored]:
    """AWQ in four bits, as its GEMM kernels lay them."""
    stem = name.removesuffix(".weight")
    codes, scale, zero = affine(weights, 4)

    def inside(numbers: Array) -> Array:
        eights = numbers.T.reshape(numbers.shape[1], -1, 8)[:, :, [0, 2, 4, 6, 1, 3, 5, 7]]
        return words(eights.reshape(numbers.shape[1], -1), 4, 1)

    return {
        f"{stem}.qweight": ("I32", inside(codes)),
        f"{stem}.qzeros": ("I32", inside(zero)),
        f"{stem}.scales": ("F16", scale.T.astype(np.float16)),
    }


def compressed(bits: int = 4, *, zeros: bool = False) -> Packer:
    """pack-quantized of compressed-tensors, symmetric or with zero points."""

    def pack(name: str, weights: Array) -> dict[str, Stored]:
        codes, scale, zero = affine(weights, bits)
        if not zeros:
            parts = weights.reshape(len(weights), -1, GROUP)
            half = 2 ** (bits - 1)
            scale = np.abs(parts).max(-1) / (half - 1)
            codes = np.clip(np.rint(parts / scale[..., None]), -half, half - 1) + half
            codes = codes.reshape(weights.shape)
        found: dict[str, Stored] = {
            f"{name}_packed": ("I32", words(codes, bits, 1)),
            f"{name}_scale": ("F32", scale.astype(np.float32)),
            f"{name}_shape": ("I64", np.array(weights.shape, dtype="<i8")),
        }
        return found | ({f"{name}_zero_point": ("I32", words(zero, bits, 0))} if zeros else {})

    return pack


def int8(name: str, weights: Array) -> dict[str, Stored]:
    """Eight bits with a scale for each row."""
    scale = np.abs(weights).max(1, keepdims=True) / 127
    return {
        name: ("I8", np.rint(weights / scale).astype(np.int8)),
        f"{name}_scale": ("F32", scale.astype(np.float32)),
    }


def fp8(name: str, weights: Array) -> dict[str, Stored]:
    """Floats of eight bits with one scale."""
    scale = np.float32(np.abs(weights).max() / 448)
    packed = (weights / scale).astype(ml_dtypes.float8_e4m3fn).view(np.uint8)
    return {name: ("F8_E4M3", packed), f"{name}_scale": ("F32", scale.reshape(1))}


def fp8_blocks(name: str, weights: Array) -> dict[str, Stored]:
    """Floats of eight bits with a scale for each block of 128 by 128."""
    rows, columns = (-(-n // 128) for n in weights.shape)
    scale, packed = np.empty((rows, columns), np.float32), np.empty(weights.shape, np.uint8)
    for row in range(rows):
        for column in range(columns):
            here = slice(128 * row, 128 * row + 128), slice(128 * column, 128 * column + 128)
            scale[row, column] = np.abs(weights[here]).max() / 448
            block = (weights[here] / scale[row, column]).astype(ml_dtypes.float8_e4m3fn)
            packed[here] = block.view(np.uint8)
    return {name: ("F8_E4M3", packed), f"{name}_scale_inv": ("F32", scale)}


def scb(name: str, weights: Array) -> dict[str, Stored]:
    """LLM.int8 of bitsandbytes."""
    most = np.abs(weights).max(1).astype(np.float32)
    return {
        name: ("I8", np.rint(weights / most[:, None] * 127).astype(np.int8)),
        name.removesuffix(".weight") + ".SCB": ("F32", most),
    }


def bitsandbytes(kind: str = "nf4", *, nested: bool = False) -> Packer:
    """Four bits of bitsandbytes, nf4 or fp4; with `nested` its scales are quantised too."""
    table = NF4 if kind == "nf4" else FP4

    def pack(name: str, weights: Array) -> dict[str, Stored]:
        flat = weights.reshape(-1, 64)
        absmax = np.abs(flat).max(1).astype(np.float32)
        nearest = np.abs((flat / absmax[:, None])[..., None] - table).argmin(-1).reshape(-1, 2)
        said: dict[str, object] = {
            "quant_type": kind, "blocksize": 64, "dtype": "float16", "shape": list(weights.shape),
        }  # fmt: skip
        found: dict[str, Stored] = {
            name: ("U8", (nearest[:, :1] << 4 | nearest[:, 1:]).astype(np.uint8)),
            f"{name}.quant_map": ("F32", table),
        }
        if nested:
            map_ = np.linspace(-1, 1, 256, dtype=np.float32)
            offset = float(absmax.mean())
            blocks = -(-len(absmax) // 256)
            away = np.zeros(256 * blocks, np.float32)
            away[: len(absmax)] = absmax - offset
            outer = np.abs(away.reshape(-1, 256)).max(1)
            scaled = away.reshape(-1, 256) / outer[:, None]
            codes = np.abs(scaled.reshape(-1)[: len(absmax), None] - map_).argmin(-1)
            said |= {"nested_blocksize": 256, "nested_offset": offset, "nested_dtype": "float32"}
            found[f"{name}.absmax"] = "U8", codes.astype(np.uint8)
            found[f"{name}.nested_absmax"] = "F32", outer
            found[f"{name}.nested_quant_map"] = "F32", map_
        else:
            found[f"{name}.absmax"] = "F32", absmax
        state = np.frombuffer(json.dumps(said).encode(), dtype=np.uint8)
        return found | {f"{name}.quant_state.bitsandbytes__{kind}": ("U8", state)}

    return pack


def mlx(bits: int = 4, group: int = 32) -> Packer:
    """Affine quantisation of MLX."""

    def pack(name: str, weights: Array) -> dict[str, Stored]:
        stem = name.removesuffix(".weight")
        parts = weights.reshape(len(weights), -1, group)
        low = parts.min(-1)
        scale = np.maximum((parts.max(-1) - low) / (2**bits - 1), 1e-9)
        codes = np.clip(np.rint((parts - low[..., None]) / scale[..., None]), 0, 2**bits - 1)
        return {
            name: ("U32", words(codes.reshape(weights.shape), bits, 1)),
            f"{stem}.scales": ("F32", scale.astype(np.float32)),
            f"{stem}.biases": ("F32", low.astype(np.float32)),
        }

    return pack


def halves(numbers: Array) -> Array:
    """Two numbers of four bits to a byte, the first in the low bits."""
    return np.asarray(numbers[..., 0::2] | numbers[..., 1::2] << 4, dtype=np.uint8)


def small_floats(scaled: Array) -> Array:
    """The nearest float of four bits of each value."""
    nearest = np.abs(np.abs(scaled)[..., None] - E2M1).argmin(-1)
    return np.asarray(nearest | (scaled < 0) << 3, dtype=np.uint8)


def nvfp4(*, divided: bool = False) -> Packer:
    """NVFP4: of ModelOpt, or of compressed-tensors, whose second scale divides."""

    def pack(name: str, weights: Array) -> dict[str, Stored]:
        parts = weights.reshape(len(weights), -1, 16)
        second = np.float32(np.abs(weights).max() / (6 * 448))
        scale = (np.abs(parts).max(-1) / 6 / second).astype(ml_dtypes.float8_e4m3fn)
        wide = np.maximum(scale.astype(np.float32) * second, 1e-12)
        codes = halves(small_floats(parts / wide[..., None]).reshape(weights.shape))
        if divided:
            return {
                f"{name}_packed": ("U8", codes),
                f"{name}_scale": ("F8_E4M3", scale.view(np.uint8)),
                f"{name}_global_scale": ("F32", (1 / second).reshape(1).astype(np.float32)),
            }
        return {
            name: ("U8", codes),
            f"{name}_scale": ("F8_E4M3", scale.view(np.uint8)),
            f"{name}_scale_2": ("F32", np.array(second, np.float32)),
        }

    return pack


def mxfp4(name: str, weights: Array) -> dict[str, Stored]:
    """MXFP4 of Quark and compressed-tensors."""
    parts = weights.reshape(len(weights), -1, 32)
    power = np.ceil(np.log2(np.abs(parts).max(-1) / 6 + 1e-30))
    codes = halves(small_floats(parts / np.exp2(power)[..., None]).reshape(weights.shape))
    return {
        f"{name}_packed": ("U8", codes),
        f"{name}_scale": ("U8", (power + 127).astype(np.uint8)),
    }


def hqq(bits: int = 4, *, axis: int = 1) -> Packer:
    """HQQ with groups of 16 along either axis."""

    def pack(name: str, weights: Array) -> dict[str, Stored]:
        stem = name.removesuffix(".weight")
        lines = weights.reshape(-1, GROUP) if axis == 1 else weights.reshape(GROUP, -1)
        low, high = lines.min(axis, keepdims=True), lines.max(axis, keepdims=True)
        scale = (high - low) / (2**bits - 1)
        zero = -low / scale
        codes = np.clip(np.rint(lines / scale + zero), 0, 2**bits - 1).astype(np.uint8)
        parts = np.split(codes, 8 // bits)
        packed = sum(part << (8 - bits * (n + 1)) for n, part in enumerate(parts))
        return {
            f"{stem}.W_q": ("U8", np.asarray(packed, dtype=np.uint8)),
            f"{stem}.scale": ("F32", scale.astype(np.float32)),
            f"{stem}.zero": ("F32", zero.astype(np.float32)),
            f"{stem}.nbits": ("I64", np.array([bits], "<i8")),
            f"{stem}.group_size": ("I64", np.array([GROUP], "<i8")),
            f"{stem}.axis": ("I64", np.array([axis], "<i8")),
            f"{stem}.shape": ("I64", np.array(weights.shape, "<i8")),
        }

    return pack


def exl2(name: str, weights: Array) -> dict[str, Stored]:
    """A way of packing that is not decoded; the numbers follow from the weights."""
    stem = name.removesuffix(".weight")
    numbers = (np.abs(weights.T) * 1e6).astype("<i4")
    return {
        f"{stem}.q_weight": ("I32", numbers),
        f"{stem}.q_scale": ("I32", np.ones((4, 8), "<i4")),
        f"{stem}.q_invperm": ("I32", np.arange(weights.shape[1], dtype="<i4")),
    }


# Every family that is read, with what config.json says of it.
FAMILIES: Final[Mapping[str, tuple[Packer, dict[str, object]]]] = {
    "GPTQ 4 bits": (gptq(), {"quant_method": "gptq", "bits": 4}),
    "GPTQ 8 bits": (gptq(8), {"quant_method": "gptq", "bits": 8}),
    "GPTQ 3 bits, act-order": (gptq(3, order=True), {"quant_method": "gptq", "bits": 3}),
    "GPTQ v2": (gptq(version=2), {"quant_method": "gptq", "checkpoint_format": "gptq_v2"}),
    "AWQ": (awq, {"quant_method": "awq", "bits": 4, "version": "gemm"}),
    "compressed-tensors int4": (compressed(), {"quant_method": "compressed-tensors"}),
    "compressed-tensors int4, zeros": (
        compressed(zeros=True),
        {"quant_method": "compressed-tensors"},
    ),
    "compressed-tensors int8": (int8, {"quant_method": "compressed-tensors"}),
    "compressed-tensors fp8": (fp8, {"quant_method": "compressed-tensors"}),
    "bitsandbytes nf4": (bitsandbytes(), {"quant_method": "bitsandbytes"}),
    "bitsandbytes nf4, nested": (bitsandbytes(nested=True), {"quant_method": "bitsandbytes"}),
    "bitsandbytes fp4": (bitsandbytes("fp4"), {"quant_method": "bitsandbytes"}),
    "bitsandbytes int8": (scb, {"quant_method": "bitsandbytes"}),
    "MLX 4 bits": (mlx(), {"group_size": 32, "bits": 4}),
    "MLX 3 bits": (mlx(3), {"group_size": 32, "bits": 3}),
    "MLX 6 bits": (mlx(6), {"group_size": 32, "bits": 6}),
    "MLX 2 bits": (mlx(2), {"group_size": 32, "bits": 2}),
    "MLX 8 bits": (mlx(8), {"group_size": 32, "bits": 8}),
    "NVFP4 (modelopt)": (nvfp4(), {"quant_method": "modelopt", "quant_algo": "NVFP4"}),
    "NVFP4 (compressed-tensors)": (nvfp4(divided=True), {"quant_method": "compressed-tensors"}),
    "MXFP4": (mxfp4, {"quant_method": "quark"}),
    "FP8 blocks": (fp8_blocks, {"quant_method": "fp8", "weight_block_size": [128, 128]}),
    "HQQ 4 bits": (hqq(), {"quant_method": "hqq"}),
    "HQQ 2 bits, axis 0": (hqq(2, axis=0), {"quant_method": "hqq"}),
}

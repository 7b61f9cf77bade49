"""Floats of four bits, two to a byte, scaled group by group: MXFP4 and NVFP4 of each tool.

A value is a sign, two bits of exponent and one of mantissa (OCP Microscaling Formats, section
5.3.3); the first of two stands in the low four bits. Layouts of X:
    X.weight U8, X.weight_scale F8_E4M3 [out, in / 16], X.weight_scale_2: NVFP4 of
        https://github.com/NVIDIA/TensorRT-Model-Optimizer (qtensor/nvfp4_tensor.py); both multiply
    X.weight_packed U8, X.weight_scale F8_E4M3, X.weight_global_scale: NVFP4 of
        https://github.com/vllm-project/compressed-tensors (compressors/nvfp4); the last divides
    X.weight or X.weight_packed U8, X.weight_scale U8 [out, in / 32]: MXFP4 of Quark and
        compressed-tensors; a scale is 2^(s - 127)
    X_blocks U8 [experts, rows, groups, 16], X_scales U8 [experts, rows, groups]: MXFP4 of gpt-oss,
        https://github.com/huggingface/transformers (integrations/mxfp4.py); every expert by itself
    X.weight U32, X.scales U8, no biases: modes mxfp4 and nvfp4 of https://github.com/ml-explore/mlx
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Final, final

import ml_dtypes
import numpy as np

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.mapped import StoredTensor
from filiation.readers.weights.packed.bench import Bench
from filiation.readers.weights.packed.packing import Float32, Held, Packing, along, checked

__all__ = ["EXPERTS_LIMIT", "expert_blocks", "fp4"]

_VALUES: Final = np.array(
    [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], dtype=np.float32
)
_MX: Final = 32  # values of a group
_NV: Final = 16
_BLOCKS: Final = "_blocks"
EXPERTS_LIMIT: Final = 4096  # each of which becomes a tensor by itself


def fp4(held: Held, bench: Bench) -> Packing | None:
    """The matrix in X.weight or X.weight_packed, if it is packed so; None if it is something else.

    Raises:
        MisfitError: It is, and contradicts itself.
    """
    info = held.info
    stem = info.name.removesuffix("_packed").removesuffix(".weight")
    if stem in (info.name, info.name.removesuffix("_packed")) or len(info.shape) != 2:
        return None
    if info.dtype == "U32":
        return _of_mlx(held, stem, bench)
    scale = bench.held(f"{stem}.weight_scale")
    if info.dtype != "U8" or scale is None or len(scale.info.shape) != 2:
        return None
    rows, columns = info.shape[0], info.shape[1] * 2
    size = columns // max(1, scale.info.shape[1])
    if scale.info.dtype not in ("U8", "F8_E8M0", "F8_E4M3") or size not in (_MX, _NV):
        return None
    along(scale, [(rows, columns // size)], (scale.info.dtype,))
    if scale.info.dtype != "F8_E4M3":
        checked(size == _MX, f"scales of {size} values each, expected {_MX}")
        return _packing(held, scale, None, stem, (rows, columns), size)
    checked(size == _NV, f"scales of {size} values each, expected {_NV}")
    second = bench.first(f"{stem}.weight_scale_2", f"{stem}.weight_global_scale")
    checked(second is not None, "no second scale beside its scales, expected one for all")
    assert second is not None
    along(second, [(), (1,)], ("F32", "BF16", "F16"))
    return _packing(held, scale, second, stem, (rows, columns), size)


def expert_blocks(held: Held, bench: Bench) -> Iterator[Packing]:
    """The matrices of a mixture in X_blocks, one by one; nothing if it is something else.

    Raises:
        MisfitError: It is packed so, and contradicts itself.
    """
    info, stem = held.info, held.info.name.removesuffix(_BLOCKS)
    scales = bench.held(f"{stem}_scales")
    if not info.name.endswith(_BLOCKS) or info.dtype != "U8" or scales is None:
        return
    if len(info.shape) not in (3, 4):
        return
    experts, rows = info.shape[:2]
    groups = prod(info.shape[2:]) // (_MX // 2)
    along(held, [(experts, rows, groups, _MX // 2), (experts, rows, groups * _MX // 2)], ("U8",))
    along(scales, [(experts, rows, groups)], ("U8",))
    checked(experts <= EXPERTS_LIMIT, f"{experts} experts, expected at most {EXPERTS_LIMIT}")
    prefix, _, last = stem.rpartition(".")
    for n in range(experts):
        yield _packing(
            _part(held, n, experts),
            _part(scales, n, experts),
            None,
            f"{prefix}.{n}.{last}" if prefix else f"{n}.{last}",
            (rows, groups * _MX),
            _MX,
        )


def _part(held: Held, number: int, count: int) -> Held:
    """One expert of a stack, as a tensor by itself."""
    info = held.info
    each = info.nbytes // count
    part = TensorInfo(
        name=f"{info.name}.{number}", dtype=info.dtype, shape=info.shape[1:], nbytes=each
    )
    start = held.entry.start + number * each
    return Held(source=held.source, entry=StoredTensor(info=part, start=start))


def _of_mlx(held: Held, stem: str, bench: Bench) -> Packing | None:
    scales = bench.held(f"{stem}.scales")
    if scales is None or scales.info.dtype != "U8" or bench.held(f"{stem}.biases") is not None:
        return None
    rows, columns = held.info.shape[0], held.info.shape[1] * 8
    size = columns // max(1, scales.info.shape[-1])
    checked(size in (_MX, _NV), f"scales of {size} values each, expected {_MX} or {_NV}")
    along(scales, [(rows, columns // size)], ("U8",))
    return _packing(held, scales, None, stem, (rows, columns), size)


def _packing(
    held: Held,
    scale: Held,
    second: Held | None,
    stem: str,
    shape: tuple[int, int],
    size: int,
) -> Packing:
    divides = second is not None and second.info.name.endswith("_global_scale")
    return Packing(
        held=held,
        word="MXFP4" if size == _MX else "NVFP4",
        shape=shape,
        role=f"{stem}.weight",
        decoder=_Fp4(size=size, scale=scale, second=second, divides=divides),
        companions=tuple(one.info.name for one in (scale, second) if one is not None),
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Fp4:
    size: int
    scale: Held
    second: Held | None
    divides: bool

    def rows(self, first: int, stored: memoryview) -> Float32:
        groups = self.scale.info.shape[1]
        packed = np.frombuffer(stored, dtype=np.uint8).reshape(-1, groups, self.size // 2)
        found = np.empty((len(packed), groups, self.size), dtype=np.float32)
        found[:, :, 0::2], found[:, :, 1::2] = _VALUES[packed & 15], _VALUES[packed >> 4]
        found *= self._scales(first, first + len(packed))[:, :, None]
        return found.reshape(len(packed), groups * self.size)

    def _scales(self, low: int, high: int) -> Float32:
        """Of each group of these rows, float32 [high - low, groups]."""
        raw = np.frombuffer(self.scale.raw(low, high), dtype=np.uint8).reshape(high - low, -1)
        if self.size == _MX:
            return np.asarray(np.ldexp(np.float32(1), raw.astype(np.int32) - 127))
        scale: Float32 = raw.view(ml_dtypes.float8_e4m3fn).astype(np.float32)
        if self.second is None:
            return scale
        second = self.second.whole()[0]
        with np.errstate(divide="ignore"):
            return np.asarray(scale / second if self.divides else scale * second)

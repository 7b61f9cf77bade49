"""Companion scales: which tensors turn stored integers and 8-bit floats into weights, and how.

Known spellings, for a tensor T = `<prefix>.weight`:
    T_scale          compressed-tensors and others: [], [1], [rows], [rows, 1] or blocks; multiply
    T_scale_inv      DeepSeek: [ceil(rows / b), ceil(columns / b)]; multiply, despite the name
    <prefix>.SCB     bitsandbytes LLM.int8: [rows]; multiply by SCB / 127
    T_zero_point, T_qzero   subtracted before scaling; shaped like the scale
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.blocks import BLOCK_VALUES, row_values
from filiation.readers.bytes.dtypes import EXAMINED

__all__ = ["Scaling", "Scalings", "scalings"]

_FACTORS: Final = {"_scale": 1.0, "_scale_inv": 1.0, ".SCB": 1 / 127}
_ZEROS: Final = ("_zero_point", "_qzero")
_SCALED: Final = frozenset({"F8_E4M3", "F8_E5M2", "I8", "U8"})
_SCALE_DTYPES: Final = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E8M0"})
_ZERO_DTYPES: Final = _SCALE_DTYPES | {"I8", "U8", "I16", "I32", "I64"}
_USUAL_BLOCK = 128


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """weight = (stored - zero) * scale * factor, with one scale per block of values.

    Where it `divides`, weight = stored / scale.

    Attributes:
        scale: Name of the scales.
        zero: Name of the zero points, if any; shaped like the scales.
        factor: Constant of this way of storing.
        block: Rows and columns that share one scale.
        grid: Scales along rows and columns.
        divides: Whether the scale is what the weight was multiplied by.
    """

    scale: str
    zero: str | None
    factor: float
    block: tuple[int, int]
    grid: tuple[int, int]
    divides: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scalings:
    """How each scaled tensor is decoded, and which tensors hold no weights, with the reason."""

    of: Mapping[str, Scaling]
    unexamined: Mapping[str, str]


def scalings(
    tensors: Mapping[str, TensorInfo], *, block: tuple[int, int] | None = None
) -> Scalings:
    """Find every tensor's companions by name and check their shapes.

    Args:
        tensors: All tensors of the checkpoint.
        block: `quantization_config.weight_block_size` of config.json, if it says so.
    """
    of: dict[str, Scaling] = {}
    unexamined: dict[str, str] = {}
    for name, info in tensors.items():
        if info.dtype not in EXAMINED:
            unexamined[name] = f"dtype {info.dtype} is not read as weights (packed or an index)"
        elif row_values(info) > BLOCK_VALUES:
            unexamined[name] = f"a row has {row_values(info)} values, more than {BLOCK_VALUES}"
        elif info.dtype in _SCALED:
            found = _scaling(info, tensors, block)
            if isinstance(found, Scaling):
                of[name] = found
            elif found is not None:
                unexamined[name] = found
    for name in tensors:
        for suffix in (*_FACTORS, *_ZEROS):
            owner = _owner(name, suffix, tensors)
            if owner is not None:
                unexamined[name] = f"scale of {owner}"
    return Scalings(of=of, unexamined=unexamined)


def _owner(name: str, suffix: str, tensors: Mapping[str, TensorInfo]) -> str | None:
    if not name.endswith(suffix):
        return None
    owner = name.removesuffix(suffix) + (".weight" if suffix == ".SCB" else "")
    return owner if owner in tensors and tensors[owner].dtype in _SCALED else None


def _companion(name: str, suffix: str) -> str:
    return name.removesuffix(".weight") + suffix if suffix == ".SCB" else name + suffix


def _scaling(
    info: TensorInfo, tensors: Mapping[str, TensorInfo], block: tuple[int, int] | None
) -> Scaling | str | None:
    """The scaling of one tensor, None if it is stored as is, or why it cannot be known."""
    scales = [s for s in _FACTORS if _companion(info.name, s) in tensors]
    zeros = [s for s in _ZEROS if info.name + s in tensors]
    if len(scales) > 1 or len(zeros) > 1:
        return "has more than one scale; which one applies is not known"
    if info.dtype == "U8" and not (scales and zeros):
        return "unsigned bytes without scale and zero point; packed, or not weights"
    if zeros and not scales:
        return "has a zero point and no scale"
    if not scales:
        return None
    scale = tensors[_companion(info.name, scales[0])]
    zero = tensors[info.name + zeros[0]] if zeros else None
    if scale.dtype not in _SCALE_DTYPES or (zero and zero.dtype not in _ZERO_DTYPES):
        return f"its scale {scale.name} is stored in a way that is not read"
    grid = _grid(info, scale)
    if grid is None or (zero is not None and _grid(info, zero) != grid):
        return (
            f"its scale {scale.name} is {list(scale.shape)}, which does not fit {list(info.shape)}"
        )
    rows, columns = (1, row_values(info)) if len(info.shape) < 2 else info.shape
    sizes = _size(rows, grid[0], block and block[0]), _size(columns, grid[1], block and block[1])
    if sizes[0] is None or sizes[1] is None:
        return f"its scale {scale.name} is {list(scale.shape)}: the size of its blocks is not known"
    return Scaling(
        scale=scale.name,
        zero=zero.name if zero else None,
        factor=_FACTORS[scales[0]],
        block=(sizes[0], sizes[1]),
        grid=grid,
    )


def _grid(info: TensorInfo, scale: TensorInfo) -> tuple[int, int] | None:
    """Blocks along rows and columns that a scale of this shape implies; None if it does not fit."""
    if len(info.shape) > 2 or not info.nbytes:
        return None
    if scale.shape in ((), (1,), (1, 1)):
        return 1, 1
    if len(info.shape) < 2:
        return None
    if scale.shape == info.shape[:1]:
        return info.shape[0], 1
    if len(scale.shape) == 2:
        (rows, columns), (down, across) = info.shape, scale.shape
        return (down, across) if 1 <= down <= rows and 1 <= across <= columns else None
    return None


def _size(length: int, blocks: int, stated: int | None) -> int | None:
    """Length of one block along an axis; the last one may be shorter."""
    if blocks == 1:
        return length
    for size in (stated, 1, _USUAL_BLOCK, length // blocks):
        if size and -(-length // size) == blocks:
            return size
    return None

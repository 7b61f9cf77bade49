"""How a tensor is cut into blocks: by dtype and shape alone, so that sums over them repeat."""

from collections.abc import Iterator
from math import prod

from filiation.model.layout import TensorInfo
from filiation.readers.bytes.dtypes import block_values, stored_bits

__all__ = ["BLOCK_VALUES", "cuts", "row_count", "row_values"]

BLOCK_VALUES = 1 << 20  # 4 MiB as float32


def row_count(info: TensorInfo) -> int:
    """Length of the first axis; a tensor of less than two axes has one row."""
    return info.shape[0] if len(info.shape) > 1 else 1


def row_values(info: TensorInfo) -> int:
    """How many values one row of a tensor has."""
    return prod(info.shape) // max(1, row_count(info))


def cuts(info: TensorInfo, *, group: int = 1) -> Iterator[tuple[int, int, int]]:
    """Yield (first row, begin, end) of each block, in bytes from the start of the tensor.

    As many whole rows as make at most 2^20 values. A row that is longer by itself (a huge vector,
    a tensor of many axes) is cut into pieces of at most 2^20 values, each under its row's number.
    Values of less than a byte are cut as bytes, all under row 0.

    Args:
        info: The tensor.
        group: Rows that must stay together (those of an attention head whose rows are
            interleaved); at least so many make a block, whatever their size.
    """
    if not info.nbytes:
        return
    rows, step_bits = row_count(info), stored_bits(info.dtype, block_values(info.dtype))
    if step_bits % 8:
        rows, row_bytes, piece = 1, info.nbytes, BLOCK_VALUES
    else:
        row_bytes = info.nbytes // rows
        piece = BLOCK_VALUES // block_values(info.dtype) * step_bits // 8
    step = max(1, piece // row_bytes // group) * group
    for row in range(0, rows, step):
        begin, end = row * row_bytes, min(row + step, rows) * row_bytes
        size = piece if group == 1 else end - begin
        for at in range(begin, end, size):
            yield row, at, min(at + size, end)

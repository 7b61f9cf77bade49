"""How a tensor is cut into blocks: by dtype and shape alone, so that sums over them repeat."""

from collections.abc import Iterator

from filiation.model.layout import TensorInfo
from filiation.readers.dtypes import DTYPES

__all__ = ["BLOCK_VALUES", "cuts", "row_count", "row_values"]

BLOCK_VALUES = 1 << 20  # 4 MiB as float32


def row_count(info: TensorInfo) -> int:
    """Length of the first axis; a tensor of less than two axes has one row."""
    return info.shape[0] if len(info.shape) > 1 else 1


def row_values(info: TensorInfo) -> int:
    """Values in one row."""
    return _values(info) // max(1, row_count(info))


def cuts(info: TensorInfo) -> Iterator[tuple[int, int, int]]:
    """Yield (first row, begin, end) of each block, in bytes from the start of the tensor.

    As many whole rows as make at most 2^20 values. A row that is longer by itself (a huge vector,
    a tensor of many axes) is cut into pieces of at most 2^20 values, each under its row's number.
    Values of less than a byte are cut as bytes, all under row 0.
    """
    if not info.nbytes:
        return
    rows, bits = row_count(info), DTYPES[info.dtype].bits
    if bits % 8:
        rows, row_bytes, piece = 1, info.nbytes, BLOCK_VALUES
    else:
        row_bytes, piece = info.nbytes // rows, BLOCK_VALUES * bits // 8
    step = max(1, piece // row_bytes)
    for row in range(0, rows, step):
        begin, end = row * row_bytes, min(row + step, rows) * row_bytes
        for at in range(begin, end, piece):
            yield row, at, min(at + piece, end)


def _values(info: TensorInfo) -> int:
    return info.nbytes * 8 // DTYPES[info.dtype].bits

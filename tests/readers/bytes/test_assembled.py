"""A tensor in pieces is the tensor: any bytes of it, and only if the pieces tile it."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from filiation.errors import UnreadableError
from filiation.readers.bytes.assembled import Assembled, Piece, assembled
from filiation.readers.bytes.mapped import HeldBytes

ROWS, WIDTH = 12, 10
WHOLE = np.arange(ROWS * WIDTH, dtype=np.uint8).reshape(ROWS, WIDTH)
CUTS = some.lists(some.integers(1, ROWS - 1), max_size=3, unique=True).map(sorted)
SIDES = some.lists(some.integers(1, WIDTH - 1), max_size=3, unique=True).map(sorted)


def piece(top: int, bottom: int, left: int, right: int, padding: int = 0) -> Piece:
    part = np.pad(WHOLE[top:bottom, left:right], ((0, 0), (0, padding)))
    return Piece(
        source=HeldBytes(path=Path("x"), held=b"??" + part.tobytes()), start=2, top=top,
        rows=bottom - top, left=left, width=right - left, step=right - left + padding,
    )  # fmt: skip


def put(pieces: list[Piece]) -> Assembled:
    return assembled(Path("x"), pieces, rows=ROWS, row_bytes=WIDTH, what="x: tensor 'w'")


@given(
    rows=CUTS,
    columns=some.lists(SIDES, min_size=4, max_size=4),
    draw=some.randoms(),
    start=some.integers(0, 120),
    size=some.integers(0, 120),
    padding=some.integers(0, 3),
)
def test_any_bytes_of_it(
    rows: list[int], columns: list[list[int]], draw: object, start: int, size: int, padding: int
) -> None:
    pieces = []
    tops = [0, *rows, ROWS]
    for n, (top, bottom) in enumerate(pairwise(tops)):
        lefts = [0, *columns[n], WIDTH]
        pieces += [piece(top, bottom, left, right, padding) for left, right in pairwise(lefts)]
    draw.shuffle(pieces)  # type: ignore[attr-defined]
    end = min(start + size, 120)
    assert bytes(put(pieces).view(start, end)) == WHOLE.tobytes()[start:end]


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [piece(0, 6, 0, 10)],
        [piece(0, 6, 0, 10), piece(7, 12, 0, 10)],
        [piece(0, 6, 0, 10), piece(5, 12, 0, 10)],
        [piece(0, 12, 0, 4), piece(0, 12, 5, 10)],
        [piece(0, 12, 0, 6), piece(0, 12, 5, 10)],
        [piece(0, 12, 0, 10), piece(0, 12, 0, 10)],
    ],
)
def test_pieces_that_do_not_tile_it_are_refused(pieces: list[Piece]) -> None:
    with pytest.raises(UnreadableError, match="overlap or leave a gap, expected each value once"):
        put(pieces)

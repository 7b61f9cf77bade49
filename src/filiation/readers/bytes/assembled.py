"""A tensor whose bytes stand in several places, as one that lies whole.

Processes that trained together save a tensor in pieces: runs of its rows, or of each row's columns.
A piece is copied when a reader asks for the rows it lies in, and let go at once.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import final

import numpy as np
from numpy.lib.stride_tricks import as_strided

from filiation.errors import UnreadableError
from filiation.readers.bytes.mapped import Source

__all__ = ["Assembled", "Piece", "assembled"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A rectangle of a tensor, whose rows stand at equal distances.

    Attributes:
        source: Where its bytes are.
        start: Where they begin there.
        top: The first row that it holds.
        rows: How many.
        left: Where it begins in each row, in bytes.
        width: Bytes of each row that it holds.
        step: Bytes from one of its rows to the next; 0 if they stand without gaps.
    """

    source: Source
    start: int
    top: int
    rows: int
    left: int
    width: int
    step: int = 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """Pieces that tile a tensor, from the top on, seen as its bytes in order (a `Source`)."""

    path: Path
    pieces: tuple[Piece, ...]
    row_bytes: int

    def view(self, start: int, end: int) -> memoryview:
        """Bytes `start` to `end` of the whole tensor, copied out of their pieces."""
        if end <= start:
            return memoryview(b"")
        low, high = start // self.row_bytes, -(-end // self.row_bytes)
        whole = np.empty((high - low, self.row_bytes), dtype=np.uint8)
        for piece in self._within(low, high):
            first, last = max(low, piece.top), min(high, piece.top + piece.rows)
            step = piece.step or piece.width
            begins = piece.start + (first - piece.top) * step
            ends = piece.start + (last - 1 - piece.top) * step + piece.width
            stored = np.frombuffer(piece.source.view(begins, ends), dtype=np.uint8)
            rows = as_strided(stored, (last - first, piece.width), (step, 1))
            whole[first - low : last - low, piece.left : piece.left + piece.width] = rows
            piece.source.drop(begins, ends)
        return whole.reshape(-1).data[start - low * self.row_bytes :][: end - start]

    def _within(self, low: int, high: int) -> Iterator[Piece]:
        """The pieces in which a row from `low` to `high` lies: bands of rows follow each other."""
        band = self.pieces[bisect_right(self.pieces, low, key=_top) - 1].top
        place = bisect_left(self.pieces, band, key=_top)
        while place < len(self.pieces) and self.pieces[place].top < high:
            yield self.pieces[place]
            place += 1

    def drop(self, start: int, end: int) -> None:
        """Do nothing: the pages of a piece were given back when it was copied."""


def assembled(
    path: Path, pieces: Sequence[Piece], *, rows: int, row_bytes: int, what: str
) -> Assembled:
    """Put pieces together, which must cover each byte once.

    Args:
        path: What to name in an error.
        pieces: In any order; each run of rows is cut into columns in its own way.
        rows: Of the whole tensor.
        row_bytes: Bytes of a row.
        what: Opens the sentence if they do not fit.

    Raises:
        UnreadableError: They overlap, leave a gap, or reach beyond.
    """
    bands: dict[tuple[int, int], list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.rows and piece.width:
            bands[piece.top, piece.top + piece.rows].append(piece)
    edges = [(0, 0), *sorted(bands), (rows, rows)]
    fits = all(before[1] == after[0] for before, after in pairwise(edges))
    for band in bands.values():
        sides = sorted((piece.left, piece.left + piece.width) for piece in band)
        ends = [(0, 0), *sides, (row_bytes, row_bytes)]
        fits &= all(before[1] == after[0] for before, after in pairwise(ends))
    if not fits:
        raise UnreadableError(
            f"{what}: its {len(pieces)} pieces overlap or leave a gap, expected each value once; "
            "a part is missing, or the files are not of one model"
        )
    ordered = tuple(sorted((one for band in bands.values() for one in band), key=_top))
    return Assembled(path=path, pieces=ordered, row_bytes=row_bytes)


def _top(piece: Piece) -> int:
    return piece.top

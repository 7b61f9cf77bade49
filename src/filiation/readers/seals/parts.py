"""Which parts does a material have, and where does each block lie?

A file of safetensors is cut into its header and its tensors, so that tensors can be opened one by
one. Everything else is a file: what its bytes mean is for whoever reads them once they are opened.
"""

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.errors import UnreadableError
from filiation.files import Handed, handed_over
from filiation.model.seal import BLOCK, Part, Table
from filiation.readers.bytes.safetensors import parse_header

__all__ = ["Laid", "parts_of"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A material and where its parts begin.

    Attributes:
        handed: Its files.
        table: Its parts.
        starts: Where each part begins in its file.
    """

    handed: Handed
    table: Table
    starts: tuple[int, ...]

    def blocks(self, number: int, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Blocks `first` to `end` of part `number`, in order.

        Raises:
            UnreadableError: The file is not the one that was found, or became shorter.
        """
        part, start = self.table.parts[number], self.starts[number]
        stop = part.blocks if end is None else end
        with self.handed.opened(part.file) as file:
            os.posix_fadvise(file.fileno(), start, part.nbytes, os.POSIX_FADV_SEQUENTIAL)
            file.seek(start + first * BLOCK)
            for block in range(first, stop):
                wanted = min(BLOCK, part.nbytes - block * BLOCK)
                raw = file.read(wanted)
                if len(raw) != wanted:
                    raise UnreadableError(
                        f"{part.file}: {len(raw)} bytes where {wanted} were found before; it was "
                        "cut while being read"
                    )
                yield raw


def parts_of(path: Path, *, follow: bool = False) -> Laid:
    """Lay out a file or a folder.

    Raises:
        UsageError: Nothing is there.
        UnreadableError: Links that lead out, or what is no file.
        CaseError: Too large, or names that no seal holds.
    """
    handed = handed_over(path, follow=follow)
    laid = [one for name in handed.files for one in _cut(handed, name)]
    return Laid(
        handed=handed,
        table=Table(parts=tuple(part for part, _ in laid)),
        starts=tuple(start for _, start in laid),
    )


def _cut(handed: Handed, name: str) -> list[tuple[Part, int]]:
    size = handed.files[name].size
    whole = [(Part(what="file", file=name, nbytes=size), 0)]
    if not name.endswith(".safetensors") or not size:
        return whole
    with (
        handed.opened(name) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        memoryview(mapped) as view,
    ):
        try:
            entries = parse_header(view, what=name)
        except UnreadableError:
            return whole  # damaged, or something else: its bytes are sealed as they are
    begin = min((entry.start for entry in entries), default=size)
    found = [(Part(what="header", file=name, nbytes=begin), 0)]
    for entry in entries:
        info = entry.info
        part = Part(
            what="tensor",
            file=name,
            tensor=info.name,
            dtype=info.dtype,
            shape=info.shape,
            nbytes=info.nbytes,
        )
        found.append((part, entry.start))
    return found

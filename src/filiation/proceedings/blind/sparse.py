"""A model of which only what was opened is there: files of the right size, with holes.

So the ordinary reader finds the same tensors in the same places, and what is reckoned of those that
were opened is what the whole model gives.
"""

from pathlib import Path
from typing import final

from filiation.model.seal import BLOCK, Table

__all__ = ["Sparse"]


@final
class Sparse:
    """Takes opened blocks and writes them where they lie in their files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._starts: list[int] = []
        self._sizes: dict[str, int] = {}

    def take(self, table: Table, part: int, block: int, raw: bytes) -> None:
        """A block of a part, once it is known to be bound."""
        if not self._starts:
            self._lay(table)
        name = table.parts[part].file
        path = self.root.joinpath(*name.split("/"))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.truncate(self._sizes[name])
        with path.open("r+b") as file:
            file.seek(self._starts[part] + block * BLOCK)
            file.write(raw)

    def _lay(self, table: Table) -> None:
        for part in table.parts:
            begin = self._sizes.get(part.file, 0)
            self._starts.append(begin)
            self._sizes[part.file] = begin + part.nbytes

"""What was opened whole, written into a new folder: files under their paths, tensors as tensors.

Nothing is written before it is known to be bound, and the folder appears when all of it is there.
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, final

from filiation.errors import UsageError
from filiation.model.seal import BLOCK, Opened, Table

__all__ = ["Extract"]


@final
class Extract:
    """Takes blocks as they are checked; `keep` gives the folder its name.

    Args:
        out: The folder to make; None to write nothing.
    """

    def __init__(self, out: Path | None) -> None:
        self._out = out
        self._partial: Path | None = None
        self._file: BinaryIO | None = None
        self._part = -1

    def __enter__(self) -> Self:
        if self._out is not None:
            if self._out.exists():
                raise UsageError(
                    f"{self._out}: exists; nothing is overwritten, name another folder"
                )
            self._partial = Path(tempfile.mkdtemp(dir=self._out.parent, prefix=".partial-"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        if self._partial is not None:
            shutil.rmtree(self._partial, ignore_errors=True)

    def take(self, table: Table, part: int, block: int, raw: bytes) -> None:
        """A block of a part, in order."""
        if self._partial is None:
            return
        if part != self._part:
            self._close()
            self._part = part
            self._file = self._at(part).open("wb")
        if self._file is not None:
            self._file.seek(block * BLOCK)
            self._file.write(raw)

    def keep(self, found: Opened) -> None:
        """Give what was opened whole its names."""
        if self._partial is None or self._out is None:
            return
        self._close()
        target = self._partial / "opened"
        target.mkdir()
        by_file: dict[str, list[int]] = {}
        for number in found.whole:
            by_file.setdefault(found.table.parts[number].file, []).append(number)
        counts = Counter(part.file for part in found.table.parts)
        for name, numbers in by_file.items():
            tensors = [n for n in numbers if found.table.parts[n].what == "tensor"]
            path = target.joinpath(*name.split("/"))
            path.parent.mkdir(parents=True, exist_ok=True)
            if len(numbers) == counts[name]:
                self._joined(path, numbers)
            elif tensors:
                self._joined(path, tensors, _header(found.table, tensors))
        target.replace(self._out)

    def _joined(self, path: Path, numbers: Sequence[int], head: bytes = b"") -> None:
        """Parts one after the other, as they stood in their file."""
        with path.open("xb") as file:
            file.write(head)
            for number in numbers:
                self._at(number).touch()
                with self._at(number).open("rb") as held:
                    shutil.copyfileobj(held, file)
                self._at(number).unlink()

    def _at(self, part: int) -> Path:
        if self._partial is None:
            raise UsageError("no folder was named to write what was opened into")
        return self._partial / f"{part}.part"

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _header(table: Table, numbers: Sequence[int]) -> bytes:
    """The header of a file of safetensors that holds these tensors alone."""
    entries, at = {}, 0
    for number in numbers:
        part = table.parts[number]
        entries[part.tensor] = {
            "dtype": part.dtype,
            "shape": list(part.shape),
            "data_offsets": [at, at + part.nbytes],
        }
        at += part.nbytes
    raw = json.dumps(entries).encode()
    return len(raw).to_bytes(8, "little") + raw

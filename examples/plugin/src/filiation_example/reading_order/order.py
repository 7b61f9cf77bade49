"""The order in which a training read its files: a text file that names one of them on each line."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.errors import UnreadableError, UsageError

__all__ = ["LONGEST", "Order", "read_order"]

LONGEST = 1 << 26  # bytes of a list


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Files in the order in which a training read them, each once.

    Attributes:
        name: What reports call the model.
        files: Their names.
    """

    name: str
    files: tuple[str, ...]

    @property
    def raw(self) -> bytes:
        """The list as a file, whatever its line ends were."""
        return "".join(f"{file}\n" for file in self.files).encode()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of that file."""
        return hashlib.sha256(self.raw).hexdigest()


def read_order(path: Path, name: str) -> Order:
    """Read a list.

    Raises:
        UsageError: There is no such file.
        UnreadableError: Not a list of names in UTF-8, empty, too long, or with one name twice.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > LONGEST:
        raise UnreadableError(f"{path}: more than {LONGEST} bytes, expected a list of files")
    try:
        files = tuple(line for line in raw.decode().splitlines() if line)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path}: no UTF-8 text, expected one file on each line") from error
    if not files or len({*files}) < len(files):
        raise UnreadableError(
            f"{path}: {len(files)} lines, {len({*files})} of them different; expected each file "
            "once, where it was first read"
        )
    return Order(name=name, files=files)

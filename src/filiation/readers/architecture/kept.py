"""The copy of an architecture that an examination keeps.

Two lines of JSON: {"filiation.architecture": 1}, then what `Architecture.line` gives. Compressed
with gzip, without a time stamp. The name is not in it.
"""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any, Final

from filiation.errors import FiliationError, UnreadableError
from filiation.files import opened
from filiation.model.architecture import CHOICES, SEEN, Architecture, Values

__all__ = ["SUFFIX", "kept_bytes", "read_kept"]

SUFFIX: Final = ".architecture.gz"
KEY: Final = "filiation.architecture"
SCHEMA: Final = 1
LARGEST: Final = 1 << 20  # bytes, decompressed
DAMAGE: Final = (
    *(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, IndexError, RecursionError),
)


def kept_bytes(architecture: Architecture) -> bytes:
    """An architecture as one compressed file."""
    lines = (json.dumps({KEY: SCHEMA}), architecture.line)
    return gzip.compress("\n".join(lines).encode(), compresslevel=6, mtime=0)


def read_kept(path: Path, name: str) -> Architecture:
    """Read an architecture that was kept by `kept_bytes`, under this name.

    Raises:
        UnreadableError: Not such a file, of another schema, or contradicting itself.
    """
    try:
        with opened(path) as file, gzip.GzipFile(fileobj=file) as unpacked:
            raw = unpacked.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise UnreadableError(f"{path.name}: over {LARGEST} bytes, expected an architecture")
        schema, said = (json.loads(line) for line in raw.split(b"\n"))
        if schema[KEY] != SCHEMA:
            raise UnreadableError(f"{path.name}: schema {schema[KEY]}, expected {SCHEMA}")
        return Architecture(
            name=name,
            stated=_values(said["stated"], CHOICES),
            seen=_values(said["seen"], SEEN),
            unread=tuple(str(one) for one in said["unread"]),
        )
    except FiliationError:
        raise
    except DAMAGE as error:
        raise UnreadableError(
            f"{path.name}: {type(error).__name__} {error}, expected the architecture of a case; "
            "the file was changed"
        ) from error


def _values(said: list[Any], known: tuple[str, ...]) -> Values:
    found = tuple((str(name), str(value)) for name, value in said)
    names = [name for name, _ in found]
    if names != [name for name in known if name in names]:
        raise ValueError(f"choices {names!r:.200} out of order")
    return found

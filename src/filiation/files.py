"""Writing a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from filiation.errors import UsageError

__all__ = ["put"]


def put(path: Path, raw: bytes) -> None:
    """Write to a temporary file, flush it, give it its name.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).chmod(0o644)
            Path(partial).replace(path)
        finally:
            Path(partial).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error

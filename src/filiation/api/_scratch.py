"""A folder that lasts as long as an object needs it."""

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import final

__all__ = ["Scratch"]


@final
class Scratch:
    """A temporary folder; it goes when nothing refers to this any more, or when Python ends."""

    __slots__ = ("__weakref__", "folder")

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="filiation-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

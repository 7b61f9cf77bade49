"""What a population teaches, kept from one examination to the next.

It follows from the population, the methods, the families left out, the alternatives of the plan
and the code that learns; the file's name is the digest of these, and its first line that of the
rest. Whoever may write the user's files could write both. So a file that others may write is not
used, and `verify` uses none: it learns again.
"""

import hashlib
import json
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias, final

import numpy as np
import scipy
from pydantic import TypeAdapter, ValidationError

from filiation.errors import FiliationError, UsageError
from filiation.files import put
from filiation.populations.ratio import Learnt

__all__ = ["Kept", "kept_folder"]

Warn: TypeAlias = Callable[[str], None]

LEARNT: Final = TypeAdapter(tuple[Learnt, ...])
LARGEST: Final = 1 << 26  # bytes; thirty methods need one or two million
ENVIRONMENT: Final = "FILIATION_CACHE"  # where a user wants it, if not where caches are kept
HERE: Final = Path(__file__).parent
CODE: Final = (HERE / "ratio.py", HERE.parent / "numerics" / "likelihoods", HERE.parent / "model")


def kept_folder() -> Path:
    """Where this user's learnt ratios are kept."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named) / "learnt"
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "filiation" / "learnt"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A folder of what was learnt before.

    Attributes:
        folder: Made when there is something to keep.
        warn: Told why a file that is there is not used, or why nothing can be kept.
    """

    folder: Path
    warn: Warn

    def learnt(
        self, asked: Sequence[object], methods: Sequence[str], learn: Callable[[], Sequence[Learnt]]
    ) -> tuple[Learnt, ...]:
        """What was learnt for the same before; else learn it, and keep it.

        Args:
            asked: All that the learning depends on, beside the code: texts and lists of texts.
            methods: Full ids, in the order in which they were learnt.
            learn: Learns them.
        """
        told = json.dumps([_code(), asked, methods]).encode()
        key = hashlib.sha256(told).hexdigest()
        path = self.folder / f"{key}.learnt"
        found = self._read(path, key, methods) if path.exists() or path.is_symlink() else None
        if found is None:
            found = tuple(learn())
            self._write(path, key, found)
        return found

    def _read(self, path: Path, key: str, methods: Sequence[str]) -> tuple[Learnt, ...] | None:
        """What a file holds, if it is whole, of this key, and nobody else's to write."""
        try:
            raw = _own_bytes(path)
            digest, _, rest = raw.partition(b"\n")
            named, _, body = rest.partition(b"\n")
            if digest.decode() != hashlib.sha256(rest).hexdigest() or named.decode() != key:
                raise UsageError("its digest is not that of its content, or of another population")
            found = LEARNT.validate_json(body, extra="forbid", strict=True)
            if [one.strength.method for one in found] != list(methods):
                raise UsageError("it is of other methods")
        except (OSError, ValueError, ValidationError, FiliationError) as error:
            said = str(error).splitlines()[0][:120]
            self.warn(
                f"{path}: what was kept of the likelihood ratios is not used: {said}; they are "
                "learnt again"
            )
            return None
        return found

    def _write(self, path: Path, key: str, found: tuple[Learnt, ...]) -> None:
        rest = key.encode() + b"\n" + LEARNT.dump_json(found)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            put(path, hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)
        except (OSError, UsageError) as error:
            self.warn(f"{error}; the likelihood ratios will be learnt again the next time")


def _own_bytes(path: Path) -> bytes:
    """The bytes of a regular file that only this user may write.

    Raises:
        UsageError: A link, too large, or somebody else may have written it.
        OSError: It cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as file:
        told = os.fstat(handle)
        if not stat.S_ISREG(told.st_mode) or told.st_size > LARGEST:
            raise UsageError("it is no file, or larger than any that was kept")
        if hasattr(os, "geteuid") and (told.st_uid != os.geteuid() or told.st_mode & 0o022):
            raise UsageError("others than this user may write it")
        return file.read(LARGEST + 1)


@cache
def _code() -> list[str]:
    """Digests of the code that learns, and the versions that its last digits may hang on."""
    files = [file for part in CODE for file in ([part] if part.is_file() else part.glob("*.py"))]
    told = [hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(files)]
    return [np.__version__, scipy.__version__, *told]

"""A reduced log as an exhibit: recognised by its header, copied without being held in memory.

What is kept is the reduced log itself: every number about it follows from that file.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError, UnreadableError
from filiation.files import opened
from filiation.model.kinds import LOGS
from filiation.model.log import ReducedLog
from filiation.model.material import Material
from filiation.readers.bytes.digests import sha256_of
from filiation.readers.logs.kept import SUFFIX, is_kept, open_log
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent

__all__ = ["LogReader"]

BLOCK: Final = 1 << 22


def _nothing(log: ReducedLog) -> tuple[str, ...]:
    return ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogReader:
    """Reads the kind `logs`.

    Attributes:
        notes: What a reader must know of a log.
    """

    notes: Callable[[ReducedLog], tuple[str, ...]] = _nothing

    @property
    def suffix(self) -> str:
        """`.requests`."""
        return SUFFIX

    @property
    def options(self) -> frozenset[str]:
        """None: how a log was read is in it."""
        return frozenset()

    def recognises(self, spec: str) -> bool:
        """Whether it is a reduced log."""
        return is_kept(Path(spec))

    def files(self, spec: str) -> Path:
        """The file itself."""
        return Path(spec)

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        """Copy it into the folder and open the copy.

        Raises:
            UsageError: There is no such file.
            UnreadableError: It is no reduced log, contradicts itself, or there is no room for it.
        """
        path = Path(spec)
        name = path.name.removesuffix(SUFFIX)
        partial = folder / f"copy{SUFFIX}"
        kept = _copied(path, partial, advance)
        file = partial.replace(folder / f"{kept}{SUFFIX}")
        try:
            log = open_log(file, name)
        except UnreadableError as error:
            file.unlink()
            said = str(error).replace(str(file), str(path))
            raise UnreadableError(said) from error
        return (Taken(material=self._material(log, kept), file=file),)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        """What is kept, under the names on record.

        Raises:
            UnreadableError: It is no reduced log.
            CaseError: It is another one than was recorded.
        """
        log, kept = open_log(file, "kept"), sha256_of(file)
        for digest, name in wanted:
            if log.digest != digest:
                raise CaseError(
                    f"{name}: its kept log is of {log.digest[:12]}.., recorded was "
                    f"{digest[:12]}..; it was put in the place of another"
                )
        return tuple(self._material(replace(log, name=name), kept) for _, name in wanted)

    def _material(self, log: ReducedLog, kept: str) -> Material:
        return Material(
            kind=LOGS,
            name=log.name,
            digest=log.digest,
            kept=kept,
            content=log,
            notes=self.notes(log),
        )


def _copied(path: Path, target: Path, advance: Advance) -> str:
    """Copy a file; SHA-256 (hex) of its bytes."""
    digest, done = hashlib.sha256(), 0
    with opened(path, follow=True) as file:
        size = path.stat().st_size
        try:
            with target.open("wb") as copy:
                while block := file.read(BLOCK):
                    digest.update(block)
                    copy.write(block)
                    done += len(block)
                    advance(path.name, done, size)
        except OSError as error:
            target.unlink(missing_ok=True)
            raise UnreadableError(f"{path}: cannot be copied: {error.strerror}") from error
    return digest.hexdigest()

"""A reader of one kind of material of which every exhibit is read whole and kept as one file."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, final

from filiation.errors import CaseError, FiliationError
from filiation.files import shown
from filiation.model.material import Material
from filiation.readers.reader import NO_OPTIONS, Advance, Lying, Taken, silent

__all__ = ["KeptReader", "no_notes"]

STRANGERS: Final = re.compile("'([^']*)'")
REASON: Final = 300  # characters of why something was not read

C = TypeVar("C", bound=Any)  # a frozen dataclass with a name and a digest


def no_notes(content: Any) -> tuple[str, ...]:
    """Nothing to say of it."""
    return ()


def nothing_lies(spec: str) -> Lying | None:
    """Nothing of this kind is looked for beside weights."""
    return None


def _quoted(said: str) -> str:
    """The sentence with words of a stranger in quotation marks that a report knows as such."""
    return STRANGERS.sub("“\\1”", said)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReader(Generic[C]):
    """Opens what a specification names, and keeps all that its numbers follow from.

    Attributes:
        kind: Id of the kind.
        suffix: Of the file in which an examination keeps it.
        called: What is kept, for the sentence about a kept file that was put in another's place.
        knows: Whether a specification names material of this kind.
        opened: Reads it, telling how far it is.
        kept_bytes: The file that is kept.
        read_kept: Reads such a file, under a name.
        files_of: The file or folder behind a specification.
        notes: What a reader must know of it.
        lies: What of the kind lies beside the weights that a specification names.
        unread: Material of a name that says why nothing could be read, and nothing else; None of a
            kind that does not lie beside weights.
    """

    kind: str
    suffix: str
    called: str
    knows: Callable[[str], bool]
    opened: Callable[[str, Advance], C]
    kept_bytes: Callable[[C], bytes]
    read_kept: Callable[[Path, str], C]
    files_of: Callable[[str], Path] = Path
    notes: Callable[[C], tuple[str, ...]] = no_notes
    lies: Callable[[str], Lying | None] = nothing_lies
    unread: Callable[[str, str], C] | None = None

    @property
    def options(self) -> frozenset[str]:
        """None: such material is read in one way."""
        return frozenset()

    def recognises(self, spec: str) -> bool:
        """Whether it is material of this kind."""
        return self.knows(spec)

    def files(self, spec: str) -> Path:
        """The file or folder behind it."""
        return self.files_of(spec)

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        """Read it and keep it in a file of the folder; what is compared is what was kept."""
        return (self._taken(self.opened(spec, advance), folder, advance),)

    def lies_along(self, spec: str) -> Lying | None:
        """What of this kind lies beside weights."""
        return None if self.unread is None else self.lies(spec)

    def take_along(self, lying: Lying, folder: Path, *, advance: Advance = silent) -> Taken:
        """Read what lies beside weights, or keep why it could not be read."""
        assert self.unread is not None  # asked before
        name = self.files_of(lying.spec).resolve().name
        if lying.unread:
            return self._taken(self.unread(name, lying.unread), folder, advance)
        try:
            return self._taken(self.opened(lying.spec, advance), folder, advance)
        except FiliationError as error:
            where = str(self.files_of(lying.spec))
            why = _quoted(shown(str(error).replace(where, name)[:REASON]))
            return self._taken(self.unread(name, why), folder, advance)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        """What is kept, under the names on record.

        Raises:
            CaseError: The file keeps something else than was recorded.
        """
        kept = hashlib.sha256(file.read_bytes()).hexdigest()
        found = self.read_kept(file, "kept")
        for digest, name in wanted:
            if found.digest != digest:
                raise CaseError(
                    f"{name}: its kept {self.called} is of {found.digest[:12]}.., recorded was "
                    f"{digest[:12]}..; it was put in the place of another"
                )
        return tuple(self._material(replace(found, name=name), kept) for _, name in wanted)

    def _taken(self, found: C, folder: Path, advance: Advance) -> Taken:
        raw = self.kept_bytes(found)
        advance(found.name, len(raw), len(raw))
        kept = hashlib.sha256(raw).hexdigest()
        file = folder / f"{kept}{self.suffix}"
        file.write_bytes(raw)
        again = self.read_kept(file, os.fsencode(found.name).decode(errors="replace"))
        return Taken(material=self._material(again, kept), file=file)

    def _material(self, found: C, kept: str) -> Material:
        return Material(
            kind=self.kind,
            name=found.name,
            digest=found.digest,
            kept=kept,
            content=found,
            notes=self.notes(found),
        )

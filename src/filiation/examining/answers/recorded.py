"""How recordings become materials: of answers, and of answers about values."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias, final

from filiation.errors import CaseError
from filiation.model.material import Material
from filiation.model.recording import Recording
from filiation.readers.answers import is_recording
from filiation.readers.answers.choice import split
from filiation.readers.answers.kept import kept_bytes, read_kept
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent

__all__ = ["RecordingReader"]

Opening: TypeAlias = Callable[[str, Mapping[str, str]], Sequence[Recording]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingReader:
    """Tables, transcripts, and logs of other tools, as materials of one kind.

    Attributes:
        kind: Id of the kind.
        suffix: Of the file in which an examination keeps them.
        options: What may be asked of the reading, by name.
        wanted: Whether what a specification names is of this kind, once it is a recording.
        opened: Reads it, under options.
    """

    kind: str
    suffix: str
    options: frozenset[str]
    wanted: Callable[[str], bool]
    opened: Opening

    def recognises(self, spec: str) -> bool:
        """Whether it is a recording of this kind."""
        return is_recording(spec) and self.wanted(spec)

    def files(self, spec: str) -> Path:
        """The file or folder that it names."""
        return split(spec).path

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        """Read the recordings, and keep them in one file of the folder."""
        recordings = self.opened(spec, options)
        raw = kept_bytes(recordings)
        digest = hashlib.sha256(raw).hexdigest()
        file = folder / f"{digest}{self.suffix}"
        file.write_bytes(raw)
        return tuple(Taken(material=self._material(one, digest), file=file) for one in recordings)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        """The recordings of these digests, under these names.

        Raises:
            CaseError: One of them is not there.
        """
        kept = hashlib.sha256(file.read_bytes()).hexdigest()
        known = {recording.digest: recording for recording in read_kept(file)}
        for digest, name in wanted:
            if digest not in known:
                raise CaseError(
                    f"{name}: its kept answers hold no recording {digest[:12]}.., which was "
                    "recorded; they were put in the place of others"
                )
        return tuple(self._material(replace(known[d], name=name), kept) for d, name in wanted)

    def _material(self, recording: Recording, kept: str) -> Material:
        return Material(
            kind=self.kind,
            name=recording.name,
            digest=recording.digest,
            kept=kept,
            content=recording,
            notes=recording.notes,
        )

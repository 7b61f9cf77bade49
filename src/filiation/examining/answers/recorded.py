"""How recordings become material: as answers, or as answers to questions about values.

One file is of one kind. A recording whose questions are all about values is of that kind; of any
other the questions about values are left out, and it is said: they have a conclusion of their own.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError, UnreadableError, UsageError
from filiation.methods.answers.answers import read_by
from filiation.model.material import Material
from filiation.model.recording import Recording
from filiation.model.values import BATTERIES, is_of_values, only_values
from filiation.readers.answers import is_recording, open_recordings
from filiation.readers.answers.choice import split
from filiation.readers.answers.kept import kept_bytes, read_kept
from filiation.readers.answers.unpack import head
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent

__all__ = ["NORMALISER", "RecordingReader", "asks_about_values"]

NORMALISER: Final = "normaliser"  # the option that names a rule for reading answers
_MENTIONED: Final = re.compile(rf"(?:{'|'.join(BATTERIES)})/\d+/\d+/\d+/\d+-(?:ab|ba|ask)".encode())


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingReader:
    """Tables, transcripts, and logs of other tools, of one kind.

    Attributes:
        kind: Id of the kind.
        suffix: Ending of the files that keep such material.
        options: Names of the options that `take` knows.
        values: Whether it reads recordings about values, or all others.
    """

    kind: str
    suffix: str
    options: frozenset[str]
    values: bool

    def recognises(self, spec: str) -> bool:
        return is_recording(spec) and asks_about_values(spec) is self.values

    def files(self, spec: str) -> Path:
        return split(spec).path

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        recordings: Sequence[Recording] = [self._own(one) for one in open_recordings(spec)]
        if NORMALISER in options:
            recordings = read_by(recordings, options[NORMALISER])
        raw = kept_bytes(recordings)
        digest = hashlib.sha256(raw).hexdigest()
        file = folder / f"{digest}{self.suffix}"
        file.write_bytes(raw)
        return tuple(Taken(material=self._material(one, digest), file=file) for one in recordings)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        kept = hashlib.sha256(file.read_bytes()).hexdigest()
        known = {recording.digest: recording for recording in read_kept(file)}
        for digest, name in wanted:
            if digest not in known:
                raise CaseError(
                    f"{name}: its kept answers hold no recording {digest[:12]}.., which was "
                    "recorded; they were put in the place of others"
                )
        return tuple(self._material(replace(known[d], name=name), kept) for d, name in wanted)

    def _own(self, recording: Recording) -> Recording:
        """The questions of this kind alone."""
        kept, fallen = only_values(recording, values=self.values)
        if not fallen:
            return recording
        about = "" if self.values else "about values "
        return replace(
            recording,
            items=tuple(recording.items[place] for place in kept),
            outputs=tuple(recording.outputs[place] for place in kept),
            logprobs=tuple(recording.logprobs[place] for place in kept if recording.logprobs),
            notes=(
                *recording.notes,
                f"{fallen:,} other questions {about}were left out: they have a conclusion of their "
                "own, and want a recording of their own",
            ),
        )

    def _material(self, recording: Recording, kept: str) -> Material:
        return Material(
            kind=self.kind,
            name=recording.name,
            digest=recording.digest,
            kept=kept,
            content=recording,
            notes=recording.notes,
        )


def asks_about_values(spec: str) -> bool:
    """Whether every question of every recording that `spec` names is about values.

    The first bytes are looked at first, so that nothing is read twice but what mentions such a
    question. What cannot be read is of no kind yet: whoever takes it says what is wrong.
    """
    try:
        if _MENTIONED.search(head(split(spec).path)) is None:
            return False
        return all(is_of_values(recording) for recording in open_recordings(spec))
    except (UnreadableError, UsageError):
        return False

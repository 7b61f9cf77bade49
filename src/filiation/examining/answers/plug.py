"""What Filiation asks of recorded answers, and how it reads them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.answers.about_values import asks_about_values, without_values
from filiation.examining.question import Question
from filiation.examining.words import kind_beside
from filiation.methods.answers.answers import read_by
from filiation.model.kinds import ANSWERS
from filiation.model.material import Material
from filiation.model.recording import Recording
from filiation.readers.answers import is_recording, open_recordings
from filiation.readers.answers.choice import split
from filiation.readers.answers.kept import kept_bytes, read_kept
from filiation.readers.reader import NO_OPTIONS, Advance, Taken, silent

__all__ = ["NORMALISER", "QUESTION", "READER"]

NORMALISER: Final = "normaliser"  # the option that names a rule for reading answers

QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="What {subject} answers derives from {source}: from its weights, from its "
    "outputs, or from an origin that both share and the controls do not.",
    independence="{subject} and {source} have no more of an origin in common than either has "
    "with the controls.",
    level=0.01,  # controls number dozens: they cannot support a smaller one
    in_place=False,
)


def _material(recording: Recording, kept: str) -> Material:
    return Material(
        kind=ANSWERS,
        name=recording.name,
        digest=recording.digest,
        kept=kept,
        content=recording,
        notes=recording.notes,
    )


@final
class _Reader:
    """Tables, transcripts, and logs of other tools."""

    @property
    def suffix(self) -> str:
        return ".answers.gz"

    @property
    def options(self) -> frozenset[str]:
        return frozenset({NORMALISER})

    def recognises(self, spec: str) -> bool:
        return is_recording(spec) and not asks_about_values(spec)

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
        recordings: Sequence[Recording] = open_recordings(spec)
        if NORMALISER in options:
            recordings = read_by(recordings, options[NORMALISER])
        recordings = [without_values(one) for one in recordings]
        raw = kept_bytes(recordings)
        digest = hashlib.sha256(raw).hexdigest()
        file = folder / f"{digest}{self.suffix}"
        file.write_bytes(raw)
        return tuple(Taken(material=_material(one, digest), file=file) for one in recordings)

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        kept = hashlib.sha256(file.read_bytes()).hexdigest()
        known = {recording.digest: recording for recording in read_kept(file)}
        for digest, name in wanted:
            if digest not in known:
                raise CaseError(
                    f"{name}: its kept answers hold no recording {digest[:12]}.., which was "
                    "recorded; they were put in the place of others"
                )
        return tuple(_material(replace(known[d], name=name), kept) for d, name in wanted)


READER: Final = _Reader()

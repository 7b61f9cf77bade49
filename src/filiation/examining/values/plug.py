"""What Filiation asks of answers about values, and what it says beside every conclusion."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError
from filiation.examining.answers.about_values import asks_about_values
from filiation.examining.question import Pair, Question
from filiation.examining.words import kind_beside
from filiation.methods.values.table import choices, itself
from filiation.model.examination import Support
from filiation.model.kinds import VALUES
from filiation.model.material import Material
from filiation.model.recording import Recording
from filiation.readers.answers import is_recording, open_recordings
from filiation.readers.answers.choice import split
from filiation.readers.answers.kept import kept_bytes, read_kept
from filiation.readers.reader import NO_OPTIONS, Advance, Reader, Taken, silent

__all__ = ["QUESTION", "READER"]


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    """The ceiling of both parties: how far each agrees with itself under paraphrase."""
    found = []
    for name, recording in zip(pair.names, (pair.source, pair.subject), strict=True):
        votes = choices(recording)
        own = itself(votes)
        if own is None:
            continue
        found.append(
            f"{name}: a side could be read in {votes.read:,} of {votes.asked:,} answers to "
            f"trade-offs; asked in other words it agrees with itself in {100.0 * own:.0f} % of "
            "cases (test-retest: the ceiling of what agreement with it can come to)"
        )
    return tuple(found)


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="How {subject} decides between values, reasons for it and refuses derives from "
    "{source}, or from a specification, teacher, base model or system prompt that both had and the "
    "controls had not.",
    independence="{subject} and {source} decide, reason and refuse no more alike than either does "
    "with the controls.",
    level=0.01,  # controls number dozens: they cannot support a smaller one
    in_place=False,
    notes=_notes,
)


def _material(recording: Recording, kept: str) -> Material:
    return Material(
        kind=VALUES,
        name=recording.name,
        digest=recording.digest,
        kept=kept,
        content=recording,
        notes=recording.notes,
    )


@final
class _Reader:
    """Recordings, in whatever format, whose questions are all about values."""

    @property
    def suffix(self) -> str:
        return ".values.gz"

    @property
    def options(self) -> frozenset[str]:
        return frozenset()

    def recognises(self, spec: str) -> bool:
        return is_recording(spec) and asks_about_values(spec)

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
        recordings = open_recordings(spec)
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


READER: Final[Reader] = _Reader()

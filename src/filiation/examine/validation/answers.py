"""Methods for recorded answers in a study: every pair, among the models that are not its kin."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import final

from filiation.errors import PopulationError
from filiation.examine.comparable import comparable
from filiation.methods import OUTPUTS
from filiation.model.finding import Finding
from filiation.model.recording import Recording
from filiation.model.study import Outcome
from filiation.readers.recordings import open_recordings

__all__ = ["Heard", "outputs_of"]

Families = tuple[tuple[str, tuple[str, ...]], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Where the recordings are, and whose they are; small enough to be sent with every task.

    Attributes:
        files: Each with all its models.
        families: Every model of the population and the families it depends on.
        digest: SHA-256 (hex) over the digests of all recordings.
    """

    files: tuple[str, ...]
    families: Families
    digest: str

    def __str__(self) -> str:
        return self.digest

    @classmethod
    def of(cls, files: Sequence[Path], families: Families) -> "Heard":
        """Open the files once, to see what is in them.

        Raises:
            PopulationError: No recording is of a model of the population.
            FiliationError: A file cannot be read.
        """
        named = tuple(str(path) for path in files)
        recordings = _opened(named)
        if not recordings.keys() & {name for name, _ in families}:
            raise PopulationError(
                f"{named[0]}: recordings of {', '.join(sorted(recordings)[:4])}, expected some of "
                "models of the population, by their names"
            )
        told = "".join(f"{name} {recordings[name].digest}\n" for name in sorted(recordings))
        return cls(files=named, families=families, digest=hashlib.sha256(told.encode()).hexdigest())


def outputs_of(heard: Heard, source: str, subject: str, seed: int) -> tuple[Outcome, ...]:
    """What every method for recorded answers says of two models.

    Controls are the recorded models of the population that depend on nothing that either depends
    on; which of these are kin among themselves the method is told.
    """
    recordings, families = _opened(heard.files), dict(heard.families)
    if source not in recordings or subject not in recordings:
        return tuple(
            Outcome(method=method.id, log_p=None, absent="inapplicable") for method in OUTPUTS
        )
    aside = {*families[source], *families[subject]}
    controls = [
        recordings[name]
        for name, of in heard.families
        if name in recordings and not aside & set(of)
    ]
    found = []
    for method in OUTPUTS:
        outcome = method.compare(
            recordings[source],
            recordings[subject],
            controls,
            families={name: of[0] for name, of in heard.families},
            seed=seed,
        )
        if not isinstance(outcome, Finding):
            found.append(Outcome(method=method.id, log_p=None, absent=outcome.kind))
        elif not outcome.counts:
            found.append(Outcome(method=method.id, log_p=None, absent="not counted"))
        else:
            found.append(Outcome(method=method.id, log_p=outcome.log_p, value=comparable(outcome)))
    return tuple(found)


@lru_cache(maxsize=4)
def _opened(files: tuple[str, ...]) -> dict[str, Recording]:
    found: dict[str, Recording] = {}
    for file in files:
        for recording in open_recordings(f"{file}#*"):
            if recording.name in found:
                raise PopulationError(
                    f"{file}: a second recording of {recording.name}, expected one; answers of one "
                    "model under one name would be counted twice"
                )
            found[recording.name] = recording
    return found

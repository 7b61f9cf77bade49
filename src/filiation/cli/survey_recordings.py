"""A survey of recorded answers: read them, compare them."""

from collections.abc import Sequence
from pathlib import Path

from filiation.examine.survey import survey
from filiation.model.survey import Survey
from filiation.readers.recordings import open_recordings, read_families

__all__ = ["survey_of"]


def survey_of(specs: Sequence[str], *, families: Path | None, seed: int) -> Survey:
    """Every pair of all models of these files."""
    return survey(
        [recording for spec in specs for recording in open_recordings(spec)],
        families=read_families(families) if families is not None else {},
        seed=seed,
    )

"""A survey of recorded answers: read them, compare them."""

from collections.abc import Sequence
from pathlib import Path

from filiation.library.survey import survey
from filiation.methods.answers.answers import read_by
from filiation.model.survey import Survey
from filiation.readers.answers import open_recordings, read_families

__all__ = ["survey_of"]


def survey_of(
    specs: Sequence[str], *, families: Path | None, normaliser: str | None, seed: int
) -> Survey:
    """Every pair of all models of these files; answers read by one rule, if one is given."""
    opened = [recording for spec in specs for recording in open_recordings(spec)]
    return survey(
        read_by(opened, normaliser) if normaliser else opened,
        families=read_families(families) if families is not None else {},
        seed=seed,
    )

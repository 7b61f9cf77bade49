"""From what the user names, and what the plan says, to the population of likelihood ratios."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from filiation.errors import UsageError
from filiation.methods import methods_for
from filiation.populations.kept import Kept, kept_folder
from filiation.populations.reference import (
    Reference,
    from_controls,
    from_file,
    released,
    why_none,
)
from filiation.proceedings.gathering import Gathered
from filiation.readers.populations.population import population_digest, population_file

__all__ = ["POPULATION", "named_file", "refer", "remembering"]

POPULATION: Final = "population.json"
CONTROLS: Final = "controls"


def refer(
    exhibits: Gathered,
    named: str | None,
    *,
    digest: str | None = None,
    warn: Callable[[str], None] = lambda said: None,
    given: Mapping[str, Any] | None,
    families: Mapping[str, str],
    seed: int,
    step: Callable[[str], None] = lambda doing: None,
) -> Reference | None:
    """The population that was named, or the one that applies where none was.

    A plan that was fixed decides: with `population` null there is none. A file is read only if its
    digest was named, beside it or in the plan; `warn` is told if what was learnt from it before
    cannot be used.

    Raises:
        UsageError: No such file, no digest, the plan has fixed one that is not at hand, or the
            controls are too few to be one.
        PopulationError: The file has another digest, or its labels cannot be right.
    """
    fixed = dict(given or {})
    planned = fixed.get("population") or {}
    if not isinstance(planned, dict):
        raise UsageError(f"plan: population is {planned!r:.60}, expected a table, or null")
    if named == CONTROLS and digest is not None:
        raise UsageError("population: the controls have no digest before they are compared")
    if named == CONTROLS or (named is None and planned.get("origin") == CONTROLS):
        return _controls(exhibits, families, int(fixed.get("seed", seed)), step)
    path = None if named is None else Path(named)
    if (file := named_file(path, digest, given=fixed)) is not None:
        return remembering(file, warn)
    if "population" in fixed and not planned:
        return None
    found = released([method.id for kind in exhibits.source.kinds for method in methods_for(kind)])
    if planned and found is None:
        raise UsageError("the plan takes likelihood ratios from a population; expected its file")
    return found and remembering(found, warn)


def remembering(reference: Reference, warn: Callable[[str], None]) -> Reference:
    """The same, but what it teaches is kept among the user's files for the next time."""
    return replace(reference, kept=Kept(folder=kept_folder(), warn=warn))


def named_file(
    path: Path | None, digest: str | None, *, given: Mapping[str, Any]
) -> Reference | None:
    """The population in a file, whose digest was named beside it or in the plan's fields.

    Raises:
        UsageError: A file without a digest, or a digest without a file.
        PopulationError: The file has another digest, or its labels cannot be right.
    """
    if path is None:
        if digest is not None:
            raise UsageError("population: a digest was named and no file, expected both")
        return None
    planned = given.get("population")
    wanted = digest or (planned.get("digest") if isinstance(planned, Mapping) else None)
    if wanted is not None:
        return from_file(path, str(wanted))
    found = population_digest(population_file(path))
    raise UsageError(
        f"{path}: no digest was named, expected it (--population-digest, or a plan that has it). "
        f"This file's SHA-256 is {found}: compare it with the one that was published, since "
        "whoever makes a population decides what its ratios say"
    )


def _controls(
    exhibits: Gathered, families: Mapping[str, str], seed: int, step: Callable[[str], None]
) -> Reference:
    parties = (exhibits.subject, exhibits.source)
    controls = [control for control in exhibits.controls if not control.public]
    found = from_controls(controls, families, parties=parties, seed=seed, step=step)
    if found is None:
        raise UsageError(f"population: {why_none(controls, families, parties)}")
    return found

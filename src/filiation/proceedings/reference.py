"""From what the user names, and what the plan says, to the population of likelihood ratios."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from filiation.errors import UsageError
from filiation.methods import methods_for
from filiation.populations.reference import (
    Reference,
    from_controls,
    from_file,
    released,
    why_none,
)
from filiation.proceedings.gathering import Gathered

__all__ = ["POPULATION", "refer"]

POPULATION: Final = "population.json"
CONTROLS: Final = "controls"


def refer(
    exhibits: Gathered,
    named: str | None,
    *,
    given: Mapping[str, Any] | None,
    families: Mapping[str, str],
    seed: int,
    step: Callable[[str], None] = lambda doing: None,
) -> Reference | None:
    """The population that was named, or the one that applies where none was.

    A plan that was fixed decides: with `population` null there is none.

    Raises:
        UsageError: No such file, the plan has fixed one that is not at hand, or the controls are
            too few to be one.
    """
    fixed = dict(given or {})
    planned = fixed.get("population") or {}
    if not isinstance(planned, dict):
        raise UsageError(f"plan: population is {planned!r:.60}, expected a table, or null")
    if named == CONTROLS or (named is None and planned.get("origin") == CONTROLS):
        return _controls(exhibits, families, int(fixed.get("seed", seed)), step)
    if named is not None:
        return from_file(Path(named))
    if "population" in fixed and not planned:
        return None
    found = released([method.id for kind in exhibits.source.kinds for method in methods_for(kind)])
    if planned and found is None:
        raise UsageError("the plan takes likelihood ratios from a population; expected its file")
    return found


def _controls(
    exhibits: Gathered, families: Mapping[str, str], seed: int, step: Callable[[str], None]
) -> Reference:
    parties = (exhibits.subject, exhibits.source)
    found = from_controls(exhibits.controls, families, parties=parties, seed=seed, step=step)
    if found is None:
        raise UsageError(f"population: {why_none(exhibits.controls, families, parties)}")
    return found

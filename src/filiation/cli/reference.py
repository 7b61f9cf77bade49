"""From what the user names, and what the plan says, to the population of likelihood ratios."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.progress import Progress

from filiation.cli.exhibits import Gathered
from filiation.errors import UsageError
from filiation.examine.reference import Reference, from_controls, from_file, released
from filiation.methods import BUILTIN, OUTPUTS

__all__ = ["POPULATION", "refer"]

POPULATION: Final = "population.json"


def refer(
    exhibits: Gathered,
    named: Path | None,
    *,
    given: Mapping[str, Any] | None,
    families: Mapping[str, str],
    seed: int,
    progress: Progress,
) -> Reference | None:
    """The population that was named, or the one that applies where none was.

    A plan that was fixed decides: with `population` null, or of schema 1, there is none.

    Raises:
        UsageError: No such file, or the plan has fixed one that is not at hand.
    """
    fixed = dict(given or {})
    if named is not None:
        return from_file(named)
    if fixed.get("schema_version") == 1 or ("population" in fixed and not fixed["population"]):
        return None
    parties = (exhibits.subject, exhibits.source)
    methods = [method.id for method in BUILTIN if exhibits.source.sketch is not None]
    methods += [method.id for method in OUTPUTS if exhibits.source.recording is not None]
    found = released(fixed.get("methods", methods))
    if found is None:
        task = progress.add_task("the controls as a population", total=None)
        found = from_controls(
            exhibits.controls, families, parties=parties, seed=int(fixed.get("seed", seed))
        )
        progress.remove_task(task)
    if fixed.get("population") and found is None:
        raise UsageError(
            "the plan takes likelihood ratios from a population; name its file with --population"
        )
    return found

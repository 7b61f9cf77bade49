"""Known pairs, from which likelihood ratios are made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from filiation.api._shown import quoted, short
from filiation.model.population import Population as PopulationRecord
from filiation.populations.reference import from_file
from filiation.proceedings.naming import present
from filiation.readers.populations.population import population_digest, population_file

__all__ = ["Population", "population"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Population:
    """Models whose ancestry is known, and how alike each pair was under each method.

    Attributes:
        path: Its file.
        digest: SHA-256 (hex) of the file, by which a plan names it.
        named: Whether whoever opened it named that digest; else it can be looked at, and no
            likelihood ratio comes from it.
        record: The frozen record.
    """

    path: Path
    digest: str
    named: bool
    record: PopulationRecord

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.record.name

    @property
    def date(self) -> str:
        """When it was made, YYYY-MM-DD, UTC."""
        return self.record.date

    @property
    def models(self) -> tuple[str, ...]:
        """Names of its models, sorted."""
        return tuple(model.name for model in self.record.models)

    @property
    def methods(self) -> tuple[str, ...]:
        """Full ids of the methods that it knows."""
        return tuple(method.id for method in self.record.methods)

    def records(self) -> list[dict[str, Any]]:
        """One flat record a pair: source, subject, in what it is related, a value per method.

        Values are on each method's own scale for comparing pairs, larger being more alike; None
        where the method did not apply.
        """
        return [
            {
                "source": pair.source,
                "subject": pair.subject,
                "related": ", ".join(pair.related),
                **dict(zip(self.methods, pair.values, strict=True)),
            }
            for pair in self.record.pairs
        ]

    def __repr__(self) -> str:
        counts = f"{len(self.models)} models, {len(self.record.pairs)} pairs"
        return f"<Population {quoted(self.name)}: {counts}, {short(self.digest)}>"


def population(path: str | Path, *, digest: str | None = None) -> Population:
    """Open a file of known pairs that `filiation validate` wrote.

    Args:
        path: The file.
        digest: SHA-256 (hex) that it must have, as its maker published it. Without one it can be
            looked at; an examination takes likelihood ratios only from what was named by digest,
            here or in its plan.

    Raises:
        UsageError: There is no such file, or the digest is none.
        UnreadableError: Not such a file.
        PopulationError: It has another digest, or its pairs contradict themselves.

    Examples:
        >>> known = fl.population("docs/validation/population.json")
        >>> known.records()[0]["source"]
        'base-01'
    """
    where = present(Path(path), "known pairs that `filiation validate` wrote")
    own = digest or population_digest(population_file(where))
    found = from_file(where, own)
    return Population(
        path=where,
        digest=found.planned.digest,
        named=digest is not None,
        record=found.population,
    )

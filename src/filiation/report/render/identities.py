"""Names that a model gives itself, by language: JSON and a grid."""

from dataclasses import asdict

from filiation.model.identities import Identities
from filiation.report.render.grids import Grid
from filiation.report.render.records import as_json
from filiation.report.wording.figures import clean, figure

__all__ = ["identities_grid", "identities_json"]

SHOWN = 30


def identities_json(found: Identities) -> str:
    """One object with every count; it says of itself that it is context."""
    return as_json({"test": "identity", "context_only": True, **asdict(found)})


def identities_grid(found: Identities) -> Grid:
    """The rarest counts of the subject, beside what controls do in the same language."""
    rows = [
        (one.log_p, named.name, one) for named in found.names for one in named.spoken if one.count
    ]
    rows.sort(key=lambda row: (row[0], row[1], row[2].language))
    return Grid(
        title="",
        headings=("name", "language", "answers", "controls", "middle one", "as often or more"),
        left=frozenset({"name", "language"}),
        rows=tuple(
            (
                clean(name),
                one.language,
                f"{one.count} of {one.answers}",
                f"{one.controls} of {one.of}",
                f"{one.median:.0%}",
                figure(log_p),
            )
            for log_p, name, one in rows[:SHOWN]
        ),
    )

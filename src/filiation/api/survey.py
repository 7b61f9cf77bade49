"""Every pair of many models."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, final

from filiation.api._models import One, each, given
from filiation.model.survey import Survey as SurveyRecord
from filiation.proceedings import surveying
from filiation.report.drawings.newick import newick
from filiation.report.render.notebook import survey_cell
from filiation.report.render.records import survey_json

__all__ = ["Survey", "survey"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Survey:
    """Every pair of a population of models under every method that applies. Made by `survey`.

    Attributes:
        record: The frozen record.

    Examples:
        >>> found = fl.survey([f"examples/casebook/{name}" for name in ("parent", "fine-tuned")])
        >>> found.records()[0]["log10_p"]
        -733.222019809
        >>> print(found.newick)
        (parent:0.04,fine-tuned:0.04);
        <BLANKLINE>
    """

    record: SurveyRecord

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models."""
        return self.record.models

    @property
    def newick(self) -> str | None:
        """How the models hang together, one tree a line, for the tools of phylogenetics.

        Lengths are drift (0 the same, 1.41 nothing left), numbers at branches their support. None
        for recorded answers, of which no stemma is made.
        """
        return None if self.record.stemma is None else newick(self.record.stemma)

    @property
    def notes(self) -> tuple[str, ...]:
        """Facts a reader must know."""
        return self.record.notes

    @property
    def aside(self) -> tuple[tuple[str, str], ...]:
        """Models that were given and are in no pair, each with the reason: damaged, or a copy."""
        return tuple((one.name, one.reason) for one in self.record.aside)

    def records(self) -> list[dict[str, Any]]:
        """One flat record a pair and method, most alike first: `a`, `b`, `method`, `log10_p`, .."""
        return cast("list[dict[str, Any]]", self.to_dict()["pairs"])

    def to_dict(self) -> dict[str, Any]:
        """The survey as `filiation survey --json` prints it."""
        found: dict[str, Any] = json.loads(survey_json(self.record))
        return found

    def __repr__(self) -> str:
        stocks = self.record.stemma and len(self.record.stemma.stocks)
        told = "" if stocks is None else f", {stocks} that share weights"
        return f"<Survey of {len(self.models)} models: {len(self.record.pairs)} comparisons{told}>"

    def _repr_html_(self) -> str:
        return survey_cell(self.record)


def survey(
    models: One | Sequence[One],
    *,
    families: str | Path | None = None,
    normaliser: str | None = None,
    seed: int = 0,
    every_pair: bool | None = None,
    executor: str = "local:1",
    out: str | Path | None = None,
) -> Survey:
    """Compare every pair of these models.

    Args:
        models: Checkpoints or recorded answers, all of one kind: paths, or what `read` or
            `sketch` gave.
        families: A file that says which recorded models are known relatives.
        normaliser: How recorded answers are read.
        seed: Of all random streams.
        every_pair: Compare all pairs of checkpoints, or those that look alike; by default all of
            up to 64 models.
        executor: Where checkpoints are compared: in this process; `local` or `local:N` starts
            others, which a script may only do below `if __name__ == "__main__":`; `ray` a cluster.
        out: Folder for the survey and its drawings; an interrupted one goes on from there.

    Raises:
        UsageError: Fewer than two models, two kinds together, or an option of the other kind.
        UnreadableError: A file of recorded answers is damaged; a damaged checkpoint is told in
            `aside`.
    """
    found = surveying.survey(
        [given(one) for one in each(models)],
        families=None if families is None else Path(families),
        normaliser=normaliser,
        seed=seed,
        every_pair=every_pair,
        executor=executor,
        out=None if out is None else Path(out),
    )
    return Survey(record=found)

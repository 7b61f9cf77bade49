"""The answer to one question of an examination."""

from dataclasses import dataclass
from typing import Any, Literal, cast, final

from filiation.api._shown import log10, quoted
from filiation.api.finding import Finding
from filiation.model.examination import Conclusion as ConclusionRecord
from filiation.model.relation import Direction, RelationKind
from filiation.report import wording
from filiation.report.render.json import conclusion_json
from filiation.report.render.notebook import conclusion_cell

__all__ = ["Conclusion"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Conclusion:
    """What the findings about one kind of material support; never merged with another.

    Attributes:
        record: The frozen record.

    Examples:
        >>> c = e["weights"]
        >>> c.toward, c.log10_p, c.level
        ('derivation', -733.222019809, 1e-06)
        >>> c.relation, c.direction
        ('fine-tuned', 'not-determined')
        >>> c.controls[0]["name"], c.controls[0]["standing"]
        ('stranger-3', 'independent')
    """

    record: ConclusionRecord

    @property
    def question(self) -> str:
        """Id of the kind of material that was asked about."""
        return self.record.kind.id

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        return wording.headline(self.record)

    @property
    def toward(self) -> Literal["derivation", "independence", "neither"]:
        """The proposition that is supported; the plan's level alone decides for derivation."""
        return self.record.support.toward

    @property
    def log10_p(self) -> float | None:
        """Log10 of all findings that count as one p; None if there are none."""
        return log10(self.record.combined.log_p)

    @property
    def level(self) -> float:
        """How often, at most, derivation is supported between unrelated models, by the plan."""
        return self.record.plan.level

    @property
    def propositions(self) -> dict[str, str]:
        """The two that were set against each other, `derivation` and `independence`."""
        given = self.record.plan.propositions
        return {"derivation": given.derivation, "independence": given.independence}

    @property
    def relation(self) -> RelationKind:
        """The most specific kind of relation that the evidence supports, such as `fine-tuned`."""
        return self.record.relation.kind

    @property
    def direction(self) -> Direction:
        """Which way what was lost points; whoever holds the later model can make an earlier one."""
        return self.record.relation.direction

    @property
    def share(self) -> tuple[float, float, float] | None:
        """Share of the hidden units in contact, as lower end (95%), estimate and upper end."""
        found = self.record.relation.share_of_units
        return None if found is None else (found.low, found.estimate, found.high)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One for each planned method that gave one, in the plan's order."""
        return tuple(Finding(record=one, conclusion=self.record) for one in self.record.findings)

    @property
    def absent(self) -> list[dict[str, Any]]:
        """One flat record for each planned method without a finding, with `method` and `reason`."""
        return self._part("absent")

    @property
    def controls(self) -> list[dict[str, Any]]:
        """One flat record a control, with `name`, `digest`, `log10_p` and `standing`."""
        return self._part("controls")

    @property
    def power(self) -> dict[str, Any]:
        """What could have been shown of an undisguised copy; `share` is the least of it."""
        return cast("dict[str, Any]", self.to_dict()["power"])

    @property
    def limits(self) -> tuple[str, ...]:
        """What this cannot show, one sentence each."""
        return tuple(wording.limits(self.record))

    @property
    def notes(self) -> tuple[str, ...]:
        """Facts a reader must know."""
        return self.record.notes

    def to_dict(self) -> dict[str, Any]:
        """The conclusion as `report.json` holds it."""
        return conclusion_json(self.record)

    def records(self) -> list[dict[str, Any]]:
        """One flat record a finding, for a table; `pandas.DataFrame` and polars take the list."""
        subject, source = self.record.subject.name, self.record.source.name
        return [
            {"subject": subject, "source": source, "question": self.question, **_flat(found)}
            for found in self._part("findings")
        ]

    def _part(self, name: str) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", self.to_dict()[name])

    def __repr__(self) -> str:
        names = f"{quoted(self.record.subject.name)} against {quoted(self.record.source.name)}"
        return f"<Conclusion on {names}: {self._brief()}>"

    def _brief(self) -> str:
        found = "none" if self.log10_p is None else f"{self.log10_p:.4g}"
        kind = "identical, " if self.relation == "identical" else ""
        return f"{self.question} {kind}toward {self.toward}, log10 p {found}"

    def _repr_html_(self) -> str:
        return conclusion_cell(self.record)


def _flat(found: dict[str, Any]) -> dict[str, Any]:
    """A finding without what is a list; its place in a line-up and its ratio as columns."""
    kept = ("method", "title", "kind", "observed", "unit", "log10_p", "log10_p_floor", "counts")
    place, ratio = found["rank"] or {}, found["log10_lr"] or {}
    return {
        **{name: found[name] for name in kept},
        "layers": len(found["layers"]),
        "items": found["items"],
        "place": place.get("place"),
        "of": place.get("of"),
        "log10_lr": ratio.get("value"),
        "log10_lr_low": ratio.get("low"),
        "log10_lr_high": ratio.get("high"),
    }

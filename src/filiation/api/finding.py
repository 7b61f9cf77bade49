"""What one method found."""

from dataclasses import dataclass
from typing import Any, final

from filiation.api._shown import log10
from filiation.model.examination import Conclusion as ConclusionRecord
from filiation.model.finding import Finding as FindingRecord
from filiation.report.render.json import finding_json
from filiation.report.render.notebook import finding_cell
from filiation.report.wording import finding_sentence, method_text

__all__ = ["Finding"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Finding:
    """One observed statistic, and how rare its null makes it.

    There is no `p`: one of 1e-400 is a finding, and no float holds it. `log10_p` does.

    Attributes:
        record: The frozen record.
        conclusion: The record of the conclusion that it belongs to.

    Examples:
        >>> f = min(e["weights"].findings, key=lambda found: found.log10_p)
        >>> f
        <Finding Unit order, native frame: log10 p -734.6>
        >>> f.observed, f.null
        (896.0, 'exact')
        >>> f.records()[0]["layer"], f.records()[0]["units"]
        ('layers.0', 224)
    """

    record: FindingRecord
    conclusion: ConclusionRecord

    @property
    def method(self) -> str:
        """The method's full id; every knob that moves the number is in it."""
        return self.record.method

    @property
    def title(self) -> str:
        """What reports call the method."""
        return method_text(self.conclusion, self.method).title

    @property
    def observed(self) -> float:
        """The statistic, in the method's own units."""
        return self.record.observed

    @property
    def unit(self) -> str:
        """What `observed` counts, in words."""
        return self.record.unit

    @property
    def log10_p(self) -> float:
        """How rare this would be if the two were unrelated, as log10 of p. Finite, at most 0."""
        return float(log10(self.record.log_p) or 0.0)

    @property
    def log10_p_floor(self) -> float:
        """The smallest log10 p that the null can support."""
        return float(log10(self.record.null.log_floor) or 0.0)

    @property
    def null(self) -> str:
        """Kind of the null, `exact`, `permutation` or `calibrated`."""
        return self.record.null.kind

    @property
    def because(self) -> str:
        """The one assumption that the null stands on."""
        return self.record.null.because

    @property
    def counts(self) -> bool:
        """Whether it enters the combined p."""
        return self.record.counts

    @property
    def words(self) -> str:
        """The sentence that reports it."""
        return finding_sentence(self.record, self.conclusion)

    def to_dict(self) -> dict[str, Any]:
        """The finding as `report.json` holds it."""
        return finding_json(self.record, self.words)

    def records(self) -> list[dict[str, Any]]:
        """One flat record a layer: units, statistic, z, log10 p; empty where nothing is layered."""
        layers: Any = self.to_dict()["layers"]
        return list(layers)

    def __repr__(self) -> str:
        aside = "" if self.counts else ", not counted"
        return f"<Finding {self.title}: log10 p {self.log10_p:.4g}{aside}>"

    def _repr_html_(self) -> str:
        return finding_cell(self.record, self.conclusion)

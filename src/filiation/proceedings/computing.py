"""What `case power`, `case examine`, `case lineup` compute, and `case replay` computes again."""

from typing import TYPE_CHECKING

from filiation.casefile.codec import case_bytes
from filiation.casefile.facts import Reckoned
from filiation.examine.power import reckon_power
from filiation.examine.run import examine
from filiation.proceedings.exhibits import Planned

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["examined_bytes", "reckoned"]


def reckoned(planned: Planned) -> Reckoned:
    """Power of the plan, by weights and by the number of controls."""
    share, because = None, "no share of inherited units can be reckoned without weights"
    if planned.source.sketch is not None and planned.subject.sketch is not None:
        power = reckon_power(planned.source.sketch, planned.subject.sketch, planned.plan)
        share, because = power.share, power.because
    controls = len(planned.controls)
    return Reckoned(
        plan=planned.fact.digest,
        share=share,
        cosine=planned.plan.power_cosine,
        because=because,
        controls=controls,
        least_rank_p=1.0 / (controls + 1),
    )


def examined_bytes(planned: Planned, step: "Callable[[str], None]" = lambda doing: None) -> bytes:
    """The plan carried out: the examination as canonical JSON."""
    found = examine(
        planned.plan,
        planned.source,
        planned.subject,
        planned.controls,
        families=dict(planned.fact.families),
        kept=planned.kept,
        reference=planned.reference,
        step=step,
    )
    return case_bytes(found)

"""What `case power`, `case examine`, `case lineup` compute, and `case replay` computes again."""

from collections.abc import Callable

from filiation.casefile.codec import examination_bytes
from filiation.casefile.facts import Reach, Reckoned
from filiation.examining.run import examine, reckon
from filiation.proceedings.exhibits import OpenedPlan

__all__ = ["examined_bytes", "reckoned"]


def reckoned(planned: OpenedPlan) -> Reckoned:
    """Power of the plan, question by question, and by the number of controls."""
    powers = reckon(planned.plan, subject=planned.subject, source=planned.source)
    controls = sum(not control.public for control in planned.controls)
    return Reckoned(
        plan=planned.fact.digest,
        reaches=tuple(
            Reach(kind=kind, share=power.share, cosine=power.cosine, because=power.because)
            for kind, power in powers
        ),
        controls=controls,
        least_rank_p=1.0 / (controls + 1),
    )


def examined_bytes(planned: OpenedPlan, step: Callable[[str], None] = lambda doing: None) -> bytes:
    """The plan carried out: the examination as canonical JSON."""
    found = examine(
        planned.plan,
        subject=planned.subject,
        source=planned.source,
        controls=planned.controls,
        families=dict(planned.fact.families),
        earlier=planned.earlier,
        ratings=planned.reference,
        step=step,
    )
    return examination_bytes(found)

"""Could these materials have met the plan's level at all? Said wherever nothing was found."""

import math

from filiation.model.examination import Conclusion
from filiation.model.finding import Absent
from filiation.model.null import Calibrated
from filiation.model.plan import AGREEMENT
from filiation.report.wording.figures import figure
from filiation.report.wording.findings import counting
from filiation.report.wording.lineup import families_words

__all__ = ["could_not_meet", "least_sentence", "together_sentence"]


def _least(conclusion: Conclusion) -> float | None:
    """Natural log of the least combined p that the nulls of the findings can give together."""
    counted = counting(conclusion)
    floors = [finding.null.log_floor for finding in counted]
    if not floors or not all(math.isfinite(floor) for floor in floors):
        return None
    from filiation.numerics.combining.agreement import least_log_p  # scipy: see power

    added = conclusion.plan.combination == AGREEMENT
    standing = [f.null for f in counted if added and f.likeness is not None]
    controls = min((n.controls for n in standing if isinstance(n, Calibrated)), default=0)
    return least_log_p(floors, line_ups=len(standing), controls=controls)


def could_not_meet(conclusion: Conclusion) -> bool:
    """Whether no agreement, however close, could have met the plan's level.

    So it is, too, where nothing that counts was put, something was refused for that reason, and
    nothing was unreadable: what was not read could have shown something.
    """
    if not counting(conclusion):
        unread = any(absent.kind == "unreadable" for absent in conclusion.absent)
        return not unread and any(_refused(conclusion, absent) for absent in conclusion.absent)
    least = _least(conclusion)
    return least is not None and least > math.log(conclusion.plan.level)


def _refused(conclusion: Conclusion, absent: Absent) -> bool:
    """Whether a method that would count could not have shown anything here."""
    words = dict(conclusion.words).get(absent.method)
    return absent.kind == "underpowered" and words is not None and not words.aside


def least_sentence(conclusion: Conclusion) -> str:
    """That the level was out of reach, and what would bring it nearer; empty if it was not."""
    least = _least(conclusion)
    if least is None or not could_not_meet(conclusion):
        return ""
    level = figure(math.log(conclusion.plan.level))
    calibrated = [(f.null, f) for f in counting(conclusion) if isinstance(f.null, Calibrated)]
    fewest = min(calibrated, key=lambda each: each[0].controls, default=None)
    what = f"With {families_words(*fewest)}, no" if fewest else "No"
    more = " More controls, or more items, are needed." if fewest else ""
    return (
        f"{what} agreement, however close, could have met the plan's level of {level}: the least p "
        f"that these findings can give together is {figure(least)}.{more}"
    )


def together_sentence(conclusion: Conclusion) -> str:
    """The combined p beside the level, for a short answer."""
    log_p = conclusion.combined.log_p
    if log_p is None:
        return ""
    level = figure(math.log(conclusion.plan.level))
    floor = math.log(conclusion.plan.assumption_floor)
    said = f"below {figure(floor)}" if log_p < floor else figure(log_p)
    return f"All that count together: p {said}; the plan's level is {level}."

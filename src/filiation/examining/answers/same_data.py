"""Could the texts that both learned from explain what was found?

Two models that were trained on the same texts, and share nothing else, agree more than either does
with models that saw other texts; a p among such controls says "stranger" of what is none. How often
that happens was measured on a population of known ancestry (`tools/validate_outputs whose-data`):
pairs that differ in their seed alone, among controls of other data. What as many of them reach as
would be twice the plan's level supports nothing. It rests on one assumption: that these two share
no more of their training texts, by which their controls differ, than those pairs do (all of it).
"""

import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, final

from filiation.examining.question import Pair, Shown, by_level
from filiation.model.examination import Combined, Support
from filiation.model.finding import Finding
from filiation.model.recording import DATA_IN_COMMON

__all__ = ["SameData", "among_same_data", "remark", "support"]

MEASURED: Final = Path(__file__).with_name("same_data.json")
TOLERATED: Final = 2.0  # times the plan's level: the share of same-data strangers that may reach it


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SameData:
    """How many pairs with nothing but their training texts in common agree as much.

    Attributes:
        reached: Those whose p, by the same methods, is as small or smaller.
        of: All that were measured.
    """

    reached: int
    of: int

    @property
    def log_p(self) -> float:
        """Natural log of p, with the pair itself among the measured."""
        return math.log((1 + self.reached) / (1 + self.of))


def among_same_data(findings: Sequence[Finding], combined: Combined) -> SameData | None:
    """Set a combined p among those of same-data strangers; None where none were so measured.

    The measured set of methods is the smallest that holds all that counted here and were measured
    in these versions; one method alone is set among its own.
    """
    known = _measured()
    studied = frozenset().union(*known)
    asked = frozenset(found.method for found in findings if found.counts) & studied
    if combined.log_p is None or not asked:
        return None
    log_p = known[min((s for s in known if asked <= s), key=lambda s: (len(s), sorted(s)))]
    return SameData(reached=bisect_right(log_p, combined.log_p), of=len(log_p))


def support(pair: Pair, shown: Shown) -> Support:
    """By the plan's level, unless too many same-data strangers reach it as well."""
    found = by_level(pair, shown)
    if found.toward != "derivation":
        return found
    same = among_same_data(shown.findings, shown.combined)
    if same is not None and same.reached > TOLERATED * pair.plan.level * same.of:
        return Support(toward="neither", reason="same-data")
    return found


def remark(findings: Sequence[Finding], combined: Combined) -> str:
    """The p against same-data strangers, for standing beside the p against strangers."""
    if combined.log_p is None:
        return ""
    same = among_same_data(findings, combined)
    if same is None:
        return f"{DATA_IN_COMMON[1]} for these methods; p is against strangers as the controls are"
    return (
        f"{DATA_IN_COMMON[0]} {math.exp(same.log_p):.2g}: of "
        f"{same.of} measured pairs of small models with nothing but their training texts in "
        f"common, among controls of other texts, {same.reached} agree as much. Controls that "
        "learned from the subject's texts answer this better"
    )


@cache
def _measured() -> dict[frozenset[str], tuple[float, ...]]:
    """Sorted natural log p by set of methods."""
    rows = json.loads(MEASURED.read_text("utf-8"))
    return {frozenset(row["methods"]): tuple(row["log_p"]) for row in rows}

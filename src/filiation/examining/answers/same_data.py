"""Could the texts that both learned from explain what was found?

Two models that were trained on the same texts, and share nothing else, agree more than either does
with models that saw other texts; a p among such controls says "stranger" of what is none. How often
that happens was measured on a population of known ancestry (`tools/validate_outputs whose-data`):
pairs that differ in their seed alone, among controls that all lack a part of their data. They are
set beside by z, which does not depend on the number of controls as the least p does. Where more of
them agree as much than twice the plan's level, the conclusion says so at once. It rests on one
assumption: that these two share no more of their training texts, by which their controls differ,
than those pairs do (all of it).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, final

from filiation.examining.combining import combine
from filiation.examining.question import Pair, Shown, by_level
from filiation.methods.comparable import comparable
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
        reached: Those that are as much alike, or more, by the same methods.
        of: All that were measured.
    """

    reached: int
    of: int

    @property
    def log_p(self) -> float:
        """Natural log of p, with the pair itself among the measured."""
        return math.log((1 + self.reached) / (1 + self.of))


def among_same_data(findings: Sequence[Finding]) -> SameData | None:
    """Set the mean z of the methods that count among those of same-data strangers.

    None where none of the methods, in these versions, was so measured.
    """
    methods, table = _measured()
    found = {f.method: comparable(f) for f in findings if f.counts and f.method in methods}
    if not found:
        return None
    columns = [methods.index(method) for method in found]
    rows = [[row[n] for n in columns] for row in table]
    known = [[z for z in row if z is not None] for row in rows]
    means = [sum(row) / len(row) for row in known if len(row) == len(columns)]
    if not means:
        return None
    here = sum(found.values()) / len(found)
    return SameData(reached=sum(mean >= here for mean in means), of=len(means))


def support(pair: Pair, shown: Shown) -> Support:
    """By the plan's level; with the reason `same-data` where too many such strangers reach it.

    An origin that both share and the controls do not is part of what derivation of answers means,
    and texts are one; a copy of which half was redone agrees no more than they do. So the finding
    stands, and the first sentence says that it may be no more than that.
    """
    found = by_level(pair, shown)
    same = among_same_data(shown.findings)
    if found.toward != "derivation" or same is None:
        return found
    if same.reached <= TOLERATED * pair.plan.level * same.of:
        return found
    others = [f for f in shown.findings if f.method not in _measured()[0]]
    alone = combine(others, pair.plan.combination).log_p
    if alone is not None and alone <= math.log(pair.plan.level):
        return found  # on what was not measured so, and the report says that it was not
    return replace(found, reason="same-data")


def remark(findings: Sequence[Finding], combined: Combined) -> str:
    """The p against same-data strangers, for standing beside the p against strangers."""
    if combined.log_p is None:
        return ""
    same = among_same_data(findings)
    if same is None:
        return f"{DATA_IN_COMMON[1]} for these methods; p is against strangers as the controls are"
    return (
        f"{DATA_IN_COMMON[0]} {math.exp(same.log_p):.2g}: of "
        f"{same.of} measured pairs of small models with nothing but their training texts in "
        f"common, among controls of other texts, {same.reached} agree as much"
        f"{_unmeasured(findings)}. Controls that learned from the subject's texts would tell"
    )


def _unmeasured(findings: Sequence[Finding]) -> str:
    """Which methods that count have no part in it; empty if none."""
    known = _measured()[0]
    left = [f.method.partition("/")[0] for f in findings if f.counts and f.method not in known]
    return f" (not measured so: {', '.join(left)})" if left else ""


@cache
def _measured() -> tuple[tuple[str, ...], tuple[tuple[float | None, ...], ...]]:
    """Ids of methods, and z of each pair by each of them."""
    kept = json.loads(MEASURED.read_text("utf-8"))
    return tuple(kept["methods"]), tuple(tuple(row) for row in kept["z"])

"""Do models that were named as controls stand closer to a party, or to each other, than strangers?

A relative of the source among the controls hides a copy: what is common to three is no longer rare.
The methods set aside what is plainly related; whoever stands closer than strangers, and not so
plainly, stays, since a stranger that was dropped for agreeing by chance would help to accuse. He is
named: by Student's t on z, at .01 over all pairs of the line-up but the one in question.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from filiation.model.finding import Finding, Likeness
from filiation.numerics.tails.student import t_log_p

__all__ = ["near"]

LEVEL: Final = math.log(0.01)  # over all pairs of a line-up together
SHOWN: Final = 3  # pairs that are named


def near(findings: Sequence[Finding]) -> Iterator[str]:
    """A sentence on the controls of every line-up that are nearer than strangers are."""
    for finding in findings:
        if not finding.counts or finding.likeness is None:
            continue
        pairs = _closer(finding.likeness)
        if not pairs:
            continue
        named = "; ".join(f"{one} and {two} (z {z:.1f})" for z, one, two in pairs[:SHOWN])
        more = f" and {len(pairs) - SHOWN:,} more pairs" if len(pairs) > SHOWN else ""
        yield (
            f"models named as independent stand closer than strangers do by "
            f"{finding.method.partition('/')[0]}: {named}{more}. If one is a relative of a party, "
            "it hides what that party has in common with the other: that little was found would "
            "then say nothing"
        )


def _closer(likeness: Likeness) -> list[tuple[float, str, str]]:
    """Pairs with a control in them, by falling z, that are rare over all of them together."""
    known = [
        (z, likeness.names[row], likeness.names[other])
        for row, values in enumerate(likeness.z)
        for other, z in enumerate(values)
        if z is not None and row >= 2
    ]
    freedom = max(1, len(likeness.names) - 4)
    limit = LEVEL - math.log(max(1, len(known)))
    found = [one for one in known if float(t_log_p(np.asarray(one[0]), freedom)) <= limit]
    return sorted(found, key=lambda one: (-one[0], one[1], one[2]))

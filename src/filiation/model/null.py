"""Nulls: what the statistic would look like if the subjects were unrelated."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

__all__ = ["Calibrated", "Exact", "Null", "Permutation"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Permutation:
    """The statistic over random elements of a group that the null leaves exchangeable.

    `because` is the sentence an opposing expert will attack first, so it is written here, once,
    and printed in every report that leans on it.

    Attributes:
        draws: Monte-Carlo draws per layer.
        log_floor: The smallest natural log p that this many draws on these layers can support.
    """

    draws: int
    log_floor: float
    because: str
    kind: Literal["permutation"] = "permutation"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """A null distribution known in closed form, or bounded in closed form."""

    distribution: str
    log_floor: float
    because: str
    kind: Literal["exact"] = "exact"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """A null estimated from controls: what independent models did under the same statistic.

    Attributes:
        controls: How many independent models it rests on.
        log_floor: The smallest log p that so many controls can support.
        because: The assumption, in one sentence: why the controls stand in for an innocent subject.
    """

    controls: int
    log_floor: float
    because: str
    kind: Literal["calibrated"] = "calibrated"


Null: TypeAlias = Permutation | Exact | Calibrated

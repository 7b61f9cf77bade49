"""What one channel says of one group: its statistic, its null's, and how rare that is."""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.combining.soft_rank import rank_log_p, soft_rank_log_e

__all__ = ["SILENT", "Channel", "from_draws"]

SILENT: Final = 0.0  # log e of a channel that cannot speak: a bet that was not made

Floats: TypeAlias = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel's word on one group.

    Attributes:
        id: Which channel.
        observed: Its statistic; nan where it could not be asked.
        expected: The same under its null, on average.
        log_p: Natural log of p; 0 where it could not be asked.
        log_e: Natural log of its e-value.
        reason: Why it could not be asked; empty if it was.
        draws: Some of the values under the null, for a drawing.
    """

    id: str
    observed: float = math.nan
    expected: float = math.nan
    log_p: float = 0.0
    log_e: float = SILENT
    reason: str = ""
    draws: tuple[float, ...] = ()


SHOWN: Final = 400  # draws that are kept for a drawing


def from_draws(channel: str, observed: float, draws: Floats, *, low: bool = False) -> Channel:
    """A channel from draws under its null.

    Args:
        channel: Its id.
        observed: The statistic.
        draws: It under the null.
        low: Whether a small statistic speaks against the null.
    """
    sign = -1.0 if low else 1.0
    return Channel(
        id=channel,
        observed=float(observed),
        expected=float(draws.mean()),
        log_p=rank_log_p(sign * observed, sign * draws),
        log_e=soft_rank_log_e(sign * observed, sign * draws),
        draws=tuple(float(f"{one:.6g}") for one in draws[:SHOWN]),
    )

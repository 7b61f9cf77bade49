"""Which rank has one pair among the pairs that controls form in either place?

Rows 0 and 1 are source and subject, the next `controls` rows the controls, the rest relatives that
were set aside. Nothing that source, subject and relatives have in common enters the null.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.pairs.two_way import TwoWay, fit_two_way, student_log_p

__all__ = [
    "CHECKED",
    "FEWEST_CONTROLS",
    "AmongControls",
    "freedom",
    "log_floor",
    "log_p_beside",
    "rank_among_controls",
]

Float64: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

FEWEST_CONTROLS: Final = 5
TAIL: Final = 10  # degrees of freedom at most: rests of real models are wider than normal ones
CHECKED: Final = 1e-3  # p down to which the tail was checked on real models, with few controls too
KIN: Final = 1e-6  # a control this close to source or subject is no stranger to it
LEFT_OUT: Final = 40  # families left out in turn


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AmongControls:
    """The rank of the pair, and what it rests on.

    Attributes:
        fit: The fit of the whole table.
        measured: bool [n, n], where the table holds a value.
        counted: Rows of the controls that count: measured against both, and not too close.
        independent: Families among them; a model of no declared family is one of its own.
        close: Control rows too close to be strangers: the side (0, 1) and the z they stand at.
        ranks: The pair's place, 1 the closest, among the families of controls in the subject's
            place and among those in the source's; a family stands where its closest member does,
            and where it would without the end of the scale.
        low: Smallest z when one family of controls is left out.
        high: Largest z when one family of controls is left out.
    """

    fit: TwoWay
    measured: Mask
    counted: tuple[int, ...]
    independent: int
    close: Mapping[int, tuple[int, float]]
    ranks: tuple[int, int]
    low: float
    high: float


def log_floor(controls: int) -> float:
    """The smallest log p that so many controls support.

    One in a thousand, where the tail was checked on real models; below it only as far as the
    controls' own pairs reach.
    """
    return min(math.log(CHECKED), -math.log1p(controls * (controls - 1) / 2))


def log_p_beside(z: float, controls: int) -> float:
    """Log p of a pair's z among so many independent controls: Student's t, few degrees of freedom.

    A row of K controls has spent one observation on its effect and one on its centre.
    """
    return student_log_p(z, freedom(controls), floor=log_floor(controls))


def freedom(controls: int) -> int:
    """Degrees of freedom that so many independent controls leave."""
    return max(1, min(controls - 2, TAIL))


def rank_among_controls(
    values: Float64,
    noise: Float64,
    controls: int,
    family: Sequence[str],
    least: Float64 | None = None,
) -> AmongControls:
    """Fit, set aside controls that no stranger could be as close as, fit again, and rank.

    A control is set aside only beyond one in a million: leaving out merely close ones would make
    the subject look rarer than it is.

    Args:
        values: float64 [n, n], log likeness, nan where nothing was measured.
        noise: float64 [n, n], variance that a value has from the number of prompts alone.
        controls: How many rows after the first two are controls.
        family: Of each row; rows of one family do not enter the null against each other.
        least: float64 [n, n], the value of models that have nothing in common, if there is one.
    """
    rows = range(2, 2 + controls)
    use = _usable(controls, family)
    fit = fit_two_way(values, use, noise, least)
    close = _too_close(fit, rows, freedom(len(set(family[2 : 2 + controls]))))
    if close:
        apart = [0, 1, *close]
        use[np.ix_(apart, apart)] = False
        fit = fit_two_way(values, use, noise, least)
    measured = np.isfinite(values)
    counted = tuple(c for c in rows if measured[:2, c].all() and c not in close)
    places = [
        1 + len({family[c] for c in counted if fit.free[side, c] >= fit.z[0, 1]}) for side in (0, 1)
    ]
    zs = _left_out(values, noise, use, counted, family, least)
    return AmongControls(
        fit=fit,
        measured=measured,
        counted=counted,
        independent=len({family[c] for c in counted}),
        close=close,
        ranks=(places[0], places[1]),
        low=min(zs, default=math.nan),
        high=max(zs, default=math.nan),
    )


def _too_close(fit: TwoWay, controls: range, df: int) -> dict[int, tuple[int, float]]:
    """Controls closer to source or subject than a stranger would be: the side, and their z."""
    sides = {c: int(fit.z[1, c] > fit.z[0, c]) for c in controls}
    return {
        c: (side, float(fit.z[side, c]))
        for c, side in sides.items()
        if student_log_p(float(fit.z[side, c]), df, floor=-math.inf) < math.log(KIN)
    }


def _usable(controls: int, family: Sequence[str]) -> Mask:
    """Pairs that the null may rest on: with at least one control, and not of one family."""
    kin = np.array(family)
    use = np.asarray(kin[:, None] != kin)
    apart = np.ones(len(kin), dtype=bool)
    apart[2 : 2 + controls] = False
    use[np.ix_(apart, apart)] = False
    return use


def _left_out(
    values: Float64,
    noise: Float64,
    use: Mask,
    counted: Sequence[int],
    family: Sequence[str],
    least: Float64 | None,
) -> list[float]:
    """The pair's z when one family of controls after the other is left out, largest first."""
    groups: dict[str, list[int]] = {}
    for c in counted:
        groups.setdefault(family[c], []).append(c)
    zs = []
    for members in sorted(groups.values(), key=lambda g: (-len(g), g))[:LEFT_OUT]:
        kept = use.copy()
        kept[members] = kept[:, members] = False
        if kept[:2].sum(axis=1).min() >= 2:
            zs.append(float(fit_two_way(values, kept, noise, least).z[0, 1]))
    return zs

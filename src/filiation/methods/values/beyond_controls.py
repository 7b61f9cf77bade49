"""Is the subject nearer to the source than every control, and than their scatter allows?

Three tests, of which the *largest* p counts, since any one of them failing is an innocent
explanation:

- in the source's row: the likeness of the subject among those of the controls, Student's t of one
  more draw. The scatter is the plain one: controls that share a public specification or a teacher
  with the source widen it, as they must, and none is set aside for being near;
- in the subject's row: the same with the source among the controls, so that a model that is like
  everybody is not taken for a relative of one;
- against each control by itself: item by item, does the subject depart from its margins along with
  the source more than that control does (`nearer_log_p`)? One control that is as near to the source
  as an innocent model of the subject's kind would be thus suffices, whatever the others are.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.pairs.among_controls import FEWEST_CONTROLS, freedom, log_floor
from filiation.numerics.tails.student import t_log_p

__all__ = ["FEWEST_CONTROLS", "Standing", "nearer_log_p", "stand"]

Float64: TypeAlias = NDArray[np.float64]

CUT: Final = 1.5  # standard deviations at which a departure is cut, item by item
FEWEST_ITEMS: Final = 20  # that all three decided, below which a control is not told from the pair


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the subject stands among the controls.

    Attributes:
        log_p: Natural log of the largest of the three p-values.
        log_floor: The smallest log p that so many independent controls support.
        independent: Families among the controls that could be compared with both.
        z: Of the controls in the subject's place (nan where not compared), then of the subject.
        rank: The subject's place in the source's row, 1 the nearest; ties count against it.
        rows: Natural log of p in the source's and in the subject's row.
        closest: The control against which the subject does least, by its row, and its log p.
    """

    log_p: float
    log_floor: float
    independent: int
    z: tuple[float, ...]
    rank: int
    rows: tuple[float, float]
    closest: tuple[int, float]


def stand(
    values: Float64, noise: Float64, family: Sequence[str], against: Mapping[int, float]
) -> Standing | int:
    """Judge the pair of rows 0 (source) and 1 (subject) beside all later rows.

    Args:
        values: float64 [models, models], likeness of every two; nan where none was measured.
        noise: float64 [models, models], a variance below which no scatter is taken to be.
        family: Of each row; controls of one family count as one.
        against: Natural log of p against each control by itself.

    Returns:
        The standing, or the number of independent controls if they are too few.
    """
    rows = [c for c in range(2, len(values)) if np.isfinite(values[:2, c]).all()]
    groups: dict[str, list[int]] = {}
    for c in rows:
        groups.setdefault(family[c], []).append(c)
    if len(groups) < FEWEST_CONTROLS:
        return len(groups)
    least = math.sqrt(float(noise[0, 1]))
    sides = [_Row(values[side], list(groups.values()), least) for side in (0, 1)]
    pair, freedoms = float(values[0, 1]), freedom(len(groups))
    tails = [float(t_log_p(np.asarray(side.t(pair)), freedoms)) for side in sides]
    closest = max(rows, key=lambda c: (against[c], -c))
    floor = log_floor(len(groups))
    return Standing(
        log_p=min(0.0, max(*tails, against[closest], floor)),
        log_floor=floor,
        independent=len(groups),
        z=tuple(sides[0].z(float(value)) for value in values[0, 1:]),
        rank=1 + sum(bool(values[0, c] >= pair) for c in rows),
        rows=(tails[0], tails[1]),
        closest=(closest, against[closest]),
    )


@final
class _Row:
    """The likenesses of all controls to one party: one value for each family."""

    def __init__(self, values: Float64, families: Sequence[Sequence[int]], least: float) -> None:
        each = np.array([float(values[list(members)].mean()) for members in families])
        self._mean, self._many = float(each.mean()), each.size
        self._scatter = max(float(each.std(ddof=1)), least)

    def z(self, value: float) -> float:
        """In scatters of the controls."""
        return (value - self._mean) / self._scatter

    def t(self, value: float) -> float:
        """As one more draw from the same: Student's t."""
        return self.z(value) / math.sqrt(1.0 + 1.0 / self._many)


def nearer_log_p(departures: Float64, rows: tuple[int, int, int]) -> float:
    """Is the second row nearer to the first than the third is, more than the items' scatter allows?

    Student's t of the mean over items of first * (second - third): its expectation is zero if both
    are as near to the first. Departures are cut, so that a few rare choices cannot carry the mean
    or drown it in their scatter.

    Args:
        departures: float64 [models, items] from what margins explain; nan where there is none.
        rows: Source, subject and control; or subject, source and control.

    Returns:
        Natural log of p; 0 where nothing can be said.
    """
    first, second, third = np.clip(departures[list(rows)], -CUT, CUT)
    gain = first * (second - third)
    gain = gain[np.isfinite(gain)]
    if gain.size < FEWEST_ITEMS or not float(gain.std()) > 0.0:
        return 0.0
    t = float(gain.mean()) / float(gain.std(ddof=1)) * math.sqrt(gain.size)
    return float(t_log_p(np.asarray(t), gain.size - 1))

"""Do two models share more than the weights that they began with?

Whoever descends from a model holds it as a part of itself: seen in the child, the parent's weights
are still there nearly whole, however much was added. Two trainings from one initialisation hold of
each other only what neither has moved. So the *part kept* is measured, the slope of one model's
weights on the other's through the origin, both ways, unit by unit. Where even the larger of the two
is small, and the two are about equal, the drift is as large as between children trained apart.
"""

from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.examining.weights.kinship.contact import Contact, Touching

__all__ = ["ONLY_INITIAL", "PartKept", "only_initial", "part_kept", "slopes"]

ONLY_INITIAL: Final = 0.65  # part kept, the larger of both ways, at most
LEAST: Final = 0.25  # the smaller, at least: below, it is a trace, as of a merge
UNEQUAL: Final = 1.35  # ratio of both at most: of a merge, the mixture holds more of the part


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PartKept:
    """How much of each model's units the other holds, 1 being all of it.

    Attributes:
        in_subject: Of the source's weights, in the subject.
        in_source: Of the subject's weights, in the source.
    """

    in_subject: float
    in_source: float

    @property
    def larger(self) -> float:
        return max(self.in_subject, self.in_source)

    @property
    def smaller(self) -> float:
        return min(self.in_subject, self.in_source)


def part_kept(contact: Contact) -> PartKept | None:
    """The mean slope over all matrices in contact; None if no matrix can be set against another."""
    found = slopes(contact)
    if not found:
        return None
    in_subject, in_source = np.mean(found, axis=0)
    return PartKept(in_subject=float(in_subject), in_source=float(in_source))


def slopes(contact: Contact) -> list[tuple[float, float]]:
    """Matrix by matrix, the part of the source in the subject and of the subject in the source."""
    return [
        slope
        for touch in contact.touching
        for slope in _slopes(touch, contact)
        if slope is not None
    ]


def only_initial(contact: Contact) -> PartKept | None:
    """The parts kept, if they are no more than a shared initialisation leaves; else None.

    Every layer of the subject has to touch the source: training moves all of them. In the token
    frame units are seen through embeddings that have drifted too, and less is kept than was.
    """
    kept = part_kept(contact) if contact.frame == "native" else None
    if kept is None or any(mapped.source is None for mapped in contact.layer_map):
        return None
    apart = kept.larger <= ONLY_INITIAL and kept.smaller >= LEAST
    return kept if apart and kept.larger <= UNEQUAL * kept.smaller else None


def _slopes(touch: Touching, contact: Contact) -> list[tuple[float, float] | None]:
    found: list[tuple[float, float] | None] = []
    for role, rows in touch.source.roles.items():
        other = touch.subject.roles.get(role)
        if other is None or contact.frame not in rows.directions.keys() & other.directions.keys():
            continue
        a, b = rows.directions[contact.frame], other.directions[contact.frame]
        if a.shape == b.shape:
            found.append(_slope(a, b, rows.norms, other.norms))
    return found


def _slope(
    a: NDArray[np.int8],
    b: NDArray[np.int8],
    a_norms: NDArray[np.float32],
    b_norms: NDArray[np.float32],
) -> tuple[float, float] | None:
    """Of b on a and of a on b, from directions int8 [units, columns] and norms [units]."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    cosines = np.divide((x * y).sum(axis=1), lengths, out=np.zeros(len(x)), where=lengths > 0)
    own, other = a_norms.astype(np.float64), b_norms.astype(np.float64)
    common = float((cosines * own * other).sum())
    sizes = float((own * own).sum()), float((other * other).sum())
    return (common / sizes[0], common / sizes[1]) if min(sizes) > 0 else None

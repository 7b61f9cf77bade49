"""Could the order of the source's units have been chosen to fit the subject?

Units can be put in another order without changing what a model computes. Whoever still may order
his own model's after he has seen another's can make them agree wherever they come nearest, and
every test of orders then speaks for him, since its null takes the source's order as given. What he
cannot make is likeness: units chosen for each other among strangers are hardly more alike than each
is with the next best. So a finding whose units are no more alike than that carries a note. It is a
reservation: what remains of a child after heavy damage may look the same. Orders and signs of axes
can be chosen too, and are not looked at here.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.weights.partners import FEWEST_UNITS, Partner, find_partners
from filiation.model.finding import Inapplicable
from filiation.model.sketch import FRAMES, Sketch

__all__ = ["could_be_fitted"]

Float32: TypeAlias = NDArray[np.float32]

TOUCH: Final = 4.0  # standard deviations of the trace, from which a layer is looked at
MARGIN: Final = 1.2  # times the next best; orders fitted to strangers' sketches reach 1.14
MOST: Final = 4  # layers looked at in each frame; one of them that is more alike settles it
ROWS: Final = 1024  # of the likenesses held at once


def could_be_fitted(source: Sketch, subject: Sketch, names: tuple[str, str]) -> str | None:
    """A note if no layer in contact is more alike than a chosen order makes strangers, or None.

    Args:
        source: The claimed source.
        subject: The model under examination.
        names: What the note calls them.
    """
    seen: list[tuple[float, float]] = []
    for frame in FRAMES:
        partners = find_partners(source, subject, frame, "fitted")
        if isinstance(partners, Inapplicable):
            continue
        for pair in [pair for pair in partners.pairs if pair.z >= TOUCH][:MOST]:
            here, elsewhere = _likeness(pair)
            if here > MARGIN * elsewhere:
                return None
            seen.append((here, elsewhere))
    if not seen:
        return None
    here, elsewhere = (float(np.mean(side)) for side in zip(*seen, strict=True))
    return (
        f"units of {names[0]} and {names[1]} that stand at one place are hardly more alike "
        f"(mean cosine {here:.2f}) than units with the best of those at other places "
        f"({elsewhere:.2f}); an order of units can be chosen with the other model in view, so this "
        f"counts only if the weights of {names[0]} were fixed (a dated digest) before "
        f"{names[1]} was known to their maker"
    )


def _likeness(pair: Partner) -> tuple[float, float]:
    """Mean cosine of the units placed with their best partner, and of as many with the next best.

    As many as are placed, those that come nearest to a unit at another place.
    """
    at_place, elsewhere = _cosines(pair.a, pair.b)
    placed = at_place > elsewhere
    if int(placed.sum()) < FEWEST_UNITS:
        placed[:] = True
    next_best = np.sort(elsewhere)[-int(placed.sum()) :]
    return float(at_place[placed].mean()), float(next_best.mean())


def _cosines(a: Float32, b: Float32) -> tuple[Float32, Float32]:
    """For each row of b its inner product with a's row of its place, and with the best other."""
    here, others = [], []
    for start in range(0, len(b), ROWS):
        likeness = b[start : start + ROWS] @ a.T
        rows = np.arange(len(likeness))
        here.append(likeness[rows, start + rows])
        likeness[rows, start + rows] = -1.0
        others.append(likeness.max(axis=1))
    return np.concatenate(here), np.concatenate(others)

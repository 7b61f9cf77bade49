"""Do the units of two models pair up at all, whatever their order?

A reservation, never an accusation: where up and gate, paired separately, agree on far more units
than chance allows, one model may be the other with its units re-ordered, and a clean result of the
other statistics must not be read as independence. No p is claimed for it.
"""

from typing import Final

import numpy as np

from filiation.methods.weights.partners import FEWEST_UNITS, find_partners, named_pairs
from filiation.methods.weights.unit_agreement import agreements
from filiation.model.finding import Inapplicable
from filiation.model.sketch import FRAMES, Frame, Sketch
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.rng import stream

__all__ = ["units_pair_up"]

CHANCE: Final = 12  # agreements that chance may reach: about one is expected, whatever the width
SHARE: Final = 0.05  # of the units, for narrow layers and correlated gates


def units_pair_up(source: Sketch, subject: Sketch, *, seed: int) -> bool:
    """Whether units pair up as stored, through the vocabulary, or in the signature frame."""
    agree, of = agreements(source, subject)
    if agree > max(CHANCE, SHARE * of):
        return True
    return any(_pair_up(source, subject, frame, seed=seed) for frame in FRAMES)


def _pair_up(source: Sketch, subject: Sketch, frame: Frame, *, seed: int) -> bool:
    """Whether a middle layer of the source pairs up with any layer of the subject."""
    if isinstance(find_partners(source, subject, frame, "reordered"), Inapplicable):
        return False
    for other, one, two in named_pairs(source, subject, frame):
        rng = stream(
            seed, "reordered", frame, source.subject_digest, subject.subject_digest, other.label
        )
        if len(one[0]) < FEWEST_UNITS:
            continue
        first, second = (pair_units(a, b, rng, exact_to=0) for a, b in (one, two))
        agree = int(np.count_nonzero((first == second) & (first >= 0)))
        if agree > max(CHANCE, SHARE * len(first)):
            return True
    return False

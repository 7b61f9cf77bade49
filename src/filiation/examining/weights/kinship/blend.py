"""A merge with a model that was not exhibited: every matrix holds the same part of the source.

Adding up two models, w times one and 1 - w times the other, leaves of the first the part w in every
matrix alike, and beside it something that has nothing to do with it and is 1 - w times as large as
a model of its size is. Training changes one matrix more than another; decay of the weights may
shrink all alike, but then what was learnt would have to be as large as what was lost. The weights
of a parent seen from a merge look alike too, but what is beside them is larger. A merge of two kin
keeps all of what they share, and cannot be told from a fine-tune.
"""

from typing import Final

import numpy as np

from filiation.examining.weights.kinship.contact import Contact
from filiation.examining.weights.kinship.initial import slopes
from filiation.model.relation import RelationKind

__all__ = ["blend_kind"]

LEAST: Final = 0.09  # of the source in the subject, and of the other
FEWEST: Final = 4  # matrices
EVEN: Final = 0.03  # standard deviation of the part kept over matrices, relative to the part lost
AS_LARGE: Final = 1.15  # what is beside it, over what the other model would bring, and back


def blend_kind(contact: Contact) -> tuple[RelationKind, str] | None:
    """Merged, with the weight of the source; None if it does not look so."""
    if contact.frame != "native" or any(layer.source is None for layer in contact.layer_map):
        return None
    found = np.array(slopes(contact))
    if len(found) < FEWEST or (found <= 0).any():
        return None
    part, back = found.T
    lost = 1.0 - float(part.mean())
    if not LEAST <= lost <= 1.0 - LEAST or float(part.std()) > EVEN * lost:
        return None
    beside = np.sqrt(np.maximum(part / back - part**2, 0.0)) / lost
    if not 1.0 / AS_LARGE <= float(np.median(beside)) <= AS_LARGE:
        return None
    return "merged", (
        f"every one of {len(part)} matrices holds the same part of the source, {part.mean():.3f} "
        f"({part.min():.3f} to {part.max():.3f}), and beside it something unlike it, as large as a "
        "second model with the remaining weight would be: a sum with a model that was not exhibited"
    )

"""How far have the units drifted, in which directions? Low rank, fine-tuning, long training."""

from typing import Final

import numpy as np

from filiation.examine.kinship.contact import Contact, Touching
from filiation.examine.kinship.initial import only_initial
from filiation.model.relation import RelationKind
from filiation.numerics.difference import Rank, difference_rank

__all__ = ["CONTINUED", "drift_kind", "rescaled"]

CONTINUED: Final = 0.9  # mean cosine below which the weights have moved as in a second training
SAME: Final = 0.9998  # mean cosine above which eight bits show no difference
FEW: Final = 24  # ranks above are not called low, of 64 directions kept
CLEAN: Final = 1.25  # what a low rank may leave, over what rounding alone leaves
CLOSE: Final = 0.04  # relative difference beyond which the rounding of rows hides a rank
SPREAD: Final = 0.05  # of the log ratio of norms, beyond which units were rescaled


def drift_kind(contact: Contact) -> tuple[RelationKind, str]:
    """Low rank if every changed matrix is; else by how far the units have turned."""
    ranks = _ranks(contact) if contact.frame == "native" else []
    changed = [rank for rank in ranks if rank.rank > 0 or rank.left > CLEAN]
    if changed and all(_low(rank) for rank in changed):
        most = max(rank.rank for rank in changed)
        return "low-rank", (
            f"the difference of {len(changed)} of {len(ranks)} matrices has rank {most}, "
            "as far as eight bits tell; the rest is what rounding leaves"
        )
    cosine = mean_cosine(contact)
    if cosine > SAME:
        return "re-exported", (
            f"the mean cosine of units with their former selves is {cosine:.5f}: no difference "
            "beyond the rounding of the sketch"
        )
    initial = only_initial(contact)
    if initial is not None:
        return "shared-initialisation", (
            f"of the source's weights the subject keeps {initial.in_subject:.0%}, of the subject's "
            f"the source keeps {initial.in_source:.0%}: they have drifted apart as far as two "
            "trainings from the same initial weights do; a very long training of one from the "
            "other may leave no more"
        )
    if cosine < CONTINUED:
        return "continued", (
            f"the mean cosine of units with their former selves is {cosine:.3f}: the weights have "
            "moved as far as in a training of its own"
        )
    return "fine-tuned", (
        f"the mean cosine of units with their former selves is {cosine:.4f}, and the difference "
        "has no low rank that was seen"
    )


def mean_cosine(contact: Contact) -> float:
    """Mean cosine of units of equal index over all layers in contact."""
    weights = [touch.subject.units for touch in contact.touching]
    mean = float(np.average([touch.cosine for touch in contact.touching], weights=weights))
    return min(mean, 1.0)  # float32 unit rows give a little more for equal models


def rescaled(contact: Contact) -> bool:
    """Were units scaled up in one matrix and down in another? The directions do not tell."""
    ratios = [
        np.log(other.norms[live] / rows.norms[live])
        for touch in contact.touching
        for role, rows in touch.source.roles.items()
        if (other := touch.subject.roles.get(role)) is not None
        and (live := (rows.norms > 0) & (other.norms > 0)).any()
    ]
    spreads = [float(np.std(ratio)) for ratio in ratios]
    return bool(spreads) and max(spreads) > max(SPREAD, 4.0 * (1.0 - mean_cosine(contact)) ** 0.5)


def _ranks(contact: Contact) -> list[Rank]:
    return [rank for touch in contact.touching for rank in _of_layer(touch)]


def _of_layer(touch: Touching) -> list[Rank]:
    found = []
    for role, rows in touch.source.roles.items():
        other = touch.subject.roles.get(role)
        if other is not None and other.width == rows.width:
            found.append(
                difference_rank(
                    rows.directions["native"],
                    other.directions["native"],
                    np.stack([rows.norms, other.norms]).astype(np.float64),
                )
            )
    return found


def _low(rank: Rank) -> bool:
    return rank.rank <= FEW and rank.left <= CLEAN and rank.relative <= CLOSE

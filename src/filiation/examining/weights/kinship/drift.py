"""How far have the units drifted, in which directions? Low rank, fine-tuning, long training."""

from typing import Final

import numpy as np

from filiation.examining.weights.kinship.adapter import adapter_kind
from filiation.examining.weights.kinship.contact import Contact
from filiation.examining.weights.kinship.counterparts import counterparts
from filiation.examining.weights.kinship.unmoved import what_moved
from filiation.model.relation import RelationKind
from filiation.model.sketch import Sketch

__all__ = ["CONTINUED", "drift_kind", "rescaled"]

CONTINUED: Final = 0.9  # mean cosine below which the weights have moved as in a second training
SAME: Final = 0.9998  # mean cosine above which eight bits show no difference
SPREAD: Final = 0.05  # of the log ratio of norms, beyond which units were rescaled


def drift_kind(contact: Contact, source: Sketch, subject: Sketch) -> tuple[RelationKind, str]:
    """Low rank if every changed matrix is; else by how far the units have turned."""
    adapter = adapter_kind(contact, source, subject)
    if adapter is not None:
        return adapter
    cosine = mean_cosine(contact)
    if cosine > SAME:
        return _hardly_moved(contact, cosine, source, subject)
    if cosine < CONTINUED:
        return "continued", (
            f"the mean cosine of units with their former selves is {cosine:.3f}: the weights have "
            "moved as far as in a training of its own"
        )
    return "fine-tuned", (
        f"the mean cosine of units with their former selves is {cosine:.4f}, and the difference "
        "has no low rank that was seen; a merge with one of its kin looks the same"
    )


def _hardly_moved(
    contact: Contact, cosine: float, source: Sketch, subject: Sketch
) -> tuple[RelationKind, str]:
    """No difference that rows show; where values lie side by side they tell more.

    Elsewhere norms and angles do, which a rotation or a rescaling leaves as they are.
    """
    seen = f"the mean cosine of units with their former selves is {cosine:.5f}: "
    if contact.frame == "native" and not rescaled(contact):
        found = counterparts(source, subject)
        moved = sum(c.how == "other" for c in found)
        if moved:
            return "fine-tuned", (
                f"{seen}no difference beyond the rounding of the sketch, but other values "
                f"in {moved} of {len(found)} matrices"
            )
    else:
        every = [np.arange(touch.source.units) for touch in contact.touching]
        beyond = what_moved(
            source,
            subject,
            [(t.source, at, t.subject, at) for t, at in zip(contact.touching, every, strict=True)],
        )
        if beyond:
            return (
                "fine-tuned",
                f"{seen}no difference beyond the rounding of the sketch, but {beyond}",
            )
    return "re-exported", f"{seen}no difference beyond the rounding of the sketch"


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
    turned = max(0.0, 1.0 - mean_cosine(contact))
    return bool(spreads) and max(spreads) > max(SPREAD, 4.0 * turned**0.5)

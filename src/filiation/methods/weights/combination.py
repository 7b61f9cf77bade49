"""The layers of one pair of models as one finding."""

import math
from collections.abc import Sequence
from typing import Final

from filiation.methods.weights.partners import Partner
from filiation.model.sketch import Component
from filiation.numerics.combining.combine import fisher_log_p, harmonic_mean_log_p

__all__ = [
    "EXCHANGEABLE",
    "combine_layers",
    "describe_roles",
    "named_part",
    "over_candidates",
]

EXCHANGEABLE: Final = (
    "training from an independent random initialisation leaves the order of hidden units among up "
    "to 16 neighbours uniformly random, whatever the data, the architecture and the recipe: "
    "initialisation and optimiser treat units alike, and an export in order of size, of activity "
    "or of any other smooth quantity settles next to nothing among so few neighbours"
)

INDEPENDENT: Final = (
    "Fisher's method over the source's layers: under the null each is permuted on its own; each "
    "layer's p was first multiplied by the number of comparisons open to it"
)
DEPENDENT: Final = (
    "harmonic mean over the source's layers with its factor for arbitrary dependence: its layers "
    "were guessed from shapes or repeat one another; each layer's p was first multiplied by the "
    "number of comparisons open to it"
)


def combine_layers(log_ps: Sequence[float], *, independent: bool) -> tuple[float, str]:
    """One log p for all layers, and the sentence that says why it is valid.

    Layers of the *source* are the sum's terms: p_j depends on the order of source layer j alone,
    so the terms are independent even if the subject repeats its layers. (Summing over the
    subject's layers would count a repeated layer twice.)
    """
    if independent:
        return fisher_log_p(log_ps), INDEPENDENT
    return harmonic_mean_log_p(log_ps), DEPENDENT


def over_candidates(log_p: float, candidates: int) -> float:
    """Bonferroni: the layer's partner was the best of `candidates`."""
    return min(0.0, log_p + math.log(candidates))


def describe_roles(partner: Partner) -> str:
    """Which matrices were compared, in words."""
    return ", ".join(a if a == b else f"{a} ~ {b}" for a, b in partner.roles)


def named_part(of: Component) -> str:
    """What a method's id says of the part of the model it reads; nothing of an MLP."""
    return "" if of == "mlp" else f"of={of};"

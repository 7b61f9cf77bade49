"""On which scale are findings of one method comparable from pair to pair?

A likelihood ratio needs a value whose meaning does not move with the models' width, depth or
number of items. What a method observed moves with all of them; how far that lies out under the
pair's own null does not, so:

- a *calibrated* method gives its z: how far the pair lies above what was expected of it, in
  scatters of strangers;
- every other method gives the *deviate* of its p: the z at which a standard normal has that upper
  tail. Under the null it is standard normal for models of every size, and it is -3 where p is 1.

The scale belongs to the method's id; a change of it is a change of the id.
"""

from filiation.model.finding import Finding
from filiation.model.null import Calibrated
from filiation.model.population import HIGHEST, LOWEST
from filiation.numerics.tails.tail import deviate

__all__ = ["comparable"]


def comparable(finding: Finding) -> float:
    """The finding's value on its method's scale for comparing pairs; larger is more alike."""
    if isinstance(finding.null, Calibrated):
        for place in finding.lineup:
            if place.who == "subject":
                return min(max(LOWEST, place.z), HIGHEST)
    return min(max(LOWEST, deviate(finding.log_p)), HIGHEST)

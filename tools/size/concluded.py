"""What whole examinations conclude of pairs that share nothing, or less than a training."""

from typing import Final

from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.weights.plug import weights_material
from filiation.model.exhibit import Exhibit
from size.pairs import Pair
from size.shape import Shape, Weights
from size.view import sketched

__all__ = ["concluded"]

NAMES: Final = ("source", "subject")


def concluded(pair: Pair) -> str:
    """What the default plan ends in, as `toward: reason`."""
    source, subject = (
        _shown(name, weights, pair.shape)
        for name, weights in zip(NAMES, (pair.source, pair.subject), strict=True)
    )
    done = examine(fix_plan(subject=subject, source=source), subject=subject, source=source)
    (one,) = done.conclusions
    return f"{one.support.toward}: {one.support.reason}"


def _shown(name: str, weights: Weights, shape: Shape) -> Exhibit:
    return Exhibit(name=name, materials=(weights_material(sketched(name, weights, shape)),))

"""Which layers and how many units of the subject are in contact with the source?

Seen from the subject, so that a layer that was repeated, left out or made anew shows as such. The
findings decide whether there is a relation; this says where it sits.
"""

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from filiation.methods.weights.partners import Partner, find_partners
from filiation.model.finding import Inapplicable
from filiation.model.relation import MappedLayer, Share
from filiation.model.sketch import FRAMES, Frame, LayerSketch, Sketch
from filiation.numerics.frames.assignment import pair_units
from filiation.numerics.intervals import clopper_pearson
from filiation.numerics.rng import stream

__all__ = ["Contact", "Touching", "find_contact"]

TOUCH: Final = 8.0  # standard deviations of the trace, for the best of all layers
EXACT_TO: Final = 2048


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Touching:
    """A layer of the subject in contact with one of the source.

    Attributes:
        source: The source's layer.
        subject: The subject's.
        cosine: Mean cosine of units of equal index, in the contact's frame.
        placed: Units of the subject whose best partner stands at their own index.
    """

    source: LayerSketch
    subject: LayerSketch
    cosine: float
    placed: int


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contact:
    """All layers of the subject that touch the source.

    Attributes:
        frame: The frame in which most do.
        touching: In the subject's order.
        layer_map: Every layer of the subject.
        share: Of the subject's units.
    """

    frame: Frame
    touching: tuple[Touching, ...]
    layer_map: tuple[MappedLayer, ...]
    share: Share


def find_contact(source: Sketch, subject: Sketch, *, seed: int) -> Contact | None:
    """The contact in the frame that shows most of it; None if no layer touches in any."""
    best: Frame | None = None
    most: list[Partner] = []
    for frame in FRAMES:
        partners = find_partners(subject, source, frame, "contact")
        if isinstance(partners, Inapplicable):
            continue
        pairs = [pair for pair in partners.pairs if pair.z >= TOUCH]
        if len(pairs) > len(most):
            best, most = frame, pairs
    if best is None:
        return None
    names = (best, source.subject_digest, subject.subject_digest)
    return _contact(best, tuple(_touching(pair, seed, names) for pair in most), subject)


def _touching(pair: Partner, seed: int, names: tuple[str, ...]) -> Touching:
    # `find_partners` was asked from the subject's side: its "source" is our subject.
    rng = stream(seed, "contact", *names, pair.source.label)
    a, b = pair.a, pair.b
    assignment = pair_units(b, a, rng, exact_to=EXACT_TO)
    return Touching(
        source=pair.subject,
        subject=pair.source,
        cosine=float(np.einsum("ij,ij->", a, b, dtype=np.float64)) / len(a),
        placed=int(np.count_nonzero(assignment == np.arange(len(assignment)))),
    )


def _contact(frame: Frame, touching: tuple[Touching, ...], subject: Sketch) -> Contact:
    sources = {touch.subject.label: touch.source.label for touch in touching}
    units = sum(layer.units for layer in subject.layers)
    placed = sum(touch.placed for touch in touching)
    low, high = clopper_pearson(placed, units)
    return Contact(
        frame=frame,
        touching=touching,
        layer_map=tuple(
            MappedLayer(subject=layer.label, source=sources.get(layer.label))
            for layer in subject.layers
        ),
        share=Share(low=low, estimate=placed / units, high=high),
    )

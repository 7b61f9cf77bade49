"""Layers left out, repeated, made anew, or copied into experts: read off the map of layers."""

from collections import Counter

from filiation.examining.weights.kinship.contact import Contact
from filiation.model.relation import RelationKind
from filiation.model.sketch import Sketch

__all__ = ["depth_kind"]


def depth_kind(
    contact: Contact, source: Sketch, subject: Sketch
) -> tuple[RelationKind, str] | None:
    """What was done to the layers, and the sentence that says how it shows; None if nothing."""
    counts = Counter(m.source for m in contact.layer_map if m.source is not None)
    fresh = [mapped.subject for mapped in contact.layer_map if mapped.source is None]
    missing = [layer.label for layer in source.layers if layer.label not in counts]
    repeated = [label for label, count in counts.items() if count > 1]
    if repeated and _experts(subject) and not _experts(source):
        return "upcycled", (
            f"{sum(counts[label] for label in repeated)} experts of the subject each touch one of "
            f"{len(repeated)} dense layers of the source"
        )
    if repeated and len(subject.layers) > len(source.layers):
        return "up-scaled", (
            f"the subject has {len(subject.layers)} layers, the source {len(source.layers)}; "
            f"{len(repeated)} of the source's appear more than once: {_listed(repeated)}"
        )
    if missing and len(subject.layers) < len(source.layers) and not fresh:
        return "depth-pruned", (
            f"all {len(subject.layers)} layers of the subject touch layers of the source, of which "
            f"{_listed(missing)} appear in none"
        )
    if fresh and len(subject.layers) == len(source.layers):
        return "partly-re-initialised", (
            f"{len(contact.touching)} of {len(subject.layers)} layers touch the source; no contact "
            f"in {_listed(fresh)}"
        )
    return None


def _experts(sketch: Sketch) -> bool:
    return any("experts." in layer.label for layer in sketch.layers)


def _listed(labels: list[str]) -> str:
    shown = ", ".join(labels[:8])
    return shown if len(labels) <= 8 else f"{shown} and {len(labels) - 8} more"

"""Why two sketches cannot be compared at all, in the same words for every method."""

from filiation.methods.weights.exchangeable import sorted_in_both
from filiation.methods.weights.tied_heads import tied_in_both
from filiation.methods.weights.written import TIED, Numbered, written_in_both
from filiation.model.sketch import Frame, Sketch

__all__ = ["placed_by_rule", "taken_differently"]


def taken_differently(source: Sketch, subject: Sketch) -> str | None:
    """Why numbers of one sketch say nothing about numbers of the other, or None if they do."""
    if source.method.projection == subject.method.projection:
        return None
    return (
        f"the sketches were taken differently ({source.method.id} and {subject.method.id}); "
        "take both with the same parameters"
    )


def placed_by_rule(
    source: Sketch, subject: Sketch, frame: Frame, of: Numbered, *, seed: int
) -> str | None:
    """Why units at one place may be alike in strangers too, as seen in this frame; None if not.

    Whoever reckons what a method could have found has to ask as well: a copy inherits the rule.
    """
    repeating = sorted_in_both(source, subject, "shards", seed=seed)
    if repeating is None and of == "attention":
        repeating = tied_in_both(source, subject)
    if repeating is None and frame in TIED:
        return written_in_both(source, subject, of)
    return repeating

"""Why two sketches cannot be compared at all, in the same words for every method."""

from filiation.model.sketch import Sketch

__all__ = ["taken_differently"]


def taken_differently(source: Sketch, subject: Sketch) -> str | None:
    """Why numbers of one sketch say nothing about numbers of the other, or None if they do."""
    if source.method.projection == subject.method.projection:
        return None
    return (
        f"the sketches were taken differently ({source.method.id} and {subject.method.id}); "
        "take both with the same parameters"
    )

"""What the parts of a model are called, and what may have been done to a copy: the one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.report.wording.figures import clean

__all__ = ["ALTERNATIVES", "COMPONENTS", "Called", "Done", "called", "done"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A part of a model, as a sentence names it and as a narrow column does."""

    name: str
    short: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What may have been done to a copy.

    Attributes:
        label: In a table.
        copy: In a sentence, after "not excluded is".
        disguised: Whether it hides a copy, beyond what training does to it.
    """

    label: str
    copy: str
    disguised: bool = True


COMPONENTS: Final[Mapping[str, Called]] = {
    "embedding": Called(name="embedding table", short="embedding"),
    "positions": Called(name="position table", short="positions"),
    "attention": Called(name="attention", short="attention"),
    "mlp": Called(name="MLP layers", short="MLP"),
    "head": Called(name="output head", short="head"),
    "beside": Called(name="stack beside the body", short="beside"),
    "vision": Called(name="vision tower", short="vision"),
    "audio": Called(name="audio tower", short="audio"),
    "projector": Called(name="projector", short="projector"),
}
ALTERNATIVES: Final[Mapping[str, Done]] = {
    "in-place": Done(label="as stored", copy="a copy as stored", disguised=False),
    "alone": Done(label="one part alone copied", copy="a copy of one part alone", disguised=False),
    "units-permuted": Done(
        label="units in another order", copy="a copy with its units in another order"
    ),
    "stream-rotated": Done(
        label="axes of the stream rotated", copy="a copy with the axes of its stream rotated"
    ),
    "both-and-signs": Done(
        label="order, rotation and signs together",
        copy="a copy with order, rotation and signs changed together",
    ),
    "layers-changed": Done(
        label="layers added, dropped or moved",
        copy="a copy with layers added, dropped or moved",
    ),
    "units-added": Done(label="units added", copy="a copy with units added"),
    "tokens-respelt": Done(
        label="token strings re-spelt", copy="a copy with its token strings re-spelt"
    ),
}


def called(component: str) -> Called:
    """A part by its id; one that a plug-in names is called what it is called there.

    One of several stacks has its place behind a colon.
    """
    kind, colon, stack = component.partition(":")
    if colon and kind in COMPONENTS:
        found = COMPONENTS[kind]
        return Called(name=f"{found.name} ({clean(stack)})", short=found.short)
    words = clean(component).replace("-", " ") or "whole model"
    return COMPONENTS.get(component, Called(name=words, short=words))


def done(alternative: str) -> Done:
    """A class of alternative by its id, likewise."""
    words = clean(alternative).replace("-", " ") or "unnamed"
    return ALTERNATIVES.get(alternative, Done(label=words, copy=f"a copy with this done: {words}"))

"""What a caller may name a model by: a path, something read before, or several of these for one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

from filiation.api.material import Material
from filiation.api.sketch import Sketch
from filiation.errors import UsageError
from filiation.model.kinds import WEIGHTS
from filiation.proceedings.naming import Named, Sided, model_named
from filiation.readers.reader import Taken

__all__ = ["Model", "Models", "One", "each", "given", "sided"]

One: TypeAlias = str | Path | Material | Sketch
Model: TypeAlias = One | Sequence[One]
Models: TypeAlias = One | Sequence[Model]
M = TypeVar("M")


def given(model: One) -> Named | Taken:
    """One model by one material.

    Raises:
        UsageError: Nothing is there, or it is something else than a model.
    """
    if not isinstance(model, One):
        raise _no_model(model)
    return model.taken if isinstance(model, Material | Sketch) else model_named(model)


def each(models: One | Sequence[M]) -> Iterator[One | M]:
    """Several models; a single one stands for itself.

    Raises:
        UsageError: Something else than models.
    """
    if isinstance(models, One):
        yield models
    elif isinstance(models, Sequence):
        yield from models
    else:
        raise _no_model(models)


def sided(model: Model, normaliser: str | None) -> Sided:
    """One model by all its materials.

    Raises:
        UsageError: Nothing is there, no material, two names, or a normaliser that comes too late.
    """
    found = [given(one) for one in each(model)]
    if not found:
        raise UsageError("a model without material, expected a path or what was read")
    for one in found:
        if normaliser is not None and isinstance(one, Taken) and one.material.kind != WEIGHTS:
            raise UsageError(
                f"{one.material.name}: was read already, the normaliser {normaliser} comes too "
                "late; give it to read()"
            )
    names = {one.name for one in found if isinstance(one, Named) and one.name}
    if len(names) > 1:
        raise UsageError(f"{' and '.join(sorted(names))}: two names for one model, expected one")
    first, *rest = (one.spec if isinstance(one, Named) else one for one in found)
    return Sided(spec=first, beside=tuple(rest), name=names.pop() if names else "")


def _no_model(given: object) -> UsageError:
    return UsageError(
        f"{given!r:.60}: found {type(given).__name__}, expected a model: a path, what read() or "
        "sketch() gave, or a list of these"
    )

"""What a caller may name a model by: a path, something read before, or several of these for one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

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


def given(model: One) -> Named | Taken:
    """One model by one material.

    Raises:
        UsageError: Nothing is there.
    """
    return model.taken if isinstance(model, Material | Sketch) else model_named(model)


def each(models: Models) -> Iterator[Model]:
    """Several models; a single one stands for itself."""
    if isinstance(models, One):
        yield models
    else:
        yield from models


def sided(model: Model, normaliser: str | None) -> Sided:
    """One model by all its materials.

    Raises:
        UsageError: Nothing is there, no material, two names, or a normaliser that comes too late.
    """
    found = [given(one) for one in ((model,) if isinstance(model, One) else model)]
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

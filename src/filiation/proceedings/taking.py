"""Reading a model's materials once, to be examined, surveyed or put in a library later."""

from dataclasses import replace
from pathlib import Path

from filiation.errors import UsageError
from filiation.examining.kinds import plug_for
from filiation.examining.weights.plug import weights_material
from filiation.model.origin import Origin
from filiation.proceedings.gathering import Options, called, kept_at, take
from filiation.proceedings.naming import Named, free
from filiation.proceedings.sketching import sketch
from filiation.readers.reader import Taken
from filiation.readers.remote.address import is_sketch_address
from filiation.sketching.sketch_file import is_sketch

__all__ = ["label_of", "read_into", "sketch_into"]


def read_into(folder: Path, model: Named, options: Options) -> tuple[Taken, ...]:
    """Read what a model's name stands for, and keep it in a folder.

    Raises:
        UsageError: Nothing there, or one name for several models.
        UnreadableError: Damaged, contradictory, or beyond bounds.
    """
    lay: list[Origin] = []
    found = take(model.spec, folder, options, lay=lay)
    if model.name and len(found) != 1:
        raise UsageError(
            f"{model.name}={model.spec}: one name for {len(found)} models, expected one model; "
            "name it after #"
        )
    named = (called(material, folder, model.name) for material in found)
    origin = lay[0] if lay else None
    return tuple(Taken(material=one, file=kept_at(folder, one), origin=origin) for one in named)


def sketch_into(out: Path, model: Named, deep: int) -> Taken:
    """Take the sketch of a model, or open the one that it is given as.

    Raises:
        UsageError: `out` exists, or there is no such model.
        UnreadableError: The model is damaged.
    """
    if is_sketch(model.path) or is_sketch_address(model.spec):
        free(out, "a sketch is never overwritten")
        (found,) = read_into(out.parent, model, {})
        found.file.replace(out)
        return replace(found, file=out)
    made = sketch(model, out, deep=deep)
    material = weights_material(made.sketch)
    return Taken(material=material, file=made.path, origin=made.origin)


def label_of(kind: str) -> str:
    """What one exhibit of a kind is called in a list.

    Raises:
        UsageError: No such kind is installed.
    """
    return plug_for(kind).kind.label

"""The sketch of a model's weights: a small file that can be compared without the model."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from filiation.api._scratch import Scratch
from filiation.api._shown import quoted, short
from filiation.model.sketch import Sketch as SketchRecord
from filiation.proceedings.naming import free, model_named
from filiation.proceedings.taking import sketch_into
from filiation.readers.reader import Taken
from filiation.report.render.notebook import listed_cell
from filiation.report.render.records import sketch_json

__all__ = ["Sketch", "sketch"]

WEIGHTS: Final = "weights or their sketch"
NEVER: Final = "a sketch is never overwritten"


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Sketch:
    """What a checkpoint leaves behind for every later comparison. Made by `sketch`.

    Attributes:
        taken: The sketch as a material, and its file.
        scratch: The folder of that file, if it is a temporary one.
    """

    taken: Taken
    scratch: Scratch | None = None

    @property
    def record(self) -> SketchRecord:
        """The frozen record, of norms float32 [units], directions int8 [units, columns], .."""
        found: SketchRecord = self.taken.material.content
        return found

    @property
    def name(self) -> str:
        """What reports call the model."""
        return self.taken.material.name

    @property
    def path(self) -> Path:
        """The file; a temporary one unless `out` was given."""
        return self.taken.file

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the sketch file."""
        return self.record.digest

    @property
    def model_digest(self) -> str:
        """SHA-256 (hex) over names, dtypes, shapes and bytes of all tensors of the model."""
        return self.record.subject_digest

    @property
    def layers(self) -> tuple[tuple[str, int], ...]:
        """Label and number of hidden units of each examined layer, in order."""
        return tuple((layer.label, layer.units) for layer in self.record.layers)

    def to_dict(self) -> dict[str, Any]:
        """What the sketch holds and what was skipped, as `filiation sketch --json` prints it."""
        found: dict[str, Any] = json.loads(sketch_json(self.record, self.taken.origin))
        return found

    def save(self, path: str | Path) -> Path:
        """Write a copy; never over something that is there.

        Raises:
            UsageError: Something is there, or its folder is not.
        """
        target = free(Path(path), NEVER)
        shutil.copyfile(self.path, target)
        return target

    def __repr__(self) -> str:
        units = sum(units for _, units in self.layers)
        return (
            f"<Sketch of {quoted(self.name)}: {len(self.layers)} layers, {units} units, "
            f"{short(self.digest)}>"
        )

    def _repr_html_(self) -> str:
        told = self.to_dict()
        shown = {name: told[name] for name in ("layout", "layers", "units", "token_frame")}
        rows = {"sketch": self.digest, "model": self.model_digest, **shown}
        rows |= {"tensors": f"{told['tensors']}, {len(told['skipped'])} skipped"}
        named = {what.replace("_", " "): str(said) for what, said in rows.items()}
        return listed_cell(self.name, named)


def sketch(model: str | Path, *, out: str | Path | None = None, deep: int = 8192) -> Sketch:
    """Take the sketch of a model, in one pass over its weights.

    The same model gives the same bytes on any number of cores of one kind of processor.

    Args:
        model: A folder or a file of weights, or where it lies (`hf://ORG/NAME`, `https://..`,
            `s3://..`); `NAME=PATH` names it. A sketch is opened as it is.
        out: The file to write; by default a temporary one, which goes with the object.
        deep: Whole rows of each role that are kept, shared out over all layers, to see through
            disguises; 0 for none.

    Raises:
        UsageError: Nothing is there, or `out` exists.
        UnreadableError: The model is damaged.

    Examples:
        >>> s = fl.sketch("examples/casebook/stranger-3")
        >>> s
        <Sketch of 'stranger-3': 4 layers, 896 units, ...>
        >>> s.layers[0]
        ('layers.0', 224)
    """
    named = model_named(model, WEIGHTS)
    if out is not None:
        return Sketch(taken=sketch_into(Path(out), named, deep))
    scratch = Scratch()
    taken = sketch_into(scratch.folder / "model.sketch", named, deep)
    return Sketch(taken=taken, scratch=scratch)

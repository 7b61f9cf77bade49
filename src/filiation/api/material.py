"""Material of one model, read once: weights, recorded answers, or what a package adds."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

from filiation.api._scratch import Scratch
from filiation.api._shown import quoted, short
from filiation.proceedings.naming import model_named
from filiation.proceedings.taking import label_of, read_into
from filiation.readers.reader import Taken
from filiation.report.render.notebook import listed_cell

__all__ = ["Material", "read"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Material:
    """One kind of thing exhibited of one model, ready to be examined.

    Made by `read`. What it was read from is not needed any more.

    Attributes:
        taken: The material, and the file that keeps all that its numbers follow from.
        scratch: The folder of that file.
    """

    taken: Taken
    scratch: Scratch = field(default_factory=Scratch)

    @property
    def name(self) -> str:
        """What reports call the model."""
        return self.taken.material.name

    @property
    def kind(self) -> str:
        """Id of the kind, `weights`, `answers` or that of a package."""
        return self.taken.material.kind

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what was exhibited, whatever container it came in."""
        return self.taken.material.digest

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of it, such as what was guessed and what was skipped."""
        return self.taken.material.notes

    def __repr__(self) -> str:
        return f"<Material {quoted(self.name)}: {self.kind}, {short(self.digest)}>"

    def _repr_html_(self) -> str:
        rows = {"material": label_of(self.kind), "digest": self.digest}
        return listed_cell(self.name, rows | {"notes": "; ".join(self.notes) or "none"})


def read(model: str | Path, *, normaliser: str | None = None) -> Material | Any:
    """Read a model, or what it answered, once, to be examined as often as needed.

    Args:
        model: A folder or file of weights, a sketch, recorded answers as `FILE#MODEL`, what a
            package reads; `NAME=PATH` names it. `FILE#*` reads every model of a file.
        normaliser: How recorded answers are read: `letter/2`, `number/2`, `literal/2`, `text/2`.
            By default it is chosen by looking.

    Returns:
        The material; for `FILE#*` a tuple with one for each model.

    Raises:
        UsageError: Nothing is there, or one name for several models.
        UnreadableError: Damaged, contradictory, or beyond bounds.

    Examples:
        >>> fl.read("examples/casebook/stranger-3")
        <Material 'stranger-3': weights, d5a1193e35a4..>
    """
    scratch = Scratch()
    options = {} if normaliser is None else {"normaliser": normaliser}
    found = tuple(
        Material(taken=taken, scratch=scratch)
        for taken in read_into(scratch.folder, model_named(model), options)
    )
    return found if str(model).endswith("#*") else found[0]

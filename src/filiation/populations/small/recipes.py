"""Which small models there are, and how each is made: fixed before any is trained."""

from dataclasses import dataclass
from typing import Final, final

from filiation.populations.small.network import Shape

__all__ = ["CHILDREN", "Recipe", "recipes"]

USUAL: Final = Shape()
WIDER: Final = Shape(width=40, hidden=120)
PROSE: Final = "prose"  # names of invented languages
VERSE: Final = "verse"
CHILDREN: Final = (
    "fine-tuned",
    "fine-tuned, heavy",
    "quantised to 4 bits",
    "noise of 5 %",
    "units permuted",
    "merged 50 %, healed",
)
MERGED: Final = CHILDREN[-1]
ORIGINALS: Final = {True: (14, 3, 2), False: (24, 6, 4)}  # usual; of other texts; of another size


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One model.

    Attributes:
        name: Its folder.
        seed: Of its initial weights, or of what is random in the operation.
        language: That it was trained on last.
        shape: Its sizes.
        parents: Names; none of an original.
        operation: `trained` for originals, else what was done to the parents.
    """

    name: str
    seed: int
    language: str = PROSE
    shape: Shape = USUAL
    parents: tuple[str, ...] = ()
    operation: str = "trained"


def recipes(*, quick: bool) -> tuple[Recipe, ...]:
    """Parents before children; the quick ones are fewer, and made alike."""
    usual, other, wider = ORIGINALS[quick]
    originals = [Recipe(name=f"base-{n:02}", seed=n) for n in range(usual)]
    originals += [
        Recipe(name=f"verse-{n:02}", seed=usual + n, language=VERSE) for n in range(other)
    ]
    originals += [Recipe(name=f"wide-{n:02}", seed=n, shape=WIDER) for n in range(wider)]
    twin = Recipe(name="twin-00", seed=0, language=VERSE)  # the initial weights of base-00
    children = [
        _child(originals, operation, place)
        for place, operation in enumerate(CHILDREN * (1 if quick else 3))
    ]
    return (*originals, twin, *children)


def _child(originals: list[Recipe], operation: str, place: int) -> Recipe:
    """A child of the original of this place; a merge has the next one as its second parent."""
    parents = originals[place : place + (2 if operation == MERGED else 1)]
    words = operation.replace(",", "").replace("%", "").split()
    return Recipe(
        name="-".join([parents[0].name, *words]),
        seed=1000 + place,
        language=VERSE if operation.startswith("fine-tuned") else PROSE,
        parents=tuple(parent.name for parent in parents),
        operation=operation,
    )

"""Exhibit: what was put in about one model, ready to be examined."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from filiation.errors import CaseError
from filiation.model.material import Material

__all__ = ["Exhibit", "contents", "each_once", "public_contents"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exhibit:
    """One model by its materials, at most one of each kind.

    Attributes:
        name: What it is called.
        materials: What was put in of it.
        public: Whether it is a component that is known to be public, such as an encoder of
            pictures, and no control: what stands beside the source's body and holds its values is
            set aside.
    """

    name: str
    materials: tuple[Material, ...]
    public: bool = False

    def __post_init__(self) -> None:
        kinds = [material.kind for material in self.materials]
        if not kinds:
            raise CaseError(f"{self.name}: no material was exhibited; there is nothing to examine")
        if len(set(kinds)) < len(kinds):
            raise CaseError(
                f"{self.name}: {', '.join(kinds)} were exhibited, expected at most one material of "
                "each kind; name the models apart"
            )

    @property
    def kinds(self) -> tuple[str, ...]:
        """Ids of the kinds that were exhibited."""
        return tuple(material.kind for material in self.materials)

    def material(self, kind: str) -> Material | None:
        """The material of one kind, or None."""
        return next((found for found in self.materials if found.kind == kind), None)

    def content(self, kind: str) -> Any:
        """What methods of that kind compare, or None."""
        found = self.material(kind)
        return None if found is None else found.content


def contents(exhibits: Sequence[Exhibit], kind: str) -> list[Any]:
    """What was exhibited of one kind, of those that have it, in order."""
    found = (exhibit.content(kind) for exhibit in exhibits)
    return [content for content in found if content is not None]


def public_contents(exhibits: Sequence[Exhibit], kind: str) -> tuple[tuple[str, Any], ...]:
    """What the public components are called, and what was exhibited of one kind, in order."""
    public = (exhibit for exhibit in exhibits if exhibit.public)
    found = (exhibit.material(kind) for exhibit in public)
    return tuple((one.name, one.content) for one in found if one is not None)


def each_once(
    controls: Sequence[Exhibit], kind: str
) -> tuple[tuple[Exhibit, ...], tuple[str, ...]]:
    """The controls that have such material, one of those that exhibit the same, and what is not."""
    kept: dict[str, Exhibit] = {}
    notes = []
    for control in controls:
        material = control.material(kind)
        if material is None or control.public:
            continue
        first = kept.setdefault(material.digest, control)
        if first is not control:
            notes.append(f"{control.name}: {kind} of {first.name}; they count once")
    return tuple(kept.values()), tuple(notes)

"""Material: one kind of thing exhibited of one model, read once, ready to be compared."""

from dataclasses import dataclass
from typing import Any, final

from filiation.model.declared import Declared
from filiation.model.subject import Subject

__all__ = ["Material"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """Two materials are equal iff kind and digest are.

    Attributes:
        kind: Id of a registered kind.
        name: What reports call the model; says nothing about identity.
        digest: SHA-256 (hex) of what was exhibited, whatever container it came in.
        kept: SHA-256 (hex) of the file that every number about it follows from.
        content: What the methods of this kind compare: a `Sketch`, a `Recording`, ..
        notes: What a reader must know of it (what was guessed, what was skipped).
        declared: What the files it was read from say of its descent, which nothing here depends on;
            None if they were not looked at.
    """

    kind: str
    name: str
    digest: str
    kept: str
    content: Any
    notes: tuple[str, ...] = ()
    declared: Declared | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Material) and (self.kind, self.digest) == (
            other.kind,
            other.digest,
        )

    def __hash__(self) -> int:
        return hash((self.kind, self.digest))

    @property
    def subject(self) -> Subject:
        """Who it is of, without the numbers."""
        return Subject(name=self.name, kind=self.kind, digest=self.digest, kept=self.kept)

"""Who is under examination: a name for people, a digest for the record."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

__all__ = ["Side", "Subject"]

Side: TypeAlias = Literal["subject", "source", "control", "earlier", "component"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One model by one of its materials. Two are the same iff their digests are equal.

    Attributes:
        name: What reports call it; says nothing about identity.
        kind: Id of the kind of material that was exhibited.
        digest: SHA-256 (hex) of what was exhibited: of weights over the names, dtypes, shapes and
            SHA-256 digests of all tensors, so that re-sharding does not change it; of answers over
            items and outputs.
        kept: SHA-256 (hex) of the file from which every number about it was computed: the sketch
            of a checkpoint, or the kept copy of a recording.
    """

    name: str
    kind: str
    digest: str
    kept: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subject) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

"""What was found of one part of a model that has more than a body, compared by itself."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from filiation.errors import CaseError
from filiation.model.layout import Tower

__all__ = ["StackFound", "StackKind"]

StackKind: TypeAlias = Tower | Literal["body", "beside"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StackFound:
    """One part of the source that has more than a body, compared by itself with all of the subject.

    Attributes:
        kind: What its maker calls it; `body` where its shape says so, or no shape and no other
            name does; `beside` where it is not the body and nothing is said.
        stack: What stands before the numbers of its layers.
        found_in: The stack of the subject that agrees with it most; empty if none was compared.
        log_p: Combined natural log p of what reads it; None if nothing did. Of the body that of
            its units, which is no second count of what the conclusion combines.
        share: Smallest share that would have been found with 95 % probability if it had been
            copied as stored; None if none would, or if it was not reckoned.
        ordered: Whether what met the level is an order that could have been chosen, and no more.
        aside: Its large matrices that an exhibited public component holds, and how many it has. Of
            the body they are counted only.
        public: What those components are called.
    """

    kind: StackKind
    stack: str
    found_in: str = ""
    log_p: float | None = None
    share: float | None = None
    ordered: bool = False
    aside: tuple[int, int] = (0, 0)
    public: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.aside[0]) != bool(self.public) or self.aside[0] > self.aside[1]:
            raise CaseError(
                f"{self.stack}: {self.aside[0]} of {self.aside[1]} tensors are public, held by "
                f"{len(self.public)} components; expected some of both, or none"
            )

    @property
    def id(self) -> str:
        """What a table calls it: its kind and its place."""
        return f"{self.kind}:{self.stack}"

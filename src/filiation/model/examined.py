"""The models of an examination: by what was exhibited of each, and as controls."""

from dataclasses import dataclass
from typing import Literal, final

from filiation.model.declared import Declared
from filiation.model.subject import Subject

__all__ = ["Control", "Examined"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One model of an examination, by what was exhibited of it.

    Attributes:
        name: What reports call it.
        materials: One of each kind.
        declared: What its files say of its descent; None if they were not looked at.
    """

    name: str
    materials: tuple[Subject, ...]
    declared: Declared | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A model known to be independent, examined in the subject's place.

    Attributes:
        model: Which.
        log_p: Its combined natural log p against the source, None if nothing applied.
        subject_log_p: Its combined natural log p against the subject, None if nothing applied.
        standing: `independent`; or `relative` if it meets the plan's level against the source or
            the subject, and then counts for nothing.
    """

    model: Subject
    log_p: float | None
    subject_log_p: float | None
    standing: Literal["independent", "relative"]

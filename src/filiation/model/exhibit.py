"""Exhibit: what was put in about one model, ready to be examined."""

from dataclasses import dataclass
from typing import final

from filiation.errors import CaseError
from filiation.model.recording import Recording
from filiation.model.sketch import Sketch

__all__ = ["Exhibit"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exhibit:
    """One model by its weights, its outputs, or both."""

    name: str
    sketch: Sketch | None = None
    recording: Recording | None = None

    def __post_init__(self) -> None:
        if self.sketch is None and self.recording is None:
            raise CaseError(f"{self.name}: neither weights nor outputs were exhibited")

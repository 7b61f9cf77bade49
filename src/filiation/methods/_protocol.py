"""The one interface a new examination implements."""

from typing import Protocol

from filiation.model.finding import Absent, Finding
from filiation.model.sketch import Sketch

__all__ = ["Method"]


class Method(Protocol):
    """A question about two sketches, and how to answer it."""

    @property
    def id(self) -> str:
        """Name, version and every parameter that can move the number."""

    def compare(self, source: Sketch, subject: Sketch, *, seed: int) -> Finding | Absent:
        """Put the question. Pure: the same sketches and seed give the same finding."""

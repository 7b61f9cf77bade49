"""The interfaces a new examination implements: one for weights, one for outputs."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from filiation.model.finding import Absent, Finding
from filiation.model.recording import Recording
from filiation.model.sketch import Sketch

__all__ = ["Method", "OutputMethod"]


class Method(Protocol):
    """A question about two sketches of weights, and how to answer it."""

    @property
    def id(self) -> str:
        """Name, version and every parameter that can move the number."""

    def compare(self, source: Sketch, subject: Sketch, *, seed: int) -> Finding | Absent:
        """Put the question. Pure: the same sketches and seed give the same finding."""


class OutputMethod(Protocol):
    """A question about two recordings among recordings of independent models."""

    @property
    def id(self) -> str:
        """Name, version and every parameter that can move the number."""

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
        seed: int,
    ) -> Finding | Absent:
        """Put the question. Pure: the same recordings and seed give the same finding.

        Args:
            source: The claimed source.
            subject: The model under examination.
            controls: Said to be independent of both; those that are not are set aside, with the
                reason in the finding's line-up.
            families: Model name to family, as far as known; models of one family are relatives.
            seed: Of every random stream, together with the method's id and the digests.
        """

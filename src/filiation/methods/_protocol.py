"""The interface that a new examination implements, whatever kind of material it reads."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

from filiation.model.finding import Absent, Finding
from filiation.model.reach import Reach
from filiation.model.words import MethodWords

__all__ = ["ID", "NO_FAMILIES", "Foresees", "Method", "ReadsRepeats", "ReadsVersions"]

M = TypeVar("M", contravariant=True)

ID: Final = re.compile(r"[a-z][a-z0-9-]*/[1-9][0-9]*(;[a-z][a-z0-9-]*(=[^;=\s]+)?)*")
NO_FAMILIES: Final[Mapping[str, str]] = MappingProxyType({})


class Method(Protocol[M]):
    """One question about two materials of one kind, and how to answer it."""

    @property
    def id(self) -> str:
        """Name, version and every parameter that can move the number."""

    @property
    def reads(self) -> str:
        """Id of the kind of material that it compares, such as `weights` or `answers`."""

    @property
    def words(self) -> MethodWords:
        """What a report says of this method, by whoever wrote it."""

    def compare(
        self,
        source: M,
        subject: M,
        controls: Sequence[M] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        """Put the question. Pure: the same materials and seed give the same finding.

        A method of another package is given copies, made by `copy.deepcopy`.

        Args:
            source: The claimed source.
            subject: The model under examination.
            controls: Said to be independent of both. A method whose null is exact looks at none;
                one that is calibrated on them sets relatives aside, with the reason in the
                finding's line-up.
            families: Model name to family, as far as known; models of one family are relatives.
            seed: Of every random stream, together with the method's id and the digests.
        """


@runtime_checkable
class Foresees(Protocol):
    """A method that can say, before it compares anything, how small its p could be."""

    def reach(
        self, source: Any, subject: Any, controls: Sequence[Any], *, families: Mapping[str, str]
    ) -> Reach | Absent:
        """The least p with these materials, or why there will be no finding.

        Looks at what was recorded and at who was asked what; at no two answers side by side.
        """

    def floor_with(self, controls: int) -> float:
        """The smallest log p that so many independent controls support."""


@runtime_checkable
class ReadsVersions(Protocol):
    """A method that needs an older version of the subject; planned only where one was exhibited."""

    def compare_versions(
        self,
        source: Any,
        versions: tuple[Any, Any],
        controls: Sequence[Any],
        *,
        families: Mapping[str, str],
        seed: int,
    ) -> Finding | Absent:
        """Put the question, as `compare` does.

        Args:
            source: The claimed source.
            versions: The older version of the subject, and the subject.
            controls: Said to be independent of all of them.
            families: Model name to family, as far as known.
            seed: Of every random stream.
        """


@runtime_checkable
class ReadsRepeats(Protocol):
    """A method of recordings that compares what was said to one question asked again and again.

    Every other method sees the first answer to each question alone.
    """

    def repeated(self, recording: Any) -> Mapping[str, Sequence[str]]:
        """The answers to each question, by its id."""

"""The interface of what reads one kind of material, for an examination and for a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias, final, runtime_checkable

from filiation.model.material import Material
from filiation.model.origin import Origin

__all__ = ["NO_OPTIONS", "Advance", "Along", "Lying", "Reader", "Taken", "silent"]

NO_OPTIONS: Final[Mapping[str, str]] = MappingProxyType({})

Advance: TypeAlias = Callable[[str, int, int], None]
"""Told what is being read, how many bytes of it are done, and how many there are."""


def silent(doing: str, done: int, size: int) -> None:
    """Progress that nobody watches."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A material that was read, and the file that keeps all that its numbers follow from.

    Materials that were read together may share one file.

    Attributes:
        material: What was read.
        file: Where it is kept.
        origin: Where it lay and what was read of it; None of what lay on this machine.
    """

    material: Material
    file: Path
    origin: Origin | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """Material of one kind that lies beside the weights of a model.

    Attributes:
        spec: What names it.
        unread: Why it is not read, such as a link that leads out of the folder; empty if it is.
    """

    spec: str
    unread: str = ""


class Reader(Protocol):
    """Reads one kind of material. It is the only code that knows its formats."""

    @property
    def suffix(self) -> str:
        """Ending of the files that keep such material, such as `.sketch`."""

    @property
    def options(self) -> frozenset[str]:
        """Names of the options that `take` knows; it is given no others."""

    def recognises(self, spec: str) -> bool:
        """Does `spec` (a path, or a path with `#MODEL`) name material of this kind?"""

    def files(self, spec: str) -> Path:
        """The file or folder behind `spec`, whose bytes custody is about."""

    def take(
        self,
        spec: str,
        folder: Path,
        *,
        options: Mapping[str, str] = NO_OPTIONS,
        advance: Advance = silent,
    ) -> Sequence[Taken]:
        """Read what `spec` names, one material or several, and keep each as a file in `folder`.

        Args:
            spec: As a person writes it.
            folder: An existing folder for the kept files; their names there are free.
            options: How it is to be read, by names of this reader's own.
            advance: Told how far the reading is.

        Raises:
            UsageError: Nothing there, or an option that this reader does not know.
            UnreadableError: Damaged, contradictory, or beyond bounds.
        """

    def reopen(self, file: Path, wanted: Sequence[tuple[str, str]]) -> Sequence[Material]:
        """The materials of these digests from a kept file, under the names they have on record.

        Raises:
            UnreadableError: Not such a file.
            CaseError: The file holds no material of such a digest: it was changed.
        """


@runtime_checkable
class Along(Protocol):
    """A reader of what may lie beside a model's weights, as a tokenizer does."""

    def lies_along(self, spec: str) -> Lying | None:
        """What of this kind lies beside the weights that `spec` names; None if nothing does."""

    def take_along(self, lying: Lying, folder: Path, *, advance: Advance = silent) -> Taken:
        """Read it and keep it in `folder`.

        What cannot be read is no reason to refuse the weights: then the material says why, and
        every method that needs it.
        """

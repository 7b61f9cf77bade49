"""Where a model lay that was read over a network, in which state, and what of it was read."""

from dataclasses import dataclass
from typing import final

__all__ = ["Origin", "OriginFile"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OriginFile:
    """One file of a model on another machine.

    Attributes:
        name: Its name below the address.
        size: Bytes that it has, as the host says.
        read: Bytes of it that were fetched.
        mark: What the host names its state by (ETag, or when it was changed last); may be empty.
        declared: Its SHA-256 (hex) as the host declares it; empty if it declares none.
        sha256: Its SHA-256 (hex) as reckoned here; empty unless every byte was read.
        weights: Whether weights stand in it; else it stands beside them and is read whole.
    """

    name: str
    size: int
    read: int
    mark: str
    declared: str
    sha256: str
    weights: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A model as it lay on another machine.

    Attributes:
        address: As it was named, without what a query or a password may hold.
        pinned: The same, with the commit that was read if there is one.
        host: Which machine was asked.
        commit: The hub's commit (hex); empty of other hosts.
        files: Every file that was opened, by name.
    """

    address: str
    pinned: str
    host: str
    commit: str
    files: tuple[OriginFile, ...]

    @property
    def weights(self) -> tuple[OriginFile, ...]:
        """The files in which weights stand."""
        return tuple(file for file in self.files if file.weights)

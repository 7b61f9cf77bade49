"""Commitment: a root that binds a party to a material without showing a byte of it.

The material is cut into blocks. Leaf 0 of the tree is the table of its parts, the next leaves are
the blocks in the table's order, and the rest is padding. Every opening shows the table, since a
tree without one could hold a tensor twice, and its maker could open whichever suits.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias, final

from filiation.errors import CaseError

__all__ = ["BLOCK", "FEWEST", "Audit", "Commitment", "Opened", "Part", "Table", "padded"]

BLOCK: Final = 1 << 20  # bytes
FEWEST: Final = 64  # leaves, so that a small material does not show that it is small
MOST: Final = 1 << 22  # leaves: four terabytes
LONGEST: Final = 1000  # characters of a name
STEP: Final = 255  # bytes of a step of a path

What: TypeAlias = Literal["file", "tensor", "header"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file, the header of a file of tensors, or a tensor.

    Attributes:
        what: Which of them.
        file: Path below the folder that was sealed, with '/' between its steps.
        tensor: Name of the tensor; empty of a file or a header.
        dtype: The container's own word; empty of a file or a header.
        shape: Of the tensor.
        nbytes: How many bytes it has.
    """

    what: What
    file: str
    nbytes: int
    tensor: str = ""
    dtype: str = ""
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        steps = self.file.split("/")
        if not 0 < len(self.file) <= LONGEST or {"", ".", ".."} & set(steps) or "\\" in self.file:
            raise CaseError(f"seal: {self.file[:80]!r} is no path below a folder")
        if any("\0" in step or len(_bytes(step)) > STEP for step in steps):
            raise CaseError(f"seal: {self.file[:80]!a} is a path that no folder can hold")
        if self.nbytes < 0 or min(self.shape, default=0) < 0:
            raise CaseError(f"seal: {self.file}: a negative size")
        if bool(self.tensor) != (self.what == "tensor") or len(self.tensor) > LONGEST:
            raise CaseError(f"seal: {self.file}: a tensor has a name, and nothing else has one")

    @property
    def blocks(self) -> int:
        """How many leaves it has."""
        return -(-self.nbytes // BLOCK)

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"{self.file}: {self.tensor}" if self.tensor else self.file


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The parts of a material, in the order of their leaves; none stands twice."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        keys = sorted((part.what, part.file, part.tensor) for part in self.parts)
        for one, other in pairwise(keys):
            if one == other:
                raise CaseError(
                    f"seal: {one[1]} {one[2]}".rstrip() + " stands twice in the table; whoever "
                    "sealed it could open whichever suits"
                )
        self._no_file_twice()
        if self.blocks >= MOST:
            raise CaseError(f"seal: {self.blocks} blocks, expected fewer than {MOST}")

    def _no_file_twice(self) -> None:
        """A path is a file, or a file cut into header and tensors, and no folder of another."""
        whole = {part.file for part in self.parts if part.what == "file"}
        cut = {part.file for part in self.parts if part.what != "file"}
        above = {
            "/".join(steps[:count])
            for steps in (part.file.split("/") for part in self.parts)
            for count in range(1, len(steps))
        }
        for name in sorted(whole & cut | (whole | cut) & above):
            raise CaseError(f"seal: {name!r} stands for two things in the table")

    @property
    def blocks(self) -> int:
        """How many leaves hold bytes of the material."""
        return sum(part.blocks for part in self.parts)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What is published: it shows nothing but a bound on the size.

    Attributes:
        root: SHA-256 (hex) of the tree.
        leaves: How many it has, a power of two.
        label: What its maker calls it; empty if it is to say nothing.
    """

    root: str
    leaves: int
    label: str = ""

    def __post_init__(self) -> None:
        if len(self.root) != 64 or set(self.root) - set("0123456789abcdef"):
            raise CaseError(f"seal: {self.root[:80]!r} is no SHA-256 in hex")
        if not FEWEST <= self.leaves <= MOST or self.leaves & (self.leaves - 1):
            raise CaseError(
                f"seal: {self.leaves} leaves, expected a power of two from {FEWEST} to {MOST}"
            )
        if len(self.label) > LONGEST:
            raise CaseError(f"seal: a label of {len(self.label)} characters")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Blocks that a coin chose after the seal.

    Attributes:
        coin: The public value, hex.
        drawn: Leaves to be opened.
        of: How many blocks there were to choose from.
    """

    coin: str
    drawn: tuple[int, ...]
    of: int

    def caught(self, share: float) -> float:
        """Probability that at least one of the drawn blocks is among a `share` that was altered."""
        altered = min(self.of, max(1, round(share * self.of)))
        missed = 1.0
        for step in range(len(self.drawn)):
            missed *= max(0, self.of - altered - step) / (self.of - step)
        return 1.0 - missed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What an opening showed, and that the commitment bound it.

    Attributes:
        commitment: Against which it was checked.
        table: The parts of the whole material.
        blocks: Which leaves were shown, without the table.
        nbytes: How many bytes of the material they hold.
        whole: Numbers of parts of which every block was shown.
        audit: The draw that it answers, if one was asked for.
        signer: Id of the key that signed the commitment; empty if nobody did, or its public half
            was not given.
    """

    commitment: Commitment
    table: Table
    blocks: tuple[int, ...]
    nbytes: int
    whole: tuple[int, ...]
    audit: Audit | None = None
    signer: str = ""


def _bytes(step: str) -> bytes:
    try:
        return step.encode()
    except UnicodeEncodeError as error:
        raise CaseError(f"seal: {step[:80]!a} is no text, which a path is") from error


def padded(leaves: int) -> int:
    """The number of leaves that a tree is filled up to."""
    return max(FEWEST, 1 << (leaves - 1).bit_length())

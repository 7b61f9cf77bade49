"""A comparison of two secret materials: who speaks when, and what was agreed.

Three parties exchange files by any channel. Each step is spoken by some of them, and each message
names all messages of the step before, so that nobody can have been shown another course of events
than the others without the next message showing it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

from filiation.errors import CaseError
from filiation.model.examination import Examination
from filiation.model.seal import Part

__all__ = [
    *("ABORT", "PROTOCOL", "ROLES", "SIDES", "Bound", "Compared", "Control", "Material"),
    *("Message", "Role", "Share", "Shared", "Step", "Terms", "steps_of"),
]

Role: TypeAlias = Literal["claimant", "respondent", "tribunal"]
Material: TypeAlias = Literal["weights", "set"]
Share: TypeAlias = Literal["count", "matches"]

PROTOCOL: Final = 1
ROLES: Final[tuple[Role, ...]] = ("claimant", "respondent", "tribunal")
SIDES: Final[tuple[Role, ...]] = ("claimant", "respondent")
ABORT: Final = "abort"
MOST: Final = 10_000  # tensors or elements that are drawn


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step, and who speaks in it."""

    name: str
    speakers: tuple[Role, ...]


_BEGIN: Final = (
    Step(name="terms", speakers=("tribunal",)),
    Step(name="join", speakers=ROLES),
    Step(name="coin", speakers=ROLES),
    Step(name="commit", speakers=SIDES),
)
_END: Final = (
    Step(name="reveal", speakers=ROLES),
    Step(name="open", speakers=SIDES),
    Step(name="result", speakers=("tribunal",)),
)
_EXCHANGE: Final = (
    Step(name="blind", speakers=SIDES),
    Step(name="raise", speakers=SIDES),
)


def steps_of(material: Material) -> tuple[Step, ...]:
    """All steps of a session, in order."""
    return (*_BEGIN, *(_EXCHANGE if material == "set" else ()), *_END)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all three agree on by joining.

    Attributes:
        material: What is compared.
        keys: Public key (32 bytes, hex) of each role.
        audit: How many tensors or elements of each side the second coin draws to be opened.
        both: Whether the tribunal hands each side's material on to the other, once it has both.
        share: Of sets: whether their count is told, or the matches as well.
        columns: Of sketches.
        anchors: Of sketches.
        deep: Of sketches.
        error: Of sketches: at what relative error (per cent) rows may be reckoned back, at least.
        whole: Of sketches: of how many units (per cent) whole rows may be kept, at most.
        nonce: Makes each session another one; hex.
    """

    keys: Mapping[Role, str]
    nonce: str
    material: Material = "weights"
    audit: int = 8
    both: bool = False
    share: Share = "count"
    columns: int = 64
    anchors: int = 512
    deep: int = 8192
    error: int = 50
    whole: int = 10

    def __post_init__(self) -> None:
        if set(self.keys) != set(ROLES) or len(set(self.keys.values())) < len(ROLES):
            raise CaseError("terms: expected three keys, one of each role and no two the same")
        if not 1 <= self.audit <= MOST:
            raise CaseError(f"terms: {self.audit} to be audited, expected 1 to {MOST}")
        if not (1 <= self.columns <= 1024 and 1 <= self.anchors <= 8192 and 0 <= self.deep < 10**7):
            raise CaseError("terms: parameters that no sketch has")
        if not (0 <= self.error <= 100 and 0 <= self.whole <= 100):
            raise CaseError("terms: bounds of a leak are per cent, from 0 to 100")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, as it was signed.

    Attributes:
        session: Digest (hex) of the terms; empty of the terms themselves.
        sender: Who says it.
        number: Of its step, from 1.
        step: Name of its step, or `abort`.
        answers: Digests (hex) of all messages of the step before, in the order of their roles.
        body: What it says.
        digest: SHA-256 (hex) of what was signed.
    """

    session: str
    sender: Role
    number: int
    step: str
    answers: tuple[str, ...]
    body: Mapping[str, Any]
    digest: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What the audit of one side found.

    Attributes:
        role: Whose material.
        root: Of the seal that it joined with.
        drawn: What the second coin drew: names of tensors.
        of: How many it could draw.
        used: How many of those are compared: the others may be there to be drawn in their place.
        opened: Bytes that were opened to the tribunal.
        nbytes: Bytes of the whole material.
        beside: Files of the material that are no tensors and were not opened.
        tensors: How many tensors were seen, with those that frames are made of.
        values: Numbers of the material that were reckoned again.
        moved: Of them, how many are a step apart by rounding.
        unsummed: Roles whose sums over all layers could not be reckoned again.
        failed: Why it failed; empty if it held.
    """

    role: Role
    root: str
    drawn: tuple[str, ...] = ()
    of: int = 0
    used: int = 0
    opened: int = 0
    nbytes: int = 0
    beside: tuple[Part, ...] = ()
    tensors: int = 0
    values: int = 0
    moved: int = 0
    unsummed: tuple[str, ...] = ()
    failed: str = ""

    def caught(self, share: float) -> float:
        """Probability that such a draw meets one of a `share` of what is compared that was altered.

        Whatever else the seal holds dilutes the draw, and counts against whoever put it there.
        """
        altered, missed = min(self.of, max(1, round(share * self.used))), 1.0
        for step in range(len(self.drawn)):
            missed *= max(0, self.of - altered - step) / (self.of - step)
        return 1.0 - missed


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A set that is known to be unrelated, and how many of its elements the claimant's has."""

    name: str
    size: int
    common: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How many elements two sets have in common.

    Attributes:
        sizes: Of the claimant's and the respondent's.
        common: Elements of both.
        controls: What the claimant's set has of others.
    """

    sizes: tuple[int, int]
    common: int
    controls: tuple[Control, ...] = ()

    @property
    def p(self) -> float:
        """Rank of the respondent's share among the controls' shares: exact if all are alike."""
        share = self.common / self.sizes[1]
        above = sum(one.common / one.size >= share for one in self.controls)
        return (1 + above) / (1 + len(self.controls))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the tribunal found.

    Attributes:
        session: Id, hex.
        seed: What the first coin gave.
        bounds: What the audit of each side found.
        found: The comparison of weights; None if a material was none.
        shared: The comparison of sets; likewise.
        digest: SHA-256 (hex) of its report; empty if there is none.
    """

    session: str
    seed: int
    bounds: tuple[Bound, ...]
    found: Examination | None = None
    shared: Shared | None = None
    digest: str = ""

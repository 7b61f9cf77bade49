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
from filiation.model.finding import Absent, Finding
from filiation.model.seal import Part

__all__ = [
    *("ABORT", "PROTOCOL", "ROLES", "SIDES", "Basis", "Bound", "Compared", "Control", "Copy"),
    "Derived",
    *("Material", "Message", "Role", "SessionTold", "Share", "Shared", "Spoken", "Step", "Terms"),
    *("Tie", "Tied", "steps_of"),
]

Role: TypeAlias = Literal["claimant", "respondent", "tribunal"]
Material: TypeAlias = Literal["weights", "answers", "set"]
Tied: TypeAlias = Literal["weights", "service"]
Share: TypeAlias = Literal["count", "matches"]
# How another copy of a session stands beside one: with the same messages, with fewer, with more,
# with others each, or with another one of that role in a place that has one.
Copy: TypeAlias = Literal["same", "less", "more", "apart", Role]

PROTOCOL: Final = 2
ROLES: Final[tuple[Role, ...]] = ("claimant", "respondent", "tribunal")
SIDES: Final[tuple[Role, ...]] = ("claimant", "respondent")
ABORT: Final = "abort"
MOST: Final = 10_000  # tensors or elements that are drawn
LEAST, LARGEST = 1, 10_000  # hundredths of an epsilon: from .01 to 100
MOST_CONTROLS: Final = 1000
LONGEST: Final = 255  # characters of a control's name


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
_REVEAL: Final = Step(name="reveal", speakers=ROLES)
_OPEN: Final = Step(name="open", speakers=SIDES)
_RESULT: Final = Step(name="result", speakers=("tribunal",))
_EXCHANGE: Final = (
    Step(name="blind", speakers=SIDES),
    Step(name="raise", speakers=SIDES),
)


def steps_of(material: Material) -> tuple[Step, ...]:
    """All steps of a session, in order; of answers nothing is opened, but asked again."""
    exchange = _EXCHANGE if material == "set" else ()
    opened = () if material == "answers" else (_OPEN,)
    return (*_BEGIN, *exchange, _REVEAL, *opened, _RESULT)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What all three agree on by joining.

    Attributes:
        material: What is compared.
        keys: Public key (32 bytes, hex) of each role.
        audit: How many tensors or elements of each side the second coin draws to be opened; of
            answers, how many prompts it draws to be asked again.
        both: Whether the tribunal hands each side's material on to the other, once it has both.
        share: Of sets: whether their count is told, or the matches as well.
        columns: Of sketches.
        anchors: Of sketches.
        deep: Of sketches.
        error: How much (per cent) attacks have to err: of sketches, in rows that are reckoned back;
            of answers, in how likely one is; of counts of sets, against a guess at one element.
        whole: How much (per cent) may be read as it is, at most: of weights, units in sketches, and
            tensors that are drawn; of sets, elements that are drawn or found by guessing.
        battery: Of answers: name of the battery that the first coin draws.
        items: Of answers: how many prompts it has.
        repeat: Of answers: how often each is asked.
        epsilon: Of sets: hundredths of the epsilon with which counts are released; 0: exactly.
        controls: With an epsilon: how many controls are counted, so that nobody chooses the scale
            of the noise once it knows the noise.
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
    battery: str = ""
    items: int = 0
    repeat: int = 0
    epsilon: int = 0
    controls: int = 0

    def __post_init__(self) -> None:
        if set(self.keys) != set(ROLES) or len(set(self.keys.values())) < len(ROLES):
            raise CaseError("terms: expected three keys, one of each role and no two the same")
        if not 1 <= self.audit <= MOST:
            raise CaseError(f"terms: {self.audit} to be audited, expected 1 to {MOST}")
        if not (1 <= self.columns <= 1024 and 1 <= self.anchors <= 8192 and 0 <= self.deep < 10**7):
            raise CaseError("terms: parameters that no sketch has")
        if not (0 <= self.error <= 100 and 0 <= self.whole <= 100):
            raise CaseError("terms: bounds of a leak are per cent, from 0 to 100")
        asked = bool(self.battery) and 1 <= self.items <= MOST and 1 <= self.repeat <= 100
        none = (self.battery, self.items, self.repeat) == ("", 0, 0)
        if not (asked if self.material == "answers" else none):
            raise CaseError(
                f"terms: a battery of 1 to {MOST} prompts, each asked 1 to 100 times, is of "
                "answers, and nothing else has one"
            )
        if self.epsilon and not LEAST <= self.epsilon <= LARGEST:
            raise CaseError(
                f"terms: epsilon {self.epsilon}, expected {LEAST} to {LARGEST} per cent"
            )
        if self.epsilon and (self.material, self.share) != ("set", "count"):
            raise CaseError("terms: an epsilon is of counts of sets, not of what matches")
        if not 0 <= self.controls <= (MOST_CONTROLS if self.epsilon else 0):
            raise CaseError(
                f"terms: {self.controls} controls; with an epsilon it is 0 to {MOST_CONTROLS}, and "
                "without one any number may be counted"
            )


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
        drawn: What the second coin drew: names of tensors, places of elements, prompts.
        of: How many it could draw.
        used: How many of those are compared: the others may be there to be drawn in their place.
        opened: Bytes that were opened to the tribunal.
        nbytes: Bytes of the whole material.
        beside: Files of the material that are no tensors and were not opened.
        tensors: How many tensors were seen, with those that frames are made of.
        values: Numbers of the material that were reckoned again; of answers, how many there are.
        lacking: Answers that are not there.
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
    lacking: int = 0
    moved: int = 0
    unsummed: tuple[str, ...] = ()
    failed: str = ""

    def __post_init__(self) -> None:
        numbers = (self.of, self.used, self.opened, self.nbytes, self.tensors, self.values)
        many = len(set(self.drawn)) <= self.of and len(set(self.drawn)) == len(self.drawn)
        if min(*numbers, self.lacking, self.moved) < 0 or not many or self.used > self.of:
            raise CaseError(f"the {self.role}'s audit: numbers that no audit has")

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

    def __post_init__(self) -> None:
        if not (0 < len(self.name) <= LONGEST and 0 <= self.common <= self.size and self.size):
            raise CaseError(
                f"{self.common} of a control's {self.size} elements in common; no count"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How many elements two sets have in common.

    Attributes:
        sizes: Of the claimant's and the respondent's.
        common: Elements of both; with noise, where the terms have an epsilon.
        controls: What the claimant's set has of others; likewise.
        scale: Of the discrete Laplace noise in each count; 0 without.
        once: Controls that hold the same elements as another one and do not count again: their
            name, and that of the one that counts.
    """

    sizes: tuple[int, int]
    common: int
    controls: tuple[Control, ...] = ()
    scale: float = 0.0
    once: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if min(self.sizes) < 1 or not 0 <= self.common <= self.sizes[1] or not self.scale >= 0:
            raise CaseError(f"{self.common} in common of sets of {self.sizes}; no count")
        names = [one.name for one in self.controls]
        if len(set(names)) < len(names) or not {first for _, first in self.once} <= set(names):
            raise CaseError("a control is named twice, or holds the same as one that is not there")

    @property
    def p(self) -> float:
        """Rank of the respondent among the controls: by share or by number, whichever is larger.

        Either rank is exact if all were drawn alike, size and noise included. Both are asked, so
        that no set that shares nothing in particular comes first by its size alone: a large one by
        number, or a small one by share. A copier does gain by its size: texts of its own, added to
        what it copied, lower its share, so that p rises (`tools/set_trials.py` says how much). Its
        rank by number stays small then, which a large set can have without copying.
        """
        return max(self.p_by_share, self.p_by_number)

    @property
    def p_by_share(self) -> float:
        """Rank by the share of its elements that the claimant's set has."""
        share = self.common / self.sizes[1]
        return self._rank(sum(one.common / one.size >= share for one in self.controls))

    @property
    def p_by_number(self) -> float:
        """Rank by the number of its elements that the claimant's set has."""
        return self._rank(sum(one.common >= self.common for one in self.controls))

    def _rank(self, before: int) -> float:
        return (1 + before) / (1 + len(self.controls))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """Whether a side's answers are those of something else that was asked the same.

    Attributes:
        role: Whose answers.
        to: The weights that it sealed, run by whoever holds them; or its service, asked again.
        digest: SHA-256 (hex) of those other answers.
        found: What each test says.
    """

    role: Role
    to: Tied
    digest: str
    found: tuple[Finding | Absent, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A file from which a result was reckoned: its place in the tribunal's folder, its SHA-256."""

    name: str
    digest: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the tribunal found.

    Attributes:
        session: Id, hex.
        seed: What the first coin gave: of sketches, or of the battery; in decimal digits, since
            JSON has no whole numbers so large. Empty of sets.
        bounds: What the audit of each side found.
        found: The comparison of weights or of answers; None if a material was none.
        shared: The comparison of sets; likewise.
        digest: SHA-256 (hex) of its report; empty if there is none.
        ties: What ties each side's answers to anything.
        battery: Of answers: what was asked.
        basis: Every file that this was reckoned from: materials, openings, controls, ties.
    """

    session: str
    seed: str
    bounds: tuple[Bound, ...]
    found: Examination | None = None
    shared: Shared | None = None
    digest: str = ""
    ties: tuple[Tie, ...] = ()
    battery: str = ""
    basis: tuple[Basis, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One message of a course: its step, who said it, its digest, and of an abort the reason."""

    number: int
    step: str
    sender: Role
    digest: str
    reason: str = ""


# What came of reckoning a result again; other numbers by other versions accuse nobody.
Derived: TypeAlias = Literal["not-kept", "same", "differs", "other-versions"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTold:
    """A session as a case keeps it: its course, and what the tribunal signed.

    Attributes:
        session: Id, hex.
        terms: What all agreed on.
        course: Its messages, in order.
        step: The step that is not complete; empty if it has ended.
        awaited: Who has to speak in it.
        aborted: Who ended it before a result; empty if nobody did.
        told: What the tribunal found; None before a result.
        report: SHA-256 (hex) of its report; empty before a result.
        again: Whether the same follows from the materials, where the case keeps them.
    """

    session: str
    terms: Terms
    course: tuple[Spoken, ...]
    step: str = ""
    awaited: tuple[Role, ...] = ()
    aborted: Role | Literal[""] = ""
    told: Compared | None = None
    report: str = ""
    again: Derived = "not-kept"

    @property
    def held(self) -> bool:
        """Whether both sides' materials are those of what they sealed, by what the result says."""
        return self.told is not None and not any(bound.failed for bound in self.told.bounds)

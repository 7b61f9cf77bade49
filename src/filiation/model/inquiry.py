"""Inquiry: a question about exhibits of one party alone, with no second model to hold them against.

*Do these accounts act as one?* is put to a log, *was it trained on what it was served?* to a record
of served answers and their twins, *did it come about without the source?* to the history of a
training. Each has its plan, fixed before its lot; the lot is the coin of the case; and a result
that follows from what the case keeps. A session in which two sides compared what they do not show
each other is asked what came of it; plan and coins are its own. So is the plan of what a machine
examined that neither side runs.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, final

from filiation.errors import CaseError
from filiation.model.attested import WorkloadTold
from filiation.model.blind import Copy, SessionTold
from filiation.model.campaigns import CampaignPlan, Campaigns
from filiation.model.owner import OwnerExamination
from filiation.model.training import HistoryExamined

__all__ = [
    *("CAMPAIGNS", "HISTORY_METHOD", "SERVED_TWINS", "SESSION", "TRAINED", "Disclosed"),
    *("GroupsPlan", "HistoryPlan", "InCase", "Inquiry", "Question", "SourceFile", "TwinsShown"),
    *("WORKLOAD", "groups_plan", "history_plan"),
]

Question: TypeAlias = Literal["campaigns", "served-twins", "history", "session", "workload"]
CAMPAIGNS: Final = "campaigns"
SERVED_TWINS: Final = "served-twins"
TRAINED: Final = "history"
SESSION: Final = "session"
WORKLOAD: Final = "workload"
HISTORY_METHOD: Final = "history/3"
LARGEST: Final = 1 << 12  # bytes of a plan


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPlan:
    """What is fixed of the examination of a log before its coin is tossed.

    Channels, claims and how they combine are those of the method's version. There is no seed: it
    follows from this plan and the coin.

    Attributes:
        case: Id of the case.
        exhibit: The log's name there.
        log: Its digest.
        level: False discovery rate over groups, for each claim apart.
        most: How many groups are tested.
        draws: At least so many under each null.
        method: Version of the method.
    """

    case: str
    exhibit: str
    log: str
    level: float
    most: int
    draws: int
    method: str

    @property
    def raw(self) -> bytes:
        """Its bytes: the same fields, the same bytes."""
        return _raw(self, CAMPAIGNS)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of its bytes."""
        return hashlib.sha256(self.raw).hexdigest()

    def seeded(self, coin: str) -> CampaignPlan:
        """The plan with the seed that a coin gives: nobody knew it when the plan was fixed."""
        drawn = hashlib.sha256(f"filiation log {self.digest} {coin}".encode()).hexdigest()
        return CampaignPlan(
            log=self.log,
            level=self.level,
            seed=int(drawn[:13], 16),
            most=self.most,
            draws=self.draws,
            method=self.method,
        )


def groups_plan(raw: bytes, what: str) -> GroupsPlan:
    """Read what `GroupsPlan.raw` wrote.

    Raises:
        CaseError: Something else, or fields that no plan has.
    """
    said = _said(raw, CAMPAIGNS, what)
    try:
        plan = GroupsPlan(**said | {"level": float(said["level"])})
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise CaseError(f"{what}: {error!a:.80}; it was altered") from error
    texts = (plan.case, plan.exhibit, plan.log, plan.method)
    counts = (plan.most, plan.draws)
    _typed(what, texts, counts)
    _as_written(what, plan.raw, raw)
    return plan


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPlan:
    """What is fixed of the examination of a training history before its coin is tossed.

    The coin gives the seed of every random stream, and the lot that draws the interval to be
    trained again; claims, levels and bands are those of the method's version.

    Attributes:
        case: Id of the case.
        exhibit: The history's name there.
        history: Its digest.
        source: Name of the exhibit that it should be independent of.
        source_digest: Digest of that one.
        final: Name of the exhibit that it should end in; empty if that is not asked.
        final_digest: Digest of that one; empty likewise.
        published: When the source was published, YYYY-MM-DD; empty if that is not asked.
        roots: SHA-256 (hex) of the certificates that are trusted; empty if none are.
        bands: SHA-256 (hex) of the bands of real trainings.
        method: Version of the method.
    """

    case: str
    exhibit: str
    history: str
    source: str
    source_digest: str
    final: str = ""
    final_digest: str = ""
    published: str = ""
    roots: str = ""
    bands: str
    method: str = HISTORY_METHOD

    @property
    def raw(self) -> bytes:
        """Its bytes: the same fields, the same bytes."""
        return _raw(self, TRAINED)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of its bytes."""
        return hashlib.sha256(self.raw).hexdigest()

    def seed(self, coin: str) -> int:
        """The seed that a coin gives."""
        return int(self.lot(coin)[:13], 16)

    def lot(self, coin: str) -> str:
        """The lot that a coin gives: nobody knew it when history and plan were fixed."""
        return hashlib.sha256(f"filiation history {self.digest} {coin}".encode()).hexdigest()


def history_plan(raw: bytes, what: str) -> HistoryPlan:
    """Read what `HistoryPlan.raw` wrote.

    Raises:
        CaseError: Something else, or fields that no plan has.
    """
    said = _said(raw, TRAINED, what)
    try:
        plan = HistoryPlan(**said)
    except TypeError as error:
        raise CaseError(f"{what}: {error!a:.80}; it was altered") from error
    _typed(what, said.values(), ())
    _as_written(what, plan.raw, raw)
    return plan


def _raw(plan: "GroupsPlan | HistoryPlan", question: Question) -> bytes:
    fields = {"question": question, **{name: getattr(plan, name) for name in plan.__slots__}}
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _said(raw: bytes, question: Question, what: str) -> dict[str, Any]:
    try:
        said = json.loads(raw) if len(raw) <= LARGEST else None
        if not isinstance(said, dict) or said.pop("question", None) != question:
            raise ValueError(f"no plan of a question about a {question}")
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{what}: {error!a:.80}; it was altered") from error
    return said


def _typed(what: str, texts: Iterable[object], counts: Iterable[object]) -> None:
    if not all(type(one) is str for one in texts) or not all(type(one) is int for one in counts):
        raise CaseError(f"{what}: a field is of another type than a plan's; it was altered")


def _as_written(what: str, again: bytes, raw: bytes) -> None:
    if again != raw:
        raise CaseError(f"{what}: written otherwise than this version writes; it was altered")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file from which a log was reduced: its digest, and the exhibit that holds it, if one does.

    Attributes:
        sha256: SHA-256 (hex).
        exhibit: Name of an exhibit of the case with that file; empty if there is none.
    """

    sha256: str
    exhibit: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InCase:
    """What the case shows of how an inquiry came about.

    Attributes:
        exhibit: What was examined.
        offered_by: Who put it in.
        entered: By which event.
        planned: By which event its plan was fixed; of a lot that was committed to, that event.
        planned_by: Who signed that one.
        plan: Digest of the plan, or of the commitment.
        coin: Event of the coin that gave the lot.
        tossed_by: Who tossed it.
        place: How many plans of this question had got their coin in this case by then, this one
            among them; of a commitment, which of its party's it is.
        others: Other logs, records of served answers or histories that the same party had put in
            by then, by name: each is a further look.
        files: The files that it was reduced from; of served answers, the list that was drawn.
        drawn_again: Whether the case keeps that list, so that its lot is drawn again each time.
        source: Of a history alone: the exhibit that it should be independent of.
        final: Likewise, the one that it should end in; empty if that was not asked.
        interval: Likewise, the checkpoint from which its lot has it trained again.
        again: Likewise, the exhibits that are ends of repetitions, with who put each in.
        again_entered: Of each of these, by which event it was put in.
        earlier: Of a history: coins that were tossed before for plans of these checkpoints, in
            whichever exhibit: the exhibit's name, and the event of the coin.
        published: Likewise, the day on which the source is said to have been published.
        sides: Of a session: each role, and the party of the case whose key signed for it; empty
            where no party has that key. Of a workload: each side, and the party that had committed
            to the seal of its model by then; empty where none had.
        copies: Of a session: other exhibits that are copies of the same one, whole or cut, and how
            each stands beside it.
    """

    exhibit: str
    offered_by: str
    entered: int
    planned: int
    planned_by: str
    plan: str
    coin: int
    tossed_by: str
    place: int
    others: tuple[str, ...] = ()
    files: tuple[SourceFile, ...] = ()
    drawn_again: bool = False
    source: str = ""
    final: str = ""
    interval: int | None = None
    again: tuple[tuple[str, str], ...] = ()
    again_entered: tuple[int, ...] = ()
    earlier: tuple[tuple[str, int], ...] = ()
    published: str = ""
    sides: tuple[tuple[str, str], ...] = ()
    copies: tuple[tuple[str, Copy], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """The words behind a signature, as the party that put the log in tells them.

    Attributes:
        hashed: The signature (16 hex digits).
        text: The template, slots as `…`.
        by: Who says so.
        event: In which event.
    """

    hashed: str
    text: str
    by: str
    event: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TwinsShown:
    """What is drawn of a test of served answers.

    Attributes:
        observed: Its statistic.
        draws: The same with any answer of each prompt in the served one's place, by lot.
        subject: How many served answers stand in each place among their twins, by what the
            subject finds likely; the likeliest first.
        source: The same by the source's own reckoning, of all exchanges.
        others: The same by the subject, of answers that were served to others; empty if none were.
    """

    observed: float
    draws: tuple[float, ...]
    subject: tuple[int, ...]
    source: tuple[int, ...]
    others: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.subject) == len(self.source) == len(self.others or self.source):
            raise CaseError("served answers are shown in more places by one than by another")
        if not self.draws or min(*self.subject, *self.source, *self.others, 0) < 0:
            raise CaseError("a test of served answers is shown without a draw, or with no count")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question about one exhibit, answered.

    Attributes:
        question: Which.
        asked: How the case came to it.
        environment: Versions of what computed the numbers.
        campaigns: The log, examined; of that question alone.
        twins: The test of served answers; of that question alone.
        shown: What is drawn of that test; None where nothing was found out.
        trained: The history, claim by claim; of that question alone.
        session: The session; of that question alone.
        workload: What a machine examined; of that question alone.
    """

    question: Question
    asked: InCase
    environment: tuple[str, ...]
    campaigns: Campaigns | None = None
    twins: OwnerExamination | None = None
    shown: TwinsShown | None = None
    trained: HistoryExamined | None = None
    session: SessionTold | None = None
    workload: WorkloadTold | None = None
    schema_version: Literal[1] = 1

    def __post_init__(self) -> None:
        held: dict[Question, object | None] = {
            "campaigns": self.campaigns, "served-twins": self.twins, "history": self.trained,
            "session": self.session, "workload": self.workload,
        }  # fmt: skip
        if held.pop(self.question) is None or any(one is not None for one in held.values()):
            raise CaseError(f"inquiry {self.question}: holds another answer than its question's")

    @property
    def tool(self) -> str:
        """Name and version of the program that made it."""
        made = self.campaigns or self.twins
        return made.tool if made is not None else "filiation"

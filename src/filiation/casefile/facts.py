"""What each verb states in its event. A verb's laws towards other events are in `state`."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, TypeAlias, final, get_args

from pydantic import TypeAdapter, ValidationError

from filiation.casefile.document_facts import (
    DocumentFact,
    Judged,
    Numbered,
    Privileged,
    Produced,
    Queried,
    Redacted,
    Ruled,
    Tagged,
)
from filiation.casefile.inquiry_facts import Inquired, InquiryFact, Posed, Worded
from filiation.casefile.ledger.event import unfit
from filiation.casefile.lot_facts import Committed, Tossed
from filiation.casefile.time_facts import (
    Allowed,
    Closed,
    Extended,
    Resumed,
    Served,
    Stopped,
    Terms,
)
from filiation.errors import CaseError
from filiation.model.filtration import FragmentClass
from filiation.model.inquiry import CAMPAIGNS

__all__ = [
    *(
        "ALTERNATIVES",
        "Alternative",
        "Commented",
        "Decided",
        "Drawn",
        "Examined",
        "Exhibited",
    ),
    *("Exported", "Fact", "Joined", "Opened", "Opined", "Planned", "Reach", "Reckoned", "Reported"),
    "Reclassed",
    *("Reviewed", "Role", "Stamped", "Stated", "Unmasked", "fact_fields", "read_fact"),
    "Allowed",
    "Closed",
    "Committed",
    "DocumentFact",
    "Extended",
    "Inquired",
    "Judged",
    "Numbered",
    "Posed",
    "Tossed",
    "Privileged",
    "Produced",
    "Queried",
    "Redacted",
    "Resumed",
    "Ruled",
    "Served",
    "Stopped",
    "Tagged",
    "Worded",
]

Role: TypeAlias = Literal["lead", "examiner", "reviewer", "claimant", "respondent", "observer"]
Alternative: TypeAlias = Literal[
    "shared-data", "shared-teacher", "shared-recipe", "licence", "convergence"
]
ALTERNATIVES: Final[dict[str, str]] = {
    "shared-data": "Both models were trained on the same data, independently of each other.",
    "shared-teacher": "Both models were trained on the outputs of the same third model.",
    "shared-recipe": "Both models were made by the same published recipe, independently.",
    "licence": "The subject derives from the source with permission or under a licence.",
    "convergence": "The two models were trained independently and came to resemble each other.",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The first event: who leads, how time is counted, and under which edition of the laws.

    Edition 1 is that of cases opened before it was stated: the lead could put in for anybody, a
    decision needed no claim, and the head of the log was anybody's. It binds those cases alone.
    """

    title: str
    lead: str
    name: str
    received: date
    days: int = 60
    counting: Literal["calendar", "working"] = "calendar"
    jurisdiction: str = ""
    subdivision: str = ""
    laws: int = 1
    terms: Terms = field(default_factory=Terms)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A party and, if it signs for itself, its key; otherwise the lead records what it says."""

    party: str
    name: str
    role: Role
    key: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibited:
    """What a party put in: one kind of material of a model, or files that no method reads.

    `kind` is the id of a kind of material, or of one that is examined alone, or `files`. `stood_by`
    names who was present, by the word of the lead, where the lead recorded what was handed over.
    """

    exhibit: str
    kind: str
    digest: str
    offered_by: str
    how: str
    held: Literal["referenced", "copied"]
    files: int
    size: int
    stood_by: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a party says. An alternative explanation is a proposition of its own.

    `submission` is the envelope that the party signed at its own desk, where the lead received one.
    """

    kind: Literal["claim", "answer", "submission"]
    party: str
    title: str
    alternative: Alternative | None = None
    proposition: str = ""
    confidential: bool = False
    stood_by: tuple[str, ...] = ()
    submission: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """A remark on a document, an event or a finding; for its author, for all, or exculpatory.

    `about` is PRODUCTION:NUMBER, or the number of an event, of an examination also with the place
    of a finding (`13#finding-1-3`). What speaks for the respondent everybody sees, and it stays.
    """

    by: str
    about: str
    reach: Literal["own", "shared", "exculpatory"] = "own"

    @property
    def shared(self) -> bool:
        """Does everybody see it, in every export?"""
        return self.reach != "own"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, or with `because` an amendment of the plan before.

    `seed` and `levels` (kind of material, and the level of its question) are those of the plan's
    bytes: laws of the case bind them. `subject` and `source` name an exhibit for each kind;
    `earlier` one of an older version of the subject, or none; `components` are public.
    """

    digest: str
    subject: tuple[str, ...]
    source: tuple[str, ...]
    controls: tuple[str, ...]
    seed: int
    levels: tuple[tuple[str, float], ...]
    families: tuple[tuple[str, str], ...] = ()
    because: str = ""
    earlier: tuple[str, ...] = ()
    components: tuple[str, ...] = ()

    @property
    def exhibits(self) -> tuple[str, ...]:
        """All exhibits that the plan names."""
        others = (*self.controls, *self.components, *self.earlier)
        return (*self.subject, *self.source, *others)

    def level(self, kind: str) -> float | None:
        """The level of the question about one kind of material; None if there is none."""
        return dict(self.levels).get(kind)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one question could find at best: the smallest share inherited, None if not known."""

    kind: str
    share: float | None
    cosine: float
    because: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """What exhibits and controls could show at best, question by question."""

    plan: str
    reaches: tuple[Reach, ...]
    controls: int
    least_rank_p: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A plan was carried out."""

    plan: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A line-up under code names. Who is who is committed to, not told."""

    lineup: str
    source: str
    codes: tuple[str, ...]
    commitment: str
    description: str
    plan: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opined:
    """Which members of a line-up stand out, in the examiner's opinion. None: no one does."""

    lineup: str
    stand_out: tuple[str, ...]
    words: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unmasked:
    """The names behind the codes were shown."""

    lineup: str
    names: tuple[tuple[str, str], ...]
    salt: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A second person computed it again; the last digits of `moved` figures differed."""

    examination: int
    same_bytes: bool
    moved: int = 0
    agrees: bool
    words: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassed:
    """Functions of source code in other classes than the proposed ones, each with the reason.

    Of each the id in the ledger of the examination, the class and the words.
    """

    examination: int
    moves: tuple[tuple[str, FragmentClass, str], ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the lead decides, and why; `supersedes` is the event of the decision that it ends."""

    outcome: Literal["dismiss", "escalate", "need-more"]
    because: str
    supersedes: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report on an examination was issued.

    Attributes:
        examination: Its event.
        profile: The rules an expert report answers to; empty for the report of every examination.
        on: The day of an expert report, on which its clock is read.
        size: Events that an expert report, or one on a question about one exhibit, was written
            from; 0 for the other.
        root: Root (hex) of these.
        typesetter: Name and version of what set the PDF; empty if none was made.
    """

    examination: int
    profile: str = ""
    on: date | None = None
    size: int = 0
    root: str = ""
    typesetter: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A time-stamp authority has seen a head of the log."""

    size: int
    root: str
    time: str
    authority: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Something was made for a party: from this head, with these events whole."""

    party: str
    form: Literal["sub-case", "case-uco", "cyclonedx"]
    size: int
    root: str
    whole: int


Fact: TypeAlias = (
    Opened | Joined | Exhibited | Stated | Planned | Reckoned | Examined | Drawn | Opined
    | Unmasked | Reviewed | Reclassed | Decided | Stopped | Resumed | Reported | Stamped | Exported
    | Committed | Tossed | Commented | Served | Allowed | Extended | Closed
    | InquiryFact | DocumentFact
)  # fmt: skip
# Fields that came later: an event that says nothing in them is written as older ones were.
LATER: Final = {
    "planned": ("components",),
    "posed": ("question", "source", "final"),
    "inquired": ("again", "expected", "roots"),
}
KINDS: Final[dict[str, TypeAdapter[Any]]] = {
    kind.__name__.lower(): TypeAdapter(kind) for kind in get_args(Fact)
}


def fact_fields(fact: Fact) -> dict[str, Any]:
    """A fact as JSON, with its kind."""
    kind = type(fact).__name__.lower()
    found = KINDS[kind].dump_python(fact, mode="json")
    for name in LATER.get(kind, ()):
        if not found[name] or found[name] == CAMPAIGNS:
            del found[name]
    return {"kind_of_fact": kind, **found}


def read_fact(fields: dict[str, Any], what: str) -> Fact:
    """A fact from JSON.

    Raises:
        CaseError: No such kind, or fields that it does not have.
    """
    kind = KINDS.get(str(fields.get("kind_of_fact")))
    if kind is None:
        raise CaseError(f"{what}: states {fields.get('kind_of_fact')!r}, which this version lacks")
    rest = {name: value for name, value in fields.items() if name != "kind_of_fact"}
    try:
        found: Fact = kind.validate_python(rest, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CaseError(f"{what}: {where}: {unfit(first)}") from error
    return found

"""What was found of a log: groups of accounts, what speaks for each, and under which plan."""

import hashlib
import itertools
import json
import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.errors import FindingError, UsageError

__all__ = ["ALIKE", "CHANNELS", "CLAIMS", "LEVEL", "MOST", "CampaignPlan", "Campaigns", "Claim",
           "FoundGroup", "SharedSignature", "Spoken", "seed_of"]  # fmt: skip

SCHEMA: Final = 1
LEVEL: Final = 0.05  # false discovery rate, unless a plan says otherwise
MOST: Final = 200  # groups that are tested, likewise
SHORTEST, LONGEST = 12, 200  # characters of a later value
CHANNELS: Final = (
    "sharing", "together", "pivot", "coverage", "compensation", "division", "replacement",
    "dealing",
)  # fmt: skip
# Averages of e-values: channels read the same rows and may depend on each other.
ALIKE: Final = ("together", "pivot", "coverage", "compensation", "replacement")

Claim: TypeAlias = Literal["template", "alike", "hand"]
CLAIMS: Final[tuple[Claim, ...]] = ("template", "alike", "hand")


def seed_of(log: str, later: str = "") -> int:
    """The seed that belongs to a log, 52 bits.

    From the digest alone nobody chooses it but who writes the log, who can write it again. `later`
    is a value that others fixed after they had the digest; then he cannot either.
    """
    said = f"filiation log {log} later {later}" if later else f"filiation log {log}"
    return int(hashlib.sha256(said.encode()).hexdigest()[:13], 16)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """What is fixed before a log is looked at.

    Attributes:
        log: Digest of the reduced log.
        level: False discovery rate over groups, for each claim apart.
        seed: Of every random stream, the choice of held days among them.
        most: How many groups are tested, those with most evidence on the open days.
        draws: At least so many under each null; more where there are many groups.
        method: Version of the method.
        later: What was fixed by others after the log's digest was lodged, and the seed follows from
            as well; empty if nothing was.
    """

    log: str
    level: float = LEVEL
    seed: int = 0
    most: int = MOST
    draws: int = 9_999
    method: str = "campaigns/2"
    later: str = ""

    def __post_init__(self) -> None:
        if not 1e-6 <= self.level <= 0.2:
            raise UsageError(f"level {self.level}: expected .000001 to .2, a false discovery rate")
        if not 1 <= self.most <= 1000:
            raise UsageError(f"{self.most} groups: expected 1 to 1,000")
        if not 99 <= self.draws <= 1_000_000:
            raise UsageError(f"{self.draws} draws: expected 99 to 1,000,000")
        if not 0 <= self.seed < 1 << 53:
            raise UsageError(f"seed {self.seed}: expected a number of 53 bits, as JSON holds")
        fits = SHORTEST <= len(self.later) <= LONGEST and self.later.isprintable()
        if self.later and not fits:
            raise UsageError(
                f"a later value of {len(self.later):,} characters: expected {SHORTEST} to "
                f"{LONGEST} that can be printed, such as a word of the other party's or the "
                "randomness of a beacon's round"
            )

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of its fields."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "later"}
        fields |= {"later": self.later} if self.later else {}
        line = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(line.encode()).hexdigest()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One channel's word on a group.

    Attributes:
        id: Which channel.
        observed: Its statistic; None where it could not be asked, as below.
        expected: The same under its null, on average.
        log_p: Natural log of p; 0 where it could not be asked.
        log_e: Natural log of its e-value; 0 where it could not be asked.
        reason: Why it could not be asked; empty if it was.
        draws: Some of the values under the null.
    """

    id: str
    observed: float | None
    expected: float | None
    log_p: float
    log_e: float
    reason: str = ""
    draws: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.id not in CHANNELS:
            raise FindingError(f"channel {self.id!r}, expected one of {', '.join(CHANNELS)}")
        if not (math.isfinite(self.log_p) and self.log_p <= 0.0 and math.isfinite(self.log_e)):
            raise FindingError(f"{self.id}: log p {self.log_p}, log e {self.log_e}; not a finding")
        if (self.observed is None) != bool(self.reason):
            raise FindingError(f"{self.id}: says neither what was seen nor why nothing was")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSignature:
    """A signature of a group's family, as held days show it.

    Attributes:
        of: Of what: `template`, `system`, ..
        hashed: The signature (16 hex digits).
        members: Accounts of the group that used it on held days.
        others: Other accounts that did.
        requests: The group's requests with it, on those days.
    """

    of: str
    hashed: str
    members: int
    others: int
    requests: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroup:
    """Accounts that were found together on open days and tested on held ones.

    Attributes:
        members: Hashed names (32 hex digits), ascending.
        requests: Of its members, on all days.
        of_family: How many of them bear a signature of its family.
        first: Minute of the first of those.
        last: Of the last.
        payments: Distinct ways of paying among members that state one.
        paying: Members that state one.
        networks: Distinct networks among members that state one.
        on_networks: Members that state one.
        alone: Other accounts that use a template of its family on held days.
        spoken: Every channel, in their order.
        claims: What the plan's level allows to be said.
        activity: Of each of the busiest members: days on which it made requests of the family, from
            the log's first, ascending, each with how many.
        shown: Names of these members, in the same order.
        shared: The signatures of its family that most of its accounts used on held days, of
            templates first.
        sharing: How many signatures the family has in all.
    """

    members: tuple[str, ...]
    requests: int
    of_family: int
    first: int
    last: int
    payments: int
    paying: int
    networks: int
    on_networks: int
    alone: int
    spoken: tuple[Spoken, ...]
    claims: tuple[Claim, ...]
    activity: tuple[tuple[tuple[int, int], ...], ...]
    shown: tuple[str, ...]
    shared: tuple[SharedSignature, ...] = ()
    sharing: int = 0

    def __post_init__(self) -> None:
        if tuple(one.id for one in self.spoken) != CHANNELS:
            raise FindingError("a group's channels are not all there, or in another order")
        if len(self.members) < 2:
            raise FindingError("a group of fewer than two accounts")
        if len(self.activity) != len(self.shown) or not {*self.shown} <= {*self.members}:
            raise FindingError("a group's days are of other accounts than are its members")
        for days in self.activity:
            ascending = all(one < two for (one, _), (two, _) in itertools.pairwise(days))
            if not ascending or any(day < 0 or count < 1 for day, count in days):
                raise FindingError("a group's days are out of order, or without a request")
        if len(self.shared) > self.sharing or not 0 <= self.of_family <= self.requests:
            raise FindingError("a group shows more than it has")

    def channel(self, name: str) -> Spoken:
        """One channel."""
        return self.spoken[CHANNELS.index(name)]

    def log_e(self, claim: Claim) -> float:
        """Log of the e-value for a claim."""
        if claim == "template":
            return self.channel("sharing").log_e
        if claim == "alike":
            return self._mean(ALIKE)
        # Both nulls must fall: that nobody deals, and that everybody asks for himself.
        # Division weighs nothing: accounts with material of their own overlap as little.
        return min(self.channel("compensation").log_e, self.channel("dealing").log_e)

    def _mean(self, names: tuple[str, ...]) -> float:
        values = [self.channel(name).log_e for name in names]
        top = max(values)
        return top + math.log(math.fsum(math.exp(one - top) for one in values) / len(values))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Campaigns:
    """A log, examined.

    Attributes:
        tool: Name and version of the program.
        plan: What was fixed before.
        name: What the log is called.
        rows: Requests in it.
        read: Rows that were read, kept or set aside.
        aside: Why rows were set aside, and how many.
        accounts: How many.
        first_day: Number of the first day since 1970 (UTC).
        days: How many it covers, from that on.
        held: Which of them were held back, ascending, counted from the first.
        proposed: Groups found on open days, in all.
        groups: Those that were tested.
        planned: Whether a plan was given, or made with the examination.
    """

    tool: str
    plan: CampaignPlan
    name: str
    rows: int
    read: int
    aside: tuple[tuple[str, int], ...]
    accounts: int
    first_day: int
    days: int
    held: tuple[int, ...]
    proposed: int
    groups: tuple[FoundGroup, ...]
    planned: bool
    schema_version: int = SCHEMA

    def __post_init__(self) -> None:
        last = [row[-1][0] for group in self.groups for row in group.activity if row]
        if max([*self.held, *last], default=-1) >= self.days or min(self.held, default=0) < 0:
            raise FindingError(f"{self.name}: days beyond the {self.days:,} that it covers")

    @property
    def named(self) -> tuple[FoundGroup, ...]:
        """Those of which something may be said, the strongest claim first."""
        said = [group for group in self.groups if group.claims]
        return tuple(sorted(said, key=lambda one: -max(map(CLAIMS.index, one.claims))))

    def saying(self, claim: Claim) -> tuple[FoundGroup, ...]:
        """Groups of which a claim may be made."""
        return tuple(group for group in self.groups if claim in group.claims)

"""What an owner fixed before a lot was drawn, and how it was drawn: nobody's choice in between."""

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final, get_args

from filiation.errors import UnreadableError, UsageError
from filiation.model.served import TwinsPlan

__all__ = ["CaseCoin", "Drand", "Drawn", "Missing", "OwnerTest", "Rule", "Sealed"]

OwnerTest: TypeAlias = Literal["training-order", "canary", "keyed", "served-twins"]
Missing: TypeAlias = Literal["worst", "refuse"]
Rule: TypeAlias = Literal["contains", "starts"]

DIGEST: Final = re.compile("[0-9a-f]{64}")
MOST_LOTS: Final = 1_000
MOST_REFERENCES: Final = 100


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drand:
    """One round of a public beacon (drand): a signature nobody can know before its time.

    Attributes:
        public_key: Of the chain, hex; the signature of a round verifies under it.
        genesis: Unix time of round 1, in seconds.
        period: Seconds between rounds.
        round: Which round gives the lot.
    """

    public_key: str
    genesis: int
    period: int
    round: int

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9a-f]{192}", self.public_key):
            raise UnreadableError("drand: no public key of 96 bytes (hex), expected one on G2")
        if not (0 < self.genesis < 1 << 40 and 0 < self.period < 1 << 20):
            raise UnreadableError(f"drand: genesis {self.genesis}, period {self.period}: no times")
        if not 0 < self.round < 1 << 40:
            raise UnreadableError(f"drand: round {self.round}, expected 1 or later")

    @property
    def time(self) -> int:
        """Unix time at which the round is due, in seconds."""
        return self.genesis + (self.round - 1) * self.period


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCoin:
    """The coin that the lead of a case tosses for this commitment, as an event of the case."""

    case: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """All that an owner could have chosen, fixed before the lot is drawn.

    Attributes:
        test: Which test it is for.
        pool: SHA-256 (hex) of the texts or prompts, without any lot.
        nonce: 32 bytes (hex) that keep the lot secret when the public value is out.
        level: Of all lots together.
        references: SHA-256 (hex) of what was measured of references or controls on the pool.
        missing: What becomes of items that are not measured.
        rule: What counts as giving a reply (keys only).
        lots: How many lots the owner keeps; each is tested at level / lots.
        value: Which later public value gives the lots.
        plan: Snapshot, sampling, twins and prompts (served twins only).
    """

    test: OwnerTest
    pool: str
    nonce: str
    level: float
    references: tuple[str, ...]
    missing: Missing
    rule: Rule
    lots: int
    value: Drand | CaseCoin
    plan: TwinsPlan | None = None

    def __post_init__(self) -> None:
        if self.test not in get_args(OwnerTest):
            raise UnreadableError(f"sealed for the test {self.test!a:.60}, which there is not")
        if self.missing not in ("worst", "refuse"):
            raise UnreadableError(f"missing {self.missing!a:.60}, expected worst or refuse")
        if self.rule not in ("contains", "starts"):
            raise UnreadableError(f"rule {self.rule!a:.60}, expected contains or starts")
        if not all(map(DIGEST.fullmatch, (self.pool, self.nonce, *self.references))):
            raise UnreadableError("a digest or the nonce is not 64 hexadecimal digits; altered")
        if (self.plan is None) == (self.test == "served-twins"):
            raise UsageError(
                f"sealed for the test {self.test}: a plan of twins is fixed for served-twins, and "
                "for no other test; expected --plan with that test alone"
            )
        if self.plan is not None and self.references:
            raise UsageError(
                "references for served-twins: there are none; the twins are their own reference"
            )
        if len(set(self.references)) < len(self.references):
            raise UsageError("a reference twice, expected each once")
        if len(self.references) > MOST_REFERENCES:
            raise UsageError(f"more than {MOST_REFERENCES} references; expected a few")
        if not 0.0 < self.level <= 0.5:
            raise UsageError(f"level is {self.level}, expected above 0 and up to 0.5")
        if not 1 <= self.lots <= MOST_LOTS:
            raise UsageError(f"{self.lots} lots, expected 1 to {MOST_LOTS}")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How a lot was drawn, as whoever read the list checked it.

    Attributes:
        commitment: SHA-256 (hex) of everything that was fixed.
        fixed: When the commitment existed, by whoever attests it (ISO 8601).
        attested: Who attests it.
        trusted: Whether the reader named the roots of the authority himself; else the owner
            brought them.
        valued: When the public value came into being (ISO 8601), later than `fixed`.
        source: What the value is, in words.
        known: Whether the beacon is one that this program or the reader knows; else its key is the
            owner's word.
        lot: Number of the lot.
        lots: How many lots the commitment allows.
        level: Of all lots together.
        missing: What the commitment says of items that are not measured.
    """

    commitment: str
    fixed: str
    attested: str
    trusted: bool
    valued: str
    source: str
    known: bool
    lot: int
    lots: int
    level: float
    missing: Missing

    @property
    def independent(self) -> bool:
        """Whether neither authority nor beacon can be the owner's own, who could choose the lot."""
        return self.trusted and self.known

    @property
    def share(self) -> float:
        """The level of this lot alone."""
        return self.level / self.lots

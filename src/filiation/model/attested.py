"""Attestation: what a processor's maker vouches for, of the program that ran on it.

It vouches for a measurement (digests of what was loaded), and for some bytes that the program gave.
It does not vouch for whoever runs the machine, nor say which program a measurement is of.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from filiation.errors import CaseError
from filiation.model.examination import Examination

__all__ = [
    *("BOUND", "DOUBLE", "Attestation", "Chain", "CheckedAs", "Platform", "RootsHeld"),
    *("Statement", "Vouched", "WorkloadTold", "check_image"),
]

Platform: TypeAlias = Literal["nitro", "sev-snp", "tdx"]
DOUBLE: Final = "Filiation test double, no hardware"  # how the roots of this project's tests begin
BOUND: Final = 64  # bytes that a program gives: its public key, and the digest of what it signed
HEX: Final = frozenset("0123456789abcdef")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The certificates from the key that signed up to a root that was given.

    Attributes:
        names: Subjects, the signer's first, the root's last.
        root: SHA-256 (hex) of the root's DER.
        begin: When all of them are valid first (RFC 3339, UTC).
        end: When all of them are valid last.
        lists: How many lists of revoked certificates were looked into.
        given: How many were given, those of other issuers among them.
        listed: Of when the oldest is that was looked into (RFC 3339, UTC); empty if none was.
    """

    names: tuple[str, ...]
    root: str
    begin: str
    end: str
    lists: int = 0
    given: int = 0
    listed: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An attestation document whose signatures hold.

    Attributes:
        platform: Whose format it has.
        version: Of that format.
        measurements: Name and digest (hex) of what was loaded, by the platform's own names.
        user_data: What the program gave, hex.
        others: Further fields, by the platform's own names.
        chain: Who vouches.
        made: When, by the document itself (RFC 3339, UTC); empty if it does not say.
        debug: Whether whoever runs the machine could read and change the program while it ran.
    """

    platform: Platform
    version: str
    measurements: tuple[tuple[str, str], ...]
    user_data: str
    chain: Chain
    others: tuple[tuple[str, str], ...] = ()
    made: str = ""
    debug: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a workload signs beside its examination.

    Attributes:
        key: Raw Ed25519 public key (hex) that was made for this examination.
        subject: Digest (hex) of the seal of the model under examination.
        source: Digest (hex) of the seal of the model that it is said to come from.
        image: Digest of the image as it was told, `sha256:` and hex; empty if it was not.
        plan: Digest (hex) of the plan.
        tool: The program and its version.
    """

    key: str
    subject: str
    source: str
    image: str
    plan: str
    tool: str

    def __post_init__(self) -> None:
        for name, text in (
            *(("key", self.key), ("seal of the subject", self.subject)),
            *(("seal of the source", self.source), ("plan", self.plan)),
        ):
            if len(text) != 64 or set(text) - HEX:
                raise CaseError(f"workload: its {name} is {text[:80]!r}, expected 64 hex digits")
        check_image(self.image)


def check_image(image: str) -> None:
    """Is it the digest of an image, or empty?

    Raises:
        CaseError: It is neither.
    """
    named, _, digest = image.partition(":")
    if image and (named != "sha256" or len(digest) != 64 or set(digest) - HEX):
        raise CaseError(
            f"workload: the image is {image[:80]!r}, expected sha256: and 64 hex digits"
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """An attestation that was held against an examination.

    Attributes:
        attestation: Whose signatures hold.
        vendor: Whose root this program knows it to be; empty if it knows it as nobody's.
        compared: Names of the measurements that were expected, and found.
    """

    attestation: Attestation
    vendor: str = ""
    compared: tuple[str, ...] = ()

    @property
    def double(self) -> bool:
        """Whether its root says that it is this project's test double; that lowers trust alone."""
        return self.attestation.chain.names[-1].startswith(DOUBLE)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RootsHeld:
    """A folder of makers' certificates that a case keeps.

    Attributes:
        exhibit: Its name there.
        digest: SHA-256 (hex) of its list of files.
        offered_by: Who put it in.
        entered: By which event.
        vouches: Whether the attestation holds by it.
    """

    exhibit: str
    digest: str
    offered_by: str
    entered: int
    vouches: bool = False


# Nothing was there to check, nothing to check it by, or what came of checking it.
CheckedAs: TypeAlias = Literal["no-attestation", "no-roots", "fails", "holds"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadTold:
    """An examination that a machine signed, as a case keeps it, and who vouches for it.

    Attributes:
        statement: What was signed beside the examination.
        found: It.
        bound: What an attestation must hold, hex: the key, and the digest of what it signed.
        checked: What came of checking the attestation.
        attestation: SHA-256 (hex) of the attestation; empty if none was put in.
        vouched: What it vouches for; where it holds, and only there.
        why: Why it fails; where it does, and only there.
        expected: Name and digest (hex) of the measurements that it was to state.
        roots: What the case held to check it by, in the order in which it was put in.
    """

    statement: Statement
    found: Examination
    bound: str
    checked: CheckedAs
    attestation: str = ""
    vouched: Vouched | None = None
    why: str = ""
    expected: tuple[tuple[str, str], ...] = ()
    roots: tuple[RootsHeld, ...] = ()

    def __post_init__(self) -> None:
        laws = (
            (self.vouched is not None) is (self.checked == "holds"),
            bool(self.why) is (self.checked == "fails"),
            bool(self.attestation) is not (self.checked == "no-attestation"),
            any(one.vouches for one in self.roots) is (self.checked == "holds"),
            bool(self.roots) or self.checked in ("no-attestation", "no-roots"),
            self.vouched is None or self.vouched.attestation.user_data == self.bound,
        )
        if not all(laws):
            raise CaseError(
                f"workload: its attestation is said to be checked as {self.checked!r}, which what "
                "stands beside it contradicts"
            )

"""Certificates: from the key that signed a document up to a root that was given, and not beyond.

`cryptography` has a verifier for servers' certificates (names, purposes), which these are not; so a
chain is built here, one signature at a time. A root is a certificate in the given folder that
signed itself; others there help to build the chain and are trusted for nothing. No date of today
enters: until when a chain is valid is said, so that a document reads in ten years as it does now.
"""

import hashlib
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar, final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from filiation.errors import CaseError, UnreadableError, UsageError
from filiation.files import opened
from filiation.model.attested import Chain, Platform

__all__ = [
    *("Roots", "are_roots", "chain_of", "der", "moment", "read_roots", "revoked_by_all"),
    *("roots_in", "strictly", "vendor_of"),
]

LONGEST: Final = 1 << 22  # bytes of a file; lists of revoked certificates grow
MOST: Final = 64  # files
MANY: Final = 1000  # certificates and lists in them, each of which is asked
DEEPEST: Final = 8  # certificates
LIST: Final = b"X509 CRL"
PEM: Final = re.compile(rb"^-----BEGIN (CERTIFICATE|X509 CRL)-----", re.MULTILINE)
HEAD: Final = 1 << 12  # bytes; text may stand before a certificate
DER: Final = (b"\x30\x81", b"\x30\x82", b"\x30\x83")  # of a sequence; short lists, too
BLOCK: Final = re.compile(
    rb"(-----BEGIN (CERTIFICATE|X509 CRL)-----.*?-----END \2-----)", re.DOTALL
)
WHOLE: Final = b"\0"  # bits that are left over in a signature; more would be a second spelling
# SHA-256 of the DER of roots as their makers publish them.
VENDORS: Final[Mapping[str, tuple[Platform, str]]] = {
    "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b": ("nitro", "Amazon"),
    "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd": ("sev-snp", "AMD (Milan)"),
    "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1": ("sev-snp", "AMD (Genoa)"),
    "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a": ("sev-snp", "AMD (Turin)"),
    "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3": ("tdx", "Intel"),
}

_T = TypeVar("_T")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """What was given to check a document with.

    Attributes:
        anchors: Certificates that signed themselves.
        others: Further certificates.
        revoked: Lists of revoked certificates.
    """

    anchors: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...] = ()
    revoked: tuple[x509.CertificateRevocationList, ...] = ()


@contextmanager
def strictly(what: str) -> Iterator[None]:
    """Whatever the library says of what it cannot read, in one kind of error.

    AMD numbers its certificates 0, which the library warns of.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            yield
    except (
        *(ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm),
        *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
    ) as error:
        raise UnreadableError(f"{what}: damaged, or written otherwise than these are") from error


def are_roots(path: Path) -> bool:
    """Is it a file that begins as a certificate or a list does, or a folder of nothing else?"""
    inside = islice(path.iterdir(), MOST + 1) if path.is_dir() else [path]
    files = [one for one in inside if not one.name.startswith(".")]
    return 0 < len(files) <= MOST and all(one.is_file() and _begins(one) for one in files)


def _begins(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(HEAD)
    return head.startswith(DER) or PEM.search(head) is not None


def read_roots(folder: Path) -> Roots:
    """Certificates and lists of revoked ones (PEM or DER) in a folder.

    Raises:
        UsageError: No such folder, or no root in it.
        UnreadableError: A file that is neither.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no folder of roots is there")
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return roots_in({path.name: path for path in paths[: MOST + 1]}, str(folder))


def roots_in(files: Mapping[str, Path], folder: str) -> Roots:
    """The same of files that lie anywhere, each by the name that it has in its folder.

    Raises:
        UsageError: More files than a folder of roots has, or no root among them.
        UnreadableError: A file that is neither.
    """
    anchors, others = list[x509.Certificate](), list[x509.Certificate]()
    revoked = list[x509.CertificateRevocationList]()
    if len(files) > MOST:
        raise UsageError(f"{folder}: {len(files)} files or more, expected {MOST} at most")
    for name in sorted(files):
        with opened(files[name], follow=True) as file:
            raw = file.read(LONGEST + 1)
        if len(raw) > LONGEST:
            raise UnreadableError(f"{folder}/{name}: more than {LONGEST} bytes, expected fewer")
        certificates, lists = _parsed(raw, f"{folder}/{name}")
        revoked += lists
        for one in certificates:
            (anchors if _own(one) else others).append(one)
        if len(anchors) + len(others) + len(revoked) > MANY:
            raise UnreadableError(f"{folder}: more than {MANY} certificates, expected fewer")
    if not anchors:
        raise UsageError(f"{folder}: no certificate in it signed itself; there is no root")
    return Roots(anchors=tuple(anchors), others=tuple(others), revoked=tuple(revoked))


def revoked_by_all(many: Iterable[Roots]) -> tuple[x509.CertificateRevocationList, ...]:
    """Every list of revoked certificates of several folders, each once."""
    lists = (one for roots in many for one in roots.revoked)
    return tuple({one.public_bytes(Encoding.DER): one for one in lists}.values())


def _parsed(
    raw: bytes, what: str
) -> tuple[list[x509.Certificate], list[x509.CertificateRevocationList]]:
    with strictly(what):
        if blocks := BLOCK.findall(raw):
            if len(blocks) != raw.count(b"-----BEGIN "):
                raise UnreadableError(
                    f"{what}: holds more than certificates and lists, or a cut one"
                )
            return (
                [x509.load_pem_x509_certificate(whole) for whole, of in blocks if of != LIST],
                [x509.load_pem_x509_crl(whole) for whole, of in blocks if of == LIST],
            )
        certificate = _tried(x509.load_der_x509_certificate, raw)
        if certificate is not None:
            return [certificate], []
        return [], [x509.load_der_x509_crl(raw)]


def _tried(load: Callable[[bytes], _T], raw: bytes) -> _T | None:
    try:
        return load(raw)
    except ValueError:
        return None


def chain_of(
    leaf: x509.Certificate, offered: Sequence[x509.Certificate], roots: Roots, what: str
) -> Chain:
    """Build the chain from a certificate to a root.

    Args:
        leaf: Its key signed the document.
        offered: What the document brings to build it with; each must stand in the chain.
        roots: What was given.
        what: Named in errors.

    Raises:
        CaseError: No root of these vouches, a certificate was revoked, or one too many is there.
        UnreadableError: A certificate that cannot be read.
    """
    with strictly(what):
        chain, looked = [leaf], list[x509.CertificateRevocationList]()
        while chain[-1] not in roots.anchors:
            if len(chain) == DEEPEST:
                raise CaseError(f"{what}: more than {DEEPEST} certificates up to a root")
            among = [one for one in (*roots.anchors, *offered, *roots.others) if one not in chain]
            issuer = _issuer(chain[-1], among, len(chain) - 1)
            if issuer is None:
                raise CaseError(
                    f"{what}: none of the roots that were given vouches for "
                    f"{_name(chain[-1])!r}; it is of another maker, or forged"
                )
            looked += _not_revoked(chain[-1], issuer, roots, what)
            chain.append(issuer)
        if any(one not in chain for one in offered):
            raise CaseError(f"{what}: brings a certificate that does not belong to its chain")
        if not all(one.public_bytes(Encoding.DER).endswith(WHOLE + one.signature) for one in chain):
            raise UnreadableError(f"{what}: a certificate whose signature is not in whole bytes")
        begin = max(one.not_valid_before_utc for one in chain)
        end = min(one.not_valid_after_utc for one in chain)
        if begin > end:
            raise CaseError(f"{what}: at no time were all of its certificates valid")
        return Chain(
            names=tuple(_name(one) for one in chain),
            root=hashlib.sha256(chain[-1].public_bytes(Encoding.DER)).hexdigest(),
            begin=moment(begin),
            end=moment(end),
            lists=len(looked),
            given=len(roots.revoked),
            listed=moment(min(one.last_update_utc for one in looked)) if looked else "",
        )


def vendor_of(chain: Chain, platform: Platform) -> str:
    """Whose root this program knows it to be, for this platform; empty if nobody's."""
    whose, name = VENDORS.get(chain.root, ("", ""))
    return name if whose == platform else ""


def der(raw: bytes, what: str) -> x509.Certificate:
    """A certificate from its DER.

    Raises:
        UnreadableError: It is none.
    """
    with strictly(what):
        return x509.load_der_x509_certificate(raw)


def moment(when: datetime) -> str:
    """A time in UTC as a report has it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _own(one: x509.Certificate) -> bool:
    with strictly("a root"):
        return one.issuer == one.subject and _signed(one, one)


def _issuer(
    one: x509.Certificate, among: Sequence[x509.Certificate], below: int
) -> x509.Certificate | None:
    """Who signed it, of those that may sign others."""
    return next(
        (
            by
            for by in among
            if by.subject == one.issuer and _may_sign(by, below) and _signed(one, by)
        ),
        None,
    )


def _may_sign(one: x509.Certificate, below: int) -> bool:
    """Is it an authority's, with no more authorities below it than it may have?"""
    try:
        basic = one.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = one.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return False
    return basic.ca and usage and (basic.path_length is None or basic.path_length >= below)


def _signed(one: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(by)
    except (InvalidSignature, ValueError, TypeError):  # by a key of another kind, too
        return False
    return True


def _not_revoked(
    one: x509.Certificate, issuer: x509.Certificate, roots: Roots, what: str
) -> list[x509.CertificateRevocationList]:
    """The newest list of the issuer, if none of its lists names it."""
    key, looked = issuer.public_key(), list[x509.CertificateRevocationList]()
    for found in roots.revoked:
        if found.issuer != issuer.subject or not found.is_signature_valid(key):  # type: ignore[arg-type]
            continue
        if found.get_revoked_certificate_by_serial_number(one.serial_number) is not None:
            raise CaseError(f"{what}: its maker revoked the certificate of {_name(one)!r}")
        looked.append(found)
    return sorted(looked, key=lambda one: one.last_update_utc)[-1:]


def _name(one: x509.Certificate) -> str:
    common = one.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[0].value) if common else one.subject.rfc4514_string()

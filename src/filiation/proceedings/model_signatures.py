"""Is this checkpoint the one that somebody signed? A key says who; no signature says when.

Offline, by a public key that is given: ECDSA over P-256, P-384 or P-521 with the hash of that
size, as `model_signing sign key` makes it. A date comes from a time stamp (RFC 3161) or a log.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from filiation.casefile.ledger.dsse import pae
from filiation.errors import AlteredError, CaseError, UnreadableError, UsageError
from filiation.files import Handed, handed_over
from filiation.proceedings.bounded import bounded
from filiation.readers.weights.declared.signature import PAYLOAD, ModelSignature, read_signature

__all__ = ["SIGNATURE", "check_files", "key_digest", "read_key"]

KEY: Final = 1 << 14  # bytes of a public key
LONGEST: Final = 1 << 24  # bytes of a signature
SIGNATURE: Final = "model.sig"
# A signer may leave out what it likes, weights too; these alone are passed over here.
LEFT_OUT: Final = frozenset({".git", ".gitattributes", ".github", ".gitignore"})
HASHES: Final = {  # by curve: others have the same sizes
    "secp256r1": ECDSA(hashes.SHA256()), "secp384r1": ECDSA(hashes.SHA384()),
    "secp521r1": ECDSA(hashes.SHA512()),
}  # fmt: skip


def read_key(path: Path) -> EllipticCurvePublicKey:
    """A public key, PEM.

    Raises:
        UsageError: None, or of another kind than Model Signing uses.
    """
    raw = bounded(path, KEY)
    try:
        found = load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path}: no public key, expected one in PEM") from error
    if not isinstance(found, EllipticCurvePublicKey) or found.curve.name not in HASHES:
        raise UsageError(
            f"{path}: a key of another kind, expected one of ECDSA over P-256, P-384 or P-521"
        )
    return found


def key_digest(key: EllipticCurvePublicKey) -> str:
    """SHA-256 (hex) of its PEM, by which a bundle names it."""
    raw = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(raw).hexdigest()


def check_files(signature: Path, folder: Path, key: EllipticCurvePublicKey) -> None:
    """Hold a checkpoint's files against a signature over them.

    Raises:
        UnreadableError: No such signature.
        UsageError: Signed with a certificate, or the checkpoint is no folder of files.
        CaseError: Not signed by this key, or a file is there or is missing against what it says.
        AlteredError: A file is another than the one that was signed.
    """
    found = read_signature(bounded(signature, LONGEST), str(signature))
    _verify(found, signature, key)
    if isinstance(found.stated, str):
        raise UnreadableError(f"{signature}: {found.stated}; expected SHA-256 of whole files")
    if not folder.is_dir():
        raise UsageError(
            f"{folder}: a signature is over the files of a folder; expected the checkpoint's own"
        )
    handed = handed_over(folder, follow=False)
    own = signature.relative_to(folder).as_posix() if signature.is_relative_to(folder) else ""
    here = [name for name in handed.files if name != own and not _below(name, LEFT_OUT)]
    missing = sorted({*found.stated} - {*here})
    more = sorted({*here} - {*found.stated})
    if missing or more:
        what = f"lacks {missing[0]!a:.80}" if missing else f"has {more[0]!a:.80} beside"
        raise CaseError(f"{folder}: {what}, against what {signature} signs; it was altered")
    for name, digest in found.stated.items():
        if (now := _digest(handed, name)) != digest:
            raise AlteredError(f"{folder}/{name}", recorded=digest, found=now)


def _verify(found: ModelSignature, path: Path, key: EllipticCurvePublicKey) -> None:
    known = key_digest(key)
    if found.hint is None:
        raise UsageError(
            f"{path}: signed with a certificate; to verify that takes the roots of its authority "
            "(Fulcio) and the log of signatures (Rekor), which are not asked here; expected a "
            "signature by a key"
        )
    if len(found.signatures) != 1:
        raise UnreadableError(f"{path}: {len(found.signatures)} signatures, expected one")
    if found.hint and found.hint != known:
        raise CaseError(
            f"{path}: signed by key {found.hint!a:.14}.., expected {known[:12]}.., the one given"
        )
    try:
        key.verify(found.signatures[0], pae(PAYLOAD, found.payload), HASHES[key.curve.name])
    except InvalidSignature as error:
        raise CaseError(
            f"{path}: not a signature of key {known[:12]}.. over what it holds; it was altered, or "
            "another key signed it"
        ) from error


def _below(name: str, paths: Collection[str]) -> bool:
    own = PurePosixPath(name)
    return name in paths or any(str(above) in paths for above in own.parents)


def _digest(handed: Handed, name: str) -> str:
    with handed.opened(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

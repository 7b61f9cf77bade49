"""What an OpenSSF model signature beside a model covers, held against the files that lie there.

Source: https://github.com/ossf/model-signing-spec (v1.0): a Sigstore bundle holds a DSSE envelope,
that an in-toto statement, that the digest of each file. Whether the signature is genuine is not
verified here: it takes a key or an identity that the reader trusts (`history take --signer`, for
keys; `model_signing verify`).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.model.declared import FIELD, Signed
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.weights.declared.saying import short

__all__ = ["PAYLOAD", "RESOURCES", "ModelSignature", "held_against", "read_signature"]

STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://model_signing/signature/v1.0"
EARLIER: Final = "https://model_signing/Digests/v0.1"  # digests stood with the subjects
PAYLOAD: Final = "application/vnd.in-toto+json"
RESOURCES: Final = 10_000
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
SHOWN: Final = 20  # names of a list that is kept
ISSUER: Final = "1.3.6.1.4.1.57264.1.8"  # Fulcio: who vouched, as a text in DER


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSignature:
    """A signature as it lies there; not verified.

    Attributes:
        payload: The bytes of the statement, which are signed with their type (`PAYLOAD`).
        signatures: Over both, as DSSE puts them together.
        material: What the bundle says of who signed.
        stated: SHA-256 (hex) of every file, by its path; or why they cannot be held against files.
    """

    payload: bytes
    signatures: tuple[bytes, ...]
    material: Mapping[str, Any]
    stated: Mapping[str, str] | str

    @property
    def hint(self) -> str | None:
        """SHA-256 (hex) of the key's PEM, empty if nothing is said; None: no key signed it."""
        key = self.material.get("publicKey")
        hint = key.get("hint") if isinstance(key, dict) else None
        return None if not isinstance(key, dict) else hint if isinstance(hint, str) else ""


def read_signature(raw: bytes, file: str) -> ModelSignature:
    """Read a signature.

    Args:
        raw: The signature's file.
        file: Its name.

    Raises:
        UnreadableError: No such signature, or it contradicts itself.
    """
    bundle = parse_object(raw, what=file)
    envelope = bundle.get("dsseEnvelope")
    if not isinstance(envelope, dict) or envelope.get("payloadType") != PAYLOAD:
        raise UnreadableError(f"{file}: no envelope of an in-toto statement; not read")
    payload = _decoded(envelope.get("payload"), file)
    statement = parse_object(payload, what=f"{file}: payload")
    material = bundle.get("verificationMaterial")
    return ModelSignature(
        payload=payload,
        signatures=tuple(
            _decoded(one.get("sig"), file) for one in _objects(envelope.get("signatures"))
        ),
        material=material if isinstance(material, dict) else {},
        stated=_stated(statement, file),
    )


def held_against(
    raw: bytes, file: str, beside: Mapping[str, Path], digest: Callable[[Path], str]
) -> Signed:
    """Read a signature and hold the digests that it states against the files.

    Args:
        raw: The signature's file.
        file: Its name.
        beside: Files of the model, by their names.
        digest: SHA-256 (hex) of a file.

    Raises:
        UnreadableError: No such signature, or it contradicts itself.
    """
    found = read_signature(raw, file)
    by, stated = _by(found.material), found.stated
    if isinstance(stated, str):
        return Signed(file=file, by=by, unread=stated)
    there = {name: digest(beside[name]) for name in stated if name in beside}
    same = [name for name, now in there.items() if now == stated[name]]
    other = [name for name, now in there.items() if now != stated[name]]
    missing = [name for name in stated if name not in there]
    unsigned = [name for name in beside if name not in stated and name != file]
    return Signed(
        file=file,
        by=by,
        same=_names(same),
        other=_names(other),
        missing=_names(missing),
        unsigned=_names(unsigned),
    )


def _names(names: Iterable[str]) -> tuple[str, ...]:
    found = sorted(names)
    shown = tuple(short(name, FIELD) or "?" for name in found[:SHOWN])
    return shown if len(found) <= SHOWN else (*shown, f"and {len(found) - SHOWN} more")


def _decoded(text: object, file: str) -> bytes:
    try:
        return base64.b64decode(text if isinstance(text, str) else "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(f"{file}: a field of its envelope is not base64; damaged") from error


def _stated(statement: Mapping[str, Any], file: str) -> dict[str, str] | str:
    """Name to digest; or why they cannot be held against files.

    Raises:
        UnreadableError: No statement of a model's files, or digests that do not give its root.
    """
    kind, predicate = statement.get("predicateType"), statement.get("predicate")
    subjects = statement.get("subject")
    if statement.get("_type") != STATEMENT or kind not in (PREDICATE, EARLIER):
        raise UnreadableError(f"{file}: states {short(str(kind), 60)!a}, no digests of a model")
    if kind == EARLIER:
        return dict(_items(subjects, file, lambda one: _sha256(one)))
    inside = predicate if isinstance(predicate, dict) else {}
    serialised = inside.get("serialization")
    method = serialised.get("method") if isinstance(serialised, dict) else None
    listed = inside.get("resources")
    sha256 = all(one.get("algorithm") == "sha256" for one in _objects(listed))
    if method != "files" or not sha256:
        return f"digests of {short(str(method), 40)}, not SHA-256 of whole files; not compared"
    found = dict(_items(listed, file, lambda one: one.get("digest")))
    root = hashlib.sha256(b"".join(bytes.fromhex(one["digest"]) for one in _objects(listed)))
    if [_sha256(one) for one in _objects(subjects)] != [root.hexdigest()]:
        raise UnreadableError(f"{file}: its digests do not give its root; it was altered")
    return found


def _sha256(subject: Mapping[str, Any]) -> object:
    digests = subject.get("digest")
    return digests.get("sha256") if isinstance(digests, dict) else None


def _objects(listed: object) -> list[dict[str, Any]]:
    found = listed if isinstance(listed, list) else []
    return [one for one in found if isinstance(one, dict)]


def _items(
    listed: object, file: str, digest: Callable[[Mapping[str, Any]], object]
) -> Iterator[tuple[str, str]]:
    objects = _objects(listed)
    if not 0 < len(objects) <= RESOURCES or len(objects) != len(listed):  # type: ignore[arg-type]
        raise UnreadableError(f"{file}: {len(objects)} files, expected 1 to {RESOURCES}")
    seen: set[str] = set()
    for one in objects:
        name, value = one.get("name"), digest(one)
        sound = isinstance(name, str) and isinstance(value, str)
        if not sound or not DIGEST.fullmatch(str(value)) or name in seen:
            raise UnreadableError(
                f"{file}: a file {short(str(name), 60)!a} without a SHA-256 of its own; damaged"
            )
        seen.add(str(name))
        yield str(name), str(value)


def _by(found: Mapping[str, Any]) -> str:
    """Whom it names as the signer: an identity of a certificate, or the hint of a key."""
    key = found.get("publicKey")
    if isinstance(key, dict) and isinstance(key.get("hint"), str) and key["hint"]:
        return short(f"key {key['hint']}")
    chain = found.get("x509CertificateChain")
    listed = _objects(chain.get("certificates")) if isinstance(chain, dict) else []
    for one in [found.get("certificate"), *listed[:1]]:
        if isinstance(one, dict) and isinstance(one.get("rawBytes"), str):
            return short(_identity(one["rawBytes"]))
    return ""


def _identity(encoded: str) -> str:
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
        extensions = certificate.extensions
        subject = certificate.subject.rfc4514_string()
    except (ValueError, TypeError):
        return "a certificate that cannot be read"
    names, issuer = [], ""
    for one in extensions:
        if isinstance(one.value, x509.SubjectAlternativeName):
            names += [str(name.value) for name in one.value]
        elif isinstance(one.value, x509.UnrecognizedExtension) and one.oid.dotted_string == ISSUER:
            issuer = one.value.value[2:].decode("utf-8", "replace")  # after DER's tag and length
    said = ", ".join(names) or subject or "a certificate that names nobody"
    return f"{said} (vouched for by {issuer})" if issuer else said

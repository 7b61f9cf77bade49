"""A signature over the files of a model, as OpenSSF Model Signing writes it (`model.sig`).

A Sigstore bundle holds a DSSE envelope, that an in-toto statement, and that names every file with
its SHA-256 and a digest over all of these (sigstore/model-transparency, predicate
https://model_signing/signature/v1.0). Read as data; nothing is verified here.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal, final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from filiation.errors import UnreadableError, UsageError
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.trainings.written import checked, parsed

__all__ = ["SIGNATURE", "ModelSignature", "read_model_signature"]

SIGNATURE: Final = "model.sig"
LONGEST: Final = 1 << 24  # bytes of a bundle
PAYLOAD: Final = "application/vnd.in-toto+json"
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class _Signed(_Loose):
    sig: Annotated[str, Field(min_length=1, max_length=1000)]


class _Camel(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, alias_generator=to_camel)


class _Envelope(_Camel):
    payload: str
    payload_type: Literal["application/vnd.in-toto+json"]
    signatures: list[_Signed] = Field(min_length=1, max_length=1)


class _Key(_Loose):
    hint: Annotated[str, Field(max_length=200)] = ""


class _Material(_Camel):
    public_key: _Key | None = None


class _Bundle(_Camel):
    verification_material: _Material
    dsse_envelope: _Envelope


class _Root(_Loose):
    sha256: Digest


class _Subject(_Loose):
    digest: _Root


class _Resource(_Loose):
    name: Annotated[str, Field(min_length=1, max_length=1000)]
    algorithm: Literal["sha256"]
    digest: Digest


class _Serialization(_Loose):
    method: Literal["files"]


class _Predicate(_Loose):
    serialization: _Serialization
    resources: list[_Resource] = Field(min_length=1, max_length=100_000)


class _Statement(_Camel):
    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    predicate_type: Literal["https://model_signing/signature/v1.0"]
    subject: list[_Subject] = Field(min_length=1, max_length=1)
    predicate: _Predicate


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSignature:
    """What was signed, and how; not verified.

    Attributes:
        payload: The bytes of the statement.
        kind: Their type, which is signed with them.
        signature: Over both (DSSE), DER.
        hint: SHA-256 (hex) of the key's PEM; empty if nothing is said.
        files: SHA-256 (hex) of every file that is signed, by its path.
    """

    payload: bytes
    kind: str
    signature: bytes
    hint: str
    files: Mapping[str, str]


def read_model_signature(path: Path) -> ModelSignature:
    """Read a bundle that was signed with a key.

    Raises:
        UnreadableError: No such bundle, or one that contradicts itself.
        UsageError: Signed with a certificate, which takes more than a key to verify.
    """
    bundle = checked(_Bundle, parsed(path, LONGEST, "a model signature")[0], path)
    material = bundle.verification_material
    if material.public_key is None:
        raise UsageError(
            f"{path}: signed with a certificate; to verify that takes the roots of its authority "
            "(Fulcio) and the log of signatures (Rekor), which are not asked here; expected a "
            "signature by a key"
        )
    payload = _decoded(bundle.dsse_envelope.payload, path)
    said = parse_object(payload, what=f"{path}: its payload")
    statement = checked(_Statement, said, path)
    files = _files(statement, path)
    return ModelSignature(
        payload=payload,
        kind=PAYLOAD,
        signature=_decoded(bundle.dsse_envelope.signatures[0].sig, path),
        hint=material.public_key.hint,
        files=files,
    )


def _files(statement: _Statement, path: Path) -> dict[str, str]:
    """By path; the digest over all, in the order in which they are written, is the subject's."""
    every, found = hashlib.sha256(), dict[str, str]()
    for one in statement.predicate.resources:
        parts = PurePosixPath(one.name).parts
        if one.name in found or ".." in parts or one.name.startswith("/") or "\0" in one.name:
            raise UnreadableError(
                f"{path}: names the file {one.name!a:.80}, expected each once and below the model"
            )
        found[one.name] = one.digest
        every.update(bytes.fromhex(one.digest))
    if every.hexdigest() != statement.subject[0].digest.sha256:
        raise UnreadableError(
            f"{path}: the digest over all files is {every.hexdigest()[:12]}.., it says "
            f"{statement.subject[0].digest.sha256[:12]}..; it was altered"
        )
    return found


def _decoded(text: str, path: Path) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(
            f"{path}: a field of the envelope is not base64, expected what a signer writes"
        ) from error

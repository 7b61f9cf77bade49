"""An examination as canonical JSON, and back."""

import json
from typing import Any, Final

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from filiation.errors import CaseError, UsageError
from filiation.model.blind import Compared
from filiation.model.declared import Declared
from filiation.model.examination import Examination
from filiation.model.inquiry import Inquiry
from filiation.model.invalid import invalid
from filiation.model.plan import as_recorded

__all__ = [
    "compared_bytes",
    "compared_from_bytes",
    "declared_bytes",
    "declared_from_bytes",
    "examination_bytes",
    "examination_from_bytes",
    "inquiry_bytes",
    "inquiry_from_bytes",
]

EXAMINATION: Final = TypeAdapter(Examination)
DECLARED: Final = TypeAdapter(Declared)
INQUIRY: Final = TypeAdapter(Inquiry)
COMPARED: Final = TypeAdapter(Compared)
SCHEMA: Final = 3
LATER: Final = (
    "components",
    "stacks",
    "filtration",
)  # fields that came later: written where they say anything


def examination_bytes(examination: Examination) -> bytes:
    """Canonical JSON (RFC 8785) and a newline: the same examination, the same bytes.

    Raises:
        UsageError: A text in it is no Unicode, or a number is not finite.
    """
    try:
        return rfc8785.dumps(_fields(examination)) + b"\n"
    except (rfc8785.CanonicalizationError, PydanticSerializationError) as error:
        raise UsageError(
            f"examination: cannot be written down: {error}; expected Unicode text in names, "
            "families and notes, and finite numbers"
        ) from error


def _fields(examination: Examination) -> Any:
    """All fields as plain data, so that an older record is written as it was."""
    found = EXAMINATION.dump_python(examination, mode="json")
    for record in (found, *found["conclusions"]):
        for name in LATER:
            if not record.get(name, True):
                del record[name]
    for model in (found["subject"], found["source"], found["earlier"], *found["controls"]):
        if model is not None and model["declared"] is None:
            del model["declared"]
    as_recorded([*found["plan"]["questions"], *(one["plan"] for one in found["conclusions"])])
    return found


def declared_bytes(declared: Declared) -> bytes:
    """What the files of an exhibit say, as canonical JSON and a newline."""
    return rfc8785.dumps(DECLARED.dump_python(declared, mode="json")) + b"\n"


def declared_from_bytes(raw: bytes, what: str) -> Declared:
    """Parse what `declared_bytes` wrote.

    Raises:
        CaseError: Not such a record, or one that breaks a law of its types.
    """
    try:
        return DECLARED.validate_json(raw, extra="forbid")
    except ValidationError as error:
        raise _wrong(what, error, "it was altered") from error


def examination_from_bytes(raw: bytes, what: str) -> Examination:
    """Parse an examination.

    Raises:
        CaseError: Not an examination of this schema, or one that breaks a law of its types.
    """
    try:
        return EXAMINATION.validate_json(raw, extra="forbid")
    except ValidationError as error:
        schema = _schema(raw)
        if isinstance(schema, int) and schema != SCHEMA:
            raise CaseError(
                f"{what}: schema_version {schema}, expected {SCHEMA}; it was written by another "
                "version of this program, which can still check it"
            ) from error
        raise _wrong(
            what, error, "not an examination that this version can have written"
        ) from error


def inquiry_bytes(inquiry: Inquiry) -> bytes:
    """The answer to a question about one exhibit as canonical JSON and a newline.

    Raises:
        UsageError: A text in it is no Unicode, or a number is not finite.
    """
    try:
        found = INQUIRY.dump_python(inquiry, mode="json")
        asked = found["asked"]
        later = ((asked, "sides"), (asked, "again_entered"), (asked, "earlier"), (asked, "copies"))
        for record, name in ((found, "session"), (found, "workload"), *later):
            if not record[name]:  # came later: an older record is written as it was
                del record[name]
        return rfc8785.dumps(found) + b"\n"
    except (rfc8785.CanonicalizationError, PydanticSerializationError) as error:
        raise UsageError(
            f"inquiry: cannot be written down: {error}; expected Unicode text and finite numbers"
        ) from error


def inquiry_from_bytes(raw: bytes, what: str) -> Inquiry:
    """Parse what `inquiry_bytes` wrote.

    Raises:
        CaseError: Not such a record, or one that breaks a law of its types.
    """
    try:
        return INQUIRY.validate_json(raw, extra="forbid")
    except ValidationError as error:
        raise _wrong(what, error, "no answer that this version can have written") from error


def _wrong(what: str, error: ValidationError, so: str) -> CaseError:
    """The first law that a record breaks, where, and what that means."""
    return CaseError(f"{what}: {invalid(error.errors())}; {so}")


def compared_bytes(found: Compared) -> bytes:
    """What a tribunal found of two secret materials, as canonical JSON and a newline."""
    return rfc8785.dumps(COMPARED.dump_python(found, mode="json")) + b"\n"


def compared_from_bytes(raw: bytes, what: str) -> Compared:
    """Parse what `compared_bytes` wrote.

    Raises:
        CaseError: Not such a record, or one that breaks a law of its types.
    """
    try:
        return COMPARED.validate_json(raw, extra="forbid")
    except ValidationError as error:
        raise _wrong(what, error, "not what a tribunal writes") from error


def _schema(raw: bytes) -> object:
    """The schema that a record states; None if it states none."""
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found.get("schema_version") if isinstance(found, dict) else None

"""An examination as canonical JSON, and back."""

import json
from typing import Final

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from filiation.errors import CaseError, UsageError
from filiation.model.examination import Examination
from filiation.model.plan import as_recorded

__all__ = ["examination_bytes", "examination_from_bytes"]

EXAMINATION: Final = TypeAdapter(Examination)
SCHEMA: Final = 3


def examination_bytes(examination: Examination) -> bytes:
    """Canonical JSON (RFC 8785) and a newline: the same examination, the same bytes.

    Raises:
        UsageError: A text in it is no Unicode, or a number is not finite.
    """
    try:
        fields = EXAMINATION.dump_python(examination, mode="json")
        as_recorded([*fields["plan"]["questions"], *(one["plan"] for one in fields["conclusions"])])
        return rfc8785.dumps(fields) + b"\n"
    except (rfc8785.CanonicalizationError, PydanticSerializationError) as error:
        raise UsageError(
            f"examination: cannot be written down: {error}; expected Unicode text in names, "
            "families and notes, and finite numbers"
        ) from error


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
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CaseError(
            f"{what}: {where}: {first['msg']}; not an examination that this version can have "
            "written"
        ) from error


def _schema(raw: bytes) -> object:
    """The schema that a record states; None if it states none."""
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found.get("schema_version") if isinstance(found, dict) else None

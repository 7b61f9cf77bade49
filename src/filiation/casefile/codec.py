"""A case as canonical JSON, and back.

What a schema did not know is left out of its bytes, so that a case written by an older version
still gives the bytes it was written with.
"""

from typing import Final

import rfc8785
from pydantic import TypeAdapter, ValidationError

from filiation.errors import CaseError
from filiation.model.examination import Case

__all__ = ["case_bytes", "case_from_bytes"]

CASE: Final = TypeAdapter(Case)


def case_bytes(case: Case) -> bytes:
    """Canonical JSON (RFC 8785) of a case, and a newline: the same case, the same bytes."""
    fields = CASE.dump_python(case, mode="json")
    if case.schema_version == 1:
        del fields["strengths"], fields["ratios"], fields["plan"]["population"]
    if case.power.measured is None:
        del fields["power"]["measured"]
    return rfc8785.dumps(fields) + b"\n"


def case_from_bytes(raw: bytes, what: str) -> Case:
    """Parse a case.

    Raises:
        CaseError: Not a case of this schema, or one that breaks a law of its types.
    """
    try:
        return CASE.validate_json(raw, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CaseError(
            f"{what}: {where}: {first['msg']}; not a case that this version can have written"
        ) from error

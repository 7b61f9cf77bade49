"""report.json of a validation study, read back: for who publishes, quotes or watches it."""

from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from filiation.errors import UnreadableError
from filiation.model.validation import Validation

__all__ = ["read_validation"]

LARGEST: Final = 1 << 26  # bytes
VALIDATION: Final = TypeAdapter(Validation)


def read_validation(path: Path) -> Validation:
    """Read the report of a validation study.

    Raises:
        UnreadableError: It cannot be read, is too large, or is no report of this version.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise UnreadableError(f"{path}: more than {LARGEST} bytes, expected a validation report")
    try:
        return VALIDATION.validate_json(raw, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:80]
        raise UnreadableError(
            f"{path}: {where}: {first['msg']}; not a validation report of this version"
        ) from error

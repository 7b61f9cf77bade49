"""TOML or JSON that a party wrote about its training: bounded, checked, refused in one sentence."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from filiation.errors import UnreadableError
from filiation.files import opened
from filiation.readers.bytes.parsing import parse_object

__all__ = ["checked", "parsed"]

T = TypeVar("T", bound=BaseModel)


def parsed(path: Path, longest: int, what: str, *, name: str = "") -> tuple[Mapping[str, Any], int]:
    """What the file says, and how many bytes it has.

    Args:
        path: The file.
        longest: Bytes that are read.
        what: What is expected there.
        name: What it was called, where it is kept under another name.

    Raises:
        UnreadableError: Too long, or neither TOML nor JSON.
    """
    with opened(path, follow=False) as file:
        raw = file.read(longest + 1)
    if len(raw) > longest:
        raise UnreadableError(f"{path}: more than {longest} bytes, expected {what}")
    if not (name or path.name).endswith(".toml"):
        return parse_object(raw, what=str(path)), len(raw)
    try:
        return tomllib.loads(raw.decode()), len(raw)
    except (ValueError, RecursionError) as error:
        place = re.search(r"line \d+, column \d+", str(error))
        at = f" at {place[0]}" if place else ""
        raise UnreadableError(
            f"{path}: not TOML{at}, expected {what}; the file is damaged"
        ) from error


def checked(form: type[T], told: Mapping[str, Any], path: Path) -> T:
    """The same, in its form.

    Raises:
        UnreadableError: It has another.
    """
    try:
        return form.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(f"{part}"[:40] for part in first["loc"])
        raise UnreadableError(f"{path}: {where!a}: {_broken(first)}") from error


KINDS: Final = {
    "string_type": "text", "int_type": "a whole number", "int_from_float": "a whole number",
    "int_parsing": "a whole number", "float_type": "a number", "float_parsing": "a number",
    "finite_number": "a finite number", "list_type": "a list", "tuple_type": "a list",
    "dict_type": "a table of fields", "model_type": "a table of fields",
    "int_parsing_size": "a whole number of usual size",
}  # fmt: skip
BOUNDS: Final = {
    "greater_than": "more than {gt}", "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} at most", "string_too_short": "{min_length} or more characters",
    "string_too_long": "{max_length} characters at most", "too_short": "{min_length} or more",
    "too_long": "{max_length} at most", "literal_error": "one of {expected}",
    "string_pattern_mismatch": "text of the form {pattern}",
}  # fmt: skip


def _broken(first: ErrorDetails) -> str:
    """What was found in a field, and what was expected there."""
    kind, ctx = first["type"], first.get("ctx", {})
    if kind == "missing":
        return "not found; expected it in every such file"
    if kind == "extra_forbidden":
        return "found; expected no field of that name in such a file"
    if kind == "value_error":
        return str(ctx["error"])
    expected = KINDS.get(kind) or BOUNDS.get(kind, "another value").format_map(ctx)
    return f"found {_shown(first['input'])}, expected {expected}"


def _shown(found: object) -> str:
    """A value of a file, shortened; of lists and tables how many they hold."""
    if isinstance(found, list | tuple):
        return f"a list of {len(found)}"
    if isinstance(found, dict):
        return f"a table of {len(found)}"
    return f"{found!a:.60}"

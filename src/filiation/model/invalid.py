"""What a library finds wrong with a record, in the words of every other error: found, expected."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["invalid"]

LONGEST: Final = 60  # characters of what was found
EXPECTED: Final = {
    "string_type": "text",
    "bytes_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "names and their values",
    "mapping_type": "names and their values",
    "model_type": "names and their values",
    "model_attributes_type": "names and their values",
    "dataclass_type": "names and their values",
    "none_required": "nothing",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "too_short": "at least {min_length}",
    "too_long": "at most {max_length}",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "literal_error": "{expected}",
    "union_tag_invalid": "{expected_tags}",
}  # by the kinds of errors of pydantic, whose own words change with its versions


def invalid(errors: Sequence[Mapping[str, Any]]) -> str:
    """The first fault of a record: where it stands, what was found there, what was expected.

    Args:
        errors: As pydantic tells them: each with `type`, `loc`, `input`, and `ctx` if there is one.
    """
    first = errors[0]
    where, kind = ".".join(str(part) for part in first["loc"]), str(first["type"])
    at = f"{where}: " if where else ""
    if kind == "missing":
        return f"{at}found nothing, expected a value"
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{at}found, expected no such name"
    if kind == "json_invalid":
        return f"{at}not valid JSON"
    ctx = {name: _whole(one) for name, one in (first.get("ctx") or {}).items()}
    if kind in ("value_error", "assertion_error"):  # a law of ours, in our words
        return f"{at}{ctx.get('error', first['msg'])}"
    expected = EXPECTED.get(kind, "another value").format_map(ctx)
    return f"{at}found {_shown(first.get('input'))}, expected {expected}"


def _whole(one: object) -> object:
    """A bound as a person writes it: 0, not 0.0."""
    return int(one) if isinstance(one, float) and one.is_integer() else one


def _shown(found: object) -> str:
    if isinstance(found, dict):
        return "a table"
    if isinstance(found, list | tuple):
        return f"a list of {len(found)}"
    if found is None:
        return "nothing"
    text = ascii(found) if isinstance(found, str) else str(found)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}.."

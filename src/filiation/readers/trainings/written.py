"""TOML or JSON that a party wrote about its training: bounded, checked, refused in one sentence."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from filiation.errors import UnreadableError
from filiation.files import opened
from filiation.model.invalid import invalid
from filiation.model.toml_text import toml_of
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
        return toml_of(raw.decode()), len(raw)
    except ValueError as error:
        place = re.search(r"at line \d+, column \d+", str(error))
        at = f" {place[0]}" if place else ""
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
        raise UnreadableError(f"{path}: {invalid(error.errors())}") from error

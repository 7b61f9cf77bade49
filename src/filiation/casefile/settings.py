"""The settings of a case: schema, id and title, written once."""

import json
import secrets
from pathlib import Path
from typing import Any, Final

from filiation.casefile.facts import Opened
from filiation.errors import CaseError, UnreadableError, UsageError
from filiation.files import opened
from filiation.model.toml_text import toml_of

__all__ = ["LISTING", "SCHEMA", "read_settings", "settings_text"]

LISTING: Final = "export.json"  # of an export, which has no settings
SCHEMA: Final = 2  # from 2 on the lead signs for the head, too


def settings_text(fact: Opened) -> bytes:
    """The settings of a new case; its id is drawn here."""
    title = json.dumps(fact.title, ensure_ascii=True)
    return (
        "# A Filiation case. This file never changes: its digest stands in the first event.\n"
        f"schema_version = {SCHEMA}\n"
        f'id = "{secrets.token_hex(16)}"\n'
        f"title = {title}\n"
    ).encode()


def read_settings(folder: Path) -> dict[str, Any]:
    """The settings of a case.

    Raises:
        UsageError: There is none.
        CaseError: They were altered, or written by a newer version.
    """
    path = folder / "case.toml"
    try:
        with opened(path, follow=True) as file:
            raw = file.read(1 << 16)
    except (UnreadableError, OSError) as error:
        if (folder / LISTING).is_file():
            raise UsageError(
                f"{folder}: the export of a case, expected the case itself: an export is read "
                "(case verify, log, replay, documents), nothing is added to it and no clock runs "
                "in it; `filiation case submit --offline` answers"
            ) from error
        if (folder / "examination.json").is_file():
            raise UsageError(
                f"{folder}: the record of an examination, expected a case; `filiation verify` "
                "checks it"
            ) from error
        raise UsageError(
            f"{folder}: no case here ({error}); `filiation case open` makes one"
        ) from error
    try:
        found = toml_of(raw.decode())
    except ValueError as error:
        raise CaseError(f"case.toml: not TOML: {error}; it was altered") from error
    schema = found.get("schema_version")
    if isinstance(schema, int) and schema > SCHEMA:
        raise CaseError(
            f"case.toml: schema {schema}, this version reads up to {SCHEMA}; the case was made by "
            "a newer version of filiation, which is needed to read it"
        )
    if schema not in range(1, SCHEMA + 1) or not isinstance(found.get("id"), str):
        raise CaseError(f"case.toml: schema {schema!r} and no id of a case; it was altered")
    return found

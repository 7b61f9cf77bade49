"""What was sent with a form, and who sent it; whatever is no form is refused in words."""

import hmac
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from filiation.errors import FieldError, UsageError
from filiation.proceedings.desk.given import file_name
from filiation.proceedings.desk.person import Person
from filiation.report.render.site_forms import SECRET as FIELD
from filiation.report.wording.desk import MALFORMED
from filiation.web.guard import PERSON, SECRET

__all__ = [
    "FIELD",
    "fields_of",
    "kept",
    "known_field",
    "programs",
    "script_of",
    "sent",
    "who_asks",
    "whole_path",
]

OPENS: Final = (Path(__file__).parent / "opens.js").read_bytes()
UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError, AssertionError)


def script_of(name: str) -> bytes:
    """A script of ours, behind what opens keys."""
    return OPENS + (Path(__file__).parent / name).read_bytes()


def who_asks(request: Request) -> Person:
    """Whose address was used."""
    found = request.scope[PERSON]
    assert isinstance(found, Person)  # the guard lets nobody else through
    return found


def whole_path(request: Request) -> str:
    """The path as it was asked for, with the token."""
    raw: bytes = request.scope.get("raw_path") or b""
    return raw.decode("ascii", "replace")


def programs(request: Request) -> bool:
    """Does a program ask, and not a person?"""
    return "application/json" in request.headers.get("accept", "")


@asynccontextmanager
async def sent(
    request: Request, *, files: int, fields: int, largest: int
) -> AsyncIterator[FormData]:
    """What a form of this person's pages was sent with.

    Args:
        request: That brings it.
        files: How many there may be.
        fields: Likewise.
        largest: Bytes of a field that is no file.

    Raises:
        UsageError: It is no form that can be read, or did not come from a page of ours.
    """
    try:  # what a form says of its own charset, names and parts is anybody's word
        form = await request.form(max_files=files, max_fields=fields, max_part_size=largest)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise UsageError(MALFORMED) from error
    except UNREADABLE as error:
        raise UsageError(MALFORMED) from error
    try:
        _ours(request, form)
        yield form
    finally:
        await form.close()


def _ours(request: Request, form: FormData) -> None:
    """Refuse what did not come from a form of this person's pages."""
    given = form.get(FIELD)
    own: str = request.scope[SECRET]
    said = given.encode("utf-8", "replace") if isinstance(given, str) else b""
    if not hmac.compare_digest(said, own.encode()):
        raise UsageError("this did not come from a page of this address; nothing was done")


def known_field(name: str) -> str:
    """The name of a field, if it can be one.

    Raises:
        UsageError: It cannot.
    """
    if not name.isidentifier() or not name.isascii() or len(name) > 40:
        raise UsageError(f"{name[:40]!a}: no field of this form")
    return name


def fields_of(form: FormData) -> dict[str, tuple[str, ...]]:
    """What stood in each field of a form; of files their names."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in form.multi_items():
        said = value.filename if isinstance(value, UploadFile) else value
        if said and name != FIELD:
            found[name] = (*found.get(name, ()), said)
    return found


def kept(value: UploadFile, folder: Path, field: str) -> Path:
    """Keep a file that was sent in a field, under its own name.

    Raises:
        FieldError: No plain name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        called = file_name(value.filename or "", [path.name for path in folder.iterdir()])
    except UsageError as error:
        raise FieldError(field, str(error)) from error
    with (folder / called).open("xb") as file:
        shutil.copyfileobj(value.file, file)
    return folder

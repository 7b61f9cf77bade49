"""The words of one document by its own bytes, where the file that it lay in is not at hand.

Whoever gets a part of a production gets the bytes of each document that is shown, not the mailbox
or the chat around it. A message of a chat is read by itself then: ids of users stay ids.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.document import Attachment, Document, Format
from filiation.readers.writings.anything import texts
from filiation.readers.writings.chats import read_chat
from filiation.readers.writings.dns import Snapshot
from filiation.readers.writings.files import read_file, read_text
from filiation.readers.writings.mail import read_mail
from filiation.readers.writings.outlook import read_outlook
from filiation.readers.writings.plain import clipped
from filiation.readers.writings.whatsapp import read_whatsapp

__all__ = ["words_alone"]

VALUES: Final = ("slack", "teams", "chat")  # values of a JSON file
ALONE: Final = "message.json"


def words_alone(
    raw: bytes, *, file: str, kind: Format, pointer: str = "", dates: str = ""
) -> tuple[str, tuple[Attachment, ...]]:
    """The words of a document, and what hangs on it with its own words.

    Of one that cannot be read by itself its bytes as text, and nothing that hangs on it.

    Args:
        raw: Its bytes; of a message in JSON its canonical text.
        file: Name of the file it lay in.
        kind: How it was read there.
        pointer: JSON pointer of a message, empty otherwise.
        dates: Order of day, month and year in a chat that does not show it.
    """
    try:
        found = next(_read(raw, file, kind, pointer, dates), None)
    except (UnreadableError, ValueError, RecursionError):
        found = None
    if found is not None and (found.text or kind not in VALUES):
        return found.text, found.attachments
    return clipped(next(texts(raw), ""))[0], ()


def _read(raw: bytes, file: str, kind: Format, pointer: str, dates: str) -> Iterator[Document]:
    if kind == "mail":
        yield read_mail(raw, file=file, start=0, snapshot=Snapshot())
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{PurePosixPath(file).suffix.lower()[:10]}"
        path.write_bytes(_around(raw, pointer) if kind in VALUES else raw)
        if kind in VALUES:
            yield from read_chat(path, ALONE, {})
        elif kind == "whatsapp":
            yield from read_whatsapp(path, file, dates)
        elif kind == "outlook":
            yield read_outlook(path, file)
        else:
            yield read_text(path, file) if kind == "text" else read_file(path, file, kind)


def _around(raw: bytes, pointer: str) -> bytes:
    """A message as the only one of an export of its kind."""
    alone: Any = [json.loads(raw)]
    if pointer.startswith("/conversations/"):
        alone = {"conversations": [{"MessageList": alone}]}
    return json.dumps(alone).encode()

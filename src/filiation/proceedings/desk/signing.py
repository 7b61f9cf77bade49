"""Signing at one's own computer what a page has prepared: a file, or where it waits.

Only what a case has its keys sign is signed: events, heads of a log, and what is handed over. What
is shown is read from the bytes, never from what stands beside them.
"""

import base64
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final, NamedTuple

import rfc8785

from filiation.casefile.exchange.export import EXPORT_KIND
from filiation.casefile.heads import HEAD_KIND
from filiation.casefile.ledger.dsse import taken_apart
from filiation.casefile.ledger.event import EVENT, KIND
from filiation.casefile.ledger.keys import private_key
from filiation.errors import CaseError, UsageError
from filiation.files import put
from filiation.proceedings.given import read_file
from filiation.proceedings.naming import free
from filiation.report.wording.desk import message_lines

__all__ = ["sign_at", "sign_file"]

LARGEST: Final = 1 << 25
KINDS: Final = (KIND, HEAD_KIND, EXPORT_KIND)
ADDRESS: Final = re.compile(
    r"http://(127\.0\.0\.1|localhost):[0-9]{1,5}/[\w-]{20,100}/(de/|fr/)?deeds/[\w-]{1,40}",
    re.ASCII,
)
POLLED: Final = 0.5  # seconds between two looks at a deed that is being worked on

Agreed = Callable[[list[str]], bool]


class _Whose(NamedTuple):
    """By which key something is to be signed, whose it is, and the words that may belong to it."""

    key: str
    party: str
    texts: tuple[str, ...]


class _Waiting(NamedTuple):
    """A deed as a page tells it to programs."""

    message: bytes
    whose: _Whose
    where: str = ""
    form: str = ""
    said: tuple[str, ...] = ()

    @classmethod
    def read(cls, raw: bytes) -> "_Waiting":
        """Read what a page told.

        Raises:
            ValueError: Not that.
        """
        try:
            found = json.loads(raw)
            return cls(
                base64.b64decode(found["message"], validate=True),
                _Whose(str(found["key"]), str(found["party"]), tuple(map(str, found["texts"]))),
                where=str(found["where"]),
                form=str(found["form"]),
                said=tuple(map(str, found["said"])),
            )
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("not a deed") from error


def sign_file(deed: Path, out: Path, agreed: Agreed) -> bool:
    """Sign what a file holds into another one; returns whether a head of the log follows.

    Raises:
        UsageError: Nothing waits in it, its signer's key is not here, or it was not agreed to.
        CaseError: Not a deed.
    """
    free(out)
    raw = read_file(deed, LARGEST)
    try:
        found = _Waiting.read(raw)
    except ValueError as error:
        raise CaseError(f"{deed.name}: not a deed that a page prepared") from error
    kind, signature = _signature(found.message, found.whose, agreed)
    said: dict[str, str | int] = {
        "message": _text(found.message), "schema_version": 1, "signature": _text(signature),
    }  # fmt: skip
    put(out, rfc8785.dumps(said) + b"\n")
    return kind == KIND


def sign_at(address: str, agreed: Agreed) -> Iterator[str]:
    """Sign what waits at an address of this computer, and hand it in; yields what was done.

    After an event the head that names it is signed without asking again, if it is that.

    Raises:
        UsageError: No such address, nothing waits, the key is not here, or it was not agreed to.
    """
    if not ADDRESS.fullmatch(address):
        raise UsageError(
            f"{address[:200]!a}: expected a file with --out, or the address that the page shows"
        )
    now = _asked(f"{address}.json")
    event: dict[str, Any] | None = None
    while now.where in ("work", "sign"):
        if now.where == "work":
            time.sleep(POLLED)
            now = _asked(f"{address}.json")
            continue
        follows = event is not None and _head_of(now.message, event, now.whose.key)
        kind, signature = _signature(now.message, now.whose, _yes if follows else agreed)
        event = json.loads(taken_apart(now.message, "deed")[1]) if kind == KIND else None
        sent = {"message": _text(now.message), "signature": _text(signature)}
        now = _asked(f"{address}/signature", {"form": now.form, **sent})
    if now.where != "done":
        raise UsageError("; ".join(now.said))
    yield from now.said


def _signature(message: bytes, whose: _Whose, agreed: Agreed) -> tuple[str, bytes]:
    kind, payload = taken_apart(message, "deed")
    if kind not in KINDS:
        raise CaseError(f"deed: would sign a {kind[:60]!a}, which no page prepares; refused")
    if kind == KIND:
        try:
            event = EVENT.validate_json(payload, extra="forbid")
        except ValueError as error:
            raise CaseError("deed: not an event of a case, so it is not signed") from error
        whose = whose._replace(key=event.key, party=event.actor)
    key = private_key(whose.key, whose.party)
    if not agreed(list(message_lines(kind, payload, whose.texts))):
        raise UsageError("not signed")
    return kind, key.sign(message)


def _head_of(message: bytes, event: Mapping[str, Any], key: str) -> bool:
    """Is this the head of the log that ends with that event, and the same key's to sign?"""
    kind, payload = taken_apart(message, "deed")
    if kind != HEAD_KIND:
        return False
    try:
        head = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    if not isinstance(head, dict):
        return False
    said = (head.get("case"), head.get("size"), head.get("actor"), head.get("time"), key)
    return said == (
        event["case"], event["sequence"] + 1, event["actor"], event["time"], event["key"],
    )  # fmt: skip


def _asked(address: str, sent: Mapping[str, str] | None = None) -> _Waiting:
    """What an address of this computer answers; no proxy is asked, and no other address."""
    parts = urllib.parse.urlsplit(address)
    body = None if sent is None else urllib.parse.urlencode(sent).encode()
    asked = urllib.request.Request(address, data=body)
    asked.add_header("Accept", "application/json")
    asked.add_header("Origin", f"http://{parts.netloc}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoTurns())
    try:
        with opener.open(asked, timeout=60) as answer:
            raw = answer.read(LARGEST)
    except urllib.error.HTTPError as error:
        raise UsageError(_why(error)) from error
    except (OSError, ValueError, HTTPException) as error:
        raise UsageError(f"{parts.netloc}: does not answer: {error}") from error
    try:
        return _Waiting.read(raw)
    except ValueError as error:
        raise UsageError(f"{parts.netloc}: no deed waits there") from error


class _NoTurns(urllib.request.HTTPRedirectHandler):
    """What is sent elsewhere is not followed."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _why(error: urllib.error.HTTPError) -> str:
    raw = error.read(4096).decode("utf-8", "replace")
    try:
        return str(json.loads(raw)["said"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"refused ({error.code}): {raw}"


def _yes(_: list[str]) -> bool:
    return True


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

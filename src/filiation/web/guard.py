"""Who may ask? Whoever has the address, from a page of ours or from none, under our own name.

A page of anybody that is open in the same browser can send requests to this computer. So the name
that is asked for must be ours (no DNS name that was made to point here), a request that says where
it comes from must come from us, and the address holds a token that nobody can guess. There is no
cookie. What changes something must say that it comes from us, and bring what only a page of ours
holds; and whose address it is must be somebody who acts.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Final, final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from filiation.proceedings.desk.person import Person
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.wording.desk import too_large
from filiation.web.sessions import Sessions

__all__ = ["HEADERS", "LANGUAGE", "PERSON", "POLICY", "SECRET", "TOKEN", "Guard", "form_secret"]

LONGEST: Final = 2000  # bytes of a path with its query
PERSON: Final = "filiation.person"  # who asks, as it stands in the scope
TOKEN: Final = "filiation.token"  # under which they ask
SECRET: Final = "filiation.form"  # and what a form of theirs must bring
LANGUAGE: Final = "filiation.language"  # of the page, by the folder that it is asked for in
TONGUES: Final = tuple(f"{code}/" for code in LANGUAGES)
CHANGES: Final = re.compile(
    r"/((?:de/|fr/)?do/[a-z]{1,20}|(?:de/|fr/)?deeds/[\w-]{1,40}/(signature|drop))", re.ASCII
)
POLICY: Final = b"content-security-policy"
HEADERS: Final = (
    (
        POLICY,
        b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


def form_secret(token: str) -> str:
    """What a form must bring that changes something; made of the token, which it does not tell."""
    return hmac.new(token.encode(), b"a form of this page", hashlib.sha256).hexdigest()


@final
class Guard:
    """Passes on what may be asked, below `/TOKEN`, and gives every answer the same headers.

    Args:
        app: What answers.
        sessions: The people of this run.
        hosts: Names, with the port, under which it may be asked.
        largest: Bytes that one request may bring.
    """

    def __init__(
        self, app: ASGIApp, *, sessions: Sessions, hosts: Iterable[str], largest: int
    ) -> None:
        self._app, self._largest, self._sessions = app, largest, sessions
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        named: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            named.setdefault(name.lower(), []).append(value)
        token, path = _parted(scope["path"])
        person = self._sessions.person(token)
        refused = self._foreign(named) or self._refused(scope, named, person, path)
        app: ASGIApp = PlainTextResponse(refused[1], refused[0]) if refused else self._app
        if not refused:
            secret = form_secret(token.decode())
            spoken = path[1:3] if path[1:4] in TONGUES else "en"
            path = path[3:] if spoken != "en" else path
            scope = {**scope, "path": path, LANGUAGE: spoken}
            scope |= {PERSON: person, SECRET: secret, TOKEN: token.decode()}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [h for h in message["headers"] if h[0].lower() != b"server"]
                given = {name.lower() for name, _ in kept}
                more = [h for h in HEADERS if h[0] != POLICY or POLICY not in given]
                message = {**message, "headers": [*kept, *more]}
            await send(message)

        await app(scope, self._bounded(receive), guarded)

    def _bounded(self, receive: Receive) -> Receive:
        """The same, until more came than may."""
        came = 0

        async def bounded() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._largest:
                raise HTTPException(413, too_large(self._largest))
            return message

        return bounded

    def _foreign(self, named: Mapping[bytes, list[bytes]]) -> tuple[int, str] | None:
        """Why a request is not from a page of ours, or from somebody who typed the address."""
        hosts = [value.decode("latin-1") for value in named.get(b"host", [])]
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 421, "asked for under another name"
        if any(value.lower() not in self._own for value in named.get(b"origin", [])):
            return 403, "asked for by another page"
        sites = named.get(b"sec-fetch-site", [])
        if any(value not in (b"same-origin", b"none") for value in sites):
            return 403, "asked for by another page"
        return None

    @property
    def _own(self) -> frozenset[bytes]:
        return frozenset(f"http://{host}".encode() for host in self._hosts)

    def _refused(
        self, scope: Scope, named: Mapping[bytes, list[bytes]], person: Person | None, path: str
    ) -> tuple[int, str] | None:
        changes = scope["method"] == "POST"
        if not changes and scope["method"] not in ("GET", "HEAD"):
            return 405, "pages are read, never changed"
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST:
            return 414, "too long"
        if person is None:
            return (405, "nothing is changed") if changes else (404, "no such page")
        if not changes:
            return None
        if not person.acts or not CHANGES.fullmatch(path):
            return 405, "pages are read, never changed"
        if not named.get(b"origin"):
            return 403, "asked for by another page"
        size = named.get(b"content-length", [b"0"])[0]
        if not re.fullmatch(rb"[0-9]{1,15}", size) or int(size) > self._largest:
            return 413, too_large(self._largest)
        return None


def _parted(path: str) -> tuple[bytes, str]:
    """The token, and the path behind it."""
    token, _, rest = path.removeprefix("/").partition("/")
    return token.encode("utf-8", "surrogatepass"), f"/{rest}"

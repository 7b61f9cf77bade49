"""What a path gives: the page of that name, or a search; and what is sent, a deed."""

import socket
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Final, final

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from filiation.errors import FiliationError, UsageError
from filiation.proceedings.desk.open import Desk
from filiation.proceedings.desk.person import Person, Sight
from filiation.proceedings.desk.standing import State, stands
from filiation.proceedings.desk.unopened import Unopened
from filiation.proceedings.site import Site
from filiation.report.wording.site import DESK, GUESTS, NEW_CASE
from filiation.web.desk import DeskPages, Shown
from filiation.web.guard import HEADERS, LANGUAGE, PERSON, POLICY, TOKEN, Guard
from filiation.web.sessions import Sessions

__all__ = [
    "LARGEST",
    "Pages",
    "application",
    "listening",
    "serve_forever",
    "server_of",
]

LOOPBACK: Final = "127.0.0.1"
NAMES: Final = ("127.0.0.1", "localhost")
LOGS: Final = ("case.db", "case.db-wal", "export.json")
LARGEST: Final = 1 << 30  # bytes of one request
HTML: Final = "text/html; charset=utf-8"
REPORTS: Final = "reports/"  # whose bytes are those of whoever issued them
ISSUED: Final = f"{dict(HEADERS)[POLICY].decode()}; sandbox"


@final
class Pages:
    """The pages of a case as one person sees them, read again when its log has changed."""

    def __init__(self, case: Path, person: Person) -> None:
        self._case, self._rooms = case, _rooms(person)
        self._sight, self._lock = Sight(case, person), Lock()
        self._seen: object = None
        self._site: Site | None = None

    def site(self) -> Site:
        """The pages as the case stands now."""
        with self._lock:  # made by one, not by each who asks at once
            now = tuple(self._mark(name) for name in LOGS)
            site = self._site
            if site is None or now != self._seen:
                site = self._site = Site(self._sight.held(), desk=self._rooms)
                self._seen = now
            return site

    def _mark(self, name: str) -> tuple[int, int] | None:
        try:
            found = (self._case / name).stat()
        except OSError:  # no such file, or no folder: what reads the case says so
            return None
        return found.st_mtime_ns, found.st_size

    def answer(self, path: str, query: Mapping[str, str], language: str) -> Response:
        """A page, made of files."""
        name = path.lstrip("/")
        if name == "":
            return RedirectResponse("index.html")
        words = query.get("q") or ""
        try:
            if name == "search.html" and words:
                return self._searched(words, language)
            found = self.site().page(name, served=True, language=language)
        except FiliationError as error:
            code = 400 if isinstance(error, UsageError) else 500
            return PlainTextResponse(str(error), code)
        if found is None:
            return PlainTextResponse("no such page", 404)
        headers = {"content-type": found[1]}
        if name.startswith(REPORTS) and found[1] == HTML:
            headers[POLICY.decode()] = ISSUED
        return Response(found[0], headers=headers)

    def _searched(self, words: str, language: str) -> Response:
        """What was found; what is no query comes back with why it is none."""
        site = self.site()
        try:
            return Response(site.found(words, language), media_type=HTML)
        except UsageError as error:
            raw = site.not_found(words, str(error), language)
            return Response(raw, 400, media_type=HTML)


@final
class Seen:
    """The pages of everybody, made when somebody first asks."""

    def __init__(self, case: Path, sessions: Sessions) -> None:
        self._case, self._sessions = case, sessions
        self._pages: dict[Person, Pages] = {}
        self._lock = Lock()
        rooms = {name: DESK[name] for name in ("key.html", "do.html", "deeds.html")}
        self._opener = Unopened(NEW_CASE, rooms)
        self._guest = Unopened(GUESTS, {"key.html": DESK["key.html"]})

    def pages(self, person: Person) -> Pages:
        """Those of somebody who has a part in the case."""
        with self._lock:
            return self._pages.setdefault(person, Pages(self._case, person))

    def shown(self, person: Person) -> Shown:
        """What that person's pages are made with."""
        if person.makes_key:
            return self._opener if person.role == "opener" else self._guest
        return self.pages(person).site()

    def stands(self) -> State:
        """The state of the whole case."""
        return stands(self._case)

    def joined(self, token: str) -> bool:
        """Is somebody who was invited a party by now?"""
        self._sessions.joined(self.stands())
        found = self._sessions.person(token.encode())
        return found is not None and not found.makes_key

    async def answer(self, request: Request) -> Response:
        """A page; of who has no part in a case yet, the way to the pages that there are."""
        person, path = request.scope[PERSON], request.scope["path"]
        if not person.makes_key:
            pages, query = self.pages(person), request.query_params
            return await to_thread.run_sync(pages.answer, path, query, request.scope[LANGUAGE])
        if path not in ("/", "/index.html"):
            return PlainTextResponse("no such page", 404)
        if person.role == "opener":
            return RedirectResponse("do.html")
        joined = await to_thread.run_sync(self.joined, request.scope[TOKEN])
        return RedirectResponse("do.html" if joined else "key.html")


def application(
    case: Path, *, sessions: Sessions, port: int, largest: int = LARGEST,
    desk: Desk | None = None,
) -> ASGIApp:  # fmt: skip
    """The pages of a case for some people, behind their guard.

    Args:
        case: A case, the export of one, or where one is to be opened.
        sessions: The people of this run.
        port: On which it is asked.
        largest: Bytes that one request may bring.
        desk: Where deeds wait; None: nobody acts.

    Raises:
        UsageError: No case and no export of one.
        CaseError: An export that was altered.
    """
    seen = Seen(case, sessions)
    for _, person in sessions.all():
        seen.shown(person)
    acts = DeskPages(desk, sessions, seen.shown, seen.stands).routes() if desk else []
    routes = [*acts, Route("/{path:path}", seen.answer, methods=["GET", "HEAD"])]
    hosts = [f"{name}:{port}" for name in NAMES]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _said})
    return Guard(app, sessions=sessions, hosts=hosts, largest=largest)


def _rooms(person: Person) -> Mapping[str, str]:
    """The pages of a desk that this person's pages lead to."""
    if not person.may:
        return {}
    kept = ("do.html", "deeds.html", *(("people.html",) if person.role == "lead" else ()))
    return {name: DESK[name] for name in kept}


async def _said(_: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) else ""
    return PlainTextResponse(said, code)


def listening(port: int) -> socket.socket:
    """A socket of this computer's own, which no other can reach.

    Raises:
        UsageError: The port is taken.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((LOOPBACK, port))
    except OSError as error:
        made.close()
        raise UsageError(f"port {port}: cannot be listened on: {error.strerror}") from error
    made.listen()
    return made


def server_of(app: ASGIApp) -> uvicorn.Server:
    """What answers on a socket, bounded in what it takes at once."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        limit_concurrency=200,
        h11_max_incomplete_event_size=16_384,
    )
    return uvicorn.Server(config)


def serve_forever(app: ASGIApp, made: socket.socket) -> None:
    """Answer until the process is ended."""
    server_of(app).run(sockets=[made])

"""What a path gives: the page of that name, or a search; and what is sent, a deed."""

import secrets
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
from filiation.proceedings.site import Site
from filiation.web.desk import DeskPages
from filiation.web.guard import LANGUAGE, PERSON, Guard

__all__ = [
    "LARGEST",
    "Pages",
    "application",
    "listening",
    "new_token",
    "serve_forever",
    "server_of",
]

LOOPBACK: Final = "127.0.0.1"
NAMES: Final = ("127.0.0.1", "localhost")
LOGS: Final = ("case.db", "case.db-wal", "export.json")
LARGEST: Final = 1 << 30  # bytes of one request


@final
class Pages:
    """The pages of a case as one person sees them, read again when its log has changed."""

    def __init__(self, case: Path, person: Person) -> None:
        self._case, self._desk = case, bool(person.may)
        self._sight, self._lock = Sight(case, person), Lock()
        self._seen: object = None
        self._site: Site | None = None

    def site(self) -> Site:
        """The pages as the case stands now."""
        with self._lock:  # made by one, not by each who asks at once
            now = tuple(self._mark(name) for name in LOGS)
            site = self._site
            if site is None or now != self._seen:
                site = self._site = Site(self._sight.held(), desk=self._desk)
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
                raw = self.site().found(words, language)
                return Response(raw, media_type="text/html; charset=utf-8")
            found = self.site().page(name, served=True, language=language)
        except FiliationError as error:
            code = 400 if isinstance(error, UsageError) else 500
            return PlainTextResponse(str(error), code)
        if found is None:
            return PlainTextResponse("no such page", 404)
        return Response(found[0], headers={"content-type": found[1]})


def application(
    case: Path, *, sessions: Mapping[str, Person], port: int, largest: int = LARGEST,
    desk: Desk | None = None,
) -> ASGIApp:  # fmt: skip
    """The pages of a case for some people, behind their guard.

    Args:
        case: A case, or the export of one.
        sessions: Token of each person.
        port: On which it is asked.
        largest: Bytes that one request may bring.
        desk: Where deeds wait; None: nobody acts.

    Raises:
        UsageError: No case and no export of one.
        CaseError: An export that was altered.
    """
    seen = {person: Pages(case, person) for person in sessions.values()}
    for pages in seen.values():
        pages.site()

    async def page(request: Request) -> Response:
        pages = seen[request.scope[PERSON]]
        path, query = request.scope["path"], request.query_params
        return await to_thread.run_sync(pages.answer, path, query, request.scope[LANGUAGE])

    acts = DeskPages(desk, lambda person: seen[person].site()).routes() if desk else []
    routes = [*acts, Route("/{path:path}", page, methods=["GET", "HEAD"])]
    hosts = [f"{name}:{port}" for name in NAMES]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _said})
    return Guard(app, sessions=sessions, hosts=hosts, largest=largest)


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


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)

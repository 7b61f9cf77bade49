"""What a path gives: the page of that name, or a search."""

import secrets
import socket
from pathlib import Path
from typing import Final, final

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from filiation.errors import FiliationError, UsageError
from filiation.proceedings.site import Site
from filiation.web.guard import Guard

__all__ = ["Pages", "application", "listening", "new_token", "serve_forever"]

LOOPBACK: Final = "127.0.0.1"
NAMES: Final = ("127.0.0.1", "localhost")
LOGS: Final = ("case.db", "case.db-wal", "export.json")


@final
class Pages:
    """The pages of a case, read again when its log has changed."""

    def __init__(self, case: Path) -> None:
        self._case = case
        self._seen: object = None
        self._site: Site | None = None

    def site(self) -> Site:
        """The pages as the case stands now."""
        now = tuple(self._mark(name) for name in LOGS)
        site = self._site
        if site is None or now != self._seen:
            site = self._site = Site(self._case)
            self._seen = now
        return site

    def _mark(self, name: str) -> tuple[int, int] | None:
        try:
            found = (self._case / name).stat()
        except OSError:  # no such file, or no folder: what reads the case says so
            return None
        return found.st_mtime_ns, found.st_size

    async def answer(self, request: Request) -> Response:
        """A page, on a thread of its own, since it is made of files."""
        return await to_thread.run_sync(self._answer, request.url.path, request.query_params)

    def _answer(self, path: str, query: object) -> Response:
        name = path.lstrip("/")
        if name == "":
            return RedirectResponse("index.html")
        words = getattr(query, "get", dict[str, str]().get)("q") or ""
        try:
            if name == "search.html" and words:
                return Response(self.site().found(words), media_type="text/html; charset=utf-8")
            found = self.site().page(name, served=True)
        except FiliationError as error:
            code = 400 if isinstance(error, UsageError) else 500
            return PlainTextResponse(str(error), code)
        if found is None:
            return PlainTextResponse("no such page", 404)
        return Response(found[0], headers={"content-type": found[1]})


def application(case: Path, *, token: str, port: int) -> ASGIApp:
    """The pages of a case, behind their guard.

    Raises:
        UsageError: No case and no export of one.
        CaseError: An export that was altered.
    """
    pages = Pages(case)
    pages.site()
    routes = [Route("/{path:path}", pages.answer, methods=["GET", "HEAD"])]
    hosts = [f"{name}:{port}" for name in NAMES]
    return Guard(Starlette(routes=routes), token=token, hosts=hosts)


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


def serve_forever(case: Path, made: socket.socket, token: str) -> None:
    """Answer until the process is ended."""
    port = int(made.getsockname()[1])
    config = uvicorn.Config(
        application(case, token=token, port=port),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        limit_concurrency=200,
        h11_max_incomplete_event_size=16_384,
    )
    uvicorn.Server(config).run(sockets=[made])


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)

"""Asking the pages without a network, header by header, as a hostile page could."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.types import ASGIApp, Message

from filiation.proceedings.desk.person import Person
from filiation.web.app import application
from filiation.web.sessions import Sessions

TOKEN = "t" * 43
PORT = 4711
READER = Person(party="", role="", acts=False)
HOST = ("host", f"127.0.0.1:{PORT}")


@dataclass(frozen=True)
class Answer:
    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def pages(case: Path) -> ASGIApp:
    return application(case, sessions=Sessions({TOKEN: READER}), port=PORT)


def ask(
    app: ASGIApp,
    path: str,
    *,
    query: str = "",
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (HOST,),
    token: str = TOKEN,
) -> Answer:
    """One request; `path` is what stands behind the token."""
    return asyncio.run(_ask(app, f"/{token}/{path}", query, method, headers))


async def _ask(
    app: ASGIApp, path: str, query: str, method: str, headers: Sequence[tuple[str, str]]
) -> Answer:
    said: list[Message] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "path": path, "raw_path": path.encode("utf-8", "replace"), "root_path": "",
        "query_string": query.encode(), "scheme": "http", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT),
        "headers": [(n.lower().encode(), v.encode("latin-1")) for n, v in headers],
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    start = said[0]
    found = {n.decode().lower(): v.decode("latin-1") for n, v in start["headers"]}
    body = b"".join(one.get("body", b"") for one in said[1:])
    return Answer(code=start["status"], headers=found, body=body)

"""Who may ask? Whoever has the address, from a page of ours or from none, under our own name.

A page of anybody that is open in the same browser can send requests to this computer. So the name
that is asked for must be ours (no DNS name that was made to point here), a request that says where
it comes from must come from us, and the address holds a token that nobody can guess. There is no
cookie. Nothing can be changed, so nothing can be forged.
"""

import hmac
from collections.abc import Iterable
from typing import Final, final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "Guard"]

LONGEST: Final = 2000  # bytes of a path with its query
HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


@final
class Guard:
    """Passes on what may be asked, below `/TOKEN`, and gives every answer the same headers.

    Args:
        app: What answers.
        token: Of this run.
        hosts: Names, with the port, under which it may be asked.
    """

    def __init__(self, app: ASGIApp, *, token: str, hosts: Iterable[str]) -> None:
        self._app = app
        self._prefix = f"/{token}/"
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refused = self._refused(scope)
        app: ASGIApp = PlainTextResponse(refused[1], refused[0]) if refused else self._app
        if not refused:
            scope = {**scope, "path": "/" + scope["path"][len(self._prefix) :]}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [h for h in message["headers"] if h[0].lower() != b"server"]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        await app(scope, receive, guarded)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        named: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            named.setdefault(name.lower(), []).append(value)
        hosts = [value.decode("latin-1") for value in named.get(b"host", [])]
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 421, "asked for under another name"
        own = {f"http://{host}".encode() for host in self._hosts}
        if any(value.lower() not in own for value in named.get(b"origin", [])):
            return 403, "asked for by another page"
        sites = named.get(b"sec-fetch-site", [])
        if any(value not in (b"same-origin", b"none") for value in sites):
            return 403, "asked for by another page"
        if scope["method"] not in ("GET", "HEAD"):
            return 405, "pages are read, never changed"
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST:
            return 414, "too long"
        path = scope["path"].encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(path[: len(self._prefix)], self._prefix.encode()):
            return 404, "no such page"
        return None

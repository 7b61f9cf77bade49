"""Acting on pages without a network: forms as a browser sends them, keys as holders have them."""

import asyncio
import base64
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from filiation.casefile.ledger import keys
from filiation.proceedings.desk.open import Desk
from filiation.proceedings.desk.person import people
from filiation.proceedings.verifying import verify_case
from filiation.web.app import application
from filiation.web.sessions import Sessions
from web.asking import HOST, PORT, Answer

ORIGIN = ("origin", f"http://127.0.0.1:{PORT}")
PARTIES = ("tribunal", "first", "second", "acme")
READS = ("basel",)


def token(who: str) -> str:
    return (who + "-" * 43)[:43]


@dataclass
class Bench:
    """A case served to its people.

    Each signs with the key that the test holds, as its holder would.
    """

    case: Path
    app: ASGIApp
    desk: Desk
    home: Path

    def ask(
        self, who: str, path: str, *, method: str = "GET", body: bytes = b"",
        headers: Sequence[tuple[str, str]] = (), query: str = "",
    ) -> Answer:  # fmt: skip
        return asyncio.run(_ask(self.app, f"/{token(who)}/{path}", method, body, headers, query))

    def secret(self, who: str) -> str:
        page = self.ask(who, "do/comment.html").text
        found = re.search(r'name="form" value="([0-9a-f]+)"', page)
        return found[1] if found else ""

    def send(
        self, who: str, path: str, fields: Mapping[str, str | Sequence[str]],
        *headers: tuple[str, str], secret: str | None = None,
    ) -> Answer:  # fmt: skip
        given = {"form": self.secret(who) if secret is None else secret, **fields}
        body = urlencode(given, doseq=True).encode()
        form = ("content-type", "application/x-www-form-urlencoded")
        return self.ask(who, path, method="POST", body=body, headers=(ORIGIN, form, *headers))

    def upload(
        self, who: str, path: str, fields: Mapping[str, str], files: Sequence[tuple[str, bytes]],
        field: str = "files",
    ) -> Answer:  # fmt: skip
        given = {"form": self.secret(who), **fields}
        parts = [
            f'--b\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'.encode()
            for name, said in given.items()
        ]
        parts += [
            f'--b\r\ncontent-disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "content-type: application/octet-stream\r\n\r\n".encode()
            + raw
            + b"\r\n"
            for name, raw in files
        ]
        form = ("content-type", "multipart/form-data; boundary=b")
        body = b"".join(parts) + b"--b--\r\n"
        return self.ask(who, path, method="POST", body=body, headers=(ORIGIN, form))

    def began(self, who: str, verb: str, fields: Mapping[str, str | Sequence[str]]) -> str:
        """Begin a deed; its id."""
        return begun(self.send(who, f"do/{verb}", fields))

    def stands(self, who: str, deed: str, *until: str) -> dict[str, Any]:
        """A deed, once it is so."""
        for _ in range(9000):  # three minutes, on a machine that is busy
            found: dict[str, Any] = json.loads(self.ask(who, f"deeds/{deed}.json").body)
            if not until or found["where"] in until:
                return found
            time.sleep(0.02)
        raise AssertionError(found)

    def signed(self, who: str, deed: str, key: str = "") -> dict[str, Any]:
        """Sign whatever a deed asks for, until it is over."""
        while True:
            now = self.stands(who, deed, "sign", "done", "refused")
            if now["where"] != "sign":
                return now
            own = keys._load(self.home / "keys" / f"{key or who}.pem")
            signature = base64.b64encode(own.sign(base64.b64decode(now["message"]))).decode()
            sent = {"message": now["message"], "signature": signature}
            answer = self.send(who, f"deeds/{deed}/signature", sent)
            if answer.code != 303:
                return {"where": "not taken", "said": [answer.text]}

    def does(self, who: str, verb: str, fields: Mapping[str, str | Sequence[str]]) -> list[str]:
        """Begin, sign, done; what was said."""
        found = self.signed(who, self.began(who, verb, fields))
        assert found["where"] == "done", found
        said: list[str] = found["said"]
        return said


def begun(answer: Answer) -> str:
    assert answer.code == 303, answer.text
    found = re.fullmatch(r"\.\./deeds/([\w-]+)\.html", answer.headers["location"])
    assert found
    return found[1]


def bench(
    case: Path, home: Path, *, largest: int = 1 << 20, acting: Sequence[str] = PARTIES,
    reading: Sequence[str] = READS,
) -> Bench:  # fmt: skip
    """Serve a case to its people; FILIATION_HOME is where the server runs."""
    known = people(case, list(acting), list(reading))
    desk = Desk(case)
    sessions = Sessions({token(one.party): one for one in known})
    app = application(case, sessions=sessions, port=PORT, largest=largest, desk=desk)
    return Bench(case=case, app=app, desk=desk, home=home)


def events(made: Bench) -> int:
    found = verify_case(made.case)
    assert found.problems == ()
    return found.counts["events"]


async def _ask(
    app: ASGIApp, path: str, method: str, body: bytes, headers: Sequence[tuple[str, str]],
    query: str,
) -> Answer:  # fmt: skip
    said: list[Message] = []
    pieces = [body[at : at + 65536] for at in range(0, len(body), 65536)] or [b""]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "path": path, "raw_path": path.encode("utf-8", "replace"), "root_path": "",
        "query_string": query.encode(), "scheme": "http", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT),
        "headers": [(n.lower().encode(), v.encode("latin-1")) for n, v in (HOST, *headers)],
    }  # fmt: skip

    async def receive() -> Message:
        piece = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    found = {n.decode().lower(): v.decode("latin-1") for n, v in said[0]["headers"]}
    raw = b"".join(one.get("body", b"") for one in said[1:])
    return Answer(code=said[0]["status"], headers=found, body=raw)

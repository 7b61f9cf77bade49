"""A web server on this machine, for models that lie elsewhere: ranges, redirects and faults."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Fault = Callable[["Handler"], bool]  # whether it answered in place of the host


@dataclass(kw_only=True)
class Asked:
    """One request: its path with the query, and its headers in lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass(kw_only=True)
class Host:
    """Files by path, and how they are served."""

    files: dict[str, bytes] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)  # each answers one request, in order
    lists: Fault | None = None  # answers whatever asks for a list
    ranges: bool = True
    marks: bool = True
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0  # bytes of bodies

    def url(self, path: str = "", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"

    def put(self, folder: Path, below: str = "") -> None:
        """Serve every file of a folder."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                self.files[f"/{below}{name}"] = path.read_bytes()

    def of(self, ending: str) -> list[Asked]:
        """Requests for paths that end so."""
        return [one for one in self.asked if urlsplit(one.path).path.endswith(ending)]


class Handler(BaseHTTPRequestHandler):
    """Serves a host's files."""

    protocol_version = "HTTP/1.1"
    host: Host

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        host = self.host
        headers = {name.lower(): value for name, value in self.headers.items()}
        host.asked.append(Asked(path=self.path, headers=headers))
        fault = host.faults.pop(0) if host.faults else None  # once, though several threads ask
        if fault is not None:
            if fault(self):
                return
            host.faults.insert(0, fault)
        if host.lists is not None and host.lists(self):
            return
        path = unquote(urlsplit(self.path).path)
        more = host.headers.get(path, {})
        if path in host.redirects:
            self.answer(302, b"", {"Location": host.redirects[path], **more})
        elif path in host.files:
            self.file(path, more)
        else:
            self.answer(404, b"no such file")

    def file(self, path: str, more: Mapping[str, str], *, cut: int | None = None) -> None:
        """A file or the part of it that was asked for; `cut`: close after so many bytes."""
        raw = self.host.files[path]
        headers = dict(more)
        if self.host.marks:
            own = f'"{hashlib.md5(raw).hexdigest()}"'
            headers["ETag"] = self.host.etags.get(path, own)
        asked = self.headers.get("Range", "")
        if not (asked and self.host.ranges):
            self.answer(200, raw, headers, cut=cut)
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, len(raw))
        if start >= len(raw):
            self.answer(416, b"", {**headers, "Content-Range": f"bytes */{len(raw)}"})
            return
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(raw)}"
        self.answer(206, raw[start:end], headers, cut=cut)

    def answer(
        self, status: int, body: bytes, headers: Mapping[str, str] = {}, *, cut: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:cut])
        self.host.sent += len(body[:cut])
        if cut is not None:
            self.close_connection = True


@contextmanager
def serving(host: Host) -> Iterator[Host]:
    """Serve at a free port while this holds."""
    handler = type("Bound", (Handler,), {"host": host})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    host.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def busy(status: int, after: str | None = None) -> Fault:
    """One answer that asks to come again."""

    def fault(handler: Handler) -> bool:
        handler.answer(status, b"busy", {} if after is None else {"Retry-After": after})
        return True

    return fault


def cut_after(count: int, ending: str) -> Fault:
    """A connection that is closed after so many bytes of a file."""

    def fault(handler: Handler) -> bool:
        path = unquote(urlsplit(handler.path).path)
        if not path.endswith(ending) or not handler.headers.get("Range"):
            return False
        handler.file(path, {}, cut=count)
        return True

    return fault


COMMIT = "5f0e3c1d2b4a69788796a5b4c3d2e1f001122334"


def as_hub(host: Host, bytes_at: Host, folder: Path, name: str, *, revision: str = "main") -> None:
    """Serve a folder as the hub does: a list, links to another host, and what is small itself."""
    siblings: list[dict[str, Any]] = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        file, raw = path.relative_to(folder).as_posix(), path.read_bytes()
        one: dict[str, Any] = {"rfilename": file, "size": len(raw), "blobId": "0" * 40}
        at = f"/{name}/resolve/{COMMIT}/{file}"
        host.headers[at] = {"X-Repo-Commit": COMMIT}
        if file.endswith((".safetensors", ".gguf", ".bin")):
            digest = hashlib.sha256(raw).hexdigest()
            one["lfs"] = {"sha256": digest, "size": len(raw), "pointerSize": 134}
            host.redirects[at] = bytes_at.url(f"blobs/{digest}?Signature=very-secret", "localhost")
            host.headers[at] |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(raw))}
            bytes_at.files[f"/blobs/{digest}"] = raw
        else:
            host.files[at] = raw
        siblings.append(one)
    said = {"id": name, "sha": COMMIT, "siblings": siblings}
    for known in (revision, COMMIT):
        host.files[f"/api/models/{name}/revision/{known}"] = json.dumps(said).encode()


def as_bucket(host: Host, folder: Path, bucket: str, prefix: str) -> None:
    """Serve a folder as S3 does: a list of objects in pages of two, and the objects."""
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    for name in names:
        host.files[f"/{bucket}/{prefix}{name}"] = (folder / name).read_bytes()

    def listed(handler: Handler) -> bool:
        parts = urlsplit(handler.path)
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        if parts.path != f"/{bucket}/" or query.get("list-type") != "2":
            return False
        keys = [f"{prefix}{n}" for n in names if f"{prefix}{n}".startswith(query.get("prefix", ""))]
        first = int(query.get("continuation-token", "0"))
        shown = "".join(map(_content(host, bucket), keys[first : first + 2]))
        more = len(keys) > first + 2
        token = f"<NextContinuationToken>{first + 2}</NextContinuationToken>" if more else ""
        handler.answer(
            200,
            f'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{shown}</ListBucketResult>".encode(),
        )
        return True

    host.lists = listed


def _content(host: Host, bucket: str) -> Callable[[str], str]:
    def shown(key: str) -> str:
        raw = host.files[f"/{bucket}/{key}"]
        etag = hashlib.md5(raw).hexdigest()
        return (
            f"<Contents><Key>{key}</Key><Size>{len(raw)}</Size>"
            f"<ETag>&quot;{etag}&quot;</ETag></Contents>"
        )

    return shown

"""A provider on loopback that answers as told, and remembers everything it was asked."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = Callable[["Handler"], None]
Script = Callable[[int, dict[str, Any]], Fault | None]  # number of the request, its body


@dataclass
class Provider:
    """What the server does, and what it saw."""

    script: Script = lambda number, asked: None
    model: Callable[[int], str] = lambda number: "toy-1"
    answer: Callable[[str], str] = lambda prompt: f"answer to {prompt}"
    slow: float = 0.0
    seen: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    @property
    def prompts(self) -> Counter[str]:
        return Counter(asked["messages"][0]["content"] for asked in self.seen)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider
    asked: dict[str, Any]
    number: int
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        provider = self.server.provider  # type: ignore[attr-defined]
        self.provider = provider
        self.asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with provider.lock:
            provider.seen.append(self.asked)
            provider.headers.append({k.lower(): v for k, v in self.headers.items()})
            self.number = len(provider.seen)
            provider.under_way += 1
            provider.most_under_way = max(provider.most_under_way, provider.under_way)
        try:
            if provider.slow:
                time.sleep(provider.slow)
            fault = provider.script(self.number, self.asked)
            (fault or fine)(self)
        finally:
            with provider.lock:
                provider.under_way -= 1

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reply(self) -> bytes:
        prompt = self.asked["messages"][0]["content"]
        text, model = self.provider.answer(prompt), self.provider.model(self.number)
        if self.path.endswith("/v1/messages"):
            found: dict[str, Any] = {
                "type": "message",
                "model": model,
                "content": [
                    {"type": "thinking", "thinking": "hm"},
                    {"type": "text", "text": text},
                ],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 10, "output_tokens": 5},
            }
        else:
            choice: dict[str, Any] = {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
            if self.asked.get("logprobs"):
                top = [{"token": "a", "logprob": -0.5}, {"token": "b", "logprob": -1.5}]
                row = {"token": "a", "logprob": -0.5, "top_logprobs": top}
                choice["logprobs"] = {"content": [row]}
            usage = {"prompt_tokens": 10, "completion_tokens": 5}
            found = {"object": "chat.completion", "model": model, "choices": [choice]}
            found["usage"] = usage
        return json.dumps(found).encode()

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *words: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what the tests are about."""


def fine(handler: Handler) -> None:
    handler.send(200, handler.reply(), content_type="application/json", request_id="req_1")


def status(code: int, error: dict[str, Any] | None = None, **headers: str) -> Fault:
    body = json.dumps({"error": error or {"type": "some_error", "message": "no"}}).encode()
    return lambda handler: handler.send(code, body, **headers)


def cut_before_headers(handler: Handler) -> None:
    handler.hang_up()


def cut_after_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n")
    handler.hang_up()


def half_a_body(handler: Handler) -> None:
    body = handler.reply()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.hang_up()


def malformed(handler: Handler) -> None:
    handler.send(200, b'{"model": "toy-1", "choices": [')


def not_text(handler: Handler) -> None:
    handler.send(200, b"\xff\xfe\x00 not utf-8 \x80")


def drip(handler: Handler) -> None:
    """A byte at a time, for ever: no single read takes long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    for _ in range(500):
        handler.wfile.write(b" ")
        time.sleep(0.02)


def huge(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n")
    for _ in range(1000):
        handler.wfile.write(b" " * (1 << 20))


def first(count: int, fault: Fault) -> Script:
    """The first `count` requests meet the fault."""
    return lambda number, asked: fault if number <= count else None


@contextmanager
def serving(**settings: Any) -> Iterator[Provider]:
    provider = Provider(**settings)
    server = Server(("127.0.0.1", 0), Handler)
    server.provider = provider  # type: ignore[attr-defined]
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

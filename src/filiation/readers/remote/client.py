"""Asking for bytes over HTTP: ranges, redirects that keep a secret, faults that pass.

A client of our own rather than fsspec's or the hub's: those retry in silence, follow redirects by
rules of their own, and do not check from one range to the next that the file is still the same.
No words of a host or of the transport enter a message: a URL with a signature could be in them.
"""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Never, TypeVar, final
from urllib.parse import urljoin, urlsplit

import httpx2

from filiation import __version__
from filiation.errors import UnreadableError, UsageError
from filiation.readers.remote.address import is_near, origin_of
from filiation.readers.remote.pace import Pace, named_wait, own_wait
from filiation.readers.remote.place import MissingError, Place, State

__all__ = ["Client", "Put", "onward"]

T = TypeVar("T")
Put = Callable[[int, bytes], None]
"""Takes bytes in, and where in the file they begin."""

HOPS: Final = 5
REDIRECTS: Final = (301, 302, 303, 307, 308)
GONE: Final = (401, 403, 404, 410)  # of a link with a time limit
PASSING: Final = (408, 425, 429, 500, 502, 503, 504)
RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
HEADERS: Final = {"accept-encoding": "identity", "user-agent": f"filiation/{__version__}"}
LOGGERS: Final = ("httpx2", "httpcore2.http11", "httpcore2.connection", "httpcore2.proxy")
QUERY: Final = re.compile(r"\?[^\s'\"]+")
FORWARD: Final = 1 << 16  # bytes after which an attempt counts as one that got on


def without_queries(record: logging.LogRecord) -> bool:
    """Take what follows a question mark out of a log: links of hosts carry their signature there.

    Never turns a record away.
    """
    record.msg, record.args = QUERY.sub("?..", record.getMessage()), ()
    return True


@final
class _PassingError(Exception):
    """What may pass: a cut, a time-out, a host that is busy."""

    def __init__(self, words: str, *, wait: float | None = None, moved: bool = False) -> None:
        super().__init__(words)
        self.words, self.wait, self.moved = words, wait, moved


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A response whose body waits to be read."""

    response: httpx2.Response
    state: State
    start: int


@final
class Client:
    """Asks; safe to use from several threads."""

    def __init__(
        self, pace: Pace | None = None, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._pace, self._wait = pace or Pace(), wait
        for name in LOGGERS:
            logging.getLogger(name).addFilter(without_queries)
        self._moved: dict[str, tuple[str, float]] = {}  # where a file was found at last, until when
        limits = httpx2.Timeout(self._pace.silence, connect=self._pace.connecting)
        self._clients = {
            near: httpx2.Client(timeout=limits, trust_env=not near, follow_redirects=False)
            for near in (False, True)  # no proxy to this machine
        }

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()

    def state(self, place: Place, head: int, put: Put) -> State:
        """In which state a file is; its first `head` bytes are handed to `put` on the way.

        Raises:
            MissingError: There is no such file.
            UsageError: It is not open to whoever asks.
            UnreadableError: The host cannot be reached, or does not say how large the file is.
        """

        def once() -> State:
            with self._asked(place, 0, head) as answer:
                if answer.state.ranges:
                    self._taken(answer, 0, min(head, answer.state.size), put)
                return answer.state

        return self._patiently(place, once)

    def read(self, place: Place, known: State, start: int, end: int, put: Put) -> None:
        """Hand bytes `start` to `end` of a file to `put`, in order; goes on where a cut fell.

        From a host that sends no parts, the file as a whole, from its beginning, whatever was
        asked for; `put` may get bytes twice then.

        Raises:
            UnreadableError: It changed, or the host failed too often.
        """
        at, end = (start, end) if known.ranges else (0, known.size)

        def once() -> None:
            nonlocal at
            begin = at
            first = at if known.ranges else 0
            with self._asked(place, first, end) as answer:
                known.same(answer.state, place.shown)

                def put_on(where: int, raw: bytes) -> None:
                    nonlocal at
                    put(where, raw)
                    at = max(at, where + len(raw))

                try:
                    self._taken(answer, first, end, put_on)
                except _PassingError as fault:
                    raise _PassingError(fault.words, moved=at - begin >= FORWARD) from fault

        while at < end:
            self._patiently(place, once)

    def document(self, place: Place, most: int) -> tuple[bytes, Mapping[str, str]]:
        """A whole answer of at most so many bytes, and its headers in lower case.

        Raises:
            MissingError: There is no such thing.
            UnreadableError: It is larger, or the host failed too often.
        """

        def once() -> tuple[bytes, Mapping[str, str]]:
            with self._sent(place, {}) as (response, _):
                _checked(response, place, (200,))
                found = bytearray()
                for chunk in self._chunks(response):
                    found += chunk
                    if len(found) > most:
                        raise UnreadableError(
                            f"{place.shown}: more than {most} bytes; no host sends that many"
                        )
                return bytes(found), dict(response.headers)

        return self._patiently(place, once)

    def _patiently(self, place: Place, once: Callable[[], T]) -> T:
        failures = 0
        while True:
            try:
                return once()
            except _PassingError as fault:
                failures = 1 if fault.moved else failures + 1
                if failures >= self._pace.attempts:
                    raise UnreadableError(
                        f"{place.shown}: {fault.words}, {failures} times in a row; nothing was "
                        "concluded from the part that was read"
                    ) from None
                if fault.wait is not None and fault.wait > self._pace.longest_named:
                    raise UnreadableError(
                        f"{place.shown}: the host asks to wait {fault.wait:.0f} seconds, expected "
                        f"at most {self._pace.longest_named:.0f}; ask again later"
                    ) from None
                self._wait(own_wait(self._pace, failures) if fault.wait is None else fault.wait)

    @contextmanager
    def _asked(self, place: Place, start: int, end: int) -> Iterator[_Answer]:
        """Ask for a range; what comes may be the whole file."""
        with self._sent(place, {"range": f"bytes={start}-{end - 1}"}) as (response, linked):
            _checked(response, place, (200, 206, 416))
            yield _answer(response, place, start, linked)

    def _taken(self, answer: _Answer, begin: int, end: int, put: Put) -> None:
        """Hand bytes `begin` to `end` to `put`; an answer may begin before them."""
        at = answer.start
        if at >= end:
            return
        for chunk in self._chunks(answer.response):
            more = chunk[max(0, begin - at) : end - at]
            if more:
                put(max(at, begin), more)
            at += len(chunk)
            if at >= end:
                return
        raise _PassingError("the connection was cut")

    @contextmanager
    def _sent(
        self, place: Place, headers: Mapping[str, str]
    ) -> Iterator[tuple[httpx2.Response, str]]:
        """Send a request and follow where it leads; secrets go to the first host only.

        Yields the last response, and the mark that the first host gave.
        """
        first, linked = origin_of(place.url), ""
        known, until = self._moved.get(place.url, ("", 0.0))
        url = known if known and time.monotonic() < until else place.url
        for _ in range(HOPS + 1):
            own = origin_of(url) == first
            secrets = place.secrets(url) if own else {}
            with self._response(url, {**HEADERS, **headers, **secrets}) as response:
                if own:
                    _of_this_commit(response, place)
                    linked = response.headers.get("x-linked-etag", linked)
                if response.status_code not in REDIRECTS:
                    if url == known and response.status_code in GONE:
                        self._moved.pop(place.url, None)
                        raise _PassingError("a link of the host has run out")
                    yield response, linked
                    return
                url = onward(url, response.headers.get("location", ""), place)
            self._moved[place.url] = url, time.monotonic() + self._pace.links
        raise UnreadableError(
            f"{place.shown}: more than {HOPS} redirects, expected fewer; the host goes in circles"
        )

    def _chunks(self, response: httpx2.Response) -> Iterator[bytes]:
        """A body as it comes; one that drips is cut, since no silence in it is ever long enough."""
        if response.headers.get("content-encoding", "identity") != "identity":
            raise UnreadableError("the host packed what was asked for as it stands; it is not read")
        begun, came = time.monotonic(), 0
        for chunk in response.iter_raw():
            came += len(chunk)
            took = time.monotonic() - begun
            if took > self._pace.silence and came < self._pace.slowest * took:
                raise _PassingError(f"fewer than {self._pace.slowest:.0f} bytes a second came")
            yield chunk

    @contextmanager
    def _response(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx2.Response]:
        client = self._clients[is_near(urlsplit(url).hostname or "")]
        try:
            with client.stream("GET", url, headers=dict(headers)) as response:
                yield response
        except httpx2.TimeoutException as error:
            raise _PassingError("no answer in time") from error
        except (httpx2.ConnectError, httpx2.ProxyError) as error:
            raise _PassingError(
                "the host could not be reached, or its certificate is not trusted"
            ) from (error)
        except httpx2.TransportError as error:
            raise _PassingError("the connection was cut") from error
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise UnreadableError("the host led to something that is no address") from error


def _answer(response: httpx2.Response, place: Place, start: int, linked: str) -> _Answer:
    """Which bytes of which state an answer holds."""
    headers = response.headers
    etag, changed = headers.get("etag", ""), headers.get("last-modified", "")
    found = RANGE.fullmatch(headers.get("content-range", ""))
    if response.status_code == 206 and found is not None:
        first, size = int(found[1]), int(found[3])
        if first != start:
            raise UnreadableError(
                f"{place.shown}: the host sent bytes from {first} on, {start} were asked for"
            )
        ranges = True
    elif response.status_code == 416 and start >= (
        size := _unsatisfied(headers.get("content-range", ""), place)
    ):
        first, ranges = start, True
    elif response.status_code == 200 and headers.get("content-length", "").isdigit():
        first, size, ranges = 0, int(headers["content-length"][:18]), False
    else:
        raise UnreadableError(
            f"{place.shown}: the host does not say how many bytes it has, expected Content-Range "
            "or Content-Length; whether all came could not be told"
        )
    state = State(size=size, linked=linked, etag=etag, changed=changed, ranges=ranges)
    return _Answer(response=response, state=state, start=first)


def _unsatisfied(said: str, place: Place) -> int:
    """The size that an answer names which holds no byte of the range."""
    if not re.fullmatch(r"bytes \*/\d{1,18}", said):
        raise UnreadableError(f"{place.shown}: the host refuses a range and does not say its size")
    return int(said.rpartition("/")[2])


def _checked(response: httpx2.Response, place: Place, fine: tuple[int, ...]) -> None:
    """Refuse an answer that holds no part of the file.

    Raises:
        MissingError: There is no such file.
        UsageError: It is not open to whoever asks.
        UnreadableError: Anything else that will not pass.
    """
    status = response.status_code
    if status in fine:
        return
    if status in PASSING:
        words = "too many requests" if status == 429 else "the host cannot answer now"
        raise _PassingError(f"{words} ({status})", wait=named_wait(response.headers))
    if status in (401, 403):
        raise UsageError(f"{place.shown}: refused ({status}); {place.denied}")
    if status in (404, 410):
        raise MissingError(f"{place.shown}: there is no such thing ({status}), expected a model")
    raise UnreadableError(f"{place.shown}: the host answers {status}, expected the file")


def _of_this_commit(response: httpx2.Response, place: Place) -> None:
    found = response.headers.get("x-repo-commit", "")
    if place.commit and found and found != place.commit:
        raise UnreadableError(
            f"{place.shown}: the host answers from commit {found[:40]!a}, asked for was "
            f"{place.commit}; it is another model, or the host is no mirror of it"
        )


def onward(url: str, location: str, place: Place) -> str:
    """Where a redirect leads, if one may go there.

    Raises:
        UnreadableError: To another scheme, from https to http, or from the public network to one
            that only this machine can reach.
    """

    def refuse(found: str) -> Never:
        raise UnreadableError(f"{place.shown}: the host leads {found}; nothing was read from there")

    if not place.follows:
        refuse("elsewhere, expected the object itself; is AWS_REGION that of the bucket?")
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        refuse("to something that is no address")
    if not location or not host or parts.scheme not in ("http", "https"):
        refuse(f"to {parts.scheme[:20]!a}, expected http or https")
    if parts.username is not None or parts.password is not None:
        refuse("to an address with a password in it")
    near = is_near(urlsplit(url).hostname or "")
    if parts.scheme == "http" and not is_near(host) and url.startswith("https:"):
        refuse("from https to http, where anyone on the way could change it")
    if is_near(host) and not near:
        refuse("into a private network")
    return target

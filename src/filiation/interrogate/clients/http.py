"""Ask over HTTP: one request, every byte of it and of its response kept, nothing retried here.

A client of its own rather than a provider's: those retry in silence and reshape bodies.
"""

import asyncio
import hashlib
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final, final

import httpx2

from filiation.interrogate.attempt import Attempt, AttemptOutcome, Received, Sent, now
from filiation.interrogate.clients import dialects
from filiation.interrogate.clients.verdict import judge
from filiation.interrogate.endpoint import Endpoint, is_loopback
from filiation.interrogate.pace import Pace
from filiation.model.recording import Item

__all__ = ["HttpChannel"]

_IDLE_CONNECTIONS: Final = 32


@final
class _Arriving:
    """A response while it arrives; what is here when the connection breaks is kept."""

    def __init__(self) -> None:
        self.head: httpx2.Response | None = None
        self.body = bytearray()
        self.complete = False
        self.certificate = ""

    def begin(self, response: httpx2.Response) -> None:
        self.head = response
        stream = response.extensions.get("network_stream")
        tls = stream.get_extra_info("ssl_object") if stream is not None else None
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        if certificate:
            self.certificate = hashlib.sha256(certificate).hexdigest()


@final
class HttpChannel:
    """The way to a model behind an address."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        max_tokens: int,
        logprobs: int = 0,
        extra: Mapping[str, Any] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._pace = pace or Pace()
        self._client: httpx2.AsyncClient | None = None
        self.parameters: Mapping[str, Any] = dialects.asked(
            endpoint, max_tokens=max_tokens, logprobs=logprobs, extra=extra or {}
        )

    @property
    def identity(self) -> Mapping[str, Any]:
        """Model, address, dialect, version, and which variable the key came from."""
        at = self._endpoint
        return {
            "model": at.spec,
            "dialect": str(at.dialect),
            "url": at.url,
            "api_version": at.api_version,
            "key": at.secret.name if at.secret.value else None,
        }

    @property
    def ceiling(self) -> int:
        """Requests under way at once, at most."""
        return self._pace.ceiling

    @property
    def vital(self) -> frozenset[str]:
        """Parameters without which nothing can be asked."""
        return dialects.vital(self._endpoint)

    def compose(self, item: Item, repeat: int, parameters: Mapping[str, Any]) -> bytes:
        """The exact bytes that put the question; repeats are put in the same bytes."""
        return dialects.body(self._endpoint, item.prompt or "", parameters)

    async def send(self, body: bytes, parameters: Mapping[str, Any]) -> Attempt:
        """Send these bytes once."""
        client = self._open()
        request = client.build_request(
            "POST", self._endpoint.url, headers=dialects.headers(self._endpoint), content=body
        )
        arriving, time_sent, began = _Arriving(), now(), time.monotonic()
        failure, error = await self._exchange(client, request, arriving)
        seconds = time.monotonic() - began
        received, redacted = self._received(arriving)
        sent, more = self._sent(request, body)
        reply, parameter = None, ""
        if failure is not None:
            outcome, words = failure, error
        elif received is None:
            outcome, words = AttemptOutcome.CUT, "no response"
        else:
            dialect = str(self._endpoint.dialect)
            outcome, words, parameter, reply = judge(dialect, received, tuple(parameters))
        return Attempt(
            time=time_sent,
            began=began,
            seconds=seconds,
            sent=sent,
            received=received,
            outcome=outcome,
            error=self._endpoint.secret.hide_text(words),
            parameter=parameter,
            reply=reply,
            redacted=redacted + more,
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _open(self) -> httpx2.AsyncClient:
        """Opened in the event loop that uses it. Redirects are not followed: a key stays put."""
        if self._client is None:
            plain = self._endpoint.url.startswith("http://") and is_loopback(self._endpoint.url)
            self._client = httpx2.AsyncClient(
                timeout=httpx2.Timeout(self._pace.deadline, connect=self._pace.connecting),
                limits=httpx2.Limits(max_keepalive_connections=_IDLE_CONNECTIONS),
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True,  # trusts nobody
                trust_env=not is_loopback(self._endpoint.url),  # no proxy to this machine
                follow_redirects=False,
            )
        return self._client

    async def _exchange(
        self, client: httpx2.AsyncClient, request: httpx2.Request, arriving: _Arriving
    ) -> tuple[AttemptOutcome | None, str]:
        """Send and take in; the deadline holds for the whole, however slowly bytes drip in."""
        try:
            async with asyncio.timeout(self._pace.deadline):
                response = await client.send(request, stream=True)
                try:
                    arriving.begin(response)
                    async for chunk in response.aiter_raw():
                        arriving.body += chunk
                        if len(arriving.body) > self._pace.longest_body:
                            del arriving.body[self._pace.longest_body :]
                            return (
                                AttemptOutcome.TOO_LARGE,
                                f"more than {self._pace.longest_body} bytes",
                            )
                    arriving.complete = True
                finally:
                    await response.aclose()
        except (TimeoutError, httpx2.TimeoutException) as error:
            return self._broken(AttemptOutcome.LATE, error)
        except httpx2.ConnectError as error:
            return self._broken(AttemptOutcome.UNREACHABLE, error)
        except httpx2.RequestError as error:
            return self._broken(AttemptOutcome.CUT, error)
        return None, ""

    def _broken(self, outcome: AttemptOutcome, error: Exception) -> tuple[AttemptOutcome, str]:
        if outcome is AttemptOutcome.LATE:
            return outcome, f"not finished after {self._pace.deadline:g} s"
        return outcome, f"{type(error).__name__}: {error}"

    def _received(self, arriving: _Arriving) -> tuple[Received | None, int]:
        head, secret = arriving.head, self._endpoint.secret
        if head is None:
            return None, 0
        headers, places = self._clean(head.headers.raw)
        body, more = secret.hide(bytes(arriving.body), complete=arriving.complete)
        received = Received(
            status=head.status_code,
            headers=headers,
            body=body,
            complete=arriving.complete,
            http_version=head.http_version,
            certificate=arriving.certificate,
        )
        return received, places + more

    def _sent(self, request: httpx2.Request, body: bytes) -> tuple[Sent, int]:
        """The request without the key. That the key's own header is redacted is not counted."""
        headers, _ = self._clean(request.headers.raw)
        clean, places = self._endpoint.secret.hide(body)
        url = self._endpoint.secret.hide_text(str(request.url))
        return Sent(method=request.method, url=url, headers=headers, body=clean), places

    def _clean(self, raw: list[tuple[bytes, bytes]]) -> tuple[tuple[tuple[str, str], ...], int]:
        places, clean = 0, []
        for name, value in raw:
            hidden, here = self._endpoint.secret.hide(value)
            places += here
            clean.append((name.decode("latin-1"), hidden.decode("latin-1")))
        return tuple(clean), places

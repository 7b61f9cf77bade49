"""The key is in no file, on no terminal, whatever the server does with it."""

import base64
import json
import re
from pathlib import Path

import pytest

from command import Command
from filiation.errors import UsageError
from filiation.interrogate.endpoint import endpoint
from filiation.interrogate.redact import Secret
from interrogate import fault_server as server
from interrogate.asking import KEY, ask, environment, lines_of, write_battery

FORMS = [KEY, KEY.replace("/", "\\/"), base64.b64encode(KEY.encode()).decode().rstrip("=")]


def _echo(handler: server.Handler) -> None:
    """A server that sends the key back wherever it can."""
    sent = handler.headers.get("authorization") or handler.headers.get("x-api-key") or ""
    body = handler.reply().replace(b"answer to", f"{sent} answer to".encode())
    handler.send(200, body, x_echo=sent, set_cookie=f"key={KEY}")


def _fault_that_echoes(handler: server.Handler) -> None:
    error = json.dumps({"error": {"message": f"bad key {KEY}", "type": KEY}}).encode()
    handler.send(500, error.replace(b"/", b"\\/"), www_authenticate=f"Bearer {KEY}")


def _half_a_key(handler: server.Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nkey: " + KEY[:20].encode())
    handler.hang_up()


@pytest.mark.parametrize("model", ["openai/toy", "anthropic/toy"])
@pytest.mark.parametrize("fault", [_echo, _fault_that_echoes, _half_a_key])
def test_no_key_in_a_transcript(tmp_path: Path, model: str, fault: server.Fault) -> None:
    with server.serving(script=server.first(3, fault)) as provider:
        ask(provider, tmp_path, model=model, items=2)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for form in FORMS:
        assert form.encode() not in written
    assert KEY[:20].encode() not in written
    assert any(line["redacted"] for line in lines_of(tmp_path / "t.jsonl", "exchange"))


def test_no_key_on_the_terminal(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"type": "authentication_error", "message": f"invalid key {KEY}"}
    with server.serving(script=server.first(99, server.status(401, error))) as provider:
        for name, value in environment(provider).items():
            monkeypatch.setenv(name, value)
        battery = write_battery(tmp_path, 3)
        for model in ("openai/toy", "anthropic/toy"):
            out = tmp_path / f"{model[:2]}.jsonl"
            done = filiation("ask", model, "--battery", battery, "-o", out)
            assert done.code == 4
            assert "authentication_error" in done.err
            assert KEY not in done.out + done.err
            assert KEY.encode() not in out.read_bytes()


@pytest.mark.parametrize("key", ["tiny", "with space 123", "line\nbreak1", "schlüssel-123"])
def test_a_key_that_cannot_be_redacted_is_not_sent(key: str) -> None:
    with pytest.raises(UsageError) as caught:
        Secret(name="OPENAI_API_KEY", value=key)
    assert key not in str(caught.value)


def test_a_key_is_not_shown_by_repr() -> None:
    at = endpoint("openai/toy", {"OPENAI_API_KEY": KEY})
    assert KEY not in repr(at)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("openai/toy", "OPENAI_API_KEY: not set"),
        ("anthropic/toy", "ANTHROPIC_API_KEY: not set"),
        ("openai-compat:http://u:secret@h/v1#m", "holds a user"),
        ("openai-compat:http://h/v1?key=secret#m", "holds a user"),
        ("openai-compat:ftp://h#m", "not an address"),
        ("openai-compat:http://h/v1", "no model name"),
        ("gpt", "not a model that can be asked"),
        ("mistral/x", "not a model that can be asked"),
        ("openai/", "not a model that can be asked"),
    ],
)
def test_what_cannot_be_asked(spec: str, words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)) as caught:
        endpoint(spec, {})
    assert "secret" not in str(caught.value)


def test_a_key_does_not_travel_in_the_clear() -> None:
    known = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://example.org/v1"}
    with pytest.raises(UsageError, match="unencrypted"):
        endpoint("openai/toy", known)
    with pytest.raises(UsageError, match="unencrypted"):
        endpoint("openai-compat:http://example.org/v1#toy", known)

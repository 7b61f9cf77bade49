"""What an address may name, and what it must never lead to."""

from datetime import UTC, datetime

import httpx2
import pytest

from filiation.errors import UnreadableError, UsageError
from filiation.readers.remote.address import is_address, is_near, read_address
from filiation.readers.remote.client import onward
from filiation.readers.remote.pace import named_wait
from filiation.readers.remote.place import Place
from filiation.readers.remote.s3 import Keys, sign


def test_a_commit_takes_the_place_of_a_revision() -> None:
    for spec in ("hf://org/name@refs/pr/3/x", "hf://org/name/x", "hf://org/name@v1/x"):
        assert read_address(spec).at_commit("abc") == "hf://org/name@abc/x"
    assert read_address("s3://bucket/x").at_commit("") == "s3://bucket/x"


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("hf://org/name", "hf://org/name"),
        ("hf://org/name@v1.0", "hf://org/name@v1.0"),
        ("hf://org/name@v1/sub/model.gguf", "hf://org/name@v1/sub/model.gguf"),
        ("hf://org/name@refs%2Fpr%2F3/x", "hf://org/name@refs/pr/3/x"),
        ("hf://org/name@refs/pr/3/x", "hf://org/name@refs/pr/3/x"),
        ("hf://org/name/model.gguf", "hf://org/name/model.gguf"),
        ("https://huggingface.co/org/name", "hf://org/name"),
        ("https://huggingface.co/org/name/tree/main/sub", "hf://org/name@main/sub"),
        ("https://hf.co/org/name/resolve/v1/a.gguf?download=true", "hf://org/name@v1/a.gguf"),
        ("https://host.example:8443/a/b.gguf?key=secret", "https://host.example:8443/a/b.gguf"),
        ("https://host.example/a%20b/", "https://host.example/a b"),
        ("s3://bucket/a/b", "s3://bucket/a/b"),
        ("s3://bucket", "s3://bucket"),
    ],
)
def test_an_address_is_shown_without_what_it_may_hide(spec: str, shown: str) -> None:
    assert read_address(spec).shown == shown


@pytest.mark.parametrize(
    "spec",
    [
        *("file:///etc/passwd", "ftp://host/x", "gopher://host/x", "hf://name", "hf://a/../b"),
        *("hf://datasets/org/name", "hf://org/name@../x", "hf://org/name/../../x", "hf://org/@x"),
        *("https://user:secret@host/x", "https://", "https://host/a/../b", "https://host:99999/x"),
        *("s3://Bucket/x", "s3:///x", "s3://bucket/../x", "https://host/a\\b", "https://host/a\n"),
    ],
)
def test_what_is_no_address_of_a_model_is_refused_before_anything_is_asked(spec: str) -> None:
    assert is_address(spec)
    with pytest.raises(UsageError) as caught:
        read_address(spec)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "near"),
    [
        *(("127.0.0.1", True), ("::1", True), ("10.1.2.3", True), ("169.254.169.254", True)),
        *(("localhost", True), ("nas.local", True), ("a.internal", True)),
        *(("127.1", True), ("0x7f.0.0.1", True), ("0177.0.0.1", True), ("127.0.0.1.", True)),
        *(("huggingface.co", False), ("8.8.8.8", False), ("localhost.example.org", False)),
    ],
)
def test_which_hosts_are_of_a_network_of_its_own(host: str, near: bool) -> None:
    assert is_near(host) is near


@pytest.mark.parametrize(
    ("location", "because"),
    [
        *(("http://169.254.169.254/latest", "private"), ("https://10.0.0.1/x", "private")),
        *(("https://127.1/x", "private"), ("https://0xa9.0xfe.0xa9.0xfe/x", "private")),
        *(("https://localhost/x", "private"), ("http://cdn.example.org/x", "https to http")),
        *(("javascript:0", "javascript"), ("", "expected http"), ("data:,x", "data")),
    ],
)
def test_a_public_host_leads_to_no_private_network_and_to_no_plain_http(
    location: str, because: str
) -> None:
    place = Place(shown="it", url="https://hub.example.org/x")
    with pytest.raises(UnreadableError, match=because):
        onward(place.url, location, place)
    assert onward(place.url, "https://cdn.example.org/y", place) == "https://cdn.example.org/y"


def test_an_object_of_a_bucket_leads_nowhere() -> None:
    place = Place(shown="s3://b/k", url="https://b.s3.us-east-1.amazonaws.com/k", follows=False)
    with pytest.raises(UnreadableError, match="AWS_REGION"):
        onward(place.url, "https://b.s3.eu-west-1.amazonaws.com/k", place)


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (
            "https://examplebucket.s3.amazonaws.com/?lifecycle",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_signatures_against_the_examples_of_amazon(url: str, signature: str) -> None:
    """From "Signature Calculations for the Authorization Header: Transferring Payload"."""
    keys = Keys(
        id="AKIAIOSFODNN7EXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region="us-east-1",
    )
    signed = sign(url, keys, datetime(2013, 5, 24, tzinfo=UTC))
    assert signed["authorization"].endswith(f"Signature={signature}")
    assert "wJalr" not in repr(keys)


def test_a_wait_is_named_in_seconds_or_as_a_date() -> None:
    assert named_wait({"retry-after": "12"}) == 12.0
    date = httpx2.Headers(
        {
            "Retry-After": "Mon, 30 Nov 2026 10:00:30 GMT",
            "Date": "Mon, 30 Nov 2026 10:00:00 GMT",
        }
    )
    assert named_wait(date) == 30.0
    assert named_wait({"retry-after": "soon"}) is None and named_wait({}) is None

"""Buckets of S3 and of whatever speaks its language: listed and asked for under a signature.

Keys come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; without them nothing
is signed, which open buckets allow. AWS_REGION or AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3 or
AWS_ENDPOINT_URL say where. Source: AWS Signature Version 4 (Authenticating Requests, "Using an
Authorization Header"), ListObjectsV2.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, final
from urllib.parse import parse_qsl, quote, urlsplit
from xml.etree import ElementTree

from filiation.errors import UnreadableError, UsageError
from filiation.readers.remote.address import Address, check_endpoint, is_near
from filiation.readers.remote.client import Client
from filiation.readers.remote.listing import Listed, Listing, plain_name
from filiation.readers.remote.place import MissingError, Place

__all__ = ["Keys", "list_s3", "sign"]

EMPTY: Final = hashlib.sha256(b"").hexdigest()
REGION: Final = re.compile(r"[a-z0-9-]{1,40}")
MOST: Final = 1 << 24  # bytes of a page of a list
PAGES: Final = 100  # of 1000 files


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What shows who asks.

    Attributes:
        id: The access key.
        secret: Its secret.
        session: The token of a session; empty for keys that last.
        region: Where the bucket is.
    """

    id: str = field(repr=False)
    secret: str = field(repr=False)
    session: str = field(default="", repr=False)
    region: str


def sign(url: str, keys: Keys, moment: datetime) -> dict[str, str]:
    """The headers that sign a GET of `url` at a moment."""
    parts = urlsplit(url)
    time = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": parts.netloc, "x-amz-content-sha256": EMPTY, "x-amz-date": time}
    if keys.session:
        headers["x-amz-security-token"] = keys.session
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs
    )
    signed = ";".join(sorted(headers))
    listed = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(("GET", parts.path or "/", query, listed, signed, EMPTY))
    scope = f"{time[:8]}/{keys.region}/s3/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}"
    key = f"AWS4{keys.secret}".encode()
    for part in (time[:8], keys.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={keys.id}/{scope}, SignedHeaders={signed}, "
        f"Signature={signature}"
    )
    return headers


def list_s3(address: Address, client: Client, environment: Mapping[str, str]) -> Listing:
    """The objects below a prefix; of an object, those beside it.

    Raises:
        UsageError: Nothing is there, or it is not open to whoever asks.
        UnreadableError: The host cannot be reached, or its list is damaged.
    """
    bucket = _Bucket(address, client, environment)
    folder = bucket.below(f"{address.path}/" if address.path else "")
    if folder:
        return Listing(files=folder, at="", base=address.shown, host=bucket.host)
    above, _, name = address.path.rpartition("/")
    beside = bucket.below(f"{above}/" if above else "")
    if name not in beside:
        raise MissingError(f"{address.shown}: no object and nothing below it, expected a model")
    base = address.shown.rpartition("/")[0]
    return Listing(files=beside, at=name, base=base, host=bucket.host)


@final
class _Bucket:
    def __init__(self, address: Address, client: Client, environment: Mapping[str, str]) -> None:
        self._address, self._client = address, client
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
        self._region = region or "us-east-1"
        if not REGION.fullmatch(self._region):
            raise UsageError("AWS_REGION: no region, expected one such as eu-central-1")
        self._base = _base(address.host, self._region, environment)
        self.host = urlsplit(self._base).netloc
        self._secrets, self._denied = self._signing(environment)

    def below(self, prefix: str) -> dict[str, Listed]:
        """The objects below a prefix, by their name below it; folders of folders are left out."""
        found: dict[str, Listed] = {}
        token = ""
        for _ in range(PAGES):
            query = {"list-type": "2", "prefix": prefix}
            query |= {"continuation-token": token} if token else {}
            words = "&".join(f"{name}={quote(query[name], safe='')}" for name in sorted(query))
            raw, _headers = self._client.document(self._place(f"?{words}", prefix), MOST)
            keys, token = _page(raw, self._address.shown)
            for key, (size, etag) in keys.items():
                name = key.removeprefix(prefix)
                if name and key.startswith(prefix) and not key.endswith("/"):
                    plain_name(name, self._address.shown)
                    at = self._place(f"/{quote(key, safe='-_.~/')}", key)
                    found[name] = Listed(place=at, size=size, etag=etag)
            if not token:
                return found
        raise UsageError(
            f"{self._address.shown}: more than {PAGES * 1000} objects, expected a model; name its "
            "folder"
        )

    def _place(self, path: str, key: str) -> Place:
        base = self._base if path.startswith("/") else f"{self._base}/"
        return Place(
            shown=f"s3://{self._address.host}/{key}",
            url=f"{base}{path}",
            secrets=self._secrets,
            follows=False,
            denied=self._denied,
        )

    def _signing(
        self, environment: Mapping[str, str]
    ) -> tuple[Callable[[str], Mapping[str, str]], str]:
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        name, secret, session = (environment.get(one, "").strip() for one in names)
        if not name or not secret:
            return lambda url: {}, "AWS_ACCESS_KEY_ID is not set, and the bucket is not open"
        if not all(one.isascii() and one.isprintable() for one in (name, secret, session)):
            raise UsageError("AWS_ACCESS_KEY_ID or its secret: holds what no key has")
        parts = urlsplit(self._base)
        if parts.scheme == "http" and not is_near(parts.hostname or ""):
            raise UsageError(
                f"AWS_ACCESS_KEY_ID: would sign over plain http to {parts.hostname}, expected "
                "https; nothing was sent"
            )
        keys = Keys(id=name, secret=secret, session=session, region=self._region)
        denied = "the keys in AWS_ACCESS_KEY_ID do not open it, or AWS_REGION is another one"
        return lambda url: sign(url, keys, datetime.now(UTC)), denied


def _base(bucket: str, region: str, environment: Mapping[str, str]) -> str:
    """The address of a bucket.

    Raises:
        UsageError: The endpoint of the environment is none.
    """
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    if not endpoint:
        host = f"s3.{region}.amazonaws.com"
        return f"https://{host}/{bucket}" if "." in bucket else f"https://{bucket}.{host}"
    check_endpoint(endpoint, "AWS_ENDPOINT_URL")
    return f"{endpoint.rstrip('/')}/{bucket}"


def _page(raw: bytes, what: str) -> tuple[dict[str, tuple[int, str]], str]:
    """Key to size and ETag of one page of a list, and the token of the next page."""
    try:
        if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:  # could grow without bound
            raise ValueError
        root = ElementTree.fromstring(raw)
        if root.tag.rpartition("}")[2] != "ListBucketResult":
            raise ValueError
        space = root.tag[: -len("ListBucketResult")]
        found = {
            one.findtext(f"{space}Key", ""): (
                int(one.findtext(f"{space}Size", "")[:18]),
                one.findtext(f"{space}ETag", ""),
            )
            for one in root.iter(f"{space}Contents")
        }
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableError(f"{what}: the host lists nothing that a bucket lists") from error
    more = root.findtext(f"{space}IsTruncated", "") == "true"
    return found, root.findtext(f"{space}NextContinuationToken", "") if more else ""

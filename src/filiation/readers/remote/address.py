"""Which machine, which model, which file? Addresses of models, and what must never be one.

hf://ORG/NAME[@REVISION][/PATH]   a repository of the Hugging Face hub, or of a mirror (HF_ENDPOINT)
https://HOST/PATH                 a file, an index, or a folder with files of the usual names
s3://BUCKET/KEY                   an object, or everything below a prefix

Pages of the hub (https://huggingface.co/ORG/NAME/tree/main) mean the repository.
"""

import re
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, ip_address
from socket import inet_aton
from typing import Final, Literal, TypeAlias, final
from urllib.parse import quote, unquote, urlsplit

from filiation.errors import UsageError

__all__ = [
    "Address",
    "check_endpoint",
    "is_address",
    "is_near",
    "is_sketch_address",
    "origin_of",
    "read_address",
    "shown_spec",
]

Scheme: TypeAlias = Literal["hf", "http", "https", "s3"]
SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://", re.ASCII)
PART: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
REVISION: Final = re.compile(r"[\w.+-]{1,200}(?:/[\w.+-]{1,200}){0,4}", re.ASCII)
BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
PAGES: Final = re.compile(r"https://(?:www\.)?(?:huggingface\.co|hf\.co)/(.+)")
OTHER: Final = ("datasets", "spaces", "models", "api", "docs")
LONGEST: Final = 2000  # characters


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a model lies.

    Attributes:
        scheme: How it is reached.
        host: HOST[:PORT], the bucket, or ORG/NAME.
        path: Below that, without a slash at either end; not quoted.
        revision: Of a repository: a branch, a tag or a commit; empty: `main`.
        query: What followed a question mark. It may hold a key, so it is never shown.
        slash: Whether the address ended with a slash: a folder.
    """

    scheme: Scheme
    host: str
    path: str = ""
    revision: str = ""
    query: str = field(default="", repr=False)
    slash: bool = False

    @property
    def shown(self) -> str:
        """The address for people and records."""
        at = f"@{self.revision}" if self.revision else ""
        return f"{self.scheme}://{self.host}{at}" + (f"/{self.path}" if self.path else "")

    def at_commit(self, commit: str) -> str:
        """The same with a commit in place of the revision, if there is one."""
        return (replace(self, revision=commit) if commit else self).shown

    @property
    def name(self) -> str:
        """What reports call the model: the last part of its address."""
        last = (self.path or self.host).rpartition("/")[2]
        return last.partition(":")[0] or "model"


def is_address(spec: str) -> bool:
    """Does this name something on another machine?"""
    return SCHEME.match(spec) is not None


def shown_spec(spec: str) -> str:
    """What a person named, for messages: of an address without its query."""
    return spec.partition("?")[0] if is_address(spec) else spec


def is_sketch_address(spec: str) -> bool:
    """Does this name a sketch on another machine?"""
    return is_address(spec) and read_address(spec).path.endswith(".sketch")


def read_address(spec: str) -> Address:
    """Read an address.

    Raises:
        UsageError: None that is read from, or one that holds a user or a password.
    """
    if len(spec) > LONGEST or not spec.isprintable() or "\\" in spec:
        raise UsageError("an address that is too long or holds characters that no address has")
    scheme = spec.partition(":")[0].lower()
    page = PAGES.match(spec)
    if page is not None:
        return _page(page[1])
    if scheme == "hf":
        return _hub(spec[len("hf://") :].strip("/"), spec)
    if scheme == "s3":
        return _bucket(spec[len("s3://") :], spec)
    if scheme in ("http", "https"):
        return _web(spec)
    raise UsageError(
        f"{scheme}://: models are read from hf://, https://, http:// and s3:// only; nothing was "
        "asked for"
    )


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL: who is asked."""
    parts = urlsplit(url)
    ports = {"http": 80, "https": 443}
    return parts.scheme, (parts.hostname or "").lower(), parts.port or ports.get(parts.scheme, 0)


def check_endpoint(endpoint: str, name: str) -> None:
    """Is what a variable of the environment names an address that can be asked?

    Raises:
        UsageError: It is none, or says more than where.
    """
    try:
        parts = urlsplit(endpoint)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(f"{name}: no plain address, expected https://HOST[:PORT][/PATH]")


def is_near(host: str) -> bool:
    """Is this host this machine, or a network of its own, rather than the public one?"""
    bare = host.rstrip(".")
    try:
        return not ip_address(bare).is_global
    except ValueError:
        pass
    try:  # 127.1, 0x7f.1 and 0177.0.0.1 are addresses to the system, which is asked in the end
        return not IPv4Address(inet_aton(bare)).is_global
    except (OSError, UnicodeError):
        return "." not in bare or bare.endswith((".localhost", ".local", ".internal"))


def _page(below: str) -> Address:
    """A page of the hub: ORG/NAME, or /tree/, /blob/ and /resolve/ with a revision and a path."""
    clean = below.partition("?")[0].partition("#")[0].strip("/")
    parts = clean.split("/")
    if len(parts) > 3 and parts[2] in ("tree", "blob", "resolve"):
        path = "/".join(parts[4:])
        clean = f"{parts[0]}/{parts[1]}@{parts[3]}" + (f"/{path}" if path else "")
    return _hub(clean, f"https://huggingface.co/{clean}")


def _hub(below: str, spec: str) -> Address:
    whole, at, rest = below.partition("@")
    parts = whole.split("/")
    path = "/".join(parts[2:])
    revision = ""
    if at:
        first, _, path = rest.partition("/")
        if first == "refs" and path.count("/") >= 1:  # refs/pr/1: written without %2F by many
            kind, number, *more = path.split("/")
            first, path = f"refs/{kind}/{number}", "/".join(more)
        revision = unquote(first)
    repository = parts[:2]
    if len(repository) != 2 or repository[0] in OTHER or (at and len(parts) != 2):
        raise UsageError(f"{spec}: expected hf://ORG/NAME, hf://ORG/NAME@REVISION or a path below")
    if not all(PART.fullmatch(part) for part in repository):
        raise UsageError(f"{spec}: no name of a repository, expected hf://ORG/NAME")
    if at and (not REVISION.fullmatch(revision) or ".." in revision):
        raise UsageError(f"{spec}: no revision after '@', expected a branch, a tag or a commit")
    _plain(path, spec)
    return Address(scheme="hf", host="/".join(repository), path=path, revision=revision)


def _bucket(below: str, spec: str) -> Address:
    bucket, _, key = below.partition("/")
    if not BUCKET.fullmatch(bucket) or "?" in key or "#" in key:
        raise UsageError(f"{spec.partition('?')[0]}: expected s3://BUCKET/KEY")
    _plain(key.strip("/"), spec)
    return Address(scheme="s3", host=bucket, path=key.strip("/"), slash=key.endswith("/"))


def _web(spec: str) -> Address:
    try:
        parts = urlsplit(spec)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError("https://: no address, expected https://HOST[:PORT]/PATH") from error
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            f"{parts.scheme}://{host}: holds a user or a password, expected a plain address; it "
            "would stand in every record of what was read"
        )
    path = unquote(parts.path)
    if not host or quote(host, safe=":.-[]") != host:
        raise UsageError("https://: no address, expected https://HOST[:PORT]/PATH")
    _plain(path.strip("/"), f"{parts.scheme}://{host}/..")
    shown = f"[{host}]" if ":" in host else host
    return Address(
        scheme="https" if parts.scheme == "https" else "http",
        host=shown if port is None else f"{shown}:{port}",
        path=path.strip("/"),
        query=parts.query,
        slash=path.endswith("/"),
    )


def _plain(path: str, spec: str) -> None:
    """Refuse a path that leads elsewhere or could not be a file's name here.

    Raises:
        UsageError: It does.
    """
    parts = path.split("/") if path else []
    if any(part in ("", ".", "..") or not part.isprintable() or "\\" in part for part in parts):
        raise UsageError(f"{spec.partition('?')[0]}: expected plain names between the slashes")

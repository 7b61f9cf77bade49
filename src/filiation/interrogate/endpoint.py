"""Which model is asked, where, and with whose key.

anthropic/<name>            Messages API, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL
openai/<name>               chat completions, OPENAI_API_KEY, OPENAI_BASE_URL
openai-compat:<url>#<name>  chat completions of another server; no key, unless the address is
                            that of OPENAI_BASE_URL, so that no key goes where it was not meant
local:<dir>                 a model folder, run here by transformers
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Final, final
from urllib.parse import SplitResult, urlsplit

from filiation.errors import UsageError
from filiation.interrogate.redact import NO_SECRET, Secret

__all__ = ["API_VERSIONS", "Dialect", "Endpoint", "endpoint", "is_loopback"]

API_VERSIONS: Final = ("2026-10-21", "2023-06-01")  # of the Messages API, the default first
_ANTHROPIC: Final = "https://api.anthropic.com"
_OPENAI: Final = "https://api.openai.com/v1"


class Dialect(StrEnum):
    """How requests and responses are written."""

    MESSAGES = "anthropic-messages"
    CHAT = "openai-chat"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A model that can be asked.

    Attributes:
        spec: As the user named it.
        dialect: How it is spoken to.
        model: The name sent with every request.
        url: Where every request goes; empty for a folder.
        folder: The model's folder, if it runs here.
        api_version: Of the Messages API; empty for the others.
        secret: The key, `NO_SECRET` if none is sent.
        official: The address is the provider's own interface or what *_BASE_URL puts in its place.
    """

    spec: str
    dialect: Dialect
    model: str
    url: str = ""
    folder: Path | None = None
    api_version: str = ""
    secret: Secret = NO_SECRET
    official: bool = True


def endpoint(
    spec: str, environment: Mapping[str, str], *, api_version: str = "", keyless: bool = False
) -> Endpoint:
    """Read which endpoint the user named.

    Args:
        spec: One of the four forms above.
        environment: The variables in which keys and base addresses are looked up.
        api_version: Of the Messages API; empty: the newest known.
        keyless: Do without the key, because nothing will be sent.

    Raises:
        UsageError: None of the forms, no key, or an address that must not be written down.
    """
    provider, slash, name = spec.partition("/")
    if slash and provider == "anthropic" and name:
        return _anthropic(spec, name, environment, api_version or API_VERSIONS[0], keyless)
    if api_version:
        raise UsageError(f"--api-version {api_version}: only the Messages API has versions")
    if slash and provider == "openai" and name:
        base = _base(environment, "OPENAI_BASE_URL", _OPENAI)
        return _chat(spec, name, base, _secret(environment, "OPENAI_API_KEY", keyless))
    if spec.startswith("openai-compat:"):
        return _compatible(spec, environment)
    if spec.startswith("local:"):
        folder = Path(spec.removeprefix("local:"))
        return Endpoint(spec=spec, dialect=Dialect.CHAT, model=folder.name, folder=folder)
    raise UsageError(
        f"{spec}: not a model that can be asked, expected anthropic/NAME, openai/NAME, "
        "openai-compat:URL#NAME or local:FOLDER"
    )


def is_loopback(url: str) -> bool:
    """Is this address on this machine?"""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _anthropic(
    spec: str, name: str, environment: Mapping[str, str], version: str, keyless: bool
) -> Endpoint:
    if version not in API_VERSIONS:
        raise UsageError(f"--api-version {version}: expected one of {', '.join(API_VERSIONS)}")
    base = _base(environment, "ANTHROPIC_BASE_URL", _ANTHROPIC)
    secret = _secret(environment, "ANTHROPIC_API_KEY", keyless)
    _check_carriage(base, secret)
    return Endpoint(
        spec=spec,
        dialect=Dialect.MESSAGES,
        model=name,
        url=f"{base.removesuffix('/v1')}/v1/messages",
        api_version=version,
        secret=secret,
    )


def _chat(spec: str, name: str, base: str, secret: Secret, *, official: bool = True) -> Endpoint:
    _check_carriage(base, secret)
    path = "" if urlsplit(base).path else "/v1"
    whole = base if base.endswith("/chat/completions") else f"{base}{path}/chat/completions"
    return Endpoint(
        spec=spec, dialect=Dialect.CHAT, model=name, url=whole, secret=secret, official=official
    )


def _compatible(spec: str, environment: Mapping[str, str]) -> Endpoint:
    address, hash_sign, name = spec.removeprefix("openai-compat:").partition("#")
    base = _checked(address, "openai-compat")
    if not hash_sign or not name:
        raise UsageError("openai-compat: no model name, expected openai-compat:URL#NAME")
    known = environment.get("OPENAI_BASE_URL", "")
    secret = NO_SECRET
    if known and _origin(urlsplit(known)) == _origin(urlsplit(base)):
        secret = Secret(name="OPENAI_API_KEY", value=environment.get("OPENAI_API_KEY", "").strip())
    return _chat(spec, name, base, secret if secret.value else NO_SECRET, official=False)


def _base(environment: Mapping[str, str], variable: str, default: str) -> str:
    return _checked(environment.get(variable) or default, variable)


def _checked(address: str, what: str) -> str:
    """The address without a trailing slash; never echoed, as it may hold a password."""
    try:
        parts = urlsplit(address)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise UsageError(f"{what}: not an address, expected http://HOST[:PORT][/PATH] or https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            f"{what}: holds a user, a query or a fragment, expected a plain address; "
            "everything in it would be written into the transcript"
        )
    return address.rstrip("/")


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    ports = {"http": 80, "https": 443}
    return parts.scheme, (parts.hostname or "").lower(), parts.port or ports.get(parts.scheme, 0)


def _secret(environment: Mapping[str, str], variable: str, keyless: bool) -> Secret:
    value = environment.get(variable, "").strip()
    if not value and not keyless:
        raise UsageError(f"{variable}: not set, expected the key in the environment")
    return Secret(name=variable, value=value)


def _check_carriage(base: str, secret: Secret) -> None:
    if secret.value and base.startswith("http://") and not is_loopback(base):
        raise UsageError(
            f"{secret.name}: would travel unencrypted to {urlsplit(base).hostname}, "
            "expected https; nothing was sent"
        )

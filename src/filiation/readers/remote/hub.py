"""The Hugging Face hub and its mirrors: a repository at a revision, by its commit.

A branch is asked for once; every file is then asked for at the commit that it stood for. Source:
https://huggingface.co/docs/hub/api and the client `huggingface_hub` (`hf_api.model_info`,
`file_download`): GET /api/models/ORG/NAME/revision/REVISION?blobs=true, GET
/ORG/NAME/resolve/COMMIT/FILE, which leads to the host of the bytes.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

from filiation.errors import UnreadableError, UsageError
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.remote.address import Address, check_endpoint, is_near, origin_of
from filiation.readers.remote.client import Client
from filiation.readers.remote.listing import Listed, Listing, plain_name
from filiation.readers.remote.place import Place

__all__ = ["list_hub"]

HUB: Final = "https://huggingface.co"
TOKENS: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
COMMIT: Final = re.compile(r"[0-9a-f]{40}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
MOST: Final = 1 << 26  # bytes of a list
TOKEN: Final = re.compile(r"[\x21-\x7e]{1,1000}")


def list_hub(address: Address, client: Client, environment: Mapping[str, str]) -> Listing:
    """The files of a repository.

    Raises:
        UsageError: There is none, or it is not open to whoever asks.
        UnreadableError: The host cannot be reached, or its answer is none of a hub.
    """
    endpoint, secrets = _endpoint(environment)
    denied = _denied(environment)

    def place(path: str, *, commit: str = "", shown: str) -> Place:
        url = f"{endpoint}/{path}"
        return Place(shown=shown, url=url, secrets=secrets, denied=denied, commit=commit)

    revision = quote(address.revision or "main", safe="")
    asked = place(f"api/models/{address.host}/revision/{revision}?blobs=true", shown=address.shown)
    raw, _ = client.document(asked, MOST)
    said = parse_object(raw, what=f"{address.shown}: the hub's answer")
    commit, siblings = str(said.get("sha")), said.get("siblings")
    if not COMMIT.fullmatch(commit) or not isinstance(siblings, list) or not _are_objects(siblings):
        raise UnreadableError(
            f"{address.shown}: names no commit and files, expected those of a hub"
        )
    files = {}
    for one in siblings:
        name = plain_name(one.get("rfilename"), address.shown)
        at = f"{address.host}/resolve/{commit}/{quote(name)}"
        shown = f"hf://{address.host}@{commit[:12]}/{name}"
        files[name] = _listed(one, place(at, commit=commit, shown=shown))
    host = urlsplit(endpoint).netloc
    base = f"hf://{address.host}@{commit[:12]}"
    return Listing(files=files, at=address.path, base=base, host=host, commit=commit)


def _endpoint(environment: Mapping[str, str]) -> tuple[str, Any]:
    """Which hub is asked, and what shows it who asks.

    Raises:
        UsageError: `HF_ENDPOINT` is no address, or a token would travel unencrypted.
    """
    endpoint = (environment.get("HF_ENDPOINT") or HUB).rstrip("/")
    check_endpoint(endpoint, "HF_ENDPOINT")
    parts = urlsplit(endpoint)
    name, token = _token(environment)
    if token and parts.scheme == "http" and not is_near(parts.hostname or ""):
        raise UsageError(
            f"{name}: would travel unencrypted to {parts.hostname}, expected https in HF_ENDPOINT; "
            "nothing was sent"
        )
    own = origin_of(endpoint)

    def secrets(url: str) -> Mapping[str, str]:
        return {"authorization": f"Bearer {token}"} if token and origin_of(url) == own else {}

    return endpoint, secrets


def _token(environment: Mapping[str, str]) -> tuple[str, str]:
    """The variable and its token; both empty if none is set.

    Raises:
        UsageError: It could be no token.
    """
    for name in TOKENS:
        token = environment.get(name, "").strip()
        if token:
            if not TOKEN.fullmatch(token):
                raise UsageError(f"{name}: holds characters that no token has")
            return name, token
    return "", ""


def _denied(environment: Mapping[str, str]) -> str:
    name, _ = _token(environment)
    if name:
        return (
            f"the token in {name} does not open it: is it of somebody who may read it, and who "
            "accepted its conditions on the hub? Or there is no such model"
        )
    return "HF_TOKEN is not set, and it is private, gated, or not there"


def _are_objects(found: list[Any]) -> bool:
    return all(isinstance(one, dict) for one in found)


def _listed(one: Mapping[str, Any], place: Place) -> Listed:
    lfs = one.get("lfs")
    declared = lfs.get("sha256", lfs.get("oid", "")) if isinstance(lfs, dict) else ""
    size = one.get("size")
    return Listed(
        place=place,
        size=size if type(size) is int and 0 <= size < 1 << 60 else None,
        declared=declared if isinstance(declared, str) and SHA256.fullmatch(declared) else "",
    )

"""A web server, which lists nothing: files of the usual names are asked for one by one."""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from filiation.errors import UnreadableError, UsageError
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.remote.address import Address
from filiation.readers.remote.client import Client
from filiation.readers.remote.listing import BESIDE, Listed, Listing, plain_name
from filiation.readers.remote.place import MissingError, Place
from filiation.readers.weights.folder import INDEX_LIMIT, INDEXED, SHARD

__all__ = ["list_web"]

FILE: Final = re.compile(r".+\.(?:safetensors|gguf|onnx|bin|pt|pth|ckpt|sketch)", re.IGNORECASE)
MOST_PARTS: Final = 10_000


def list_web(address: Address, client: Client) -> Listing:
    """The files that belong to an address: those beside it, the parts that an index names.

    Files beside it (`config.json` and the like) count as not there where the host has none, or
    does not show them. Whatever carries a query (a signed link) stands alone.

    Raises:
        UsageError: Nothing is there.
        UnreadableError: The host cannot be reached, or an index is damaged.
    """
    folder, last = address.path, ""
    if not address.slash and "/" in f"/{address.path}":
        head, _, tail = address.path.rpartition("/")
        if FILE.fullmatch(tail) or tail.endswith(".index.json") or address.query:
            folder, last = head, tail
    web = _Web(address, folder, client)
    if address.query:
        return web.listing({last: web.listed(last, address.query)}, last)
    indices = {index: single for _, index, single in INDEXED}
    if last in indices:
        return web.listing(web.indexed(last, required=True), "")
    if last:
        return web.listing({name: web.listed(name) for name in _parts(last)} | web.beside(), last)
    for index, single in indices.items():
        found = web.indexed(index, required=False) or web.there([single])
        if found:
            return web.listing(found, "")
    raise MissingError(
        f"{address.shown}: found none of {', '.join([*indices, *indices.values()])} there, and a "
        "web server lists nothing; give the address of a file"
    )


class _Web:
    """One folder of a host."""

    def __init__(self, address: Address, folder: str, client: Client) -> None:
        self._address, self._folder, self._client = address, folder, client

    def listed(self, name: str, query: str = "") -> Listed:
        """A file of the folder, not asked for yet."""
        path = f"{self._folder}/{name}" if self._folder else name
        at = f"{self._address.scheme}://{self._address.host}"
        url = f"{at}/{quote(path)}" + (f"?{query}" if query else "")
        return Listed(place=Place(shown=f"{at}/{path}", url=url))

    def listing(self, files: dict[str, Listed], at: str) -> Listing:
        base = f"{self._address.scheme}://{self._address.host}"
        base += f"/{self._folder}" if self._folder else ""
        return Listing(files=files, at=at, base=base, host=self._address.host)

    def there(self, names: list[str]) -> dict[str, Listed]:
        """Those of these names that the host has, with what stands beside them."""
        found = {name: one for name in names if self._has(one := self.listed(name))}
        return found | self.beside() if found else {}

    def beside(self) -> dict[str, Listed]:
        """The usual files beside weights."""
        return {name: one for name in BESIDE if self._has(one := self.listed(name))}

    def indexed(self, index: str, *, required: bool) -> dict[str, Listed]:
        """The index and the files that it names; nothing if there is none.

        Raises:
            MissingError: There is none, and it is required.
            UnreadableError: It names too many files, or others than those beside it.
        """
        one = self.listed(index)
        try:
            raw, _ = self._client.document(one.place, INDEX_LIMIT)
        except MissingError:
            if required:
                raise
            return {}
        said: Any = parse_object(raw, what=one.place.shown).get("weight_map")
        names = set(said.values()) if isinstance(said, dict) and _texts(said) else set()
        if not 0 < len(names) <= MOST_PARTS:
            raise UnreadableError(f"{one.place.shown}: names no files, expected a weight_map")
        parts = {name: self.listed(plain_name(name, one.place.shown)) for name in sorted(names)}
        return {index: one, **parts, **self.beside()}

    def _has(self, one: Listed) -> bool:
        """Whether the host shows such a file; a refusal counts as none."""
        try:
            self._client.state(one.place, 1, lambda at, raw: None)
        except UsageError:
            return False
        return True


def _texts(said: dict[Any, Any]) -> bool:
    return all(isinstance(value, str) for value in said.values())


def _parts(name: str) -> Iterator[str]:
    """The file, and all others that make up the model if it is one of several parts."""
    part = SHARD.fullmatch(name)
    if part is None or not 0 < int(part[3]) <= MOST_PARTS:
        yield name
        return
    first = 0 if int(part[2]) == 0 else 1
    for number in range(first, int(part[3]) + first):
        yield f"{part[1]}-{number:05}-of-{part[3]}{part[4]}"

"""A model wherever it lies, at a path."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from filiation.model.origin import Origin
from filiation.readers.remote.address import is_address, read_address
from filiation.readers.remote.offline import hub_cache, is_offline

if TYPE_CHECKING:
    from filiation.readers.remote.client import Client

__all__ = ["Lying", "lying"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A model that can be read at a path.

    Attributes:
        path: Where.
        origin: Where it lay, and what was read of it by now; None of a model of this machine.
            Raises `UnreadableError` if a file of which every byte is there is not what its host
            declares.
    """

    path: Path
    origin: Callable[[], Origin | None]


@contextmanager
def lying(
    spec: str | Path,
    *,
    whole: bool = False,
    environment: Mapping[str, str] = os.environ,
    client: "Client | None" = None,
) -> Iterator[Lying]:
    """A model at a path, for as long as this holds; of another machine, a folder that stands in.

    Args:
        spec: A path, or an address (`address.read_address`).
        whole: Fetch and verify every byte of the weights before anything is read.
        environment: Where tokens, mirrors and `HF_HUB_OFFLINE` are looked up.
        client: Who asks; by default one of its own.

    Raises:
        UsageError: Nothing is there, it is not open to whoever asks, or the hub must not be asked.
        UnreadableError: The host cannot be reached, or sent what it does not declare.
        UnwritableError: No room for it.
    """
    if isinstance(spec, Path) or not is_address(spec):
        yield Lying(path=Path(spec), origin=lambda: None)
        return
    address = read_address(spec)
    if address.scheme == "hf" and is_offline(environment):
        path, commit = hub_cache(address, environment)
        host = "the hub's cache on this machine (HF_HUB_OFFLINE is set)"
        pinned = address.at_commit(commit)
        told = Origin(address=address.shown, pinned=pinned, host=host, commit=commit, files=())
        yield Lying(path=path, origin=lambda: told)
        return
    from filiation.readers.remote.folder import stood_in

    with stood_in(address, whole=whole, environment=environment, client=client) as (path, origin):
        yield Lying(path=path, origin=origin)

"""The hub's cache on this machine, which is all that is read where the hub must not be asked.

Source: https://huggingface.co/docs/huggingface_hub (environment variables; how to manage the
cache).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filiation.errors import UsageError
from filiation.model.hub import cache_folder
from filiation.readers.remote.address import Address

__all__ = ["hub_cache", "is_offline"]

TRUE: Final = ("1", "ON", "YES", "TRUE")
COMMIT: Final = re.compile(r"[0-9a-f]{40}")


def is_offline(environment: Mapping[str, str]) -> bool:
    """Was it said that the hub must not be asked (`HF_HUB_OFFLINE`)?"""
    return environment.get("HF_HUB_OFFLINE", "").upper() in TRUE


def hub_cache(address: Address, environment: Mapping[str, str]) -> tuple[Path, str]:
    """The folder of a model in the hub's cache on this machine, and its commit.

    Raises:
        UsageError: It is not there.
    """
    home = environment.get("HF_HOME") or str(
        Path(environment.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "huggingface"
    )
    cache = Path(environment.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()
    folder = cache / cache_folder(address.host)
    commit = address.revision
    ref = folder / "refs" / (commit or "main")
    if not COMMIT.fullmatch(commit) and ref.is_file():
        with ref.open("rb") as file:
            commit = file.read(80).decode("ascii", "replace").strip()
    found = folder / "snapshots" / commit / address.path
    if not COMMIT.fullmatch(commit) or not found.exists():
        raise UsageError(
            f"{address.shown}: HF_HUB_OFFLINE is set, so nothing was asked, and the hub's cache "
            "on this machine does not hold it; expected it there, or HF_HUB_OFFLINE not set"
        )
    return found, commit

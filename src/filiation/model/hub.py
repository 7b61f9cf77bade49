"""How a hub's cache on a disk calls the folder of a model: `models--ORG--NAME`."""

import re
from typing import Final

__all__ = ["cache_folder", "repository_in"]

CACHED: Final = re.compile(r"models--(?:([^/]{1,96}?)--)?([^/]{1,96})")


def repository_in(folder: str) -> str:
    """ORG/NAME, or NAME, of which a folder of this name holds what was fetched; or ''."""
    found = CACHED.fullmatch(folder)
    if found is None:
        return ""
    return found[2] if found[1] is None else f"{found[1]}/{found[2]}"


def cache_folder(repository: str) -> str:
    """What the cache calls the folder of ORG/NAME."""
    return f"models--{repository.replace('/', '--')}"

"""Is there something at this path, and if not, what would help?

Imports nothing that takes time: a mistyped path is answered before anything is read.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from filiation.errors import UsageError

__all__ = ["missing", "there"]

HUB: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
HUBS: Final = re.compile(r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)|hf:/)/([^?#]+)")
FILES: Final = (
    *(".safetensors", ".gguf", ".onnx", ".bin", ".pt", ".pth", ".ckpt", ".sketch"),
    *(".json", ".jsonl", ".csv", ".tsv", ".eval", ".gz", ".zip", ".toml"),
)
MOST: Final = 10_000  # names of a folder that are looked at


def there(spec: str) -> bool:
    """Is there such a path, or one before a '#'?"""
    cuts = [at for at, letter in enumerate(spec) if letter == "#" and at]
    try:
        return any(Path(spec[:at]).exists() for at in (len(spec), *cuts))
    except (OSError, ValueError):  # too long for a name, or a null byte in it
        return False


def missing(spec: str | Path, expected: str) -> UsageError:
    """The error for what is not on this machine: how to fetch it, or what was expected."""
    text = str(spec)
    hub = HUBS.match(text)
    name = "/".join(hub[1].strip("/").split("/")[:2]) if hub else text
    fetch = f"`hf download {name} --local-dir {name.rpartition('/')[2]}`, then pass that folder"
    if hub and HUB.fullmatch(name):
        return UsageError(
            f"{text}: an address, expected {expected} on this machine; nothing is fetched from "
            f"here: run {fetch}"
        )
    if "://" in text:
        return UsageError(
            f"{text}: an address, expected {expected} on this machine; nothing is fetched from "
            f"here: download it, then pass the file or the folder"
        )
    if HUB.fullmatch(text) and _like_a_hub_name(text):
        return UsageError(
            f"{text}: there is no such file or folder, expected {expected}; if it is a name on the "
            f"Hugging Face hub, nothing is fetched from here: run {fetch}"
        )
    nearest = Path(text.partition("#")[0] or text)
    return UsageError(
        f"{text}: there is no such file or folder, expected {expected}{_nearest(nearest)}"
    )


def _like_a_hub_name(spec: str) -> bool:
    owner = spec.partition("/")[0]
    return not spec.lower().endswith(FILES) and not Path(owner).exists()


def _nearest(path: Path) -> str:
    """What of this path is there: names in the same folder, or not even the folder."""
    try:
        if not path.parent.is_dir():
            return f"; there is no {path.parent} either"
        names = sorted(entry.name for entry in path.parent.iterdir())[:MOST]
    except (OSError, ValueError):
        return ""
    close = [str(path.with_name(name)) for name in _similar(path.name, names)]
    return f"; close to it {'is' if len(close) == 1 else 'are'} {' and '.join(close)}" * bool(close)


def _similar(name: str, names: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, names, n=2, cutoff=0.6)

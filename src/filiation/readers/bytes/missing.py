"""Why is there nothing at this path, and what would help?

Imports nothing that takes time: a mistyped path is answered before anything is read.
"""

import re
from pathlib import Path
from typing import Final

from filiation.errors import UsageError

__all__ = ["check_there", "missing"]

_ADDRESS: Final = re.compile(r"(?:https?|s3|gs|hf)://\S+")
_HUB: Final = re.compile(r"(?:https?://huggingface\.co/|hf://)?([\w.-]+/[\w.-]+?)/?")


def check_there(spec: str, *, answers: bool = False) -> None:
    """Refuse a name of a model that leads to nothing: PATH, NAME=PATH, or PATH#MODEL.

    Raises:
        UsageError: Nothing is there; the sentence says what may have been meant.
    """
    named = spec.partition("=")[2]
    if not any(_there(text) for text in (spec, named) if text):
        raise missing(named if named and "/" not in spec.partition("=")[0] else spec,
                      expected="recorded answers" if answers else "a model")  # fmt: skip


def missing(path: str | Path, *, expected: str) -> UsageError:
    """The error for a path at which there is nothing, with what to do about it."""
    text = str(path)
    hub = _HUB.fullmatch(text)
    if hub is not None and (_ADDRESS.match(text) or not Path(text).parent.is_dir()):
        name = hub[1]
        fetch = f"hf download {name} --local-dir {name.partition('/')[2]}"
        if _ADDRESS.match(text):
            return UsageError(
                f"{text}: an address, expected {expected} on this computer; fetch it first: {fetch}"
            )
        return UsageError(
            f"{text}: there is no such file or directory, expected {expected}; if that is its name "
            f"on the Hugging Face hub, fetch it first: {fetch}"
        )
    if _ADDRESS.match(text):
        return UsageError(
            f"{text}: an address, expected {expected} on this computer; fetch it first: "
            f"curl -LO {text}"
        )
    return UsageError(
        f"{text}: there is no such file or directory, expected {expected}{_close(Path(text))}"
    )


def _there(text: str) -> bool:
    """Whether the whole, or what stands before a '#', is a path that exists."""
    ends = [at for at, letter in enumerate(text) if letter == "#" and at]
    try:
        return any(Path(text[:end]).exists() for end in (len(text), *ends))
    except (OSError, ValueError):  # too long for a path, or holds a NUL
        return False


def _close(path: Path) -> str:
    """The names in the same folder that it may stand for; or the folder that is not there."""
    from difflib import get_close_matches

    try:
        if not path.parent.is_dir():
            return f"; there is no {path.parent} either"
        names = [entry.name for entry in path.parent.iterdir()][:10_000]
    except (OSError, ValueError):
        return ""
    close = get_close_matches(path.name, names, n=2, cutoff=0.6)
    return f"; close to it are {' and '.join(close)}" if len(close) > 1 else (
        f"; close to it is {close[0]}" if close else ""
    )  # fmt: skip

"""Do two texts name one model?

By owner and name, as a hub writes them; by name alone where one of the two states no owner; never
by a name that any model has.
"""

import re
from dataclasses import dataclass
from typing import Final, final

__all__ = ["Called", "called", "may_be_one"]

SCHEME: Final = re.compile(r"(?:https?://|hf://|pkg:[a-z]{1,20}/)", re.IGNORECASE)
HOST: Final = re.compile(
    r"(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com|github\.com|modelscope\.cn/models)/",
    re.IGNORECASE,
)
AFTER: Final = re.compile(r"/(?:tree|blob|resolve|commit)/.*|[?#].*|@.*")
CACHED: Final = re.compile(r"(?:.*/)?models--([^/]+?)--([^/]+)(?:/.*)?")
LOCAL: Final = re.compile(r"(?:[.~]{0,2}/|[a-z]:/)", re.IGNORECASE)
ENDING: Final = re.compile(
    r"\.(?:safetensors|gguf|onnx|bin|pt|pth|ckpt|sketch)|[-_.]gguf", re.IGNORECASE
)
APART: Final = re.compile(r"[\s_-]+")
# Names that folders and files of any model have.
ANYBODY: Final = re.compile(
    r"(?:[0-9a-f]{40}|(?:checkpoint|step|epoch|version|iter)-?[\d.]*|\d+"
    r"|models?|final|best|last|outputs?|results?|base|main|snapshots?|weights|merged|lora|adapter"
    r"|pytorch-model|model-quantized|ggml-model.*|checkpoints?|unnamed|none|null|unknown|\.*)"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A model as a text names it: owner, empty if it states none, and name; in lower case."""

    owner: str
    name: str


def called(text: str) -> Called | None:
    """What model a text names; None for a name that any model has, or that is no name."""
    plain = text.strip().replace("\\", "/")
    addressed = SCHEME.match(plain) is not None
    plain = HOST.sub("", SCHEME.sub("", plain, count=1), count=1)
    if (cached := CACHED.fullmatch(plain)) is not None:
        plain = f"{cached[1]}/{cached[2]}"
    local = LOCAL.match(plain) is not None and not addressed
    parts = [part for part in AFTER.sub("", plain).split("/") if part]
    if not parts:
        return None
    name = APART.sub("-", ENDING.sub("", parts[-1])).strip("-").casefold()
    if ANYBODY.fullmatch(name):
        return None
    owner = parts[-2].casefold() if len(parts) == 2 and not local else ""
    return Called(owner=owner, name=name)


def may_be_one(one: Called, other: Called) -> bool:
    """Whether both may name one model: equal names, and owners that do not differ."""
    return one.name == other.name and (one.owner == other.owner or not one.owner or not other.owner)

r"""How does a tokenizer cut a text before it merges anything?

Byte-level tokenizers name a pattern. A pattern from a file is never run: it is looked up among
those that are published and known here, and a tokenizer with another one is not encoded with.
Classes of characters (`\p{L}`) are written out from the characters of the text itself, which the
standard library's `re` can match.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

__all__ = ["KNOWN_SPLITS", "Splitter", "splitter_of"]

Splitter: TypeAlias = Callable[[str], list[str]]

_SPACES: Final = r"|\s+(?!\S)|\s+"
_ENDS: Final = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_CASED: Final = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+%s|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*%s|"
)
_MARKS: Final = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+" + _SPACES
_SLASHES: Final = r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+" + _SPACES
_KANJI: Final = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
_DEEP: Final = (
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+" + _SPACES
)
_WORDS: Final = r"|[^\r\n\p{L}\p{N}]?\p{L}+"

# Each a sequence of cuts, one after the other, as published.
KNOWN_SPLITS: Final[Mapping[str, tuple[str, ...]]] = {
    "gpt-2": (r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+" + _SPACES,),
    "cl100k": (_ENDS + _WORDS + r"|\p{N}{1,3}" + _MARKS,),
    "qwen": (_ENDS + _WORDS + r"|\p{N}" + _MARKS,),
    "qwen-3.5": (
        _ENDS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+" + _SPACES,
    ),
    "o200k": ((_CASED % (f"{_ENDS}?", f"{_ENDS}?")) + r"\p{N}{1,3}" + _SLASHES,),
    "tekken": ((_CASED % ("", "")) + r"\p{N}" + _SLASHES,),
    "deepseek-3": (r"\p{N}{1,3}", _KANJI, _DEEP),
    "digits, gpt-2": (r"\p{N}", r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+"
                      + _SPACES),
}  # fmt: skip
_BY_CUTS: Final = {cuts: name for name, cuts in KNOWN_SPLITS.items()}
_CLASS: Final = re.compile(r"\[(?:\\p\{\w+\}|\\.|[^\]\\])*\]|\\p\{(\w+)\}")


def splitter_of(setting: object) -> tuple[str, Splitter] | None:
    """The name of the known way to cut that a setting describes, and the cutter; None if unknown.

    Args:
        setting: A pattern as text (tekken), or a `pre_tokenizer` as JSON has it.
    """
    cuts = (setting,) if isinstance(setting, str) else _cuts(setting)
    written = [cut.replace("\r", r"\r").replace("\n", r"\n") for cut in cuts or ()]
    name = _BY_CUTS.get(tuple(written)) if cuts is not None else None
    return None if name is None else (name, known_splitter(name))


def known_splitter(name: str) -> Splitter:
    """The cutter of that name."""

    def split(text: str) -> list[str]:
        pieces = [text]
        for cut in KNOWN_SPLITS[name]:
            pattern = _written_out(cut, text)
            pieces = [part for piece in pieces for part in _parts(pattern, piece)]
        return pieces

    return split


def _parts(pattern: re.Pattern[str], text: str) -> list[str]:
    """What matches and what lies between, in order."""
    found, at = [], 0
    for match in pattern.finditer(text):
        found += [text[at : match.start()], match.group()]
        at = match.end()
    return [part for part in (*found, text[at:]) if part]


def _written_out(pattern: str, text: str) -> re.Pattern[str]:
    characters = sorted(set(text))
    kinds = {c: unicodedata.category(c) for c in characters}

    def members(kind: str) -> str:
        told = "".join(re.escape(c) for c in characters if kinds[c].startswith(kind))
        return told or "\uffff"  # no character: stands for none of the text

    def written(match: re.Match[str]) -> str:
        whole = match.group()
        inside = re.sub(r"\\p\{(\w+)\}", lambda m: members(m[1]), whole)
        return f"[{inside}]" if match[1] else inside

    return re.compile(_CLASS.sub(written, pattern))


def _cuts(found: object) -> Sequence[str] | None:
    """The patterns of a `pre_tokenizer`; None where it does something that is not known here."""
    if not isinstance(found, dict):
        return None
    kind = found.get("type")
    if kind == "Sequence":
        parts = found.get("pretokenizers")
        each = [_cuts(part) for part in parts] if isinstance(parts, list) else [None]
        return None if None in each else [cut for part in each for cut in part or ()]
    if kind == "ByteLevel":
        return (
            None
            if found.get("add_prefix_space")
            else list(KNOWN_SPLITS["gpt-2"])
            if found.get("use_regex", True)
            else []
        )
    if kind == "Digits":
        return [r"\p{N}"] if found.get("individual_digits") else None
    pattern = found.get("pattern")
    if kind != "Split" or not isinstance(pattern, dict):
        return None
    told = pattern.get("Regex")
    way = found.get("behavior"), bool(found.get("invert"))
    return (
        [told]
        if isinstance(told, str) and way in (("Isolated", False), ("Removed", True))
        else None
    )

"""Arguments of a deed as its event keeps them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["on_record"]

SHORT: Final = 120  # characters


def on_record(given: Mapping[str, object]) -> dict[str, str]:
    """Arguments as an event keeps them: no folders of this computer, no long texts, no defaults."""
    kept = {}
    for name, value in given.items():
        if value is None or value is False or value == () or value == []:
            continue
        parts = value if isinstance(value, list | tuple) else [value]
        kept[name] = ", ".join(_short(part) for part in parts)
    return kept


def _short(value: object) -> str:
    if isinstance(value, Path):
        return value.resolve().name if value.name in ("", ".", "..") else value.name
    text = str(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]} (+{len(text) - SHORT} characters)"

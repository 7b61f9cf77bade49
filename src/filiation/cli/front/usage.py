"""Errors in what was typed, in the words of every other error: what, found, expected."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from filiation.errors import UsageError

__all__ = ["INTERRUPTED", "no_such_option", "no_such_verb", "see", "usage_error"]

INTERRUPTED: Final = "interrupted; nothing was left half written"


def see(path: tuple[str, ...]) -> str:
    """Where the help is."""
    return f"see `{' '.join(('filiation help', *path[1:]))}`"


def no_such_verb(
    path: tuple[str, ...], word: str, names: Collection[str], elsewhere: Sequence[str] = ()
) -> UsageError:
    """The error for a word that is no verb of this group; `elsewhere`, of which ones it is one."""
    kind = "option" if word.startswith("-") else "verb"
    hint = f", expected perhaps {' or '.join(elsewhere)}" if elsewhere else _perhaps(word, names)
    return UsageError(f"{' '.join((*path[1:], word))}: no such {kind}{hint}; {see(path)}")


def no_such_option(path: tuple[str, ...], word: str, names: Collection[str]) -> UsageError:
    """The error for an option that the verb does not have."""
    return UsageError(f"{word}: no such option{_perhaps(word, names)}; {see(path)}")


def usage_error(path: tuple[str, ...], error: Any, names: Collection[str]) -> UsageError:
    """One of typer's errors in our words."""
    option = getattr(error, "option_name", None)
    if option is None:
        return UsageError(f"{path[-1]}: {_lower(error.message)}; {see(path)}")
    if hasattr(error, "possibilities"):
        return no_such_option(path, option, names)
    found, expected = ("a value", "none") if "not take" in error.message else ("no value", "one")
    return UsageError(f"{option}: found {found}, expected {expected}; {see(path)}")


def _perhaps(word: str, names: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, names, n=2, cutoff=0.6)
    return f", expected perhaps {' or '.join(close)}" if close else ""


def _lower(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return text[:1].lower() + text[1:]

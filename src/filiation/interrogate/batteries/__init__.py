"""Batteries of questions, generated from a seed, so that nobody can have trained on them.

traps             people, books, laws, places and papers that do not exist
arithmetic-edge   sums just beyond what a model does in its head
program-output    what does this program print?
choices           keyed options, the right letter balanced
borderline        benign prompts that over-careful models refuse
style             open prompts
identity          who are you, who made you
identity-languages  the same, bare, in fourteen languages
token-slope       lines of many scripts, each repeated: what does a server bill for them?
values            trade-offs between two goods, in four forms each
persona           matters of taste and temper, likewise
constitution      collisions of principles, and harmless requests that some models decline
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from filiation.errors import UsageError
from filiation.interrogate.batteries.arithmetic import NAME as ARITHMETIC
from filiation.interrogate.batteries.arithmetic import generate as arithmetic
from filiation.interrogate.batteries.borderline import NAME as BORDERLINE
from filiation.interrogate.batteries.borderline import generate as borderline
from filiation.interrogate.batteries.choices import NAME as CHOICES
from filiation.interrogate.batteries.choices import generate as choices
from filiation.interrogate.batteries.dilemmas import USUAL, constitution, persona, values
from filiation.interrogate.batteries.identity import NAME as IDENTITY
from filiation.interrogate.batteries.identity import generate as identity
from filiation.interrogate.batteries.identity_languages import NAME as IDENTITY_LANGUAGES
from filiation.interrogate.batteries.identity_languages import generate as identity_languages
from filiation.interrogate.batteries.programs import NAME as PROGRAMS
from filiation.interrogate.batteries.programs import generate as programs
from filiation.interrogate.batteries.questions import pool
from filiation.interrogate.batteries.style import NAME as STYLE
from filiation.interrogate.batteries.style import generate as style
from filiation.interrogate.batteries.token_slope import NAME as TOKEN_SLOPE
from filiation.interrogate.batteries.token_slope import PROBES, REPEATS
from filiation.interrogate.batteries.token_slope import generate as token_slope
from filiation.interrogate.batteries.traps import NAME as TRAPS
from filiation.interrogate.batteries.traps import generate as traps
from filiation.interrogate.battery_file import commit_battery
from filiation.model.recording import Item
from filiation.model.values import BATTERIES

__all__ = ["NAMES", "generate", "usual_items", "write"]

# Shared errors find two thirds of known relatives with a thousand items and a third with two
# hundred (docs/validation/outputs.md).
_USUAL: Final = 800

MOST_ITEMS: Final = 100_000

_GENERATORS: Final[Mapping[str, Callable[[int, int], tuple[Item, ...]]]] = MappingProxyType(
    {
        TRAPS: traps,
        ARITHMETIC: arithmetic,
        PROGRAMS: programs,
        CHOICES: choices,
        BORDERLINE: borderline,
        STYLE: style,
        IDENTITY: identity,
        IDENTITY_LANGUAGES: identity_languages,
        TOKEN_SLOPE: token_slope,
        "values": values,
        "persona": persona,
        "constitution": constitution,
    }
)
NAMES: Final = tuple(_GENERATORS)
_WRITTEN: Final = {
    BORDERLINE: "borderline.toml", STYLE: "style.toml", IDENTITY: "identity.toml",
    IDENTITY_LANGUAGES: "identity_languages.toml",
}  # fmt: skip


def usual_items(name: str) -> int:
    """How many questions a battery has where nobody says: all that are written, or 800 made."""
    if name in BATTERIES:
        return USUAL
    if name == TOKEN_SLOPE:
        return len(PROBES) * REPEATS
    return len(pool(_WRITTEN[name])) if name in _WRITTEN else _USUAL


def generate(name: str, *, seed: int, items: int) -> tuple[Item, ...]:
    """Generate a battery. The same seed gives the same items for ever; n items begin n + 1.

    Raises:
        UsageError: No battery of that name, or it has not as many items.
    """
    if name not in _GENERATORS:
        raise UsageError(f"battery {name!a:.80}: there is none; choose one of {', '.join(NAMES)}")
    if not 1 <= items <= MOST_ITEMS:
        raise UsageError(f"battery {name}: {items} items, expected 1 to {MOST_ITEMS}")
    return _GENERATORS[name](seed, items)


def write(path: Path, items: tuple[Item, ...], *, name: str, seed: int) -> str:
    """Write a battery as JSON lines, whole or not at all; return the SHA-256 of the file.

    Raises:
        UsageError: The file exists, or cannot be written.
    """
    normalisers = {item.normaliser for item in items}
    about = {
        "id": name,
        "seed": seed,
        "items": len(items),
        "normaliser": normalisers.pop() if len(normalisers) == 1 else "",
    }
    return commit_battery(path, items, about).digest

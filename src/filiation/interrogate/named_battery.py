"""Batteries by name: generated from a seed, and committed to disk before the first question."""

import secrets
from pathlib import Path
from typing import Any, Final

from filiation import __version__
from filiation.errors import UsageError
from filiation.interrogate.attempt import now
from filiation.interrogate.battery_file import Battery, commit_battery, read_battery

__all__ = ["named_battery"]

_SEEDS: Final = 1 << 53  # what JSON can hold exactly


def named_battery(
    name: str, path: Path, *, items: int | None, seed: int | None, keep: bool
) -> tuple[Battery, int]:
    """Return the battery of that name, and its seed.

    A seed that is not given is drawn, so that nobody can have trained on the questions. A battery
    that was committed before, by a run that was interrupted, is taken as it is.

    Args:
        name: Which one.
        path: The file in which it is committed.
        items: How many questions.
        seed: The seed from which its questions follow.
        keep: Commit it; without, nothing is written.

    Raises:
        UsageError: No battery of that name, or another one is committed there.
    """
    if path.exists():
        return _committed(name, path, items, seed)
    from filiation.interrogate.batteries import generate, usual_items

    chosen = secrets.randbelow(_SEEDS) if seed is None else seed
    count = items or usual_items(name)
    made = generate(name, seed=chosen, items=count)
    about: dict[str, Any] = {
        "id": name,
        "seed": chosen,
        "items": count,
        "generator": f"filiation {__version__}",
        "committed": now(),
    }
    if keep:
        return commit_battery(path, made, about), chosen
    return Battery(id=name, items=made, digest="", about=about), chosen


def _committed(name: str, path: Path, items: int | None, seed: int | None) -> tuple[Battery, int]:
    found = read_battery(path)
    there = found.about.get("id"), found.about.get("items"), found.about.get("seed")
    wanted = name, items or there[1], there[2] if seed is None else seed
    if there != wanted or not isinstance(there[2], int):
        raise UsageError(
            f"{path}: holds the battery {there[0]!r} with {there[1]} items and seed {there[2]}, "
            f"asked for {wanted[0]!r} with {wanted[1]} and {wanted[2]}; choose another --out"
        )
    return found, there[2]

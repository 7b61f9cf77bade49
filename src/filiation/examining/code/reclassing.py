"""A table in which an examiner puts fragments into other classes, each with a reason.

TOML: `[[fragment]]` with `id`, `class` and `why`; or JSON of the same shape. Its digest stands with
each fragment that it moves, and the class that was proposed stays beside it.
"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from filiation.errors import UsageError
from filiation.files import opened
from filiation.model.examination import Examination
from filiation.model.filtration import CLASSES, FragmentClass, Moved, moved
from filiation.model.kinds import CODE
from filiation.model.toml_text import toml_of

__all__ = ["Moves", "moves_of", "read_moves", "reclassed"]

LARGEST: Final = 1 << 24  # bytes of a table
LONGEST: Final = 2_000  # characters of a reason
FIELDS: Final = frozenset({"id", "class", "why"})
Moves: TypeAlias = tuple[tuple[str, Moved], ...]


def read_moves(path: Path) -> Moves:
    """Fragment ids and the classes that an examiner gives them.

    Raises:
        UsageError: No such table, an unknown class, one fragment twice, or no reason.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file, expected a table of classes")
    with opened(path) as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise UsageError(f"{path}: more than {LARGEST} bytes, expected a table of classes")
    try:
        text = raw.decode()
        found = json.loads(text) if path.suffix.lower() == ".json" else toml_of(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a table of classes in JSON or TOML: {error}") from error
    listed = found.get("fragment") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not listed:
        raise UsageError(f"{path}: no [[fragment]], expected one for each that is moved")
    by = f"table {hashlib.sha256(raw).hexdigest()}"
    made = tuple(_move(path, one, by) for one in listed)
    names = [name for name, _ in made]
    if len({*names}) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"{path}: fragment {twice} twice, expected one class for each")
    return made


def moves_of(found: Examination) -> Moves:
    """The fragments of an examination that an examiner moved."""
    conclusion = found.conclusion(CODE)
    ledger = None if conclusion is None else conclusion.filtration
    matched = () if ledger is None else ledger.matched
    return tuple((one.id, one.moved) for one in matched if one.moved is not None)


def _move(path: Path, said: Any, by: str) -> tuple[str, Moved]:
    if not isinstance(said, dict) or {*said} != FIELDS:
        raise UsageError(f"{path}: a fragment with {said!r:.80}, expected id, class and why")
    if not all(isinstance(value, str) for value in said.values()):
        raise UsageError(f"{path}: a fragment with {said!r:.80}, expected texts")
    if said["class"] not in CLASSES:
        raise UsageError(
            f"{path}: class {said['class'][:40]!r}, expected one of {', '.join(CLASSES)}"
        )
    to = cast(FragmentClass, said["class"])
    return said["id"], Moved(to=to, why=said["why"][:LONGEST], by=by)


def reclassed(found: Examination, moves: Moves) -> Examination:
    """The examination with fragments in the classes that an examiner gave them.

    No finding, no p and no support changes: the ledger is told beside them.

    Raises:
        UsageError: No source code was compared, or a fragment that is not in the ledger.
    """
    if not moves:
        return found
    conclusion = found.conclusion(CODE)
    if conclusion is None or conclusion.filtration is None:
        raise UsageError("classes: no source code was compared, so that there is no fragment")
    ledger = moved(conclusion.filtration, moves)
    return replace(
        found,
        conclusions=tuple(
            replace(one, filtration=ledger) if one.kind.id == CODE else one
            for one in found.conclusions
        ),
    )

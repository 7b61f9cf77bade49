"""Which of the models in a file is meant: `PATH#MODEL`, `PATH#*`, or the only one."""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import final

from filiation.errors import UnreadableError, UsageError

__all__ = ["Choice", "called_alike", "check_name", "split"]

LONGEST_NAME = 300  # characters
MODELS = 100_000
ENDINGS = (".gz", ".xz", ".csv", ".tsv", ".jsonl", ".json")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A file and what was asked of it.

    Attributes:
        path: The file.
        model: A name, "*" for all, or None for the only one there is.
        columns: Roles and the columns that the user says hold them (`columns.read_said`).
        called: What a model is called that the file gives no name; empty: as the file is.
    """

    path: Path
    model: str | None
    columns: tuple[tuple[str, str], ...] = ()
    called: str = ""

    @property
    def nameless(self) -> str:
        """What a model is called that the file gives no name."""
        name = self.path.name
        for ending in ENDINGS:
            name = name.removesuffix(ending)
        return self.called or check_name(name or self.path.name, what=str(self.path))

    def might_want(self, name: str) -> bool:
        """May the answers of this model be needed? Known before all names are."""
        return self.model in (None, "*", name)

    def pick(self, names: Collection[str]) -> tuple[str, ...]:
        """The wanted names, in the order of the file.

        Raises:
            UsageError: No such model, or several where one was meant.
            UnreadableError: No model at all.
        """
        if not names:
            raise UnreadableError(f"{self.path}: found no model, expected at least one")
        if self.model == "*":
            return tuple(names)
        if self.model is None:
            if len(names) > 1:
                raise UsageError(
                    f"{self.path}: holds {len(names)} models ({_some(names)}); "
                    "name one after '#', or '#*' for all"
                )
            return tuple(names)
        if self.model not in names:
            close = difflib.get_close_matches(self.model, list(names)[:5000], n=3, cutoff=0.4)
            hint = f"the closest names are {_some(close)}" if close else f"it holds {_some(names)}"
            raise UsageError(f"{self.path}: no model {self.model!r:.200}; {hint}")
        return (self.model,)


def split(spec: str | Path) -> Choice:
    """Split `PATH#MODEL`. A '#' may stand in either; the shortest path that exists wins."""
    text = str(spec)
    if "#" not in text or Path(text).exists():
        return Choice(path=Path(text), model=None)
    places = [at for at, letter in enumerate(text) if letter == "#"]
    at = next((at for at in places if at and Path(text[:at]).exists()), places[0])
    model = text[at + 1 :]
    if not model:
        raise UsageError(f"{text}: nothing after '#', expected the name of a model, or *")
    return Choice(path=Path(text[:at]), model=model)


def check_name(name: object, *, what: str) -> str:
    """Return `name` if a report can print it; a name comes from the file, so it is not trusted."""
    if not isinstance(name, str) or not name.strip():
        raise UnreadableError(f"{what}: a model without a name, expected what to call it")
    if len(name) > LONGEST_NAME or not name.isprintable() or name == "*":
        raise UnreadableError(
            f"{what}: {name!r:.80} is no name of a model, expected at most {LONGEST_NAME} "
            "printable characters"
        )
    return name


def called_alike(names: Iterable[str]) -> tuple[str, ...]:
    """A note on names that only case and blanks tell apart; none where there are none."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault("".join(name.split()).casefold(), []).append(name)
    return tuple(
        f"models called alike but for case and blanks: {_some(group)}; if they are one model, "
        "its answers are split, and one part would stand for a control of the other"
        for group in groups.values()
        if len(group) > 1
    )


def _some(names: Collection[str]) -> str:
    first = [f"{name:.60}" for name in list(names)[:5]]
    return ", ".join(first) + (", .." if len(names) > 5 else "")

"""Which files speak of a model, and what was handed over as its folder.

A link counts only if it leads to a file of the same folder, or of the same repository in the cache
of the Hugging Face hub: through any other a folder could show what its owner never meant to.
"""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import UsageError
from filiation.files import name_text
from filiation.model.hub import repository_in
from filiation.readers.weights.folder import SHARD
from filiation.readers.weights.suffixes import is_weights

__all__ = ["HEADED", "Beside", "hub_name", "look_beside"]

ENTRIES: Final = 10_000  # files of a folder that are looked at
HEADED: Final = (".safetensors", ".gguf", ".onnx")  # whose headers can say something
SNAPSHOTS: Final = "snapshots"
ASIDE: Final = frozenset({".git", ".cache", ".github", "__pycache__"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The files of a model's folder.

    Attributes:
        folder: Where they lie.
        files: Name below the folder to file, by name; without what leads out of it.
        own: Names of the weights that were meant: of a folder all, of a file it and its parts.
        led_out: Names that are links which lead out of the folder.
        others: How many weights lie beside that were not meant.
        more: Whether there were more files than are looked at.
    """

    folder: Path
    files: dict[str, Path]
    own: frozenset[str]
    led_out: tuple[str, ...]
    others: int
    more: bool

    @property
    def flat(self) -> dict[str, Path]:
        """The files directly in the folder."""
        return {name: file for name, file in self.files.items() if "/" not in name}


def look_beside(path: Path) -> Beside:
    """List the files of a model's folder, or those beside a file of weights.

    Raises:
        UsageError: There is no such file or folder.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder, expected a model")
    folder = path if path.is_dir() else path.parent
    roots = _roots(folder)
    files, led_out, more = {}, [], False
    for count, (name, file) in enumerate(_walk(folder, deep=path.is_dir())):
        if count == ENTRIES:
            more = True
            break
        if not file.is_symlink() or any(file.resolve().is_relative_to(root) for root in roots):
            files[name] = file
        else:
            led_out.append(name)
    weights = {name for name in files if is_weights(name) and "/" not in name}
    own = weights if path.is_dir() else _parts(path.name, weights)
    return Beside(
        folder=folder,
        files=dict(sorted(files.items())),
        own=frozenset(own),
        led_out=tuple(sorted(led_out)),
        others=len(weights - own),
        more=more,
    )


def hub_name(folder: Path) -> str:
    """The repository that a folder in the cache of the Hugging Face hub is named after, or ''."""
    for place in folder.resolve().parents[:2]:
        if name := repository_in(place.name):
            return name
    return ""


def _roots(folder: Path) -> tuple[Path, ...]:
    here = folder.resolve()
    cached = here.parent.name == SNAPSHOTS and bool(repository_in(here.parent.parent.name))
    return (here, here.parent.parent) if cached else (here,)


def _parts(name: str, weights: set[str]) -> set[str]:
    part = SHARD.fullmatch(name)
    if part is None:
        return {name} & weights or {name}
    return {one for one in weights if (found := SHARD.fullmatch(one)) and found[1] == part[1]}


def _walk(folder: Path, *, deep: bool) -> Iterator[tuple[str, Path]]:
    """Files below a folder; links to folders are not followed."""
    folders = [folder]
    while folders:
        try:
            entries = sorted(folders.pop().iterdir())
        except OSError:
            continue
        for entry in entries:
            try:
                mode = entry.stat().st_mode
            except OSError:
                continue
            if stat.S_ISREG(mode):
                yield name_text(str(entry.relative_to(folder))), entry
            elif deep and stat.S_ISDIR(mode) and not entry.is_symlink() and entry.name not in ASIDE:
                folders.append(entry)

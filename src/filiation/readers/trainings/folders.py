"""Which entries of a training's folder are its checkpoints, and which lie beside them?

The last number in a name is its step. States of optimisers and generators are none; nor, where the
Trainer of Hugging Face wrote (`checkpoint-500`), is the model at the end, which it puts into the
same folder. Whatever holds no weights is no checkpoint. What could be one and does not say so is
doubtful.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.readers.weights.suffixes import is_weights

__all__ = ["RunFolder", "run_folder"]

NUMBER: Final = re.compile(r"\d{1,15}")
TRAINER: Final = re.compile(r"checkpoint-\d{1,15}")
ENDED: Final = re.compile(  # the model at the end of a run
    r"(pytorch_|adapter_|tf_|flax_)?model(-\d{5}-of-\d{5})?\.(safetensors|bin|h5|msgpack)"
)
STATES: Final = re.compile(
    r"(training_args|optimizer|scheduler|scaler|rng_state(_\d{1,6})?)\.(bin|pt|pth)"
)
LOOKED: Final = 2_000  # entries of a folder among which weights are looked for


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """The entries of a training's folder.

    Attributes:
        checkpoints: Steps and names, by names.
        left: Names of what is no checkpoint, by names.
        links: Those of them that are links to what lies elsewhere, and could be a checkpoint.
        doubtful: Names of what could be one; a step where the name has a number, else none.
        trainer: Whether the Trainer of Hugging Face named the checkpoints.
    """

    checkpoints: tuple[tuple[int, str], ...]
    left: tuple[str, ...]
    links: tuple[str, ...]
    doubtful: tuple[tuple[int | None, str], ...]
    trainer: bool


def run_folder(folder: Path) -> RunFolder:
    """Sort the entries of a folder; links and hidden files are no checkpoints."""
    entries = sorted(folder.iterdir())
    trainer = any(_of_trainer(entry) for entry in entries)
    checkpoints, left, doubtful = [], [], []
    for entry in entries:
        step = _step_of(entry)
        if _passed_over(entry, step, trainer=trainer):
            left.append(entry.name)
        elif step is None or (trainer and not _of_trainer(entry)):
            doubtful.append((step, entry.name))
        else:
            checkpoints.append((step, entry.name))
    return RunFolder(
        checkpoints=tuple(checkpoints), left=tuple(left), doubtful=tuple(doubtful), trainer=trainer,
        links=tuple(entry.name for entry in entries if _leads_away(entry)),
    )  # fmt: skip


def _of_trainer(entry: Path) -> bool:
    return bool(TRAINER.fullmatch(entry.name)) and entry.is_dir() and not entry.is_symlink()


def _passed_over(entry: Path, step: int | None, *, trainer: bool) -> bool:
    """Whether it is certainly no checkpoint."""
    if entry.is_symlink() or entry.name.startswith("."):
        return True
    if entry.is_dir():
        named = _of_trainer(entry) if trainer else step is not None
        return not named and not any(map(_weighty, itertools.islice(_inside(entry), LOOKED)))
    if not _weighty(entry) or STATES.fullmatch(entry.name):
        return True
    return trainer and bool(ENDED.fullmatch(entry.name))


def _leads_away(entry: Path) -> bool:
    """Whether it is a link to a folder or to weights outside of its own folder."""
    if not entry.is_symlink() or entry.name.startswith("."):
        return False
    try:
        there = entry.resolve(strict=True)
    except (OSError, RuntimeError):  # to nothing, or to itself
        return _weighty(entry) or _step_of(entry) is not None
    inside = there.is_relative_to(entry.parent.resolve())
    return not inside and (there.is_dir() or _weighty(entry) or _weighty(there))


def _weighty(entry: Path) -> bool:
    return is_weights(entry.name) or entry.suffix == ".sketch"


def _inside(folder: Path) -> Iterator[Path]:
    """What lies in it, and then what lies in its folders."""
    try:
        entries = sorted(folder.iterdir())
        yield from entries
        for entry in entries:
            if entry.is_dir() and not entry.is_symlink():
                yield from entry.iterdir()
    except OSError:  # closed to this user: nothing of it can be read
        return


def _step_of(entry: Path) -> int | None:
    numbers = NUMBER.findall(entry.stem if entry.is_file() else entry.name)
    return int(numbers[-1]) if numbers else None

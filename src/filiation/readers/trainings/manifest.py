"""Which checkpoints make a history, in which order? A manifest says so, or the names of a folder.

A manifest is TOML or JSON, `[[checkpoint]]` with `at` (a path below its folder), `step`, and where
known `date` (YYYY-MM-DD), `stamp` (a time-stamp response beside it), `seal` (the digest of a seal)
and `signature` (a model signature, where it is not `model.sig` in the checkpoint). Without one,
the last number in a name is its step.
"""

import itertools
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from filiation.errors import UnreadableError, UsageError
from filiation.model.training import TrainingHistory, TrainingPoint
from filiation.readers.trainings.folders import run_folder
from filiation.readers.trainings.written import checked, parsed

__all__ = [
    *("HISTORY", "Listed", "appearing", "history_of", "is_history", "left_out", "links_out"),
    *("listed", "read_history"),
]

HISTORY: Final = "history.json"
LONGEST: Final = 1 << 24  # bytes
LIST: Final = "a list of checkpoints"
MOST: Final = 10_000
WRITTEN: Final = ("history.toml", "manifest.toml", "manifest.json")


def _day(text: str) -> str:
    try:
        fits = not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"found {text!a:.40}, expected a day, YYYY-MM-DD")
    return text


def _as_text(found: object) -> object:
    """A day that TOML has as one, without quotes."""
    return found.isoformat() if type(found) is date else found


Name = Annotated[str, Field(min_length=1, max_length=500)]
Step = Annotated[int, Field(ge=0, le=1 << 52)]
Day = Annotated[str, AfterValidator(_day)]
Dated = Annotated[str, BeforeValidator(_as_text), AfterValidator(_day)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    at: Name
    step: Step
    date: Dated = ""
    stamp: Annotated[str, Field(max_length=500)] = ""
    seal: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    signature: Annotated[str, Field(max_length=500)] = ""


class Listed(_Row):
    """A checkpoint that a manifest or a folder names."""

    folder: Path


class _Rows(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    checkpoint: list[_Row] = Field(min_length=1, max_length=MOST)


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Name
    file: Annotated[str, Field(pattern=r"^\d{5}\.sketch$")]
    digest: Digest
    subject: Digest
    step: Step
    date: Day = ""
    stamp: Annotated[str, Field(pattern=r"^(\d{5}\.tsr)?$")] = ""
    seal: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    signer: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class _History(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    kind: Annotated[str, Field(pattern="^training history$")]
    schema_version: Annotated[int, Field(ge=1, le=1)]
    recipe: Annotated[str, Field(pattern=r"^(start\.(toml|json))?$")] = ""
    recipe_digest: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    checkpoints: list[_Kept] = Field(min_length=1, max_length=MOST)


def listed(given: Path) -> list[Listed]:
    """What a folder names, by increasing steps; or a manifest, in its order, which is theirs.

    Raises:
        UsageError: Nothing there, fewer than two or more than 10,000, a step twice, a step that is
            not after the one before it, a name without a number, or what could be a checkpoint and
            is not called like those of the Trainer that lie beside it.
        UnreadableError: A manifest that is none, or one that leads out of its folder.
    """
    if given.is_dir():
        manifest = _written(given)
        found = _in_folder(given) if manifest is None else _in_manifest(manifest)
    else:
        found = _in_manifest(given)
    if len(found) > MOST:
        raise UsageError(f"{given}: more than {MOST:,} checkpoints, expected so many at most")
    if len(found) < 2:
        raise UsageError(f"{given}: {len(found)} checkpoints, expected two or more in order")
    for one, other in itertools.pairwise(found):
        if one.step == other.step:
            raise UsageError(
                f"{given}: {one.at} and {other.at} both at step {one.step}; expected one a step"
            )
        if one.step > other.step:
            raise UsageError(
                f"{given}: {other.at} at step {other.step} after {one.at} at step {one.step}; "
                "expected steps that increase, in the order of the training"
            )
    return found


def _in_folder(folder: Path) -> list[Listed]:
    found = run_folder(folder)
    for step, name in found.doubtful:
        if step is None:
            raise UsageError(
                f"{folder / name}: no number in its name, expected the step, as in checkpoint-500; "
                "or write a manifest (history.toml) that says it"
            )
        raise UsageError(
            f"{folder / name}: weights beside the folders that a Trainer wrote, expected these "
            "alone (checkpoint-500); a manifest (history.toml) says which are checkpoints"
        )
    return [Listed(at=name, step=step, folder=folder) for step, name in sorted(found.checkpoints)][
        : MOST + 1
    ]  # one more, which is told


def left_out(given: Path) -> tuple[str, ...]:
    """Names of what lies in a folder beside its checkpoints; none where a manifest lists them."""
    if not given.is_dir() or _written(given) is not None:
        return ()
    return run_folder(given).left


def links_out(given: Path) -> tuple[str, ...]:
    """Names of links among them that lead to what could be a checkpoint, elsewhere."""
    if not given.is_dir() or _written(given) is not None:
        return ()
    return run_folder(given).links


def appearing(folder: Path) -> list[Listed]:
    """What lies in the folder of a training now, by steps; what has no number in its name is none.

    Of several with one step the first by name.
    """
    found: dict[int, Listed] = {}
    if not folder.is_dir():
        return []
    now = run_folder(folder)
    for step, name in sorted([*now.checkpoints, *now.doubtful], key=lambda one: one[1]):
        if step is not None:
            found.setdefault(step, Listed(at=name, step=step, folder=folder))
    return [found[step] for step in sorted(found)][:MOST]


def _written(folder: Path) -> Path | None:
    """The manifest in a folder."""
    return next((folder / name for name in WRITTEN if (folder / name).is_file()), None)


def _in_manifest(path: Path) -> list[Listed]:
    rows = checked(_Rows, parsed(path, LONGEST, LIST)[0], path).checkpoint
    steps: dict[PurePosixPath, int] = {}
    for row in rows:
        for text in filter(None, (row.at, row.stamp, row.signature)):
            _below(text, path.parent)
        earlier = steps.setdefault(PurePosixPath(row.at), row.step)
        if earlier != row.step:
            raise UnreadableError(
                f"{row.at!a:.100}: listed for step {earlier} and for step {row.step}; expected "
                "each checkpoint once"
            )
    return [Listed(**row.model_dump(), folder=path.parent) for row in rows]


def _below(text: str, folder: Path) -> None:
    """Refuse what leads out of the folder of the manifest, by its name or through a link."""
    parts = PurePosixPath(text).parts
    if ".." in parts or not parts or text.startswith("/") or "\\" in text or "\0" in text:
        raise UnreadableError(
            f"{text!a:.100}: leads out of the folder of the manifest; expected a path below it"
        )
    for above in itertools.accumulate(parts[:-1], Path.joinpath, initial=folder):
        if above != folder and above.is_symlink():
            raise UnreadableError(
                f"{text!a:.100}: leads through the link {above.name!a:.100}; expected a path "
                "through folders alone"
            )


def is_history(folder: Path) -> bool:
    """Whether a folder is one that `filiation history take` made."""
    return folder.is_dir() and (folder / HISTORY).is_file()


def read_history(folder: Path) -> TrainingHistory:
    """What `filiation history take` kept.

    Raises:
        UnreadableError: Not such a folder.
        CaseError: Checkpoints out of order.
    """
    path = folder / HISTORY
    if not path.is_file():
        raise UnreadableError(
            f"{folder}: no {HISTORY} in it, expected what `filiation history take` wrote; taking "
            "that was interrupted goes on with the same command"
        )
    return history_of(path)


def history_of(path: Path) -> TrainingHistory:
    """The same, from its list alone.

    Raises:
        UnreadableError: Not such a list.
        CaseError: Checkpoints out of order.
    """
    kept = checked(_History, parsed(path, LONGEST, LIST)[0], path)
    return TrainingHistory(
        points=tuple(TrainingPoint(**one.model_dump()) for one in kept.checkpoints),
        recipe=kept.recipe,
        recipe_digest=kept.recipe_digest,
    )

"""Taking a training history as sketches."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from filiation.casefile.stamp import material_message, request_stamp
from filiation.errors import UsageError
from filiation.examining.trainings.regenerated import check_recipe
from filiation.files import handed_over, put
from filiation.model.training import TrainingHistory, TrainingPoint
from filiation.proceedings.bounded import bounded, folder_made
from filiation.proceedings.model_signatures import SIGNATURE, check_files, key_digest, read_key
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.proceedings.sketching import sketch_file
from filiation.readers.trainings.manifest import HISTORY, Listed, left_out, links_out, listed
from filiation.readers.trainings.recipe import LONGEST as RECIPE
from filiation.readers.trainings.recipe import read_recipe
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["STAMP", "left_out", "links_out", "take_history"]

TAKEN: Final = ".json"  # of a sketch that was taken: which files it was taken of
STAMP: Final = 1 << 20  # bytes of a response


def take_history(
    given: Path,
    out: Path,
    *,
    recipe: Path | None = None,
    requests: bool = False,
    signer: Path | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> TrainingHistory:
    """Sketch the checkpoints of a history one after another; what was taken before is kept.

    Args:
        given: A folder of checkpoints, or a manifest. `left_out` names what else lies in a folder.
        out: A folder; history.json is written last, so that it stands for all of it.
        recipe: How the initial state was drawn; kept beside, as it was written.
        requests: Whether a time-stamp request is written for each checkpoint.
        signer: Public key (PEM) whose model signatures of the checkpoints are checked; one that
            lies beside is passed over without it.
        step: Told what is being read.
        progress: Told how many checkpoints are done.

    Raises:
        UsageError: The folder holds a history already, there are no checkpoints, or none of them
            is signed though a key is given.
        UnreadableError: A checkpoint is damaged.
        CaseError: They are not in the order of a training, a signature is of another key, or the
            recipe is of another model than the first.
        AlteredError: A file is another than the one that was signed.
    """
    found = listed(given)
    signed = {} if signer is None else _signed(found, signer, step)
    drawn = None if recipe is None else read_recipe(recipe)
    if (out / HISTORY).exists():
        raise UsageError(f"{out / HISTORY}: exists; a history is never overwritten")
    folder_made(out)
    points = []
    for number, one in enumerate(found):
        taken = _taken(one, out, number, step)
        if number == 0 and drawn is not None:
            check_recipe(read_sketch(out / taken.file), drawn)
        points.append(replace(taken, signer=signed.get(one.at, "")))
        progress(number + 1, len(found))
    kept, digest = _recipe_kept(recipe, out)
    history = TrainingHistory(points=tuple(points), recipe=kept, recipe_digest=digest)
    _finish(history, out, requests=requests)
    return history


def _signed(found: Sequence[Listed], signer: Path, step: Step) -> dict[str, str]:
    """Digest of the key that signed each checkpoint whose signature lies beside, by its path."""
    key = read_key(signer)
    beside = [one for one in found if signature_of(one).is_file()]
    if not beside:
        raise UsageError(
            f"{signer}: no checkpoint is signed; expected {SIGNATURE} in its folder, or `signature`"
            " in the manifest"
        )
    for one in beside:
        step(f"signature of {one.at}")
        check_files(signature_of(one), one.folder / one.at, key)
    return dict.fromkeys((one.at for one in beside), key_digest(key))


def signature_of(one: Listed) -> Path:
    """Where the signature of a checkpoint lies, if it has one."""
    return one.folder / (one.signature or f"{one.at}/{SIGNATURE}")


def _finish(history: TrainingHistory, out: Path, *, requests: bool) -> None:
    for number, point in enumerate(history.points):
        if requests:
            put(out / f"{number:05}.tsq", request_stamp(material_message(point.subject)))
        (out / f"{number:05}{TAKEN}").unlink(missing_ok=True)
    told = {"kind": "training history", "schema_version": 1,
            "recipe": history.recipe, "recipe_digest": history.recipe_digest,
            "checkpoints": [asdict(point) for point in history.points]}  # fmt: skip
    put(out / HISTORY, (json.dumps(told, indent=1) + "\n").encode())


def _recipe_kept(recipe: Path | None, out: Path) -> tuple[str, str]:
    """Its name in the history, and its digest; both empty if there is none."""
    if recipe is None:
        return "", ""
    raw = bounded(recipe, RECIPE)
    name = "start.toml" if recipe.suffix == ".toml" else "start.json"
    put(out / name, raw)
    return name, hashlib.sha256(raw).hexdigest()


def _taken(one: Listed, out: Path, number: int, step: Step) -> TrainingPoint:
    path = one.folder / one.at
    if path.is_symlink():
        raise UsageError(
            f"{path}: a link to {str(path.readlink())!a:.100}, expected the checkpoint itself; "
            "links are not followed. Copy what it leads to in its place (cp -rL)"
        )
    file, beside = out / f"{number:05}.sketch", out / f"{number:05}{TAKEN}"
    state = _state(path)
    if not (file.exists() and beside.exists() and beside.read_bytes() == state):
        file.unlink(missing_ok=True)
        if is_sketch(path):
            _, lies = sketch_file(Named(spec=str(path)), file)
            _copied(lies, file)
        else:
            sketch_file(Named(spec=str(path)), file, step=step)
        put(beside, state)
    stamp = ""
    if one.stamp:
        stamp = f"{number:05}.tsr"
        put(out / stamp, bounded(one.folder / one.stamp, STAMP))
    kept = read_sketch(file)
    return TrainingPoint(
        name=one.at, file=file.name, digest=kept.digest, subject=kept.subject_digest,
        step=one.step, date=one.date, stamp=stamp, seal=one.seal,
    )  # fmt: skip


def _copied(lies: Path, file: Path) -> None:
    if lies != file:
        partial = file.with_suffix(".partial")
        shutil.copyfile(lies, partial)
        partial.replace(file)


def _state(path: Path) -> bytes:
    """Which files these are, as the system tells them apart; as JSON."""
    files = handed_over(path, follow=False).files
    return json.dumps([[name, *found.state] for name, found in files.items()]).encode()

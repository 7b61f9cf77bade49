"""Taking a training history as sketches, and examining it against a claimed source."""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from filiation.casefile.stamp import Stamp, check_stamp, material_message, request_stamp
from filiation.errors import AlteredError, UsageError
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.trainings.bands import learnt_bands
from filiation.examining.trainings.claims import (
    claim_contact,
    claim_end,
    claim_start,
    claim_steps,
)
from filiation.examining.trainings.replayed import claim_replay, drawn_interval
from filiation.examining.weights.plug import weights_material
from filiation.files import handed_over, opened, put
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import WEIGHTS
from filiation.model.sketch import Sketch
from filiation.model.start import StartRecipe
from filiation.model.training import (
    HistoryExamined,
    Replayed,
    Seen,
    TrainingClaim,
    TrainingHistory,
    TrainingPoint,
    Whole,
)
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.proceedings.sketching import sketch_file
from filiation.readers.owner.commitment import file_digest
from filiation.readers.trainings.manifest import HISTORY, Listed, listed, read_history
from filiation.readers.trainings.recipe import LONGEST as RECIPE
from filiation.readers.trainings.recipe import read_recipe
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["examine_history", "replay_history", "take_history", "whole_examination"]

TAKEN: Final = ".json"  # of a sketch that was taken: which files it was taken of
STAMP: Final = 1 << 20  # bytes of a response
ROOTS: Final = 1 << 22


def take_history(
    given: Path,
    out: Path,
    *,
    recipe: Path | None = None,
    requests: bool = False,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> TrainingHistory:
    """Sketch the checkpoints of a history one after another; what was taken before is kept.

    Args:
        given: A folder of checkpoints, or a manifest.
        out: A folder; history.json is written last, so that it stands for all of it.
        recipe: How the initial state was drawn; kept beside, as it was written.
        requests: Whether a time-stamp request is written for each checkpoint.
        step: Told what is being read.
        progress: Told how many checkpoints are done.

    Raises:
        UsageError: The folder holds a history already, or there are no checkpoints.
        UnreadableError: A checkpoint is damaged.
        CaseError: They are not in the order of a training.
    """
    found = listed(given)
    if recipe is not None:
        read_recipe(recipe)
    if (out / HISTORY).exists():
        raise UsageError(f"{out / HISTORY}: exists; a history is never overwritten")
    out.mkdir(parents=False, exist_ok=True)
    points = []
    for number, one in enumerate(found):
        points.append(_taken(one, out, number, step))
        progress(number + 1, len(found))
    kept, digest = _recipe_kept(recipe, out)
    history = TrainingHistory(points=tuple(points), recipe=kept, recipe_digest=digest)
    for number, point in enumerate(points):
        if requests:
            asked = request_stamp(material_message(point.subject))
            put(out / f"{number:05}.tsq", asked)
        (out / f"{number:05}{TAKEN}").unlink(missing_ok=True)
    told = {"kind": "training history", "schema_version": 1,
            "recipe": kept, "recipe_digest": digest,
            "checkpoints": [asdict(point) for point in points]}  # fmt: skip
    put(out / HISTORY, (json.dumps(told, indent=1) + "\n").encode())
    return history


def _recipe_kept(recipe: Path | None, out: Path) -> tuple[str, str]:
    """Its name in the history, and its digest; both empty if there is none."""
    if recipe is None:
        return "", ""
    raw = _bytes(recipe, RECIPE)
    name = "start.toml" if recipe.suffix == ".toml" else "start.json"
    put(out / name, raw)
    return name, hashlib.sha256(raw).hexdigest()


def _recipe(folder: Path, history: TrainingHistory) -> StartRecipe | None:
    if not history.recipe:
        return None
    found = file_digest(folder / history.recipe)
    if found != history.recipe_digest:
        raise AlteredError(history.recipe, recorded=history.recipe_digest, found=found)
    return read_recipe(folder / history.recipe)


def _taken(one: Listed, out: Path, number: int, step: Step) -> TrainingPoint:
    path = one.folder / one.at
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
        put(out / stamp, _bytes(one.folder / one.stamp, STAMP))
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


def _bytes(path: Path, most: int) -> bytes:
    with opened(path, follow=False) as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise UsageError(f"{path}: more than {most} bytes, expected a time stamp or certificates")
    return raw


def examine_history(
    folder: Path,
    source: Named,
    *,
    final: Named | None = None,
    published: str = "",
    roots: Path | None = None,
    lot: str = "",
    again: Sequence[Named] = (),
    seed: int = 0,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> HistoryExamined:
    """Test the claims of a history one by one.

    Args:
        folder: What `take_history` kept.
        source: The model that the history should be independent of.
        final: The exhibit that the last checkpoint should be.
        published: When the source was published, YYYY-MM-DD; empty if that is not asked.
        roots: Root certificates (PEM) of the authorities whose stamps lie beside.
        lot: What drew the interval that was trained again; see `replay_history`.
        again: The ends of its repetitions.
        seed: Of every random stream.
        step: Told what is being done.
        progress: Told how many checkpoints were compared.

    Raises:
        AlteredError: A sketch is not the one that was taken.
        CaseError: A stamp that is not of its checkpoint.
        UnreadableError: A model or a sketch is damaged.
    """
    _day(published)
    history = read_history(folder)
    points = [_kept(folder, point) for point in history.points]
    recipe = _recipe(folder, history)
    with TemporaryDirectory(prefix="filiation-") as scratch:
        against = _sketch(source, Path(scratch) / "source.sketch", step)
        exhibit = _sketch(final, Path(scratch) / "final.sketch", step) if final else None
        step("steps")
        whole = whole_examination(against, seed)
        claims = (
            claim_start(points[0], recipe, seed=seed),
            claim_steps(points, learnt_bands(), seed=seed),
            claim_end(points[-1], exhibit, len(points) - 1),
            claim_contact(points, against, whole, seed=seed, told=progress),
            _dates(folder, history, published, roots),
            _replayed(folder, points, lot, again, Path(scratch), step),
        )
        return HistoryExamined(history=history, source=against.name, claims=claims)


def _kept(folder: Path, point: TrainingPoint) -> Sketch:
    found = file_digest(folder / point.file)
    if found != point.digest:
        raise AlteredError(point.file, recorded=point.digest, found=found)
    kept = read_sketch(folder / point.file)
    if kept.subject_digest != point.subject:
        raise AlteredError(point.name, recorded=point.subject, found=kept.subject_digest)
    return kept


def _sketch(model: Named, target: Path, step: Step) -> Sketch:
    name, file = sketch_file(model, target, step=step)
    return replace(read_sketch(file), name=name)


def replay_history(
    folder: Path, lot: str, again: Sequence[Named] = (), *, step: Step = no_step
) -> Replayed:
    """Which interval a lot draws, and whether training it again ends where the history says.

    Args:
        folder: What `take_history` kept; its digest must have been fixed before the lot was known.
        lot: Text that nobody could know then.
        again: Ends of repetitions; none to be told the interval alone.
        step: Told what is being read.
    """
    history = read_history(folder)
    digest = file_digest(folder / HISTORY)
    place = drawn_interval(digest, lot, len(history.points))
    claim = None
    if again:
        points = [_kept(folder, point) for point in history.points]
        with TemporaryDirectory(prefix="filiation-") as scratch:
            claim = _replayed(folder, points, lot, again, Path(scratch), step)
    return Replayed(history=history, digest=digest, lot=lot, place=place, claim=claim)


def _replayed(
    folder: Path, points: Sequence[Sketch], lot: str, again: Sequence[Named], scratch: Path,
    step: Step,
) -> TrainingClaim:  # fmt: skip
    if bool(lot) != bool(again):
        raise UsageError(
            "--lot and --again go together: expected what drew the interval, and the ends of its "
            "repetitions"
        )
    if not lot:
        return TrainingClaim(claim="replay", outcome="not-asked", why="not-given")
    place = drawn_interval(file_digest(folder / HISTORY), lot, len(points))
    ends = [_sketch(one, scratch / f"again-{n}.sketch", step) for n, one in enumerate(again)]
    return claim_replay(points, place, ends)


def whole_examination(source: Sketch, seed: int) -> Callable[[Sketch], Whole]:
    """A whole examination of weights, as `filiation examine` carries it out."""

    def ask(point: Sketch) -> Whole:
        subject, against = (
            Exhibit(name=name, materials=(weights_material(one),))
            for name, one in (("checkpoint", point), ("source", source))
        )
        plan = fix_plan(subject=subject, source=against, seed=seed)
        found = examine(plan, subject=subject, source=against).conclusion(WEIGHTS)
        if found is None:
            return Whole(toward="neither", reason="")
        seen = tuple(
            Seen(component=p.component, alternative=p.alternative, share=p.share, cosine=p.cosine)
            for p in found.parts
        )
        return Whole(toward=found.support.toward, reason=found.support.reason, power=seen)

    return ask


def _dates(
    folder: Path, history: TrainingHistory, published: str, roots: Path | None
) -> TrainingClaim:
    """Up to which checkpoint a stamp is older than the source's publication; holds to the last.

    Whoever dates a fresh start alone, and makes the rest later, has dated nothing.
    """
    stamped = [n for n, point in enumerate(history.points) if point.stamp]
    if not published or not stamped:
        why: Any = "not-given" if not published else "no-stamp"
        return TrainingClaim(claim="dates", outcome="not-asked", why=why)
    if roots is None:
        raise UsageError(
            "--published: time stamps lie beside the history; expected --roots, the certificates "
            "(PEM) of the authorities that are trusted"
        )
    trusted = _bytes(roots, ROOTS)
    older = [n for n in stamped if _stamp(folder, history.points[n], trusted) < published]
    if not older:
        return TrainingClaim(claim="dates", outcome="open", why="not-older")
    whole = max(older) == len(history.points) - 1
    return TrainingClaim(
        claim="dates",
        outcome="holds" if whole else "open",
        why="older" if whole else "older-in-part",
        place=max(older),
    )


def _stamp(folder: Path, point: TrainingPoint, trusted: bytes) -> str:
    message = material_message(point.subject)
    found: Stamp = check_stamp(_bytes(folder / point.stamp, STAMP), message, trusted)
    return found.time.astimezone(UTC).date().isoformat()


def _day(text: str) -> None:
    """Refuse what is no day: days are compared as text, and any text is before another."""
    try:
        fits = not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        fits = False
    if not fits:
        raise UsageError(f"--published {text[:40]!r}: expected a day, YYYY-MM-DD")

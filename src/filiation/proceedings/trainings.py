"""Taking a training history as sketches, and examining it against a claimed source."""

import json
import shutil
from collections.abc import Callable
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
from filiation.examining.weights.plug import weights_material
from filiation.files import handed_over, opened, put
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import WEIGHTS
from filiation.model.sketch import Sketch
from filiation.model.training import (
    HistoryExamined,
    TrainingClaim,
    TrainingHistory,
    TrainingPoint,
)
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.proceedings.sketching import sketch_file
from filiation.readers.owner.commitment import file_digest
from filiation.readers.trainings.manifest import HISTORY, Listed, listed, read_history
from filiation.sketching.sketch_file import is_sketch, read_sketch

__all__ = ["examine_history", "take_history", "whole_examination"]

TAKEN: Final = ".json"  # of a sketch that was taken: which files it was taken of
STAMP: Final = 1 << 20  # bytes of a response
ROOTS: Final = 1 << 22


def take_history(
    given: Path,
    out: Path,
    *,
    requests: bool = False,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> TrainingHistory:
    """Sketch the checkpoints of a history one after another; what was taken before is kept.

    Args:
        given: A folder of checkpoints, or a manifest.
        out: A folder; history.json is written last, so that it stands for all of it.
        requests: Whether a time-stamp request is written for each checkpoint.
        step: Told what is being read.
        progress: Told how many checkpoints are done.

    Raises:
        UsageError: The folder holds a history already, or there are no checkpoints.
        UnreadableError: A checkpoint is damaged.
        CaseError: They are not in the order of a training.
    """
    found = listed(given)
    if (out / HISTORY).exists():
        raise UsageError(f"{out / HISTORY}: exists; a history is never overwritten")
    out.mkdir(parents=False, exist_ok=True)
    points = []
    for number, one in enumerate(found):
        points.append(_taken(one, out, number, step))
        progress(number + 1, len(found))
    history = TrainingHistory(points=tuple(points))
    for number, point in enumerate(points):
        if requests:
            asked = request_stamp(material_message(point.subject))
            put(out / f"{number:05}.tsq", asked)
        (out / f"{number:05}{TAKEN}").unlink(missing_ok=True)
    told = {"kind": "training history", "schema_version": 1,
            "checkpoints": [asdict(point) for point in points]}  # fmt: skip
    put(out / HISTORY, (json.dumps(told, indent=1) + "\n").encode())
    return history


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
    with TemporaryDirectory(prefix="filiation-") as scratch:
        against = _sketch(source, Path(scratch) / "source.sketch", step)
        exhibit = _sketch(final, Path(scratch) / "final.sketch", step) if final else None
        step("steps")
        whole = whole_examination(against, seed)
        claims = (
            claim_start(points[0], seed=seed),
            claim_steps(points, learnt_bands(), seed=seed),
            claim_end(points[-1], exhibit, len(points) - 1),
            claim_contact(points, against, whole, seed=seed, told=progress),
            _dates(folder, history, published, roots),
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


def whole_examination(source: Sketch, seed: int) -> Callable[[Sketch], tuple[str, str]]:
    """A whole examination of weights, as `filiation examine` carries it out."""

    def ask(point: Sketch) -> tuple[str, str]:
        subject, against = (
            Exhibit(name=name, materials=(weights_material(one),))
            for name, one in (("checkpoint", point), ("source", source))
        )
        plan = fix_plan(subject=subject, source=against, seed=seed)
        found = examine(plan, subject=subject, source=against).conclusion(WEIGHTS)
        return (found.support.toward, found.support.reason) if found else ("neither", "")

    return ask


def _dates(
    folder: Path, history: TrainingHistory, published: str, roots: Path | None
) -> TrainingClaim:
    """Up to which checkpoint a stamp is older than the source's publication."""
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
    return TrainingClaim(claim="dates", outcome="holds", why="older", place=max(older))


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

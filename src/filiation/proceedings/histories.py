"""Examining a training history that was taken, against a claimed source: its claims one by one.

A history lies in a folder, or in a case that keeps its parts by their digests; what is asked of it
is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, final

from filiation.casefile.stamp import Stamp, check_stamp, material_message
from filiation.errors import AlteredError, UsageError
from filiation.examining.plan import fix_plan
from filiation.examining.run import examine
from filiation.examining.trainings.along import along_way
from filiation.examining.trainings.bands import learnt_bands
from filiation.examining.trainings.claims import (
    claim_end,
    claim_start,
    contacts,
    judged_contact,
    judged_steps,
    unmeasured,
)
from filiation.examining.trainings.measured import measured
from filiation.examining.trainings.regenerated import check_recipe
from filiation.examining.trainings.replayed import claim_replay, drawn_interval
from filiation.examining.weights.plug import weights_material
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
from filiation.proceedings.bounded import bounded
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, no_progress, no_step
from filiation.proceedings.sketching import sketch_file
from filiation.proceedings.trainings import STAMP
from filiation.readers.owner.commitment import file_digest
from filiation.readers.trainings.manifest import HISTORY, history_of, read_history
from filiation.readers.trainings.recipe import read_recipe
from filiation.sketching.sketch_file import read_sketch

__all__ = ["ROOTS", "HeldHistory", "HistoryAsked", "examine_held", "examine_history",
           "hold_history", "published_day", "replay_history", "whole_examination"]  # fmt: skip

ROOTS: Final = 1 << 22  # bytes of certificates


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HeldHistory:
    """A history, opened: every part is the one that was taken.

    Attributes:
        history: Its list.
        digest: SHA-256 (hex) of the list, which names all else by digest.
        points: The sketches.
        recipe: Of the initial state; None if there is none.
        stamps: Time-stamp responses, of each checkpoint; empty where there is none.
    """

    history: TrainingHistory
    digest: str
    points: tuple[Sketch, ...]
    recipe: StartRecipe | None
    stamps: tuple[bytes, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAsked:
    """What is asked of a history beside its source and its end.

    Attributes:
        published: When the source was published, YYYY-MM-DD; empty if that is not asked.
        roots: Certificates (PEM) of the authorities that are trusted; empty if none were named.
        lot: What drew the interval that was trained again; empty if none was.
        seed: Of every random stream.
    """

    published: str = ""
    roots: bytes = b""
    lot: str = ""
    seed: int = 0


def hold_history(at: Callable[[str], Path]) -> HeldHistory:
    """Open a history, wherever its parts lie.

    Args:
        at: Where the part of that name lies.

    Raises:
        AlteredError: A sketch or the recipe is not the one that was taken.
        UnreadableError: A part is damaged.
        CaseError: Checkpoints out of order, or a recipe of another model.
    """
    history = history_of(at(HISTORY))
    points = tuple(_kept(at(point.file), point) for point in history.points)
    recipe = _recipe(at, history)
    if recipe is not None:
        check_recipe(points[0], recipe)
    return HeldHistory(
        history=history,
        digest=file_digest(at(HISTORY)),
        points=points,
        recipe=recipe,
        stamps=tuple(bounded(at(p.stamp), STAMP) if p.stamp else b"" for p in history.points),
    )


def _recipe(at: Callable[[str], Path], history: TrainingHistory) -> StartRecipe | None:
    if not history.recipe:
        return None
    found = file_digest(at(history.recipe))
    if found != history.recipe_digest:
        raise AlteredError(history.recipe, recorded=history.recipe_digest, found=found)
    return read_recipe(at(history.recipe), name=history.recipe)


def _kept(path: Path, point: TrainingPoint) -> Sketch:
    found = file_digest(path)
    if found != point.digest:
        raise AlteredError(point.file, recorded=point.digest, found=found)
    kept = read_sketch(path)
    if kept.subject_digest != point.subject:
        raise AlteredError(point.name, recorded=point.subject, found=kept.subject_digest)
    return kept


def _folder(folder: Path) -> HeldHistory:
    read_history(folder)  # which says what is missing
    return hold_history(lambda name: folder / name)


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
        ExhibitError: A model or a sketch is damaged, or is not the one that was taken.
        CaseError: A stamp of another checkpoint.
        UsageError: A lot without repetitions or the other way round, or no day.
    """
    _askable(lot, len(again), published)
    asked = HistoryAsked(published=published, roots=_trusted(roots), lot=lot, seed=seed)
    held, named = _folder(folder), [source, *again, *filter(None, [final])]
    with TemporaryDirectory(prefix="filiation-") as scratch:
        against, *ends = _sketches(named, Path(scratch), step)
        step("steps")
        exhibit = None if final is None else ends.pop()
        return examine_held(held, against, exhibit, asked, ends, progress=progress)


def examine_held(
    held: HeldHistory, source: Sketch, exhibit: Sketch | None, asked: HistoryAsked,
    again: Sequence[Sketch] = (), *, progress: Progress = no_progress,
) -> HistoryExamined:  # fmt: skip
    """The same, of parts that were opened.

    Args:
        held: The history.
        source: The model that it should be independent of.
        exhibit: What its last checkpoint should be; None if that is not asked.
        asked: What else is asked.
        again: Ends of repetitions of the interval that the lot drew.
        progress: Told how many checkpoints were compared.

    Raises:
        CaseError: A stamp that is not of its checkpoint, or a recipe that is of no such model.
        UsageError: Stamps, a day, and no certificates that are trusted.
    """
    seed, last = asked.seed, len(held.points) - 1
    end = claim_end(held.points[-1], exhibit, last)
    points, seen = held.points, held.points
    if exhibit is not None and end.outcome == "holds":
        # The exhibit itself: its digests can be written into a sketch of something else.
        seen = (*points[:-1], exhibit)
        points = seen if end.why == "same-digest" else points
    way = measured(points, seed=seed)
    dates = _dates(held, asked)
    met = contacts(seen, source, seed=seed, told=progress)
    along, shares = along_way(points, way, [one.log_p for one in met])
    claims = (
        claim_start(points[0], held.recipe, seed=seed),
        unmeasured(points) if way is None else judged_steps(way, learnt_bands()),
        end,
        judged_contact(seen, met, whole_examination(source, seed)),
        dates,
        _replayed(held, asked.lot, again),
    )
    return HistoryExamined(
        history=held.history, source=source.name, claims=claims, along=along, plane=shares
    )


def _trusted(roots: Path | None) -> bytes:
    return b"" if roots is None else bounded(roots, ROOTS)


def _sketches(models: Sequence[Named], at: Path, step: Step) -> list[Sketch]:
    return [_sketch(one, at / f"{n}.sketch", step) for n, one in enumerate(models)]


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

    Raises:
        UsageError: No lot.
    """
    if not lot:
        raise UsageError("--lot: empty, expected what nobody knew when the history was fixed")
    history = read_history(folder)
    digest = file_digest(folder / HISTORY)
    place = drawn_interval(digest, lot, len(history.points))
    claim = None
    if again:
        held = _folder(folder)
        with TemporaryDirectory(prefix="filiation-") as scratch:
            claim = _replayed(held, lot, _sketches(again, Path(scratch), step))
    return Replayed(history=history, digest=digest, lot=lot, place=place, claim=claim)


def _askable(lot: str, again: int, published: str) -> None:
    """Refuse what cannot be asked before anything is read."""
    published_day(published)
    if bool(lot) != bool(again):
        raise UsageError(
            "--lot and --again go together: expected what drew the interval, and the ends of its "
            "repetitions"
        )


def _replayed(held: HeldHistory, lot: str, again: Sequence[Sketch]) -> TrainingClaim:
    if not again:
        return TrainingClaim(claim="replay", outcome="not-asked", why="not-given")
    place = drawn_interval(held.digest, lot, len(held.points))
    return claim_replay(held.points, place, again)


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


def _dates(held: HeldHistory, asked: HistoryAsked) -> TrainingClaim:
    """Up to which checkpoint a stamp is older than the source's publication; holds to the last.

    Whoever dates a fresh start alone, and makes the rest later, has dated nothing.
    """
    stamped = [n for n, stamp in enumerate(held.stamps) if stamp]
    if not asked.published or not stamped:
        why: Any = "not-given" if not asked.published else "no-stamp"
        return TrainingClaim(claim="dates", outcome="not-asked", why=why)
    if not asked.roots:
        raise UsageError(
            "--published: time stamps lie beside the history; expected --roots, the certificates "
            "(PEM) of the authorities that are trusted"
        )
    older = [n for n in stamped if _stamped(held, n, asked.roots) < asked.published]
    if not older:
        return TrainingClaim(claim="dates", outcome="open", why="not-older")
    whole = max(older) == len(held.points) - 1
    return TrainingClaim(
        claim="dates",
        outcome="holds" if whole else "open",
        why="older" if whole else "older-in-part",
        place=max(older),
    )


def _stamped(held: HeldHistory, place: int, roots: bytes) -> str:
    message = material_message(held.history.points[place].subject)
    found: Stamp = check_stamp(held.stamps[place], message, roots)
    return found.time.astimezone(UTC).date().isoformat()


def published_day(text: str) -> None:
    """Refuse what is no day: days are compared as text, and any text is before another.

    Raises:
        UsageError: It is none.
    """
    try:
        fits = not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        fits = False
    if not fits:
        raise UsageError(f"--published {text[:40]!r}: expected a day, YYYY-MM-DD")

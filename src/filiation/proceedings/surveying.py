"""A survey: every pair of checkpoints, recordings, tokenizers or source trees, and its drawings."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Final

from filiation.errors import UsageError
from filiation.examining.kinds import recognise
from filiation.files import put
from filiation.libraries.executor import executor_named
from filiation.libraries.journal import Journal
from filiation.libraries.pairs import COMBINED, OUTCOME
from filiation.libraries.survey import survey as survey_recordings
from filiation.libraries.weights_survey import survey_weights
from filiation.methods.answers.answers import read_by
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.model.kinds import ANSWERS, CODE, TOKENIZERS, WEIGHTS
from filiation.model.survey import SetAside, Survey
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Progress, Step, counted, no_progress, no_step
from filiation.proceedings.recordings import keyed_recordings_of
from filiation.proceedings.sketching import sketch_or_why
from filiation.proceedings.surveying_kept import survey_kept
from filiation.readers.answers import is_recording, read_families
from filiation.readers.reader import Taken
from filiation.readers.remote.address import shown_spec
from filiation.report.drawings.matrix import draw_matrix
from filiation.report.drawings.newick import newick
from filiation.report.drawings.stemma import draw_stemma
from filiation.report.render.records import survey_json

__all__ = ["survey"]

JOURNAL: Final = "survey.journal"
SKETCHES: Final = ".sketches-"  # folder for sketches that were taken, while a survey runs
SURVEYED: Final = (WEIGHTS, ANSWERS, TOKENIZERS, CODE)
PLURAL: Final = {WEIGHTS: "checkpoints", ANSWERS: "recordings", CODE: "source trees"}
DRAWN: Final = 100  # models of which the matrix of all pairs is drawn


def survey(
    models: Sequence[Named | Taken],
    *,
    families: Path | None = None,
    normaliser: str | None = None,
    seed: int = 0,
    every_pair: bool | None = None,
    executor: str = "local",
    out: Path | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
    only: str | None = None,
) -> Survey:
    """Compare every pair of these: checkpoints, recorded answers, tokenizers or source trees.

    Args:
        models: Of one kind, as they are named or as they were read before.
        families: A file that says which recorded models are known relatives.
        normaliser: The rule by which answers are read; chosen by looking, if none is given.
        seed: Of every random stream.
        every_pair: Compare all pairs of checkpoints, or those that look alike; by default all of
            up to 64 models.
        executor: Where pairs of checkpoints are compared.
        out: Folder for the survey and its drawings; an interrupted one goes on from there.
        step: Told what is being done.
        progress: Told how much of it is done.
        only: The kind of material that is compared; of model folders also `tokenizers`, which lie
            beside their weights. None: the kind that the models are of.

    Raises:
        UsageError: Two kinds together, or an option of the other kind.
    """
    kind = _one_kind(models, only)
    _refuse_one(models, recorded=kind == ANSWERS)
    if kind != ANSWERS and (families is not None or normaliser is not None):
        raise UsageError("families and a normaliser are for recorded answers, not for checkpoints")
    if kind == ANSWERS:
        found = _answers(models, families, normaliser, seed)
    elif kind == WEIGHTS:
        found = _weights(models, seed, every_pair, executor, out, step, progress)
    else:
        found = survey_kept(models, kind, seed=seed, step=step, progress=progress)
    if out is not None:
        _write(found, out)
    return found


def _refuse_one(models: Sequence[Named | Taken], *, recorded: bool) -> None:
    """One file of recordings may hold many models, one checkpoint is one."""
    if recorded or len(models) > 1:
        return
    found = [
        shown_spec(model.spec) if isinstance(model, Named) else model.material.name
        for model in models
    ]
    folders = [one.path for one in models if isinstance(one, Named) and _of_folders(one.path)]
    for at in folders:
        raise UsageError(
            f"a survey needs at least two models, found 1: {at}; if {at} is a folder of models, "
            f"name each: {at}/*/"
        )
    raise UsageError(
        f"a survey needs at least two models, found {len(found)}{': ' if found else ''}"
        f"{''.join(found)}"
    )


def _of_folders(path: Path) -> bool:
    return path.is_dir() and any(one.is_dir() for one in path.iterdir())


def _one_kind(models: Sequence[Named | Taken], only: str | None) -> str:
    """The kind that all of them are of, or bring along."""
    found = {_kind(model) for model in models}
    if only is not None and only not in SURVEYED:
        raise UsageError(f"only {only!r:.60}: a survey compares {', '.join(SURVEYED)}")
    if only == TOKENIZERS and found <= {WEIGHTS, TOKENIZERS}:
        return TOKENIZERS
    if len(found) > 1:
        named = " and ".join(sorted(PLURAL.get(kind, kind) for kind in found))
        raise UsageError(f"{named} together; a survey compares one kind")
    (kind,) = found or {WEIGHTS}
    if kind not in SURVEYED or only not in (None, kind):
        raise UsageError(
            f"found {PLURAL.get(kind, kind)}; a survey compares {only or ', '.join(SURVEYED)}"
        )
    return kind


def _kind(model: Named | Taken) -> str:
    if isinstance(model, Taken):
        return model.material.kind
    return ANSWERS if is_recording(model.spec) else recognise(model.spec).kind.id


def _answers(
    models: Sequence[Named | Taken], families: Path | None, normaliser: str | None, seed: int
) -> Survey:
    opened = keyed_recordings_of(models)
    return survey_recordings(
        read_by(opened, normaliser) if normaliser else opened,
        families=read_families(families) if families is not None else {},
        seed=seed,
    )


def _weights(
    models: Sequence[Named | Taken],
    seed: int,
    every_pair: bool | None,
    executor: str,
    out: Path | None,
    step: Step,
    progress: Progress,
) -> Survey:
    """Pairs of these checkpoints; a model that cannot be read is set aside and stops nothing."""
    where = executor_named(executor)
    folder = _folder(out) if out is not None else None
    for left in folder.glob(f"{SKETCHES}*") if folder is not None else ():
        rmtree(left, ignore_errors=True)  # of a run that was killed
    with TemporaryDirectory(prefix=SKETCHES, dir=folder) as scratch:
        taken = _apart(
            [
                sketch_or_why(
                    model, Path(scratch) / f"{place}.sketch", step=step, progress=progress
                )
                for place, model in enumerate(models)
            ]
        )
        return survey_weights(
            [one for one in taken if not isinstance(one, SetAside)],
            seed=seed,
            aside=[one for one in taken if isinstance(one, SetAside)],
            every_pair=every_pair,
            executor=where,
            journal=None if folder is None else lambda key: Journal(folder / JOURNAL, key, OUTCOME),
            step=counted("pair", step, progress),
        )


def _apart(
    taken: Sequence[tuple[str, Path] | SetAside],
) -> list[tuple[str, Path] | SetAside]:
    """Each under a name that no other has: of several of one name the second gets a (2)."""
    used, found = set[str](), list[tuple[str, Path] | SetAside]()
    for one in taken:
        own = one.name if isinstance(one, SetAside) else one[0]
        name, times = own, 1
        while name in used:
            times += 1
            name = f"{own} ({times})"
        used.add(name)
        found.append(replace(one, name=name) if isinstance(one, SetAside) else (name, one[1]))
    return found


def _write(found: Survey, out: Path) -> None:
    """Write the survey and its drawings, each whole or not at all."""
    folder = _folder(out)
    put(folder / "survey.json", survey_json(found).encode())
    if found.stemma is not None:
        put(folder / "stemma.svg", draw_stemma(found.stemma, found.kind).encode())
        put(folder / "stemma.nwk", newick(found.stemma).encode())
        if 0 < len(found.models) <= DRAWN:
            shown = COMBINED if found.kind == WEIGHTS else MergeOrder().id
            put(folder / "matrix.svg", draw_matrix(found, shown).encode())


def _folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    return out

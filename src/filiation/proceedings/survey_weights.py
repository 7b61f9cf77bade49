"""A survey of checkpoints: sketch them, compare them, write what was found."""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from filiation.errors import UsageError
from filiation.files import put
from filiation.library.executor import executor_named
from filiation.library.journal import Journal
from filiation.library.weights_survey import COMBINED, OUTCOME, survey_weights
from filiation.model.stemma import Stemma
from filiation.model.survey import Survey
from filiation.proceedings.gathering import reading, sketch_file
from filiation.report.drawings.matrix import draw_matrix
from filiation.report.drawings.newick import newick
from filiation.report.drawings.stemma import draw_stemma

__all__ = ["as_json", "survey_of", "write"]

JOURNAL = "survey.journal"


def survey_of(
    specs: Sequence[str], *, seed: int, executor: str, out: Path | None, quiet: bool
) -> Survey:
    """Every pair of these checkpoints; sketches taken are kept in `out`, if there is one."""
    where = executor_named(executor)
    with ExitStack() as stack:
        folder = _folder(out) if out is not None else None
        scratch = folder or Path(stack.enter_context(TemporaryDirectory()))
        progress = stack.enter_context(reading(quiet))
        sketches: list[tuple[str, Path]] = []
        for spec in specs:
            target = scratch / f"{len(sketches)}.sketch"
            path, name = sketch_file(Path(spec), target, progress)
            sketches.append((name, path))
        task = progress.add_task("comparing", total=None)
        return survey_weights(
            sketches,
            seed=seed,
            executor=where,
            journal=None if folder is None else lambda key: Journal(folder / JOURNAL, key, OUTCOME),
            step=lambda done, of: progress.update(
                task, completed=done, total=of, description=f"pair {done} of {of}"
            ),
        )


def write(found: Survey, out: Path) -> None:
    """Write the survey and its drawings, each whole or not at all."""
    folder = _folder(out)
    put(folder / "survey.json", as_json(found).encode())
    if found.stemma is not None:
        put(folder / "stemma.svg", draw_stemma(found.stemma).encode())
        put(folder / "stemma.nwk", newick(found.stemma).encode())
        put(folder / "matrix.svg", draw_matrix(found, COMBINED).encode())
    for taken in folder.glob("*.sketch"):
        taken.unlink()


def as_json(found: Survey) -> str:
    """One JSON object with every pair, and the stemma if there is one."""
    rows = [
        {
            "a": pair.a, "b": pair.b, "method": pair.method, "kind": pair.kind,
            "observed": _rounded(pair.observed), "z": _rounded(pair.z),
            "log10_p": _rounded(pair.log_p / math.log(10)), "n_items": pair.items,
            "rank": _rounded(pair.rank),
        }
        for pair in found.pairs
    ]  # fmt: skip
    absent = [{"method": a.method, "kind": a.kind, "reason": a.reason} for a in found.absent]
    summary: dict[str, object] = {
        "schema_version": 1, "models": list(found.models), "pairs": rows, "absent": absent,
        "notes": list(found.notes),
    }  # fmt: skip
    if found.stemma is not None:
        summary["stemma"] = _stemma(found.stemma)
    return json.dumps(summary, indent=1, allow_nan=False) + "\n"


def _stemma(stemma: Stemma) -> Mapping[str, object]:
    return {**asdict(stemma), "newick": newick(stemma).splitlines()}


def _folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    return out


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.12g}")

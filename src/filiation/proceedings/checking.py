"""Is a record what it says? An examination's folder to the byte, or a sketch against its model."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import final

from filiation.casefile.again import Agreement, agreement
from filiation.casefile.codec import examination_bytes
from filiation.casefile.folder import EXAMINATION, MATERIALS, check_folder, read_examination
from filiation.errors import CaseError, UsageError
from filiation.examining.kinds import plug_for
from filiation.examining.plan import plan_bytes
from filiation.examining.run import examine
from filiation.model.examination import Examination
from filiation.model.examined import Examined
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import WEIGHTS
from filiation.model.material import Material
from filiation.populations.reference import Reference, from_stored
from filiation.proceedings.moving import moved_again
from filiation.proceedings.naming import Named
from filiation.proceedings.reference import POPULATION
from filiation.proceedings.report_files import REPORT, page_called, reports
from filiation.proceedings.sketching import called
from filiation.readers.remote.lying import lying
from filiation.readers.weights.exhibited import open_exhibited
from filiation.report.languages.catalogue import LANGUAGES
from filiation.sketching.deep import rows_of_layer
from filiation.sketching.differences import differences
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

__all__ = ["CheckedExamination", "CheckedSketch", "check_examination", "check_sketch"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedExamination:
    """What was found to be as recorded: files, exhibits, and findings computed again.

    Attributes:
        agreed: How the figures that were computed again agree with those recorded.
    """

    files: int
    exhibits: int
    findings: int
    agreed: Agreement

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of what are as recorded."""
        return {"files": self.files, "exhibits": self.exhibits, "findings": self.findings}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSketch:
    """A sketch against its model: the same bytes, or some rounded values one step apart."""

    sketch: str
    model: str
    same: bool
    tensors: int
    values: int
    moved: int


def check_examination(folder: Path) -> CheckedExamination:
    """Check every file against the manifest, and compute every number and report again.

    Figures may differ in their last digits, as `casefile.again` says; plan and reports are those
    of what is recorded, to the byte.

    Raises:
        UsageError: The folder is of another kind of record.
        AlteredError: A file changed.
        CaseError: What is kept does not give what is recorded.
    """
    if (folder / "case.toml").exists() or (folder / "export.json").exists():
        raise UsageError(f"{folder}: the record of a dispute; `filiation case verify` checks it")
    files = check_folder(folder)
    recorded = read_examination(folder)
    again = moved_again(folder, recorded, _computed_again(folder, recorded))
    kept = examination_bytes(recorded)
    agreed = agreement(kept, examination_bytes(again))
    if not agreed.holds:
        raise _other(
            f"{EXAMINATION}: computing it again gave other figures or words ({agreed.unlike})",
            recorded,
            again,
        )
    spoken = [one for one in LANGUAGES if (folder / page_called(REPORT, one)).exists()]
    shown = reports(recorded, spoken)
    written = {"plan.json": plan_bytes(recorded.plan), EXAMINATION: kept, **shown}
    for name, raw in written.items():
        if raw != (folder / name).read_bytes():
            raise _other(f"{name}: writing it again gave other bytes", recorded, again)
    return CheckedExamination(
        files=files,
        exhibits=2 + len((*again.controls, *again.components)) + (again.earlier is not None),
        findings=sum(len(conclusion.findings) for conclusion in again.conclusions),
        agreed=agreed,
    )


def _other(found: str, recorded: Examination, again: Examination) -> CaseError:
    """By what it was written and computed again; what it means if both call themselves the same."""
    by = [", ".join((each.tool, *each.environment)) for each in (recorded, again)]
    if by[0] != by[1]:
        return CaseError(f"{found}; written with {by[0]}, computed with {by[1]}")
    return CaseError(
        f"{found}; both were computed with {by[0]}. A version that is not released yet has "
        "many builds, and two of them may differ: check with the build that wrote it. If that says "
        "so too, the folder was changed"
    )


def check_sketch(path: Path, model: str) -> CheckedSketch:
    """Take a sketch again from the model it is said to be of, by its path or address.

    Raises:
        AlteredError: It is of another model.
        CaseError: It says more or other things about the model than a sketch does.
    """
    recorded = read_sketch(path)
    with tempfile.TemporaryDirectory() as folder, lying(model) as at:
        target = Path(folder) / "again.sketch"
        view = open_exhibited(at.path)
        take_sketch(view, target, method=recorded.method)
        again = read_sketch(target)
        found = differences(recorded, again, partial(rows_of_layer, view))
    return CheckedSketch(
        sketch=path.name,
        model=called(Named(spec=model)),
        same=recorded.digest == again.digest,
        tensors=len(recorded.tensors),
        values=found.values,
        moved=found.moved,
    )


def _computed_again(folder: Path, recorded: Examination) -> Examination:
    if any(question.source_dated is not None for question in recorded.plan.questions):
        raise CaseError(
            "plan.json: the source is said to be dated, which only the record of a case can show; "
            "it was altered"
        )
    stored = _reopened(folder / MATERIALS, recorded)
    subject = _exhibit(recorded.subject, stored)
    source = _exhibit(recorded.source, stored)
    controls = [_exhibit(control, stored) for control in recorded.controls]
    controls += [replace(_exhibit(one, stored), public=True) for one in recorded.components]
    earlier = None if recorded.earlier is None else _exhibit(recorded.earlier, stored)
    reference: Reference | None = from_stored(
        recorded.plan.population,
        folder / POPULATION,
        controls=controls,
        families=dict(recorded.families),
        parties=(subject, source),
    )
    return examine(
        recorded.plan,
        subject=subject,
        source=source,
        controls=controls,
        families=dict(recorded.families),
        earlier=earlier,
        ratings=reference,
    )


def _reopened(folder: Path, recorded: Examination) -> Mapping[tuple[str, str, str, str], Material]:
    """Every material that the record names, by kind, kept file, digest and name."""
    everyone = [
        material
        for model in (
            *(recorded.subject, recorded.source, *recorded.controls, *recorded.components),
            recorded.earlier,
        )
        if model is not None
        for material in model.materials
    ]
    files: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for who in everyone:
        files.setdefault((who.kind, who.kept), []).append((who.digest, who.name))
    found: dict[tuple[str, str, str, str], Material] = {}
    for (kind, kept), wanted in files.items():
        for material in _opened(folder, kind, kept, wanted):
            found[kind, kept, material.digest, material.name] = material
    return found


def _opened(
    folder: Path, kind: str, kept: str, wanted: Sequence[tuple[str, str]]
) -> Sequence[Material]:
    reader = plug_for(kind).reader
    file = folder / f"{kept}{reader.suffix}"
    if not file.is_file():
        raise CaseError(
            f"{MATERIALS}/{file.name}: recorded as what {wanted[0][1]} is kept in, found nothing"
        )
    return reader.reopen(file, wanted)


def _exhibit(who: Examined, stored: Mapping[tuple[str, str, str, str], Material]) -> Exhibit:
    found = (stored[m.kind, m.kept, m.digest, m.name] for m in who.materials)
    return Exhibit(
        name=who.name,
        materials=tuple(
            replace(m, declared=who.declared) if m.kind == WEIGHTS else m for m in found
        ),
    )

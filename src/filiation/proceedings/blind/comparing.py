"""The tribunal's last step: compare both materials by the ordinary methods, and audit both."""

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from filiation.errors import FiliationError, UsageError
from filiation.files import put
from filiation.model.blind import SIDES, Bound, Compared
from filiation.model.examination import Examination
from filiation.proceedings.blind import sets
from filiation.proceedings.blind.folder import Room, opened_room
from filiation.proceedings.blind.steps import REPORT, Said
from filiation.proceedings.blind.weights import audit, handed, material_of, method_of
from filiation.proceedings.naming import Named, Sided
from filiation.proceedings.progress import Step, no_step
from filiation.proceedings.sketching import called
from filiation.proceedings.standalone import Watch, ask, examine_into
from filiation.readers.weights.exhibited import open_exhibited
from filiation.report.wording.blind import report_lines
from filiation.sketching.sketch import take_sketch

__all__ = ["EXAMINATION", "REPORT", "compare"]

EXAMINATION: Final = "examination"


def compare(folder: Path, controls: Sequence[Named], *, step: Step = no_step) -> Said:
    """Compare, audit, and sign what was found.

    Args:
        folder: The tribunal's.
        controls: Models known to be unrelated to both; sketched under the coin's seed.
        step: Told what is being done.

    Raises:
        UsageError: It is not this party's turn, or no control was named.
        CaseError: A material or an opening was not handed over.
    """
    room = opened_room(folder)
    now = room.session.step
    if room.own.role != "tribunal" or now is None or now.name != "result":
        raise UsageError(
            f"{folder}: the tribunal compares when both sides have opened what was drawn; "
            f"`filiation blind show {folder}` says what is awaited"
        )
    shutil.rmtree(room.path / EXAMINATION, ignore_errors=True)  # of a comparison that was ended
    told = _weights(room, controls, step) if _of_weights(room) else _sets(room, controls, step)
    report = ("\n".join(report_lines(told)) + "\n").encode()
    put(room.send / REPORT, report)
    body: dict[str, object] = {
        bound.role: "failed" if bound.failed else "held" for bound in told.bounds
    }
    message = room.say("result", {"report": hashlib.sha256(report).hexdigest(), **body})
    files = [*_handed_on(room), (message, "all"), (room.send / REPORT, "all")]
    return Said(room=room, files=tuple(files))


def _handed_on(room: Room) -> list[tuple[Path, str]]:
    """Each side's material for the other, if that was agreed; both are there by now."""
    if not (room.session.terms.both and _of_weights(room)):
        return []
    one, other = SIDES
    folder = room.received
    return [(folder / f"{one}.material", other), (folder / f"{other}.material", one)]


def _of_weights(room: Room) -> bool:
    return room.session.terms.material == "weights"


def _weights(room: Room, controls: Sequence[Named], step: Step) -> Compared:
    with tempfile.TemporaryDirectory(prefix="filiation-") as name:
        bounds, found = _found(room, controls, Path(name), step)
    kept = room.path / EXAMINATION / "report.json"
    digest = hashlib.sha256(kept.read_bytes()).hexdigest() if found is not None else ""
    session = room.session
    return Compared(
        session=session.id, seed=session.seed(), bounds=bounds, found=found, digest=digest
    )


def _sets(room: Room, controls: Sequence[Named], step: Step) -> Compared:
    step("reckoning both lists again")
    bounds = sets.audited(room)
    failed = any(bound.failed for bound in bounds)
    named = {called(control): control.path for control in controls}
    found = None if failed else sets.shared(room, named)
    return Compared(session=room.session.id, seed=0, bounds=bounds, shared=found)


def _found(
    room: Room, controls: Sequence[Named], place: Path, step: Step
) -> tuple[tuple[Bound, ...], Examination | None]:
    bounds, files = [], []
    for role in SIDES:
        step(f"auditing the {role}'s material")
        file = place / f"{role}.sketch"
        handed(room, role)
        try:
            sketch = material_of(room, role, file)
        except FiliationError as error:
            root = room.session.commitment(role).root
            bounds.append(Bound(role=role, root=root, failed=str(error)))
            continue
        bounds.append(audit(room, role, sketch))
        files.append(Sided(spec=str(file), name=role))
    if any(bound.failed for bound in bounds):  # nothing that it says would be of what was sealed
        return tuple(bounds), None
    others = []
    for control in controls:
        step(f"reading {called(control)}")
        target = place / f"{called(control)}.sketch"
        take_sketch(open_exhibited(control.path), target, method=method_of(room))
        others.append(Sided(spec=str(target), name=called(control)))
    step("comparing")
    claimant, respondent = files
    asked = ask(respondent, claimant, tuple(others))
    return tuple(bounds), examine_into(room.path / EXAMINATION, asked, Watch(step=step))

"""The tribunal's last step: compare both materials by the ordinary methods, and audit both."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from filiation.casefile.codec import compared_bytes
from filiation.errors import FiliationError, UsageError
from filiation.files import put
from filiation.model.blind import SIDES, Bound, Compared, Material, Role
from filiation.model.examination import Examination
from filiation.model.recording import Recording
from filiation.proceedings.blind import answers, sets
from filiation.proceedings.blind.answers import TieAsked
from filiation.proceedings.blind.basis import basis_of
from filiation.proceedings.blind.controls import controls_of, keep_controls, keep_ties, ties_of
from filiation.proceedings.blind.folder import Room, opened_room
from filiation.proceedings.blind.steps import Said
from filiation.proceedings.blind.weights import audit, handed, material_of
from filiation.proceedings.naming import Named, Sided
from filiation.proceedings.progress import Step, no_step
from filiation.proceedings.standalone import Watch, ask, examine_into
from filiation.report.wording.blind import report_lines
from filiation.sealed.blind.kept import FOUND, REPORT

__all__ = ["EXAMINATION", "compare", "compared"]

EXAMINATION: Final = "examination"


def compare(
    folder: Path,
    controls: Sequence[Named],
    *,
    tied: Sequence[TieAsked] = (),
    step: Step = no_step,
) -> Said:
    """Compare, audit, and sign what was found.

    Args:
        folder: The tribunal's.
        controls: What is known to be unrelated to both: models (sketched under the coin's seed),
            recorded answers to the same battery, or sets.
        tied: Of answers: what each side's are held against.
        step: Told what is being done.

    Raises:
        UsageError: It is not this party's turn, or controls that have no names of their own.
        CaseError: A material or an opening was not handed over.
    """
    room = opened_room(folder)
    _check_turn(room)
    keep_controls(room, controls, step)
    keep_ties(room, tied)
    told = compared(room, step)
    report = ("\n".join(report_lines(told)) + "\n").encode()
    put(room.send / REPORT, report)
    put(room.send / FOUND, compared_bytes(told))
    held = told.shared is not None
    lists = sets.matches(room) if held else {}
    body: dict[str, object] = {
        bound.role: "failed" if bound.failed else "held" for bound in told.bounds
    }
    body["report"], body["found"] = (_digest(room.send / name) for name in (REPORT, FOUND))
    body["matches"] = {role: _digest(path) for role, path in lists.items()}
    message = room.say("result", body)
    files: list[tuple[Path, str]] = [*_handed_on(room), *((p, role) for role, p in lists.items())]
    files += [(message, "all"), (room.send / FOUND, "all"), (room.send / REPORT, "all")]
    return Said(room=room, files=tuple(files))


def _check_turn(room: Room) -> None:
    """Is it the tribunal's turn to compare?

    Raises:
        UsageError: It is not; whose it is, or how the session ended.
    """
    session, now = room.session, room.session.step
    if room.own.role != "tribunal":
        raise UsageError(f"{room.path}: is the {room.own.role}'s; the tribunal alone compares")
    if session.says("result", "tribunal") is not None:
        raise UsageError(
            f"{room.path}: the result is signed already, and a session has one: "
            f"{room.send / REPORT} says what it is; other controls take a new session"
        )
    if now is None and session.aborted is not None:
        raise UsageError(f"{room.path}: the {session.aborted.sender} aborted the session")
    if now is None or now.name != "result":
        raise UsageError(
            f"{room.path}: the tribunal compares when both sides have opened what was drawn; "
            f"`filiation blind show {room.path}` says what is awaited"
        )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _handed_on(room: Room) -> list[tuple[Path, str]]:
    """Each side's material for the other, if that was agreed; both are there by now."""
    if not room.session.terms.both or room.session.terms.material == "set":
        return []
    found = []
    for one, other in (SIDES, SIDES[::-1]):
        path = room.lay(room.received / f"{one}.material", other)
        found.append((path, str(other)))
    return found


def compared(room: Room, step: Step = no_step) -> Compared:
    """What follows from what lies in the tribunal's folder.

    Raises:
        CaseError: A material or an opening was not handed over.
    """
    shutil.rmtree(room.path / EXAMINATION, ignore_errors=True)  # of a comparison that was ended
    told = COMPARE[room.session.terms.material](room, step)
    return replace(told, basis=basis_of(room))


def _weights(room: Room, step: Step) -> Compared:
    with tempfile.TemporaryDirectory(prefix="filiation-") as name:
        bounds, files = [], []
        for role in SIDES:
            step(f"auditing the {role}'s material")
            file = Path(name) / f"{role}.sketch"
            handed(room, role)
            try:
                sketch = material_of(room, role, file)
            except FiliationError as error:
                bounds.append(_failed(room, role, error))
                continue
            bounds.append(audit(room, role, sketch))
            files.append(file)
        return _examined(room, tuple(bounds), files, step)


def _answers(room: Room, step: Step) -> Compared:
    found: dict[Role, Recording] = {}
    with tempfile.TemporaryDirectory(prefix="filiation-") as name:
        bounds, files = [], []
        for role in SIDES:
            step(f"reading the {role}'s answers")
            file = Path(name) / f"{role}.jsonl"
            handed(room, role)
            try:
                found[role] = answers.taken(room, role, file)
            except FiliationError as error:
                bounds.append(_failed(room, role, error))
                continue
            bounds.append(answers.bound_of(room, role, found[role]))
            files.append(file)
        told = _examined(room, tuple(bounds), files, step)
        told = replace(told, battery=room.session.terms.battery)
        if told.found is None:
            return told
        step("holding answers against ties")
        ties = answers.ties(room, tuple(ties_of(room)), found, tuple(controls_of(room)))
        return replace(told, ties=ties)


def _seed(room: Room) -> str:
    answered = room.session.terms.material == "answers"
    return str(answers.battery_seed(room) if answered else room.session.seed())


def _failed(room: Room, role: Role, error: FiliationError) -> Bound:
    return Bound(role=role, root=room.session.commitment(role).root, failed=str(error))


def _examined(room: Room, bounds: tuple[Bound, ...], files: Sequence[Path], step: Step) -> Compared:
    """Compare by the ordinary methods; nothing, if a material is not that of what was sealed."""
    session = room.session
    if any(bound.failed for bound in bounds):
        return Compared(session=session.id, seed=_seed(room), bounds=bounds)
    claimant, respondent = (
        Sided(spec=str(file), name=role) for file, role in zip(files, SIDES, strict=True)
    )
    others = tuple(Sided(spec=one.spec, name=one.name) for one in controls_of(room))
    step("comparing")
    asked = ask(respondent, claimant, others)
    found: Examination = examine_into(room.path / EXAMINATION, asked, Watch(step=step))
    return Compared(
        session=session.id, seed=_seed(room), bounds=bounds, found=found,
        digest=_digest(room.path / EXAMINATION / "report.json"),
    )  # fmt: skip


def _sets(room: Room, step: Step) -> Compared:
    step("reckoning both lists again")
    bounds = sets.audited(room)
    failed = any(bound.failed for bound in bounds)
    named = {control.name: control.path for control in controls_of(room)}
    found = None if failed else sets.shared(room, named)
    return Compared(session=room.session.id, seed="", bounds=bounds, shared=found)


COMPARE: Final[dict[Material, Callable[[Room, Step], Compared]]] = {
    "weights": _weights,
    "answers": _answers,
    "set": _sets,
}

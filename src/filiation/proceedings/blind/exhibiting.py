"""A session as a file that a case keeps, and what such a file says once all of it was checked."""

import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from filiation.casefile.again import agreement
from filiation.casefile.codec import compared_bytes, compared_from_bytes
from filiation.errors import CaseError, ExhibitError, UsageError
from filiation.files import put
from filiation.model.blind import Compared, Derived, SessionTold, Spoken
from filiation.proceedings.blind.basis import (
    HELD,
    NOISE,
    check_basis,
    check_whole,
    held_in,
    noise_in,
)
from filiation.proceedings.blind.comparing import compared
from filiation.proceedings.blind.folder import OWN, Own, Room, opened_room
from filiation.proceedings.blind.stated import check_stated
from filiation.proceedings.naming import free
from filiation.proceedings.progress import Step, no_step
from filiation.sealed.blind.bundles import file_digest
from filiation.sealed.blind.kept import FOUND, REPORT, Kept, kept_bytes, thin, write_kept
from filiation.sealed.blind.session import Session

__all__ = ["held_against", "keep_session", "told_in"]

NONE: Final = "00" * 32


def keep_session(folder: Path, out: Path, *, whole: bool = False) -> None:
    """Keep a session as one file.

    Args:
        folder: A party's folder of it.
        out: The file.
        whole: With all that the tribunal got and compared with, so that its result can be derived
            again; whoever has the file can read materials and openings.

    Raises:
        UsageError: The file exists; no tribunal's folder; or a result whose report was not taken.
        CaseError: The tribunal's folder holds other files than its result was reckoned from.
    """
    free(out)
    room = opened_room(folder)
    entries = {f"messages/{path.name}": path for path in (folder / "messages").glob("*.json")}
    if room.session.says("result", "tribunal") is not None:
        entries |= {name: _there(room, name) for name in (REPORT, FOUND)}
    if not whole:
        put(out, kept_bytes({name: path.read_bytes() for name, path in entries.items()}))
        return
    if room.own.role != "tribunal":
        raise UsageError(f"--whole: {folder} is the {room.own.role}'s; only the tribunal has both")
    held = dict(held_in(folder))
    if FOUND in entries:
        told = compared_from_bytes(entries[FOUND].read_bytes(), FOUND)
        check_basis(told, {name: file_digest(path) for name, path in held.items()}, str(folder))
    entries |= held
    with tempfile.TemporaryDirectory(prefix="filiation-") as place:
        noise = Path(place) / NOISE
        noise.write_text(room.own.scalar)
        write_kept(out, entries | {NOISE: noise})


def _there(room: Room, name: str) -> Path:
    for path in (room.send / name, room.received / name):
        if path.exists():
            return path
    raise UsageError(f"{room.path}: {name} was not taken yet: `filiation blind take` it")


def told_in(kept: Kept, *, whole: Kept | None = None, step: Step = no_step) -> SessionTold:
    """What a session says, every message of it folded anew.

    Args:
        kept: What everybody has of it.
        whole: The same with what the tribunal has, if the case keeps that.
        step: Told what is being done.

    Raises:
        CaseError: Messages that contradict each other, a result that names something else, or
            files that are others than it was reckoned from.
    """
    session = kept.session()
    result = session.says("result", "tribunal")
    told = compared_from_bytes(kept.raw(FOUND), FOUND) if result is not None else None
    if told is not None:
        _check_result(session, told)
    aborted = session.aborted
    return SessionTold(
        session=session.id,
        terms=session.terms,
        course=tuple(
            Spoken(
                number=one.message.number, step=one.message.step, sender=one.message.sender,
                digest=one.message.digest, reason=str(one.message.body.get("reason", "")),
            )
            for one in session.messages
        ),
        step=session.step.name if session.step is not None else "",
        awaited=session.awaited(),
        aborted=aborted.sender if aborted is not None else "",
        told=told,
        report=str(result["report"]) if result is not None else "",
        again=_again(session, kept, told, whole, step),
    )  # fmt: skip


def _check_result(session: Session, told: Compared) -> None:
    """What was found is of this session, and of the outcome that the signed result states."""
    result = session.says("result", "tribunal") or {}
    roots = {bound.role: bound.root for bound in told.bounds}
    wanted = {role: session.commitment(role).root for role in roots}
    outcome = {bound.role: "failed" if bound.failed else "held" for bound in told.bounds}
    if told.session != session.id or roots != wanted or len(roots) != 2:
        raise CaseError(
            f"{FOUND}: of another session, or of other seals than its sides joined with"
        )
    if any(result.get(role) != said for role, said in outcome.items()):
        raise CaseError(f"{FOUND}: says another outcome than the signed result; altered")
    check_stated(session, told, FOUND)


def _again(
    session: Session, kept: Kept, told: Compared | None, whole: Kept | None, step: Step
) -> Derived:
    """Does the same follow from the materials and openings that it was reckoned from?

    Raises:
        CaseError: The files are others than the signed findings name.
    """
    if whole is None or told is None:
        return "not-kept"
    if thin(whole) != thin(kept):
        raise CaseError(f"{whole.path.name}: other messages or findings than this session has")
    if not check_whole(whole, session, told):
        return "differs"
    with tempfile.TemporaryDirectory(prefix="filiation-") as name:
        folder = Path(name) / "session"
        (folder / "own").mkdir(parents=True)
        whole.unpack(folder)
        noise = noise_in(whole, session)
        own = Own(role="tribunal", coin=NONE, audit=NONE, nonce=NONE, scalar=noise)
        (folder / "own" / OWN).write_text(json.dumps(asdict(own)))
        for inner in ("send", *HELD):
            (folder / inner).mkdir(exist_ok=True)
        try:
            found = compared(opened_room(folder), step)
        except (CaseError, ExhibitError):  # nothing of what it got gives what it signed
            return "differs"
        except UsageError as error:  # nothing that says who is wrong
            raise CaseError(
                f"{whole.path.name}: its result cannot be reckoned again from what it holds: "
                f"{error}"
            ) from error
    return held_against(told, found)


def held_against(told: Compared, again: Compared) -> Derived:
    """Is what was reckoned again what was signed, up to last digits, as in a replay?"""
    if agreement(_numbers(told), _numbers(again)).holds:
        return "same"
    return "differs" if _versions(again) == _versions(told) else "other-versions"


def _versions(told: Compared) -> tuple[str, ...]:
    """What computed it; of sets, which are counted, nothing."""
    return (told.found.tool, *told.found.environment) if told.found is not None else ()


def _numbers(told: Compared) -> bytes:
    """What was found, without the versions of what computed it."""
    found = told.found
    bare = replace(found, tool="", environment=()) if found is not None else None
    return compared_bytes(replace(told, found=bare, digest=""))

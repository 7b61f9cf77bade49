"""Starting, joining and going on: each step of a session is one command."""

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from shutil import copyfile
from typing import Any, Final, final

from filiation.casefile.ledger import keys
from filiation.errors import CaseError, UnreadableError, UsageError
from filiation.files import opened, put
from filiation.model.blind import SIDES, Material, Message, Role, Terms
from filiation.model.seal import Commitment
from filiation.proceedings.blind import answers, sets, weights
from filiation.proceedings.blind.bounds import check_told
from filiation.proceedings.blind.folder import Own, Room, made_room, new_own, opened_room
from filiation.proceedings.naming import free
from filiation.proceedings.progress import Progress, no_progress
from filiation.report.wording.blind_course import CONTROL
from filiation.sealed.blind.bundles import MAGIC, file_digest, head_of
from filiation.sealed.blind.elements import MAGIC as ELEMENTS
from filiation.sealed.blind.kept import FOUND, REPORT
from filiation.sealed.blind.messages import LONGEST, sealed_message
from filiation.sealed.blind.session import coin_digest, session_of
from filiation.sealed.files import read_secret
from filiation.sealed.opening import MAGIC as OPENING

__all__ = ["Handed", "Said", "abort", "go_on", "join", "start", "take"]

TERMS: Final = "01-terms-tribunal.json"
MOST: Final = 64  # files of a folder that is handed over


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was done in a step.

    Attributes:
        room: The folder as it is now.
        files: What is to be handed over, and to whom; `all` for both others.
        awaited: Who has to speak before this party can go on.
    """

    room: Room
    files: tuple[tuple[Path, str], ...] = ()
    awaited: tuple[Role, ...] = ()


def start(
    folder: Path,
    *,
    key: str,
    claimant: Path,
    respondent: Path,
    **agreed: Any,
) -> Said:
    """Begin a session as its tribunal: terms, and the tribunal's share of both coins.

    Args:
        folder: The tribunal's, to be made.
        key: Name of the tribunal's key on this computer.
        claimant: Public key of that side.
        respondent: Likewise.
        agreed: Fields of `Terms`, where they are not the usual ones.

    Raises:
        UsageError: A folder that exists, a key that is not there, one for two roles, or terms
            that let more be told than they allow.
        CaseError: Keys that are none; terms that cannot be.
    """
    own = _public(keys.home() / "keys" / f"{key}.pub")
    public: dict[Role, str] = {
        "claimant": _public(claimant),
        "respondent": _public(respondent),
        "tribunal": own,
    }
    if len(set(public.values())) < len(public):
        same = [role for role, one in public.items() if list(public.values()).count(one) > 1]
        raise UsageError(f"one key for {' and '.join(same)}; expected three, one of each role")
    terms = Terms(keys=public, nonce=secrets.token_hex(32), **agreed)
    answers.check_terms(terms)
    check_told(terms)
    body = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    signer = weights.private_of(own, key)
    raw = sealed_message(
        signer, session="", sender="tribunal", number=1, step="terms", answers=(), body=body
    )
    room = made_room(folder, raw, new_own("tribunal"), TERMS)
    put(room.send / TERMS, raw)
    joined = room.say("join", _shares(room))
    return Said(room=room, files=((room.send / TERMS, "all"), (joined, "all")))


def join(
    folder: Path,
    terms: Path,
    *,
    key: str,
    material: Path,
    secret: Path | None = None,
    progress: Progress = no_progress,
) -> Said:
    """Join a session as one of its sides, with a seal of one's material.

    Args:
        folder: The side's, to be made.
        terms: What the tribunal wrote.
        key: Name of the side's key on this computer.
        material: A model as it was sealed, a set, or where answers will lie.
        secret: What opens the seal; of a set there is none.
        progress: Told (bytes read, of all) while a model is held against its seal.

    Raises:
        UsageError: A folder that exists, a key that is of none of the sides, another material,
            or terms under which more of it would be shown than they allow.
        AlteredError: Another model than was sealed.
        CaseError: Not terms.
    """
    raw = _bounded(terms)
    public = _public(keys.home() / "keys" / f"{key}.pub")
    agreed = session_of(raw, str(terms)).terms
    roles = [role for role in SIDES if agreed.keys[role] == public]
    if not roles:
        raise UsageError(f"key {key!r}: of neither side in these terms")
    check_told(agreed)
    free(folder)
    opens = "" if secret is None else str(secret.resolve())
    own = replace(new_own(roles[0], material=str(material.resolve())), secret=opens)
    commitment = _commitment(agreed, own, material, secret, progress)
    room = made_room(folder, raw, own, str(terms))
    seal = {"root": commitment.root, "leaves": commitment.leaves, "label": commitment.label}
    said = room.say("join", {**_shares(room), "seal": seal})
    return Said(room=room, files=((said, "all"),))


def _commitment(
    agreed: Terms, own: Own, material: Path, secret: Path | None, progress: Progress
) -> Commitment:
    """What binds a side to its material, once that is what the terms ask for."""
    if agreed.material == "set":
        if secret is not None:
            raise UsageError("--secret: goes with a model; a set is bound by the session itself")
        if not material.is_file():
            raise UsageError(f"{material}: expected a set, a file with one element in each line")
        return sets.commitment_of(own, agreed)
    if secret is None:
        raise UsageError("--secret: expected what `filiation seal` kept of this model")
    if agreed.material == "answers":
        answers.check_place(material)
        return read_secret(secret).commitment
    weights.check_shown(material, agreed)
    return weights.sealed(material, secret, progress).commitment


def _shares(room: Room) -> dict[str, object]:
    own, session = room.own, room.session.id
    said = {"coin": own.coin, "audit": own.audit}
    if own.role == "tribunal":
        said["noise"] = own.scalar
    return {name: coin_digest(session, own.role, name, value) for name, value in said.items()}


def go_on(folder: Path) -> Said:
    """Take the next step of this party, if it is its turn.

    Raises:
        UsageError: The session has ended.
        CaseError: Messages that contradict each other, or a material that is not what was sealed.
    """
    room = opened_room(folder)
    session, role = room.session, room.own.role
    step = session.step
    if step is None:
        over = f"the {session.aborted.sender} aborted it" if session.aborted else "it is complete"
        raise UsageError(f"{folder}: nothing is left to be done in this session; {over}")
    awaited = session.awaited()
    if role not in awaited:
        return Said(room=room, awaited=awaited)
    if step.name == "result":
        again = [str(path) for path in answers.again(room)] if _of(room, "answers") else []
        ask = f"; prompts to be asked again: {', '.join(again)}" if again else ""
        raise UsageError(
            f"{folder}: all is there to compare: `filiation blind compare {folder} --control "
            f"{CONTROL[session.terms.material]}`{ask}"
        )
    files: list[tuple[Path, str]] = []
    body: dict[str, object]
    if step.name in ("coin", "reveal"):
        body = {"value": room.own.coin if step.name == "coin" else room.own.audit}
    elif _of(room, "answers"):
        body = answers.said(room)
    else:
        made = weights if _of(room, "weights") else sets
        body, files = made.said(room, step.name)
    if step.name == "reveal" and role != "tribunal" and not _of(room, "set"):
        files = weights.handed_over(room)
    said = room.say(step.name, body)
    return Said(room=opened_room(folder), files=((said, "all"), *files))


def _of(room: Room, material: Material) -> bool:
    return room.session.terms.material == material


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What others handed over.

    Attributes:
        room: The folder as it is now.
        taken: What was new, and what it is.
        known: What lies here already, byte for byte: a folder handed over whole holds old files.
    """

    room: Room
    taken: tuple[str, ...]
    known: tuple[Path, ...]


def take(folder: Path, files: Sequence[Path]) -> Handed:
    """Take what others handed over: messages in any order, materials, openings.

    What lies here already is passed over, since it changes nothing.

    Args:
        folder: This party's.
        files: What was handed over; a folder stands for the files in it.

    Raises:
        UsageError: A file that cannot be read, or is none.
        CaseError: A message or file that is not what it should be; those before it were taken.
    """
    room = opened_room(folder)
    files = [one for given in files for one in _files_of(given)]
    messages = sorted((one for one in files if not _is_bundle(one)), key=lambda one: one.name)
    told: list[str | None] = []
    for path in messages:
        told.append(_heard(room, path))
    bundles = [one for one in files if _is_bundle(one)]
    for path in bundles:
        told.append(_received(room, path))
    known = [p for p, what in zip([*messages, *bundles], told, strict=True) if what is None]
    return Handed(room=room, taken=tuple(what for what in told if what), known=tuple(known))


def _files_of(given: Path) -> list[Path]:
    """A file; or, of a folder that was handed over whole, what lies in it.

    Raises:
        UsageError: It holds more than a session has, or a link: what others hand over has none.
    """
    if not given.is_dir():
        return [given]
    found = sorted(islice(given.iterdir(), MOST + 1))
    if len(found) > MOST or any(one.is_symlink() for one in found):
        raise UsageError(
            f"{given}: expected at most {MOST} files and no link, as a party hands over"
        )
    return found


def _heard(room: Room, path: Path) -> str | None:
    """Keep a message; None if it was taken before."""
    raw = _bounded(path)
    if any(one.raw == raw for one in room.session.messages):
        return None
    if name := _told(room).get(file_digest(path)):
        return _reported(room, path, name)
    message = room.session.take(raw, str(path))
    room.keep(message, raw)
    return f"{message.number} {message.step}, {message.sender}"


def _told(room: Room) -> dict[str, str]:
    """What the result names, by digest: report, findings, and this side's list of matches."""
    result: Any = room.session.says("result", "tribunal")
    if result is None:
        return {}
    role = room.own.role
    lists = {role: result["matches"][role]} if role in result["matches"] else {}
    return {
        result["report"]: REPORT,
        result["found"]: FOUND,
        **{digest: f"matches-{role}.txt" for role, digest in lists.items()},
    }


def _reported(room: Room, path: Path, name: str) -> str | None:
    """Keep what the result names; None if it is here."""
    target = room.received / name
    if target.exists() or room.own.role == "tribunal":  # which has its own in `send`
        return None
    copyfile(path, target)
    return f"{name}, as the tribunal signed it"


def abort(folder: Path, reason: str) -> Said:
    """End a session, and sign why."""
    room = opened_room(folder)
    if room.session.step is None:
        raise UsageError(f"{folder}: the session has ended already")
    said: list[Message] = [one.message for one in room.session.messages]
    last = max((m.number for m in said if m.sender == room.own.role), default=1)
    number = max(room.session.number, last + 1)
    path = room.say("abort", {"reason": reason}, number=number)
    return Said(room=replace(room), files=((path, "all"),))


def _is_bundle(path: Path) -> bool:
    return _bounded(path, len(MAGIC)).startswith((MAGIC, OPENING, ELEMENTS))


def _received(room: Room, path: Path) -> str | None:
    """Keep a material or an opening, if it is the one that its maker said; None if it is here."""
    with path.open("rb") as file:
        opening = file.read(len(MAGIC)).startswith((OPENING, ELEMENTS))
    role, stage = _opener(room, path) if opening else _maker(room, path)
    terms, own = room.session.terms, room.own.role
    if own != "tribunal" and stage != "blind" and not (stage == "material" and terms.both):
        raise CaseError(f"{path}: the {role}'s {stage} is for the tribunal alone, by the terms")
    target = room.received / f"{role}.{stage}"
    if target.exists() and file_digest(target) == file_digest(path):
        return None
    if target.exists():
        raise CaseError(f"{path}: another {stage} of the {role} was taken before")
    _copied(path, target)
    return f"{stage}, {role}"


def _copied(path: Path, target: Path) -> None:
    """Keep a file whole or not at all: half of one would be held against whoever made it.

    Raises:
        UsageError: No room for it.
        CaseError: Another file took its place while it was read.
    """
    partial, digest = target.with_name(f".{target.name}"), file_digest(path)
    try:
        with path.open("rb") as file, partial.open("wb") as kept:
            shutil.copyfileobj(file, kept, 1 << 20)
            kept.flush()
            os.fsync(kept.fileno())
        if file_digest(partial) != digest:
            raise CaseError(f"{path}: changed while it was taken; take it again")
        partial.replace(target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _opener(room: Room, path: Path) -> tuple[Role, str]:
    digest = file_digest(path)
    for role in SIDES:
        if (said := room.session.says("open", role)) and said["opening"] == digest:
            return role, "opening"
    raise CaseError(f"{path}: an opening that neither side announced; altered, cut, or too early")


def _maker(room: Room, path: Path) -> tuple[Role, str]:
    session, role, stage = head_of(path)
    if session != room.session.id:
        raise CaseError(f"{path}: of another session ({session[:12]}..)")
    field = {"material": "commit", "blind": "blind", "raise": "raise"}[stage]
    said = room.session.says(field, role)
    if said is None or next(iter(said.values())) != file_digest(path):
        raise CaseError(
            f"{path}: not what the {role} committed to; altered, cut, or made afterwards"
        )
    return role, stage


def _bounded(path: Path, longest: int = LONGEST + 1) -> bytes:
    try:
        with opened(path, follow=True) as file:
            return file.read(longest)
    except UnreadableError as error:
        raise UsageError(str(error)) from error


def _public(path: Path) -> str:
    try:
        with opened(path, follow=True) as file:
            raw = file.read(keys.LONGEST)
    except UnreadableError as error:
        raise UsageError(f"{path}: no such key; `filiation case key NAME` makes one") from error
    return keys.public_key(raw, str(path)).public_bytes_raw().hex()

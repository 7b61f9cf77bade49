"""Answers in a session: a battery that the first coin draws, sealed before either side is shown.

Each side puts the battery to its own service and commits to the transcript. What ties a transcript
to the weights that its side sealed is asked apart: whoever may run those weights, or ask the
service again, records answers to the prompts that the second coin draws, and both are held
against the transcript by `model-equality` and `token-agreement`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError, UsageError
from filiation.interrogate.batteries import generate
from filiation.interrogate.battery_file import commit_battery
from filiation.methods.answers.model_equality import ModelEquality
from filiation.methods.answers.token_agreement import TokenAgreement
from filiation.model.blind import SIDES, Bound, Role, Terms, Tie, Tied
from filiation.model.recording import Item, Recording
from filiation.proceedings.blind.folder import Room
from filiation.proceedings.naming import Named
from filiation.proceedings.recordings import only_recording, recordings_of
from filiation.sealed.blind.bundles import bundle_of, file_digest, material_in
from filiation.sealed.blind.draws import drawn_places

__all__ = ["TieAsked", "again", "battery_seed", "bound_of", "check_terms", "said", "taken", "ties"]

MATERIAL: Final = "material.jsonl"
ENDINGS: Final = (".jsonl", ".json", ".csv", ".tsv")
SEEDS: Final = 10**15  # what JSON holds exactly
REPEAT: Final = re.compile(r"#\d+$")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TieAsked:
    """Answers that a side's are held against, as the tribunal names them."""

    role: Role
    to: Tied
    path: Path


def check_terms(terms: Terms) -> None:
    """Is there such a battery?

    Raises:
        UsageError: There is not, or it has fewer prompts.
    """
    if terms.material == "answers":
        _drawn(terms, 0)


def check_place(path: Path) -> None:
    """Where answers will lie nothing lies yet: they come after the coin that draws the battery.

    Raises:
        UsageError: Something is there, or there is no such folder.
    """
    if path.exists():
        raise UsageError(
            f"{path}: exists; answers come after the coin that draws the battery, name a file that "
            "will be written then"
        )
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: no such folder, in which answers could lie")
    if path.name[:1] == "." or not path.name.endswith(ENDINGS):
        raise UsageError(f"{path}: expected the name of a file of answers, such as answers.jsonl")


def _drawn(terms: Terms, seed: int) -> tuple[Item, ...]:
    found = generate(terms.battery, seed=seed, items=terms.items)
    if len(found) != terms.items:
        raise UsageError(
            f"battery {terms.battery}: has {len(found)} prompts, the terms say {terms.items}"
        )
    return found


def _battery(room: Room) -> tuple[Item, ...]:
    return _drawn(room.session.terms, battery_seed(room))


def battery_seed(room: Room) -> int:
    """What the first coin gives to the battery."""
    return room.session.seed() % SEEDS


def said(room: Room) -> dict[str, object]:
    """Commit to the transcript of one's own service.

    Raises:
        UsageError: It is not there yet, or is of something else than the battery.
    """
    path, terms = Path(room.own.material), room.session.terms
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: expected a file of answers, found something else")
    if not path.exists():
        raise UsageError(
            f"{path}: not there yet; put the battery that the coin drew to your service: "
            f"`filiation ask MODEL --battery {terms.battery} "
            f"--seed {battery_seed(room)} --items {terms.items} "
            f"--repeat {terms.repeat} --out {path}`, then the same again"
        )
    raw = path.read_bytes()
    kept = room.private / MATERIAL
    kept.write_bytes(raw)
    try:
        _checked(only_recording(Named(spec=str(kept))), room)
    except CaseError as error:
        raise UsageError(f"{path}: {error}; nothing was committed to") from error
    bundle = room.private / f"{room.own.role}.material"
    nonce = bytes.fromhex(room.own.nonce)
    bundle.write_bytes(bundle_of(room.session.id, room.own.role, "material", nonce, raw))
    return {"material": file_digest(bundle)}


def taken(room: Room, role: Role, out: Path) -> Recording:
    """A side's transcript as it was handed to the tribunal, and what it committed to.

    Raises:
        CaseError: Another than was committed to, or of other prompts than the coin drew.
        UnreadableError: No recording of answers.
    """
    path = room.received / f"{role}.material"
    committed = room.session.says("commit", role)
    material_in(path, out, str(committed["material"]) if committed else "")
    found = only_recording(Named(spec=str(out), name=role))
    _checked(found, room)
    return found


def _checked(found: Recording, room: Room) -> None:
    """The battery, all of it, each prompt as often as was agreed, and nothing else.

    Raises:
        CaseError: It is not.
    """
    counts: dict[str, int] = {}
    prompts = {item.id: item.prompt for item in _battery(room)}
    for item in found.items:
        name = REPEAT.sub("", item.id)
        if name not in prompts or item.prompt != prompts[name]:
            raise CaseError(
                f"prompt {item.id[:40]!r} is not of the battery that the coin drew, or in other "
                "words; a transcript of something else"
            )
        counts[name] = counts.get(name, 0) + 1
    repeat = room.session.terms.repeat
    wrong = [name for name in prompts if counts.get(name, 0) != repeat]
    if wrong:
        raise CaseError(
            f"{len(wrong)} of {len(prompts)} prompts were not asked {repeat} times, "
            f"{wrong[0]!r} among them"
        )


def _places(room: Room, role: Role) -> tuple[int, ...]:
    session = room.session
    root, terms = session.commitment(role).root, session.terms
    return drawn_places(root, session.audit(), terms.audit, terms.items)


def bound_of(room: Room, role: Role, found: Recording) -> Bound:
    """What a transcript holds, and which prompts the second coin drew to be asked again."""
    battery, places = _battery(room), _places(room, role)
    return Bound(
        role=role,
        root=room.session.commitment(role).root,
        drawn=tuple(battery[place].id for place in places),
        of=len(battery),
        used=len(battery),
        values=sum(one is not None for one in found.outputs),
        lacking=sum(one is None for one in found.outputs),
    )


def again(room: Room) -> tuple[Path, ...]:
    """Write the prompts that are to be asked again of each side's weights or service.

    Returns:
        A battery for each side.
    """
    written, battery = [], _battery(room)
    for role in SIDES:
        path = room.private / f"again-{role}.jsonl"
        if not path.exists():
            items = tuple(battery[place] for place in _places(room, role))
            about = {"id": f"{room.session.terms.battery} again", "items": len(items)}
            commit_battery(path, items, about)
        written.append(path)
    return tuple(written)


def ties(
    room: Room,
    asked: Sequence[TieAsked],
    recordings: Mapping[Role, Recording],
    controls: Sequence[Named],
) -> tuple[Tie, ...]:
    """Hold each side's transcript against answers of its weights, or of its service asked again.

    Raises:
        UsageError: Answers to other prompts than the second coin drew, or to fewer.
    """
    seed = battery_seed(room)
    others = tuple({one.digest: one for one in recordings_of(controls)}.values())  # each once
    told = []
    for one in asked:
        ours = recordings[one.role]
        theirs = only_recording(Named(spec=str(one.path), name=f"{one.role}'s {one.to}"))
        _check_again(room, one, theirs)
        told.append(
            Tie(
                role=one.role,
                to=one.to,
                digest=file_digest(one.path),
                found=(
                    ModelEquality().compare(ours, theirs, seed=seed),
                    TokenAgreement().compare(ours, theirs, others, seed=seed),
                ),
            )
        )
    return tuple(told)


def _check_again(room: Room, one: TieAsked, found: Recording) -> None:
    battery = _battery(room)
    wanted = {battery[n].id: battery[n].prompt for n in _places(room, one.role)}
    there = {REPEAT.sub("", item.id): item.prompt for item in found.items}
    further = sorted(there.keys() - wanted.keys())
    if further:  # whoever could add some would choose which
        raise UsageError(
            f"{one.path}: prompt {further[0][:40]!r} is none of the {len(wanted)} that the second "
            "coin drew to be asked again; expected these and no others"
        )
    lacking = [name for name, prompt in wanted.items() if there.get(name) != prompt]
    if lacking:
        raise UsageError(
            f"{one.path}: {len(lacking)} of the {len(wanted)} prompts that the second coin drew "
            f"to be asked again are not there, {lacking[0]!r} among them"
        )

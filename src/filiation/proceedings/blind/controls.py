"""What the tribunal compares with, kept in its folder, from which alone the result follows."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copyfile
from typing import Final

from filiation.errors import CaseError, UnreadableError, UsageError
from filiation.files import put
from filiation.model.blind import ROLES, SIDES, Material, Tied
from filiation.proceedings.blind.answers import TieAsked
from filiation.proceedings.blind.folder import Room
from filiation.proceedings.blind.sets import check_number
from filiation.proceedings.blind.weights import method_of
from filiation.proceedings.naming import Named
from filiation.proceedings.progress import Step
from filiation.proceedings.recordings import only_recording
from filiation.proceedings.sketching import called
from filiation.readers.answers.kept import kept_bytes
from filiation.readers.bytes.parsing import read_object
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sketching.sketch import take_sketch

__all__ = ["controls_of", "keep_controls", "keep_ties", "tie_named", "ties_of"]

NAMES: Final = "names.json"
LONGEST_LIST: Final = 1 << 20  # bytes of the list of names
LONGEST: Final = 255  # characters of a name, as of a file's
ENDING: Final[dict[Material, str]] = {
    "weights": ".sketch",
    "answers": ".jsonl.gz",
    "set": ".txt",
}
WHAT: Final[tuple[Tied, ...]] = ("weights", "service")


def keep_controls(room: Room, controls: Sequence[Named], step: Step) -> None:
    """Keep what the numbers follow from of each control.

    Raises:
        UsageError: Two of one name, or one called as a party.
    """
    names, material = [called(control) for control in controls], room.session.terms.material
    _check_names(names)
    if material == "set":
        _check_files(controls)
        check_number(room.session.terms, dict(zip(names, (c.path for c in controls), strict=True)))
    folder = room.path / "controls"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    named: dict[str, str] = {}
    for number, (name, control) in enumerate(zip(names, controls, strict=True)):
        step(f"reading {name}")
        target = folder / f"{number:03}{ENDING[material]}"
        named[target.name] = name
        if material == "weights":
            take_sketch(open_exhibited(control.path), target, method=method_of(room))
        elif material == "set":
            copyfile(control.path, target)
        else:
            put(target, kept_bytes((only_recording(control),)))
    put(folder / NAMES, json.dumps(named).encode())


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if not (0 < len(name) <= LONGEST and name.isprintable()):
            raise UsageError(
                f"--control: {name[:40]!a}: expected a name of 1 to {LONGEST} printable characters "
                "(NAME=PATH)"
            )
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UsageError(
            f"--control: {twice[0]!r} twice; expected each control once, under a name of its own "
            "(NAME=PATH)"
        )
    sides = sorted(set(names) & set(ROLES))
    if sides:
        raise UsageError(
            f"--control: one is called {sides[0]!r}, as a party of the session is; give it another "
            "name (NAME=PATH)"
        )


def _check_files(controls: Sequence[Named]) -> None:
    """A set is a file.

    Raises:
        UsageError: One is none.
    """
    for control in controls:
        if not control.path.is_file():
            raise UsageError(f"--control {control.spec}: expected a file, one element in each line")


def controls_of(room: Room) -> Iterator[Named]:
    """The controls that were kept, in their order.

    Raises:
        CaseError: The list of their names is none, or of other files.
    """
    folder = room.path / "controls"
    try:
        names = read_object(folder / NAMES, limit=LONGEST_LIST)
    except UnreadableError as error:
        raise CaseError(f"controls/{NAMES}: no list of the names of controls: {error}") from error
    there = sorted(path.name for path in folder.iterdir() if path.name != NAMES)
    if sorted(names) != there or not all(isinstance(name, str) for name in names.values()):
        raise CaseError(
            f"controls/{NAMES}: expected a name of each of the {len(there)} controls beside it, "
            "found something else"
        )
    try:
        _check_names(list(names.values()))
    except UsageError as error:
        raise CaseError(f"controls/{NAMES}: {error}") from error
    for file in there:
        yield Named(spec=str(folder / file), name=names[file])


def tie_named(given: str) -> TieAsked:
    """Read SIDE:WHAT=FILE.

    Raises:
        UsageError: Neither side, neither thing, or no such file.
    """
    to, equals, path = given.partition("=")
    for role in SIDES:
        for what in WHAT:
            if equals and to == f"{role}:{what}":
                if not Path(path).is_file():
                    raise UsageError(f"--tie {given}: {path}: there is no such file")
                return TieAsked(role=role, to=what, path=Path(path))
    raise UsageError(
        f"--tie {given}: expected SIDE:WHAT=FILE, with claimant or respondent, and weights or "
        "service"
    )


def keep_ties(room: Room, asked: Sequence[TieAsked]) -> None:
    """Keep the answers that a side's are held against.

    Raises:
        UsageError: Not of answers, or two of one kind for one side.
    """
    folder = room.path / "ties"
    shutil.rmtree(folder, ignore_errors=True)
    if not asked:
        return
    if room.session.terms.material != "answers":
        raise UsageError("--tie: ties answers to what gave them; this session compares no answers")
    if len({(one.role, one.to) for one in asked}) < len(asked):
        raise UsageError("--tie: two for one side and one thing, expected one of each")
    folder.mkdir()
    for one in asked:
        recording = only_recording(Named(spec=str(one.path)))
        put(folder / f"{one.role}-{one.to}.jsonl.gz", kept_bytes((recording,)))


def ties_of(room: Room) -> Iterator[TieAsked]:
    """The answers that were kept to hold a side's against."""
    for role in SIDES:
        for to in WHAT:
            path = room.path / "ties" / f"{role}-{to}.jsonl.gz"
            if path.exists():
                yield TieAsked(role=role, to=to, path=path)

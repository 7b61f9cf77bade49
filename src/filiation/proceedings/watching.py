"""Beside a training: each checkpoint is sketched and sealed as it appears, once it is whole.

Nothing but files is looked at. What is there when the watch is killed is there when it goes on: a
checkpoint counts as kept once the file that says so lies beside its sketch, and that one is written
last.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, final

from filiation.casefile.stamp import material_message, request_stamp
from filiation.errors import ExhibitError, UnreadableError, UsageError
from filiation.files import handed_over, put
from filiation.proceedings.bounded import folder_made
from filiation.proceedings.naming import Named
from filiation.proceedings.sealing import SECRET, seal
from filiation.proceedings.sketching import sketch
from filiation.readers.bytes.parsing import read_object
from filiation.readers.trainings.manifest import Listed, appearing

__all__ = ["LIST", "Seen", "watch_history"]

LIST: Final = "manifest.json"
LONGEST: Final = 1 << 24
PATIENT: Final = 19  # of the scheduler: whatever trains goes first


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of one checkpoint.

    Attributes:
        name: As it lies in the folder.
        step: Of the training.
        seal: Digest (hex) of its seal; empty if it could not be read.
        told: Why it could not, or that it changed after it was sealed.
    """

    name: str
    step: int
    seal: str = ""
    told: str = ""


def watch_history(
    folder: Path,
    out: Path,
    *,
    every: float = 5.0,
    idle: float | None = None,
    once: bool = False,
    requests: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Seen]:
    """Sketch and seal what appears, until nothing has moved for so long.

    Args:
        folder: Where the training writes its checkpoints; it need not be there yet.
        out: Where sketches, seals, their secrets and the list of them go.
        every: Seconds between two looks. A checkpoint is whole when two looks in a row find the
            same files, and reading it finds no damage.
        idle: Seconds without a change in the folder after which the watch ends; None: never.
        once: Look twice, keep what is whole, and end.
        requests: Whether a time-stamp request is written for each.
        sleep: Waits.

    Raises:
        UsageError: `out` lies in the folder that is watched, or cannot be made; or that folder was
            not there when the watch ended.
    """
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{out}: lies in {folder}, which is watched; expected a folder beside it")
    folder_made(out)
    os.nice(max(0, PATIENT - os.nice(0)))
    yield from _looks(folder, out, every, idle, once=once, requests=requests, sleep=sleep)
    if not folder.is_dir():
        raise UsageError(f"{folder}: never came, expected where a training writes its checkpoints")


def _looks(
    folder: Path, out: Path, every: float, idle: float | None, *, once: bool, requests: bool,
    sleep: Callable[[float], None],
) -> Iterator[Seen]:  # fmt: skip
    before: dict[str, bytes] = {}
    refused: dict[str, bytes] = {}
    quiet, looks = 0.0, 0
    while True:
        now = _looked(folder)
        found = list(_whole(now, before, refused, out, requests=requests))
        refused |= {seen.name: now[seen.name][1] for seen in found if seen.told}
        yield from found
        states = {name: state for name, (_, state) in now.items()}
        looks, quiet = looks + 1, 0.0 if found or states != before else quiet + every
        before = states
        if (once and looks == 2) or (idle is not None and quiet >= idle):
            return
        sleep(every)


def _whole(
    now: Mapping[str, tuple[Listed, bytes]], before: Mapping[str, bytes],
    refused: Mapping[str, bytes], out: Path, *, requests: bool,
) -> Iterator[Seen]:  # fmt: skip
    """What two looks found the same, and was not refused as it is."""
    for name, (one, state) in now.items():
        if state and before.get(name) == state and refused.get(name) != state:
            yield from _kept(one, state, out, requests=requests)


def _looked(folder: Path) -> dict[str, tuple[Listed, bytes]]:
    return {one.at: (one, _state(folder / one.at)) for one in appearing(folder)}


def _kept(one: Listed, state: bytes, out: Path, *, requests: bool) -> Iterator[Seen]:
    """Keep it if it is not kept; tell of a change since. Nothing if there is nothing to tell."""
    path, stem = one.folder / one.at, f"step-{one.step}"
    file, sealed, beside = (out / f"{stem}{end}" for end in (".sketch", ".seal", ".json"))
    if beside.exists():
        if read_object(beside, limit=LONGEST).get("state") != json.loads(state):
            yield Seen(name=one.at, step=one.step, told="changed")
        return
    for left in (file, sealed, sealed.with_name(sealed.name + SECRET)):
        left.unlink(missing_ok=True)  # of a watch that was killed
    try:
        made = seal(path, sealed, label=one.at[:100])
        kept = sketch(Named(spec=str(path)), file, workers=1)
    except (ExhibitError, UsageError, OSError) as error:
        yield Seen(name=one.at, step=one.step, told=str(error))
        return
    if _state(path) != state:
        return  # it is being written still; the next look takes it anew
    if requests:
        put(out / f"{stem}.tsq", request_stamp(material_message(kept.sketch.subject_digest)))
    row = {"at": file.name, "step": one.step, "date": datetime.now(UTC).date().isoformat(),
           "seal": made.digest}  # fmt: skip
    put(beside, json.dumps({"row": row, "state": json.loads(state)}).encode())
    _listed(out)
    yield Seen(name=one.at, step=one.step, seal=made.digest)


def _listed(out: Path) -> None:
    """The manifest that `filiation history take` reads, of all that is kept."""
    rows = [_row(path) for path in out.glob("step-*.json") if path.with_suffix(".sketch").exists()]
    rows.sort(key=lambda row: int(row["step"]))
    put(out / LIST, (json.dumps({"checkpoint": rows}, indent=1) + "\n").encode())


def _row(path: Path) -> dict[str, Any]:
    """The row of the manifest that is kept beside a sketch.

    Raises:
        UnreadableError: It was altered.
    """
    row = read_object(path, limit=LONGEST).get("row")
    if not isinstance(row, dict) or type(row.get("step")) is not int:
        raise UnreadableError(
            f"{path}: no row with a step, expected what a watch keeps beside a sketch; the file "
            "was altered"
        )
    return row


def _state(path: Path) -> bytes:
    """Which files these are, as the system tells them apart; empty while they cannot be read."""
    try:
        files = handed_over(path, follow=False).files
    except (ExhibitError, UsageError, OSError):
        return b""
    return json.dumps([[name, *found.state] for name, found in files.items()]).encode()

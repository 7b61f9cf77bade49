"""The transcript while it is written: appended, flushed to disk, continued after a kill.

Created whole (header and questions) under its name or not at all; afterwards only appended to.
What a kill can leave behind is one torn last line, which is cut off, and kept, on resuming.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Any, Final, final

from filiation import __version__
from filiation.errors import CaseError, FiliationError, UsageError
from filiation.interrogate.attempt import now
from filiation.interrogate.battery_file import Battery
from filiation.interrogate.budget import Tokens
from filiation.model.ending import Ending
from filiation.readers.answers.transcript import (
    GENESIS,
    SCHEMA,
    Lines,
    Reply,
    answered,
    pack,
    seal,
)
from filiation.readers.answers.transcript import (
    field as of_line,
)

__all__ = ["Past", "TranscriptWriter", "header_of", "open_transcript"]

AskedKey = tuple[str, int]  # item id and repeat, from 1

# What must be the same for a transcript to be continued, and the words for it.
_SAME: Final = {
    "model": "model",
    "url": "address",
    "dialect": "dialect",
    "api_version": "API version",
    "battery": "battery",
    "repeat": "number of repeats",
    "parameters": "parameters",
    "seed": "seed",
    "files": "files",  # of a local model
}
_KEPT_OF_TORN: Final = 1 << 16  # bytes


@final
@dataclass(slots=True, kw_only=True)
class Past:
    """What a transcript already holds.

    Attributes:
        answers: Reply per question, None where it came under another model name.
        rejected: Questions that the server rejected for good; not asked again, unless none was
            ever answered: then it may be the form of all of them that was rejected.
        model: The name under which the first answer came.
        refused: Parameters that the server refused.
        spent: Tokens, as reported or, where nothing was reported, at most.
        open: Requests that left and whose end was not recorded, with their bound.
        changed: Answers under another model name.
        attempts: Requests that were recorded.
        ended: The last line is the end of a run that left nothing to ask.
    """

    answers: dict[AskedKey, Reply | None] = field(default_factory=dict)
    rejected: set[AskedKey] = field(default_factory=set)
    model: str | None = None
    refused: dict[str, str] = field(default_factory=dict)
    spent: Tokens = field(default_factory=Tokens)
    open: dict[AskedKey, Tokens] = field(default_factory=dict)
    changed: int = 0
    attempts: int = 0
    ended: bool = False

    @property
    def settled(self) -> int:
        """Questions that need not be put again."""
        return len(self.answers) + len(self.rejected)

    def ends(self, *endings: Ending) -> int:
        """How many answers under the model's own name ended so."""
        return sum(reply is not None and reply.ending in endings for reply in self.answers.values())


@final
class TranscriptWriter:
    """A transcript that is being written, by this process alone."""

    def __init__(self, file: FileIO, digest: str) -> None:
        self._file = file
        self.digest = digest

    def append(self, kind: str, fields: Mapping[str, Any], *, flush: bool = True) -> None:
        """Write a line; `flush`: it is on the disk before anything else happens.

        Raises:
            FiliationError: The disk is full or gone. Nothing can be written after that.
        """
        line, digest = seal({"kind": kind, **fields}, self.digest)
        left = memoryview(line)
        try:
            while left:
                left = left[self._file.write(left) :]
            if flush:
                os.fsync(self._file.fileno())
        except OSError as error:
            self._file.close()
            raise FiliationError(
                f"{self._file.name}: cannot be written: {error.strerror}; what was recorded "
                "before is kept, run the same command again"
            ) from error
        self.digest = digest

    def event(self, name: str, **fields: Any) -> None:
        """Write down that something happened."""
        self.append("event", {"event": name, "time": now(), **fields})

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def header_of(
    identity: Mapping[str, Any],
    battery: Battery,
    *,
    repeat: int,
    parameters: Mapping[str, Any],
    seed: int,
) -> dict[str, Any]:
    """The first line. The battery is committed by it: digest and date, before any question."""
    return {
        "schema_version": SCHEMA,
        "tool": f"filiation {__version__}",
        "time": now(),
        **identity,
        "battery": {
            "id": battery.id,
            "sha256": battery.digest,
            "items": len(battery.items),
            "committed": battery.about.get("committed", now()),
        },
        "repeat": repeat,
        "parameters": dict(parameters),
        "seed": seed,
    }


def open_transcript(
    path: Path, header: Mapping[str, Any], battery: Battery
) -> tuple[TranscriptWriter, Past]:
    """Begin a transcript, or continue the one that is there.

    Raises:
        CaseError: It records another model, battery, or other parameters.
        AlteredError: Its chain of digests does not hold.
        UsageError: It cannot be written, or another process writes it.
    """
    try:
        if not path.exists():
            _create(path, header, battery)
        file = FileIO(path, "r+b")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        _lock(file, path)
        lines = Lines(path)
        past = _replay(lines, header)
        file.truncate(lines.size)
        file.seek(lines.size)
    except BaseException:
        file.close()
        raise
    transcript = TranscriptWriter(file, lines.digest)
    if not past.ended and (past.attempts or past.open or lines.torn):
        _resumed(transcript, past, lines.torn)
    return transcript, past


def _create(path: Path, header: Mapping[str, Any], battery: Battery) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with FileIO(partial, "wb") as file:
            transcript = TranscriptWriter(file, GENESIS)
            transcript.append("header", header, flush=False)
            for item in battery.items:
                fields = {
                    "id": item.id,
                    "prompt": item.prompt or "",
                    "category": item.category,
                    "key": item.key,
                    "options": item.options,
                    "normaliser": item.normaliser,
                }
                transcript.append("item", fields, flush=False)
            os.fsync(file.fileno())
        _name(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, path: Path) -> None:
    """A link, unlike a rename, never goes over what another process just made."""
    try:
        os.link(partial, path)
    except FileExistsError as error:
        raise UsageError(f"{path}: another process just began it; wait for its end") from error
    except OSError:  # a file system without links
        partial.replace(path)


def _lock(file: FileIO, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not a Unix: nothing guards against two processes on one transcript
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UsageError(f"{path}: another process is writing it; wait for its end") from error


def _replay(lines: Lines, header: Mapping[str, Any]) -> Past:
    past, dialect = Past(), str(header["dialect"])
    for entry in lines:
        where = f"{lines.path}, line {lines.count}"
        past.ended = entry["kind"] == "end" and entry.get("complete") is True
        if entry["kind"] == "header":
            _check_same(entry, header, lines.path)
        elif entry["kind"] == "asking":
            past.open[_asked_key(entry, where)] = _tokens(entry, where)
        elif entry["kind"] == "exchange":
            _replay_exchange(past, entry, dialect, where)
        elif entry["kind"] == "event" and entry.get("event") == "parameter-refused":
            past.refused[of_line(entry, "parameter", str, where)] = str(entry.get("instead") or "")
        elif entry["kind"] == "event" and entry.get("event") == "failed":
            if entry.get("for_good") is True:
                past.rejected.add(_asked_key(entry, where))
        elif entry["kind"] == "event" and entry.get("event") == "resumed":
            past.spent = sum(past.open.values(), past.spent)
            past.open.clear()
    if not past.answers:
        past.rejected.clear()
    return past


def _replay_exchange(past: Past, entry: Mapping[str, Any], dialect: str, where: str) -> None:
    question = _asked_key(entry, where)
    past.open.pop(question, None)
    past.attempts += 1
    past.spent += _tokens(entry, where)
    answer = answered(entry, dialect, where)
    if answer is None:
        return
    if answer.body:  # else a filter answered, which has no model's name
        past.model = answer.reply.model if past.model is None else past.model
    same = not answer.body or answer.reply.model == past.model
    past.answers[question] = answer.reply if same else None
    past.changed += not same


def _asked_key(entry: Mapping[str, Any], where: str) -> AskedKey:
    return of_line(entry, "item", str, where), of_line(entry, "repeat", int, where)


def _tokens(entry: Mapping[str, Any], where: str) -> Tokens:
    found = of_line(entry, "tokens", dict, where)
    return Tokens(read=of_line(found, "in", int, where), written=of_line(found, "out", int, where))


def _check_same(recorded: Mapping[str, Any], wanted: Mapping[str, Any], path: Path) -> None:
    for name, words in _SAME.items():
        before, now_asked = recorded.get(name), wanted.get(name)
        if name == "battery" and isinstance(before, dict) and isinstance(now_asked, dict):
            before, now_asked = _committed(before), _committed(now_asked)
        if before != now_asked:
            raise CaseError(
                f"{path}: recorded with the {words} {_short(before)}, now asked for "
                f"{_short(now_asked)}; a transcript holds one run, choose another name"
            )


def _committed(battery: Mapping[str, Any]) -> str:
    return f"{battery.get('items')} questions of sha256 {str(battery.get('sha256'))[:16]}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _resumed(transcript: TranscriptWriter, past: Past, torn: bytes) -> None:
    if torn:
        transcript.event("torn-line", bytes=len(torn), content=pack(torn[:_KEPT_OF_TORN]))
    for item, repeat in past.open:
        transcript.event("end-unknown", item=item, repeat=repeat)
    transcript.event("resumed", tool=f"filiation {__version__}", answered=len(past.answers))
    past.spent = sum(past.open.values(), past.spent)
    past.open.clear()

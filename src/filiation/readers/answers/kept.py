"""The copy of recordings that a case keeps: all of them in one file, every item once.

{"filiation.recordings": 1, "items": [[id, prompt, category, key, options, normaliser], ..]}
{"model": "m", "items": [0, 1, ..], "outputs": ["..", null, ..], "notes": [..],
 "logprobs": [[[token, logprob, [[token, logprob], ..]], ..], ..],
 "asked": [battery, committed, first], "endings": ["", "cut", ..]}   the last three may be missing

Compressed with gzip, without a time stamp: the same recordings give the same bytes.
"""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from sys import intern
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending
from filiation.model.recording import BatteryAsked, Item, Recording
from filiation.model.tokens import TokenLogprob

__all__ = ["kept_bytes", "read_kept"]

KEY: Final = "filiation.recordings"
SCHEMA: Final = 1
LARGEST: Final = 4 << 30  # bytes, decompressed
DAMAGE: Final = (
    *(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, IndexError, StopIteration),
)


def kept_bytes(recordings: Sequence[Recording]) -> bytes:
    """All recordings of a case as one compressed file."""
    places: dict[Item, int] = {}
    for recording in recordings:
        for item in recording.items:
            places.setdefault(item, len(places))
    rows = [[i.id, i.prompt, i.category, i.key, i.options, i.normaliser] for i in places]
    lines = [_line({KEY: SCHEMA, "items": rows})]
    lines += [
        _line(
            {
                "model": recording.name,
                "items": [places[item] for item in recording.items],
                "outputs": recording.outputs,
                "notes": recording.notes,
                **_kept_tokens(recording),
                **_kept_asked(recording),
                **({"endings": recording.endings} if recording.endings else {}),
            }
        )
        for recording in recordings
    ]
    return gzip.compress(b"".join(lines), compresslevel=6, mtime=0)


def read_kept(path: Path) -> tuple[Recording, ...]:
    """Read a recording that was kept by `kept_bytes`.

    Raises:
        UnreadableError: Not such a file, of another schema, or contradicting itself.
    """
    try:
        lines = _lines(path)
        head = json.loads(next(lines))
        if head[KEY] != SCHEMA:
            raise UnreadableError(f"{path.name}: schema {head[KEY]}, expected {SCHEMA}")
        items = [_item(row) for row in head["items"]]
        return tuple(_recording(json.loads(line), items) for line in lines)
    except DAMAGE as error:
        raise UnreadableError(
            f"{path.name}: {type(error).__name__} {error}, expected the recordings of a case; "
            "the file was changed"
        ) from error


def _lines(path: Path) -> Iterator[bytes]:
    room = LARGEST
    with gzip.open(path, "rb") as file:
        while line := file.readline(room):
            room -= len(line)
            if room <= 0:
                raise UnreadableError(f"{path.name}: more than {LARGEST} bytes; refused")
            yield line


def _recording(found: dict[str, Any], items: Sequence[Item]) -> Recording:
    return Recording(
        name=str(found["model"]),
        items=tuple(items[int(place)] for place in found["items"]),
        outputs=tuple(None if output is None else str(output) for output in found["outputs"]),
        notes=tuple(str(note) for note in found["notes"]),
        logprobs=tuple(tuple(map(_token, rows)) for rows in found.get("logprobs", ())),
        asked=_asked(found.get("asked")),
        endings=tuple(Ending(word) for word in found.get("endings", ())),
    )


def _kept_tokens(recording: Recording) -> dict[str, Any]:
    """The rows of log-probabilities as they are kept; empty for a recording without."""
    if not recording.logprobs:
        return {}
    rows = [[[t.token, t.logprob, t.alternatives] for t in row] for row in recording.logprobs]
    return {"logprobs": rows}


def _kept_asked(recording: Recording) -> dict[str, Any]:
    """The battery that was asked; empty for a recording that names none."""
    asked = recording.asked
    return {} if asked is None else {"asked": [asked.battery, asked.committed, asked.first]}


def _asked(row: Sequence[Any] | None) -> BatteryAsked | None:
    if row is None:
        return None
    battery, committed, first = map(str, row)
    return BatteryAsked(battery=battery, committed=committed, first=first)


def _token(row: Sequence[Any]) -> TokenLogprob:
    token, logprob, others = row
    return TokenLogprob(
        token=intern(str(token)),
        logprob=float(logprob),
        alternatives=tuple((intern(str(word)), float(value)) for word, value in others),
    )


def _item(row: Sequence[Any]) -> Item:
    name, prompt, category, key, options, normaliser = row
    return Item(
        id=str(name),
        prompt=None if prompt is None else str(prompt),
        category=str(category),
        key=None if key is None else str(key),
        options=int(options),
        normaliser=str(normaliser),
    )


def _line(fields: object) -> bytes:
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"

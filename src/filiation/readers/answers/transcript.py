"""Transcripts: what `filiation ask` wrote while it asked, read back and checked line by line.

One JSON object per line. A line carries the digest of the line before it (`previous`) and ends
with its own (`sha256`: SHA-256 of every byte of the line before that field), so nothing can be
changed, dropped or moved without breaking the chain from there on. Kinds of line:

header    schema and tool version, model, address, battery and its digest, parameters asked
item      one question of the battery; all of them follow the header
asking    a request is about to leave
exchange  one request and what came back: exact bytes, headers, time, duration, outcome
event     anything else that happened: retries, refused parameters, another model name, torn lines
end       a run came to its end

Bytes are `{"text": ..}` if they are UTF-8 (the round trip is exact) and `{"base64": ..}` if not.
Keys were redacted by value before writing; `redacted` counts the places.
"""

import base64
import binascii
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import AlteredError, UnreadableError
from filiation.model.ending import Ending
from filiation.model.recording import BatteryAsked, Item, Recording
from filiation.model.tokens import TokenLogprob
from filiation.readers.answers.reply import (
    LONGEST_BODY,
    Reply,
    field,
    filtered_reply,
    first_choice,
    plain,
    read_reply,
    token_rows,
)
from filiation.readers.answers.tokens import TokenRows
from filiation.readers.answers.unpack import rows
from filiation.readers.bytes.parsing import parse_object

__all__ = [
    "GENESIS",
    "LONGEST_BODY",
    "SCHEMA",
    "Answer",
    "Lines",
    "Reply",
    "answered",
    "field",
    "filtered_reply",
    "first_choice",
    "pack",
    "plain",
    "read_reply",
    "read_transcript",
    "seal",
    "token_rows",
    "unpack",
]

SCHEMA: Final = 1
GENESIS: Final = "0" * 64  # what the first line gives as the digest of the line before it
_LONGEST_LINE: Final = 8 * LONGEST_BODY  # a control character takes six bytes in JSON
_ODD: Final = 5  # unknown words that are named
_TAIL: Final = re.compile(rb',"sha256":"([0-9a-f]{64})"\}')
_TAIL_BYTES: Final = len(',"sha256":""}') + 64


def seal(entry: Mapping[str, Any], previous: str) -> tuple[bytes, str]:
    """Return the line that holds `entry`, chained to `previous`, and its digest."""
    text = json.dumps({**entry, "previous": previous}, ensure_ascii=False, separators=(",", ":"))
    head = text.encode()[:-1]
    digest = hashlib.sha256(head).hexdigest()
    return head + f',"sha256":"{digest}"}}\n'.encode(), digest


def pack(raw: bytes) -> dict[str, str]:
    """Write bytes so that exactly the same bytes can be read again."""
    try:
        return {"text": raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}


def unpack(packed: Mapping[str, Any], where: str) -> bytes:
    """Return the bytes that `pack` wrote."""
    if isinstance(text := packed.get("text"), str):
        return text.encode("utf-8", errors="surrogatepass")
    try:
        return base64.b64decode(field(packed, "base64", str, where), validate=True)
    except binascii.Error as error:
        raise UnreadableError(f"{where}: not base64 ({error}); the file is damaged") from error


@final
class Lines:
    """The checked lines of a transcript, in order.

    After the last line, `digest` is the digest to chain to, `size` the number of bytes that hold,
    and `torn` what an interrupted write left behind them.
    """

    def __init__(self, path: Path, *, packed: bool = False) -> None:
        self.path = path
        self.packed = packed  # gzip and xz are read as well; nothing can be appended to those
        self.digest = GENESIS
        self.size = 0
        self.count = 0
        self.torn = b""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in rows(self.path, longest=_LONGEST_LINE) if self.packed else self._plain():
            if line.endswith(b"\n"):
                yield self._check(line)
            elif len(line) < _LONGEST_LINE:
                self.torn = line
                break
            else:
                raise UnreadableError(f"{self._where}: longer than {_LONGEST_LINE} bytes, damaged")
        if not self.count:
            raise UnreadableError(f"{self.path}: no complete line, expected a transcript's header")

    def _plain(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as file:
                while line := file.readline(_LONGEST_LINE):
                    yield line
        except OSError as error:
            raise UnreadableError(f"{self.path}: cannot be read: {error.strerror}") from error

    @property
    def _where(self) -> str:
        return f"{self.path}, line {self.count + 1}"

    def _check(self, line: bytes) -> dict[str, Any]:
        entry = parse_object(line, what=self._where)
        tail = _TAIL.fullmatch(line[-_TAIL_BYTES - 1 : -1])
        if tail is None:
            raise UnreadableError(
                f"{self._where}: does not end with its sha256; not a transcript of this tool"
            )
        recorded = tail[1].decode()
        found = hashlib.sha256(line[: -_TAIL_BYTES - 1]).hexdigest()
        if recorded != found:
            raise AlteredError(self._where, recorded=recorded, found=found)
        if entry.get("previous") != self.digest:
            raise AlteredError(
                f"{self._where} (the line before it)",
                recorded=str(entry.get("previous")),
                found=self.digest,
            )
        self._check_kind(entry)
        self.digest, self.size, self.count = found, self.size + len(line), self.count + 1
        return entry

    def _check_kind(self, entry: Mapping[str, Any]) -> None:
        kind = field(entry, "kind", str, self._where)
        if (kind == "header") != (self.count == 0):
            raise UnreadableError(
                f"{self._where}: found {kind!r}, expected one header and that first; "
                "not a transcript of this tool"
            )
        if kind == "header" and entry.get("schema_version") != SCHEMA:
            raise UnreadableError(
                f"{self._where}: schema version {entry.get('schema_version')!r}, expected "
                f"{SCHEMA}; written by another version of this tool"
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answered question: its id (`id#2` for a repeat), and the response, decoded.

    Where a filter in front of the model answered, the reply names no model and has no text, and
    there is no body.
    """

    item: str
    reply: Reply
    body: bytes


def answered(entry: Mapping[str, Any], dialect: str, where: str) -> Answer | None:
    """Read the answer out of a line, None if the line holds none."""
    outcome = entry.get("outcome")
    if entry["kind"] != "exchange" or outcome not in ("answered", "filtered"):
        return None
    number, item = field(entry, "repeat", int, where), field(entry, "item", str, where)
    name = item if number == 1 else f"{item}#{number}"
    if outcome == "filtered":
        return Answer(item=name, reply=filtered_reply(str(entry.get("error") or "")), body=b"")
    response = field(entry, "response", dict, where)
    headers = field(response, "headers", list, where)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in headers):
        raise UnreadableError(f"{where}: headers are no pairs; not a transcript of this tool")
    body = unpack(field(response, "body", dict, where), where)
    try:
        reply = read_reply(dialect, headers, body)
    except UnreadableError as error:
        raise UnreadableError(f"{where}: said to be answered, but {error}") from error
    return Answer(item=name, reply=reply, body=plain(headers, body))


@final
class _Reading:
    """What the lines of a transcript say, gathered line by line."""

    def __init__(self, path: Path) -> None:
        self.lines = Lines(path, packed=True)
        self.name, self.dialect, self.repeat = "", "", 1
        self.items: list[Item] = []
        self.texts: dict[str, dict[str, str]] = {}  # model name, item id, answer
        self.endings: dict[str, dict[str, Ending]] = {}  # likewise
        self.tokens: dict[str, dict[str, tuple[TokenLogprob, ...]]] = {}  # likewise
        self.filtered: set[str] = set()  # items that a filter kept from the model
        self.token_rows, self.unread = TokenRows(), 0
        self.failed: set[tuple[object, object]] = set()  # item and repeat
        self.ends: Counter[Ending] = Counter()
        self.odd: Counter[str] = Counter()  # words for an end that nobody here knows
        self.refused: list[str] = []
        self.ended = False
        self.asked: BatteryAsked | None = None
        self.first = ""
        for entry in self.lines:
            self._take(entry, f"{path}, line {self.lines.count}")

    def _take(self, entry: Mapping[str, Any], where: str) -> None:
        kind = entry["kind"]
        self.ended = kind == "end"
        if kind == "exchange" and isinstance(sent := entry.get("time"), str):
            self.first = min(self.first or sent, sent)  # answers may be written out of order
        if kind == "header":
            self.name = field(entry, "model", str, where)
            self.dialect = field(entry, "dialect", str, where)
            self.repeat = field(entry, "repeat", int, where)
            self.asked = _battery_asked(entry)
        elif kind == "item":
            self.items.append(_item(entry, where))
        elif kind == "event":
            self._take_event(entry, where)
        elif (answer := answered(entry, self.dialect, where)) is not None:
            self.failed.discard(_question(entry))
            self._take_answer(answer, where)

    def _take_event(self, entry: Mapping[str, Any], where: str) -> None:
        event = field(entry, "event", str, where)
        if event == "parameter-refused":
            self.refused.append(field(entry, "parameter", str, where))
        elif event == "failed":
            self.failed.add(_question(entry))

    def _take_answer(self, answer: Answer, where: str) -> None:
        reply = answer.reply
        self.ends[reply.ending] += 1
        if not answer.body:
            self.filtered.add(answer.item)
            return
        self.texts.setdefault(reply.model, {})[answer.item] = reply.text
        self.endings.setdefault(reply.model, {})[answer.item] = reply.ending
        if not reply.known:
            self.odd[reply.finish] += 1
        if reply.logprobs:
            self._take_tokens(answer, where)

    def _take_tokens(self, answer: Answer, where: str) -> None:
        """Log-probabilities are beside the answer: what cannot be read of them is counted."""
        rows = token_rows(first_choice(parse_object(answer.body, what=where)))
        try:
            tokens = self.token_rows.read(rows, what=where)
        except UnreadableError:
            self.unread += 1
        else:
            self.tokens.setdefault(answer.reply.model, {})[answer.item] = tokens

    def rows(self) -> list[Item]:
        numbers = range(1, min(self.repeat, 10_000) + 1)
        return [
            item if number == 1 else replace(item, id=f"{item.id}#{number}")
            for number in numbers
            for item in self.items
        ]

    def notes(self) -> tuple[str, ...]:
        sentences = (
            (len(self.lines.torn), "the last line is torn ({} bytes) and was left out"),
            (not self.ended, "the recording was interrupted and not continued"),
            (len(self.failed), "questions without an answer at recording, after all retries: {}"),
            (len(self.texts) - 1, "the server changed the model's name: {} other names"),
            (self.ends[Ending.CUT], "{} answers were cut off, most by the limit on their length"),
            (self.ends[Ending.DECLINED], "{} answers are refusals by the provider's own mark"),
            (self.ends[Ending.FILTERED], "{} questions or answers were stopped by a filter"),
            (self.ends[Ending.CALLED], "{} answers call a tool instead of answering"),
            (self.unread, "log-probabilities of {} answers could not be read"),
        )
        found = [text.format(int(count)) for count, text in sentences if count and count > 0]
        odd = sorted(self.odd)[:_ODD]
        if odd:
            words = ", ".join(ascii(word[:40]) for word in odd)
            found.append(f"ended by words of the provider that are not known here: {words}")
        if self.refused:
            found.append(f"parameters refused by the server: {', '.join(self.refused)}")
        return tuple(found)


def _battery_asked(header: Mapping[str, Any]) -> BatteryAsked | None:
    """Which battery the header commits to, and when; None if it names none."""
    battery = header.get("battery")
    if not isinstance(battery, Mapping) or not isinstance(battery.get("sha256"), str):
        return None
    return BatteryAsked(
        battery=battery["sha256"][:64],
        committed=str(battery.get("committed") or "")[:40],
        first="",
    )


def _question(entry: Mapping[str, Any]) -> tuple[object, object]:
    return entry.get("item"), entry.get("repeat")


def _item(entry: Mapping[str, Any], where: str) -> Item:
    key = entry.get("key")
    return Item(
        id=field(entry, "id", str, where),
        prompt=field(entry, "prompt", str, where),
        category=field(entry, "category", str, where),
        key=key if isinstance(key, str) else None,
        options=field(entry, "options", int, where),
        normaliser=field(entry, "normaliser", str, where),
    )


def read_transcript(path: Path) -> list[Recording]:
    """Read a transcript: one recording per model name that the server reported, the first first.

    It may be packed with gzip or xz.

    The first holds every question (repeat r of item `id` is item `id#r`), with None where that
    model gave no answer; any other holds only what was answered under its name.

    Raises:
        AlteredError: The chain of digests does not hold.
        UnreadableError: Not a transcript.
    """
    found = _Reading(path)
    rows, notes = found.rows(), found.notes()
    asked = None if found.asked is None else replace(found.asked, first=found.first[:40])
    recordings = []
    for place, (model, texts) in enumerate((found.texts or {"": {}}).items()):
        items = tuple(item for item in rows if place == 0 or item.id in texts)
        name = found.name if place == 0 else f"{found.name} (answered as {model or 'no name'})"
        endings = found.endings.get(model, {})
        if place == 0:  # a filter has no model's name; it stands before the one that was asked
            texts = dict.fromkeys(found.filtered, "") | texts
            endings = dict.fromkeys(found.filtered, Ending.FILTERED) | endings
        ends = tuple(endings.get(item.id, Ending.WHOLE) for item in items)
        tokens = found.tokens.get(model, {})
        recordings.append(
            Recording(
                name=name,
                items=items,
                outputs=tuple(texts.get(item.id) for item in items),
                notes=notes,
                logprobs=tuple(tokens.get(item.id, ()) for item in items) if tokens else (),
                asked=asked,
                endings=ends if any(ends) else (),
            )
        )
    return recordings

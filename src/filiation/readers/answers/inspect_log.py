"""Logs of Inspect AI: a `.json` document, or an `.eval` zip of one file per sample.

eval.model and eval.task name the subject and the questions; a sample has id, epoch, input, target,
choices and output.choices[0].message.content, with stop_reason beside the message. The zip holds
header.json (or _journal/start.json while a run is under way; start.json in 2024) and
samples/ID_epoch_N.json, packed with deflate or, by present versions, with zstd. Nothing is
extracted to disk. Only the first epoch is read.
"""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending, ending_of
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import (
    DOCUMENT,
    Fields,
    field,
    kind,
    parse_fields,
    read_document,
)
from filiation.readers.answers.gather import Gathering
from filiation.readers.answers.jsonl import text_or_number
from filiation.readers.answers.text import decoded
from filiation.readers.answers.unpack import ALLOWANCE, LARGEST, RATIO
from filiation.readers.answers.zstd import ZSTANDARD, read_zstd

__all__ = ["HEADERS", "is_eval_zip", "open_inspect"]

HEADERS: Final = ("header.json", "_journal/start.json", "start.json")
MOST_SAMPLES = 1_000_000
_ATTACHED: Final = "attachment://"
_DAMAGE: Final = (  # what zipfile lets through when a zip is damaged or locked
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def open_inspect(choice: Choice) -> tuple[Recording, ...]:
    """Read the first epoch of a log.

    Raises:
        UsageError: It is another model.
        UnreadableError: Damaged, or in a layout that is not read.
    """
    if zipfile.is_zipfile(choice.path):
        header, samples = _from_zip(choice.path)
    else:
        header, samples = _from_document(choice.path)
    return _gather(choice, header, samples)


def is_eval_zip(path: Path) -> bool:
    """Is this zip an Inspect log? Others are torch archives, for instance."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name in archive.NameToInfo for name in HEADERS)
    except _DAMAGE:
        return False


def _gather(
    choice: Choice, header: Fields, samples: Iterator[tuple[str, Fields]]
) -> tuple[Recording, ...]:
    what = str(choice.path)
    evaluation = field(header, "eval", dict, what=what) or {}
    model = check_name(evaluation.get("model"), what=f"{what}: eval.model")
    task = field(evaluation, "task", str, what=f"{what}: eval") or "task"
    gathering = Gathering(choice)
    later = 0
    for place, sample in samples:
        if field(sample, "epoch", int, what=place) not in (None, 1):
            later += 1
            continue
        output, ending = _output(sample, place)
        gathering.add(model, _item(sample, task, place), output, what=place, ending=ending)
    if later:
        gathering.notes.append(f"answers of further epochs, passed over: {later}")
    if header.get("status") not in (None, "success"):
        gathering.notes.append(f"the log ends with status {header['status']!r:.40}")
    return gathering.recordings()


def _from_document(path: Path) -> tuple[Fields, Iterator[tuple[str, Fields]]]:
    document = read_document(path)
    if not isinstance(document, dict):
        raise UnreadableError(f"{path}: found a JSON {kind(document)}, expected an Inspect log")
    samples = field(document, "samples", list, what=str(path)) or []

    def each() -> Iterator[tuple[str, Fields]]:
        for number, sample in enumerate(samples, 1):
            place = f"{path}: sample {number}"
            if not isinstance(sample, dict):
                raise UnreadableError(f"{place}: found a JSON {kind(sample)}, expected an object")
            yield place, sample

    return document, each()


def _from_zip(path: Path) -> tuple[Fields, Iterator[tuple[str, Fields]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            known = archive.NameToInfo
            header = next((name for name in HEADERS if name in known), None)
    except _DAMAGE as error:
        raise UnreadableError(f"{path}: {error}, expected a zip; the log is damaged") from error
    if header is None:
        raise UnreadableError(
            f"{path}: a zip without {HEADERS[0]}, expected an Inspect log; not one of its logs"
        )
    samples = [n for n in known if n.startswith("samples/") and n.endswith(".json")]
    names = [name for name in samples if name.count("/") == 1]
    if len(names) < len(samples):
        raise UnreadableError(
            f"{path}: samples in several pieces (log version 3), expected one file per sample; "
            "convert it with `inspect log convert --to json`"
        )
    if len(names) > MOST_SAMPLES:
        raise UnreadableError(f"{path}: {len(names)} samples, expected at most {MOST_SAMPLES}")
    budget = _Budget(path)
    _, first = next(budget.members([header]))
    return first, budget.members(sorted(names, key=lambda name: (len(name), name)))


class _Budget:
    """Reads members of a zip; all together may unpack to so much and no more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = min(LARGEST, max(ALLOWANCE, RATIO * path.stat().st_size))

    def members(self, names: list[str]) -> Iterator[tuple[str, Fields]]:
        """Parse them one after another; the size that the zip declares is not believed."""
        with zipfile.ZipFile(self._path) as archive:
            for name in names:
                place = f"{self._path}: {name:.120}"
                yield place, parse_fields(self._read(archive, name, place), what=place)

    def _read(self, archive: zipfile.ZipFile, name: str, place: str) -> str:
        most = min(DOCUMENT, self._left)
        try:
            if archive.getinfo(name).compress_type == ZSTANDARD:
                raw = read_zstd(archive, name, most, what=place)
            else:
                with archive.open(name) as member:
                    raw = member.read(most + 1)
        except NotImplementedError as error:
            raise UnreadableError(f"{place}: {error}, expected deflate or zstd") from error
        except _DAMAGE as error:
            raise UnreadableError(f"{place}: {error}; the log is damaged or locked") from error
        if len(raw) > most:
            raise UnreadableError(
                f"{place}: the log unpacks beyond bounds, expected answers of a model; "
                "a file that swells like this is made to exhaust memory"
            )
        self._left -= len(raw)
        return decoded(raw, what=place)


def _item(sample: Fields, task: str, what: str) -> Item:
    number = text_or_number(sample, "id", what=what)
    if not number:
        raise UnreadableError(f"{what}: a sample without an id, expected one")
    target = sample.get("target")
    if isinstance(target, list):
        target = target[0] if len(target) == 1 else None
    return Item(
        id=f"{task}/{number}",
        prompt=_asked(sample),
        category=task,
        key=target if isinstance(target, str) and target else None,
        options=len(field(sample, "choices", list, what=what) or []),
    )


def _asked(sample: Fields) -> str | None:
    """The words asked: a text, or the contents of the messages before the first answer."""
    asked = sample.get("input")
    if not isinstance(asked, list):
        return _text(asked, sample)
    parts = [_text(m.get("content"), sample) for m in asked if isinstance(m, dict)]
    return "\n\n".join(part for part in parts if part) or None


def _output(sample: Fields, what: str) -> tuple[str | None, Ending]:
    """The first completion and how it ended; None if the sample failed before there was one."""
    output = field(sample, "output", dict, what=what) or {}
    choices = field(output, "choices", list, what=what) or []
    message = choices[0].get("message") if choices and isinstance(choices[0], dict) else None
    if not isinstance(message, dict):
        return None, Ending.WHOLE
    word = choices[0].get("stop_reason")
    ending = ending_of(word) if isinstance(word, str) else Ending.WHOLE
    content = message.get("content")
    if ending is Ending.WHOLE and isinstance(content, list) and any(map(_refuses, content)):
        ending = Ending.DECLINED
    return _text(content, sample), ending


def _refuses(part: Any) -> bool:
    """Is it a text that the provider marked as a refusal?"""
    return isinstance(part, dict) and part.get("type") == "text" and part.get("refusal") is True


def _text(content: Any, sample: Fields) -> str | None:
    """Content is a text, or a list of parts of which the texts count (not reasoning, images)."""
    if isinstance(content, list):
        texts = [p.get("text") for p in content if isinstance(p, dict) and p.get("type") == "text"]
        content = "".join(text for text in texts if isinstance(text, str))
    if not isinstance(content, str):
        return None
    attached = sample.get("attachments")
    if content.startswith(_ATTACHED) and isinstance(attached, dict):
        found = attached.get(content.removeprefix(_ATTACHED))
        return found if isinstance(found, str) else content
    return content

"""What was asked, by the ids of a log that holds only answers: requests, questions, a battery.

The requests of a batch (`custom_id` with `body` or `params`), the questions of a benchmark
(`question_id` or `uid` with `turns` or `prompt`), or any JSON lines or table that names each
question and holds its words under their usual names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.readers.answers.batches import requested
from filiation.readers.answers.cells import delimiter, rows
from filiation.readers.answers.document import Fields
from filiation.readers.answers.jsonl import numbered
from filiation.readers.answers.talks import content_text
from filiation.readers.answers.text import first_line, read_lines
from filiation.readers.answers.unpack import head
from filiation.readers.answers.usual import USUAL, plain

__all__ = ["Prompt", "read_prompts"]

MOST: Final = 5_000_000
OPEN: Final = re.compile(r"\s*[\[{]")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One question: its words, and its key if the file has one."""

    words: str
    key: str | None = None


def read_prompts(path: Path) -> dict[str, Prompt]:
    """Read the questions of a file by their ids.

    Raises:
        UsageError: No such file.
        UnreadableError: Damaged, an id with two prompts, or nothing that names a question.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file, expected what was asked")
    line = first_line(path, head(path))
    read = _from_table if delimiter(line) and not OPEN.match(line) else _from_lines

    def whole(lines: Iterator[str]) -> dict[str, Prompt]:
        found: dict[str, Prompt] = {}
        for name, prompt in read(lines, str(path)):
            if found.setdefault(name, prompt).words != prompt.words:
                raise UnreadableError(
                    f"{path}: {name!r:.80} has two prompts, expected one question under one id"
                )
            if len(found) > MOST:
                raise UnreadableError(f"{path}: more than {MOST} questions; split the file")
        return found

    found = read_lines(path, whole, note=lambda text: None)
    if not found:
        raise UnreadableError(
            f"{path}: found no question, expected lines that name each and hold its words"
        )
    return found


def _from_table(lines: Iterator[str], what: str) -> Iterator[tuple[str, Prompt]]:
    found = rows(lines, what=what)
    header = next(found)[1]
    for _, row in found:
        yield from _pair(dict(zip(header, row, strict=True)))


def _from_lines(lines: Iterator[str], what: str) -> Iterator[tuple[str, Prompt]]:
    for _, fields in numbered(lines, what=what):
        many = fields.get("requests")
        for one in many if isinstance(many, list) else [fields]:
            if not isinstance(one, dict):
                continue
            if (asked := requested(one)) is not None:
                yield asked[0], Prompt(words=asked[1])
            else:
                yield from _pair(one)


def _pair(fields: Fields) -> Iterator[tuple[str, Prompt]]:
    """The question of a record, each of its turns as its own."""
    name, key = _usual(fields, "item"), _usual(fields, "key")
    turns = fields.get("turns")
    asked = turns if isinstance(turns, list) else [_usual(fields, "prompt")]
    for number, turn in enumerate(asked, 1):
        words = content_text(turn)
        if name not in (None, "") and words:
            called = str(name) if number == 1 else f"{name}/{number}"
            said = key if isinstance(key, str) and key and number == 1 else None
            yield called, Prompt(words=words, key=said)


def _usual(fields: Fields, role: str) -> Any:
    named = {plain(name): name for name in fields}
    return next((fields[named[name]] for name in USUAL[role] if name in named), None)

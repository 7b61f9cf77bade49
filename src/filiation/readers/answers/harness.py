"""samples_TASK_DATE.jsonl of lm-evaluation-harness (0.4 and later, `--log_samples`).

One line per document: doc_id, doc, target, arguments, resps, filtered_resps; several filters give
several lines. The model is not named inside: results_DATE.json beside it says, else the folder.
A generated answer is what the task's own filter left of it (filtered_resps), as the harness graded
it: of several filters the one that extracts most freely, `[invalid]` for no answer; with
`--column answer=resps` the raw text. Log-likelihoods of choices become the letter of the likeliest,
and the target, their index, the key.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import Fields, read_document
from filiation.readers.answers.gather import Gathering
from filiation.readers.answers.jsonl import numbered, text_or_number
from filiation.readers.answers.text import read_lines

__all__ = ["open_harness"]

_FILE: Final = re.compile(r"samples_(?P<task>.+?)_(?P<date>\d{4}-\d\d-\d\dT[\d.-]+)\.jsonl")
FREEST: Final = ("flexible-extract", "flexible-match", "remove_whitespace")  # filters, by name
INVALID: Final = frozenset(("[invalid]", ""))  # what its regular expressions write for no match
RAW: Final = "resps"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def open_harness(choice: Choice) -> tuple[Recording, ...]:
    """Read the samples of one model on one task.

    Raises:
        UsageError: It is another model.
        UnreadableError: A line is damaged or has no response.
    """
    named = _FILE.search(choice.path.name)
    task = named["task"] if named else choice.path.name.partition(".")[0]
    model = _model(choice.path, named["date"] if named else None)
    notes: list[str] = []

    raw = dict(choice.columns).get("answer") == RAW

    def read(lines: Iterator[str]) -> Gathering:
        gathering = Gathering(choice)
        found: dict[str, list[tuple[Item, str | None, str]]] = {}
        for what, fields in numbered(lines, what=str(choice.path)):
            item, output = _sample(fields, task, what, raw=raw)
            found.setdefault(str(fields.get("filter", "")), []).append((item, output, what))
        chosen = next((name for name in FREEST if name in found), next(iter(found), ""))
        for item, output, what in found.pop(chosen, []):
            gathering.add(model, item, output, what=what)
        if chosen not in ("", "none") and not raw:
            gathering.notes.append(f"answers as the harness's filter {chosen!r:.60} left them")
        if found:
            gathering.notes.append(
                f"further filters of the same responses, passed over: {len(found)}"
            )
        return gathering

    gathering = read_lines(choice.path, read, note=notes.append)
    gathering.notes += notes
    return gathering.recordings()


def _model(path: Path, date: str | None) -> str:
    """Who answered, as results_DATE.json says, else as the folder or the file is called."""
    results = path.with_name(f"results_{date}.json")
    if date is not None and results.is_file():
        found = read_document(results)
        name = found.get("model_name") if isinstance(found, dict) else None
        if isinstance(name, str) and name:
            return check_name(name, what=str(results))
    folder = path.resolve().parent.name
    return check_name(folder.replace("__", "/", 1) or path.stem, what=str(path))


def _sample(fields: Fields, task: str, what: str, *, raw: bool) -> tuple[Item, str | None]:
    number = text_or_number(fields, "doc_id", what=what)
    if number is None:
        raise UnreadableError(f"{what}: no doc_id, expected a sample of lm-evaluation-harness")
    output, options = _answer(fields, what)
    if not options and not raw and (filtered := _filtered(fields)) is not None:
        output = None if filtered in INVALID else filtered
    target = fields.get("target")
    key = target if isinstance(target, str) else None if target is None else str(target)
    if options and key is not None and key.isdecimal() and key.isascii() and len(key) < 3:
        key = _LETTERS[int(key)] if int(key) < options else None
    item = Item(
        id=f"{task}/{number}",
        prompt=_prompt(fields.get("arguments")),
        category=task,
        key=key,
        options=options,
    )
    return item, output


def _answer(fields: Fields, what: str) -> tuple[str | None, int]:
    """What the model said, and among how many options it chose; 0 for a generated text."""
    raw = fields.get("resps")
    if raw is None:
        raw = fields.get("filtered_resps")
    if not isinstance(raw, list):
        raise UnreadableError(
            f"{what}: no list of resps or filtered_resps, expected what the model said"
        )
    pairs = [_unwrapped(one) for one in raw]
    likelihoods = [_likelihood(pair) for pair in pairs]
    if 2 <= len(pairs) <= len(_LETTERS) and None not in likelihoods:
        known = [one for one in likelihoods if one is not None]
        return _LETTERS[known.index(max(known))], len(known)
    while isinstance(raw, list) and raw:
        raw = raw[0]
    if isinstance(raw, list) or _likelihood(pairs[0]) is not None:
        return None, 0
    return (raw if isinstance(raw, str) else None), 0


def _filtered(fields: Fields) -> str | None:
    """The first answer that the filter left, or None if it left no text."""
    found = fields.get("filtered_resps")
    while isinstance(found, list) and found:
        found = found[0]
    return found if isinstance(found, str) else None


def _unwrapped(value: Any) -> Any:
    """In resps a pair stands one list deeper than in filtered_resps."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        return value[0]
    return value


def _likelihood(pair: Any) -> float | None:
    """The number in [log-likelihood, is greedy], written as text or not."""
    if not isinstance(pair, list) or len(pair) != 2 or str(pair[1]) not in ("True", "False"):
        return None
    try:
        found = float(pair[0])
    except (TypeError, ValueError):
        return None
    return found if found <= 0 else None


def _prompt(arguments: Any) -> str | None:
    """The words asked: gen_args_0.arg_0, or the first argument of the first request."""
    first: Any = arguments
    for key in ("gen_args_0", "arg_0"):
        if isinstance(first, dict):
            first = first.get(key)
        elif isinstance(first, list) and first:
            first = first[0]
    while isinstance(first, list) and len(first) == 1:
        first = first[0]
    return first if isinstance(first, str) else None

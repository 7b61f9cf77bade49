"""samples_TASK_DATE.jsonl of lm-evaluation-harness (0.4 and later, `--log_samples`).

One line per document: doc_id, doc, target, arguments, resps, filtered_resps; several filters give
several lines. The model is not named inside: results_DATE.json beside it says, else the folder.
A generated answer is what the task's own filter left of it (filtered_resps), as the harness graded
it: of several filters the one that extracts most freely, `[invalid]` for no answer; with
`--column answer=resps` the raw text. Log-likelihoods of choices become the letter of the likeliest,
and the target, their index, the key.
"""

import ast
import json
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
from filiation.readers.answers.talks import content_text
from filiation.readers.answers.text import read_lines

__all__ = ["open_harness"]

_FILE: Final = re.compile(r"samples_(?P<task>.+?)_(?P<date>\d{4}-\d\d-\d\dT[\d.-]+)\.jsonl")
FREEST: Final = ("flexible-extract", "flexible-match", "remove_whitespace")  # filters, by name
INVALID: Final = frozenset(("[invalid]", ""))  # what its regular expressions write for no match
RAW: Final = "resps"
LONGEST_LIST: Final = 1 << 16  # characters of a target that is read as a list
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
    key = _key(fields.get("target"), _asked(fields.get("arguments")), options)
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
    asked = _asked(fields.get("arguments"))
    if len(asked) == len(raw) and any(context for context, _ in asked):
        # of acc_mutual_info: the options once more, after nothing, which is no answer
        raw = [one for one, (context, _) in zip(raw, asked, strict=True) if context != ""]
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


def _key(target: Any, asked: list[tuple[str, str]], options: int) -> str | None:
    """The right answer: of options the letter of its index or its words, else the target's words.

    Several right answers, which a task may have, are no key.
    """
    key = target if isinstance(target, str) else None if target is None else str(target)
    if key is not None and (several := _several(key, options)):
        key = several[0] if len(several) == 1 else None
    if not options or key is None:
        return key
    if key.isdecimal() and key.isascii() and len(key) < 3:  # digits are an index, also of digits
        return _LETTERS[int(key)] if int(key) < options else None
    words = [words.strip() for _, words in asked[:options]]
    if words.count(key.strip()) == 1:
        return _LETTERS[words.index(key.strip())]
    return key if key.strip() in _LETTERS[:options] else None


def _several(key: str, options: int) -> list[str]:
    """The right answers of a target that lists them, as Python writes a list; empty for another.

    Of options it lists indices; numbers alone may be the value that a program returns.
    """
    if not key.startswith("[") or len(key) > LONGEST_LIST:
        return []
    try:
        found = ast.literal_eval(key)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    texts = isinstance(found, list) and all(isinstance(one, str) for one in found)
    numbers = options and isinstance(found, list) and all(type(one) is int for one in found)
    return [str(one) for one in found] if found and (texts or numbers) else []


def _asked(arguments: Any) -> list[tuple[str, str]]:
    """Context and continuation of every request; empty where that is not what was asked."""
    found = list(arguments.values()) if isinstance(arguments, dict) else arguments
    pairs: list[tuple[str, str]] = []
    for one in found if isinstance(found, list) else []:
        pair = [one.get("arg_0"), one.get("arg_1")] if isinstance(one, dict) else one
        if not isinstance(pair, list) or len(pair) != 2:
            return []
        context, words = pair
        if not isinstance(context, str) or not isinstance(words, str):
            return []
        pairs.append((context, words))
    return pairs


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
    return _spoken(first) if isinstance(first, str) else None


def _spoken(prompt: str) -> str:
    """The words of a chat, which the harness writes as JSON; another prompt as it is."""
    if not prompt.startswith("[{"):
        return prompt
    try:
        talk = json.loads(prompt)
    except (ValueError, RecursionError):
        return prompt
    if not all(isinstance(one, dict) and "role" in one for one in talk):
        return prompt
    return "\n\n".join(filter(None, (content_text(one.get("content")) for one in talk))) or prompt

"""Answers as JSON lines, in two layouts.

{"model": "m", "item": "1", "prompt": "..", "output": "..", "key": "..", "category": "..",
 "options": 4, "normaliser": "letter/2",       one answer per line; what follows the output may
 "finish_reason": "length",                    be missing; the provider's word for the end of it
 "logprobs": [{"token": "..", "logprob": -0.1, "top_logprobs": [..]}]}
{"prompts": ["..", ".."]}                      the first line, and then one model per line:
{"model": "m", "outputs": ["..", null]}
"""

from collections.abc import Iterator

from filiation.errors import UnreadableError
from filiation.model.ending import ending_of
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import Fields, field, kind, parse_fields
from filiation.readers.answers.gather import Gathering, prompt_ids
from filiation.readers.answers.text import read_lines
from filiation.readers.answers.tokens import TokenRows

__all__ = ["numbered", "open_answers", "open_prompts", "text_or_number"]

MOST_OPTIONS = 10_000
MOST_PROMPTS = 1_000_000


def open_answers(choice: Choice) -> tuple[Recording, ...]:
    """Read one answer per line.

    Raises:
        UsageError: No such model.
        UnreadableError: A line is damaged, or contradicts an earlier one.
    """
    notes: list[str] = []

    def read(lines: Iterator[str]) -> Gathering:
        gathering, rows = Gathering(choice), TokenRows()
        models: set[str] = set()
        items: dict[str, tuple[Fields, Item]] = {}
        for what, fields in numbered(lines, what=str(choice.path)):
            model, output = fields.pop("model", None), _output(fields, what)
            said = field(fields, "logprobs", list, what=what) or ()
            fields.pop("logprobs", None)
            ending = ending_of(field(fields, "finish_reason", str, what=what) or "")
            fields.pop("finish_reason", None)
            if not isinstance(model, str) or model not in models:
                models.add(check_name(model, what=what))
            name = text_or_number(fields, "item", what=what) or ""
            before, item = items.get(name, (None, None))
            if item is None or before != fields:  # the rest of the line repeats for every model
                item = _item(fields, what)
                items.setdefault(name, (fields, item))
            wanted = choice.might_want(str(model))
            tokens = rows.read(said, what=what) if wanted else ()
            gathering.add(model, item, output, what=what, tokens=tokens, ending=ending)
        return gathering

    gathering = read_lines(choice.path, read, note=notes.append)
    gathering.notes += notes
    return gathering.recordings()


def open_prompts(choice: Choice) -> tuple[Recording, ...]:
    """Read a line of prompts, then one line per model; an item is named by its prompt's digest.

    Raises:
        UsageError: No such model.
        UnreadableError: A line is damaged, a model stands there twice, or answers are missing.
    """
    notes: list[str] = []

    def read(lines: Iterator[str]) -> tuple[tuple[Item, ...], dict[str, tuple[str | None, ...]]]:
        documents = numbered(lines, what=str(choice.path))
        what, fields = next(documents, (str(choice.path), {}))
        items = _prompts(fields, what)
        found: dict[str, tuple[str | None, ...]] = {}
        for what, fields in documents:
            model = check_name(fields.get("model"), what=what)
            if model in found:
                raise UnreadableError(
                    f"{what}: model {model!r:.80} stands there twice, expected once; which of its "
                    "answers are meant cannot be told"
                )
            outputs = _outputs(fields, len(items), what)
            found[model] = outputs if choice.might_want(model) else ()
        return items, found

    items, found = read_lines(choice.path, read, note=notes.append)
    return tuple(
        Recording(name=name, items=items, outputs=found[name], notes=tuple(notes))
        for name in choice.pick(found)
    )


def numbered(lines: Iterator[str], *, what: str) -> Iterator[tuple[str, Fields]]:
    """Yield every object with words for where it stands; empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            place = f"{what}: line {number}"
            yield place, parse_fields(line, what=place)


def text_or_number(fields: Fields, name: str, *, what: str) -> str | None:
    """The value of `name` as text; numbers are written as JSON writes them."""
    found = fields.get(name)
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    raise UnreadableError(
        f"{what}: {name!r} is a JSON {kind(found)}, expected a text or a whole number"
    )


def _item(fields: Fields, what: str) -> Item:
    name = text_or_number(fields, "item", what=what)
    if not name:
        raise UnreadableError(f"{what}: no 'item', expected the id of the question")
    options = field(fields, "options", int, what=what) or 0
    if not 0 <= options <= MOST_OPTIONS:
        raise UnreadableError(f"{what}: {options} options, expected 0 to {MOST_OPTIONS}")
    return Item(
        id=name,
        prompt=field(fields, "prompt", str, what=what),
        category=field(fields, "category", str, what=what) or "",
        key=text_or_number(fields, "key", what=what),
        options=options,
        normaliser=field(fields, "normaliser", str, what=what) or "",
    )


def _output(fields: Fields, what: str) -> str | None:
    """Take the output out of `fields`."""
    if "output" not in fields:
        raise UnreadableError(
            f"{what}: no 'output', expected what the model said, or null if nothing was recorded"
        )
    found = field(fields, "output", str, what=what)
    del fields["output"]
    return found


def _prompts(fields: Fields, what: str) -> tuple[Item, ...]:
    prompts = field(fields, "prompts", list, what=what) or []
    if not prompts or len(prompts) > MOST_PROMPTS:
        raise UnreadableError(f"{what}: {len(prompts)} prompts, expected 1 to {MOST_PROMPTS}")
    for number, prompt in enumerate(prompts, 1):
        if not isinstance(prompt, str):
            raise UnreadableError(f"{what}: prompt {number} is a JSON {kind(prompt)}, not a text")
    names = prompt_ids(prompts)
    return tuple(Item(id=i, prompt=prompt) for i, prompt in zip(names, prompts, strict=True))


def _outputs(fields: Fields, expected: int, what: str) -> tuple[str | None, ...]:
    outputs = field(fields, "outputs", list, what=what) or []
    if len(outputs) != expected:
        raise UnreadableError(
            f"{what}: {len(outputs)} outputs, expected one for each of {expected} prompts; "
            "which answers which cannot be told"
        )
    for number, output in enumerate(outputs, 1):
        if output is not None and not isinstance(output, str):
            raise UnreadableError(f"{what}: output {number} is a JSON {kind(output)}, not a text")
    return tuple(outputs)

"""Prompts and responses as people log them: JSON lines, or one list, of objects with usual fields.

{"prompt": "..", "response": "..", "model": "m", "id": "7", "gold": ".."}    names as in a table
{"messages": [{"role": "user", "content": ".."}, {"role": "assistant", "content": ".."}]}
{"conversations": [{"from": "human", "value": ".."}, {"from": "gpt", "value": ".."}]}

Without a field that says who answered, the model is called as the file is, or as was said; an item
without an id is named by its words. Of a conversation the first answer is read, with what was said
before it as the prompt.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.ending import ending_of
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.columns import Layout, lay_out
from filiation.readers.answers.document import Fields, kind, parse
from filiation.readers.answers.gather import Gathering, prompt_id
from filiation.readers.answers.jsonl import numbered
from filiation.readers.answers.text import read_lines
from filiation.readers.answers.usual import USUAL, plain

__all__ = ["RECORD", "content_text", "exchange", "is_record", "open_records"]

TALKS: Final = ("messages", "conversations", "conversation", "dialogue")
ASKED: Final = frozenset((*USUAL["item"], *USUAL["prompt"])) - {""}
RECORD: Final = re.compile(
    rb'"(?:messages|conversations?|response|completion|prediction|model_output|output)"\s*:'
)
ENDED: Final = ("finish_reason", "stop_reason")  # the provider's word for the end of an answer
LOOKED: Final = 200  # records by whose fields the layout is told


def is_record(keys: Iterable[str]) -> bool:
    """Do these fields hold a question and what was said to it?"""
    names = {plain(key) for key in keys}
    return not names.isdisjoint(TALKS) or not (
        names.isdisjoint(ASKED) or names.isdisjoint(USUAL["answer"])
    )


def open_records(choice: Choice) -> tuple[Recording, ...]:
    """Read logged prompts and responses.

    Raises:
        UsageError: No such model, or a field that was named is not there.
        UnreadableError: A record is damaged, holds no question, or could be read in two ways.
    """
    notes: list[str] = []

    def read(lines: Iterator[str]) -> tuple[Gathering, str]:
        found = _objects(lines, str(choice.path))
        first = [one for _, one in zip(range(LOOKED), found, strict=False)]
        layout = _layout([fields for _, fields in first], choice)
        gathering = Gathering(choice)
        later = 0
        for what, fields in chain(first, found):
            talk = next((fields[name] for name in TALKS if name in fields), None)
            if isinstance(talk, list):
                prompt, output, more = exchange(talk, what=what)
                later += more
                fields = {**fields, "prompt": prompt, "output": output}
            _add(gathering, choice, layout, fields, what)
        if later:
            gathering.notes.append(
                f"further answers in the same conversations, passed over: {later}"
            )
        return gathering, layout.said(gathering.models)

    gathering, said = read_lines(choice.path, read, note=notes.append)
    return tuple(replace(one, notes=(said, *notes, *one.notes)) for one in gathering.recordings())


def exchange(talk: list[Any], *, what: str) -> tuple[str | None, str | None, int]:
    """What was said before the first answer, that answer, and how many answers follow.

    Returns:
        The prompt (None if nothing was said), the answer (None if there is none), further ones.
    """
    before: list[str] = []
    answers: list[str | None] = []
    for message in talk:
        if not isinstance(message, dict):
            raise UnreadableError(f"{what}: a message is a JSON {kind(message)}, not an object")
        role = message.get("role", message.get("from"))
        text = content_text(message.get("content", message.get("value")))
        if role in ("assistant", "gpt", "model", "bot", "chatbot"):
            answers.append(text)
        elif not answers and text:
            before.append(text)
    return "\n\n".join(before) or None, answers[0] if answers else None, max(0, len(answers) - 1)


def content_text(content: Any) -> str | None:
    """A message's words: a text, parts of which the texts count, or what stands in `answer`."""
    if isinstance(content, dict):
        content = content.get("answer", content.get("text", content.get("content")))
    if isinstance(content, list):
        texts = [
            part if isinstance(part, str) else part.get("text")
            for part in content
            if isinstance(part, str)
            or (isinstance(part, dict) and part.get("type") in ("text", "output_text", None))
        ]
        content = "".join(text for text in texts if isinstance(text, str)) or None
    return content if isinstance(content, str) else None


def _objects(lines: Iterator[str], what: str) -> Iterator[tuple[str, Fields]]:
    """Every record with words for where it stands; a list of them is read whole."""
    first = next((line for line in lines if line.strip()), "")
    whole = chain([first], lines)
    if not first.lstrip("\ufeff \t").startswith("["):
        yield from numbered(whole, what=what)
        return
    found = parse("".join(whole), what=what)
    for number, fields in enumerate(found if isinstance(found, list) else [], 1):
        place = f"{what}: record {number}"
        if not isinstance(fields, dict):
            raise UnreadableError(f"{place}: found a JSON {kind(fields)}, expected an object")
        yield place, fields


def _layout(first: list[Fields], choice: Choice) -> Layout:
    """Which field holds what, as a table with these columns would be read."""
    names = list(dict.fromkeys(name for fields in first for name in fields))
    if any(name in TALKS for name in names):
        names = [name for name in names if name not in (*TALKS, "prompt", "output")]
        names += ["prompt", "output"]
    called = choice if choice.called else replace(choice, called=choice.nameless)
    layout = lay_out(names, called, what=str(choice.path))
    if "answer" not in layout.at:
        raise UnreadableError(
            f"{choice.path}: found the fields {', '.join(names)[:200]}, expected one that holds "
            "the answer; say which with --column answer=NAME"
        )
    return layout


def _add(gathering: Gathering, choice: Choice, layout: Layout, fields: Fields, what: str) -> None:
    def value(role: str) -> str | None:
        at = layout.at.get(role)
        return None if at is None else _text(fields.get(layout.header[at]), what)

    model = value("model") if "model" in layout.at else choice.nameless
    prompt = value("prompt")
    if layout.joined is not None and (
        more := _text(fields.get(layout.header[layout.joined]), what)
    ):
        prompt = f"{prompt}\n\n{more}" if prompt else more
    name = value("item") or ("" if prompt is None else prompt_id(prompt))
    if not name:
        raise UnreadableError(f"{what}: neither an id nor a prompt; the answer belongs to nothing")
    options = fields.get(layout.header[layout.at["options"]]) if "options" in layout.at else None
    item = Item(
        id=name,
        prompt=prompt,
        category=value("category") or "",
        key=value("key"),
        options=len(options) if isinstance(options, list) else 0,
    )
    words = [fields.get(name) for name in ENDED]
    ending = ending_of(next((word for word in words if isinstance(word, str)), ""))
    gathering.add(check_name(model, what=what), item, value("answer"), what=what, ending=ending)


def _text(value: Any, what: str) -> str | None:
    """A text, a number as JSON writes it, or the words of messages; nothing for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else repr(value)
    if isinstance(value, list) and all(isinstance(one, dict) and "role" in one for one in value):
        return "\n\n".join(filter(None, (content_text(m.get("content")) for m in value))) or None
    return content_text(value)

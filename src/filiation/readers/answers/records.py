"""Prompts and responses as people log them: JSON lines, or one list, of objects with usual fields.

{"prompt": "..", "response": "..", "model": "m", "id": "7", "gold": ".."}    names as in a table
{"messages": [{"role": "user", "content": ".."}, {"role": "assistant", "content": ".."}]}
{"conversations": [{"from": "human", "value": ".."}, {"from": "gpt", "value": ".."}]}

Without a field that says who answered, the model is called as the file is, or as was said; an item
without an id is named by its words. Of a conversation the first answer is read, with what was said
before it as the prompt; of one that ends with a question, with the answer in a field beside it, all
of it is the prompt. An answer may be a provider's whole response (`bodies`).
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending, ending_of
from filiation.model.recording import Item, Recording
from filiation.readers.answers.bodies import body_reply
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.columns import Layout, lay_out
from filiation.readers.answers.document import Fields, kind, parse
from filiation.readers.answers.gather import Gathering, prompt_id
from filiation.readers.answers.jsonl import numbered
from filiation.readers.answers.numbered_keys import lettered
from filiation.readers.answers.talks import TALKS, asked, content_text, exchange, talk_of
from filiation.readers.answers.text import read_lines
from filiation.readers.answers.usual import EITHER, ENDED, USUAL, plain

__all__ = ["RECORD", "is_asked", "is_record", "open_records"]

ASKED: Final = frozenset((*USUAL["item"], *USUAL["prompt"])) - {""}
RECORD: Final = re.compile(
    rb'"(?:messages|conversations?|chat_messages|mapping|response|completion|prediction'
    rb'|model_output|output)"\s*:'
)
LOOKED: Final = 200  # records by whose fields the layout is told


def is_record(keys: Iterable[str]) -> bool:
    """Do these fields hold a question and what was said to it?"""
    names = {plain(key) for key in keys}
    return not names.isdisjoint(TALKS) or (is_asked(keys) and not names.isdisjoint(USUAL["answer"]))


def is_asked(keys: Iterable[str]) -> bool:
    """Do these fields name a question, or hold its words?"""
    return any(plain(key) in ASKED for key in keys)


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
        beside = _beside([fields for _, fields in first], choice)
        told = [(what, *_told(fields, beside, what)) for what, fields in first]
        layout = _layout([fields for _, fields, _, _ in told], choice)
        gathering = Gathering(choice)
        later = 0
        for what, fields in chain(first, found):
            flat, ending, more = _told(fields, beside, what)
            later += more
            _add(gathering, choice, layout, flat, what, ending)
        if later:
            gathering.notes.append(
                f"further answers in the same conversations, passed over: {later}"
            )
        return gathering, layout.said(gathering.models)

    gathering, said = read_lines(choice.path, read, note=notes.append)
    return lettered(
        [replace(one, notes=(said, *notes, *one.notes)) for one in gathering.recordings()]
    )


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


def _beside(first: list[Fields], choice: Choice) -> bool:
    """Does the answer stand beside the conversations, all of which end with a question?"""
    talks = [talk for fields in first if (talk := talk_of(fields)) is not None]
    sure = set(USUAL["answer"]) - set(EITHER)
    held = any(plain(name) in sure and fields[name] for fields in first for name in fields)
    said = any(role == "answer" and name for role, name in choice.columns)
    return said or (held and bool(talks) and all(map(asked, talks)))


def _told(fields: Fields, beside: bool, what: str) -> tuple[Fields, Ending, int]:
    """A record with its conversation as prompt and output, how that ended, and later answers."""
    talk = talk_of(fields)
    if talk is None:
        return fields, Ending.WHOLE, 0
    rest = {name: value for name, value in fields.items() if name not in TALKS}
    if beside:
        whole = asked(talk)
        return (
            {**rest, "prompt": exchange(talk, what=what).prompt if whole is None else whole},
            (Ending.WHOLE),
            0,
        )
    one = exchange(talk, what=what)
    if one.model:
        rest.setdefault("model", one.model)
    return {**rest, "prompt": one.prompt, "output": one.output}, one.ending, one.more


def _layout(first: list[Fields], choice: Choice) -> Layout:
    """Which field holds what, as a table with these columns would be read."""
    names = list(dict.fromkeys(name for fields in first for name in fields))
    called = choice if choice.called else replace(choice, called=choice.nameless)
    layout = lay_out(names, called, what=str(choice.path), records=True)
    if "answer" not in layout.at:
        raise UnreadableError(
            f"{choice.path}: found the fields {', '.join(names)[:200]}, expected one that holds "
            "the answer; say which with --column answer=NAME"
        )
    return layout


def _add(
    gathering: Gathering,
    choice: Choice,
    layout: Layout,
    fields: Fields,
    what: str,
    ended: Ending,
) -> None:
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
        options=_count(options),
    )
    output, ending, named = _answer(fields.get(layout.header[layout.at["answer"]]), fields, what)
    if "model" not in layout.at and named and not choice.called:
        model = named
    gathering.add(check_name(model, what=what), item, output, what=what, ending=ended or ending)


def _count(options: Any) -> int:
    """How many options are listed, or stand in lists of their texts and labels (ARC)."""
    if isinstance(options, dict):
        options = options.get("text", options.get("label"))
    return len(options) if isinstance(options, list) else 0


def _answer(value: Any, fields: Fields, what: str) -> tuple[str | None, Ending, str]:
    """The answer, how it ended, and who gave it, if that stands in a provider's whole response."""
    reply = body_reply(value, what=what) if isinstance(value, dict) else None
    if reply is not None:
        return reply.text or None, reply.ending, reply.model
    words = [word for name, word in fields.items() if plain(name) in ENDED]
    ending = ending_of(next((word for word in words if isinstance(word, str)), ""))
    return _text(value, what), ending, ""


def _text(value: Any, what: str) -> str | None:
    """A text, a number as JSON writes it, or the words of messages; nothing for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and math.isnan(value):
        return None  # what a data frame writes where there is nothing
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else repr(value)
    if isinstance(value, list) and all(isinstance(one, dict) and "role" in one for one in value):
        return "\n\n".join(filter(None, (content_text(m.get("content")) for m in value))) or None
    return content_text(value)

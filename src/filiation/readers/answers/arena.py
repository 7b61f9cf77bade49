"""model_answer/MODEL.jsonl of MT-Bench, LiveBench and Arena-Hard, with question.jsonl near it.

{"question_id", "answer_id", "model_id", "choices": [{"index", "turns": ["..", ".."]}], "tstamp"}
    MT-Bench, LiveBench; in Arena-Hard v0.1 a turn is {"content", "token_len"}
{"uid", "ans_id", "model", "messages": [.., {"role": "assistant", "content": {"answer": ".."}}]}
    Arena-Hard v2

Each turn is an item: `81` and, for the second, `81/2`. Of several choices the first is read. The
words asked come from question.jsonl beside the folder (`turns` or `prompt`), with `category` and,
in LiveBench, `ground_truth`; without that file, from the messages if they are there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import Fields, field
from filiation.readers.answers.gather import Gathering
from filiation.readers.answers.jsonl import numbered, text_or_number
from filiation.readers.answers.talks import content_text, exchange
from filiation.readers.answers.text import read_lines

__all__ = ["open_arena", "read_questions"]

QUESTIONS: Final = "question.jsonl"
FAILED: Final = "$ERROR$"  # FastChat's API_ERROR_OUTPUT, which the others took over
MOST_TURNS: Final = 1_000


def open_arena(choice: Choice) -> tuple[Recording, ...]:
    """Read the answers of one model, or of several in one file.

    Raises:
        UsageError: No such model.
        UnreadableError: A line is damaged or has no answer.
    """
    notes: list[str] = []
    near = [folder / QUESTIONS for folder in list(choice.path.resolve().parents)[:2]]
    file = next((path for path in near if path.is_file()), None)
    questions = {} if file is None else read_questions(file)

    def read(lines: Iterator[str]) -> Gathering:
        gathering = Gathering(choice)
        for what, fields in numbered(lines, what=str(choice.path)):
            name = text_or_number(fields, "uid" if "uid" in fields else "question_id", what=what)
            said = fields.get("model_id", fields.get("model", choice.nameless))
            if not name:
                raise UnreadableError(f"{what}: no question_id, expected an answer to a question")
            for item, output, ending in _turns(fields, name, questions.get(name, {}), what):
                model = check_name(said, what=what)
                gathering.add(model, item, output, what=what, ending=ending)
        if file is not None:
            gathering.notes.append(f"prompts from {file.name} beside it")
        return gathering

    gathering = read_lines(choice.path, read, note=notes.append)
    gathering.notes += notes
    return gathering.recordings()


def read_questions(path: Path) -> dict[str, Fields]:
    """The questions of a benchmark by their ids, as their file has them."""
    found: dict[str, Fields] = {}

    def read(lines: Iterator[str]) -> None:
        for what, fields in numbered(lines, what=str(path)):
            name = text_or_number(fields, "uid" if "uid" in fields else "question_id", what=what)
            if name:
                found.setdefault(name, fields)

    read_lines(path, read, note=lambda text: None)
    return found


def _turns(
    fields: Fields, name: str, question: Fields, what: str
) -> Iterator[tuple[Item, str | None, Ending]]:
    """Every turn as an item with its answer, and how that ended."""
    messages = field(fields, "messages", list, what=what)
    prompts = _prompts(question)
    if messages is not None:
        one = exchange(messages, what=what)
        item = _item(name, question, prompts[0] if prompts else one.prompt, 1)
        yield item, _kept(one.output), one.ending
        return
    choices = field(fields, "choices", list, what=what) or []
    if not choices or not isinstance(choices[0], dict):
        raise UnreadableError(f"{what}: no choice in it, expected what the model said")
    turns = field(choices[0], "turns", list, what=what) or []
    for number, turn in enumerate(turns[:MOST_TURNS], 1):
        prompt = prompts[number - 1] if number <= len(prompts) else None
        yield _item(name, question, prompt, number), _kept(content_text(turn)), Ending.WHOLE


def _kept(text: str | None) -> str | None:
    """The answer, unless it is what these benchmarks write where a request failed."""
    return None if text in (None, "", FAILED) else text


def _item(name: str, question: Fields, prompt: str | None, turn: int) -> Item:
    key = _key(question.get("ground_truth")) if turn == 1 else None
    category = question.get("task", question.get("category", question.get("subcategory")))
    return Item(
        id=name if turn == 1 else f"{name}/{turn}",
        prompt=prompt,
        category=category if isinstance(category, str) else "",
        key=key,
    )


def _key(value: Any) -> str | None:
    """The right answer as a text; a number as JSON writes it."""
    if isinstance(value, str) or value is None:
        return value or None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return json.dumps(value) if number else None


def _prompts(question: Fields) -> list[str | None]:
    turns: Any = question.get("turns", question.get("prompt"))
    return [content_text(turn) for turn in (turns if isinstance(turns, list) else [turns]) if turn]

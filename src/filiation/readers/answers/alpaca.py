"""model_outputs.json of alpaca_eval: a list of {"instruction", "output", "generator"}.

`dataset` becomes the category. An item is named by its instruction's digest, so that files of
different models line up; asking the same words twice makes two items.
"""

from collections.abc import Iterable

from filiation.errors import UnreadableError
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.document import Fields, field, kind, read_document
from filiation.readers.answers.gather import Gathering, prompt_id

__all__ = ["open_alpaca"]


def open_alpaca(choice: Choice) -> tuple[Recording, ...]:
    """Read the outputs of one or more generators.

    Raises:
        UsageError: No such generator.
        UnreadableError: Not a list of outputs, or an entry is damaged.
    """
    document = read_document(choice.path)
    if not isinstance(document, list) or not document:
        raise UnreadableError(
            f"{choice.path}: found a JSON {kind(document)}, expected a list of outputs"
        )
    gathering = Gathering(choice)
    asked: dict[tuple[str, str], int] = {}
    for what, fields in _entries(document, what=str(choice.path)):
        model = check_name(fields.get("generator", choice.path.parent.resolve().name), what=what)
        prompt = field(fields, "instruction", str, what=what)
        if prompt is None or "output" not in fields:
            raise UnreadableError(f"{what}: expected an instruction and an output, found neither "
                                  "or one; not an output of alpaca_eval")  # fmt: skip
        name = prompt_id(prompt)
        again = asked[model, name] = asked.get((model, name), 0) + 1
        item = Item(
            id=name if again == 1 else f"{name}~{again}",
            prompt=prompt,
            category=field(fields, "dataset", str, what=what) or "",
        )
        gathering.add(model, item, field(fields, "output", str, what=what), what=what)
    return gathering.recordings()


def _entries(document: list[object], *, what: str) -> Iterable[tuple[str, Fields]]:
    for number, fields in enumerate(document, 1):
        place = f"{what}: entry {number}"
        if not isinstance(fields, dict):
            raise UnreadableError(f"{place}: found a JSON {kind(fields)}, expected an object")
        yield place, fields

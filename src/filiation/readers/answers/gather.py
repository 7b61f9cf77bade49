"""Answers that come one at a time, of several models to overlapping questions, made recordings."""

import hashlib
from array import array
from dataclasses import dataclass, field
from typing import final

from filiation.errors import UnreadableError
from filiation.model.ending import Ending
from filiation.model.recording import Item, Recording
from filiation.model.tokens import TokenLogprob
from filiation.readers.answers.choice import Choice, called_alike

__all__ = ["Gathering", "prompt_id", "prompt_ids"]

MOST_ITEMS = 5_000_000
MOST_ANSWERS = 150_000_000
MOST_MODELS = 100_000


def prompt_id(prompt: str) -> str:
    """The id of a question that has none: the same words have the same id in any file."""
    return hashlib.sha256(prompt.encode(errors="surrogatepass")).hexdigest()[:16]


def prompt_ids(prompts: list[str]) -> list[str]:
    """Ids of prompts in order; the second asking of the same words gets ~2, and so on."""
    counts: dict[str, int] = {}
    found: list[str] = []
    for prompt in prompts:
        name = prompt_id(prompt)
        counts[name] = counts.get(name, 0) + 1
        found.append(name if counts[name] == 1 else f"{name}~{counts[name]}")
    return found


@final
@dataclass(slots=True)
class _Answers:
    """One model: places of items, what it said to each, and the tokens of what it said."""

    places: "array[int]" = field(default_factory=lambda: array("l"))
    outputs: list[str | None] = field(default_factory=list)
    tokens: dict[int, tuple[TokenLogprob, ...]] = field(default_factory=dict)  # by place in outputs
    endings: dict[int, Ending] = field(default_factory=dict)  # likewise, where not whole


@final
class Gathering:
    """Recordings of several models while their file is read.

    An item answered twice by one model keeps its first answer, with a note: samples repeat. An
    item id with two prompts, keys or numbers of options is refused: it is two questions.
    """

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._items: dict[str, Item] = {}
        self._places: dict[str, int] = {}
        self._models: dict[str, _Answers] = {}
        self._total = 0
        self.notes: list[str] = []

    def add(
        self,
        model: str,
        item: Item,
        output: str | None,
        *,
        what: str,
        tokens: tuple[TokenLogprob, ...] = (),
        ending: Ending = Ending.WHOLE,
    ) -> None:
        """Record one answer. `what` opens the sentence if it contradicts an earlier one."""
        self._learn(item, what=what)
        answers = self._models.get(model)
        if answers is None:
            if len(self._models) == MOST_MODELS:
                raise UnreadableError(f"{what}: more than {MOST_MODELS} models; split the file")
            answers = self._models.setdefault(model, _Answers())
        if not self._choice.might_want(model):
            return
        if self._total == MOST_ANSWERS:
            raise UnreadableError(f"{what}: more than {MOST_ANSWERS} answers; split the file")
        self._total += 1
        if tokens:
            answers.tokens[len(answers.outputs)] = tokens
        if ending:
            answers.endings[len(answers.outputs)] = ending
        answers.places.append(self._places[item.id])
        answers.outputs.append(output)

    @property
    def models(self) -> int:
        """How many models answered so far, wanted or not."""
        return len(self._models)

    def recordings(self) -> tuple[Recording, ...]:
        """The chosen recordings; models that answered the same items share one tuple of them."""
        shared: dict[bytes, tuple[Item, ...]] = {}
        items = list(self._items.values())
        self.notes += called_alike(self._models)
        return tuple(
            self._recording(name, items, shared) for name in self._choice.pick(self._models)
        )

    def _learn(self, item: Item, *, what: str) -> None:
        """Keep the item, or check that it is the one known under this id."""
        known = self._items.get(item.id)
        if known is None:
            if len(self._items) == MOST_ITEMS:
                raise UnreadableError(f"{what}: more than {MOST_ITEMS} items; split the file")
            self._places[item.id] = len(self._items)
            self._items[item.id] = item
            return
        if known is item or known == item:
            return
        merged = Item(
            id=item.id,
            prompt=known.prompt if known.prompt is not None else item.prompt,
            category=known.category or item.category,
            key=known.key if known.key is not None else item.key,
            options=known.options or item.options,
            normaliser=known.normaliser or item.normaliser,
        )
        for name in ("prompt", "key", "options"):
            if getattr(item, name) not in (getattr(merged, name), None, 0):
                raise UnreadableError(
                    f"{what}: item {item.id!r:.80} has another {name} than before, expected one "
                    "question under one id; two questions share an id, or the file was changed"
                )
        self._items[item.id] = merged

    def _recording(
        self, name: str, items: list[Item], shared: dict[bytes, tuple[Item, ...]]
    ) -> Recording:
        answers = self._models[name]
        notes = list(self.notes)
        places, outputs = answers.places, answers.outputs
        keep = list(range(len(places)))
        if len(set(places)) < len(places):
            first = {place: n for n, place in reversed(list(enumerate(places)))}
            keep = sorted(first.values())
            notes.append(
                "further answers to items answered before, of which the first was kept: "
                f"{len(places) - len(keep)}"
            )
            places = array("l", (places[n] for n in keep))
            outputs = [outputs[n] for n in keep]
        key = places.tobytes()
        if key not in shared:
            shared[key] = tuple(items[place] for place in places)
        tokens = tuple(answers.tokens.get(n, ()) for n in keep) if answers.tokens else ()
        endings = tuple(answers.endings.get(n, Ending.WHOLE) for n in keep)
        return Recording(
            name=name,
            items=shared[key],
            outputs=tuple(outputs),
            notes=tuple(notes),
            logprobs=tokens if any(tokens) else (),
            endings=endings if any(endings) else (),
        )

"""What the members of a family are asked: beginnings of text that none of them learned from.

`words`: which word comes next? Its key is the word that stands there. The models also give their
log-probabilities of the first token. `continuations`: how does the text go on? There is no key.
Both are drawn from the held-out documents by a fixed seed, so that a family is asked the same
again; they are short, as the windows are that the models learned to read.
"""

import json
from typing import Final

import numpy as np

from casebook.corpus import Corpus
from filiation.model.recording import Item
from filiation.numerics.rng import stream

__all__ = ["CONTINUATIONS", "WORDS", "battery_text", "draw_battery"]

WORDS: Final = "words"
CONTINUATIONS: Final = "continuations"
COUNTS: Final = {WORDS: 200, CONTINUATIONS: 60}
DOMAINS: Final = ("prose", "code")
BEGINNING: Final = 48  # characters of a text that are shown
TRIES: Final = 100  # places looked at for each that is asked at
SHORTEST: Final = 2  # letters of a word that is asked for


def draw_battery(name: str, corpus: Corpus) -> tuple[Item, ...]:
    """The items of one of the two batteries, prose and code in turn, no place twice.

    Raises:
        ValueError: The held-out text is too little for so many.
    """
    rng = stream(0, "casebook", "battery", name)
    items: list[Item] = []
    seen: set[str] = set()
    for domain in DOMAINS * (TRIES * COUNTS[name]):
        if len(items) == COUNTS[name]:
            return tuple(items)
        texts = corpus.held_out[domain]
        prompt, word = _place(texts[int(rng.integers(len(texts)))], rng)
        if word and prompt not in seen:
            seen.add(prompt)
            asked = Item(id=f"{name}-{len(items):04d}", prompt=prompt, category=domain)
            items.append(_keyed(asked, word) if name == WORDS else asked)
    raise ValueError(f"{name}: found {len(items)} places to ask at, expected {COUNTS[name]}")


def battery_text(name: str, items: tuple[Item, ...]) -> str:
    """The battery as `filiation ask --battery` reads it."""
    lines: list[dict[str, object]] = [{"battery": {"schema_version": 1, "id": name}}]
    for item in items:
        said = {"category": item.category, "key": item.key, "normaliser": item.normaliser}
        kept = {field: value for field, value in said.items() if value}
        lines.append({"id": item.id, "prompt": item.prompt, **kept})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _place(text: str, rng: np.random.Generator) -> tuple[str, str]:
    """A beginning that ends before a blank, and the word after it; both empty if unsuitable."""
    if len(text) < 4 * BEGINNING:
        return "", ""
    cut = text.find(" ", int(rng.integers(2 * BEGINNING, len(text) - BEGINNING)))
    word = text[cut + 1 : cut + 1 + BEGINNING].split(" ")[0].split("\n")[0]
    prompt = text[max(0, cut - BEGINNING) : cut]
    fit = cut > 0 and len(word) >= SHORTEST and (prompt + word).isascii() and not prompt.isspace()
    return (prompt, word) if fit and word.isprintable() else ("", "")


def _keyed(item: Item, word: str) -> Item:
    return Item(
        id=item.id, prompt=item.prompt, category=item.category, key=word, normaliser="literal/1"
    )

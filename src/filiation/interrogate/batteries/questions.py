"""From questions to items: unique prompts, ids that name battery, version, seed and place."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.interrogate.batteries.draws import Draws
from filiation.model.recording import Item

__all__ = ["Prompt", "data", "drawn", "pool", "shuffled_pool", "word_list"]

_TRIES: Final = 1000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What an item asks, before it has an id."""

    prompt: str
    category: str
    key: str | None = None
    options: int = 0
    normaliser: str = ""


def drawn(
    name: str, seed: int, items: int, prompt_at: Callable[[Draws, int], Prompt | None]
) -> tuple[Item, ...]:
    """Draw `items` different questions; the first n of any battery are the battery of n.

    `prompt_at` gets a stream and the place; it returns None to be asked again with the next stream.
    """
    seen: set[str] = set()
    found: list[Item] = []
    for place in range(items):
        for attempt in range(_TRIES):
            one = prompt_at(Draws(seed, name, str(place), str(attempt)), place)
            if one is not None and one.prompt not in seen:
                break
        else:
            raise UsageError(f"battery {name}: no more than {place} different items can be drawn")
        seen.add(one.prompt)
        found.append(_item(name, seed, place, one))
    return tuple(found)


def shuffled_pool(name: str, seed: int, items: int, pool: Sequence[Prompt]) -> tuple[Item, ...]:
    """Take `items` questions of a finite pool in an order that follows from the seed."""
    if items > len(pool):
        raise UsageError(
            f"battery {name}: {items} items asked for, it has {len(pool)}; ask for fewer"
        )
    order = Draws(seed, name).shuffled(pool)[:items]
    return tuple(_item(name, seed, place, one) for place, one in enumerate(order))


def _filled(template: str, slots: dict[str, list[str]]) -> list[str]:
    """Every filling of a template: "How do I {verb} a {thing}?" with each verb and each thing."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return [
        template.format(**dict(zip(names, words, strict=True)))
        for words in product(*(slots[name] for name in names))
    ]


@cache
def data(file: str) -> dict[str, Any]:
    """The TOML file of that name beside the code."""
    return tomllib.loads((Path(__file__).parent / file).read_text(encoding="utf-8"))


@cache
def word_list(file: str) -> tuple[str, ...]:
    """The lines of a text file beside the code; empty lines and # comments are passed over."""
    lines = (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _item(name: str, seed: int, place: int, prompt: Prompt) -> Item:
    return Item(
        id=f"{name}/1/{seed}/{place:05d}",
        prompt=prompt.prompt,
        category=prompt.category,
        key=prompt.key,
        options=prompt.options,
        normaliser=prompt.normaliser,
    )


@cache
def pool(file: str) -> tuple[Prompt, ...]:
    """Every filling of every template of a file, each wording once."""
    found: dict[str, Prompt] = {}
    for kind in data(file)["kind"]:
        for template in kind["prompt"]:
            for prompt in _filled(template, kind):
                found.setdefault(prompt, Prompt(prompt=prompt, category=kind["category"]))
    return tuple(found.values())

"""Open prompts: explain, write, list, rhyme, summarise, compare.

Wording and structure are compared on them, so that nothing but the prompt is shared. Sentences are
committed (`style.toml`); which are asked, and in which order, follows from the seed.
"""

from typing import Final

from filiation.interrogate.batteries.questions import pool, shuffled_pool
from filiation.model.recording import Item

__all__ = ["NAME", "generate"]

NAME: Final = "style"


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Take `items` prompts in an order that follows from the seed."""
    return shuffled_pool(NAME, seed, items, pool("style.toml"))

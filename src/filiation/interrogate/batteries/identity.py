"""Who are you, who made you, until when do you know, what were you told?

What a model says of itself is often what its teacher said of itself; it is also what a system
prompt overrides, so it is weak evidence and never counted alone. Sentences are committed
(`identity.toml`); which are asked, and in which order, follows from the seed.
"""

from typing import Final

from filiation.interrogate.batteries.questions import pool, shuffled_pool
from filiation.model.recording import Item

__all__ = ["NAME", "generate"]

NAME: Final = "identity"


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Take `items` prompts in an order that follows from the seed."""
    return shuffled_pool(NAME, seed, items, pool("identity.toml"))

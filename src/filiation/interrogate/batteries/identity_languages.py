"""Who are you, in fourteen languages? What `identity` counts, language by language.

What a model says of itself depends on the language it is asked in, with or without any relation to
those it names; so it is compared with controls in the same language only. Bare questions, without
anything before them. Sentences are committed (`identity_languages.toml`); which are asked, and in
which order, follows from the seed.
"""

from typing import Final

from filiation.interrogate.batteries.questions import pool, shuffled_pool
from filiation.model.recording import Item

__all__ = ["NAME", "generate"]

NAME: Final = "identity-languages"


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Take `items` prompts in an order that follows from the seed."""
    return shuffled_pool(NAME, seed, items, pool("identity_languages.toml"))

"""Benign prompts that over-careful models refuse, and the wording of refusals.

Nothing harmful is asked: homonyms ("kill a process"), safety at home, history, fiction, law. What a
model refuses, and in which words, is a habit it hands down. The answers are read by the classifier
of refusals, not by a normaliser. Sentences are committed (`borderline.toml`), their order is not.
"""

from typing import Final

from filiation.interrogate.batteries.questions import pool, shuffled_pool
from filiation.model.recording import Item

__all__ = ["NAME", "generate"]

NAME: Final = "borderline"


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Take `items` prompts in an order that follows from the seed."""
    return shuffled_pool(NAME, seed, items, pool("borderline.toml"))

"""Lists that anybody sorts in one way say nothing of each other."""

import random
from collections.abc import Callable

import pytest

from bpe import language, merges, text, vocabulary
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.model.finding import Finding
from filiation.model.vocabulary import Vocabulary

WORDS = [word.title() if n % 3 == 0 else word for n, word in enumerate(language(1, 3000))]
SORTS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "without case": lambda found: sorted(found, key=lambda word: (word.lower(), word)),
    "downwards": lambda found: sorted(found, reverse=True),
    "as a dictionary": lambda found: sorted(
        found, key=lambda word: (word.lower().strip(b" ."), word.swapcase())
    ),
}


def sorted_words(name: str, seed: int, how: str) -> Vocabulary:
    words = random.Random(seed).sample(WORDS, 2200)
    words = [b" " + word if n % 2 else word for n, word in enumerate(words)]
    tokens = tuple(SORTS[how](words))
    return Vocabulary(
        name=name, tokens=tokens, order=tuple(range(len(tokens))), algorithm="wordpiece",
        ranked="ids",
    )  # fmt: skip


@pytest.mark.parametrize("how", SORTS)
def test_two_sorted_lists_of_strangers_are_not_accused(how: str) -> None:
    one, two = sorted_words("one", 1, how), sorted_words("two", 2, how)
    found = MergeOrder().compare(one, two, seed=0)
    assert not isinstance(found, Finding) or found.log_p > -1


def test_a_copy_of_a_training_is_still_found() -> None:
    made = [left + right for left, right in merges(text(language(1), 1), 1500)]
    one = vocabulary("one", made)
    found = MergeOrder().compare(one, one, seed=0)
    assert isinstance(found, Finding) and found.log_p < -50

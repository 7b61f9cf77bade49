"""Batteries are drawn from held-out text, the same for the same text, and can be asked."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from casebook.corpus import DOMAINS, Corpus
from casebook.questions import CONTINUATIONS, COUNTS, WORDS, battery_text, draw_battery
from filiation.interrogate.battery_file import read_battery


def corpus(letter: str = "a") -> Corpus:
    """Long held-out documents of words that are told apart by their numbers."""
    texts = {
        domain: tuple(
            " ".join(f"{letter}{domain}{document}word{n}" for n in range(400))
            for document in range(8)
        )
        for domain in DOMAINS
    }
    learning = {domain: ("never asked about " * 50,) for domain in DOMAINS}
    return Corpus(
        learning=MappingProxyType(learning), held_out=MappingProxyType(texts), digest=letter * 64
    )


@pytest.mark.parametrize("name", [WORDS, CONTINUATIONS])
def test_the_same_text_gives_the_same_battery(name):
    once, again = (draw_battery(name, corpus()) for _ in range(2))
    assert once == again != draw_battery(name, corpus("b"))
    assert len({item.prompt for item in once}) == len(once) == COUNTS[name]


def test_a_key_is_the_word_that_follows_in_held_out_text():
    texts = corpus().held_out
    for item in draw_battery(WORDS, corpus()):
        assert any(f"{item.prompt} {item.key}" in text for text in texts[item.category])
        assert item.normaliser == "literal/1"


def test_continuations_have_no_key():
    assert {item.key for item in draw_battery(CONTINUATIONS, corpus())} == {None}


def test_too_little_text_is_said():
    few = replace(corpus(), held_out={domain: ("too short",) for domain in DOMAINS})
    with pytest.raises(ValueError, match="found 0 places to ask at, expected 200"):
        draw_battery(WORDS, few)


@pytest.mark.parametrize("name", [WORDS, CONTINUATIONS])
def test_a_battery_can_be_asked_of_any_model(name, tmp_path):
    items = draw_battery(name, corpus())
    (tmp_path / "b.jsonl").write_text(battery_text(name, items))
    found = read_battery(tmp_path / "b.jsonl")
    assert (found.id, found.items) == (name, items)

"""Glitch tokens, fragments, placeholders, holes and private tokens are shown, and never counted."""

from dataclasses import replace

import pytest

import bpe
from filiation.examining.tokenizers.heritage import heritage
from filiation.examining.tokenizers.oddities import oddities
from filiation.methods.tokenizers.merge_order import MergeOrder
from filiation.methods.tokenizers.reached import unreached
from filiation.model.vocabulary import Vocabulary

MADE = [b"th", b"in", b"the", b"ing", b"thing"]


def told(source: Vocabulary, subject: Vocabulary, *controls: Vocabulary) -> str:
    return "\n".join(oddities(source, subject, controls))


def test_what_a_training_made_is_reached_and_what_lost_its_parts_is_not() -> None:
    pairs = bpe.merges(bpe.text(bpe.language(0), 0), 600)
    made = list(dict.fromkeys(a + b for a, b in pairs))
    assert unreached(bpe.vocabulary("whole", made)) == ()

    parts = {part for pair in pairs for part in pair if len(part) > 1}
    lost = next(part for part in made if part in parts)
    left = unreached(bpe.vocabulary("pruned", [token for token in made if token != lost]))
    assert left
    assert all(lost in token for token in left)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([b"ab", b"abc"], ()),
        ([b"xyz"], (b"xyz",)),  # of no two tokens
        ([b"bc", b"ab", b"abc"], ()),  # bc is joined first, and a with it
        ([b"cd", b"ab", b"abc", b"abcd"], ()),
        ([b"bc", b"ab", b"abcd"], (b"abcd",)),  # a, bc, d
        ([b"\xc3\xa9", b"\xc3\xa9t"], ()),
    ],
)
def test_reached_by_hand(made: list[bytes], expected: tuple[bytes, ...]) -> None:
    assert unreached(bpe.vocabulary("x", made)) == expected


def test_text_is_cut_into_characters_where_every_token_is_text() -> None:
    pieces = ("é", "t", "ét")
    vocabulary = Vocabulary(
        name="pieces", tokens=tuple(piece.encode() for piece in pieces), order=(2, 0, 1),
        algorithm="bpe", ranked="merges",
    )  # fmt: skip
    assert unreached(vocabulary) == ()
    assert unreached(replace(vocabulary, algorithm="unigram")) == ()


def test_each_oddity_is_counted_and_named() -> None:
    source = bpe.vocabulary("a", [*MADE, b"private@example.org", b"\xe4\xbd", b"everywhere-known"])
    source = replace(
        source, tokens=(*source.tokens, b"th", b""), control=("<|reserved_3|>", "<unused1>")
    )
    subject = replace(source, name="b", control=("<|reserved_3|>",))
    control = bpe.vocabulary("c", [b"everywhere-known"])
    said = told(source, subject, control)

    assert "glitch tokens" in said
    assert "2 of a, 2 of b, 2 of both, such as “private@example.org”" in said
    assert "no whole characters: 1 of a, 1 of b, 1 of both" in said
    assert "2 of a, 1 of b, 1 of the same text, such as “<|reserved_3|>”" in said
    assert "a: 1 id has the bytes of another id" in said
    assert (
        "private tokens: 1 of 2 long tokens of both are in none of 1 controls, such as "
        "“private@example.org”" in said
    )
    assert all(line.endswith("; never counted") for line in said.splitlines())
    assert "private tokens" not in told(source, subject)  # without a control nothing is private
    assert "none of 1" not in told(source, subject, replace(control, unread="damaged"))


def test_a_rule_is_no_private_token_and_text_of_strangers_steers_no_terminal() -> None:
    rule, steering = b"-" * 40, "\u202eabcdef ghijk".encode()
    source = bpe.vocabulary("a", [rule, steering])
    said = told(source, replace(source, name="b"), bpe.vocabulary("c", MADE))
    assert "1 of 1 long tokens" in said
    assert "\\u202eabcdef" in said


def test_two_templates_are_told_apart_by_where_they_differ() -> None:
    source = replace(
        bpe.vocabulary("a", MADE), settings=(("chat template", "<user>{{ text }}</user>"),)
    )
    subject = replace(source, name="b", settings=(("chat template", "<user>{{ words }}</user>"),))
    (line,) = [s for s in heritage(source, subject, []) if s.startswith("chat template")]
    assert "of 23 and 24 characters the first 9 and the last 10 agree" in line


def test_oddities_move_no_figure() -> None:
    pairs = bpe.merges(bpe.text(bpe.language(0), 0), 900)
    source = bpe.vocabulary("a", list(dict.fromkeys(a + b for a, b in pairs)))
    odd = replace(source, name="b", control=("<unused1>",), tokens=(*source.tokens, b"", b"th"))
    plain = MergeOrder().compare(source, replace(source, name="b"), seed=0)
    assert MergeOrder().compare(source, odd, seed=0) == plain

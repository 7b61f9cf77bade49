"""What an opponent, a mailer or a typesetter does to words, and what are other words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.casefile.documents.matcher import Passage
from filiation.casefile.documents.redaction import MARK, redacted
from filiation.errors import UsageError

PASSAGE = "confidential final offer"
SAME = (
    "CONFIDENTIAL Final oFFER",
    "confidential\nfinal\r\n\r\noffer",
    "confidential\n> > final\n>> offer",
    "con\u00adfidential fi\u00adnal offer",
    "con\u200bfiden\u200dtial \ufefffinal of\u2060fer",
    "confi\ufffddential \u202efinal\u202c offer",
    "\uff43\uff4f\uff4e\uff46\uff49\uff44\uff45\uff4e\uff54\uff49\uff41\uff4c\u3000final offer",
    "confiden-\ntial final of-\n> fer",
    "confiden\u00ad\ntial final offer",
    "con\ufb01dential \ufb01nal o\ufb00er",
    "\U0001d41c\U0001d428\U0001d427fidential final offer",
    "confidential\u00a0final\u2003offer",
    "confidential\ufe0f final\U000e0041 offer",
    "confidential\x0cfinal\u2028offer",
)
NEAR = (
    "confidential, final offer",
    "con fi den tial final offer",
    "confidential <!---> final offer",
    "c\u043enfid\u0435ntial final offer",
    "confid\u00e9ntial final offer",
    "confidental final offer",
    "c0nfident1al final offer",
    "confidentialfinaloffer",
    "confidential_final_offer",
)
OTHER = ("confidential offer", "a final word", "the offer was final and confidential", "")


@pytest.mark.parametrize("text", SAME)
def test_the_same_words_however_they_are_written(text: str) -> None:
    whole = f"Dear Sir,\n{text}; yours."
    (place,) = Passage(PASSAGE).places(whole)
    made = redacted("m:0", whole, [PASSAGE])

    assert whole[slice(*place)].strip("\u202e\ufeff") in text
    assert made.words.startswith("Dear Sir,\n") and made.words.endswith("; yours.")
    assert MARK in made.words and not Passage("offer").stands_in(made.words)
    assert Passage(text).stands_in(whole) and Passage(PASSAGE).near(whole) == ()


@pytest.mark.parametrize("text", NEAR)
def test_what_comes_near_is_named_and_not_taken(text: str) -> None:
    whole = f"Dear Sir, {text}; yours."
    assert not Passage(PASSAGE).stands_in(whole)
    (place,) = Passage(PASSAGE).near(whole)
    assert text in whole[slice(*place)]


@pytest.mark.parametrize("text", OTHER)
def test_other_words_are_neither(text: str) -> None:
    assert not Passage(PASSAGE).stands_in(text)
    assert Passage(PASSAGE).near(text) == ()


def test_composed_and_decomposed_are_the_same_and_another_accent_is_not() -> None:
    assert Passage("p\u00e9ch\u00e9").stands_in("le pe\u0301che\u0301")
    assert Passage("stra\u00dfe").stands_in("STRASSE")
    assert not Passage("p\u00e9ch\u00e9").stands_in("la p\u00eache")
    assert Passage("p\u00e9ch\u00e9").near("la p\u00eache") == ((3, 8),)


def test_a_compound_may_break_at_its_hyphen() -> None:
    for text in ("list-of-\nprompts", "list\u2010of\u2011prompts", "list-of-prompts"):
        assert Passage("list-of-prompts").stands_in(text)
    assert not Passage("list-of-prompts").stands_in("listof prompts")


def test_a_short_word_is_not_found_across_others() -> None:
    assert not Passage("Dana").stands_in("a sedan arrived")
    assert Passage("Dana").near("a sedan arrived") == ((4, 9),)  # a person looks, and says no


@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_what_is_taken_out_is_out(passage: str, before: str, after: str) -> None:
    try:
        Passage(passage)
    except UsageError:  # nothing in it is seen
        return
    whole = f"{before} {passage} {after}"
    spans = Passage(passage).places(whole)
    assert spans
    left, end = [], 0
    for start, stop in spans:
        left.append(whole[end:start])
        end = stop
    assert not any(Passage(passage).stands_in(part) for part in (*left, whole[end:]))


def test_many_megabytes_are_searched_in_bearable_time() -> None:
    text = "the quick brown fox jumps over the lazy dog\n" * 100_000
    began = time.process_time()
    assert not Passage(PASSAGE).stands_in(text)
    assert time.process_time() - began < 10


def test_a_passage_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="without letters"):
        Passage("\u200b \u00ad")

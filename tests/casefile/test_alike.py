"""Near duplicates: found as by holding all against all, the same again, and not in its time."""

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.casefile.documents import finding_alike
from filiation.casefile.documents.alike import ALIKE, bands, runs_of, shared, words_of
from filiation.casefile.documents.differing import differing
from filiation.casefile.documents.index import Index, open_index
from filiation.model.document import Document

WORDS = [f"w{number}" for number in range(3000)]


def document(text: str) -> Document:
    return Document(file="f", start=0, raw=text.encode(), format="text", text=text)


def taken(index: Index, name: str, texts: list[str]) -> None:
    with index.taking(name) as taking:
        for number, text in enumerate(texts):
            taking.take(number, document(text), f"{number:064x}")
        taking.account = name


def edited(words: list[str], changes: int, draw: random.Random) -> list[str]:
    found = list(words)
    for _ in range(changes):
        found[draw.randrange(len(found))] = draw.choice(WORDS)
    return found


def resemblance(one: str, other: str) -> float:
    """By sets of words in runs, as the rule says it."""
    ours, theirs = (
        {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
        for words in (words_of(one), words_of(other))
    )
    return len(ours & theirs) / len(ours | theirs)


def texts(count: int, seed: int) -> list[str]:
    """Families of texts, of which the members differ in few words to many."""
    draw = random.Random(seed)
    found = []
    while len(found) < count:
        first = draw.choices(WORDS, k=draw.randrange(40, 160))
        found += [" ".join(edited(first, draw.randrange(8), draw)) for _ in range(4)]
    return found


def test_every_pair_that_the_rule_calls_alike_is_tied_to_an_earlier_one(tmp_path: Path) -> None:
    said = texts(100, 1)
    with open_index("c", tmp_path) as index:
        taken(index, "a", said)
        found = {one.document: one for one in index.alike()}
    close = 0
    for place, text in enumerate(said):
        best = max((resemblance(text, said[other]) for other in range(place)), default=0.0)
        close += best >= ALIKE
        assert (f"a:{place}" in found) == (best >= ALIKE)
        if best >= ALIKE:
            other = int(found[f"a:{place}"].other.split(":")[1])
            assert resemblance(text, said[other]) == pytest.approx(best)
    assert 20 < close < 80


def test_it_is_the_same_however_the_productions_were_indexed(tmp_path: Path) -> None:
    said = texts(60, 2)
    with open_index("one", tmp_path) as index:
        taken(index, "a", said[:31])
        taken(index, "b", said[31:])
        first = index.alike()
    with open_index("two", tmp_path) as index:
        taken(index, "a", said[:31])
        taken(index, "b", said[31:])
        assert index.alike() == first
        assert {one.document.split(":")[0] for one in first} == {"a", "b"}
        assert index.alike(production="b") == [o for o in first if o.document.startswith("b")]


def test_many_that_are_all_alike_are_not_held_against_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = itertools.count()
    monkeypatch.setattr(finding_alike, "MOST", 10)
    monkeypatch.setattr(
        finding_alike, "shared", lambda one, other: (next(counted), shared(one, other))[1]
    )
    draw = random.Random(3)
    first = draw.choices(WORDS, k=60)
    said = [" ".join(edited(first, 2, draw)) for _ in range(120)]
    with open_index("c", tmp_path) as index:
        taken(index, "a", said)
        assert len(index.alike()) > 110
    assert next(counted) <= 120 * 10


def test_shares_case_signs_and_widths() -> None:
    one = words_of("The LIST of prompts, is with Dana; do not put it into the report today.")
    other = words_of(
        "the list of prompts is with \uff24ana - do NOT put it into the report\n> today"
    )
    assert one == other and bands(one) == bands(other) != b""
    found = shared((one, runs_of(one)), (one[:8], runs_of(one[:8])))
    assert (found.here, found.there) == (8 / len(one), 1.0)
    assert bands(words_of("too short to say anything")) == b""
    assert len(words_of("\u5408\u540c\u7b2c\u4e00\u7248 final")) == 6
    nothing = shared(([], runs_of([])), ([], runs_of([])))
    assert (nothing.runs, nothing.here) == (0.0, 0.0)


few = st.lists(st.sampled_from("abcde"), max_size=12)


@given(few, few)
def test_what_lies_between_the_places_is_equal(here: list[str], there: list[str]) -> None:
    one = other = 0
    for place in differing(here, there):
        assert here[one : place.here[0]] == there[other : place.there[0]]
        assert place.here[1] > place.here[0] or place.there[1] > place.there[0]
        one, other = place.here[1], place.there[1]
    assert here[one:] == there[other:]
    assert (differing(here, there) == []) == (here == there)


def test_one_word_among_many_is_one_place_of_one_word() -> None:
    words = random.Random(4).choices(WORDS, k=5000)
    changed = [*words[:2500], "other", *words[2501:]]
    (place,) = differing(words, changed)
    assert place.here == place.there == (2500, 2501)
    (gone,) = differing(words, words[:100] + words[103:])
    assert gone.here[1] - gone.here[0] == 3 and gone.there[0] == gone.there[1]

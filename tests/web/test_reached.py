"""Refusals that reach a page in English: as many as are named here, and never more.

A refusal that is new where deeds are judged has to be translated (`languages/refusals.*.toml`); who
translates others lowers the number of their room in `reached.toml`. The names are printed by

    python -m web.reached
"""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from filiation.report.languages.catalogue import LANGUAGES
from web.reached import Refusal, english_in, reached

LEFT = tomllib.loads(Path(__file__).with_name("reached.toml").read_text("utf-8"))["english"]
SAID = (  # laws, and what the forms themselves refuse: what people meet most
    "casefile.laws.clock", "casefile.laws.lineups", "casefile.laws.numbers",
    "casefile.laws.parties", "casefile.laws.privilege", "casefile.laws.exhibits",
    "casefile.laws.coins", "casefile.laws.comments", "proceedings.desk.given",
    "proceedings.desk.verbs", "proceedings.desk.time_verbs", "proceedings.desk.paper_verbs",
)  # fmt: skip


def room_of(refusal: Refusal) -> str:
    return "/".join(refusal.module.split(".")[:2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_more_refusals_are_english_than_before(language: str) -> None:
    english = [one for one in reached() if english_in(one, language)]
    found = Counter(map(room_of, english))
    more = {room: [one.shown for one in english if room_of(one) == room]
            for room, count in found.items() if count > LEFT.get(room, 0)}  # fmt: skip
    assert more == {}, "translate them in languages/refusals.*.toml"
    fewer = {room: found[room] for room, count in LEFT.items() if found[room] < count}
    assert fewer == {}, "lower their numbers in tests/web/reached.toml"
    altered = [one for one in english if one.module in SAID and "altered" not in one.words]
    assert altered == []


def test_what_a_desk_can_refuse_is_found() -> None:
    """Laws, deeds, plans and readers; a slot is one, and words of a slot are none."""
    found = {(one.module, one.shown) for one in reached()}
    assert ("casefile.laws.coins", "coin: expected 32 bytes as 64 hexadecimal digits") in found
    assert ("casefile.laws.parties", "{fact.party}: already a party of this case") in found
    rooms = {module.partition(".")[0] for module, _ in found}
    assert {"casefile", "proceedings", "examining", "readers"} <= rooms
    assert not {"cli", "web", "validate"} & rooms and len(found) > 1000


def test_an_english_refusal_is_seen() -> None:
    """One that no key has, one that a key has, and one of which only the frame is known."""
    assert english_in(Refusal("x", "the sun stands still"), "de")
    assert not english_in(Refusal("x", "\x00name\x00: no production of this case"), "de")
    assert english_in(Refusal("x", "\x00name\x00: no production of this planet"), "de")

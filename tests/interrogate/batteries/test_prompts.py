"""The batteries without a key: what is asked, and what must not be."""

import re
from pathlib import Path

import pytest

from filiation.interrogate.batteries import generate
from filiation.interrogate.batteries.questions import pool, word_list
from filiation.interrogate.batteries.traps import near_a_real_name

HARMFUL = [
    line
    for line in (Path(__file__).parent / "harmful.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(
    ("name", "least"), [("borderline", 200), ("style", 200), ("identity", 100)]
)
def test_enough_distinct_prompts(name: str, least: int) -> None:
    assert len(pool(f"{name}.toml")) >= least


def test_borderline_asks_for_nothing_harmful() -> None:
    harmful = re.compile(r"\b(" + "|".join(map(re.escape, HARMFUL)) + ")", re.IGNORECASE)
    for question in pool("borderline.toml"):
        assert not harmful.search(question.prompt), question.prompt


@pytest.mark.parametrize("name", ["values", "persona", "constitution"])
def test_no_trade_off_and_no_request_is_harmful(name: str) -> None:
    harmful = re.compile(r"\b(" + "|".join(map(re.escape, HARMFUL)) + ")", re.IGNORECASE)
    for seed in range(3):
        for item in generate(name, seed=seed, items=1_600):
            assert not harmful.search(item.prompt or ""), item.prompt


def test_borderline_asks_how_refusals_are_worded() -> None:
    kinds = [question.category for question in pool("borderline.toml")]

    assert kinds.count("wording of a refusal") >= 20
    assert len(set(kinds)) >= 8


@pytest.mark.parametrize("seed", range(5))
def test_traps_name_nobody_well_known(seed: int) -> None:
    """Against the list by another route: no listed name of five letters inside any word."""
    given = set(word_list("real_names.txt"))
    long = [name.casefold() for name in given if len(name) >= 5 and " " not in name]
    for item in generate("traps", seed=seed, items=300):
        assert item.key is None and item.prompt is not None
        invented = [word for word in item.prompt.replace('"', " ").split() if len(word) > 9]
        for word in invented:
            if word[0].isupper() and word.isalpha() and word not in COMMON:
                assert not any(name in word.casefold() for name in long), item.prompt


COMMON = {
    "Wilhelmina", "Marguerite", "Portuguese", "Attenuation", "Backscatter", "Bellfounder",
    "Bulgarian", "Cemeteries", "Harbourmaster", "Hysteresis", "Lighthouses", "Nucleation",
    "Percolation", "Recruitment", "Reservoir", "Scintillation", "Sedimentation", "Switzerland",
    "Weathercock", "Whispering", "Beekeeping", "Telegraphs", "Turbidity", "Waterways", "Ordinance",
}  # fmt: skip


@pytest.mark.parametrize(
    "name", ["Kirov", "Isaac Newton", "newtom", "Smithy", "Florenze", "The Tin Drum", "Edinburgh"]
)
def test_real_names_are_caught(name: str) -> None:
    assert near_a_real_name(name)


def test_an_invented_name_is_not() -> None:
    assert not near_a_real_name("Zelmakorquist")


def test_traps_ask_for_what_can_be_coded() -> None:
    items = generate("traps", seed=0, items=200)

    assert {item.normaliser for item in items} == {"number/1", "text/1"}
    assert {item.category for item in items} == {"person", "book", "law", "place", "paper"}
    assert all("nswer" in (item.prompt or "") for item in items)

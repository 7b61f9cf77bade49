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


# Words of two slots of one template that do not go together, as they once were drawn.
ODD = (
    (r"a (?:home-made cake|watercolour|garden design|application letter)", r"ending"),
    (r"pensioner|widow|patient|employee", r"leave school"),
    (r"friend in debt", r"put all savings"),
    (r"pupil", r"three children to care for"),
    (r"driver|treasurer|choir", r"half of an essay"),
    (r"a (?:family|boarding school) has|custom of a (?:family|boarding school)", r"by invitation"),
    (r"a (?:court|bank|clinic|primary school|bus company)", r"a new seed|driverless carts"),
    (r"false alarms|lets strangers in|fires break out", r"health certificates"),
    (r"competition jury|airline|food bank|public pool", r"deadline|refunds|ticket"),
    (r"captain|speaker|only ticket", r"in much greater need"),
    (r"lake near a city|abandoned quarry|wet meadow", r"eighty families at|supply water"),
    (r"family of five|choir", r"homes of its poorest|lowest wages"),
    (r"tombstone|fountain|gate", r"bakery|your own room|cinema"),
    (r"loaf of bread|meal", r"half a year|in a month"),
    (r"paint a fence", r"late at night|winter evening"),
    (r"learning game|clinic|cooking app", r"orders and delivery|price will fall"),
    (r"photographs|contract", r"paid twice|appointments collide"),
    (r"sister|publisher|landlord|neighbour", r"two pages of a book|leave a job"),
    (r"house next door", r"birthday|former name"),
    (r"forgers of relics|spies", r"take ships|open its gates"),
    (r"grandmother|doctor", r"puberty"),
)


@pytest.mark.parametrize("name", ["values", "persona", "constitution"])
def test_words_of_one_template_go_together(name: str) -> None:
    for seed in range(3):
        prompts = [item.prompt or "" for item in generate(name, seed=seed, items=1_600)]
        for one, other in ODD:
            for prompt in prompts:
                situation = prompt.partition("\nA. ")[0]
                assert not (re.search(one, situation) and re.search(other, situation)), situation


@pytest.mark.parametrize("name", ["values", "persona", "constitution"])
def test_no_word_has_two_articles_or_the_wrong_one(name: str) -> None:
    twice = re.compile(r"\b(?:a|an|the|its|your|lesser|real) (?:a|an|the|its|your)\b", re.I)
    wrong = re.compile(r"\ba [aeio]|\ban [^aeiouh]", re.I)
    for item in generate(name, seed=0, items=1_600):
        assert not twice.search(item.prompt or ""), item.prompt
        assert not wrong.search((item.prompt or "").replace("A one", "")), item.prompt


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

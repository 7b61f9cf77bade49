"""Architectures are context: no agreement supports anything, and contradictions are told first."""

import json
from pathlib import Path

import pytest

from command import CASEBOOK, Command
from filiation.examining.architecture.measured import table, told
from filiation.examining.architecture.plug import QUESTION
from filiation.examining.architecture.released import nearest, shelf, strangers, vendors_with
from filiation.model.architecture import CHOICES, Architecture
from filiation.readers.architecture import open_architecture

ONE = Architecture(
    name="one",
    stated=(("layers", "4"), ("width", "80"), ("heads", "4"), ("head width", "20"),
            ("vocabulary", "768"), ("tied tables", "no"), ("norm", "root mean square")),
    seen=(("layers", "4"), ("width", "80"), ("query rows", "80"), ("vocabulary", "768"),
          ("tables", "two"), ("norm biases", "no")),
)  # fmt: skip


def changed(**seen: str) -> Architecture:
    found = {**dict(ONE.seen), **{name.replace("_", " "): value for name, value in seen.items()}}
    return Architecture(name="one", stated=ONE.stated, seen=tuple(found.items()))


@pytest.mark.parametrize("pair", [("stranger-2", "parent"), ("parent", "parent")])
def test_two_models_of_one_configuration_yield_no_support(
    filiation: Command, tmp_path: Path, pair: tuple[str, str]
) -> None:
    """Trained from other seeds, or the very same: words and numbers are alike."""
    subject, source = (f"{CASEBOOK / name}#architecture" for name in pair)
    done = filiation(
        "examine", f"a={subject}", "--source", f"b={source}", "--out", tmp_path / "x", "--json"
    )
    found = done.conclusion
    assert (found["support"]["toward"], found["support"]["reason"]) == ("neither", "context-only")
    assert found["combined"]["log10_p"] is None and not found["findings"]
    assert found["relation"]["kind"] == "unknown"
    read = filiation("examine", f"a={subject}", "--source", f"b={source}", "--full", "--out",
                     tmp_path / "y").out  # fmt: skip
    said = " ".join(read.split())
    assert "It supports neither proposition, however much the two have in common." in said
    assert "may have been trained apart" in said and "this is no probability" in said
    assert "15 of 15 choices" in said and "identical" not in said and "p-value of" not in said
    assert filiation("verify", tmp_path / "x").code == 0


def test_other_configurations_support_no_independence(filiation: Command, tmp_path: Path) -> None:
    subject, source = (CASEBOOK / name / "config.json" for name in ("other-architecture", "parent"))
    done = filiation("examine", subject, "--source", source, "--out", tmp_path / "x", "--json")
    assert done.conclusion["support"]["reason"] == "context-only"
    assert QUESTION.kind.no_evidence and not QUESTION.kind.identical


def test_weights_beside_it_are_concluded_on_as_without_it(
    filiation: Command, tmp_path: Path
) -> None:
    words = ("examine", CASEBOOK / "permuted", "--source", CASEBOOK / "parent", "--json", "--out")
    alone = filiation(*words, tmp_path / "x").conclusion
    both = filiation(
        *words, tmp_path / "y", "--only", "weights", "--only", "architecture",
        "--subject-also", f"{CASEBOOK / 'permuted'}#architecture",
        "--source-also", CASEBOOK / "parent" / "config.json",
    ).json["conclusions"]  # fmt: skip
    weights, architecture = both
    assert architecture["support"]["reason"] == "context-only"
    assert weights["combined"] == alone["combined"] and weights["support"] == alone["support"]


def test_nothing_contradicts_itself_in_an_honest_model() -> None:
    assert not any(row.differs for row in table(ONE))
    for name in ("parent", "permuted", "quantised-4bit", "other-architecture", "depth-pruned"):
        read = open_architecture(f"{CASEBOOK / name}#architecture")
        assert not [row for row in table(read) if row.differs], name


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"layers": "3"}, "one: layers: declared 4, measured 3"),
        ({"query_rows": "60"}, "one: heads x head width: declared 80, measured 60"),
        ({"width": "96"}, "one: width: declared 80, measured 96"),
        ({"vocabulary": "700"}, "one: vocabulary: declared 768, measured 700"),
    ],
)
def test_a_contradiction_is_told_first(seen: dict[str, str], said: str) -> None:
    first, second, *_ = told(changed(**seen))
    assert first == said and second.startswith("one: declared and measured alike")


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"tables": "one"}, "measured one; a model may be kept without its output table"),
        ({"vocabulary": "900"}, "measured 900; a table may have more rows than there are tokens"),
        ({"layers": "3", "kinds_of_layers": "2"}, "measured 3; its layers are of several kinds"),
        ({"query_rows": "60 to 80"}, "measured 60 to 80; it varies from layer to layer"),
    ],
)
def test_what_honest_files_say_too_is_told_with_its_reason_and_after_contradictions(
    seen: dict[str, str], said: str
) -> None:
    assert said in next(told(changed(**seen)))
    assert not any(row.contradicts for row in table(changed(**seen)))
    first, second, *_ = told(changed(**{**seen, "width": "96"}))
    assert first == "one: width: declared 80, measured 96" and said in second


def test_heads_that_do_not_divide_the_rows_contradict_them() -> None:
    odd = Architecture(name="one", stated=(*ONE.stated[:2], ("heads", "7")), seen=ONE.seen)
    assert next(told(odd)) == "one: heads x head width: declared 7 x unknown, measured 80"


def test_a_released_configuration_is_its_own_nearest_and_others_are_known() -> None:
    known = shelf().models
    assert {*shelf().packages} == {"litgpt", "transformers"}
    llama = next(one for one in known if one.name == "meta-llama/Llama-2-7b-hf")
    (first, agree, both), *_ = nearest(llama.choices, [one for one in known if one.of == "release"])
    assert agree == both and first.vendor == "meta-llama"
    made, of = vendors_with("activation", "silu", known)
    assert 20 < made < of
    assert all({*one.choices} <= {*CHOICES} for one in known)


def test_strangers_share_whole_configurations() -> None:
    """Why there is no probability: the rarest agreement is reached by pairs of strangers."""
    known = shelf().models
    whole, most, none = strangers(15, 15, known), strangers(8, 10, known), strangers(0, 1, known)
    assert 0 < whole.share < most.share < none.share == 1.0
    assert 0 < whole.reached < most.reached < none.reached == none.of


def test_a_child_of_another_vendors_weights_is_no_stranger() -> None:
    text = json.dumps([one.name for one in shelf().models])
    assert not any(name in text for name in ("Platypus", "FreeWilly", "R1-Distill", "Nemotron-70B"))

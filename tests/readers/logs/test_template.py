"""Two fillings of one template read alike; other prompts do not; edits leave most shingles."""

import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from filiation.readers.logs.template import SLOT, read_prompt, read_system, words_of

LOWER = st.text(string.ascii_lowercase, min_size=1, max_size=9)
PASSAGE = st.lists(LOWER, min_size=14, max_size=200).map(" ".join)
NUMBER = st.one_of(
    st.integers(0, 10**9).map(str),
    st.floats(0, 1e6, allow_nan=False).map(lambda x: f"{x:.2f}"),
    st.sampled_from(["12:30", "2026-01-31", "3/4", "50%", "1,000,000", "0x1F", "v2", "x1y2"]),
)
NAME = st.lists(
    st.builds(str.__add__, st.sampled_from(string.ascii_uppercase), LOWER), min_size=1, max_size=3
).map(" ".join)
QUOTED = st.tuples(
    st.sampled_from([('"', '"'), ("\u201c", "\u201d"), ("«", "»"), ("`", "`")]),
    st.text(string.ascii_letters + " ,", min_size=1, max_size=80),
).map(lambda x: x[0][0] + x[1] + x[0][1])
LINK = LOWER.map(lambda x: f"https://{x}.example/{x}?q={x}")
CODE = st.lists(LOWER, min_size=1, max_size=40).map(
    lambda x: "```python\n" + "\n".join(x) + "\n```"
)
TAGGED = st.lists(LOWER, max_size=40).map(lambda x: "<document>" + "\n".join(x) + "</document>")
SLOTS = {
    "number": NUMBER, "name": NAME, "quotation": QUOTED, "link": LINK, "code": CODE,
    "tagged": TAGGED,
}  # fmt: skip


@pytest.mark.parametrize("slot", SLOTS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_template_reads_alike_whatever_fills_its_slot(slot: str, data: st.DataObject) -> None:
    one, other = data.draw(SLOTS[slot]), data.draw(SLOTS[slot])
    text = "Please explain the role of {} in simple terms, and say why it matters to people."
    found = [read_prompt(text.format(value)) for value in (one, other)]
    assert found[0].template == found[1].template != ""
    assert found[0].opening == found[1].opening != ""
    assert found[0].closing == found[1].closing != ""


@settings(max_examples=150, deadline=None)
@given(
    one=st.lists(PASSAGE, min_size=1, max_size=6), other=st.lists(PASSAGE, min_size=1, max_size=6)
)
def test_a_passage_between_fixed_ends_is_a_slot(one: list[str], other: list[str]) -> None:
    text = "Summarise the text below for a busy reader.\n\n{}\n\nAnswer with bullet points only."
    found = [read_prompt(text.format("\n\n".join(lines))) for lines in (one, other)]
    assert found[0].template == found[1].template
    assert "busy reader" in found[0].template and "bullet points" in found[0].template
    assert found[0].closing == found[1].closing == "answer with bullet points only"


@settings(max_examples=100, deadline=None)
@given(one=PASSAGE, other=PASSAGE)
def test_what_follows_a_label_is_a_slot(one: str, other: str) -> None:
    for text in (
        "Translate the next sentence into formal style: {}",
        "Task: {}\nTone: calm, short",
    ):
        found = [read_prompt(text.format(value)) for value in (one, other)]
        assert found[0].template == found[1].template


@settings(max_examples=200, deadline=None)
@given(one=st.lists(LOWER, min_size=4, max_size=12), other=st.lists(LOWER, min_size=4, max_size=12))
def test_short_prompts_of_other_words_are_other_templates(one: list[str], other: list[str]) -> None:
    assume(one != other)
    assert read_prompt(" ".join(one)).template != read_prompt(" ".join(other)).template


@pytest.mark.parametrize(
    "prompt", ["", " \n\t", "Hi", "42", '"a b"', "https://a.example", "\u200b\u2060", SLOT * 3]
)
def test_a_prompt_that_is_nothing_but_slots_has_no_template(prompt: str) -> None:
    assert read_prompt(prompt).template == ""


def test_strangers_cannot_put_a_slot_into_a_prompt() -> None:
    assert read_prompt(f"write {SLOT} a poem now").template == "write a poem now"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Write a poem about the sea", "write  a POEM about the\nsea".replace("\n", " ")),
        ("Write a poem about the sea", "Write a\u200b poem about the\u2060 sea"),
        ("Write a poem about the sea", "\uff37rite a poem about the sea"),
        ("Write a\u00a0poem about the sea", "Write a poem about the sea"),
        ("naïve café ideas for lunch", "nai\u0308ve cafe\u0301 ideas for lunch"),
    ],
)
def test_what_cannot_be_seen_changes_nothing(one: str, other: str) -> None:
    assert read_prompt(one).whole == read_prompt(other).whole
    assert read_prompt(one).words == read_prompt(other).words


def test_marks_and_signs_are_part_of_the_whole() -> None:
    assert read_prompt("What is 2+2 now?").whole != read_prompt("What is 2-2 now?").whole


def test_words_without_spaces_between_them_are_taken_apart() -> None:
    assert words_of("把以下句子翻译") == [*"把以下句子翻译"]
    assert words_of("ok 你好 fine") == ["ok", "你", "好", "fine"]


def test_numbers_in_words_are_one_word() -> None:
    assert words_of("in 3 or 44 steps, x2") == ["in", "0", "or", "0", "steps", "0"]


def test_a_system_prompt_may_be_short() -> None:
    assert read_system("Be brief.") == "be brief"
    assert read_system("You are GPT-9, made by Acme on 2026-01-01.") == read_system(
        "You are Helper, made by Bolt on 2025-12-31."
    )


def test_a_prompt_of_many_lines_keeps_its_ends() -> None:
    lines = [f"row {word} of it" for word in string.ascii_lowercase]
    found = read_prompt(
        "\n".join(["look at this table of words", *lines, "sort it by the last word"])
    )
    assert found.template.startswith("look at this table of words")
    assert found.template.endswith("sort it by the last word")
    assert "row m of it" not in found.template


@settings(max_examples=60, deadline=None)
@given(one=st.integers(1, 60), other=st.integers(1, 60), words=st.lists(LOWER, min_size=3))
def test_however_many_examples_stand_between_a_template_reads_alike(
    one: int, other: int, words: list[str]
) -> None:
    found = [
        read_prompt(
            "Answer the question as the examples do.\n"
            + "".join(f"Question {n}: {words[n % 3]}\nAnswer: {n}\n" for n in range(count))
            + "Keep to the form of the examples above."
        )
        for count in (one, other)
    ]
    assert found[0].template == found[1].template
    assert "form of the examples" in found[0].template


def test_the_first_person_is_no_name() -> None:
    assert read_prompt("Now that I ask, tell me what I'd do").template == (
        "now that i ask tell me what i'd do"
    )

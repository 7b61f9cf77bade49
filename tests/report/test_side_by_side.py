"""Weights and answers in one examination: a conclusion each, side by side, never one number."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from filiation.model.examination import Conclusion, Examination
from filiation.model.kinds import Term
from filiation.model.words import MethodWords
from filiation.report import wording
from filiation.report.render.html import render_html
from filiation.report.render.json import conclusion_json, render_json
from report import cases, output_cases
from report.texts import Page, everything, on_terminal

TOGETHER = pytest.mark.parametrize("build", output_cases.TOGETHER, ids=lambda build: build.__name__)
ALONE = pytest.mark.parametrize("build", output_cases.ALL, ids=lambda build: build.__name__)
TAGS = "<script>alert(1)</script><b>x</b> {{ 7*7 }} \u202e\x1b[31m\x00"


def page(found: Examination) -> str:
    return " ".join(" ".join(text.split()) for text in Page(render_html(found)).texts)


def items(part: str) -> tuple[str, ...]:
    """The items of a list, as a page shows them."""
    texts = Page(part[part.index("<ul>") :].encode()).texts
    return tuple(" ".join(text.split()) for text in texts)


def said(one: Conclusion) -> tuple[str, ...]:
    """What is a conclusion's own: answer, support, reasons with its p, and power."""
    return (
        wording.headline(one),
        wording.support_words(one),
        wording.support_because(one),
        wording.power_sentence(one),
    )


@TOGETHER
def test_the_page_has_both_and_each_in_its_own_section(build: Callable[[], Examination]) -> None:
    found = build()
    text = page(found)
    places = [text.index(f"{n}. {wording.kind_title(one.kind)}") for n, one in
              enumerate(found.conclusions, 2)]  # fmt: skip
    places.append(text.index("4. Method and plan"))

    for number, one in enumerate(found.conclusions):
        own = text[places[number] : places[number + 1]]
        assert all(words in own for words in said(one)[1:])
        assert text.index(said(one)[0]) < places[0], "the answers stand first, beside each other"
        assert all(finding.method in own for finding in one.findings)
        for other in found.conclusions:
            if other is not one:
                assert not any(finding.method in own for finding in other.findings)
                assert wording.combined_sentence(other) not in own
        for item, setting in wording.question_lines(one):
            assert f"{item} {setting}" in text[places[-1] :]
    assert "They stand side by side and are not made into one number." in text


@TOGETHER
def test_the_terminal_has_both_short_and_whole(build: Callable[[], Examination]) -> None:
    found = build()
    for short in (False, True):
        shown = " ".join(on_terminal(found, 4000, short=short).split())
        for one in found.conclusions:
            assert wording.headline(one) in shown
            assert f"{wording.kind_title(one.kind)}: " in shown
            wanted = wording.brief_sentences(one) if short else said(one)[2:3]
            assert all(words in shown for words in wanted)


@TOGETHER
def test_programs_get_both_as_if_each_were_alone(build: Callable[[], Examination]) -> None:
    found = build()
    report = json.loads(render_json(found))
    assert report["conclusions"] == [
        json.loads(json.dumps(conclusion_json(one))) for one in found.conclusions
    ]
    for one, row in zip(found.conclusions, report["conclusions"], strict=True):
        (alone,) = json.loads(render_json(cases.examination(one)))["conclusions"]
        assert row == alone
        assert row["level"] == one.plan.level
    assert report["conclusions"][0]["level"] != report["conclusions"][1]["level"]


@TOGETHER
def test_no_number_stands_above_the_conclusions(build: Callable[[], Examination]) -> None:
    report = json.loads(render_json(build()))
    above = {key: part for key, part in report.items() if key not in ("conclusions", "scale")}
    assert above.pop("schema_version") == 3
    questions = above["plan"].pop("questions")
    assert above["plan"] == {"seed": 20261123, "population": None}
    del above["plan"]
    assert [q["question"] for q in questions] == ["weights", "answers"]
    assert not re.search(r'[:\[,] ?-?\d', json.dumps({k: v for k, v in above.items()})
                         .replace('": "', "")), above  # fmt: skip


@ALONE
def test_a_picture_comes_before_the_first_table(build: Callable[[], Conclusion]) -> None:
    one = build()
    text = render_html(cases.examination(one)).decode()
    counting = [finding for finding in one.findings if finding.counts]
    pictured = any(c.log_p is not None or c.subject_log_p is not None for c in one.controls) or any(
        len(f.layers) > 1 or any(p.who != "relative" for p in f.lineup) for f in counting
    )
    assert ("<svg" in text[: text.index("<table")]) == pictured


@pytest.mark.parametrize("build", [cases.derivation, cases.independence, output_cases.alike])
def test_a_report_on_weights_and_one_on_answers_start_with_a_picture(
    build: Callable[[], Conclusion],
) -> None:
    text = render_html(cases.examination(build())).decode()
    assert text.index("<h1>") < text.index("<svg") < text.index("</header>") < text.index("<table")


@ALONE
def test_three_limits_stand_open_and_the_rest_is_folded(build: Callable[[], Conclusion]) -> None:
    one = build()
    limits = wording.limits(one)
    text = render_html(cases.examination(one)).decode()
    box = text[text.index("What this cannot show") :]
    open_, folded = box[: box.index("<details>")], box[box.index("<details>") :]
    folded = folded[: folded.index("</details>")]
    assert (open_.count("<li>"), folded.count("<li>")) == (3, len(limits) - 3)
    assert f"<summary>{len(limits) - 3} more" in folded
    listed = (*items(open_), *items(folded[folded.index("</summary>") :]))
    assert listed == tuple(limits)
    assert len(limits) > 3


def hostile_words() -> Examination:
    """Every word of a kind and of its methods as a stranger could have written it."""
    base = output_cases.both_kinds()
    both = []
    for one in base.conclusions:
        words = MethodWords(
            title=TAGS, question=TAGS, explanation=TAGS, defeats=TAGS, aside=TAGS,
            frame_explanation=TAGS, frame_defeats=TAGS, parameters=(("draws", TAGS),),
            error_rate=TAGS,
        )  # fmt: skip
        kind = replace(
            one.kind, label=TAGS, plural=TAGS, digest_labels=(TAGS, TAGS), absence=TAGS,
            supports=f"{TAGS} {{subject}} {{source}}", sense=TAGS, shown=TAGS, inherited=TAGS,
            unseen=TAGS, identical=TAGS, no_evidence=TAGS, limits=(TAGS,) * 5,
            terms=(Term(term=TAGS, means=TAGS),),
        )  # fmt: skip
        both.append(replace(one, kind=kind, words=tuple((m, words) for m in one.plan.methods)))
    return cases.examination(*both)


def test_words_of_strangers_are_cleaned_and_escaped() -> None:
    found = hostile_words()
    text = render_html(found).decode()
    assert "<script" not in text and "<b>" not in text
    assert "&lt;script&gt;" in text and "{{ 7*7 }}" in text
    assert text.count("</table>") == text.count("<table") and text.count("</style>") == 1
    shown = [text, on_terminal(found), on_terminal(found, short=True), *everything(found)]
    for words in shown:
        assert not {"\x1b", "\u202e", "\x00"} & set(words)
    assert b"\\u001b" not in render_json(found) and "\u202e" not in render_json(found).decode()
    assert all(len(row) <= 80 for row in on_terminal(found).splitlines())


@pytest.mark.parametrize("name", ["{subject}", "{source}", "{0}", "%s", "\\1"])
def test_names_that_look_like_places_stay_as_they_are(name: str) -> None:
    for one in (cases.derivation(), output_cases.alike()):
        named = replace(one, subject=replace(one.subject, name=name))
        assert f"\u201c{name}\u201d" in wording.headline(named)


@ALONE
def test_without_the_words_of_its_methods_a_conclusion_still_has_its_report(
    build: Callable[[], Conclusion],
) -> None:
    one = replace(build(), words=())
    found = cases.examination(one)
    text = page(found)
    for finding in one.findings:
        stem = finding.method.partition("/")[0]
        assert wording.method_text(one, finding.method).title == stem
        assert stem in text
    if one.findings:
        assert wording.method_text(one, "unheard-of/1").explanation in text
        assert "Its error rate is not yet measured." in text
    for words in everything(found):
        assert wording.forbidden(words) == [], words


def test_a_method_without_words_and_without_a_name_is_called_unnamed() -> None:
    assert wording.method_text(cases.derivation(), "").title == "unnamed method"

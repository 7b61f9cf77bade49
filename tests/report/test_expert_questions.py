"""An expert report on several questions: a part for each conclusion, and no number over both."""

from dataclasses import replace
from functools import cache

from filiation.model.examination import Conclusion, Examination
from filiation.report.blocks import Block, Heading, Paragraph, Table
from filiation.report.expert.compose import compose
from filiation.report.expert.gathered import CaseMaterial
from filiation.report.wording import kind_title
from report import cases, output_cases
from report.materials import material
from report.texts import whole


@cache
def both() -> Examination:
    """Weights that meet their level, and answers, of one pair of models."""
    weights, answers = whole(cases.derivation()), whole(output_cases.strange())
    questions = (*weights.plan.questions, *answers.plan.questions)
    return replace(
        weights,
        plan=replace(weights.plan, questions=questions),
        subject=replace(
            weights.subject, materials=(*weights.subject.materials, *answers.subject.materials)
        ),
        source=replace(
            weights.source, materials=(*weights.source.materials, *answers.source.materials)
        ),
        conclusions=(*weights.conclusions, *answers.conclusions),
    )


@cache
def gathered() -> CaseMaterial:
    return material(both())


@cache
def blocks() -> tuple[Block, ...]:
    composed = compose(gathered())
    return (*composed.core, *composed.annexes)


def part(anchor: str) -> list[Block]:
    """The blocks of one section or annex."""
    found: list[Block] = []
    inside = False
    for block in blocks():
        if isinstance(block, Heading) and block.level == 1:
            inside = block.anchor == anchor
        elif inside:
            found.append(block)
    return found


def headings(anchor: str) -> list[str]:
    return [block.text for block in part(anchor) if isinstance(block, Heading)]


def titles() -> list[str]:
    return [kind_title(one.kind) for one in both().conclusions]


def test_each_conclusion_is_headed_by_what_it_is_about() -> None:
    assert headings("summary") == [*titles(), "All questions"]
    for anchor in ("propositions", "lineup", "range"):
        assert headings(anchor)[:2] == titles()
    assert headings("weight") == titles()
    assert [f"Likelihood ratios: {title}" for title in titles()] == headings("scale")


def test_every_conclusion_has_its_headline_and_its_support() -> None:
    strong = [b for b in part("summary") if isinstance(b, Paragraph) and b.strong]

    assert len(strong) == len(both().conclusions) == 2
    assert strong[0].text != strong[1].text


def test_findings_are_numbered_through() -> None:
    table = next(b for b in part("details") if isinstance(b, Table))
    numbers = [row[0].split()[0] for row in table.rows]
    every = sum(len(one.findings) for one in both().conclusions)

    assert numbers == [f"F{n}" for n in range(1, every + 1)]
    assert [t.split()[0] for t in headings("details") if t[0] == "F" and t[1].isdigit()] == numbers


def test_the_plan_says_which_question_a_level_is_of() -> None:
    (plan, *_) = [b for b in part("record") if isinstance(b, Table)]
    asked = [row[1] for row in plan.rows if row[0] == "Question"]

    assert asked == titles()
    assert sum(row[0] == "Level" for row in plan.rows) == 2
    (fixed, *_) = [b.text for b in part("method") if isinstance(b, Paragraph)]
    assert "a level for each question (weights " in fixed


def test_one_question_alone_is_not_headed() -> None:
    alone: Conclusion = cases.derivation()
    summary = [b for b in compose(material(alone)).core if isinstance(b, Heading)]

    assert not {b.text for b in summary} & {*titles(), "All questions"}

"""Which recordings are about values, and what becomes of a file that is both, or pretends to be."""

from dataclasses import replace
from pathlib import Path

import pytest

from command import Command
from filiation.examining.answers.about_values import asks_about_values, without_values
from filiation.examining.kinds import recognise
from filiation.examining.question import Pair
from filiation.examining.values.plug import QUESTION
from filiation.interrogate.batteries import generate
from filiation.methods import methods_for
from filiation.model.ending import Ending
from filiation.model.kinds import VALUES as VALUES_KIND
from filiation.model.plan import PlannedQuestion, Propositions
from filiation.model.recording import Item, Recording
from filiation.readers.reader import Taken
from readers.answers.writing import answer, lines

VALUES = generate("values", seed=1, items=8)


def written(path: Path, *, values: int = 0, others: int = 0, said: str = "A\nBecause.") -> str:
    rows = [answer("m", item.id, said, prompt=item.prompt) for item in VALUES[:values]]
    rows += [answer("m", f"q{n}", said, prompt=f"question {n}", key="4") for n in range(others)]
    return str(lines(path, rows))


def taken(spec: str, folder: Path) -> Taken:
    (found,) = recognise(spec).reader.take(spec, folder)
    return found


def test_all_about_values_is_that_kind(tmp_path: Path) -> None:
    found = taken(written(tmp_path / "v.jsonl", values=8), tmp_path)
    assert found.material.kind == "values"
    assert found.file.name.endswith(".values.gz")
    reader = recognise(written(tmp_path / "v.jsonl", values=8)).reader
    (again,) = reader.reopen(found.file, [(found.material.digest, "m")])
    assert again == found.material


def test_both_are_answers_without_them_and_it_is_said(tmp_path: Path) -> None:
    both = taken(written(tmp_path / "b.jsonl", values=8, others=5), tmp_path).material
    alone = taken(written(tmp_path / "a.jsonl", others=5), tmp_path).material
    assert both.kind == "answers" and both.digest == alone.digest
    assert "8 other questions about values were left out" in " ".join(both.notes)
    assert not alone.notes


def test_how_answers_ended_stays_with_those_that_are_left() -> None:
    """A recording of both kinds, in which a provider marked how answers ended."""
    items = (*VALUES[:2], Item(id="q1", prompt="one"), Item(id="q2", prompt="two"))
    both = Recording(
        name="m",
        items=items,
        outputs=("A", "B", "", "4"),
        endings=(Ending.WHOLE, Ending.CUT, Ending.DECLINED, Ending.WHOLE),
    )
    left = without_values(both)
    assert [item.id for item in left.items] == ["q1", "q2"]
    assert left.endings == (Ending.DECLINED, Ending.WHOLE)
    assert not without_values(both.on([0, 1, 3])).endings


@pytest.mark.parametrize(
    "said", [VALUES[0].id, f'{{"item": "{VALUES[0].id}"}}', "values/1/1/00000/1-ab\n" * 50]
)
def test_an_answer_that_mentions_such_a_question_changes_nothing(tmp_path: Path, said: str) -> None:
    """Whoever is examined writes the answers: they decide nothing about the kind."""
    spec = written(tmp_path / "a.jsonl", others=5, said=said)
    assert not asks_about_values(spec)
    assert taken(spec, tmp_path).material.kind == "answers"


def test_a_damaged_file_is_nobodys_yet(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_text(f'{{"model": "m", "item": "{VALUES[0].id}", "output": \n')
    assert not asks_about_values(str(path))
    assert not asks_about_values(str(tmp_path / "none.jsonl"))


def test_no_method_reads_both() -> None:
    assert not {m.id for m in methods_for("values")} & {m.id for m in methods_for("answers")}
    assert len(methods_for("values")) == 3


def test_what_counts_errors_refuses_choices(tmp_path: Path, filiation: Command) -> None:
    """A survey, and bets against a source, read errors: a preference in common is none."""
    one = written(tmp_path / "one.jsonl", values=8)
    done = filiation("survey", one, written(tmp_path / "two.jsonl", values=8, others=3))
    assert done.code == 2
    assert "a choice is no error" in done.err
    done = filiation(
        "ask", "openai/toy", "-b", "values", "-o", tmp_path / "t.jsonl", "--against", one,
        "--control", one, "--dry-run",
    )  # fmt: skip
    assert done.code == 2
    assert "a choice is no error" in done.err


def test_a_party_that_was_asked_other_words_under_the_same_ids_is_not_compared() -> None:
    """A choice between other things is no choice in common, nor one apart."""
    asked = generate("values", seed=1, items=200)
    said = ("A",) * len(asked)
    source = Recording(name="source", items=asked, outputs=said)
    rotated = tuple(replace(item, prompt=asked[n - 7].prompt) for n, item in enumerate(asked))
    subject = replace(source, name="subject", items=rotated)
    plan = PlannedQuestion(
        kind=VALUES_KIND,
        methods=("shared-choices/1",),
        propositions=Propositions(derivation="so", independence="not so"),
        level=0.01,
    )
    parties = {"source": source, "subject": subject, "controls": (), "names": ("a", "b")}
    pair = Pair(plan=plan, seed=0, families={}, **parties)  # type: ignore[arg-type]

    assert "were asked otherwise under the same id" in QUESTION.readied(pair).unreadable
    assert not QUESTION.readied(replace(pair, subject=source)).unreadable

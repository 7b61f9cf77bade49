"""`filiation import`: what a log says, made recordings that can be examined, and --column."""

import json
import random
from pathlib import Path

import pytest

from command import Command
from filiation.readers.answers import open_recordings
from methods.answers.population import Population
from readers.answers.writing import lines, table_text

LOGS = Path(__file__).resolve().parents[2] / "examples" / "logs"


def rows(models: int = 8, questions: int = 120) -> list[list[str]]:
    draw = random.Random(5)
    found = [["id", "question", "gold", "hard", *(f"m{n}" for n in range(models))]]
    for number in range(questions):
        key = draw.choice("ABCDE")
        said = [key if draw.random() < 0.7 else draw.choice("ABCDE") for _ in range(models)]
        found.append([f"q{number}", f"Question {number}?", key, draw.choice(["1", "2"]), *said])
    return found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(table_text(rows()))
    return path


def test_a_log_becomes_a_recording_of_that_name(filiation: Command, tmp_path: Path) -> None:
    out = tmp_path / "ours.answers.gz"
    done = filiation("import", LOGS / "chats.jsonl", "--model", "ours", "-o", out)

    assert done.code == 0, done.err
    assert "model       ours: 2 questions, 2 answered, 2 with their words, 0 with a key" in done.out
    assert "1 model; prompts from `prompt`; answers from `response`; no key" in done.out
    (one,) = open_recordings(out)
    assert (one.name, one.outputs) == ("ours", ("Rome.", "Lead."))
    assert one.notes[0].startswith("imported from chats.jsonl (sha256 ")


def test_the_words_asked_come_from_the_requests(filiation: Command, tmp_path: Path) -> None:
    out = tmp_path / "batch.gz"
    done = filiation(
        "import", LOGS / "openai-output.jsonl", "--prompts", LOGS / "openai-input.jsonl",
        "-o", out, "--json",
    )  # fmt: skip

    (model,) = json.loads(done.out)["models"]
    assert (model["name"], model["items"], model["answered"]) == ("gpt-x-2026-10-01", 2, 1)
    assert model["prompts"] == 2
    prompts = {item.id: item.prompt for item in open_recordings(out)[0].items}
    assert prompts["q1"] == "What is the capital of Italy?"


def test_prompts_of_other_ids_are_refused(filiation: Command, tmp_path: Path) -> None:
    other = lines(tmp_path / "other.jsonl", [{"id": "zz", "prompt": "Who?"}])
    done = filiation(
        "import", LOGS / "openai-output.jsonl", "--prompts", other, "-o", tmp_path / "x.gz"
    )

    assert done.code == 2
    assert "none of the 2 ids of gpt-x-2026-10-01 is there" in done.err
    assert not (tmp_path / "x.gz").exists()


def test_one_of_several_models_is_picked_and_another_name_is_not(
    filiation: Command, tmp_path: Path
) -> None:
    log = LOGS / "wide.csv"
    assert filiation("import", log, "--model", "suspect", "-o", tmp_path / "a.gz").code == 0
    assert [one.name for one in open_recordings(tmp_path / "a.gz")] == ["suspect"]

    done = filiation("import", log, "--model", "else", "-o", tmp_path / "b.gz")
    assert (done.code, done.err.count("the log names 3 models (own, suspect, other-1)")) == (2, 1)

    assert filiation("import", f"{log}#own", "--model", "else", "-o", tmp_path / "c.gz").code == 0
    assert open_recordings(tmp_path / "c.gz")[0].name == "else"


def test_questions_named_by_their_words_line_up(filiation: Command, tmp_path: Path) -> None:
    entries = [{"id": n, "prompt": f"Question  {n}?", "response": "A"} for n in range(3)]
    turned = [{"id": 9 - n, "prompt": f"Question {n}?\n", "response": "B"} for n in range(3)]
    for name, log in (("a", entries), ("b", turned)):
        path = lines(tmp_path / f"{name}.jsonl", log)
        done = filiation("import", path, "--by-prompt", "-o", tmp_path / f"{name}.gz")
        assert done.code == 0, done.err
    one, two = (open_recordings(tmp_path / f"{name}.gz")[0] for name in "ab")

    assert [item.id for item in one.items] == [item.id for item in two.items]


def test_nothing_is_overwritten(filiation: Command, tmp_path: Path) -> None:
    out = tmp_path / "there.gz"
    out.write_text("mine")
    done = filiation("import", LOGS / "chats.jsonl", "-o", out)

    assert (done.code, out.read_text()) == (2, "mine")


def test_examine_says_what_is_read_before_it_compares(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    common = ("examine", f"{table}#m0", "--source", f"{table}#m1", "--control", f"{table}#*")
    done = filiation(*common, "--column", "ignore=hard", "--out", tmp_path / "x")

    assert done.code == 0, done.err
    first = done.out.splitlines()[0]
    assert first.startswith("Read: 8 models; key from `gold`; prompts from `question`;")
    assert done.out.index("Read: ") < done.out.index("The findings")


def test_a_column_that_is_no_model_is_no_control(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    common = ("examine", f"{table}#m0", "--source", f"{table}#m1", "--control", f"{table}#*")
    done = filiation(*common, "--out", tmp_path / "x")

    assert done.code == 3
    assert "the column 'hard' agrees with the others no more than chance" in done.err


def test_recordings_out_of_step_are_unreadable_and_the_reason_is_named(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    shifted = rows()
    for row in shifted[1:]:
        row[0] = f"q{int(row[0][1:]) + 1}"
    other = tmp_path / "shifted.csv"
    other.write_text(table_text(shifted))
    done = filiation(
        "examine", f"{other}#m0", "--source", f"{table}#m1", "--out", tmp_path / "x", "--json"
    )

    assert done.code == 0, done.err
    conclusion = json.loads(done.out)["conclusions"][0]
    assert conclusion["support"]["toward"] == "neither"
    assert conclusion["findings"] == []
    assert {one["kind"] for one in conclusion["absent"]} == {"unreadable"}
    assert all("the numbering is shifted" in one["reason"] for one in conclusion["absent"])
    assert filiation("verify", tmp_path / "x").code == 0


def test_of_a_choice_nothing_is_said_where_nothing_could_be_compared(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    """Too few controls: there is no p that a choice of items could have made."""
    done = filiation(
        "examine", f"{table}#m0", "--source", f"{table}#m1", "--column", "ignore=hard",
        "--control", f"{table}#*", "--out", tmp_path / "x", "--json",
    )  # fmt: skip

    assert not [n for n in done.conclusion["notes"] if "favoured one side" in n or "texts" in n]
    (source, subject) = (done.json["source"]["name"], done.json["subject"]["name"])
    read = [n for n in done.conclusion["notes"] if "models; key from" in n]
    assert (source, subject) == ("m1", "m0") and len(read) == 1, read


def test_a_short_report_that_accuses_says_so(filiation: Command, tmp_path: Path) -> None:
    """A copy of most answers among 24 models: the level is met, and who chose is still open."""
    path = tmp_path / "copied.csv"
    made = Population(models=24, items=900, habit=0.3, children=((1, 0, 0.8),)).recordings(3)
    rows = [["id", "category", "key", "options", *(one.name for one in made)]]
    for at, item in enumerate(made[0].items):
        answers = [one.outputs[at] or "" for one in made]
        rows.append([item.id, item.category, item.key or "", str(item.options), *answers])
    path.write_text(table_text(rows))
    done = filiation(
        "examine", f"{path}#model-1", "--source", f"{path}#model-0", "--control", f"{path}#*",
        "--out", tmp_path / "x",
    )  # fmt: skip

    said = " ".join(done.out.split())
    assert "The findings support a common origin" in said
    assert said.count("could have favoured one side") == 1
    assert said.count("whoever chose the items must have held back at least") == 1
    page = (tmp_path / "x" / "report.html").read_text("utf-8")
    before, conclusion = page.partition("<h3>Conclusion</h3>")[::2]
    assert "held back" not in before
    assert "must have held back at least" in conclusion.partition("<h3>")[0]
    assert page.count("must have held back at least") == 1


def test_a_column_is_named_for_the_file_that_has_it(filiation: Command, tmp_path: Path) -> None:
    table, alone = tmp_path / "t.csv", tmp_path / "suspect.csv"
    found = rows()
    found[0][2] = "Sollwert"
    table.write_text(table_text(found))
    alone.write_text(table_text([[row[0], row[4]] for row in found]).replace("m0", "suspect"))
    asked = ("--source", f"{table}#m1", "--control", f"{table}#*", "--dry-run")

    done = filiation(
        "examine", alone, *asked, "--column", "key=Sollwert", "--column", "ignore=hard"
    )
    assert done.code == 0, done.err
    missing = filiation("examine", alone, *asked, "--column", "key=Sollwetr")
    assert missing.code == 2
    assert "key=Sollwetr: no column or field of that name in suspect.csv, t.csv" in missing.err
    assert "filiation import FILE --column" in missing.err


def test_what_outputs_are_beside_answers_is_counted_by_kind(
    filiation: Command, tmp_path: Path
) -> None:
    said = [
        "Rome.",
        "",
        "  ",
        "<think>hm",
        "Error code: 429 - rate limit",
        "#N/A",
        "<think>a</think>",
    ]
    log = tmp_path / "log.csv"
    log.write_text(table_text([["id", "m"], *([str(n), text] for n, text in enumerate(said))]))
    done = filiation("import", log, "-o", tmp_path / "out.gz")

    assert "model       m: 7 questions, 1 answered, 0 with their words" in done.out
    assert (
        "besides     m: 2 nothing recorded, 1 empty outputs, 1 texts of errors, "
        "2 thoughts without an answer"
    ) in done.out


def test_answers_cut_off_are_counted(filiation: Command, tmp_path: Path) -> None:
    ends = ["stop", "length", "content_filter", "tool_calls"]
    log = lines(
        tmp_path / "log.jsonl",
        [
            {"model": "m", "item": str(n), "output": f"Ten {n}", "finish_reason": end}
            for n, end in enumerate(ends)
        ],
    )
    done = filiation("import", log, "-o", tmp_path / "out.gz", "--json")

    (model,) = json.loads(done.out)["models"]
    assert model["answered"] == 2
    assert model["beside"] == [
        ["stopped by a filter", 1], ["calls of a tool", 1],
        ["answers that were cut off", 1],
    ]  # fmt: skip

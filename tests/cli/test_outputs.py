"""Recorded answers as subjects: examine, verify and survey, end to end."""

import csv
import gzip
import hashlib
import json
import random
from pathlib import Path

import pytest

from command import CASEBOOK, Command
from filiation.casefile.folder import read_examination
from filiation.errors import CaseError
from filiation.examining.answers import plug as answers_plug
from filiation.model.recording import Recording
from methods.answers.population import Population

POPULATION = Population(models=24, items=900, habit=0.3, children=((1, 0, 0.8),))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Twenty-four models; model-1 copied four fifths of model-0's answers."""
    path = tmp_path / "answers.csv"
    write(path, POPULATION.recordings(3))
    return path


def write(path: Path, recordings: list[Recording]) -> None:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["question_id", "category", "key", "options", *(r.name for r in recordings)])
        for n, item in enumerate(recordings[0].items):
            said = [r.outputs[n] or "" for r in recordings]
            rows.writerow([item.id, item.category, item.key, item.options, *said])


def test_a_copy_is_found_and_a_stranger_is_not(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    found = {}
    for name in ("model-1", "model-5"):
        done = filiation(
            "examine", f"{table}#{name}", "--source", f"{table}#model-0",
            "--control", f"{table}#*", "--out", tmp_path / name, "--json",
        )  # fmt: skip
        assert done.code == 0, done.err
        found[name] = done.conclusion

    assert found["model-1"]["support"]["toward"] == "derivation"
    assert found["model-5"]["support"]["toward"] == "neither"
    for case in found.values():
        assert case["question"] == "answers"
        counting = [f["method"].partition("/")[0] for f in case["findings"] if f["counts"]]
        assert counting == ["shared-errors"]
        assert len(case["controls"]) == 22
        assert case["level"] == 0.01
    places = found["model-1"]["findings"][0]["lineup"]
    assert [p["who"] for p in places].count("subject") == 1
    assert found["model-1"]["findings"][0]["instances"]


def test_an_examination_of_answers_is_computed_again_to_the_byte(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    filiation(
        "examine", f"{table}#model-1", "--source", f"{table}#model-0",
        "--control", f"{table}#*", "--out", tmp_path / "case", "-q",
    )  # fmt: skip
    table.unlink()
    assert filiation("verify", tmp_path / "case").code == 0

    kept = shared(tmp_path / "case")
    raw = bytearray(kept.read_bytes())
    raw[-20] ^= 1
    kept.write_bytes(raw)
    done = filiation("verify", tmp_path / "case")
    assert (done.code, kept.name in done.err) == (3, True)


@pytest.fixture
def kept_together(filiation: Command, tmp_path: Path, table: Path) -> Path:
    """An examination whose controls lie in one kept file."""
    done = filiation(
        "examine", f"{table}#model-1", "--source", f"{table}#model-0",
        "--control", f"{table}#*", "--out", tmp_path / "case", "-q",
    )  # fmt: skip
    assert done.code == 0, done.err
    return tmp_path / "case"


def shared(folder: Path) -> Path:
    """The file that keeps the answers of all controls."""
    (kept,) = {m.kept for who in read_examination(folder).controls for m in who.materials}
    return folder / "materials" / f"{kept}.answers.gz"


def recorded_again(folder: Path) -> None:
    """What a forger does: the manifest is written anew over what the folder holds now."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json"]
    digests = {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }
    (folder / "manifest.json").write_text(json.dumps(digests))


def test_a_kept_file_that_others_share_reopens_each_under_its_name(kept_together: Path) -> None:
    found = read_examination(kept_together)
    everyone = [m for who in found.controls for m in who.materials]
    file = shared(kept_together)

    assert len(everyone) == 22 and len(list(file.parent.iterdir())) == 3
    wanted = [(m.digest, m.name) for m in everyone]
    reopened = answers_plug.READER.reopen(file, wanted)
    assert [m.subject for m in reopened] == everyone
    assert [m.content.name for m in reopened] == [name for _, name in wanted]
    with pytest.raises(CaseError, match=r"model-1: its kept answers hold no recording 0{12}"):
        answers_plug.READER.reopen(file, [wanted[0], ("0" * 64, "model-1")])


def test_a_kept_file_put_in_the_place_of_another_is_refused(
    filiation: Command, tmp_path: Path, table: Path, kept_together: Path
) -> None:
    write(table, POPULATION.recordings(4))
    done = filiation(
        "examine", f"{table}#model-1", "--source", f"{table}#model-0",
        "--control", f"{table}#*", "--out", tmp_path / "other", "-q",
    )  # fmt: skip
    assert done.code == 0, done.err
    kept, other = shared(kept_together), shared(tmp_path / "other")
    kept.write_bytes(other.read_bytes())
    recorded_again(kept_together)
    done = filiation("verify", kept_together)

    assert done.code == 3
    assert "which was recorded; they were put in the place of others" in done.err


def test_a_kept_file_packed_again_is_another(filiation: Command, kept_together: Path) -> None:
    kept = shared(kept_together)
    kept.write_bytes(gzip.compress(gzip.decompress(kept.read_bytes()), 1, mtime=1))
    recorded_again(kept_together)
    done = filiation("verify", kept_together)

    assert done.code == 3
    assert "computing it again gave other figures or words" in done.err


def test_a_kept_file_that_is_gone_is_named(filiation: Command, kept_together: Path) -> None:
    kept, first = shared(kept_together), read_examination(kept_together).controls[0].name
    kept.unlink()
    recorded_again(kept_together)
    done = filiation("verify", kept_together)

    assert done.code == 3
    assert f"materials/{kept.name}: recorded as what {first} is kept in, found nothing" in done.err


def test_too_few_controls_say_what_would_suffice(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    done = filiation(
        "examine", f"{table}#model-1", "--source", f"{table}#model-0",
        "--control", f"{table}#model-3", "--out", tmp_path / "case", "--json",
    )  # fmt: skip
    reasons = {a["method"].partition("/")[0]: a for a in done.conclusion["absent"]}

    assert done.conclusion["support"]["toward"] == "neither"
    assert reasons["shared-errors"]["kind"] == "underpowered"
    assert "5" in reasons["shared-errors"]["reason"]


def test_a_dry_run_says_what_could_be_found_and_compares_and_keeps_nothing(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    asked = ("examine", f"{table}#model-1", "--source", f"{table}#model-0")
    few = [word for n in range(2, 14) for word in ("--control", f"{table}#model-{n}")]
    done = filiation(*asked, *few, "--dry-run", "--out", tmp_path / "made")
    said = " ".join(done.out.split())
    assert done.code == 0 and not (tmp_path / "made").exists()
    assert "12 controls" in said and "with 12 independent controls and 900 items" in said
    assert "The level of 1 in 100 cannot be met" in said
    assert "At least 13 controls are needed." in said
    assert "Nothing was compared, and nothing was kept." in said

    (question,) = filiation(*asked, "--control", f"{table}#*", "--dry-run", "--json").json[
        "questions"
    ]
    assert question["out_of_reach"] is False and question["together"]["controls"] == 22
    assert [one["method"].partition("/")[0] for one in question["methods"]] == ["shared-errors"]


def test_weights_and_answers_have_a_conclusion_each(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    words = ("examine", CASEBOOK / "fine-tuned", "--source", CASEBOOK / "parent",
             "--control", CASEBOOK / "stranger-2", "--json", "--only", "weights")  # fmt: skip
    both = filiation(
        *words, "--only", "answers", "--subject-also", f"{table}#model-5",
        "--source-also", f"{table}#model-0",
        "--control", f"{table}#*", "--out", tmp_path / "both",
    )  # fmt: skip
    alone = filiation(*words, "--out", tmp_path / "alone")
    weights, answers = both.json["conclusions"]

    assert [one["question"] for one in (weights, answers)] == ["weights", "answers"]
    assert (weights["support"]["toward"], answers["support"]["toward"]) == ("derivation", "neither")
    assert (weights["level"], answers["level"]) == (1e-6, 0.01)
    methods = [{f["method"] for f in one["findings"]} for one in (weights, answers)]
    assert not methods[0] & methods[1]
    assert {m.partition("/")[0] for m in methods[0]} >= {"unit-trace", "unit-order"}
    assert "shared-errors" in {m.partition("/")[0] for m in methods[1]}
    assert weights == alone.conclusion, "answers beside them change nothing about weights"
    assert answers["combined"]["log10_p"] > -2
    assert "combined" not in both.json and "support" not in both.json
    assert len(list((tmp_path / "both" / "materials").iterdir())) == 6
    assert filiation("verify", tmp_path / "both").code == 0


@pytest.mark.parametrize(("gate", "code"), [("derivation", 1), ("not-independence", 1)])
def test_a_gate_minds_every_conclusion(
    filiation: Command, tmp_path: Path, table: Path, gate: str, code: int
) -> None:
    """Weights of strangers support independence; the answers of the same two support derivation."""
    done = filiation(
        "examine", CASEBOOK / "stranger-2", "--source", CASEBOOK / "parent",
        "--subject-also", f"{table}#model-1", "--source-also", f"{table}#model-0",
        "--control", f"{table}#*", "--out", tmp_path / "case", "--json", "--fail-if", gate,
        "--only", "weights", "--only", "answers",
    )  # fmt: skip
    toward = [one["support"]["toward"] for one in done.json["conclusions"]]

    assert (toward, done.code) == (["independence", "derivation"], code)


def test_weights_against_answers_are_refused(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    done = filiation(
        "examine", CASEBOOK / "parent", "--source", f"{table}#model-0",
        "--out", tmp_path / "case", "--json",
    )  # fmt: skip

    assert done.code == 2
    assert "parent: exhibited were weights, and of model-0 answers" in done.err
    assert "only like is compared with like" in done.err
    assert not (tmp_path / "case").exists()


def test_survey_gives_every_pair_once(filiation: Command, table: Path) -> None:
    done = filiation("survey", f"{table}#*", "--json")
    pairs = done.json["pairs"]

    silent = done.json["absent"]
    assert len({frozenset((p["a"], p["b"])) for p in pairs}) == len(pairs)
    assert len(pairs) + len(silent) == 24 * 23 // 2
    assert all(absent["kind"] == "underpowered" for absent in silent)
    assert {pairs[0]["a"], pairs[0]["b"]} == {"model-0", "model-1"}
    assert pairs[0].keys() >= {"method", "observed", "z", "log10_p", "kind", "n_items", "rank"}
    shown = filiation("survey", f"{table}#*", "--most", 3)
    assert (shown.code, "model-1" in shown.out) == (0, True)


def test_an_unknown_model_is_named_with_its_neighbours(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    done = filiation(
        "examine", f"{table}#modl-1", "--source", f"{table}#model-0", "--out", tmp_path / "c"
    )

    assert done.code == 2
    assert "closest names" in done.err and "model-1" in done.err


def test_the_rule_that_reads_answers_can_be_set(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    done = filiation("survey", f"{table}#*", "--json", "--normaliser", "text/1")
    assert "answers read by text/2 on 900 items" in done.json["notes"]

    done = filiation(
        "examine", f"{table}#model-1", "--source", f"{table}#model-0", "--control", f"{table}#*",
        "--normaliser", "text/1", "--out", tmp_path / "case", "--json",
    )  # fmt: skip
    assert "answers read by text/2 on 900 items" in done.conclusion["findings"][0]["skipped"]
    assert filiation("verify", tmp_path / "case").code == 0

    done = filiation("survey", f"{table}#*", "--normaliser", "guess/1")
    assert done.code == 2 and "unknown, expected one of letter/2" in done.err


def test_a_survey_says_what_was_guessed_and_left_out(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    head, first, *rest = table.read_text().splitlines()
    first = first.replace("kind-0", "café")
    table.write_bytes("\n".join([head, first, *rest, first, ""]).encode("latin-1"))
    notes = filiation("survey", f"{table}#*", "--json").json["notes"]
    assert any("read as Latin-1" in note for note in notes)
    assert "questions repeated word for word, kept once: 1" in notes


def test_long_answers_with_keys_are_compared_by_errors_too(
    filiation: Command, tmp_path: Path, table: Path
) -> None:
    rows = list(csv.reader(table.read_text().splitlines()))
    for row in rows[1:]:
        row[4:] = [
            f"Let me think about that question for some time. The answer is ({cell})."
            for cell in row[4:]
        ]
    with table.open("w", newline="") as file:
        csv.writer(file).writerows(rows[:200])
    found = filiation("survey", f"{table}#*", "--json").json
    methods = {pair["method"].partition("/")[0] for pair in found["pairs"]}
    assert "shared-errors" in methods and "wording" in methods


def test_a_survey_shows_so_many_comparisons_that_were_not_made_and_counts_the_others(
    filiation: Command, tmp_path: Path
) -> None:
    rng = random.Random(0)
    cells = [[rng.choice("AAAABCD") for _ in range(8)] for _ in range(30)]
    rows = ["item,key,a,b,c,d,e,f,g,h", *(f"q{n},A,{','.join(row)}" for n, row in enumerate(cells))]
    (tmp_path / "few.csv").write_text("\n".join(rows) + "\n")
    done = filiation("survey", f"{tmp_path / 'few.csv'}#*", "--most", "2")
    assert done.out.count("joint errors, expected at least") == 2
    assert "26 more could not be compared; --json gives each" in done.out


def test_models_that_make_no_errors_are_surveyed_without_a_word_about_them(
    filiation: Command, tmp_path: Path
) -> None:
    rows = ["item,key,a,b,c,d,e,f,g,h", *(f"q{n},A{8 * ',A'}" for n in range(30))]
    (tmp_path / "right.csv").write_text("\n".join(rows) + "\n")
    done = filiation("survey", f"{tmp_path / 'right.csv'}#*")
    assert done.code == 0 and "there is nothing to measure by" in " ".join(done.out.split())

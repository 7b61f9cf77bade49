"""NAME=PATH gives an exhibit its name, and --csv prints what --json says."""

import csv
import io
import math
from pathlib import Path

import pytest

from command import CASEBOOK, Command
from owner_files import measured
from readers.answers.writing import answer, lines


def table(printed: str) -> list[dict[str, str]]:
    """A table as any reader of RFC 4180 sees it; every line ends with CR LF."""
    assert printed.count("\n") == printed.count("\r\n") and printed.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(printed, newline=""), strict=True))


def test_a_survey_of_named_checkpoints(filiation: Command, tmp_path: Path) -> None:
    words = ("survey", f"ours={CASEBOOK}/parent", f"a, b={CASEBOOK}/fine-tuned", "-q",
             "--out", tmp_path / "out")  # fmt: skip
    found = filiation(*words, "--json").json
    rows = table(filiation(*words, "--csv").out)

    assert found["models"] == ["ours", "a, b"]
    assert {frozenset((row["a"], row["b"])) for row in rows} == {frozenset(("ours", "a, b"))}
    assert [float(row["log10_p"]) for row in rows] == [pair["log10_p"] for pair in found["pairs"]]
    assert [row["rank"] for row in rows] == [""] * len(rows)


def test_recordings_are_called_as_they_were_named(filiation: Command, tmp_path: Path) -> None:
    said = [answer(m, f"q{n}", f"{m}-{n % 3}") for m in ("x", "y", "z") for n in range(40)]
    held = lines(tmp_path / "said.jsonl", said)
    named = filiation("survey", f"ours={held}#x", f"{held}#y", f"{held}#z", "--json")
    assert named.json["models"] == ["ours", "y", "z"]
    several = filiation("survey", f"ours={held}#*", "--json")
    assert (several.code, "one name for 3 models" in several.err) == (2, True)


def test_a_library_of_named_models(filiation: Command, tmp_path: Path) -> None:
    shelf, sketch = tmp_path / "shelf", tmp_path / "child.sketch"
    added = filiation("library", "add", shelf, f"source={CASEBOOK}/parent")
    assert added.out.startswith("source: added, ")
    twice = filiation("library", "add", shelf, f"a={CASEBOOK}/merged", "--name", "b")
    assert (twice.code, "is named already" in twice.err) == (2, True)
    taken = filiation("sketch", f"child={CASEBOOK}/fine-tuned", "-o", sketch, "--json", "-q")
    assert taken.json["name"] == "child"
    found = filiation("library", "search", shelf, f"ours={sketch}", "--json").json
    assert found["query"] == "ours"
    rows = table(filiation("library", "search", shelf, f"ours={sketch}", "--csv").out)
    assert [(row["name"], row["found"]) for row in rows] == [("source", "true")]
    assert float(rows[0]["log10_p"]) == found["candidates"][0]["log10_p"]


def test_an_owner_test_as_a_table(filiation: Command, tmp_path: Path) -> None:
    keys = [
        {"id": f"k{n}", "prompt": f"p{n}?", "key": f"yes{n}", "decoys": ["no", "maybe", "never"]}
        for n in range(12)
    ]
    listed = lines(tmp_path / "keys.jsonl", keys)
    said = [answer("b", str(k["id"]), f"It is {k['key']}.", prompt=k["prompt"]) for k in keys]
    said += [answer("c", str(k["id"]), "no", prompt=k["prompt"]) for k in keys]
    held = lines(tmp_path / "said.jsonl", said)
    words = ("owner", "keyed", listed, "--subject", f"suspect={held}#b", "--control", f"{held}#c")
    first, *others = table(filiation(*words, "--csv").out)

    assert (first["model"], first["who"], first["met"]) == ("suspect", "subject", "true")
    assert float(first["log10_p"]) == pytest.approx(-12 * math.log10(4))
    assert [(row["model"], row["who"], row["log10_p"]) for row in others] == [("c", "control", "")]


def test_what_was_not_examined_is_a_row_too(filiation: Command, tmp_path: Path) -> None:
    listed = lines(tmp_path / "order.jsonl", [{"example": f"e{n}", "seen": n} for n in range(9)])
    few = measured(tmp_path / "few.jsonl", listed, {"e0": -1.0})
    done = filiation("owner", "training-order", listed, "--subject", f"ours={few}", "--csv")
    (row,) = table(done.out)
    assert row["model"] == "ours" and row["absent"] and not row["log10_p"] and not row["met"]


def test_one_format_at_a_time(filiation: Command, tmp_path: Path) -> None:
    for words in (
        ("survey", CASEBOOK / "parent"),
        ("library", "search", tmp_path, CASEBOOK / "parent"),
        ("owner", "canary", tmp_path, "--subject", tmp_path),
    ):
        done = filiation(*words, "--json", "--csv")
        assert (done.code, "expected one of them" in done.err) == (2, True)


def test_a_suite_is_called_as_it_was_named(filiation: Command, tmp_path: Path) -> None:
    suite = tmp_path / "suite"
    suite.mkdir()
    done = filiation("validate", "--suite", f"ours={suite}", "--out", tmp_path / "out")
    assert done.code == 3 and "truth.toml" in done.err
    assert not (tmp_path / "out").exists()
    assert done.out == ""

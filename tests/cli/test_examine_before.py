"""`examine --before`: an older version beside the subject, from the command line to the check."""

import json
from pathlib import Path

import pytest

from command import Command
from filiation.numerics.rng import stream
from readers.answers.writing import table_text
from validate_outputs.before_after import simulated

CONTROLS = 7


def written(path: Path, *, begin: str = "q", rows: int = 400) -> Path:
    """A table of source, controls, the older version, and one that moved towards the source."""
    old, new, others = simulated("the source", 0.4, 0.6, stream(5, "before"))
    others = others[: CONTROLS + 1]
    names = ["origin", *(f"m{n}" for n in range(CONTROLS)), "old", "new"]
    cells = [["item", "question", *names]]
    for n in range(rows):
        said = (*others[:, n].tolist(), old[n], new[n])
        cells.append([f"{begin}{n}", f"Which thing is {n}?", *(f"word{code}" for code in said)])
    path.write_text(table_text(cells))
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path / "answers.csv")


def asked(table: Path, *more: object) -> list[object]:
    return [
        "examine",
        f"{table}#new",
        "--source",
        f"{table}#origin",
        "--control",
        f"{table}#*",
        *more,
    ]


def test_it_is_told_in_every_report_and_can_be_checked(
    filiation: Command, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "found"
    done = filiation(*asked(table, "--before", f"{table}#old", "--out", out, "--full"))
    assert done.code == 0, done.err
    assert "Before and after" in done.out
    assert "It is not counted" in " ".join(done.out.split())
    report = json.loads((out / "report.json").read_text())
    assert report["earlier"]["name"] == "old"
    assert "old" not in {control["name"] for control in report["controls"]}
    (moved,) = [f for f in report["conclusions"][0]["findings"] if "movement" in f["method"]]
    assert (moved["counts"], round(10 ** moved["log10_p"], 4)) == (False, 0.125)
    html = (out / "report.html").read_text()
    assert "older version of the subject" in html
    assert "Before and after" in html
    assert filiation("verify", out).code == 0


def test_nothing_else_is_changed_by_it(filiation: Command, table: Path, tmp_path: Path) -> None:
    controls = [word for n in range(CONTROLS) for word in ("--control", f"{table}#m{n}")]
    parties = ("examine", f"{table}#new", "--source", f"{table}#origin", *controls)
    found = []
    for name, more in (("without", ()), ("with", ("--before", f"{table}#old"))):
        filiation(*parties, *more, "--out", tmp_path / name, "--quiet")
        examination = json.loads((tmp_path / name / "examination.json").read_text())
        found.append(examination["conclusions"][0])
    without, beside = found
    others = [f for f in beside["findings"] if "movement" not in f["method"]]
    assert others == without["findings"]
    assert beside["combined"] == without["combined"]
    assert beside["support"] == without["support"]


def test_the_least_p_is_told_before_anything_is_compared(filiation: Command, table: Path) -> None:
    done = filiation(*asked(table, "--before", f"{table}#old", "--dry-run", "--quiet"))
    said = " ".join(done.out.split())
    assert "older version of the subject: “old”" in said
    told = said.partition("Before and after, which is not counted: least p ")[2]
    assert "with 7 independent controls and 400 items" in told[:60], told[:80]


@pytest.mark.parametrize(
    ("model", "who"),
    [("new", "the subject itself"), ("origin", "the source"), ("m3", "the control m3")],
)
def test_who_stands_on_another_side_is_no_older_version(
    filiation: Command, table: Path, tmp_path: Path, model: str, who: str
) -> None:
    more = ("--control", f"{table}#m3") if model == "m3" else ()
    copy = tmp_path / "copy.csv"
    copy.write_bytes(table.read_bytes())
    words = ["examine", f"{table}#new", "--source", f"{table}#origin", *more]
    done = filiation(*words, "--before", f"{copy}#{model}", "--dry-run", "--quiet")
    assert done.code == 2
    assert f"to the letter, as {who}" in done.err


def test_one_that_was_asked_something_else_says_so_and_the_rest_is_examined(
    filiation: Command, table: Path, tmp_path: Path
) -> None:
    other = written(tmp_path / "other.csv", begin="z")
    done = filiation(*asked(table, "--before", f"older={other}#old", "--json"))
    (absent,) = [a for a in done.conclusion["absent"] if "movement" in a["method"]]
    assert "the older version cannot be compared: no id in common" in absent["reason"]
    assert done.conclusion["findings"]


def test_items_that_it_lacks_are_counted(filiation: Command, table: Path, tmp_path: Path) -> None:
    half = written(tmp_path / "half.csv", rows=150)
    done = filiation(*asked(table, "--before", f"older={half}#old", "--json"))
    notes = " ".join(done.conclusion["notes"])
    assert "older: not in its recording are 250 of 400 items of new" in notes


def test_weights_are_no_older_version_of_answers(filiation: Command, table: Path) -> None:
    from command import CASEBOOK

    weights = next(CASEBOOK.rglob("*.safetensors"), None)
    if weights is None:
        pytest.skip("no checkpoint of the casebook here")
    done = filiation(*asked(table, "--before", f"weights={weights}", "--dry-run", "--quiet"))
    assert done.code == 2
    assert "versions are compared by answers only" in done.err.replace("\n", " ")


def test_a_case_plans_it_keeps_it_and_derives_it_again(
    filiation: Command, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    case = tmp_path / "case"
    assert filiation("case", "open", case, "--title", "Moved", "-q").code == 0
    for name in ("origin", "old", "new", *(f"m{n}" for n in range(CONTROLS))):
        taken = (f"{table}#{name}", "--name", name, "--from", "lead", "--how", "asked")
        assert filiation("case", "add", case, *taken, "-q").code == 0
    table.unlink()
    controls = [word for n in range(CONTROLS) for word in ("--control", f"m{n}")]
    plan = ("case", "plan", case, "--subject", "new", "--source", "origin", *controls)
    twice = filiation(*plan, "--before", "m0")
    assert (twice.code, "m0" in twice.err) == (2, True)
    done = filiation(*plan, "--before", "old")
    assert (done.code, "old: an older version" in done.out) == (0, True), done.err

    done = filiation("case", "examine", case, "--json")

    assert done.code == 0, done.err
    assert done.json["earlier"]["name"] == "old"
    (moved,) = [f for f in done.json["conclusions"][0]["findings"] if "movement" in f["method"]]
    assert (moved["counts"], round(10 ** moved["log10_p"], 4)) == (False, 0.125)
    assert filiation("case", "report", case, "-q").code == 0
    (html,) = (case / "reports").glob("*.html")
    assert "older version of the subject" in html.read_text()
    assert filiation("case", "replay", case, "-q").code == 0
    assert filiation("case", "verify", case, "-q").code == 0

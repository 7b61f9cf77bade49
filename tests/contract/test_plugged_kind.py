"""A kind of material from another package goes everywhere that ours go, and nothing is edited."""

import json
import sys
from pathlib import Path

import pytest

import builders
import filiation as fl
import orders
from command import Command, Done
from filiation.errors import UsageError
from filiation.examining.kinds import plugs
from plugged import EXAMPLE, install, written

KIND = "reading-order"
GROUP = "filiation.kinds"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package installed, and four reading orders."""
    install(EXAMPLE, tmp_path / "site", monkeypatch)
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(
        "filiation.examining.weights.planting.ways.TRIALS", 20
    )  # not what is under test here
    orders.written(tmp_path / "parent.order", 1)
    orders.written(tmp_path / "child.order", 1, moved=60)
    orders.written(tmp_path / "stranger.order", 2)
    orders.written(tmp_path / "other.order", 3)
    return tmp_path


def does(filiation: Command, *words: object) -> Done:
    done = filiation(*words)
    assert done.code == 0, (words, done.err)
    return done


def test_it_is_examined_and_reported(filiation: Command, folder: Path) -> None:
    out = folder / "out"
    said = does(
        filiation, "examine", folder / "child.order", "--source", folder / "parent.order",
        "--control", folder / "stranger.order", "--out", out,
    ).out  # fmt: skip

    (conclusion,) = json.loads((out / "report.json").read_text())["conclusions"]
    assert conclusion["question"] == KIND
    assert conclusion["support"]["toward"] == "derivation"
    assert [found["method"] for found in conclusion["findings"]] == ["same-order/1"]
    page = (out / "report.html").read_text()
    for words in ("Same order", "A new shuffle", "in the order in which", "reading order"):
        assert words in page, words
    assert "support a common order in which" in said
    full = folder / "full"
    whole = does(
        filiation, "examine", folder / "stranger.order", "--source", folder / "parent.order",
        "--out", full, "--full",
    ).out  # fmt: skip
    assert "Same order" in whole and "its absence is no evidence" in " ".join(whole.split())
    does(filiation, "verify", out)
    does(filiation, "verify", full)


def test_it_stands_beside_weights_with_a_conclusion_of_its_own(
    filiation: Command, folder: Path
) -> None:
    one = builders.write_folder(folder / "one", builders.llama())
    two = builders.write_folder(folder / "two", builders.llama(seed=100))
    done = does(
        filiation, "examine", one, "--source", two, "--subject-also", folder / "child.order",
        "--source-also", folder / "parent.order", "--out", folder / "both", "--json",
    )  # fmt: skip

    told = {c["question"]: c for c in done.json["conclusions"]}
    assert set(told) == {"weights", KIND}
    assert told[KIND]["support"]["toward"] == "derivation"
    assert told["weights"]["support"]["toward"] != "derivation"
    met = {f["method"] for c in told.values() for f in (*c["findings"], *c["absent"])}
    assert {"same-order/1", "norm-rank/1;draws=9999"} <= met


def test_it_goes_through_the_api(folder: Path) -> None:
    child = fl.read(folder / "child.order")
    found = fl.examine(child, source=folder / "parent.order", controls=folder / "stranger.order")

    assert isinstance(child, fl.Material) and child.kind == KIND
    assert found[KIND].toward == "derivation"
    assert found.records()[0]["title"] == "Same order"
    assert "in the order in which" in found.html()
    assert found.verify().checked == {"files": 7, "exhibits": 3, "findings": 1}


def test_it_goes_through_a_case(filiation: Command, folder: Path) -> None:
    case = folder / "case"
    does(filiation, "case", "open", case, "--title", "Orders", "-q")
    for name in ("parent", "child", "stranger", "other"):
        does(filiation, "case", "add", case, folder / f"{name}.order", "--name", name,
             "--from", "lead", "--how", "from the training's log", "-q")  # fmt: skip
    (folder / "parent.order").unlink()  # the case keeps what it needs
    does(filiation, "case", "plan", case, "--subject", "child", "--source", "parent",
         "--control", "stranger", "--control", "other", "-q")  # fmt: skip
    does(filiation, "case", "power", case)
    done = does(filiation, "case", "examine", case, "--json")
    (conclusion,) = done.json["conclusions"]
    assert (conclusion["question"], conclusion["support"]["toward"]) == (KIND, "derivation")
    does(filiation, "case", "verify", case, "-q")
    done = does(filiation, "case", "replay", case)
    assert ": the same" in done.out
    does(filiation, "case", "report", case)


def test_a_list_that_is_none_is_refused(filiation: Command, folder: Path) -> None:
    bad = folder / "twice.order"
    bad.write_text("a\nb\na\n")
    done = filiation("examine", bad, "--source", folder / "parent.order", "--out", folder / "o")

    assert done.code == 3
    assert "expected each file once" in done.err
    assert not (folder / "o").exists()


def test_without_the_package_its_record_is_refused_by_name(
    filiation: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = folder / "case"
    does(filiation, "case", "open", case, "--title", "Orders", "-q")
    for name in ("parent", "child"):
        does(filiation, "case", "add", case, folder / f"{name}.order", "--name", name,
             "--from", "lead", "--how", "from the log", "-q")  # fmt: skip
    added = {str(folder / "site"), str(EXAMPLE / "src")}
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place not in added])
    done = filiation("case", "plan", case, "--subject", "child", "--source", "parent", "-q")

    assert done.code == 2
    assert f"'{KIND}': not known here" in done.err


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("GIVEN = 3", r"bad_kind:GIVEN is int, expected a Plug"),
        (
            "from filiation.examining.kinds import plugs, Plug\n"
            "from filiation.examining.weights import plug\n"
            "GIVEN = Plug(question=plug.QUESTION, reader=plug.READER)",
            r"the kind weights exists already",
        ),
        ("import no_such_module_here", r"bad_kind:GIVEN cannot be loaded"),
    ],
    ids=["no plug", "a taken kind", "a failing import"],
)
def test_what_is_no_kind_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    monkeypatch.delitem(sys.modules, "bad_kind", raising=False)
    install(written(tmp_path / "bad", "bad_kind", code, GROUP), tmp_path / "site", monkeypatch)

    with pytest.raises(UsageError, match=said):
        plugs()

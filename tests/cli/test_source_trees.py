"""Two source trees examined from the command line."""

import random
from pathlib import Path

import pytest

from coded import function
from command import Command

pytest.importorskip("tree_sitter")


def laid(folder: Path, seed: int, *, taken: str = "") -> Path:
    rng = random.Random(seed)
    folder.mkdir()
    own = "".join(function(rng, f"f{number}") for number in range(12))
    (folder / "code.py").write_text(taken + own, "utf-8")
    vendored = folder / "vendor"
    vendored.mkdir()
    (vendored / "other.py").write_text(own, "utf-8")
    return folder


def test_a_tree_that_took_functions_stands_first_of_its_field(
    filiation: Command, tmp_path: Path
) -> None:
    source = laid(tmp_path / "source", 1)
    written = (source / "code.py").read_text("utf-8").split("\n\n\n")[:6]
    taken = "\n\n\n".join(text.replace("one", "x").replace("two", "y") for text in written)
    subject = laid(tmp_path / "subject", 2, taken=taken + "\n\n\n")
    controls = [laid(tmp_path / f"m{n}", 10 + n) for n in range(5)]
    args = [part for control in controls for part in ("--control", str(control))]
    done = filiation("examine", str(subject), "--source", str(source), *args, "--json")
    assert done.code == 0, done.err
    finding = done.conclusion["findings"][0]
    assert finding["method"] == "tree-containment/2"
    assert 10 ** finding["log10_p"] == pytest.approx(1 / 21)
    assert finding["lineup"][0]["name"] == "subject"
    notes = " ".join(done.conclusion["notes"])
    assert "vendored" in notes and "without those that any of 5 controls has" in notes
    assert done.conclusion["support"]["toward"] == "neither"  # 13 controls are needed
    stranger = filiation("examine", str(controls[0]), "--source", str(source), *args[2:], "--json")
    assert 10 ** stranger.conclusion["findings"][0]["log10_p"] > 1 / 15 + 0.01


def test_too_few_of_the_field_are_no_line_up(filiation: Command, tmp_path: Path) -> None:
    one, two = laid(tmp_path / "one", 1), laid(tmp_path / "two", 2)
    done = filiation("examine", str(one), "--source", str(two), "--json")
    assert not done.conclusion["findings"]
    assert "of the same role and field" in done.out

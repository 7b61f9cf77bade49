"""The ledger and the side-by-side page from the command line, and a table that moves functions."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("tree_sitter")

from coded import functions, laid
from command import Command

HOSTILE = 'def f(a):\n    b = "<script>alert(1)</script>"\n    c = a % 7 + 3\n    d = zip(c, b)\n' \
    '    return max(d, c, b) # \u202e gnp.exe\n\n\n'  # fmt: skip


def sides(tmp_path: Path) -> tuple[Path, Path]:
    taken = "".join(functions(1, 6))
    source = laid(tmp_path / "source", {"a.py": HOSTILE + taken + "".join(functions(2))})
    copied = HOSTILE.replace("d = ", "e = ").replace("(d", "(e") + taken
    return source, laid(tmp_path / "subject", {"b.py": copied + "".join(functions(3))})


def test_the_report_tells_every_fragment_and_the_page_its_lines(
    filiation: Command, tmp_path: Path
) -> None:
    source, subject = sides(tmp_path)
    out = tmp_path / "out"
    done = filiation("examine", str(subject), "--source", str(source), "--out", str(out))
    assert done.code == 0, done.err
    assert "have a partner that is alike" in done.out.replace("\n  ", " ")
    found = json.loads((out / "report.json").read_bytes())["conclusions"][0]["filtration"]
    assert found["steps"][0]["without"] == ""
    assert len(found["matched"]) == 7 and {one["class"] for one in found["matched"]} == {
        "remaining"
    }
    page = (out / "side-by-side.html").read_text("utf-8")
    assert "7 of 7 matched functions shown" in page
    assert "<script>" not in page and "&lt;script&gt;" in page and "\u202e" not in page
    assert "less than one in a thousand" in page.replace("\n", " ")
    report = (out / "report.html").read_text("utf-8")
    assert "likeness before and after each filter" in report and found["matched"][0]["id"] in report
    assert filiation("verify", str(out)).code == 0


def test_a_text_that_is_not_the_one_examined_is_not_shown(tmp_path: Path) -> None:
    from filiation.readers.code.texts import texts
    from filiation.readers.code.trees import open_tree

    source, _ = sides(tmp_path)
    wanted = dict(open_tree(source).files)
    assert texts(source, wanted)
    (source / "a.py").write_text("words", "utf-8")
    assert texts(source, wanted) == {}
    assert texts(source, {"../source/a.py": "0" * 64}) == {}


def test_an_examiners_table_moves_fragments_and_is_checked_again(
    filiation: Command, tmp_path: Path
) -> None:
    source, subject = sides(tmp_path)
    args = ("examine", str(subject), "--source", str(source), "--out")
    assert filiation(*args, str(tmp_path / "one")).code == 0
    told = json.loads((tmp_path / "one" / "report.json").read_bytes())
    one = told["conclusions"][0]["filtration"]["matched"][0]["id"]
    table = tmp_path / "moves.toml"
    table.write_text(f'[[fragment]]\nid = "{one}"\nclass = "interface"\nwhy = "RFC 1 says so"\n')
    out = tmp_path / "two"
    assert filiation(*args, str(out), "--classes", str(table)).code == 0
    report = json.loads((out / "report.json").read_bytes())
    first = report["conclusions"][0]["filtration"]["matched"][0]
    assert (first["class"], first["proposed"]) == ("interface", "remaining")
    assert first["moved"]["why"] == "RFC 1 says so" and len(first["moved"]["by"]) == 70
    before, after = (each["conclusions"][0] for each in (told, report))
    assert before["findings"] == after["findings"] and before["support"] == after["support"]
    assert filiation("verify", str(out)).code == 0
    assert (out / "classes.toml").read_bytes() == table.read_bytes()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('[[fragment]]\nid = "x"\nclass = "stolen"\nwhy = "y"\n', "expected one of generated"),
        ('[[fragment]]\nid = "x"\nclass = "idiom"\nwhy = " "\n', "without a reason"),
        ('[[fragment]]\nid = "x"\nclass = "idiom"\n', "expected id, class and why"),
        ('[[fragment]]\nid = "x"\nclass = "idiom"\nwhy = "y"\n', "not among 7 matched"),
        ("= no table", "not a table of classes"),
        ("[fragment]\n", r"no \[\[fragment\]\]"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(
    filiation: Command, tmp_path: Path, said: str, why: str
) -> None:
    source, subject = sides(tmp_path)
    table = tmp_path / "moves.toml"
    table.write_text(said)
    out = tmp_path / "out"
    done = filiation(
        "examine", str(subject), "--source", str(source), "--classes", str(table), "--out", str(out)
    )
    assert done.code == 2
    assert re.search(why, " ".join(done.err.split()))
    assert not out.exists()


def test_classes_need_source_code(filiation: Command, tmp_path: Path) -> None:
    done = filiation("examine", "a", "--source", "b", "--classes", str(tmp_path / "none.toml"))
    assert done.code == 2 and "no such file" in done.err

"""TOML of others: refused where the library would take all memory, and read where it is plain."""

import time
from pathlib import Path

import pytest

import filiation
from filiation.model.toml_text import toml_of


@pytest.mark.parametrize(
    "text",
    [
        "a." * 500_000 + "a = 1",
        "[" + "a." * 500_000 + "a]",
        "x = {" + "a . " * 200_000 + "a = 1}",
        '"b" . ' * 150_000 + "a = 1",
        "'b'." * 150_000 + "a = 1",
        '"' + "c" * 3_000 + '".' + ('"' + "c" * 3_000 + '".') * 300 + "a = 1",
        't = """\nx\n"""\n' + "a." * 33 + "a = 1",
        '# "\n' + "a." * 33 + "a = 1",
    ],
)
def test_a_key_of_many_parts_is_refused_at_once(text: str) -> None:
    """A megabyte of one took all memory there is, in a recipe that a party wrote."""
    began = time.process_time()
    with pytest.raises(ValueError, match="a key of more than 32 parts"):
        toml_of(text)
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize(
    "text",
    ['"""' + '\n\\"""' * 200_000, '"' + '\\"' * 500_000, '"' * 500_001, "'" * 500_001, "w" * 10**6,
     "a" + " " * 10**6, "a. " * 31 + "\n" + "-" * 10**6, "x=" + "[" * 10**6],
)  # fmt: skip
def test_nothing_takes_longer_than_its_length_asks(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError):
        toml_of(text)
    assert time.process_time() - began < 5.0


def test_what_tools_write_is_read_as_before() -> None:
    text = (
        'a.b."c.d" = "' + "e." * 100 + '"\n# ' + "f." * 100 + "\n"
        "g = '''\n" + "h." * 100 + "'''\n" + 'i = """j \\""" ' + "k." * 100 + '"""\n'
        "l = [1.5, 2.5, " + "3.5, " * 100 + "]\n[m.n]\no = 2026-11-30T10:00:00.5Z\n"
    )
    found = toml_of(text)
    assert found["a"]["b"]["c.d"] == "e." * 100 and found["g"] == "h." * 100
    assert found["i"].endswith("k.k.") and len(found["l"]) == 102 and "o" in found["m"]["n"]


def test_toml_of_others_is_read_in_this_way_alone() -> None:
    """Whoever reads it with the library is one of these, which read what is shipped."""
    root = Path(filiation.__file__).parent
    found = {
        path.relative_to(root).with_suffix("").as_posix()
        for path in root.rglob("*.py")
        if "tomllib" in path.read_text(encoding="utf-8")
    }
    assert found == {
        "examining/words", "interrogate/batteries/questions", "methods/answers/identity",
        "methods/reached", "methods/words", "model/toml_text", "readers/code/grammar",
        "readers/weights/families", "report/expert/annexes", "report/expert/profile",
        "report/languages/catalogue", "report/wording/forbidden", "report/wording/methods",
        "report/wording/ratios",
    }  # fmt: skip

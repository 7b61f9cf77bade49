"""The door: what is offered, what it costs to open, and what it must not be called."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import filiation as fl

ROOT = Path(fl.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "python.md"
TABLE = re.compile(r"^\| `fl\.(\w+)[`(]", re.MULTILINE)


def printed(code: str, *options: str) -> str:
    there = {**os.environ, "PYTHONPATH": str(ROOT.parent)}
    words = [sys.executable, *options, "-c", code]
    return subprocess.run(
        words, capture_output=True, text=True, check=True, env=there
    ).stdout.strip()


def test_the_package_loads_nothing() -> None:
    names = ("numpy", "scipy", "pydantic", "typing", "importlib.metadata")
    heavy = f"[m for m in {names} if m in sys.modules]"
    ours = "[m for m in sys.modules if m.startswith('filiation.')]"

    assert printed(f"import sys, filiation; print({heavy}, {ours})", "-S") == "[] []"


def test_a_name_is_what_it_was_after_the_rooms_are_loaded() -> None:
    """A room of the same name would take the function's place in the package."""
    rooms = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert rooms & set(fl.__all__) == {"errors"}


def test_no_table_library_is_loaded(tmp_path: Path) -> None:
    model = Path(__file__).parents[2] / "examples" / "casebook" / "parent"
    code = (
        "import sys, filiation as fl\n"
        f"s = fl.sketch({str(model)!r}); s._repr_html_(); s.to_dict()\n"
        "[getattr(fl, name) for name in fl.__all__]\n"
        "print([m for m in ('pandas', 'polars', 'IPython', 'typer') if m in sys.modules])"
    )
    assert printed(code) == "[]"


def test_every_name_is_there_and_has_words() -> None:
    assert sorted(fl.__all__) == list(fl.__all__)
    assert set(dir(fl)) == {*fl.__all__, "__version__"}
    for name in fl.__all__:
        assert (getattr(fl, name).__doc__ or "").strip(), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        fl.nothing  # noqa: B018


def test_the_page_names_attributes_that_there_are() -> None:
    """In the row of a class, what stands between backticks is of the class."""
    rows = re.findall(r"^\| `fl\.([A-Z]\w+)` \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = [(name, one) for name, row in rows for one in re.findall(r"`([a-z_]+)(?:\(\))?`", row)]

    assert ("Case", "records") in told and ("Survey", "newick") in told
    assert [(name, one) for name, one in told if not hasattr(getattr(fl, name), one)] == []


def test_the_page_names_what_is_offered() -> None:
    assert sorted(set(TABLE.findall(PAGE.read_text("utf-8")))) == sorted(fl.__all__)

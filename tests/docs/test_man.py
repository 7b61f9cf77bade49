"""The man pages are those of the help, and the wheel carries them."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from docs.man import MAN, pages, stale

ROOT = Path(__file__).resolve().parents[2]
FRESH = pages()


def test_none_is_stale() -> None:
    assert stale(MAN) == [], "run `make docs`"


def test_a_page_for_the_program_and_every_verb() -> None:
    assert {"filiation.1", "filiation-examine.1", "filiation-case-documents-redact.1"} <= set(FRESH)
    for page in FRESH.values():
        assert [line for line in page.splitlines() if line.startswith(".SH")][:3] == [
            ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION",
        ]  # fmt: skip
        assert ".SH EXIT STATUS" in page


def test_groff_finds_nothing_wrong() -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed; it sets man pages")
    done = subprocess.run([groff, "-man", "-ww", "-Tascii", "-z"], input="".join(FRESH.values()),
                          text=True, capture_output=True, check=True)  # fmt: skip

    assert done.stderr == ""


def test_the_wheel_installs_them() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shared = told["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]

    assert shared == {"docs/man": "share/man/man1"}

"""Debian's Chromium opens the pages of a running server; without it these tests skip."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.conftest import Sides

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def address(sides: Sides) -> Iterator[str]:
    """Where `filiation serve` says that the pages are."""
    command = [sys.executable, "-m", "filiation", "serve", str(sides.case)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:  # fmt: skip
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def opened(address: str, profile: Path, *more: str) -> str:
    """The page as the browser holds it after everything has run that could."""
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu",
               f"--user-data-dir={profile}", *more, "--dump-dom", address]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout


def test_a_browser_shows_the_case(address: str, tmp_path: Path) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{43}/index\.html", address)
    page = opened(address, tmp_path / "profile")
    assert "Acme and Basel" in page and "Where the case stands" in page
    said = opened(address.replace("index", "statements"), tmp_path / "profile")
    assert "Their model came from ours." in said


def test_a_browser_runs_nothing_of_a_party(address: str, tmp_path: Path) -> None:
    """Had the script run, the page would be waiting in its dialogue; it stands there as words."""
    page = opened(address.replace("index", "statements"), tmp_path / "profile")
    assert "&lt;script&gt;alert('x')&lt;/script&gt;" in page
    assert "<script" not in page and "onerror=alert(1)&gt;" in page


def test_another_address_shows_nothing(address: str, tmp_path: Path) -> None:
    other = re.sub(r"/[\w-]{43}/", "/" + "a" * 43 + "/", address)
    assert "Acme" not in opened(other, tmp_path / "profile")

"""The walked case, and the export of it for a party that sees less."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at_home, typed, walked

__all__ = ["Sides", "sides", "walked"]

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Sides:
    """The whole case, and what each party was handed of it."""

    case: Path
    acme: Path
    basel: Path


@pytest.fixture(scope="session")
def sides(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """Hostile words are in a statement, too; the exports hold what was said until then."""
    folder = shutil.copytree(walked.folder, tmp_path_factory.mktemp("sides") / "now")
    out = tmp_path_factory.mktemp("exports")
    with at_home(folder):
        for step in (
            ("submit", "{}/case", "--by", "basel", SCRIPT),
            ("submit", "{}/case", "--by", "acme", "--confidential", "Acme's own price is eleven."),
            ("export", "{}/case", "--for", "acme", "-o", str(out / "acme")),
            ("export", "{}/case", "--for", "basel", "-o", str(out / "basel"), "--despite-found"),
        ):
            done = typed(folder, step)
            assert done.code == 0, (step, done.err)
    return Sides(case=folder / "case", acme=out / "acme", basel=out / "basel")

"""Training histories and sealed sessions on pages: drawings, the tables behind, and the form."""

import re
import shutil
from pathlib import Path

import pytest

from cli.case.conftest import at_home
from cli.case.test_history_question import tossed
from cli.case.test_history_question import walked as walked_history
from cli.case.test_session_question import ended
from filiation.casefile.facts import Inquired
from filiation.casefile.record import Record
from filiation.proceedings.site import Site
from logcases import does
from web.desk import bench

__all__ = ["ended", "tossed", "walked_history"]


def page_of(case: Path) -> str:
    """The page of the last question about one exhibit; every other page is there, too."""
    site = Site(case)
    assert all(site.page(path) for path in site.paths())
    number = Record(case).state().of(Inquired)[-1].event.sequence
    found = site.page(f"examinations/{number}.html")
    assert found is not None
    return found[0].decode()


def test_a_history_draws_its_way_and_says_what_failed(walked_history: Path) -> None:
    text = page_of(walked_history / "case")
    assert text.count("<svg") >= 3 and text.count("<table") >= 4
    for claim in ("start", "step", "contact"):
        assert claim in text
    assert "theirs" in Site(walked_history / "case").page("examinations.html")[0].decode()  # type: ignore[index]


def test_a_session_shows_who_has_sent_what(ended: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(ended, tmp_path / "now")
    case = folder / "case"
    does(folder, "case", "add", case, folder / "thin.session", "--name", "session", "--from",
         "basel", "--how", "by mail")  # fmt: skip
    home, theirs = folder / "home" / "keys", folder / "theirs" / "keys"
    theirs.parent.mkdir()
    shutil.move(home, theirs)
    with at_home(folder):
        made = bench(case, folder / "theirs", acting=["first"], reading=[])
        form = made.ask("first", "do/inquire.html").text
        assert '<option value="session:session">session</option>' in form
        assert "first" in made.does("first", "inquire", {"alone": "session:session"})[0]
        made.desk.close()
    text = page_of(case)
    assert text.count("<svg") >= 1 and text.count("<table") >= 3
    assert re.search("claimant.*respondent", text, re.DOTALL)


@pytest.mark.parametrize("kind", ["history", "session", "log", "served"])
def test_each_kind_that_is_examined_alone_has_its_form(kind: str) -> None:
    from filiation.model.kinds import ALONE

    assert kind in ALONE and len(ALONE) == 4  # another kind: another view

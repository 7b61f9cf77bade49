"""Training histories and sealed sessions on pages: drawings, the tables behind, and the form."""

import re
import shutil
from pathlib import Path

import pytest

from cli.case.conftest import at_home
from filiation.casefile.facts import Inquired
from filiation.casefile.next import due_next
from filiation.casefile.record import Record
from filiation.proceedings.site import Site
from logcases import does
from web.desk import bench


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


def due(case: Path) -> list[str]:
    return [one.step for one in due_next(Record(case).state())]


def gaps(case: Path) -> list[str]:
    """The exhibits that are said not to have been examined."""
    page = Site(case).page("gaps.html")
    assert page is not None
    rows = re.findall(r"<tr[^>]*><td.*?</tr>", page[0].decode(), re.DOTALL)
    cells = [re.sub("<[^>]+>", " ", row).split() for row in rows]
    return [name for what, name, *_ in cells if what == "exhibit"]


def test_what_a_history_is_held_against_makes_no_pair(
    tossed: Path, walked_history: Path, tmp_path: Path
) -> None:
    """Its source, its end and a repetition of it stand in its answer, and no plan is missing."""
    asked, answered = tossed / "case", walked_history / "case"
    assert sorted(gaps(asked)) == ["parent", "suspect", "theirs"]
    assert not {"add", "plan"} & {*due(asked)}
    assert gaps(answered) == []
    assert not {"add", "plan", "examine-alone"} & {*due(answered)} and "decide" in due(answered)
    state = Record(answered).state()
    number = state.of(Inquired)[-1].event.sequence
    for name in ("parent", "suspect", "theirs", "again"):
        entry = state.exhibits[name].event.sequence
        page = Site(answered).page(f"exhibits/{entry}.html")
        assert page is not None and f"examinations/{number}.html" in page[0].decode(), name
    folder = shutil.copytree(walked_history, tmp_path / "now")
    does(folder, "case", "add", folder / "case", folder / "source", "--name", "other", "--from",
         "acme", "--how", "handed over")  # fmt: skip
    assert gaps(folder / "case") == ["other"]


def test_a_plan_of_the_pair_is_carried_out_all_the_same(
    walked_history: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(walked_history, tmp_path / "now")
    does(folder, "case", "plan", folder / "case", "--subject", "suspect", "--source", "parent",
         "--as", "first")  # fmt: skip
    assert "examine" in due(folder / "case")


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


@pytest.mark.parametrize("kind", ["history", "session", "log", "served", "workload"])
def test_each_kind_that_is_examined_alone_has_its_form(kind: str) -> None:
    from filiation.model.kinds import ALONE

    assert kind in ALONE and len(ALONE) == 5  # another kind: another view

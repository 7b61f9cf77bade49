"""Remarks: on pages and in the command line, seen by whom they are for; some nobody can drop."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import rfc8785

from cli.case.conftest import Walked, at, at_home, does
from filiation.casefile.exchange.sums import SUMS, sums_of
from filiation.casefile.facts import Commented
from filiation.casefile.record import Draft, Record
from filiation.errors import UsageError
from filiation.proceedings.site import Site
from filiation.proceedings.verifying import verify_case
from web.desk import Bench, bench

SCRIPT = "<script>alert('remark')</script>"


@pytest.fixture(scope="module")
def served(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = shutil.copytree(walked.folder, tmp_path_factory.mktemp("remarks") / "now")
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs")
        yield made
        made.desk.close()


def remark(made: Bench, who: str, about: str, text: str, reach: str = "own") -> str:
    return made.does(who, "comment", {"about": about, "text": text, "reach": reach})[0]


def test_a_remark_is_seen_by_whom_it_is_for(served: Bench) -> None:
    form = served.ask("acme", "do/comment.html", query="about=mail:0").text
    assert 'name="about" required aria-describedby' in form or 'value="mail:0"' in form
    assert "and the lead see it" in remark(served, "acme", "mail:0", f"Mine alone. {SCRIPT}")
    assert "everybody sees" in remark(served, "acme", "13", "Look at the foils.", "shared")
    assert "everybody" in remark(served, "second", "mail:0", "Not their outputs.", "exculpatory")
    page = served.ask("acme", "documents/mail/0.html").text
    assert "Mine alone." in page and SCRIPT not in page and "Not their outputs." in page
    assert "Remark on this" in page
    theirs = served.ask("basel", "documents/mail/0.html").text
    assert "Mine alone" not in theirs and "Not their outputs." in theirs
    assert "Remark on this" not in theirs  # who reads cannot remark
    assert "Mine alone" in served.ask("tribunal", "documents/mail/0.html").text
    for who in ("acme", "basel", "second", "tribunal"):
        assert "Look at the foils." in served.ask(who, "log/13.html").text
    assert "3" in served.ask("tribunal", "papers/review.html").text
    assert verify_case(served.case).problems == ()


def test_a_finding_is_remarked_on_where_it_stands(served: Bench) -> None:
    state = Record(served.case).state()
    number = state.examination().event.sequence
    remark(served, "first", f"{number}#finding-1-2", "This one rests on few units.", "shared")
    page = served.ask("basel", f"examinations/{number}.html").text
    assert "This one rests on few units." in page and f"{number}#finding-1-2" in page


@pytest.mark.parametrize(
    "about", ["", "mail:99", "other:0", "9999", "-1", "3#finding-1-1", "../../x", "13#x", "mail:00"]
)
def test_what_is_not_on_record_has_no_remarks(served: Bench, about: str) -> None:
    fields = {"about": about, "text": "?", "reach": "own"}
    found = served.signed("acme", served.began("acme", "comment", fields))
    assert found["where"] == "refused" and "A fault" not in found["said"][0], found


def test_an_examiners_shared_remark_claims_no_more_than_a_report_may(served: Bench) -> None:
    fields = {"about": "13", "text": "This proves that they stole it.", "reach": "shared"}
    found = served.signed("first", served.began("first", "comment", fields))
    assert found["where"] == "refused" and "says" in found["said"][0]


def test_nobody_remarks_for_another(served: Bench) -> None:
    record = Record(served.case)
    shutil.copytree(served.home / "keys", served.case.parent / "home" / "keys", dirs_exist_ok=True)
    draft = Draft(verb="comment", fact=Commented(by="basel", about="3"), blobs=[("text", b"x", "")])
    with at_home(served.case.parent), pytest.raises(UsageError, match="one's own"):
        record.append(draft, *record.signer("acme"))


def test_an_export_holds_what_is_shared_and_what_is_exculpatory(
    walked: Walked, tmp_path: Path
) -> None:
    folder = shutil.copytree(walked.folder, tmp_path / "now")
    case = str(folder / "case")
    does(folder, "comment", case, "mail:0", "For me.", "--as", "acme")
    does(folder, "comment", case, "3", "For all.", "--as", "acme", "--reach", "shared")
    does(folder, "comment", case, "3", "Exculpates.", "--as", "second", "--reach", "exculpatory")
    does(folder, "export", case, "--for", "basel", "-o", str(folder / "out"), "--despite-found")
    text = "".join(
        made[0].decode()
        for site in [Site(folder / "out")]
        for path in site.paths()
        if path.endswith(".html") and (made := site.page(path))
    )
    assert "For me." not in text and "For all." in text and "Exculpates." in text
    assert at(folder, "verify", str(folder / "out")).code == 0
    listing = folder / "out" / "export.json"  # whoever takes the exculpatory one out is found out
    found = json.loads(listing.read_bytes())
    number = Record(folder / "case").state().of(Commented)[-1].event.sequence
    assert found["events"][number]["envelope"]
    found["events"][number]["envelope"] = None
    listing.write_bytes(rfc8785.dumps(found) + b"\n")
    (folder / "out" / SUMS).unlink()
    (folder / "out" / SUMS).write_bytes(sums_of(folder / "out"))
    done = at(folder, "verify", str(folder / "out"))
    assert done.code == 3 and "taken out after it was made" in done.err

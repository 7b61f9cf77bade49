"""Deeds on pages: the record that comes of them is the command line's, or nothing does."""

import contextlib
import io
import os
import re
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from cli.case.conftest import at
from filiation.casefile.record import Record
from filiation.errors import FiliationError, UsageError
from filiation.proceedings.desk import person
from filiation.proceedings.desk.open import Desk
from filiation.proceedings.desk.person import Sight, people
from filiation.proceedings.verifying import verify_case
from filiation.report.site.translated import in_language
from filiation.report.site.view import View
from filiation.report.wording.desk import DEEDS
from web.desk import PARTIES, READS, Bench, begun, bench, events

SCRIPT = "<script>alert('x')</script>"


def test_from_the_plan_to_the_decision(at_plan: Bench) -> None:
    """Four people; the keys lie where the server is not."""
    said = at_plan.does("first", "plan", {"subject": "suspect", "source": "parent",
                                          "controls": ["s1", "s2"], "seed": "7"})  # fmt: skip
    assert "is fixed" in said[0]
    at_plan.does("tribunal", "draw", {"foils": "2", "lineup": "first"})
    at_plan.does("second", "opine", {"lineup": "first", "words": "No one stands out enough."})
    at_plan.does("tribunal", "unmask", {"lineup": "first"})
    at_plan.does("first", "examine", {})
    pages = at_plan.ask("second", "examinations.html").text
    assert "examinations/" in pages
    number = str(events(at_plan) - 1)
    at_plan.does("second", "review", {"examination": number, "agrees": "agrees",
                                      "words": "I derived it again."})  # fmt: skip
    at_plan.does("tribunal", "decide", {"outcome": "need-more", "because": "A record is missing."})
    at_plan.does("tribunal", "export", {"party": "acme", "folder": "for-acme"})
    assert verify_case(at_plan.case.parent / "for-acme").problems == ()
    found = verify_case(at_plan.case)
    assert found.problems == () and found.notes == ()
    assert not list((at_plan.case.parent / "home" / "desk").glob("*/*"))


def test_an_exhibit_comes_by_upload(at_plan: Bench) -> None:
    folder = at_plan.case.parent / "stranger-1"
    files = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    fields = {"name": "other", "how": "public download"}
    deed = begun(at_plan.upload("acme", "do/add", fields, files))
    assert at_plan.signed("acme", deed)["where"] == "done"
    page = at_plan.ask("second", "exhibits.html").text
    assert ">other<" in page
    said = at_plan.does("first", "plan", {"subject": "suspect", "source": "parent",
                                          "controls": ["other", "s2"]})  # fmt: skip
    assert "is fixed" in said[0]


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("x.bin", b"no model", "x.bin"),
        (".hidden", b"x", "expected a plain name"),
        ("a+b", b"x", "expected a plain name"),
        ("a#b", b"x", "expected a plain name"),
        ("\u6a21" * 100, b"x", "expected a plain name"),  # 300 bytes: more than a disk holds
        ("..", b"x", "expected a plain name"),
    ],
)
def test_what_is_no_exhibit_leaves_nothing(
    at_plan: Bench, name: str, raw: bytes, words: str
) -> None:
    count = events(at_plan)
    answer = at_plan.upload("acme", "do/add", {"name": "n", "how": "h"}, [(name, raw)])
    if answer.code == 303:
        deed = begun(answer)
        found = at_plan.stands("acme", deed, "refused", "sign")
        assert found["where"] == "refused" and words in found["said"][0]
    else:
        assert answer.code == 400 and words in answer.text
    assert events(at_plan) == count
    assert not list((at_plan.case.parent / "home" / "desk").glob("*/*"))


def test_a_file_cannot_be_sent_out_of_its_folder(at_plan: Bench) -> None:
    answer = at_plan.upload("acme", "do/add", {"name": "n", "how": "h", "unexamined": "on"},
                            [("../../../evil.txt", b"x")])  # fmt: skip
    assert at_plan.signed("acme", begun(answer))["where"] == "done"
    kept = [name for _, _, files in os.walk(at_plan.case.parent) for name in files]
    assert "evil.txt" not in kept  # its digest alone is; what a deed leaves vanishes meanwhile


def test_a_home_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, a traceback: in a container the root file system cannot be written."""
    home = tmp_path / "home"
    home.write_bytes(b"")  # no folder can be made below a file
    monkeypatch.setenv("FILIATION_HOME", str(home))
    with pytest.raises(UsageError, match=r"desk.*: cannot be written: Not a directory"):
        Desk(tmp_path / "case")


def test_a_zip_bomb_is_refused(at_plan: Bench) -> None:
    """A gigabyte of zeros in a megabyte: neither unpacked nor on record."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("model.safetensors", "w", force_zip64=True) as member,
    ):
        for _ in range(512):
            member.write(bytes(1 << 20))
    assert len(held.getvalue()) < 1 << 20
    answer = at_plan.upload("acme", "do/add", {"name": "n", "how": "h"},
                            [("model.zip", held.getvalue())])  # fmt: skip
    found = at_plan.stands("acme", begun(answer), "refused", "sign")
    assert found["where"] == "refused", found


def test_more_than_may_be_sent_is_refused(at_plan: Bench) -> None:
    answer = at_plan.upload("acme", "do/add", {"name": "n", "how": "h"}, [("x", bytes(2 << 20))])
    assert answer.code == 413 and "runs the computer of the case" in answer.text
    assert not list((at_plan.case.parent / "home" / "desk").glob("*/*"))


def test_a_log_that_moved_on_is_told(at_plan: Bench) -> None:
    one = at_plan.began("acme", "state", {"kind": "claim", "text": "One."})
    at_plan.stands("acme", one, "sign")
    at_plan.does("first", "state", {"kind": "submission", "text": "Another's."})
    count = events(at_plan)
    found = at_plan.signed("acme", one)
    assert found["where"] == "refused" and "moved on" in found["said"][0]
    assert events(at_plan) == count
    page = at_plan.ask("acme", f"deeds/{one}.html").text
    assert "Prepare it again" in page


def test_what_is_dropped_is_not_recorded(at_plan: Bench) -> None:
    count = events(at_plan)
    deed = at_plan.began("acme", "state", {"kind": "claim", "text": "One."})
    at_plan.stands("acme", deed, "sign")
    assert at_plan.send("acme", f"deeds/{deed}/drop", {}).code == 303
    assert at_plan.stands("acme", deed, "refused")["said"] == [
        "It was dropped; nothing was recorded."
    ]
    assert events(at_plan) == count


def test_a_kill_takes_nothing_of_a_wish(at_plan: Bench) -> None:
    """A server that ended goes on with what was filled in, and asks for the signature anew."""
    deed = at_plan.began("acme", "state", {"kind": "claim", "text": "One."})
    at_plan.stands("acme", deed, "sign")
    at_plan.desk.close()
    again = bench(at_plan.case, at_plan.home)
    at_plan.desk = again.desk
    assert again.signed("acme", deed)["where"] == "done"
    assert "One." in again.ask("first", "statements.html").text


def test_one_desk_at_a_time(at_plan: Bench) -> None:
    with pytest.raises(UsageError, match="already"):
        Desk(at_plan.case)


def test_as_many_wait_as_may(at_plan: Bench) -> None:
    for place in range(8):
        at_plan.began("acme", "state", {"kind": "claim", "text": f"{place}"})
    answer = at_plan.send("acme", "do/state", {"kind": "claim", "text": "one more"})
    assert answer.code == 400 and "wait already" in answer.text


@pytest.mark.parametrize(
    ("verb", "fields", "words"),
    [
        ("state", {"kind": "claim"}, "is needed"),
        ("state", {"kind": "verdict", "text": "x"}, "expected one of"),
        ("state", {"kind": "claim", "text": "x", "alternative": "magic"}, "expected one of"),
        ("tag", {"tag": "hot", "documents": "none:0"}, "none:0"),
        ("tag", {"tag": "Hot!", "documents": "mail:0"}, "Hot!"),
    ],
)
def test_what_is_filled_in_wrongly_is_told(
    walked_on: Bench, verb: str, fields: dict[str, str], words: str
) -> None:
    deed = walked_on.began("acme", verb, fields)
    found = walked_on.stands("acme", deed, "refused", "sign")
    assert found["where"] == "refused" and words in found["said"][0]


def test_an_export_lies_beside_the_case_and_nowhere_else(walked_on: Bench) -> None:
    for name in ("../out", "/tmp/out", ".hidden", "a/b", ""):
        deed = walked_on.began("tribunal", "export", {"party": "acme", "folder": name})
        assert walked_on.stands("tribunal", deed, "refused", "sign")["where"] == "refused"


def test_scripts_in_what_is_filled_in_are_letters(walked_on: Bench) -> None:
    deed = walked_on.began("acme", "state", {"kind": "claim", "title": SCRIPT, "text": SCRIPT})
    walked_on.stands("acme", deed, "sign")
    for page in (f"deeds/{deed}.html", "deeds.html", "do/state.html"):
        assert b"<script>" not in walked_on.ask("acme", page).body
    walked_on.signed("acme", deed)
    for page in ("statements.html", "index.html", "log.html"):
        assert b"<script>" not in walked_on.ask("tribunal", page).body
    wrong = walked_on.began("acme", "tag", {"tag": SCRIPT, "documents": "mail:0"})
    walked_on.stands("acme", wrong, "refused")
    assert b"<script>" not in walked_on.ask("acme", f"deeds/{wrong}.html").body


def test_a_script_runs_where_bytes_are_signed_and_nowhere_else(walked_on: Bench) -> None:
    deed = walked_on.began("acme", "state", {"kind": "claim", "text": "One."})
    walked_on.stands("acme", deed, "sign")
    found = walked_on.ask("acme", f"deeds/{deed}.html")
    assert "script-src 'self'" in found.headers["content-security-policy"]
    assert found.text.count("<script") == 1 and 'src="../sign.js"' in found.text
    for page in ("do.html", "deeds.html", "do/state.html", "index.html"):
        answer = walked_on.ask("acme", page)
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "<script" not in answer.text


def test_the_command_line_and_the_page_at_once(walked_on: Bench) -> None:
    """Whichever comes first is on record; the other is told, and no one waits for a person."""
    deed = walked_on.began("acme", "state", {"kind": "claim", "text": "On the page."})
    walked_on.stands("acme", deed, "sign")
    shutil.copytree(walked_on.home / "keys", walked_on.case.parent / "home" / "keys")
    done = at(walked_on.case.parent, "submit", "{}/case", "--by", "first", "In the terminal.")
    assert done.code == 0
    found = walked_on.signed("acme", deed)
    assert found["where"] == "refused" and "moved on" in found["said"][0]
    assert threading.active_count() < 40


def test_people_of_a_case(walked_on: Bench) -> None:
    with pytest.raises(UsageError, match="without a key"):
        people(walked_on.case, ["basel"], [])
    with pytest.raises(UsageError, match="no party"):
        people(walked_on.case, ["nobody"], [])
    assert {one.party for one in people(walked_on.case, list(PARTIES), list(READS))} == {
        *PARTIES, *READS
    }  # fmt: skip


def test_an_id_of_an_opponent_is_no_path(at_plan: Bench) -> None:
    """Whoever hands a case in chooses its id; what waits lies in the home folder all the same."""
    at_plan.desk.close()
    settings = at_plan.case / "case.toml"
    settings.write_text(re.sub(r'id = "[^"]*"', 'id = "../../evil"', settings.read_text()))
    with contextlib.suppress(FiliationError):
        Desk(at_plan.case).close()
    home = at_plan.case.parent / "home"
    assert {one.name for one in home.iterdir()} <= {"desk", "masks", "seen", "keys"}
    assert not (at_plan.case.parent / "evil").exists()


def test_what_is_said_of_documents_is_seen_at_once(walked_on: Bench) -> None:
    """A page of a party follows the claims on documents, though other events lay nothing anew."""
    path = "documents/mail/0.html"
    before = walked_on.ask("basel", path).text
    walked_on.does("first", "state", {"kind": "submission", "text": "Nothing of documents."})
    assert walked_on.ask("basel", path).text == before
    shutil.copytree(walked_on.home / "keys", walked_on.case.parent / "home" / "keys")
    done = at(walked_on.case.parent, "documents", "privilege", "{}/case", "mail:0", "--by", "acme",
              "--ground", "counsel", "--waive")  # fmt: skip
    assert done.code == 0, done.err
    after = walked_on.ask("basel", path).text
    assert after != before and "Please use" in after and "outputs" not in after


def test_a_deed_is_over_when_what_was_sent_is_gone(at_plan: Bench) -> None:
    """Nobody reads that it is over while files of it still lie there."""
    for _ in range(5):
        deed = begun(at_plan.upload("acme", "do/add", {"name": "n", "how": "h"}, [("x", b"x")]))
        at_plan.stands("acme", deed, "refused")
        assert not (at_plan.case.parent / "home" / "desk").joinpath(deed).exists()
        assert not list((at_plan.case.parent / "home" / "desk").glob(f"*/{deed}"))


def test_eight_at_once_are_eight(at_plan: Bench) -> None:
    """Those who begin at the same time are counted one after the other."""
    secret, codes = at_plan.secret("acme"), list[int]()

    def one(place: int) -> None:
        fields = {"kind": "claim", "text": f"{place}"}
        codes.append(at_plan.send("acme", "do/state", fields, secret=secret).code)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303] * 8 + [400] * 6


def test_half_of_what_is_seen_is_never_shown(
    walked_on: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that failed while it was laid out is laid out anew."""
    observer = next(one for one in people(walked_on.case, [], list(READS)))
    sight = Sight(walked_on.case, observer)
    whole = person.going_along

    def fails(*_: object, **__: object) -> dict[str, bytes]:
        raise OSError("disk full")

    monkeypatch.setattr(person, "going_along", fails)
    with pytest.raises(OSError, match="disk full"):
        sight.held()
    monkeypatch.setattr(person, "going_along", whole)
    sight.held()
    laid = {name for name in whole(Record(walked_on.case), observer.party, pages=False)}
    assert laid and all((sight._parts[-1] / name).exists() for name in laid)


def test_a_document_that_is_titled_like_a_deed_keeps_its_title() -> None:
    """Words of a party are never translated, whatever they say."""
    deed = View(path="do/decide.html", title=DEEDS["decide"], parts=())
    mail = View(path="documents/mail/0.html", title=DEEDS["decide"], parts=())
    assert in_language(deed, "de").title != DEEDS["decide"]
    assert in_language(mail, "de").title == DEEDS["decide"]

"""A log on pages: its plan, its coin, its answer and the review, each by whoever may."""

import base64
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.case.conftest import at_home
from filiation.casefile.ledger.dsse import taken_apart
from filiation.proceedings.verifying import verify_case
from logcases import add_log, opened_case, small_log
from web.desk import Bench, bench


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("log")
    opened_case(folder)
    add_log(folder, small_log(folder / "log.requests"))
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs")
        yield made
        made.desk.close()


def prepared(made: Bench, deed: str) -> str:
    """The value of a coin that waits to be signed."""
    now = made.stands("tribunal", deed, "sign")
    payload = json.loads(taken_apart(base64.b64decode(now["message"]), "deed")[1])
    return str(payload["facts"]["value"])


def test_a_log_from_its_plan_to_its_review(served: Bench) -> None:
    form = served.ask("first", "do/pose.html").text
    assert '<option value="log">log</option>' in form
    assert "log" not in re.findall(r'name="subject" value="(\w+)"',
                                   served.ask("first", "do/plan.html").text)  # fmt: skip
    assert "is fixed" in served.does("first", "pose", {"log": "log", "most": "100"})[0]
    assert '<option value="log">' in served.ask("tribunal", "do/coin.html").text
    first = served.began("tribunal", "coin", {"tossed": "log"})
    value = prepared(served, first)
    served.send("tribunal", f"deeds/{first}/drop", {})
    assert served.stands("tribunal", first, "refused")["where"] == "refused"
    again = served.began("tribunal", "coin", {"tossed": "log"})
    assert prepared(served, again) == value  # whoever looks and prepares it again cannot choose
    served.desk.close()
    with at_home(served.case.parent):  # as after a kill of the server
        after = bench(served.case, served.home)
        assert prepared(after, again) == value
        assert after.signed("tribunal", again)["where"] == "done"
        after.desk.close()
    said = served.does("first", "inquire", {"alone": "log:log"})
    number = said[0].split()[1].rstrip(":")
    assert f'<option value="{number}">' in served.ask("second", "do/review.html").text
    words = {"examination": number, "agrees": "agrees", "words": "I derived it again."}
    assert "the same bytes" in served.does("second", "review", words)[0]
    page = served.ask("acme", f"examinations/{number}.html").text
    assert page.count("<svg") >= 3 and "template" in page
    assert verify_case(served.case).problems == ()


@pytest.mark.parametrize(
    ("who", "verb", "fields", "why"),
    [
        ("acme", "pose", {"log": "log"}, "not for your role"),
        ("first", "coin", {"tossed": "log"}, "not for your role"),
        ("tribunal", "commit", {"commitment": "0" * 64}, "not for your role"),
        ("second", "inquire", {"alone": "log:log"}, "not for your role"),
    ],
)
def test_who_may_not(served: Bench, who: str, verb: str, fields: dict[str, str], why: str) -> None:
    answer = served.send(who, f"do/{verb}", fields)
    assert answer.code == 400 and why in answer.text


@pytest.mark.parametrize("alone", ["log", "log:", ":log", "weights:log", "served:log", "x:y"])
def test_what_is_no_such_exhibit_is_told(served: Bench, alone: str) -> None:
    found = served.signed("first", served.began("first", "inquire", {"alone": alone}))
    assert found["where"] == "refused" and "A fault" not in found["said"][0]


def test_a_party_commits_to_a_lot(served: Bench, tmp_path: Path) -> None:
    assert "commits to" in served.does("acme", "commit", {"commitment": "5a" * 32})[0]
    assert "5a5a" in served.ask("tribunal", "do/coin.html").text
    assert "coin for" in served.does("tribunal", "coin", {"tossed": "5a" * 32})[0]

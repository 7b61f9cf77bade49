"""Time, documents, reports and a history's plan on pages, each by whoever may."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at_home
from docs.pictures import opened
from filiation.casefile.facts import Inquired
from filiation.casefile.record import Record
from filiation.proceedings.desk.person import MAY
from filiation.proceedings.verifying import verify_case
from historycases import honest
from logcases import add_log, does, opened_case, small_log
from trainings.by_hand import kept_as_files
from web.browser import NEEDED, Desk
from web.desk import Bench, bench
from web.running import running

TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
LEADS = ("stop", "resume", "closed", "deadline", "extend", "serve")
MAIL = (b"From a@a.example Mon Mar  2 09:14:07 2026\nFrom: a@a.example\nSubject: Orders\n\n"
        b"They have taken our orders.\n\n")  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("time")
    opened_case(folder)
    yield from serving(folder)


def serving(folder: Path) -> Iterator[Bench]:
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    with at_home(folder):
        made = bench(folder / "case", folder / "theirs", largest=1 << 24)
        yield made
        made.desk.close()


def event_of(said: list[str]) -> str:
    found = re.search(r"event (\d+)", " ".join(said))
    assert found
    return found[1]


def test_time_from_a_service_to_more_of_it(served: Bench) -> None:
    """What was served, a deadline from it, more time by an order, closed days."""
    said = served.does("tribunal", "serve", {"event": "5", "on_whom": "basel", "means": "post"})
    assert f"event 5 was served on basel by post on {TODAY}" in said[0]
    assert f'<option value="{event_of(said)}">' in served.ask("tribunal", "do/deadline.html").text
    asked = {"step": "answer", "by_whom": "basel", "more_days": "14", "counting": "working",
             "counted_from": event_of(said), "clear": "on"}  # fmt: skip
    deadline = served.does("tribunal", "deadline", asked)
    assert "answer of basel" in deadline[0]
    number = event_of(deadline)
    deed = served.began("tribunal", "extend", {
        "deadline": number, "more_days": "7", "because": "Illness.",
        "order_words": "Seven days more.",
    })  # fmt: skip
    served.stands("tribunal", deed, "sign", "refused")
    page = served.ask("tribunal", f"deeds/{deed}.html").text
    assert "The words, which have the SHA-256 that is signed" in page and "Seven days more." in page
    assert "extended by 7 days" in served.signed("tribunal", deed)["said"][0]
    closed = {"closed_name": "Staff day", "first_day": "2026-12-28", "last_day": "2026-12-29"}
    assert "Staff day" in served.does("tribunal", "closed", closed)[0]
    page = served.ask("acme", "clock.html").text
    for words in ("Staff day", "Illness.", "was served on basel"):
        assert words in page
    assert verify_case(served.case).problems == ()


def test_the_clock_stops_and_runs_again(served: Bench) -> None:
    assert "stands" in served.does("tribunal", "stop", {"because": "Waiting for a record."})[0]
    again = served.signed("tribunal", served.began("tribunal", "stop", {"because": "Again."}))
    assert again["where"] == "refused" and "stands still" in again["said"][0]
    assert "runs" in served.does("tribunal", "resume", {})[0]
    assert "Waiting for a record." in served.ask("basel", "clock.html").text


@pytest.mark.parametrize("who", ["first", "second", "acme"])
def test_time_is_the_leads(served: Bench, who: str) -> None:
    for verb in LEADS:
        assert served.ask(who, f"do/{verb}.html").code == 404
        assert "not for your role" in served.send(who, f"do/{verb}", {}).text
    assert {role for role, may in MAY.items() if may & {*LEADS}} == {"lead"}


@pytest.mark.parametrize(
    ("verb", "fields", "words"),
    [
        ("stop", {}, "The reasons"),
        ("stop", {"because": "x", "on": "yesterday"}, "yesterday"),
        ("deadline", {"step": "sleep", "by_whom": "basel", "more_days": "3"}, "expected one of"),
        ("deadline", {"step": "answer", "by_whom": "basel", "counting": "calendar"},
         "How many days"),
        ("extend", {"more_days": "3", "because": "x"}, "The words of the order"),
        ("extend", {"more_days": "3", "because": "x", "order_words": "y", "deadline": "3"},
         "no deadline"),
        ("serve", {"event": "999", "on_whom": "basel"}, "no such event"),
        ("serve", {"event": "0", "on_whom": "nobody"}, "nobody"),
        ("closed", {"closed_name": "x", "first_day": "2026-01-01", "last_day": "2028-01-01"},
         "366"),
        ("report", {"examination": "0"}, "event 0"),
        ("report", {"examination": "0", "profile": "mars"}, "expected one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(
    served: Bench, verb: str, fields: dict[str, str], words: str
) -> None:
    found = served.signed("tribunal", served.began("tribunal", verb, fields))
    assert found["where"] == "refused" and "A fault" not in found["said"][0]
    assert words in found["said"][0], found


def test_a_party_puts_mail_in_and_it_is_numbered(served: Bench) -> None:
    fields = {"production": "mail", "how": "from our server", "prefix": "ACME"}
    answer = served.upload("acme", "do/documents", fields, [("orders.mbox", MAIL)])
    assert answer.code == 303, answer.text
    deed = answer.headers["location"].rpartition("/")[2].removesuffix(".html")
    said = served.signed("acme", deed)["said"]
    assert "mail holds 1 document" in said[0] and "is numbered" in said[-1]
    assert "They have taken our orders." in served.ask("acme", "documents/mail/0.html").text
    assert served.ask("acme", "do/documents.html").text.count('name="offered_by"') == 0
    assert served.ask("tribunal", "do/documents.html").text.count('name="offered_by"') == 1


def test_a_report_is_written_and_had_from_the_page(served: Bench, tmp_path: Path) -> None:
    """Of a log, whose plan is fixed with a level; HTML, PDF and data, in two languages more."""
    folder = served.case.parent
    shutil.move(folder / "theirs" / "keys", folder / "home" / "keys")
    add_log(folder, small_log(folder / "log.requests"))
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    wrong = served.signed("first", served.began("first", "pose", {"log": "log", "level": "five"}))
    assert wrong["where"] == "refused" and "from 0 to 1" in wrong["said"][0]
    plan = served.does("first", "pose", {"log": "log", "level": "0.04", "most": "100"})
    assert "level 0.04" in " ".join(plan)
    served.does("tribunal", "coin", {"tossed": "log"})
    served.does("first", "inquire", {"alone": "log:log"})
    number = Record(served.case).state().of(Inquired)[-1].event.sequence
    assert served.send("acme", "do/report", {}).code == 400
    said = served.does("second", "report", {"examination": f"{number}", "languages": ["de", "fr"]})
    assert "reports/" in said[-1]
    page = served.ask("acme", "examinations.html").text
    found = dict.fromkeys(re.findall(r'href="(reports/[\w.-]+)"', page))
    assert {one.rpartition("-")[2] for one in found} >= {
        "report.html", "report.json", "report.pdf", "deutsch.html", "francais.pdf"
    }  # fmt: skip
    for path in found:
        answer = served.ask("acme", path)
        assert answer.code == 200
        kept = (served.case / path).read_bytes()
        assert answer.body == kept, path
        kind = answer.headers["content-type"]
        assert kind.startswith({"html": "text/html", "pdf": "application/pdf",
                                "json": "application/json"}[path.rpartition(".")[2]])  # fmt: skip
        if path.endswith(".html"):  # its bytes are those of whoever issued it
            assert "sandbox" in answer.headers["content-security-policy"]


def test_a_history_is_planned_examined_and_repeated(tmp_path: Path) -> None:
    """Its plan names what it should be independent of; its form is there once one is put in."""
    folder = tmp_path
    case, way = opened_case(folder), honest(12)[:3]
    for n, one in enumerate(way):
        kept_as_files(one.weights, folder / "run" / f"checkpoint-{10 * n}")
    kept_as_files(honest(11)[2].weights, folder / "source")
    does(folder, "history", "take", folder / "run", "-o", folder / "theirs.history")
    for path, name, party in (("source", "parent", "acme"), ("theirs.history", "theirs", "basel"),
                              ("run/checkpoint-20", "suspect", "acme")):  # fmt: skip
        does(folder, "case", "add", case, folder / path, "--name", name, "--from", party,
             "--how", "handed over")  # fmt: skip
    for made in serving(folder):
        form = made.ask("first", "do/trained.html").text
        assert '<option value="theirs">' in form and '<option value="suspect">' in form
        assert made.ask("acme", "do/trained.html").code == 404
        fields = {"history": "theirs", "origin": "parent", "final": "suspect"}
        assert "independent of parent" in " ".join(made.does("first", "trained", fields))
        assert '<option value="theirs">' in made.ask("tribunal", "do/coin.html").text
        assert "interval" in " ".join(made.does("tribunal", "coin", {"tossed": "theirs"}))
        assert 'name="again"' in made.ask("first", "do/inquire.html").text
        assert "examined" in made.does("first", "inquire", {"alone": "history:theirs"})[0]
        (entry,) = Record(made.case).state().of(Inquired)
        assert made.ask("basel", f"examinations/{entry.event.sequence}.html").code == 200
        assert verify_case(made.case).problems == ()


@NEEDED[0]
@NEEDED[1]
def test_time_mail_and_a_report_in_a_browser(walked: Walked, tmp_path: Path) -> None:
    """The lead serves, sets a deadline and stops the clock; acme brings mail; PDF and HTML open."""
    folder = shutil.copytree(walked.folder, tmp_path / "now")
    shutil.move(folder / "home" / "keys", folder / "theirs" / "keys")
    (tmp_path / "orders.mbox").write_bytes(MAIL)
    keys = folder / "theirs" / "keys"
    with (
        at_home(folder),
        running(folder / "case", ["tribunal", "acme"], []) as addresses,
        opened() as browser,
    ):
        lead, acme = (Desk(browser, addresses[one], keys / f"{one}.pem")
                      for one in ("tribunal", "acme"))  # fmt: skip
        said = lead.does("serve", {"event": "5", "on_whom": "basel", "means": "post"})
        assert "was served on basel by post" in said
        asked = {"step": "submission", "by_whom": "acme", "more_days": "14", "counting": "working"}
        assert "submission of acme" in lead.does("deadline", asked)
        assert "stands" in lead.does("stop", {"because": "A record is awaited."})
        brought = {"files": [str(tmp_path / "orders.mbox")], "production": "orders",
                   "how": "from our server"}  # fmt: skip
        assert "orders holds 1 document" in acme.does("documents", brought)
        profile = {"profile": "uk-civil", "languages": ["de", "fr"]}
        assert "expert.html" in lead.does("report", profile)
        page = acme.page
        page.goto(f"{acme.address}de/clock.html")
        assert "A record is awaited." in page.inner_text("main")
        assert "die Uhr steht ab" in page.inner_text("main")
        page.goto(f"{acme.address}examinations.html")
        page.click("text=-expert.html")
        assert "Acme and Basel" in page.inner_text("body")
        found = page.request.get(re.sub(r"expert\.html$", "expert.pdf", page.url))
        assert found.body().startswith(b"%PDF-")
        assert lead.wrong == acme.wrong == []
    assert verify_case(folder / "case").problems == ()

"""A log in a case: planned, given its lot, examined, reviewed, reported, replayed; and attacked."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from filiation.casefile.facts import Inquired, Posed, Worded
from filiation.casefile.record import Draft, Record
from filiation.errors import CaseError, UsageError
from filiation.model.campaigns import seed_of
from filiation.model.inquiry import SourceFile, groups_plan
from filiation.proceedings.inquiries import answer_again, inquiry_of
from filiation.proceedings.site import Site
from filiation.report.wording import refusals
from filiation.report.wording.inquiry_came import came_about
from logcases import (
    add_log,
    at,
    does,
    opened_case,
    plan_digest,
    reported,
    small_log,
    tossed_case,
)  # fmt: skip


@pytest.fixture(scope="module")
def tossed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tossed")
    tossed_case(folder)
    return folder


@pytest.fixture(scope="module")
def walked(tossed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Examined, reviewed and reported."""
    folder = shutil.copytree(tossed, tmp_path_factory.mktemp("walked") / "now")
    reported(folder, "--log", "log")
    return folder


@pytest.fixture
def before(tossed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tossed, tmp_path / "before")


@pytest.fixture
def after(walked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(walked, tmp_path / "after")


def material(folder: Path, name: str = "log") -> Path:
    record = Record(folder / "case")
    digest = record.state().exhibits[name].event.written("material")
    return record.objects.path(digest)


def test_what_these_tests_are_about_depends_on_no_draw(tossed: Path, tmp_path: Path) -> None:
    """Id and coin were drawn anew in each run, and the days that are held back with them."""
    tossed_case(tmp_path)
    assert plan_digest(tmp_path) == plan_digest(tossed)
    here, there = (does(one, "case", "log", one / "case", "--json") for one in (tmp_path, tossed))
    (coin,) = {json.loads(line)["facts"].get("value") for line in here.splitlines()} - {None}
    assert len(coin) == 64 and coin in there


def test_every_number_and_the_report_come_again(walked: Path) -> None:
    said = does(walked, "case", "replay", walked / "case")
    assert "campaigns of log: the same" in said
    assert said.count("the same") == 4  # the answer, the report, and it in two languages
    assert "hold" in does(walked, "case", "verify", walked / "case")


def test_the_seed_follows_from_plan_and_coin_and_is_not_that_of_the_log_alone(
    walked: Path,
) -> None:
    record = Record(walked / "case")
    (entry,) = record.state().of(Inquired)
    found = inquiry_of(record, entry)
    assert found.campaigns is not None
    assert found.campaigns.plan.seed != seed_of(found.campaigns.plan.log)
    assert found.asked.planned < found.asked.coin < entry.event.sequence
    assert found.asked.tossed_by == "tribunal"
    assert found.asked.offered_by == "acme"


def test_the_report_shows_drawings_tables_and_its_own_propositions(walked: Path) -> None:
    (page,) = (walked / "case" / "reports").glob("*-report.html")
    text = page.read_text()
    assert text.count("<svg") >= 3
    for words in ("act as one", "tossed a coin", "by account and day", "The group by day",
                  "The nulls as they are drawn", "no model is held against another"):  # fmt: skip
        assert words in text, words
    for never in ("derivation", "shared weights", "stole"):
        assert never not in text
    document = json.loads(page.with_suffix(".json").read_bytes())
    assert document["report"]["question"] == "campaigns"
    group = document["report"]["answer"]["groups"][0]
    assert group["signatures"]["shown"]
    assert not list(refusals(" ".join(document["report"]["propositions"])))


def test_a_report_in_another_language_leaves_no_more_english_than_is_told(walked: Path) -> None:
    (page,) = (walked / "case" / "reports").glob("*-deutsch.html")
    text = page.read_text()
    assert "Ungeprüfte Übersetzung" in text
    assert "Die Antwort" in text
    assert "eine Münze" in text


def test_a_review_is_by_another_than_who_examined(after: Path) -> None:
    done = at(after, "case", "review", after / "case", "--as", "first", "--agrees", "Mine is fine.")
    assert done.code == 2
    assert "a review is by another" in done.err


def test_pages_show_the_answer_as_they_show_others(walked: Path) -> None:
    site = Site(walked / "case")
    front = site.page("examinations.html")
    (path,) = [one for one in site.paths() if one.startswith("examinations/") and
               one.count("/") == 1]  # fmt: skip
    assert front is not None and path.encode() in front[0]
    shown = site.page(path)
    assert shown is not None and shown[0].count(b"<svg") >= 3
    assert site.page(f"{path.removesuffix('.html')}/report.json") is not None


def test_the_other_side_derives_it_again_from_its_export_without_a_prompt(after: Path) -> None:
    """What the provider put in whole stays its own; hashes and numbers are everybody's."""
    secret = "Imagine the reasoning behind our secret answer"
    (after / "day.jsonl").write_text(json.dumps({"prompt": secret}) + "\n")
    does(after, "case", "add", after / "case", after / "day.jsonl", "--name", "whole", "--from",
         "acme", "--how", "our own", "--copy", "--unexamined")  # fmt: skip
    out = after / "for-basel"
    does(after, "case", "export", after / "case", "--for", "basel", "-o", out)
    again = does(after, "case", "replay", out)  # though more was put in since
    assert "campaigns of log: the same" in again and again.count("the same") == 4
    raw = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert secret.encode() not in raw
    assert any(one.startswith("examinations/") for one in Site(out).paths())


# What a clever opponent would do.


def test_a_log_that_is_altered_after_it_was_put_in_is_told(before: Path) -> None:
    path = material(before)
    raw = bytearray(path.read_bytes())
    raw[-40] ^= 1
    path.chmod(0o644)
    path.write_bytes(raw)
    done = at(before, "case", "examine", before / "case", "--log", "log", "--as", "first")
    assert done.code != 0
    assert "sha256" in done.err or "altered" in done.err
    assert at(before, "case", "verify", before / "case").code != 0


def test_other_bytes_under_the_answer_do_not_replay(after: Path) -> None:
    path = material(after)
    path.chmod(0o644)
    small_log(path.with_name("other"), 21)
    path.write_bytes(path.with_name("other").read_bytes())
    path.with_name("other").unlink()
    assert at(after, "case", "replay", after / "case").code != 0


def test_nothing_is_examined_before_its_coin_and_no_coin_is_tossed_twice(before: Path) -> None:
    case = before / "case"
    again = at(before, "case", "coin", case, plan_digest(before))
    assert again.code == 2 and "a second one could be chosen" in again.err
    add_log(before, small_log(before / "b.requests", 22), "second-log")
    early = at(before, "case", "examine", case, "--log", "second-log", "--as", "first")
    assert early.code == 2 and "no plan was fixed yet" in early.err
    does(before, "case", "plan", case, "--log", "second-log", "--because", "March as well.")
    early = at(before, "case", "examine", case, "--log", "second-log", "--as", "first")
    assert early.code == 2 and "was not tossed yet" in early.err


def test_a_plan_after_looking_needs_a_reason_and_has_a_share_of_the_level(before: Path) -> None:
    """Whoever tossed may have looked, examined or not; another log or key is a further look."""
    case = before / "case"
    silent = at(before, "case", "plan", case, "--log", "log", "--most", "5")
    assert silent.code == 2 and "a reason is part of the record" in silent.err
    greedy = at(before, "case", "plan", case, "--log", "log", "--level", "0.05", "--most", "9",
                "--because", "x y")  # fmt: skip
    assert greedy.code == 2 and "at most 0.0125 after 1" in greedy.err
    add_log(before, small_log(before / "b.requests", 22), "again-under-another-key")
    other = at(before, "case", "plan", case, "--log", "again-under-another-key", "--level", "0.05",
               "--because", "Reduced again.")  # fmt: skip
    assert other.code == 2 and "at most 0.0125 after 1" in other.err
    does(before, "case", "plan", case, "--log", "again-under-another-key", "--because", "Again.")
    does(before, "case", "coin", case, plan_digest(before))
    does(before, "case", "examine", case, "--log", "again-under-another-key", "--quiet")
    record = Record(case)
    (entry,) = record.state().of(Inquired)
    found = inquiry_of(record, entry)
    assert found.campaigns is not None
    assert (found.asked.place, found.asked.others) == (2, ("log",))
    assert found.campaigns.plan.level == 0.0125


def test_plans_of_many_logs_fixed_before_the_first_coin_are_looks_as_well(tmp_path: Path) -> None:
    """Twelve months planned in advance were twelve first looks, at the whole level each."""
    case = opened_case(tmp_path)
    for month in ("march", "april"):
        add_log(tmp_path, small_log(tmp_path / f"{month}.requests", len(month)), month)
    does(tmp_path, "case", "plan", case, "--log", "march", "--level", "0.2")
    does(tmp_path, "case", "plan", case, "--log", "march", "--level", "0.05", "--because", "Less.")
    does(tmp_path, "case", "plan", case, "--log", "april", "--level", "0.05", "--because", "Both.")
    does(tmp_path, "case", "coin", case, "march")
    stored = at(tmp_path, "case", "coin", case, "april")
    assert stored.code == 2 and "at most 0.0125 now that 1 plans" in stored.err
    does(tmp_path, "case", "plan", case, "--log", "april", "--because", "A share of it.")
    does(tmp_path, "case", "coin", case, "april")  # of .05, which got a coin, not of .2
    assert Record(case).state().of(Posed)[-1].fact.level == 0.0125


def test_the_level_that_is_told_is_never_larger_than_what_is_left(tmp_path: Path) -> None:
    """A ninth of .05 was told as .00555556, which the law then refused."""
    case = opened_case(tmp_path)
    for month in ("march", "april", "may"):
        add_log(tmp_path, small_log(tmp_path / f"{month}.requests", len(month)), month)
        does(tmp_path, "case", "plan", case, "--log", month, "--because", "A further month.")
        does(tmp_path, "case", "coin", case, month)
    assert Record(case).state().of(Posed)[-1].fact.level == 0.00555555
    plan = ("case", "plan", case, "--log", "may", "--because", "Once more.", "--level")
    said = at(tmp_path, *plan, "0.05").err
    told = said.split("expected at most ")[1].split()[0]
    does(tmp_path, *plan, told)


def test_an_amended_plan_gets_no_coin_and_an_old_one_is_not_carried_out(tmp_path: Path) -> None:
    case = opened_case(tmp_path)
    add_log(tmp_path, small_log(tmp_path / "made.requests"))
    does(tmp_path, "case", "plan", case, "--log", "log")
    first = plan_digest(tmp_path)
    does(tmp_path, "case", "plan", case, "--log", "log", "--most", "5", "--because", "Fewer.")
    stale = at(tmp_path, "case", "coin", case, first)
    assert stale.code == 2 and "amended since" in stale.err


def test_neither_side_plans_and_the_lead_plans_no_log_of_its_own(before: Path) -> None:
    case = before / "case"
    side = at(
        before, "case", "plan", case, "--log", "log", "--because", "I choose.", "--as", "acme"
    )
    assert side.code == 2 and "only the lead or an examiner" in side.err
    add_log(before, small_log(before / "b.requests", 22), "own", "tribunal")
    own = at(before, "case", "plan", case, "--log", "own", "--because", "Ours.")
    assert own.code == 2 and "who will toss the coin" in own.err


def test_the_lead_puts_no_log_in_by_a_name_without_a_key(before: Path) -> None:
    """Else its own log, drawn by its own coin, would be said to be another's."""
    case = before / "case"
    does(before, "case", "party", case, "keyless", "--role", "claimant")
    add_log(before, small_log(before / "b.requests", 22), "theirs", "keyless")
    plan = ("case", "plan", case, "--log", "theirs", "--because", "Theirs, they say.")
    own = at(before, *plan)
    assert own.code == 2 and "put in by tribunal, the lead, who will toss the coin" in own.err


def test_a_log_is_no_side_of_a_comparison(before: Path) -> None:
    pair = at(before, "case", "plan", before / "case", "--subject", "log", "--source", "log")
    assert pair.code == 2 and "examined alone" in pair.err
    both = at(before, "case", "plan", before / "case", "--log", "log", "--seed", "4")
    assert both.code == 2 and "the seed follows from the coin" in both.err


def test_an_event_that_says_another_level_than_its_plan_is_told(before: Path) -> None:
    """Written past the program, to pass the law on levels."""
    record = Record(before / "case")
    state = record.state()
    posed = state.of(Posed)[0]
    plan = groups_plan(record.objects.get(posed.event.written("plan")), "plan")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILIATION_HOME", str(before / "home"))
        signer = record.signer("first")
        bold = replace(plan, level=0.2)
        fact = Posed(exhibit="log", digest=bold.digest, level=0.0125, because="Honest.")
        record.append(Draft(verb="plan", fact=fact, blobs=[("plan", bold.raw, "")]), *signer)
    done = at(before, "case", "verify", before / "case")
    assert done.code != 0
    assert "the event says otherwise" in done.err + done.out
    does(before, "case", "coin", before / "case", bold.digest)
    done = at(before, "case", "examine", before / "case", "--log", "log", "--as", "first")
    assert done.code != 0 and "a law that the plan breaks" in done.err


def test_an_answer_under_a_plan_that_is_none_of_its_logs_does_not_come_again(before: Path) -> None:
    record = Record(before / "case")
    add_log(before, small_log(before / "b.requests", 22), "other")
    plan = record.state().of(Posed)[0].fact.digest
    for exhibit, digest in (("log", "ab" * 32), ("other", plan)):
        fact = Inquired(question="campaigns", exhibit=exhibit, plan=digest)
        with pytest.raises(CaseError, match="no event fixes plan"):
            answer_again(record, record.state(), fact)


def test_words_of_a_template_that_were_told_cannot_be_told_otherwise(before: Path) -> None:
    """The later ones took the place of the first in every report, without a word of it."""
    record = Record(before / "case")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILIATION_HOME", str(before / "home"))
        signer = record.signer("acme")
        for words in ("Grade … from 1 to 10.", "Grade … from 1 to 10."):
            fact = Worded(exhibit="log", by="acme", words=(("0" * 16, words),))
            record.append(Draft(verb="words", fact=fact), *signer)
        other = replace(fact, words=(("0" * 16, "Imagine the reasoning behind …"),))
        with pytest.raises(UsageError, match="told it in other words"):
            record.append(Draft(verb="words", fact=other), *signer)


def test_that_a_log_follows_from_files_is_the_word_of_its_party(walked: Path) -> None:
    """A log states whatever digests its maker writes into it: of files in the case, or none."""
    record = Record(walked / "case")
    (entry,) = record.state().of(Inquired)
    found = inquiry_of(record, entry)
    assert not found.asked.files
    assert any("not all in this case" in said for said, _ in came_about(found))
    asked = replace(found.asked, files=(SourceFile(sha256="1" * 64, exhibit="whole"),))
    said = " ".join(said for said, _ in came_about(replace(found, asked=asked)))
    assert "it says it was reduced, by digest, are in “whole”" in said
    assert "is the word of “acme”" in said


def test_a_case_that_asks_one_question_of_a_log_can_be_decided(after: Path) -> None:
    said = does(after, "case", "status", after / "case")
    assert "examined, event 9, reviewed in event 10" in said
    done = at(after, "case", "decide", after / "case", "escalate", "--because", "The level is met.")
    assert done.code == 0, done.err
    assert "not reviewed" not in done.out


def test_what_a_newcomer_may_mistake_is_told(before: Path) -> None:
    case = before / "case"
    (before / "day.jsonl").write_text('{"time": "2026-05-04T10:00Z", "account": "a"}\n')
    raw = at(before, "case", "add", case, before / "day.jsonl", "--name", "raw", "--from", "acme",
             "--how", "x")  # fmt: skip
    assert raw.code == 3 and "filiation log reduce" in raw.err
    other = at(before, "case", "examine", case, "--served", "log")
    assert other.code == 2 and "of kind log, expected served" in other.err
    does(before, "case", "examine", case, "--log", "log", "--quiet")
    court = at(before, "case", "report", case, "--profile", "authority", "--no-pdf")
    assert court.code == 2 and "without a profile" in court.err


def test_a_damaged_log_is_no_exhibit_and_leaves_nothing(before: Path) -> None:
    whole = (before / "made.requests").read_bytes()
    (before / "cut.requests").write_bytes(whole[: len(whole) // 2])
    done = at(before, "case", "add", before / "case", before / "cut.requests", "--name", "cut",
              "--from", "acme", "--how", "cut")  # fmt: skip
    assert done.code in (2, 3) and "cut.requests" in done.err
    assert "Traceback" not in done.err
    assert at(before, "case", "verify", before / "case").code == 0

"""A training history in a case: planned, drawn, examined, reported, replayed; and attacked."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from filiation.casefile.facts import Inquired, Posed
from filiation.casefile.record import Draft, Record
from filiation.model.inquiry import history_plan
from filiation.proceedings.inquiries import inquiry_of
from filiation.proceedings.site import Site
from filiation.report.languages.catalogue import LANGUAGES
from filiation.report.languages.translated import translated
from historycases import STEPS, add, interval_of, repeated, tossed_history
from logcases import add_log, at, does, reported, small_log


@pytest.fixture(scope="session")
def tossed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tossed")
    way = tossed_history(folder)
    repeated(way, interval_of(folder), folder / "again")
    return folder


@pytest.fixture(scope="session")
def walked(tossed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Repeated, examined, reviewed and reported."""
    folder = shutil.copytree(tossed, tmp_path_factory.mktemp("walked") / "now")
    add(folder, folder / "again", "again", "first")
    reported(folder, "--history", "theirs", "--again", "again")
    return folder


@pytest.fixture
def before(tossed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tossed, tmp_path / "before")


@pytest.fixture
def after(walked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(walked, tmp_path / "after")


def test_an_honest_history_supports_independence_by_a_repetition(walked: Path) -> None:
    record = Record(walked / "case")
    (entry,) = record.state().of(Inquired)
    found = inquiry_of(record, entry)
    assert found.trained is not None
    outcomes = {one.claim: one.outcome for one in found.trained.claims}
    assert outcomes == {"start": "holds", "steps": "holds", "end": "holds", "contact": "holds",
                        "dates": "not-asked", "replay": "holds"}  # fmt: skip
    assert found.trained.toward == "independence"
    assert found.asked.interval == interval_of(walked)
    assert found.asked.again == (("again", "first"),)
    assert found.asked.planned < found.asked.coin < entry.event.sequence


def test_the_report_draws_the_way_and_gives_the_table_behind_it(walked: Path) -> None:
    (page,) = (walked / "case" / "reports").glob("*-report.html")
    text = page.read_text()
    assert text.count("<svg") == 3
    for words in (
        "supports independence of the weights from", "tossed a coin", "Less than that",
        "The way of the checkpoints", "keeps a true history", "It is no proof",
    ):  # fmt: skip
        assert words in text, words
    document = json.loads(page.with_suffix(".json").read_bytes())
    answer = document["report"]["answer"]
    assert answer["supports"] == "independence"
    rows = next(one for one in document["annexes"] if one["kind"] == "table")["rows"]
    assert [row[0] for row in rows] == [f"{n * STEPS}" for n in range(len(rows))]
    assert len(rows) == len(answer["along"]) == len(answer["checkpoints"])
    lengths = [one["length"] for one in answer["along"]]
    assert lengths[0] is None and all(one > 0 for one in lengths[1:])
    for language in LANGUAGES:
        assert translated(document, language)["english"] == []


def test_the_other_side_derives_it_again_from_its_export(after: Path) -> None:
    out = after / "for-acme"
    does(after, "case", "export", after / "case", "--for", "acme", "-o", out)
    again = does(after, "case", "replay", out)
    assert "history of theirs: the same" in again and again.count("the same") == 4
    assert any(one.startswith("examinations/") for one in Site(out).paths())
    shown = Site(after / "case").page("examinations.html")
    assert shown is not None and b"Does the history of this training" in shown[0]


# What a clever opponent would do.


def test_nobody_hands_in_its_own_checkpoint_as_a_repetition(before: Path) -> None:
    case = before / "case"
    place = interval_of(before) + 1
    add(before, before / "run" / f"checkpoint-{place * STEPS}", "mine", "basel")
    done = at(before, "case", "examine", case, "--history", "theirs", "--again", "mine")
    assert done.code == 2 and "put in by the party whose history it is" in done.err
    early = at(before, "case", "examine", case, "--history", "theirs", "--again", "suspect")
    assert early.code == 2 and "before the coin that draws the interval" in early.err
    other = at(before, "case", "examine", case, "--history", "theirs", "--again", "theirs")
    assert other.code == 2 and "of kind history, expected weights" in other.err
    alone = at(before, "case", "examine", case, "--again", "suspect")
    assert alone.code == 2 and "--again goes with --history" in alone.err


def test_a_history_that_lacks_a_part_or_has_another_is_no_exhibit(before: Path) -> None:
    for change, said in (("missing", "named by the history"), ("swapped", "00001.sketch")):
        folder = shutil.copytree(before / "theirs.history", before / change)
        if change == "missing":
            (folder / "00003.sketch").unlink()
        else:
            shutil.copyfile(folder / "00002.sketch", folder / "00001.sketch")
        done = at(before, "case", "add", before / "case", folder, "--name", change, "--from",
                  "basel", "--how", "x")  # fmt: skip
        assert done.code != 0 and said in done.err and "Traceback" not in done.err
    assert at(before, "case", "verify", before / "case").code == 0


def test_a_part_that_is_altered_in_the_case_is_told(after: Path) -> None:
    record = Record(after / "case")
    digest = record.state().exhibits["theirs"].event.written("part:00002.sketch")
    path = record.objects.path(digest)
    raw = bytearray(path.read_bytes())
    raw[-40] ^= 1
    path.chmod(0o644)
    path.write_bytes(raw)
    assert at(after, "case", "replay", after / "case").code != 0
    assert at(after, "case", "verify", after / "case").code != 0


def test_nothing_is_examined_before_plan_and_coin_and_the_lead_plans_none_of_its_own(
    before: Path,
) -> None:
    case = before / "case"
    add(before, before / "theirs.history", "twice", "basel")
    early = at(before, "case", "examine", case, "--history", "twice", "--as", "first")
    assert early.code == 2 and "case plan --history twice" in early.err
    plan = ("case", "plan", case, "--source", "parent")
    does(before, *plan, "--history", "twice", "--as", "first")
    early = at(before, "case", "examine", case, "--history", "twice", "--as", "first")
    assert early.code == 2 and "was not tossed yet" in early.err
    add(before, before / "theirs.history", "own", "tribunal")
    own = at(before, *plan, "--history", "own")
    assert own.code == 2 and "draws its interval" in own.err
    silent = at(before, *plan, "--history", "theirs", "--as", "first")
    assert silent.code == 2 and "a reason is part of the record" in silent.err
    side = at(before, *plan, "--history", "twice", "--as", "basel", "--because", "Mine.")
    assert side.code == 2 and "only the lead or an examiner" in side.err


def test_what_a_newcomer_may_mistake_is_told(before: Path) -> None:
    case = before / "case"
    for words, said in (
        (("--history", "theirs"), "goes with one --source"),
        (("--history", "theirs", "--source", "parent", "--seed", "3"), "follow from the coin"),
        (("--history", "theirs", "--source", "theirs", "--because", "x y"), "expected weights"),
        (("--history", "suspect", "--source", "parent"), "expected history"),
        (("--history", "nobody", "--source", "parent"), "no exhibit of this case"),
        (("--history", "theirs", "--source", "parent", "--published", "soon"), "expected a day"),
        (("--subject", "suspect", "--source", "parent", "--published", "2026-01-01"), "--history"),
        (("--subject", "theirs", "--source", "parent"), "examined alone"),
    ):
        done = at(before, "case", "plan", case, *words)
        assert done.code == 2 and said in done.err, (words, done.err)
    add_log(before, small_log(before / "made.requests"))
    log = at(before, "case", "examine", case, "--history", "log")
    assert log.code == 2 and "of kind log, expected history" in log.err
    both = at(before, "case", "examine", case, "--history", "theirs", "--log", "log")
    assert both.code == 2 and "two questions" in both.err


def test_an_event_that_says_another_source_than_its_plan_is_told(before: Path) -> None:
    """Written past the program: the plan is of a stranger, the event says the parent."""
    record = Record(before / "case")
    posed = record.state().of(Posed)[0]
    plan = history_plan(record.objects.get(posed.event.written("plan")), "plan")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILIATION_HOME", str(before / "home"))
        signer = record.signer("first")
        other = replace(plan, source="suspect")
        fact = replace(posed.fact, digest=other.digest, because="Honest.")
        record.append(Draft(verb="plan", fact=fact, blobs=[("plan", other.raw, "")]), *signer)
    done = at(before, "case", "verify", before / "case")
    assert done.code != 0 and "the event says otherwise" in done.err + done.out
    at(before, "case", "coin", before / "case", "theirs")
    done = at(before, "case", "examine", before / "case", "--history", "theirs", "--as", "first")
    assert done.code != 0 and "altered" in done.err


def test_several_histories_and_plans_are_counted(before: Path) -> None:
    """A party that may show one of several shows the one that holds."""
    case = before / "case"
    add(before, before / "theirs.history", "twice", "basel")
    does(before, "case", "plan", case, "--history", "theirs", "--source", "parent", "--as", "first",
         "--because", "Without its end.")  # fmt: skip
    does(before, "case", "coin", case, "theirs")
    does(before, "case", "examine", case, "--history", "theirs", "--as", "first", "--quiet")
    record = Record(case)
    (entry,) = record.state().of(Inquired)
    asked = inquiry_of(record, entry).asked
    assert (asked.place, asked.others, asked.final) == (2, ("twice",), "")

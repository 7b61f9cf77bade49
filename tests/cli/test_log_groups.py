"""`filiation log plan` and `filiation log campaigns`, as typed."""

import json
from pathlib import Path

import pytest

from command import ROOT, Command
from filiation.model.campaigns import CampaignPlan
from filiation.report.wording import forbidden
from filiation.report.wording.campaigns import CHANNEL_NAMES, CHANNEL_NULLS, UNITS

LOG = ROOT / "examples" / "requests" / "made.requests"


def test_groups_in_words_with_what_else_they_could_be(filiation: Command) -> None:
    done = filiation("log", "campaigns", LOG)
    said = " ".join(done.out.split())
    assert done.code == 0
    assert "Group 1: 10 accounts Their requests with one template share one load" in said
    assert "No plan was given: level and number of groups may have been chosen" in said
    assert "What else it could be" in said
    assert "The log is its provider's own" in said
    assert not forbidden(done.out)


def test_json_has_every_member_channel_and_null(filiation: Command) -> None:
    found = filiation("log", "campaigns", LOG, "--json").json
    assert len(found["groups"][0]["members"]) == 10
    assert [one["id"] for one in found["groups"][0]["channels"]] == [*CHANNEL_NAMES]
    assert CHANNEL_NAMES.keys() == CHANNEL_NULLS.keys() == UNITS.keys()
    assert found["log"]["requests"] == found["log"]["rows_read"]


def test_a_page_is_written_whole_and_never_over_another(tmp_path: Path, filiation: Command) -> None:
    page = tmp_path / "page.html"
    assert filiation("log", "campaigns", LOG, "--html", page, "-q").code == 0
    words = page.read_text()
    assert words.count("<svg") == 6 and "<script" not in words  # days, nulls, what is shared
    again = filiation("log", "campaigns", LOG, "--html", page, "-q")
    assert again.code == 2 and "exists" in again.err


def test_a_plan_fixes_what_is_examined(tmp_path: Path, filiation: Command) -> None:
    plan = tmp_path / "plan.json"
    said = filiation("log", "plan", LOG, "-o", plan).out
    digest = json.loads(plan.read_text())["sha256"]
    assert digest in said
    found = filiation("log", "campaigns", LOG, "--plan", plan, "--json").json
    assert found["plan"]["sha256"] == digest
    usual = filiation("log", "campaigns", LOG, "--json").json
    assert found["plan"].pop("given") and not usual["plan"].pop("given")
    assert found == usual
    assert "No plan was given" not in filiation("log", "campaigns", LOG, "--plan", plan).out


def test_a_plan_that_was_changed_is_refused(tmp_path: Path, filiation: Command) -> None:
    plan = tmp_path / "plan.json"
    filiation("log", "plan", LOG, "-o", plan)
    said = json.loads(plan.read_text())
    plan.write_text(json.dumps(said | {"seed": 7}))
    done = filiation("log", "campaigns", LOG, "--plan", plan)
    assert done.code == 3 and "changed after it was written" in done.err
    plan.write_text(json.dumps(said | {"method": "campaigns/0"}))
    assert "this version has" in filiation("log", "campaigns", LOG, "--plan", plan).err
    plan.write_text("[1")
    assert (
        "expected what `log plan` wrote" in filiation("log", "campaigns", LOG, "--plan", plan).err
    )


@pytest.mark.parametrize(("field", "value"), [("seed", 7), ("draws", 10_000)])
def test_a_plan_with_a_seed_of_ones_choice_is_refused(
    tmp_path: Path, filiation: Command, field: str, value: int
) -> None:
    """Its digest is right: whoever looks for a seed that suits him makes such a plan."""
    filiation("log", "plan", LOG, "-o", tmp_path / "plan.json")
    said = json.loads((tmp_path / "plan.json").read_text())
    chosen = CampaignPlan(**{one: said[one] for one in said if one != "sha256"} | {field: value})
    own = tmp_path / "own.json"
    own.write_text(json.dumps(said | {field: value, "sha256": chosen.digest}))
    done = filiation("log", "campaigns", LOG, "--plan", own)
    assert done.code == 3 and "they were chosen" in done.err


def test_what_is_no_reduced_log_is_refused(tmp_path: Path, filiation: Command) -> None:
    other = tmp_path / "other.requests"
    other.write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    done = filiation("log", "campaigns", other)
    assert done.code == 3 and "reduced log" in done.err
    assert filiation("log", "campaigns", tmp_path / "none").code == 2


def test_a_log_is_no_model_and_is_kept_in_a_case_as_it_is(
    tmp_path: Path, filiation: Command
) -> None:
    refused = filiation("examine", LOG, "--source", ROOT / "examples" / "casebook" / "parent")
    assert refused.code == 2 and "log campaigns" in refused.err
    case = tmp_path / "case"
    filiation("case", "open", case, "--title", "t")
    given = ("case", "add", case, LOG, "--name", "log", "--from", "lead", "--how", "exported")
    assert "an exhibit (log)" in filiation(*given).out
    (kept,) = (
        one for one in case.rglob("*") if one.is_file() and one.read_bytes() == LOG.read_bytes()
    )
    again = filiation("log", "campaigns", kept, "--json").json
    fresh = filiation("log", "campaigns", LOG, "--json").json
    assert again["groups"] == fresh["groups"] and again["plan"] == fresh["plan"]


def test_a_seed_follows_from_a_value_that_others_name_later(
    tmp_path: Path, filiation: Command
) -> None:
    alone, plan = tmp_path / "alone.json", tmp_path / "plan.json"
    filiation("log", "plan", LOG, "-o", alone)
    assert filiation("log", "plan", LOG, "-o", plan, "--later", "their word: heron").code == 0
    said = json.loads(plan.read_text())
    assert said["seed"] != json.loads(alone.read_text())["seed"]
    found = " ".join(filiation("log", "campaigns", LOG, "--plan", plan).out.split())
    assert "from the log and from “their word: heron” together" in found
    plan.write_text(json.dumps(said | {"later": "another word of theirs"}))
    refused = filiation("log", "campaigns", LOG, "--plan", plan)
    assert refused.code != 0 and "changed after it was written" in " ".join(refused.err.split())


@pytest.mark.parametrize("value", ["short", "x" * 201, "twelve or more\n"])
def test_a_later_value_that_is_none_is_refused(
    tmp_path: Path, filiation: Command, value: str
) -> None:
    done = filiation("log", "plan", LOG, "-o", tmp_path / "plan.json", "--later", value)
    assert done.code == 2 and "later value" in " ".join(done.err.split())
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("given", [("--level", "0.01"), ("--most", "3"), ("--level", "0.05")])
def test_what_a_plan_fixes_is_not_given_beside_it(
    tmp_path: Path, filiation: Command, given: tuple[str, str]
) -> None:
    plan = tmp_path / "plan.json"
    assert filiation("log", "plan", LOG, "-o", plan, "--level", "0.02", "--most", "9").code == 0
    done = filiation("log", "campaigns", LOG, "--plan", plan, *given)
    assert done.code == 2 and "the plan fixes level and number of groups" in done.err
    found = filiation("log", "campaigns", LOG, "--plan", plan, "--json").json["plan"]
    assert (found["level"], found["most"]) == (0.02, 9)
    alone = filiation("log", "campaigns", LOG, *given, "--json").json["plan"]
    assert given[1] in (str(alone["level"]), str(alone["most"]))


def test_no_line_of_the_table_of_channels_is_broken(filiation: Command) -> None:
    """Its last column stood on lines of its own, under no heading."""
    lines = filiation("log", "campaigns", LOG).out.splitlines()
    (heading, *_) = (line for line in lines if line.startswith("channel  "))
    assert heading.endswith("e-value") and len(heading) <= 80
    assert not [line for line in lines if len(line.split()) == 1 and "e-" in line]
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("name", ["made.requests", "model.safetensors"])
def test_a_reduced_log_is_no_model_wherever_one_is_asked_for(
    tmp_path: Path, filiation: Command, name: str
) -> None:
    """Whatever it is called: a sketch was made of it, and a history held against it."""
    log = tmp_path / name
    log.write_bytes(LOG.read_bytes())
    parent = ROOT / "examples" / "casebook" / "parent"
    history = tmp_path / "history"
    (tmp_path / "run").mkdir()
    for number in (1, 2, 3):
        copied = tmp_path / "run" / f"step-{number}.safetensors"
        copied.write_bytes((parent / "model.safetensors").read_bytes())
    assert filiation("history", "take", tmp_path / "run", "-o", history).code == 0
    (tmp_path / "other").mkdir()
    for number in (1, 2):
        (tmp_path / "other" / f"step-{number}.safetensors").write_bytes(LOG.read_bytes())
    for words in (
        ("sketch", log, "-o", tmp_path / "x.sketch"),
        ("history", "examine", history, "--source", log),
        ("history", "examine", history, "--source", parent, "--final", log),
        ("history", "take", tmp_path / "other", "-o", tmp_path / "taken"),
        ("sketch", f"{parent}+{log}", "-o", tmp_path / "y.sketch"),
    ):
        done = filiation(*words)
        assert done.code in (2, 3), words
        assert "this is a reduced log" in done.err, (words, done.err)
    assert not list(tmp_path.glob("*.sketch"))

"""Words behind signatures of a log: told by its party alone, under its key, from its prompts."""

import json
from pathlib import Path

import pytest

from logcases import add_log, at, does, opened_case, plan_digest
from logs.texts import text_log


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in words, reduced, examined; the words are not told yet."""
    folder = tmp_path_factory.mktemp("asked")
    case = opened_case(folder)
    does(folder, "log", "key", "-o", folder / "case.key")
    does(folder, "log", "key", "-o", folder / "other.key")
    rows = [one for one in text_log(1, users=25, days=8)]
    (folder / "day.jsonl").write_text("\n".join(rows) + "\n")
    does(folder, "log", "reduce", folder / "day.jsonl", "--key", folder / "case.key", "-o",
         folder / "day.requests", "--quiet")  # fmt: skip
    does(folder, "case", "add", case, folder / "day.jsonl", "--name", "whole", "--from", "acme",
         "--how", "ours", "--unexamined", "--copy")  # fmt: skip
    add_log(folder, folder / "day.requests")
    does(folder, "case", "plan", case, "--log", "log", "--as", "first")
    does(folder, "case", "coin", case, plan_digest(folder))
    does(folder, "case", "examine", case, "--log", "log", "--as", "first", "--quiet")
    return folder


def tell(folder: Path, key: str = "case.key", who: str = "acme") -> tuple[int, str]:
    done = at(folder, "case", "words", folder / "case", folder / "day.jsonl", "--log", "log",
              "--key", folder / key, "--as", who)  # fmt: skip
    return done.code, done.out + done.err


def test_other_keys_and_other_parties_tell_nothing(asked: Path) -> None:
    code, said = tell(asked, key="other.key")
    assert code == 2 and "under another key every hash is another" in said
    code, said = tell(asked, who="first")
    assert code == 2 and "cannot tell their words" in said


def test_told_words_stand_in_the_report_as_its_partys_and_hold_no_slot(asked: Path) -> None:
    code, said = tell(asked)
    assert code == 0, said
    does(asked, "case", "report", asked / "case", "--no-pdf")
    (page,) = (asked / "case" / "reports").glob("*-report.json")
    document = json.loads(page.read_bytes())
    told = document["report"]["words"]
    assert any("imagine the reasoning" in one["text"].lower() for one in told)
    assert all("river" not in one["text"] for one in told)  # what filled the slots
    assert told[0]["by"] == "acme"
    files = document["report"]["asked"]["files"]
    assert files[0]["exhibit"] == "whole"
    assert "the same" in does(asked, "case", "replay", asked / "case")

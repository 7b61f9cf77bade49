"""`filiation log`: a key, a reduced log, and what is said of it; errors that say what to do."""

import json
from pathlib import Path

import pytest

from command import Command
from filiation.readers.logs.kept import open_log

DAY = Path(__file__).resolve().parents[2] / "examples" / "requests" / "day.jsonl"


@pytest.fixture
def key(filiation: Command, tmp_path: Path) -> Path:
    path = tmp_path / "case.key"
    assert filiation("log", "key", "-o", path).code == 0
    return path


def test_a_key_is_made_and_its_id_told(filiation: Command, tmp_path: Path) -> None:
    done = filiation("log", "key", "-o", tmp_path / "case.key")
    secret = json.loads((tmp_path / "case.key").read_text())["key"]
    assert done.code == 0 and secret not in done.out + done.err
    assert "It stays with the provider" in done.out.replace("\n", " ")
    again = filiation("log", "key", "-o", tmp_path / "case.key")
    assert again.code == 2 and "exists" in again.err
    assert json.loads((tmp_path / "case.key").read_text())["key"] == secret


def test_a_log_is_reduced_and_shown(filiation: Command, tmp_path: Path, key: Path) -> None:
    out = tmp_path / "day.requests"
    done = filiation("log", "reduce", DAY, "--key", key, "-o", out)
    assert done.code == 0, done.err
    for said in (
        "requests    7 kept of 11 rows read",
        "accounts    4; the one that asked most made 2 requests (28.6%)",
        "times       to the minute; 1 as seconds or parts of them since 1970, 6 with a zone",
        "stated      of some requests: prompt (85.7%), system (28.6%)",
        "not stated  payment, ended",
        "set aside   1 row: a time without a zone",
        "set aside   1 row: the id of a request a second time",
        "note        1: an empty prompt",
    ):
        assert said in done.out
    assert filiation("log", "show", out).out == done.out
    assert filiation("log", "show", out, "--json").json["facts"]["aside"]["not JSON"] == 1
    told = done.out + out.read_bytes().decode("latin-1")
    assert not any(word in told for word in ("acc-1", "leeks", "192.0.2", "req-1"))


def test_two_fillings_of_a_template_share_their_signature(
    filiation: Command, tmp_path: Path, key: Path
) -> None:
    filiation("log", "reduce", DAY, "--key", key, "-o", tmp_path / "day.requests", "--quiet")
    template = open_log(tmp_path / "day.requests").signature("template").tolist()
    assert sorted(template.count(one) for one in {*template} - {0}) == [1, 1, 2, 2]


def test_a_zone_that_is_stated_saves_the_row(filiation: Command, tmp_path: Path, key: Path) -> None:
    done = filiation(
        "log", "reduce", DAY, "--key", key, "-o", tmp_path / "day.requests", "--zone", "+01:00",
        "--json",
    )  # fmt: skip
    assert done.json["requests"] == 8
    assert done.json["facts"]["times"] == {"epoch": 1, "naive": 1, "zoned": 6}
    assert done.json["facts"]["zone"] == "+01:00"


def test_one_account_with_half_of_the_log_is_told(
    filiation: Command, tmp_path: Path, key: Path
) -> None:
    rows = [{"time": 1_775_808_540 + n, "account": f"u{n % 2 * n}"} for n in range(20)]
    (tmp_path / "log").write_text("\n".join(map(json.dumps, rows)))
    done = filiation("log", "reduce", tmp_path / "log", "--key", key, "-o", tmp_path / "x.requests")
    assert "made 10 requests (50.0%), half of the log or more" in done.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["{day}", "--key", "{folder}/none", "-o", "{folder}/x.requests"], 2, "expected a key"),
        (["{folder}/none", "--key", "{key}", "-o", "{folder}/x.requests"], 2, "a log of requests"),
        (["{day}", "--key", "{key}", "-o", "{folder}/x.log"], 2, "ends with .requests"),
        (["{day}", "--key", "{key}", "-o", "{key}"], 2, "exists"),
        (["{day}", "--key", "{day}", "-o", "{folder}/x.requests"], 3, "not valid JSON"),
        (["{day}", "--key", "{key}", "-o", "{folder}/x.requests", "--zone", "Mars"], 2,
         "no such zone"),
        (["{day}", "--key", "{key}", "-o", "{folder}/x.requests", "--column", "account=usr"], 3,
         "no column 'usr'; the columns found are request_id, created_at, account_id"),
        (["{day}", "--key", "{key}", "-o", "{folder}/x.requests", "--column", "who=usr"], 2,
         "expected FIELD=COLUMN"),
        (["{day}", "--key", "{key}", "-o", "{folder}/x.requests", "--format", "cobra"], 2,
         "expected one of langfuse"),
        (["{day}", "--key", "{key}", "-o", "{folder}/x.requests", "--format", "langfuse"], 3,
         "no column start_time or startTime for time"),
        (["{day}", "{day}", "--key", "{key}", "-o", "{folder}/x.requests"], 2, "named twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_writes_nothing(
    filiation: Command, tmp_path: Path, key: Path, words: list[str], code: int, said: str
) -> None:
    before = sorted(tmp_path.iterdir())
    done = filiation("log", "reduce", *(w.format(day=DAY, key=key, folder=tmp_path) for w in words))
    assert (done.code, said in done.err) == (code, True), done.err
    assert sorted(tmp_path.iterdir()) == before
    assert done.err.count("\n") == 1


def test_what_is_no_reduced_log_is_not_shown(filiation: Command, tmp_path: Path) -> None:
    done = filiation("log", "show", DAY)
    assert done.code == 3 and "must be reduced first" in done.err
    assert filiation("log", "show", tmp_path / "none").code == 2


def test_a_folder_is_said_to_be_one(filiation: Command, tmp_path: Path, key: Path) -> None:
    (tmp_path / "logs").mkdir()
    done = filiation(
        "log", "reduce", tmp_path / "logs", "--key", key, "-o", tmp_path / "x.requests"
    )
    assert done.code == 2 and "this is a folder" in done.err
    for verb in ("show", "campaigns"):
        assert "folder" in filiation("log", verb, tmp_path / "logs").err


def test_the_formats_that_are_told_are_all_that_there_are(
    filiation: Command, tmp_path: Path, key: Path
) -> None:
    words = ("log", "reduce", DAY, "--key", key, "-o", tmp_path / "x.requests", "--format")
    told = filiation(*words, "foo").err.split("expected one of ")[1].strip().split(", ")
    assert "table" in told
    for form in told:
        assert "expected one of" not in filiation(*words, form).err
        (tmp_path / "x.requests").unlink(missing_ok=True)

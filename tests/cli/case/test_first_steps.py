"""What a newcomer runs into in a case: what is missing, what was forgotten, what was done twice."""

import shutil
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at


def shown(folder: Path) -> dict[str, str]:
    """The rows of the status, by what they are of."""
    lines = at(folder, "status", "{}/case").out.splitlines()[1:]
    return dict(line.strip().split(None, 1) for line in lines)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with a claimant alone."""
    done = at(tmp_path, "open", "{}/case", "--title", "x", "--received", "2026-03-02")
    assert "no holidays count: no jurisdiction was named" in done.out
    assert at(tmp_path, "party", "{}/case", "acme", "--role", "claimant").code == 0
    return tmp_path


def test_a_claim_that_no_one_answered(case: Path) -> None:
    assert at(case, "claim", "{}/case", "--by", "acme", "Ours.").code == 0
    assert shown(case)["said"].endswith("; no respondent yet")
    assert at(case, "party", "{}/case", "basel", "--role", "respondent").code == 0
    assert shown(case)["said"].endswith("; no answer of a respondent yet")
    done = at(case, "answer", "{}/case", "--by", "basel", "Not so.")
    assert "no claim is on record yet" not in done.out
    assert shown(case)["said"].endswith("; answer of basel (event 4)")


def test_an_answer_before_any_claim(case: Path) -> None:
    assert at(case, "party", "{}/case", "basel", "--role", "respondent").code == 0
    done = at(case, "answer", "{}/case", "--by", "basel", "Not so.")

    assert (done.code, done.out.splitlines()[-1]) == (0, "no claim is on record yet")


def test_a_second_decision_gives_a_reason_of_its_own(case: Path) -> None:
    decide = ("decide", "{}/case", "dismiss", "--because", "Nothing was put in.")
    none = at(case, *decide)
    assert (none.code, "no claim is on record" in none.err) == (2, True)
    number = claimed(case) + 1
    first = at(case, *decide)
    assert (first.code, "supersedes" in first.out) == (0, False)
    assert shown(case)["next"] == "nothing is due"
    assert (
        f"event {number}, after the deadline, which was Friday, 2026-05-01" in shown(case)["clock"]
    )
    for outcome in ("dismiss", "need-more"):
        again = at(case, "decide", "{}/case", outcome, "--because", "Nothing was put in. ",
                   "--supersedes", str(number))  # fmt: skip
        assert (again.code, f"found the words of event {number}" in again.err) == (2, True)
    more = ("decide", "{}/case", "need-more", "--because", "A disk was promised.")
    unnamed = at(case, *more)
    assert (unnamed.code, f"(--supersedes {number})" in unnamed.err) == (2, True)
    other = at(case, *more, "--supersedes", str(number))
    assert (other.code, other.out.splitlines()[2].strip()) == (
        0, f"it supersedes the decision of event {number}",
    )  # fmt: skip


def claimed(case: Path) -> int:
    """Put a claim on record; the number of its event."""
    done = at(case, "claim", "{}/case", "--by", "acme", "It was ours.")
    assert done.code == 0
    return int(done.out.split(":")[0].removeprefix("event "))


def test_nothing_to_derive_again(case: Path) -> None:
    assert at(case, "replay", "{}/case").out.startswith("nothing to derive again: ")
    assert at(case, "replay", "{}/case", "-q").out == ""


def test_a_private_key_is_never_handed_over(case: Path) -> None:
    assert at(case, "key", "ours").code == 0
    key = ("--public-key", "{}/home/keys/ours.pem")
    done = at(case, "party", "{}/case", "new", "--role", "observer", *key)

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "the private half" in done.err and "beside it, ours.pub" in done.err


def test_the_clock_cannot_stop_before_receipt(case: Path) -> None:
    done = at(case, "clock", "{}/case", "--stop", "A hearing.", "--on", "2026-03-01")

    assert done.code == 2
    assert "before the case was received, on 2026-03-02" in done.err


def test_two_examinations_under_one_plan(walked: Walked, tmp_path: Path) -> None:
    folder = shutil.copytree(walked.folder, tmp_path / "now")
    assert at(folder, "examine", "{}/case", "-q").code == 0
    rows = shown(folder)

    assert rows["examined"] == "event 17, reviewed in event 18; event 34, not reviewed yet"
    assert rows["next"].startswith("a review by a second examiner")
    plan = ("plan", "{}/case", "--subject", "suspect", "--source", "parent")
    done = at(folder, *plan, "--because", "Without controls.")
    assert "no control: no model stands in the subject's place" in done.out
    assert "of the level" in done.out

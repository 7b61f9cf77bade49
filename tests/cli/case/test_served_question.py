"""Served answers in a case: committed, drawn by its coin, put in without a word, examined again."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from filiation.casefile.facts import Inquired
from filiation.casefile.record import Draft, Record
from filiation.errors import CaseError
from filiation.model.finding import Finding
from filiation.proceedings.inquiries import answer_again, inquiry_of
from filiation.readers.owner.served_record import read_served_record
from filiation.report.wording.inquiry_came import came_about
from logcases import at, does, opened_case
from readers.answers.writing import lines
from twin_files import PLAN, SNAPSHOT, Source, likely


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list that the case's coin drew, measured; its record is written, and not put in yet."""
    folder = tmp_path_factory.mktemp("drawn")
    case, source, rng = opened_case(folder), Source(), np.random.default_rng(18)
    pool = lines(folder / "pool.jsonl", source.pool())
    (folder / "plan.json").write_text(json.dumps(PLAN))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("filiation.proceedings.owner_draws.secrets.token_hex", lambda n: "5e" * n)
        patch.setattr("filiation.proceedings.coins.secrets.token_hex", lambda n: "c0" * n)
        sealed = does(
            folder, "owner", "seal", pool, "--test", "served-twins", "--plan",
            folder / "plan.json", "--case", case, "-o", folder / "sealed.json",
        )  # fmt: skip
        commitment = sealed.split("commitment ")[1].split()[0]
        does(folder, "case", "commit", case, commitment, "--by", "acme")
        does(folder, "case", "coin", case, commitment)
    does(folder, "owner", "draw", pool, "--sealed", folder / "sealed.json", "--case", case,
         "-o", folder / "drawn.jsonl")  # fmt: skip
    twins = source.twins(folder / "twins.jsonl", folder / "drawn.jsonl")
    to = {json.loads(line)["id"]: json.loads(line).get("to", "group")
          for line in (folder / "drawn.jsonl").read_text().splitlines()}  # fmt: skip

    def subject(name: str, text: str) -> float:
        exchange, _, place = name.partition("#")
        knows = 14.0 if place == "0" and to[exchange] == "group" else 0.0
        return source.ease[text] + float(3.0 * rng.normal()) + knows - 5.0

    likely(folder / "s.jsonl", folder / "drawn.jsonl", twins,
           lambda _, text: source.ease[text], model=SNAPSHOT)  # fmt: skip
    likely(folder / "b.jsonl", folder / "drawn.jsonl", twins, subject)
    assert ask(folder, "--keep", folder / "acme.served").code == 0
    return folder


def ask(folder: Path, *more: str | Path):  # type: ignore[no-untyped-def]
    return at(folder, "owner", "served-twins", folder / "drawn.jsonl", "--twins",
              folder / "twins.jsonl", "--source", folder / "s.jsonl", "--subject",
              folder / "b.jsonl", "--draw", folder / "drawn.draw.json", "--case",
              folder / "case", *more)  # fmt: skip


def add(folder: Path, path: Path, name: str = "served", *more: str):  # type: ignore[no-untyped-def]
    return at(folder, "case", "add", folder / "case", path, "--name", name, "--from", "acme",
              "--how", "measured by us", *more)  # fmt: skip


@pytest.fixture
def ready(drawn: Path, tmp_path: Path) -> Path:
    return shutil.copytree(drawn, tmp_path / "ready")


def test_a_record_holds_no_word_and_gives_the_same_numbers(ready: Path) -> None:
    raw = (ready / "acme.served").read_text()
    said = json.loads((ready / "drawn.jsonl").read_text().splitlines()[0])
    assert said.get("prompt", "question") not in raw and " w1" not in raw
    assert add(ready, ready / "acme.served").code == 0
    case = ready / "case"
    does(ready, "case", "examine", case, "--served", "served", "--as", "first", "--quiet")
    record = Record(case)
    (entry,) = record.state().of(Inquired)
    found = inquiry_of(record, entry)
    whole = json.loads(ask(ready, "--json").out)
    assert found.twins is not None and found.twins.met
    assert whole["conclusion"].startswith("This meets the level")
    outcome = found.twins.outcome
    assert isinstance(outcome, Finding)
    assert whole["finding"]["log10_p"] == pytest.approx(outcome.log_p / np.log(10), rel=1e-5)
    assert found.shown is not None and found.shown.observed > max(found.shown.draws)
    assert found.asked.planned < found.asked.coin < found.asked.entered
    said = does(ready, "case", "report", case, "--no-pdf")
    (page,) = (case / "reports").glob("*-report.html")
    assert said and "The lot was not drawn again" in page.read_text()  # the list is not here
    assert add(ready, ready / "drawn.jsonl", "list", "--unexamined", "--copy").code == 0
    does(ready, "case", "commit", case, "5" * 64, "--by", "acme")  # a further one of its own
    again = does(ready, "case", "replay", case)  # what came later changes nothing that was said
    assert again.count("the same") == 2


def test_it_is_reviewed_reported_and_replayed_from_an_export_too(ready: Path) -> None:
    case = ready / "case"
    assert add(ready, ready / "drawn.jsonl", "list", "--unexamined", "--copy").code == 0
    assert add(ready, ready / "acme.served").code == 0
    does(ready, "case", "examine", case, "--served", "served", "--as", "first", "--quiet")
    does(ready, "case", "review", case, "--as", "second", "--agrees", "I derived it again.")
    does(ready, "case", "report", case, "--no-pdf")
    (page,) = (case / "reports").glob("*-report.html")
    text = page.read_text()
    assert text.count("<svg") == 2 and "Places of the served answer" in text
    assert "in “list”" in text and "The lot was drawn again and is the same" in text
    assert "derivation" not in text
    assert "served-twins of served: the same" in does(ready, "case", "replay", case)
    does(ready, "case", "export", case, "--for", "basel", "-o", ready / "out")
    assert "served-twins of served: the same" in does(ready, "case", "replay", ready / "out")
    raw = b"".join(path.read_bytes() for path in (ready / "out").rglob("*") if path.is_file())
    assert b"question 1?" not in raw


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f["sealed"].update(level=0.4), "no event commits to"),
        (lambda f: f["exchanges"].pop(), "contradicts itself"),
        (lambda f: f["source"].update(model="6" * 64), "not the snapshot that was planned"),
        (lambda f: f["exchanges"][0]["same"].__setitem__(1, 7), "contradicts itself"),
        (lambda f: f["subject"]["values"][0].__setitem__(0, "high"), "altered"),
        (lambda f: f["subject"]["values"][0].__setitem__(0, -(10**400)), "altered"),
        (lambda f: f["subject"]["values"][0].__setitem__(0, -1e300), "contradicts itself"),
        (lambda f: f["exchanges"][0].update(id=f["exchanges"][1]["id"]), "an exchange twice"),
        (lambda f: f.update(kind="other"), "no record of served answers"),
    ],
)
def test_a_record_that_was_made_by_hand_is_refused(ready: Path, change, told: str) -> None:  # type: ignore[no-untyped-def]
    found = json.loads((ready / "acme.served").read_bytes())
    change(found)
    (ready / "hand.served").write_text(json.dumps(found))
    done = add(ready, ready / "hand.served", "hand")
    if done.code == 0:
        done = at(ready, "case", "examine", ready / "case", "--served", "hand", "--as", "first")
    assert done.code != 0 and told in done.err
    assert "Traceback" not in done.err


def test_exchanges_that_the_lot_did_not_draw_are_told_by_the_list_in_the_case(ready: Path) -> None:
    found = json.loads((ready / "acme.served").read_bytes())
    found["exchanges"][0]["id"] = "x999"
    (ready / "hand.served").write_text(json.dumps(found))
    assert add(ready, ready / "drawn.jsonl", "list", "--unexamined", "--copy").code == 0
    assert add(ready, ready / "hand.served", "hand").code == 0
    done = at(ready, "case", "examine", ready / "case", "--served", "hand", "--as", "first")
    assert done.code != 0 and "other exchanges than the list" in done.err


def test_several_records_of_one_party_are_told_and_whose_word_the_subject_is(ready: Path) -> None:
    """He measured twenty checkpoints, or a student of his own under the other side's name."""
    found = json.loads((ready / "acme.served").read_bytes())
    found["subject"]["name"] = "basel-chat"
    (ready / "own.served").write_text(json.dumps(found))
    assert add(ready, ready / "acme.served", "first-try").code == 0
    assert add(ready, ready / "own.served", "best").code == 0
    case = ready / "case"
    does(ready, "case", "examine", case, "--served", "best", "--as", "first", "--quiet")
    record = Record(case)
    (entry,) = record.state().of(Inquired)
    said = " ".join(said for said, _ in came_about(inquiry_of(record, entry)))
    assert "put in 1 other record of served answers: “first-try”" in said
    assert "p is to be multiplied by 2, with this one" in said  # of two looks, not of one other
    assert "That “basel-chat” is the model that others call so" in said
    assert "is the word of “acme”" in said


def test_an_answer_under_another_commitment_than_its_records_does_not_come_again(
    ready: Path,
) -> None:
    """Written past the program: commitment and coin of a lot that the record is not of."""
    case, other = ready / "case", "ab" * 32
    does(ready, "case", "commit", case, other, "--by", "acme")
    does(ready, "case", "coin", case, other)
    assert add(ready, ready / "acme.served").code == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILIATION_HOME", str(ready / "home"))
        fact = Inquired(question="served-twins", exhibit="served", plan=other)
        record = Record(case)
        with pytest.raises(CaseError, match="they are two lots"):
            answer_again(record, record.state(), fact)
        draft = Draft(verb="examine", fact=fact, blobs=[("inquiry", b"{}", "")])
        record.append(draft, *record.signer("first"))
    done = at(ready, "case", "replay", case)
    assert done.code != 0 and "Traceback" not in done.err


def test_a_lot_beyond_those_that_were_fixed_is_refused(ready: Path) -> None:
    found = json.loads((ready / "acme.served").read_bytes())
    found["lot"] = 2
    (ready / "hand.served").write_text(json.dumps(found))
    done = add(ready, ready / "hand.served", "hand")
    if done.code == 0:
        done = at(ready, "case", "examine", ready / "case", "--served", "hand", "--as", "first")
    assert done.code != 0 and "lot" in done.err


def test_a_record_put_in_before_its_coin_is_refused(ready: Path) -> None:
    """Whoever measured before the lot could have chosen what he measured."""
    record = read_served_record(ready / "acme.served")
    assert record.sealed.plan is not None
    other = ready / "other"
    other.mkdir()
    case = opened_case(other)
    done = at(other, "case", "add", case, ready / "acme.served", "--name", "served", "--from",
              "acme", "--how", "x")  # fmt: skip
    assert done.code == 0
    done = at(other, "case", "examine", case, "--served", "served", "--as", "first")
    assert done.code != 0 and ("no event commits to" in done.err or "of this case" in done.err)

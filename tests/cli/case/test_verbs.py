"""Every verb through the program: what it says, what it leaves, what it refuses."""

import json
import re
import shutil
from pathlib import Path

import pytest

from cli.case.conftest import Walked, at, before, step
from cli.case.walk import Step
from command import Command
from filiation.casefile.check import check_record
from filiation.casefile.record import Record


def said(walked: Walked, *words: str) -> str:
    return walked.said[step(*words)].out


def test_the_walked_case_verifies_and_is_replayed(walked: Walked) -> None:
    verified, replayed = (at(walked.folder, verb, "{}/case") for verb in ("verify", "replay"))

    assert verified.code == 0, verified.err
    assert "34 events: signatures, history, times and laws hold" in verified.out
    assert "3. 1 time stamps hold" in verified.out
    assert (replayed.code, replayed.out.count(": the same")) == (0, 6)


def test_private_keys_and_folders_of_this_computer_are_not_in_the_case(walked: Walked) -> None:
    secret = [path.read_bytes() for path in (walked.folder / "home" / "keys").glob("*.pem")]
    files = [path for path in (walked.folder / "case").rglob("*") if path.is_file()]
    here = str(walked.folder).encode()

    assert len(secret) == 4 and len(files) > 30
    for path in files:
        raw = path.read_bytes()
        assert here not in raw, path
        assert not any(key in raw or b"PRIVATE KEY" in raw for key in secret), path
    log = at(walked.folder, "log", "{}/case", "--json").out
    assert str(walked.folder) not in log


def test_a_party_signs_for_itself_or_the_lead_records_what_it_says(walked: Walked) -> None:
    assert "signed by acme: submissions/acme/0005-claim.txt" in said(walked, "claim")
    assert "received and signed by tribunal" in said(walked, "answer")
    assert "alternative proposition: Both models were trained on the same data" in said(
        walked, "answer"
    )
    events = [
        json.loads(line) for line in at(walked.folder, "log", "{}/case", "--json").out.splitlines()
    ]
    assert [event["actor"] for event in events[5:8]] == ["acme", "tribunal", "acme"]


def test_an_exhibit_is_known_by_files_and_tensors_or_copied(walked: Walked) -> None:
    record = Record(walked.folder / "case")
    exhibits = record.state().exhibits
    manifest = json.loads(record.objects.get(exhibits["parent"].event.written("manifest")))

    assert exhibits["parent"].fact.held == "referenced"
    assert manifest["predicateType"] == "https://model_signing/signature/v1.0"
    assert [r["name"] for r in manifest["predicate"]["resources"]] == ["model.safetensors"]
    kept = record.objects.get(exhibits["suspect"].event.written("file:model.safetensors"))
    assert kept == (walked.folder / "child" / "model.safetensors").read_bytes()


def test_files_are_exhibits_that_no_plan_compares(copied: Path) -> None:
    (copied / "tree").mkdir()
    (copied / "tree" / "model.py").write_text("layers = 2\n")
    given = ("--name", "code", "--from", "acme", "--how", "their repository", "--unexamined")
    added = at(copied, "add", "{}/case", "{}/tree", *given, "--copy")
    planned = at(
        copied, "plan", "{}/case", "--subject", "code", "--source", "parent", "--because", "wrong"
    )
    verified = at(copied, "verify", "{}/case", "--exhibit", f"code={copied / 'tree'}")
    (copied / "tree" / "model.py").write_text("layers = 3\n")
    altered = at(copied, "verify", "{}/case", "--exhibit", f"code={copied / 'tree'}")

    assert (added.code, "(files), copied: 1 file, 11 bytes" in added.out) == (0, True)
    assert (planned.code, "not examined" in planned.err) == (2, True)
    assert (verified.code, altered.code) == (0, 3)
    assert "model.py" in altered.err + altered.out


def test_an_exhibit_is_held_against_its_files(copied: Path) -> None:
    same = at(copied, "verify", "{}/case", "--exhibit", "parent={}/parent")
    other = at(copied, "verify", "{}/case", "--exhibit", "parent={}/child")

    assert same.code == 0
    assert (other.code, "model.safetensors was altered" in other.err) == (3, True)


def test_the_line_up_is_blind_until_it_is_unmasked(walked: Walked, tmp_path: Path) -> None:
    folder = before(walked, tmp_path, "lineup", "unmask")
    drawn = said(walked, "lineup", "draw")
    names = ("parent", "suspect", "s1", "s2")

    assert re.findall(r"^  ([A-Z])  ", drawn, re.MULTILINE) == ["A", "B", "C"]
    assert not any(re.search(rf"^  .*\b{name}\b", drawn, re.MULTILINE) for name in names)
    kept = Record(folder / "case").state().events[14].facts
    assert not any(name in json.dumps(kept["codes"]) for name in names)
    (mask,) = (folder / "home" / "masks").iterdir()
    forged = json.loads(mask.read_text())
    forged["names"][0][1], forged["names"][1][1] = forged["names"][1][1], forged["names"][0][1]
    mask.write_text(json.dumps(forged))
    done = at(folder, *step("lineup", "unmask"))
    assert (done.code, "not those that were committed to" in done.err) == (3, True)


def test_no_name_is_shown_before_an_opinion(walked: Walked, tmp_path: Path) -> None:
    folder = before(walked, tmp_path, "lineup", "opinion")
    done = at(folder, *step("lineup", "unmask"))

    assert (done.code, "opinion comes before the names" in done.err) == (2, True)


def test_a_plan_is_amended_only_in_the_open(copied: Path) -> None:
    plan = ("plan", "{}/case", "--subject", "suspect", "--source", "parent", "--control", "s1")
    silent = at(copied, *plan)
    open_ = at(copied, *plan, "--because", "The second control turned out to be a relative.")

    assert (silent.code, "a reason is part of the record" in silent.err) == (2, True)
    assert (open_.code, "amended after 1 plans were carried out" in open_.out) == (0, True)
    assert "next: carry the plan out" in at(copied, "clock", "{}/case", "--on", "2026-04-01").out


def test_nothing_is_examined_without_a_plan(walked: Walked, tmp_path: Path) -> None:
    folder = before(walked, tmp_path, "plan")
    for verb in ("examine", "power"):
        done = at(folder, verb, "{}/case")
        assert (done.code, "no plan was fixed yet" in done.err) == (2, True)


def test_the_examiner_cannot_review_and_only_the_lead_decides(copied: Path) -> None:
    own = at(copied, "review", "{}/case", "--as", "first", "--agrees", "Fine.")
    other = at(copied, "decide", "{}/case", "dismiss", "--because", "Enough.", "--as", "acme")

    assert (own.code, "a review is by another" in own.err) == (2, True)
    assert (other.code, "only tribunal, the lead, can" in other.err) == (2, True)


def test_a_decision_does_not_claim_what_no_examination_shows(copied: Path) -> None:
    done = at(copied, "decide", "{}/case", "escalate", "--because", "It is proven to be stolen.")

    assert (done.code, "says 'proven'" in done.err) == (2, True)


def test_the_clock_counts_stops_and_holidays(copied: Path) -> None:
    read = at(copied, "clock", "{}/case", "--on", "2026-04-01").out

    # Sixty days from 2 March end on 1 May; ten days of standing carry it to 11 May.
    assert "day 20 of 60 calendar days since 2026-03-02" in read
    assert "due on Monday, 2026-05-11 (40 left)" in read
    assert "2026-04-03 is Good Friday" in read
    late = at(copied, "clock", "{}/case", "--on", "2026-05-13").out
    assert "(2 days overdue)" in late
    stand = at(copied, "clock", "{}/case", "--stop", "Again.", "--on", "2026-03-01")
    assert (stand.code, "before the case was received, on 2026-03-02" in stand.err) == (2, True)
    again = at(copied, "clock", "{}/case", "--stop", "Again.", "--on", "2026-03-10")
    assert (again.code, "before 2026-03-20" in again.err) == (2, True)


def test_reports_are_those_of_the_examination(walked: Walked) -> None:
    reports = sorted((walked.folder / "case" / "reports").iterdir())

    assert [path.name for path in reports] == ["0019-report.html", "0019-report.json"]
    assert json.loads(reports[1].read_text())["subject"]["name"] == "suspect"
    assert reports[0].read_text().startswith("<!")


def test_an_export_shows_a_party_what_it_may_see(walked: Walked) -> None:
    sub = walked.folder / "sub"
    done = at(walked.folder, "verify", "{}/sub")
    held = b"".join(path.read_bytes() for path in sub.rglob("*") if path.is_file())

    assert done.code == 0, done.err
    assert "23 events are whole, with valid signatures; 1 are withheld" in done.out
    assert b"Please use their outputs" not in held
    assert b"Their model came from ours" in held


@pytest.mark.parametrize("what", ["bit", "event", "object", "added"])
def test_an_altered_export_is_named(copied: Path, what: str) -> None:
    sub = copied / "sub"
    listing = sub / "export.json"
    objects = sorted(path for path in (sub / "objects").rglob("*") if path.is_file())
    if what == "bit":
        objects[0].chmod(0o644)
        objects[0].write_bytes(b"x" + objects[0].read_bytes()[1:])
    elif what == "event":
        found = json.loads(listing.read_text())
        found["events"][5]["envelope"] = found["events"][6]["envelope"]
        listing.chmod(0o644)
        listing.write_text(json.dumps(found, separators=(",", ":"), sort_keys=True) + "\n")
    elif what == "object":
        objects[0].unlink()
    else:
        (sub / "note.txt").write_text("x")
    done = at(copied, "verify", "{}/sub")

    assert done.code == 3
    wanted = {"event": "event 5: is not the event", "added": "note.txt: the export does not name"}
    assert wanted.get(what, objects[0].name[:12]) in done.err


def test_a_time_stamp_of_another_head_or_by_another_authority_is_refused(
    walked: Walked, tmp_path: Path
) -> None:
    from cli.case.walk import authority, stamped

    folder = before(walked, tmp_path, "stamp", "import")
    other = authority(tmp_path / "other")
    (folder / "wrong.tsq").write_bytes((folder / "head.tsq").read_bytes())
    stamped(other, folder / "wrong.tsq", folder / "wrong.tsr")
    done = at(
        folder, "stamp", "import", "{}/case", "{}/wrong.tsr", "--roots", "{}/authority/ca.pem"
    )
    assert (done.code, "not a stamp of this head" in done.err) == (3, True)
    stranger = at(folder, "open", "{}/case2", "--title", "Another", "--lead", "tribunal")
    assert stranger.code == 0
    done = at(
        folder, "stamp", "import", "{}/case2", "{}/head.tsr", "--roots", "{}/authority/ca.pem"
    )
    assert (done.code, "of no head that this log ever had" in done.err) == (3, True)


def test_a_damaged_token_in_the_case_is_named(copied: Path) -> None:
    record = Record(copied / "case")
    event = record.state().events[23]
    path = record.objects.path(event.written("token"))
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(raw)
    found = " ".join(check_record(record).problems)

    assert "event 23: its time stamp" in found and path.name in found


def test_the_quick_job_says_who_checks_a_case(walked: Walked, filiation: Command) -> None:
    for name in ("case", "sub"):
        done = filiation("verify", walked.folder / name)
        assert (done.code, "`filiation case verify` checks it" in done.err) == (2, True)


def test_the_head_kept_elsewhere(copied: Path) -> None:
    head = at(copied, "log", "{}/case", "--head").out.strip()
    assert at(copied, "verify", "{}/case", "--head", head).code == 0
    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    done = at(copied, "verify", "{}/case", "--head", other)

    assert (done.code, "the log was rewritten" in done.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "code", "wanted"),
    [
        (("open", "{}/case", "--title", "x"), 2, "a case is never overwritten"),
        (("open", "{}/new", "--title", "x", "--jurisdiction", "XQ"), 2, "no calendar of holidays"),
        (("open", "{}/new", "--title", "x", "--received", "2.3.26"), 2, "expected a day such as"),
        (("party", "{}/case", "acme", "--role", "observer"), 2, "already a party"),
        (("party", "{}/case", "../up", "--role", "observer"), 2, "expected up to 40 of"),
        (("add", "{}/case", "{}/parent", "--name", "parent", "--from", "acme", "--how", "x"), 2,
         "an exhibit never changes"),
        (("add", "{}/case", "{}/none", "--name", "n", "--from", "acme", "--how", "x"), 2,
         "no such file"),
        (("claim", "{}/case", "--by", "basel", "x"), 2, "a claim comes from a claimant"),
        (("claim", "{}/case", "--by", "acme"), 2, "give either its text or --file"),
        (("claim", "{}/case", "--by", "nobody", "x"), 2, "no party of this case"),
        (("plan", "{}/case", "--subject", "x", "--source", "parent"), 2, "no exhibit of this case"),
        (("verify", "{}/home"), 2, "no case here"),
        (("export", "{}/case", "--for", "basel", "-o", "{}/sub"), 2, "never written over"),
        (("examine", "{}/case", "--as", "basel"), 2, "leave --as out, and the lead"),
        (("lineup", "draw", "{}/case", "--foils", "9", "--name", "b"), 2, "9 foils wanted, 2"),
    ],
)  # fmt: skip
def test_what_is_refused(copied: Path, words: Step, code: int, wanted: str) -> None:
    events = len(Record(copied / "case").rows())
    done = at(copied, *words)

    assert (done.code, done.out) == (code, "")
    assert wanted in done.err and done.err.count("\n") == 1
    assert len(Record(copied / "case").rows()) == events
    assert not (copied / "new").exists()


def test_without_the_private_key_no_one_signs(copied: Path) -> None:
    shutil.rmtree(copied / "home")
    done = at(copied, "claim", "{}/case", "--by", "acme", "x")

    assert (done.code, "only its holder can sign as this party" in done.err) == (2, True)
    assert at(copied, "verify", "{}/case").code == 0


def test_a_key_is_made_once_and_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILIATION_PASSPHRASE", "correct horse")
    assert at(tmp_path, "key", "ours").code == 0
    path = tmp_path / "home" / "keys" / "ours.pem"
    assert path.stat().st_mode & 0o077 == 0
    assert b"ENCRYPTED" in path.read_bytes()
    assert "never overwritten" in at(tmp_path, "key", "ours").err
    monkeypatch.setenv("FILIATION_PASSPHRASE", "wrong")
    done = at(tmp_path, "open", "{}/case", "--title", "x", "--lead", "ours")
    assert (done.code, "FILIATION_PASSPHRASE must be as it was" in done.err) == (2, True)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b'{"a":1e400}', b'{"a":"\\ud800"}', b'{"a":%d}' % 2**60]
)
def test_what_is_no_export(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "export.json").write_bytes(raw)
    done = at(tmp_path, "verify", "{}/sub")

    assert (done.code, "export.json" in done.err, done.err.count("\n")) == (3, True, 1)

"""A refused deed leaves nothing: every verb is refused once, and the case is as it was."""

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.records import ACME, LEAD, claim, small_case
from cli.case.conftest import Walked, at_home, typed
from cli.case.walk import STEPS, Step
from filiation.casefile.check import check_record
from filiation.casefile.ledger.staging import staging
from filiation.casefile.record import Record
from filiation.errors import UnwritableError, UsageError

Whole = dict[str, tuple[int, bytes]]

ADD = ("--name", "parent", "--from", "nobody", "--how", "x")
NEW = ("--from", "acme", "--how", "x")
THEIRS = ("--from", "basel", "--how", "x", "--as", "acme")
PLAN = ("plan", "{}/case", "--subject", "suspect", "--source", "parent", "--control", "s1")
STAMP = ("stamp", "import", "{}/case", "{}/head.tsr", "--roots", "{}/authority/ca.pem")
DIGEST = "4be9d63a2f7c1805" * 4
REFUSED: tuple[tuple[Step, int, str], ...] = (
    (("open", "{}/case", "--title", "x"), 2, "never overwritten"),
    (("open", "{}/new", "--title", "x", "--days", "0"), 2, "expected 1 to 10000"),
    (("open", "{}/new", "--title", "x", "--jurisdiction", "Germany"), 2, "looks like DE"),
    (("party", "{}/case", "acme", "--role", "observer"), 2, "already a party"),
    (("party", "{}/case", "c", "--role", "observer", "--public-key", "{}/home/keys/first.pub"), 2,
     "c: first signs with this key; each party needs its own"),
    (("claim", "{}/case", "--by", "basel", "Ours."), 2, "a claim comes from a claimant"),
    (("answer", "{}/case", "--by", "acme", "Ours."), 2, "an answer comes from a respondent"),
    (("submit", "{}/case", "--by", "nobody", "Ours."), 2, "no party of this case"),
    (("add", "{}/case", "{}/parent", *ADD), 2, "an exhibit never changes"),
    (("add", "{}/case", "{}/parent", "--name", "n", "--from", "nobody", "--how", "x", "--copy"), 2,
     "no party of this case"),
    (("add", "{}/case", "{}/parent", "--name", "n", *THEIRS), 2, "cannot put in what is basel's"),
    ((*PLAN, "--control", "s1", "--because", "Again."), 2, "s1: is named twice"),
    ((*PLAN, "--control", "suspect", "--because", "Again."), 2, "suspect: is named twice"),
    (("plan", "{}/case", "--subject", "parent", "--source", "parent", "--because", "x"), 2,
     "parent: is named twice"),
    ((*PLAN, "--because", " "), 2, "a reason is part of the record"),
    ((*PLAN, "--because", "Another seed.", "--seed", "8"), 2, "could be chosen for what it gives"),
    ((*PLAN, "--because", "Mine.", "--as", "acme"), 2, "only the lead or an examiner can"),
    (("power", "{}/case", "--as", "acme"), 2, "acme is claimant and cannot reckon"),
    (("lineup", "draw", "{}/case", "--foils", "2"), 2, "give the new one another name"),
    (("lineup", "draw", "{}/case", "--foils", "2", "--name", "b", "--as", "acme"), 2,
     "cannot draw a line-up"),
    (("lineup", "opinion", "{}/case", "Z does.", "--stands-out", "Z"), 2, "not in the line-up"),
    (("lineup", "unmask", "{}/case"), 2, "was unmasked already"),
    (("lineup", "opinion", "{}/case", "All do.", "--as", "acme"), 2, "acme is claimant and cannot"),
    (("examine", "{}/case", "--as", "acme"), 2, "acme is claimant and cannot examine"),
    (("review", "{}/case", "--as", "first", "--agrees", "Fine."), 2, "a review is by another"),
    (("review", "{}/case", "--as", "acme", "--agrees", "Fine."), 2, "acme is claimant and cannot"),
    (("decide", "{}/case", "dismiss", "--because", "Enough.", "--as", "acme"), 2, "the lead, can"),
    (("decide", "{}/case", "dismiss", "--because", "Enough."), 2, "supersedes it by name"),
    (("rule", "{}/case", "mail:0", "--of", "acme", "--dismissed", "--because", "No."), 2,
     "supersedes it by name"),
    (("rule", "{}/case", "mail:0", "--of", "acme", "--dismissed", "--because", "No.", "--as",
      "acme"), 2, "acme cannot rule on privilege"),
    (("export", "{}/case", "--for", "acme", "-o", "{}/new", "--as", "acme"), 2,
     "acme cannot make an export"),
    (("report", "{}/case", "--examination", "3"), 2, "event 3 is no examination"),
    (("report", "{}/case", "--as", "acme"), 2, "acme is claimant and cannot issue a report"),
    (("report", "{}/case", "--profile", "uk-civil", "--no-pdf", "--examination", "3"), 2,
     "event 3 is no examination"),
    (("commit", "{}/case", DIGEST, "--by", "acme"), 2, "on record already"),
    (("commit", "{}/case", "ab" * 32, "--by", "tribunal"), 2, "leads the case and tosses"),
    (("commit", "{}/case", "ab" * 32, "--by", "basel", "--as", "acme"), 2,
     "acme cannot record what basel says"),
    (("commit", "{}/case", "digest", "--by", "acme"), 2, "expected a SHA-256"),
    (("comment", "{}/case", "mail:9", "x"), 2, "holds documents 0 to 0"),
    (("comment", "{}/case", "9999", "x"), 2, "the log has"),
    (("comment", "{}/case", "3#finding-1-1", "x"), 2, "event 3 is no examination"),
    (("comment", "{}/case", "3", " "), 2, "nothing to put on record"),
    (("comment", "{}/case", "3", "They stole it.", "--reach", "shared"), 2, "stole"),
    (("coin", "{}/case", DIGEST), 2, "a second one could be chosen"),
    (("coin", "{}/case", "ab" * 32), 2, "no commitment of this case"),
    (("coin", "{}/case", DIGEST, "--as", "acme"), 2, "acme cannot toss the coin"),
    (("clock", "{}/case", "--stop", "x", "--as", "acme"), 2, "acme cannot stop the clock"),
    (("clock", "{}/case", "--resume"), 2, "there is nothing to resume"),
    ((*STAMP[:3], "{}/letter.eml", *STAMP[4:]), 3, "not a granted response"),
    (("export", "{}/case", "--for", "nobody", "-o", "{}/new"), 2, "no party of this case"),
    (("documents", "add", "{}/case", "{}/letter.eml", "--name", "mail", *NEW), 2, "never change"),
    (("documents", "add", "{}/case", "{}/letter.eml", "--name", "No", *NEW), 2, "expected up to"),
    (("documents", "add", "{}/case", "{}/letter.eml", "--name", "n", *THEIRS), 2,
     "cannot put in what is basel's"),
    (("documents", "judge", "{}/case", "mail:0", "--by", "basel", "--keys", "{}/dns.txt",
      "--keys-how", " "), 2, "a reason is part of the record"),
    (("documents", "judge", "{}/case", "mail:0", "--by", "basel", "--keys", "{}/letter.eml",
      "--keys-how", "x"), 3, "expected NAME SECONDS IN TXT"),
    (("documents", "tag", "{}/case", "hot", "mail:9"), 2, "holds documents 0 to 0"),
    (("documents", "search", "{}/case", "outputs", "--save", "outputs"), 2, "it never changes"),
    (("documents", "redact", "{}/case", "mail:0", "--passage", "outputs", "--ground", " "), 2,
     "a reason is part of the record"),
    (("documents", "privilege", "{}/case", "mail:0", "--by", "basel", "--ground", "x", "--waive"),
     2, "nothing to waive"),
)  # fmt: skip


def whole(folder: Path) -> Whole:
    """Every name in a folder, with its mode and its bytes."""
    return {
        path.relative_to(folder).as_posix(): (
            stat.S_IMODE(path.stat().st_mode),
            b"" if path.is_dir() else path.read_bytes(),
        )
        for path in sorted(folder.rglob("*"))
    }


def at(folder: Path, words: Step) -> tuple[int, str]:
    with at_home(folder):
        done = typed(folder, words)
    return done.code, done.err


@pytest.fixture(scope="module")
def full(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walked case, of which each refusal is to leave everything as it is."""
    return shutil.copytree(walked.folder, tmp_path_factory.mktemp("refused") / "now")


@pytest.mark.parametrize(
    ("words", "code", "wanted"), REFUSED, ids=[" ".join(w[:3]) for w, _, _ in REFUSED]
)
def test_a_refused_verb_leaves_the_case_as_it_was(
    full: Path, words: Step, code: int, wanted: str
) -> None:
    before, home = whole(full / "case"), whole(full / "home" / "masks")
    found, said = at(full, words)

    assert (found, wanted in said) == (code, True), said
    assert whole(full / "case") == before
    assert whole(full / "home" / "masks") == home
    assert not (full / "new").exists()
    checked = check_record(Record(full / "case"))
    assert (checked.problems, checked.notes) == ((), ())


def test_every_verb_that_writes_is_refused_once() -> None:
    """Two words name a verb that has verbs of its own."""
    groups = ("lineup", "documents", "stamp")
    names = {s[: 2 if s[0] in groups else 1] for s in STEPS} - {("stamp", "request")}

    names.add(("comment",))  # no step of the walk, and one of its own tests
    assert names == {w[: 2 if w[0] in groups else 1] for w, _, _ in REFUSED}


def test_a_law_that_is_broken_while_a_verb_works_refuses_it_too(
    walked: Walked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is staged, then another verb takes the name; the bytes are gone again."""
    folder = shutil.copytree(walked.folder, tmp_path / "now")
    words = ("add", "{}/case", "{}/parent", "--name", "more", "--copy", *NEW)
    done = Record.append

    def late(record: Record, draft: object, *signer: object, **more: object) -> object:
        monkeypatch.setattr(Record, "append", done)
        staged = list((record.folder).glob(".staged-*/*"))
        assert len(staged) == 4  # sketch, what the files declare, manifest, weights
        assert at(folder, words) == (0, "")
        late.before = whole(record.folder)  # type: ignore[attr-defined]
        return done(record, draft, *signer, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Record, "append", late)
    code, said = at(folder, words)
    after = whole(folder / "case")
    ours = {name: held for name, held in late.before.items() if ".staged" not in name}  # type: ignore[attr-defined]

    assert (code, "an exhibit of that name exists" in said) == (2, True), said
    assert after == ours
    assert check_record(Record(folder / "case")).problems == ()


def test_a_log_that_cannot_be_appended_to_leaves_no_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure comes after the objects have got their names."""
    record = small_case(tmp_path / "case")
    before = whole(record.folder)

    def full_disk(log: Path, first: int, envelopes: list[bytes]) -> None:
        assert len(whole(record.folder / "objects")) > len(
            [name for name in before if name.startswith("objects/")]
        )
        raise UnwritableError("case.db: disk is full")

    monkeypatch.setattr("filiation.casefile.record.append_rows", full_disk)
    with pytest.raises(UnwritableError, match="disk is full"):
        record.append(claim(b"Something new.\n"), "acme", ACME)

    assert whole(record.folder) == before


def test_what_was_recorded_after_all_keeps_its_objects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interruption between the commit and the next line: the event is there, and so is its
    object.
    """
    from filiation.casefile.ledger.store import append_rows

    record = small_case(tmp_path / "case")

    def interrupted(log: Path, first: int, envelopes: list[bytes]) -> None:
        append_rows(log, first, envelopes)
        raise KeyboardInterrupt

    monkeypatch.setattr("filiation.casefile.record.append_rows", interrupted)
    with pytest.raises(KeyboardInterrupt):
        record.append(claim(b"Something new.\n"), "acme", ACME)

    assert check_record(record).problems == ()
    assert record.objects.get(record.state().events[6].written("text")) == b"Something new.\n"


def leave(record: Record, raw: bytes, *, moved: bool) -> Path:
    """What a killed deed leaves: staged bytes, and if it came to that an object of them."""
    with staging(record.folder) as staged:
        staged.put(raw)
        if moved:
            staged.become(record.objects)
        kept = shutil.copytree(staged.folder, record.folder / "aside")
        staged.done()
    return kept.rename(record.folder / ".staged-killed")


@pytest.mark.parametrize("moved", [False, True])
def test_what_a_killed_deed_left_is_no_alteration_and_is_swept(tmp_path: Path, moved: bool) -> None:
    record = small_case(tmp_path / "case")
    before = {name: held for name, held in whole(record.folder).items() if "objects/" in name}
    left = leave(record, b"of no event\n", moved=moved)

    checked = check_record(record)
    assert checked.problems == ()
    said = ["an interrupted deed was moving it"] * moved + [".staged-killed: left by a deed"]
    assert [words in note for words, note in zip(said, checked.notes, strict=True)] == [True] * len(
        said
    )
    with pytest.raises(UsageError):  # even a refused deed clears it away
        record.append(replace(claim(), verb="answer"), "lead", LEAD)
    after = {name: held for name, held in whole(record.folder).items() if "objects/" in name}
    assert (left.exists(), after) == (False, before)


def test_a_planted_list_takes_no_evidence_away(tmp_path: Path) -> None:
    """An opponent sends a case back whose leftover says that everything was being moved."""
    record = small_case(tmp_path / "case")
    digests = [path.name for path in record.objects.present()]
    planted = record.folder / ".staged-planted"
    planted.mkdir()
    (planted / "adding").write_text(str(digests).replace("'", '"'))
    record.append(claim(b"Next.\n"), "acme", ACME)

    assert check_record(record).problems == ()
    assert not planted.exists()


def test_an_object_that_no_event_names_is_an_alteration(tmp_path: Path) -> None:
    record = small_case(tmp_path / "case")
    with staging(record.folder) as staged:
        digest = staged.put(b"of no event\n")
        place = record.objects.path(digest)
        place.parent.mkdir(exist_ok=True)
        os.replace(staged.path(digest), place)  # noqa: PTH105

    (problem,) = check_record(record).problems
    assert digest in problem and "it was added, or the log was cut" in problem

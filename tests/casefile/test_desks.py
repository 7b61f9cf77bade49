"""Three computers and the mail between them: in any order, twice, damaged, and of another log."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from filiation.casefile import facts
from filiation.casefile.laws import fold
from filiation.casefile.ledger.dsse import public_id
from filiation.casefile.ledger.keys import make_key, private_key, public_key
from filiation.casefile.record import Record, now
from filiation.casefile.submission import read_submission, submission_bytes
from filiation.errors import CaseError, FiliationError, UsageError
from filiation.numerics.rng import stream
from filiation.proceedings.admitting import admit
from filiation.proceedings.exporting import export
from filiation.proceedings.opening import open_case
from filiation.proceedings.stating import state_words
from filiation.proceedings.submitting import receive, write_submission
from filiation.proceedings.verifying import verify_case
from filiation.report.wording.deeds import received


@dataclass(frozen=True)
class Desks:
    """A folder for each computer, each with a home of its own; the case lies at the lead's."""

    root: Path
    patch: pytest.MonkeyPatch

    def at(self, who: str) -> Path:
        """Sit down at a computer."""
        folder = self.root / who
        folder.mkdir(exist_ok=True)
        self.patch.setenv("FILIATION_HOME", str(folder / "home"))
        return folder

    @property
    def case(self) -> Path:
        return self.at("lead") / "case"

    def mail(self, path: Path, to: str) -> Path:
        """A file or a folder reaches another computer."""
        target = self.at(to) / path.name
        if path.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(path, target)
        else:
            shutil.copy(path, target)
        return target

    def export(self, to: str, name: str = "sub") -> Path:
        case = self.case
        export(case, party=to, out=case.parent / name)
        return self.mail(case.parent / name, to)

    def says(self, who: str, words: str, *, after: str = "sub", kind: str = "submission") -> Path:
        """A party signs at its own desk, after an export, and mails it to the lead."""
        folder = self.at(who)
        out = folder / f"{words.split()[0].lower()}.submission"
        write_submission(folder / after, kind, out, party=who, title="x", text=words)  # type: ignore[arg-type]
        return self.mail(out, "lead")


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desks:
    """The lead opens and admits acme and basel; each has an export."""
    found = Desks(tmp_path, monkeypatch)
    public = {}
    for who in ("acme", "basel"):
        found.at(who)
        public[who] = make_key(who).with_suffix(".pub")
    case = found.case
    open_case(case, title="Acme and Basel", lead="tribunal", received="2026-03-02")
    for who, role in (("acme", "claimant"), ("basel", "respondent")):
        admit(case, who, role=role, public_key=public[who])  # type: ignore[arg-type]
    for who in ("acme", "basel"):
        found.export(who, f"sub-{who}")
        (found.at(who) / f"sub-{who}").rename(found.at(who) / "sub")
    return found


def test_mail_in_any_order_and_twice(desks: Desks) -> None:
    """What was signed first arrives last; what comes twice enters once."""
    first = desks.says("acme", "Ours, all of it.", kind="claim")
    answer = desks.says("basel", "Public texts.", kind="answer")
    second = desks.says("acme", "More follows.")
    case = desks.case
    for number, file in enumerate((second, answer, first), 5):
        made = receive(case, file)
        assert (made.event.sequence, made.event.actor) == (number, "tribunal")
    assert list(received(made)) == [
        "event 7: claim of acme, signed by acme at its own desk, received by tribunal: "
        "submissions/acme/0007-claim.txt"
    ]
    before = Record(case).head()
    for number, file in enumerate((second, answer, first), 5):
        with pytest.raises(UsageError, match=f"received already, in event {number}"):
            receive(case, file)
    assert Record(case).head() == before
    checked = verify_case(case)
    assert (checked.problems, checked.signed_for) == ((), 8)  # type: ignore[union-attr]
    assert (case / "submissions/basel/0006-answer.txt").read_text() == "Public texts.\n"

    theirs = desks.export("basel", "later")
    assert verify_case(theirs).compared == ("the 4 events of it that this computer saw before",)
    reply = desks.says("basel", "Seen.", after="later")
    receive(desks.case, reply)


def test_what_was_damaged_on_its_way_is_refused_and_leaves_nothing(desks: Desks) -> None:
    file = desks.says("acme", "Ours, all of it.", kind="claim")
    case, whole = desks.case, file.read_bytes()
    before = Record(case).head()
    rng = stream(0, "flips", "submission")
    flips = [bytearray(whole) for _ in range(60)]
    for raw in flips:
        raw[int(rng.integers(len(raw)))] ^= 1 << int(rng.integers(7))
    for raw in (*flips, b"", b"{}", whole[:-200], whole[200:], b"[" * 5000, b"\xff" * 9):
        file.write_bytes(raw)
        if _same(bytes(raw), whole):
            continue
        with pytest.raises(FiliationError):
            receive(case, file)
    assert Record(case).head() == before
    assert verify_case(case).problems == ()
    file.write_bytes(whole)
    receive(case, file)


def _same(one: bytes, other: bytes) -> bool:
    """Blanks of JSON that say nothing."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False


def test_nobody_signs_for_another_from_afar(desks: Desks) -> None:
    """Acme writes a confession of basel at its own desk, in every way it can."""
    folder = desks.at("acme")
    with pytest.raises(UsageError, match=r"basel: the private key .* is not in"):
        write_submission(
            folder / "sub", "answer", folder / "x", party="basel", title="x", text="We did."
        )
    file = desks.says("acme", "We did.")
    _, said, _ = read_submission(file.read_bytes(), "x")
    assert said.party == "acme"

    desks.at("acme")
    key = private_key(public_id(public_key((folder / "home/keys/acme.pub").read_bytes(), "")), "a")
    fields = {
        "case": said.case, "kind": "answer", "title": "x", "alternative": "",
        "confidential": False, "suffix": ".txt", "size": said.size, "root": said.root,
    }  # fmt: skip
    forged = submission_bytes(b"We did.\n", key, now(), party="basel", **fields)  # type: ignore[arg-type]
    case = desks.case
    (case.parent / "forged").write_bytes(forged)
    with pytest.raises(UsageError, match="signed with another key than basel has"):
        receive(case, case.parent / "forged")
    strange = submission_bytes(b"x\n", key, now(), party="nobody", **fields)  # type: ignore[arg-type]
    (case.parent / "forged").write_bytes(strange)
    with pytest.raises(UsageError, match="no party of this case"):
        receive(case, case.parent / "forged")
    with pytest.raises(UsageError, match="is not in"):  # nor does the lead sign in its name
        state_words(case, "answer", party="basel", title="x", text="We did.")


def test_the_lead_cannot_change_what_it_receives(desks: Desks) -> None:
    """The lead signs an event that says something else than the submission in it."""
    file = desks.says("acme", "Ours.", kind="claim")
    case = desks.case
    before = Record(case).state().events
    event = receive(case, file).event
    assert len(fold([*before, event]).events) == len(before) + 1

    other = "says something else than the submission"
    for changed, why in (
        ({"title": "Better"}, other),
        ({"confidential": True}, other),
        ({"kind": "submission"}, other),
        ({"alternative": "licence", "proposition": "By licence."}, other),
        ({"proposition": "We did."}, other),
        ({"party": "basel"}, "signed with another key than basel has"),
        ({"submission": ""}, "acme signs for itself; tribunal cannot speak for it"),
        ({"submission": event.facts["submission"][:-9]}, "not a signed envelope"),
    ):  # fmt: skip
        with pytest.raises((CaseError, UsageError), match=why):
            fold([*before, replace(event, facts={**event.facts, **changed})])
    (words,) = event.writes
    with pytest.raises(CaseError, match="keeps other words than were signed"):
        fold([*before, replace(event, writes=(replace(words, sha256="0" * 64),))])


def test_a_submission_after_another_log_shows_the_fork(desks: Desks) -> None:
    """The lead gave acme an export of one history, and goes on with another."""
    case = desks.case
    aside = shutil.copytree(case, case.parent / "aside")
    seen = shutil.copytree(case.parent / "home" / "seen", case.parent / "aside-seen")
    state_words(case, "submission", party="tribunal", title="x", text="For acme.")
    desks.export("acme", "shown")
    file = desks.says("acme", "Ours.", after="shown")
    desks.at("lead")
    shutil.rmtree(case)
    aside.rename(case)
    shutil.rmtree(case.parent / "home" / "seen")
    seen.rename(case.parent / "home" / "seen")
    for words in ("For", "basel", "alone"):
        state_words(case, "submission", party="tribunal", title="x", text=words)
    with pytest.raises(UsageError, match="two copies of the case went different ways"):
        receive(case, file)


def test_a_submission_enters_no_other_case(desks: Desks) -> None:
    file = desks.says("acme", "Ours.", kind="claim")
    public = desks.at("acme") / "home/keys/acme.pub"
    other = desks.case.with_name("other")
    open_case(other, title="Another", lead="tribunal", received="2026-03-02")
    admit(other, "acme", role="claimant", public_key=public)
    with pytest.raises(UsageError, match=r"of case .* this is another one"):
        receive(other, file)


def test_a_party_without_a_key_cannot_submit(desks: Desks) -> None:
    case = desks.case
    admit(case, "carl", role="observer")
    with pytest.raises(UsageError, match="joined without a key and cannot sign"):
        write_submission(case, "submission", case.parent / "x", party="carl", title="x", text="x")
    assert Record(case).state().of(facts.Stated) == []

"""What a person types wrongly in a blind session, and what is said: at once, and which is meant."""

import shutil
from pathlib import Path

import pytest

from command import Command
from filiation.proceedings.blind.folder import opened_room
from sealed.parties import Parties
from sealed.test_blind_sets import brought

MODELS = Path(__file__).resolve().parents[2] / "examples" / "casebook"
PARENT, COPY = MODELS / "parent", MODELS / "fine-tuned"


@pytest.fixture
def parties(tmp_path: Path) -> Parties:
    return Parties(tmp_path / "p")


def start(filiation: Command, parties: Parties, *more: str) -> tuple[int, str]:
    with parties.at("tribunal"):
        sides = [w for s in ("claimant", "respondent") for w in (f"--{s}", parties.public(s))]  # type: ignore[arg-type]
        told = filiation("blind", "start", parties.folder("tribunal"), "--key", "tribunal",
                         *sides, *more)  # fmt: skip
    return told.code, told.err


@pytest.mark.parametrize(("more", "said"), [
    (("--matches",), "--matches: goes with a comparison of sets (--set); this one is of weights"),
    (("--epsilon", "1"), "--epsilon: goes with a comparison of sets"),
    (("--controls", "3"), "--controls: goes with a comparison of sets"),
    (("--items", "9"), "--items: goes with a comparison of answers (--answers BATTERY)"),
    (("--set", "--repeat", "1"), "--repeat: goes with a comparison of answers"),
    (("--set", "--columns", "64"), "--columns: goes with a comparison of weights"),
    (("--set", "--deep", "1"), "--deep: goes with"),
    (("--set", "--error", "1"), "counts without noise tell for certain"),
    (("--set", "--epsilon", "2.2", "--controls", "3"), "an epsilon of at most 2.19"),
    (("--answers", "traps", "--repeat", "5"), "which takes at most 4"),
    (("--set", "--both"), "--both: goes with a comparison of weights"),
    (("--answers", "traps", "--whole", "9"), "--whole: goes with a comparison of weights (neither"),
    (("--answers", "traps", "--set"), "two comparisons"),
    (("--set", "--matches", "--epsilon", "1", "--controls", "2"), "--epsilon is of counts"),
    (("--set", "--epsilon", "1"), "--epsilon and --controls go together"),
    (("--set", "--controls", "1"), "--epsilon and --controls go together"),
    (("--set", "--epsilon", "0.001", "--controls", "1"), "--epsilon 0.001: expected 0.01 to 100"),
    (("--set", "--epsilon", "0.015", "--controls", "1"), "in hundredths"),
])  # fmt: skip
def test_an_option_of_another_material_is_refused(
    filiation: Command, parties: Parties, more: tuple[str, ...], said: str
) -> None:
    code, told = start(filiation, parties, *more)
    assert code == 2 and said in told
    assert not parties.folder("tribunal").exists()


def test_one_key_for_two_roles_is_a_fault_of_usage(filiation: Command, parties: Parties) -> None:
    shutil.copyfile(parties.public("claimant"), parties.public("respondent"))
    code, told = start(filiation, parties)
    assert code == 2 and "one key for claimant and respondent; expected three" in told


@pytest.mark.parametrize("kind", ["weights", "answers", "set"])
def test_joining_with_something_else(filiation: Command, parties: Parties, kind: str) -> None:
    """Another model of the same shapes is told from the sealed one before anything is bound."""
    more = {"weights": ("--error", "0", "--whole", "100"), "set": ("--set", "--whole", "100"),
            "answers": ("--answers", "traps", "--items", "40")}[kind]  # fmt: skip
    assert start(filiation, parties, *more)[0] == 0
    terms, root = parties.folder("tribunal") / "send" / "01-terms-tribunal.json", parties.root
    there, text = root / "there.jsonl", root / "it.txt"
    there.write_text("{}\n"), text.write_text("one\ntwo\n")
    with parties.at("claimant"):
        assert filiation("seal", PARENT, "-o", root / "it.seal", "--quiet").code == 0
        secret = ("--secret", root / "it.seal.secret")
        wrong = {
            "weights": [
                ((COPY, *secret), 3, "another one, or was changed since"), ((PARENT,), 2, "seal"),
            ],
            "answers": [
                ((root, *secret), 2, "exists; answers come after the coin"),
                ((there, *secret), 2, "exists; answers come after the coin"),
                ((root / "no" / "a.jsonl", *secret), 2, "no such folder"),
                ((root / "answers", *secret), 2, "expected the name of a file of answers"),
            ],
            "set": [
                ((text, *secret), 2, "--secret: goes with a model"),
                ((root,), 2, "expected a set, a file"), ((root / "no",), 2, "expected a set"),
            ],
        }[kind]  # fmt: skip
        folder = parties.folder("claimant")
        for given, code, said in wrong:
            told = filiation("blind", "join", folder, terms, "--key", "claimant", "--material",
                             *given)  # fmt: skip
            assert (told.code, said in told.err) == (code, True), told.err
            assert not folder.exists()


def test_what_another_verb_reads_is_named(filiation: Command, tmp_path: Path) -> None:
    parties = brought(tmp_path, steps=1)
    folder, kept = parties.folder("claimant"), tmp_path / "it.session"
    assert filiation("blind", "keep", folder, "-o", kept).code == 0
    worked = tmp_path / "worked"
    worked.mkdir()
    (worked / "examination.signed").write_bytes(b'{"payload":"')
    filiation("case", "open", tmp_path / "case", "--title", "t", "--lead", "court")
    add = ("case", "add", tmp_path / "case")
    how = ("--name", "it", "--from", "court", "--how", "by hand")
    for words, said in (
        (("verify", kept), "filiation case add CASE"),
        (("examine", kept, "--source", PARENT), "filiation case add CASE"),
        (("examine", PARENT, "--source", folder), "`filiation blind keep"),
        (("verify", folder), "`filiation blind keep"),
        ((*add, folder, *how), "`filiation blind keep"),
        (("verify", worked), "examination.signed` checks it"),
        (("examine", worked, "--source", PARENT), "examination.signed` checks it"),
        (("examine", worked / "examination.signed", "--source", PARENT),
         "examination.signed` checks it"),
    ):  # fmt: skip
        told = filiation(*words)
        assert (told.code, said in told.err) == (2, True), told.err
    told = filiation(*add, worked, *how)  # which takes what a workload signed, and nothing like it
    assert told.code == 3 and told.err.startswith("filiation: examination.signed: not a signed")
    assert opened_room(folder).session.awaited()


def test_faults_of_usage_end_with_2(filiation: Command, tmp_path: Path) -> None:
    """A digest that is none, roots that are not there."""
    (tmp_path / "in").mkdir()
    told = filiation("workload", tmp_path / "in", "--out", tmp_path / "out", "--image", "foo")
    assert told.code == 2 and "--image 'foo'" in told.err
    signed, document = tmp_path / "it.signed", tmp_path / "attestation"
    signed.write_bytes(b'{"payload":"'), document.write_bytes(b"x")
    told = filiation("verify", signed, "--attestation", document, "--roots", tmp_path / "none")
    assert told.code == 2 and "expected a folder of certificates" in told.err

"""What a clever opponent of a session tried, and what a full disk must not say of anybody."""

import errno
import shutil
from pathlib import Path

import pytest
import rfc8785

from filiation.casefile.ledger.dsse import open_envelope, seal
from filiation.errors import CaseError, UsageError
from filiation.model.blind import SIDES, Bound, Compared
from filiation.model.seal import Part
from filiation.proceedings.blind import comparing, steps
from filiation.proceedings.blind.comparing import EXAMINATION
from filiation.proceedings.blind.folder import Room
from filiation.proceedings.blind.sparse import Sparse
from filiation.readers.bytes.parsing import parse_object
from filiation.sealed.blind.draws import drawn_places
from filiation.sealed.blind.messages import ENVELOPE
from sealed.courses import course, key_of, word
from sealed.test_blind_course import COPY, audited, brought

WEIGHTS = course()


@pytest.mark.parametrize("leaves", [0, -64, 63, 65, 1 << 40])
def test_who_joins_with_a_seal_that_is_none_is_refused_at_once(leaves: int) -> None:
    """Else no audit could end, and the tribunal could sign nothing."""
    place, role, raw = next(one for one in WEIGHTS.messages[1:] if one[1] != "tribunal")
    assert place == 2
    said = parse_object(open_envelope(raw, "it").payload, what="it")
    said["body"]["seal"]["leaves"] = leaves
    with pytest.raises(CaseError, match="says other things"):
        WEIGHTS.upto(1).take(seal(ENVELOPE, rfc8785.dumps(said), key_of(role)), "it")


@pytest.mark.parametrize("name", ["a\0b", "deep/\ud800", "x" * 256, "é" * 128])
def test_a_path_that_no_folder_can_hold_is_refused(name: str) -> None:
    """It would stop the tribunal's program in the midst of an audit, each time anew."""
    with pytest.raises(CaseError):
        Part(what="file", file=name, nbytes=1)
    assert Part(what="file", file="é" * 127, nbytes=1).blocks == 1


def test_a_disk_that_is_full_accuses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither half a file that was taken nor an audit without room is what a side handed over."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    parties = brought(tmp_path)
    parties.step()
    with parties.at("claimant"):
        material = steps.go_on(parties.folder("claimant")).files[1][0]
    tribunal = parties.folder("tribunal")
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", full)
        with pytest.raises(UsageError, match="No space left"):
            steps.take(tribunal, [material])
    assert not list((tribunal / "received").iterdir())
    parties.deliver(), parties.step(), parties.step()
    with monkeypatch.context() as patched:
        patched.setattr(Sparse, "take", full)
        with pytest.raises(OSError, match="No space left"):
            audited(parties, "claimant")
    (tmp_path / "tribunal" / "claimant.sketch").unlink()
    assert not audited(parties, "claimant").failed


def test_what_was_sealed_beside_the_tensors_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy in another container beside the model that is compared."""
    model = tmp_path / "model"
    shutil.copytree(COPY, model)
    (model / "kept").mkdir()
    (model / "kept" / "other.bin").write_bytes(b"weights" * 100)
    parties = brought(tmp_path / "parties", model)
    for _ in range(3):
        parties.step()
    left = parties.folder("tribunal") / EXAMINATION  # of a comparison that a kill ended
    left.mkdir()
    bounds = tuple(audited(parties, side) for side in SIDES)

    def compared(room: Room, *_: object) -> Compared:
        assert not left.exists()
        return Compared(session=room.session.id, seed="1", bounds=bounds)

    monkeypatch.setattr(comparing, "_weights", compared)
    report = parties.compare()
    assert "1 sealed file of 700 bytes in which no tensor can be drawn was neither opened" in report
    assert report.count("“kept/other.bin”") == 1 and "ask how many there were" in report


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_the_printed_chance_is_how_often_a_cheat_is_met(share: float) -> None:
    """Of 3,000 coins, with padding in the seal: as often as is printed, to four deviations."""
    bound = Bound(role="respondent", root=word("root"), drawn=tuple("abcdef"), of=50, used=30)
    altered, coins = set(range(round(share * 30))), 3000
    drawn = (drawn_places(bound.root, word(n).encode(), 6, bound.of) for n in range(coins))
    met = sum(not altered.isdisjoint(places) for places in drawn) / coins
    told = bound.caught(share)
    assert abs(met - told) < 4 * (told * (1 - told) / coins) ** 0.5

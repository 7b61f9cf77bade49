"""Every file that a party hands to another: altered, cut, replayed, too early, of another session.

A whole session of sets is run once; before each file is taken, the folder of its receiver is kept.
Whatever is refused leaves that folder as it was.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filiation.errors import CaseError, FiliationError, UnreadableError
from filiation.model.blind import SIDES, Role
from filiation.proceedings.blind import steps
from filiation.proceedings.blind.exhibiting import keep_session, told_in
from filiation.proceedings.blind.steps import take
from filiation.sealed.blind.kept import Kept
from sealed.parties import Parties
from sealed.test_blind_sets import written

MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMED = (CaseError, UnreadableError)  # what the program says of a file that is not what it was


@dataclass
class Handing:
    """A file on its way, and the folder of its receiver before it came."""

    receiver: Role
    file: Path
    before: Path


class Watched(Parties):
    """Keeps what every receiver had before each file."""

    handings: list[Handing]

    def _hand(self, path: Path, sender: Role, receiver: Role) -> None:
        kept = self.root / "kept" / f"{len(self.handings):03}"
        copy = self.root / f"to-{receiver}-{path.name}"
        known = copy.exists() or path.name.startswith("01-terms")
        shutil.copytree(self.folder(receiver), kept)
        super()._hand(path, sender, receiver)
        if copy.exists() and not known:
            self.handings.append(Handing(receiver, copy, kept))
        else:
            shutil.rmtree(kept)


def ran(root: Path) -> Watched:
    parties = Watched(root, audit=5, material="set", share="matches")
    parties.handings = []
    sets = [written(root / f"set-{side}", 20 * n, 20 * n + 30) for n, side in enumerate(SIDES)]
    parties.begin(*sets)
    for _ in range(6):
        parties.step()
    parties.compare(f"other={written(root / 'set-other', 70, 99)}")
    return parties


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return ran(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return ran(tmp_path_factory.mktemp("two"))


def state(folder: Path) -> str:
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        told.update(str(path.relative_to(folder)).encode())
        told.update(path.read_bytes() if path.is_file() else b"")
    return told.hexdigest()


def refused(before: Path, file: Path, place: Path) -> str:
    """What taking a file in such a folder says; the folder stays as it was."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(before, place)
    was = state(place)
    with pytest.raises(NAMED) as caught:
        take(place, [file])
    assert state(place) == was
    return str(caught.value)


def altered(raw: bytes, how: str, at: int, flip: int) -> bytes:
    at %= len(raw)
    return {
        "x": raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :],
        "c": raw[:at],
        "i": raw[:at] + bytes([flip]) + raw[at:],
    }[how]


@MANY
@given(data=st.data(), how=st.sampled_from("xci"), at=st.integers(0, 10**6),
       flip=st.integers(1, 255))  # fmt: skip
def test_no_altered_or_cut_file_is_taken(
    data: st.DataObject, one: Watched, tmp_path: Path, how: str, at: int, flip: int
) -> None:
    found = data.draw(st.sampled_from(one.handings))
    file = tmp_path / found.file.name
    file.write_bytes(altered(found.file.read_bytes(), how, at, flip))
    assert refused(found.before, file, tmp_path / "folder")


@MANY
@given(data=st.data())
def test_no_file_of_another_session_is_taken(
    data: st.DataObject, one: Watched, two: Watched, tmp_path: Path
) -> None:
    """The same step of the same roles, by other keys."""
    place = data.draw(st.integers(0, len(one.handings) - 1))
    assert [h.file.name for h in one.handings] == [h.file.name for h in two.handings]
    refused(one.handings[place].before, two.handings[place].file, tmp_path / "folder")


@MANY
@given(data=st.data())
def test_no_file_is_taken_before_its_turn(
    data: st.DataObject, one: Watched, tmp_path: Path
) -> None:
    """Handed over before what it answers, or before anybody committed to it."""
    place = data.draw(st.integers(0, len(one.handings) - 2))
    receiver = one.handings[place].receiver
    later = [h for h in one.handings[place + 1 :] if h.receiver == receiver]
    found = data.draw(st.sampled_from(later)) if later else None
    if found is None or _same_step(one.handings[place], found):
        return
    refused(one.handings[place].before, found.file, tmp_path / "folder")


def _same_step(one: Handing, other: Handing) -> bool:
    """Within a step there is no order; nor between a bundle and the messages that follow it."""

    def number(handing: Handing) -> str:
        return handing.file.name.split("-", 2)[2][:2]

    numbers = number(one), number(other)
    return numbers[0] == numbers[1] or not all(map(str.isdigit, numbers))


@MANY
@given(data=st.data())
def test_a_file_that_is_replayed_changes_nothing(
    data: st.DataObject, one: Watched, tmp_path: Path
) -> None:
    """What lies there already is passed over; nothing is taken twice."""
    found = data.draw(st.sampled_from(one.handings))
    place = tmp_path / "folder"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(found.before, place)
    take(place, [found.file])
    was = state(place)
    got = take(place, [found.file])
    assert got.taken == () and got.known == (found.file,) and state(place) == was


@MANY
@given(how=st.sampled_from("xci"), at=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_no_altered_session_is_read(
    one: Watched, tmp_path: Path, how: str, at: int, flip: int
) -> None:
    """As an exhibit: every byte of what everybody has is bound by a signature or a digest."""
    kept = one.root / "kept.session"
    if not kept.exists():
        keep_session(one.folder("claimant"), kept)
    file = tmp_path / "it.session"
    file.write_bytes(altered(kept.read_bytes(), how, at, flip))
    with pytest.raises(FiliationError):
        told_in(Kept(file))


def messages_of(folder: Path) -> Iterator[Path]:
    yield from sorted((folder / "messages").glob("*.json"))


def test_a_dropped_file_is_awaited(one: Watched, tmp_path: Path) -> None:
    """Who carries files may drop one: nobody goes on, and everybody is told who is awaited."""
    first = next(h for h in one.handings if "02-join-claimant" in h.file.name)
    folder = tmp_path / "folder"
    shutil.copytree(first.before, folder)
    room = steps.opened_room(folder)
    assert "claimant" in room.session.awaited()
    assert len(list(messages_of(folder))) < 5

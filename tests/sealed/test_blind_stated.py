"""What a tribunal signs that cannot be: named, and never a traceback or a sentence of a report."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from filiation.errors import CaseError, FiliationError, UsageError
from filiation.model.blind import ROLES, Role
from filiation.proceedings.blind.exhibiting import keep_session, told_in
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.steps import take
from filiation.report.wording.blind import report_lines
from filiation.report.wording.session import session_headline
from filiation.sealed.blind.kept import FOUND, Kept, kept_bytes, thin
from sealed.parties import Parties
from sealed.test_blind_basis import Entries, entries_of, signed_anew
from sealed.test_blind_sets import written
from sealed.wholes import kept_whole

Place = tuple[str | int, ...]
SIGNED: dict[str, tuple[Place, Any]] = {
    "no sizes": (("shared", "sizes"), [0, 0]),
    "other sizes": (("shared", "sizes"), [60, 21]),
    "more in common than there is": (("shared", "common"), 600),
    "less than none": (("shared", "common"), -3),
    "a control of nothing": (("shared", "controls", 0, "size"), 0),
    "a control with less than none": (("shared", "controls", 0, "common"), -5),
    "a control twice": (("shared", "controls", 1, "name"), "o1"),
    "noise that no terms have": (("shared", "scale"), 7.5),
    "the same as none": (("shared", "once"), [["a", "b"]]),
    "drawn of none": (("bounds", 0, "of"), 0),
    "drawn of fewer": (("bounds", 0, "of"), 5),
    "drawn of less than none": (("bounds", 0, "of"), -50),
    "all drawn": (("bounds", 0, "drawn"), [str(n) for n in range(60)]),
    "others drawn": (("bounds", 1, "drawn"), [str(n) for n in range(10)]),
    "more used than there are": (("bounds", 0, "used"), 61),
    "a battery": (("battery",), "gold"),
    "a seed": (("seed",), "12"),
    "nothing": (("shared",), None),
    "a digest that is none": (("basis", 0, "digest"), "\x1b[31m"),
    "a failed side and a count": (("bounds", 0, "failed"), "no"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Parties, Entries]:
    """A session of sets with two controls, kept whole by its tribunal."""
    parties, kept = kept_whole(tmp_path_factory.mktemp("stated"))
    return parties, entries_of(kept)


def put(place: Place, value: object) -> Callable[[dict[str, Any]], None]:
    def altered(found: Any) -> None:
        for name in place[:-1]:
            found = found[name]
        found[place[-1]] = value

    return altered


def told(entries: Entries, place: Path) -> Kept:
    path = place / "it.session"
    path.write_bytes(kept_bytes(entries))
    path.write_bytes(thin(Kept(path)))
    return Kept(path)


@pytest.mark.parametrize("how", SIGNED)
def test_findings_that_cannot_be_are_refused(
    whole: tuple[Parties, Entries], tmp_path: Path, how: str
) -> None:
    """Nobody needs the materials to see it: the messages, or counting, speak against it."""
    parties, entries = whole
    honest = told_in(told(signed_anew(parties, entries, lambda found: None), tmp_path))
    assert honest.told is not None and list(report_lines(honest.told))
    with pytest.raises(CaseError):
        told_in(told(signed_anew(parties, entries, put(*SIGNED[how])), tmp_path))


def test_a_copy_without_its_result_does_not_say_that_there_is_none(
    whole: tuple[Parties, Entries], tmp_path: Path
) -> None:
    """Whoever lost can leave the result out of what it hands over."""
    cut = {n: raw for n, raw in whole[1].items() if n.startswith("messages/") and "result" not in n}
    (tmp_path / "cut.session").write_bytes(kept_bytes(cut))
    said = session_headline(told_in(Kept(tmp_path / "cut.session")))
    assert said.startswith("This copy of the session holds no result: in it, step “result” awaits")


def test_a_folder_is_taken_whole_and_no_pipe_or_link_of_it(tmp_path: Path) -> None:
    parties = Parties(tmp_path / "p", material="set")
    parties.begin(written(tmp_path / "a", 0, 9), written(tmp_path / "b", 3, 12))
    parties.step()
    sent: dict[Role, Path] = {role: parties.folder(role) / "send" for role in ROLES}
    got = take(parties.folder("claimant"), [sent["tribunal"], sent["respondent"]])
    assert not got.taken and len(got.known) == 5
    os.mkfifo(sent["respondent"] / "09.json")
    with pytest.raises(FiliationError, match="a pipe"):
        take(parties.folder("claimant"), [sent["respondent"]])
    (sent["respondent"] / "09.json").unlink()
    (sent["respondent"] / "09.json").symlink_to(parties.folder("claimant") / "own" / "own.json")
    with pytest.raises(UsageError, match="no link"):
        take(parties.folder("claimant"), [sent["respondent"]])


@pytest.mark.parametrize("field", ["keyid", "payloadType"])
def test_half_a_character_in_an_envelope_is_no_traceback(
    whole: tuple[Parties, Entries], tmp_path: Path, field: str
) -> None:
    parties, entries = whole
    (name,) = (one for one in entries if one.endswith("coin-claimant.json"))
    found = json.loads(entries[name])
    (found["signatures"][0] if field == "keyid" else found)[field] = "\ud800"
    path = tmp_path / "it.json"
    path.write_text(json.dumps(found))
    with pytest.raises(CaseError, match="not a signed envelope"):
        take(parties.folder("respondent"), [path])


def test_a_tribunal_that_takes_its_own_report_can_still_keep_the_session(
    whole: tuple[Parties, Entries], tmp_path: Path
) -> None:
    """It lies in its `send`; a copy among what sides handed over would be reckoned from."""
    parties, entries = whole
    folder = parties.folder("tribunal")
    assert not take(folder, [folder / "send" / "report.txt", folder / "send" / FOUND]).taken
    keep_session(folder, tmp_path / "again.session", whole=True)
    assert entries_of(tmp_path / "again.session") == entries


def test_a_disk_without_hard_links_gets_copies(
    whole: tuple[Parties, Entries], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a stick that is carried to the tribunal: before, a traceback."""

    def refused(*_: object) -> None:
        raise OSError("no links here")

    parties, _ = whole
    monkeypatch.setattr("os.link", refused)
    (tmp_path / "claimant.material").write_bytes(b"new")
    with parties.at("tribunal"):
        room = opened_room(parties.folder("tribunal"))
        for _ in range(2):  # in the place of one
            laid = room.lay(tmp_path / "claimant.material", "respondent")
            assert (laid.parent.name, laid.read_bytes()) == ("send-respondent", b"new")
        laid.unlink()

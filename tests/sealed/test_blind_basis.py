"""What a result was reckoned from: bound by the signed findings, whoever hands the session over.

A losing side doctors its copy, a tribunal signs nonsense, a disk changes a file: each is named for
what it is, and none makes the program say of anybody else that its result does not follow.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785

from filiation.casefile.ledger.dsse import open_envelope, seal
from filiation.errors import (
    AlteredError,
    CaseError,
    FiliationError,
    UnreadableError,
    UsageError,
)
from filiation.model.blind import SIDES, Compared
from filiation.proceedings.blind.comparing import compare
from filiation.proceedings.blind.exhibiting import held_against, keep_session, told_in
from filiation.proceedings.blind.folder import opened_room
from filiation.sealed.blind.kept import FOUND, Kept, kept_bytes, thin
from filiation.sealed.blind.messages import ENVELOPE
from report import cases
from sealed.parties import Parties
from sealed.test_blind_sets import brought, written
from sealed.wholes import kept_whole

Entries = dict[str, bytes]
NAMES = "controls/names.json"
GARBAGE = {
    "empty": b"", "no text": b"\xff\xfe\x00", "nested": b"[" * 200_000, "null": b"null",
    "a list": b"[1, 2]", "numbers": b'{"000.txt": 1, "001.txt": 2}',
    "one name twice": b'{"000.txt": "a", "001.txt": "a"}',
    "a party": b'{"000.txt": "claimant", "001.txt": "b"}',
    "half a character": b'{"000.txt": "\\ud800", "001.txt": "b"}',
    "others": b'{"000.txt": "a", "../own.json": "b"}', "long": b'{"a": "' + b"x" * 2**21 + b'"}',
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Parties, Path]:
    """A session of sets with two controls, kept whole by its tribunal."""
    return kept_whole(tmp_path_factory.mktemp("basis"))


def entries_of(kept: Path) -> Entries:
    found = Kept(kept)
    return {name: found.raw(name) for name in found.names}


def derived(entries: Entries, place: Path) -> str:
    """Whether the same follows from such a file, as a case asks it."""
    path = place / "it.session"
    path.write_bytes(kept_bytes(entries))
    (place / "thin.session").write_bytes(thin(Kept(path)))
    return told_in(Kept(place / "thin.session"), whole=Kept(path)).again


def signed_anew(parties: Parties, entries: Entries, alter: Callable[[dict], None]) -> Entries:  # type: ignore[type-arg]
    """The tribunal signs other findings: those with something altered, of the files there are."""
    found = json.loads(entries[FOUND])
    found["basis"] = [
        {"name": name, "digest": hashlib.sha256(raw).hexdigest()}
        for name, raw in sorted(entries.items())
        if name.startswith(("received/", "controls/", "ties/"))
    ]
    alter(found)
    raw = rfc8785.dumps(found) + b"\n"
    (name,) = (n for n in entries if n.endswith("-result-tribunal.json"))
    said = json.loads(open_envelope(entries[name], "it").payload)
    said["body"]["found"] = hashlib.sha256(raw).hexdigest()
    with parties.at("tribunal"):
        key = opened_room(parties.folder("tribunal")).key()
    return entries | {FOUND: raw, name: seal(ENVELOPE, rfc8785.dumps(said), key)}


def test_an_honest_copy_gives_the_same(whole: tuple[Parties, Path], tmp_path: Path) -> None:
    parties, kept = whole
    entries = entries_of(kept)
    assert derived(entries, tmp_path) == "same"
    named = {one["name"]: one["digest"] for one in json.loads(entries[FOUND])["basis"]}
    assert len(named) == 9 and {name.partition("/")[0] for name in named} == {
        "received", "controls"}  # fmt: skip
    assert all(hashlib.sha256(entries[name]).hexdigest() == one for name, one in named.items())
    assert derived(signed_anew(parties, entries, lambda found: None), tmp_path) == "same"


@pytest.mark.parametrize("how", ["other", "cut", "gone", "more"])
def test_a_doctored_copy_accuses_nobody(
    whole: tuple[Parties, Path], tmp_path: Path, how: str
) -> None:
    """Every file that a side could doctor in its copy: another file, and nothing follows."""
    entries = entries_of(whole[1])
    held = [n for n in entries if n.startswith(("received/", "controls/"))]
    assert len(held) == 9
    for name in held:
        raw = entries[name]
        doctored = {
            "other": {name: raw[:-1] + bytes([raw[-1] ^ 1])}, "cut": {name: raw[: len(raw) // 2]},
            "gone": {}, "more": {name: raw, f"{name}.more": raw},
        }[how]  # fmt: skip
        expected = {"gone": "is missing, from which", "more": "none of the files"}.get(
            how, "another file than the result was reckoned from"
        )
        rest = {one: raw for one, raw in entries.items() if one != name}
        with pytest.raises(CaseError, match=expected):
            derived(rest | doctored, tmp_path)


@pytest.mark.parametrize("raw", [None, b"", b"ab" * 32, b"z" * 64, b"\xff" * 64, b"ab" * 90])
def test_another_secret_of_the_noise_is_none(
    whole: tuple[Parties, Path], tmp_path: Path, raw: bytes | None
) -> None:
    entries = entries_of(whole[1])
    del entries["noise"]
    with pytest.raises(FiliationError, match="noise"):
        derived(entries | ({} if raw is None else {"noise": raw}), tmp_path)


@pytest.mark.parametrize("how", GARBAGE)
def test_what_a_tribunal_signs_over_nonsense_is_no_traceback(
    whole: tuple[Parties, Path], tmp_path: Path, how: str
) -> None:
    """It may sign over a list of names that is none: its result does not follow from that."""
    parties, kept = whole
    entries = entries_of(kept) | {NAMES: GARBAGE[how]}
    assert derived(signed_anew(parties, entries, lambda found: None), tmp_path) == "differs"
    del entries[NAMES]
    assert derived(signed_anew(parties, entries, lambda found: None), tmp_path) == "differs"


@pytest.mark.parametrize("how", ["empty", "no text", "nested", "null"])
def test_no_file_of_a_session_gives_a_traceback(
    whole: tuple[Parties, Path], tmp_path: Path, how: str
) -> None:
    """Whatever any of its files holds, and whoever signed over it."""
    parties, kept = whole
    for name in entries_of(kept):
        entries = entries_of(kept) | {name: GARBAGE[how]}
        with pytest.raises(FiliationError):
            derived(entries, tmp_path)
        if name.startswith(("received/", "controls/")):
            assert derived(signed_anew(parties, entries, lambda found: None), tmp_path) == "differs"


def test_a_tribunal_that_reckons_from_another_file_than_was_handed_over_is_named(
    whole: tuple[Parties, Path], tmp_path: Path
) -> None:
    """It alters the respondent's list, signs that it failed, and binds the altered list."""
    parties, kept = whole
    name = "received/respondent.blind"
    entries = entries_of(kept)
    entries[name] = entries[name][:-32] + bytes(32)

    def failed(found: dict) -> None:  # type: ignore[type-arg]
        found["bounds"][1]["failed"], found["shared"] = "another list", None

    anew = signed_anew(parties, entries, failed)
    (said,) = (n for n in anew if n.endswith("-result-tribunal.json"))
    body = json.loads(open_envelope(anew[said], "it").payload)
    body["body"]["respondent"] = "failed"
    with parties.at("tribunal"):
        key = opened_room(parties.folder("tribunal")).key()
    anew[said] = seal(ENVELOPE, rfc8785.dumps(body), key)
    assert derived(anew, tmp_path) == "differs"


@pytest.mark.parametrize("how", ["empty", "without one", "another"])
def test_a_tribunal_that_binds_other_materials_than_were_announced_is_named(
    whole: tuple[Parties, Path], tmp_path: Path, how: str
) -> None:
    """Else it could sign what nobody's copy fits, and call every honest one another file."""
    parties, kept = whole

    def other(found: dict) -> None:  # type: ignore[type-arg]
        named = [one for one in found["basis"] if one["name"] != "received/claimant.raise"]
        more = {"name": "received/claimant.raise", "digest": "ab" * 32}
        found["basis"] = {"empty": [], "without one": named, "another": [*named, more]}[how]

    assert derived(signed_anew(parties, entries_of(kept), other), tmp_path) == "differs"


def test_a_file_that_changed_on_the_tribunals_disk_accuses_no_side(tmp_path: Path) -> None:
    parties = brought(tmp_path)
    folder = parties.folder("tribunal")
    for role in SIDES:
        for stage in ("blind", "raise", "opening"):
            path = folder / "received" / f"{role}.{stage}"
            raw = path.read_bytes()
            path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
            with parties.at("tribunal"), pytest.raises(AlteredError, match=f"{role}.{stage}"):
                compare(folder, [])
            path.write_bytes(raw)
    parties.compare()
    with parties.at("tribunal"), pytest.raises(UsageError, match="signed already"):
        compare(folder, [])
    (folder / "controls" / "000.txt").write_text("added afterwards\n")
    with pytest.raises(CaseError, match="none of the files"):
        keep_session(folder, tmp_path / "late.session", whole=True)


def test_equal_controls_count_once(tmp_path: Path) -> None:
    """One control under nineteen names, in other orders of its lines, is one control."""
    parties = brought(tmp_path)
    first = written(tmp_path / "o", 200, 260)
    lines = first.read_text().splitlines()
    named = [f"a={first}"]
    for n in range(1, 19):
        copy = tmp_path / f"o{n}"
        copy.write_text("\r\n".join([*lines[n:], *lines[:n], lines[0]]) + "\n")
        named.append(f"b{n:02}={copy}")
    named.append(f"z={written(tmp_path / 'z', 300, 333)}")
    report = parties.compare(*named)
    assert "As a rank among 2 controls p = 0.333" in report
    assert report.count("holds the same as “a”: they count once") == 18
    keep_session(parties.folder("tribunal"), tmp_path / "it.session", whole=True)
    assert derived(entries_of(tmp_path / "it.session"), tmp_path) == "same"
    shutil.rmtree(parties.folder("tribunal") / "controls")
    with pytest.raises(CaseError, match="is missing"):
        keep_session(parties.folder("tribunal"), tmp_path / "late.session", whole=True)


@pytest.mark.parametrize("raw", [
    b"", b"\xff", b"[" * 60_000, b"null", b"{}", b'{"role": "judge"}',
    b'{"role": "claimant", "coin": "zz", "audit": "", "nonce": "", "scalar": "", "material": "",'
    b' "secret": ""}',
])  # fmt: skip
def test_a_partys_own_folder_that_is_damaged_is_named(tmp_path: Path, raw: bytes) -> None:
    parties = brought(tmp_path, steps=0)
    folder = parties.folder("claimant")
    (folder / "own" / "own.json").write_bytes(raw)
    with pytest.raises(UnreadableError, match=r"own\.json"):
        opened_room(folder)
    shutil.rmtree(folder / "messages")
    (folder / "messages" / "01-terms-tribunal.json").mkdir(parents=True)
    with pytest.raises(UnreadableError):
        opened_room(folder)


def test_last_digits_and_other_versions_accuse_no_tribunal() -> None:
    """Before, a tribunal with another kind of processor had signed what does not follow."""
    honest = Compared(
        session="5" * 64, seed="7", bounds=(), found=cases.examination(cases.derivation())
    )

    def by(scale: float, **more: str) -> Compared:
        assert honest.found is not None
        (one,) = honest.found.conclusions
        findings = tuple(replace(x, observed=x.observed * scale) for x in one.findings)
        found = replace(honest.found, conclusions=(replace(one, findings=findings),), **more)
        return replace(honest, found=found)

    assert held_against(honest, by(1.0)) == "same"
    assert held_against(honest, by(1.0, tool="filiation 9")) == "same"
    assert held_against(honest, by(1 + 1e-7)) == "same"
    assert held_against(honest, by(1.5)) == "differs"
    assert held_against(honest, by(1.5, tool="filiation 9")) == "other-versions"

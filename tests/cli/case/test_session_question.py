"""A comparison of two secret sets in a case: put in, examined, reviewed, reported, replayed."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import rfc8785

from filiation.casefile.facts import Inquired
from filiation.casefile.ledger.dsse import open_envelope, seal
from filiation.casefile.record import Record
from filiation.model.blind import SIDES
from filiation.proceedings.blind.exhibiting import keep_session
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.steps import abort
from filiation.proceedings.inquiries import inquiry_of
from filiation.sealed.blind.kept import FOUND, Kept, kept_bytes
from filiation.sealed.blind.messages import ENVELOPE
from logcases import at, does
from sealed.parties import Parties


def written(path: Path, first: int, end: int) -> Path:
    path.write_text("".join(f"def part_{n}(x): return x * {n}\n" for n in range(first, end)))
    return path


def brought(folder: Path, steps: int = 6) -> Parties:
    """A session of two sets of 60 with 20 in common, after so many steps."""
    parties = Parties(folder / "parties", audit=10, material="set")
    claimant, respondent = (written(folder / side, 40 * n, 40 * n + 60)
                            for n, side in enumerate(SIDES))  # fmt: skip
    parties.begin(claimant, respondent)
    for _ in range(steps):
        parties.step()
    return parties


@pytest.fixture(scope="session")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with its result, kept thin and whole, and a case whose acme is the claimant."""
    folder = tmp_path_factory.mktemp("session")
    parties = brought(folder)
    others = [f"o{n}={written(folder / f'o{n}', 55 + 40 * n, 95 + 40 * n)}" for n in range(1, 5)]
    parties.compare(*others)
    keep_session(parties.folder("claimant"), folder / "thin.session")
    keep_session(parties.folder("tribunal"), folder / "whole.session", whole=True)
    case = folder / "case"
    for name in ("first", "second"):
        does(folder, "case", "key", name)
    does(folder, "case", "open", case, "--title", "Acme's code", "--lead", "court")
    for name, role in (("first", "examiner"), ("second", "reviewer")):
        does(folder, "case", "party", case, name, "--role", role,
             "--public-key", folder / "home" / "keys" / f"{name}.pub")  # fmt: skip
    does(folder, "case", "party", case, "acme", "--role", "claimant", "--public-key",
         parties.public("claimant"))  # fmt: skip
    does(folder, "case", "party", case, "basel", "--role", "respondent")
    return folder


@pytest.fixture
def ready(ended: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ended, tmp_path / "ready")


def add(folder: Path, path: Path, name: str = "session", *more: str):  # type: ignore[no-untyped-def]
    return at(folder, "case", "add", folder / "case", path, "--name", name, "--from", "basel",
              "--how", "as the tribunal signed it", *more)  # fmt: skip


def examined(folder: Path, name: str = "session") -> str:
    said = does(folder, "case", "examine", folder / "case", "--session", name, "--as", "first")
    return " ".join(said.split())


def test_it_is_examined_reviewed_reported_and_replayed(ready: Path) -> None:
    case = ready / "case"
    assert add(ready, ready / "whole.session", "session", "--copy").code == 0
    said = examined(ready)
    assert "20 of the respondent's 60 elements (33.3%)" in said and "p is 0.2" in said
    assert "was derived again from both materials" in said
    assert "The claimant signed with the key that “acme” has in this case" in said
    assert "The key of the respondent is that of no party of this case" in said
    does(ready, "case", "review", case, "--as", "second", "--agrees", "I derived it again.")
    does(ready, "case", "report", case)
    for ending in ("html", "json", "pdf"):
        assert list((case / "reports").glob(f"*-report.{ending}")), ending
    (page,) = (case / "reports").glob("*-report.html")
    text = page.read_text()
    assert text.count("<svg") == 2 and "Messages of the session" in text
    (fields,) = (case / "reports").glob("*-report.json")
    told = json.loads(fields.read_text())["report"]["answer"]
    assert told["shared"]["common"] == 20 and told["derived_again"] == "same"
    assert told["sides"][0] == {"role": "claimant", "party": "acme"}
    again = does(ready, "case", "replay", case)
    assert "session of session: the same" in again and again.count("the same") >= 2


def test_what_the_tribunal_got_goes_into_no_export(ready: Path) -> None:
    """The other side would read both materials; the messages it has anyhow."""
    assert add(ready, ready / "whole.session", "session", "--copy").code == 0
    examined(ready)
    does(ready, "case", "export", ready / "case", "--for", "acme", "-o", ready / "out")
    raw = b"".join(path.read_bytes() for path in (ready / "out").rglob("*") if path.is_file())
    whole = Kept(ready / "whole.session")
    assert whole.raw("received/respondent.opening") not in raw
    assert whole.raw("messages/01-terms-tribunal.json") in raw
    said = does(ready, "case", "replay", ready / "out")
    assert "what its tribunal got is withheld" in said


def test_each_sides_own_case_holds_the_same_digest(ready: Path) -> None:
    """Thin or whole, and whoever puts it in."""
    assert add(ready, ready / "thin.session").code == 0
    assert add(ready, ready / "whole.session", "again").code == 0
    one, other = (Record(ready / "case").state().exhibits[n].fact for n in ("session", "again"))
    assert one.digest == other.digest and one.kind == other.kind == "session"
    said = examined(ready)
    assert "that the result follows from them is the tribunal's word" in said
    assert "is a further draw" not in said  # it is the same session twice
    assert "“again” is a copy of the same session, with the same messages" in said
    again = does(ready, "case", "replay", ready / "case")
    assert "session of session: the same" in again


def test_a_session_that_was_ended_leaves_its_trace(ready: Path) -> None:
    """Whoever stops once it knows what will be opened stands in the case with its reason."""
    (ready / "other").mkdir()
    parties = brought(ready / "other", 4)
    with parties.at("respondent"):
        abort(parties.folder("respondent"), "we do not like what was drawn")
    parties.deliver()
    for role in ("claimant", "tribunal"):
        assert opened_room(parties.folder(role)).session.aborted  # type: ignore[arg-type]
    keep_session(parties.folder("claimant"), ready / "ended.session")
    assert add(ready, ready / "ended.session", "ended").code == 0
    assert add(ready, ready / "thin.session").code == 0
    said = examined(ready, "ended")
    assert "The respondent ended the session, in this copy before a result" in said
    assert "we do not like what was drawn" in said
    assert "1 other session: “ended”" in examined(ready)


def test_a_tribunal_that_signs_what_does_not_follow_is_named(ready: Path) -> None:
    """Bribed: its report and findings say less than its own materials give."""
    kept = Kept(ready / "whole.session")
    entries = {name: kept.raw(name) for name in kept.names}
    found = json.loads(entries[FOUND])
    found["shared"]["common"] = 2
    entries[FOUND] = rfc8785.dumps(found) + b"\n"
    (name,) = (n for n in entries if n.endswith("-result-tribunal.json"))
    envelope = open_envelope(entries[name], "it")
    said = json.loads(envelope.payload)
    said["body"]["found"] = hashlib.sha256(entries[FOUND]).hexdigest()
    parties = Parties.__new__(Parties)
    parties.root = ready / "parties"
    with parties.at("tribunal"):
        key = opened_room(parties.folder("tribunal")).key()
    entries[name] = seal(ENVELOPE, rfc8785.dumps(said), key)
    (ready / "bribed.session").write_bytes(kept_bytes(entries))
    assert add(ready, ready / "bribed.session", "bribed", "--copy").code == 0
    told = examined(ready, "bribed")
    assert "does not follow from the materials that this case keeps" in told
    record = Record(ready / "case")
    (entry,) = record.state().of(Inquired)
    assert inquiry_of(record, entry).session.again == "differs"  # type: ignore[union-attr]


def test_a_losing_side_that_doctors_its_copy_accuses_nobody(ready: Path) -> None:
    """Whoever has the whole session may alter a file of it: it is another file, at once."""
    kept = Kept(ready / "whole.session")
    entries = {name: kept.raw(name) for name in kept.names}
    path = ready / "doctored.session"
    for name in ("controls/000.txt", "controls/names.json", "received/respondent.raise"):
        path.write_bytes(kept_bytes(entries | {name: entries[name] + b"\n"}))
        said = add(ready, path, "doctored", "--copy")
        assert said.code == 3 and f"{name} is another file than the result" in said.err
    path.write_bytes(kept_bytes(entries | {"noise": b"00" * 32}))
    assert "bound to when it joined" in add(ready, path, "doctored", "--copy").err


@pytest.mark.parametrize("how", ["flip", "cut", "drop", "swap", "other-found", "none"])
def test_an_altered_session_is_no_exhibit(ready: Path, how: str) -> None:
    kept = Kept(ready / "thin.session")
    entries = {name: kept.raw(name) for name in kept.names}
    names = [name for name in entries if name.startswith("messages/")]
    if how == "drop":
        del entries[names[4]]
    elif how == "swap":
        entries[names[1]], entries[names[4]] = entries[names[4]], entries[names[1]]
    elif how == "other-found":
        entries[FOUND] = entries[FOUND].replace(b'"common":20', b'"common":2')
    elif how == "none":
        del entries[FOUND]
    raw = kept_bytes(entries)
    if how == "flip":
        raw = raw[:3000] + bytes([raw[3000] ^ 1]) + raw[3001:]
    path = ready / "altered.session"
    path.write_bytes(raw[:-40] if how == "cut" else raw)
    assert add(ready, path, "altered").code == 3


def cut_copy(folder: Path, upto: int) -> Path:
    """The same session without its last messages, as somebody may hand it over."""
    kept = Kept(folder / "thin.session")
    names = [n for n in kept.names if n.startswith("messages/") and int(n[9:11]) <= upto]
    path = folder / "cut.session"
    path.write_bytes(kept_bytes({name: kept.raw(name) for name in names}))
    return path


@pytest.mark.parametrize("first", ["cut", "thin"])
def test_a_full_and_a_cut_copy_are_one_session(ready: Path, first: str) -> None:
    """Whichever came first: the case says so, and neither is a further draw."""
    cut_copy(ready, 5)
    for name in (first, {"cut": "thin", "thin": "cut"}[first]):
        assert add(ready, ready / f"{name}.session", name).code == 0
    said = examined(ready, "cut")
    assert "“thin” is a fuller copy of the same session" in said.split("How the question")[0]
    assert "This copy of the session holds no result" in said and "further draw" not in said
    said = examined(ready, "thin")
    assert "“cut” is a copy of the same session that was cut" in said and "further draw" not in said
    assert "fuller copy" not in said
    again = does(ready, "case", "replay", ready / "case")
    assert again.count("the same") >= 2
    record = Record(ready / "case")
    asked = [inquiry_of(record, one).asked.copies for one in record.state().of(Inquired)]
    assert asked == [(("thin", "more"),), (("cut", "less"),)]


@pytest.mark.parametrize("first", ["cut", "thin"])
def test_whoever_signed_two_things_in_one_place_is_named(ready: Path, first: str) -> None:
    """And keeps nobody's copy out, whichever came first."""
    path = cut_copy(ready, 4)
    kept = Kept(path)
    entries = {name: kept.raw(name) for name in kept.names}
    (name,) = (n for n in entries if n.endswith("04-commit-respondent.json"))
    said = json.loads(open_envelope(entries[name], "it").payload)
    said["body"]["material"] = "7" * 64
    parties = Parties.__new__(Parties)
    parties.root = ready / "parties"
    with parties.at("respondent"):
        key = opened_room(parties.folder("respondent")).key()
    entries[name] = seal(ENVELOPE, rfc8785.dumps(said), key)
    path.write_bytes(kept_bytes(entries))
    for name in (first, {"cut": "thin", "thin": "cut"}[first]):
        assert add(ready, ready / f"{name}.session", name).code == 0
    for name, other in (("thin", "cut"), ("cut", "thin")):
        said = examined(ready, name).split("How the question")[0]
        words = "is a copy of the same session and contradicts this one: the respondent signed two"
        assert f"“{other}” {words} things in one place of it." in said
        assert "speaks against whoever has that key" in said
    record = Record(ready / "case")
    asked = [inquiry_of(record, one).asked.copies for one in record.state().of(Inquired)]
    assert asked == [(("cut", "respondent"),), (("thin", "respondent"),)]
    assert does(ready, "case", "replay", ready / "case").count("the same") >= 2

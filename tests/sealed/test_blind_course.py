"""Three computers: an honest course to its report, cheats that are caught, and who stops early."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from command import Command
from filiation.errors import CaseError, FiliationError, UsageError
from filiation.model.blind import SIDES, Bound, Role
from filiation.proceedings.blind import weights
from filiation.proceedings.blind.comparing import compare
from filiation.proceedings.blind.folder import opened_room
from filiation.proceedings.blind.steps import abort, go_on, join, take
from filiation.sealed.blind.bundles import bundle_of, file_digest
from sealed.parties import Parties

MODELS = Path(__file__).resolve().parents[2] / "examples" / "casebook"
PARENT, COPY, STRANGER = (MODELS / name for name in ("parent", "fine-tuned", "stranger-2"))

Alter = Callable[[dict[str, np.ndarray]], None]


def brought(tmp_path: Path, respondent: Path = COPY, *, audit: int = 6) -> Parties:
    """A session after the first coin: next, both commit to their materials."""
    parties = Parties(tmp_path, audit=audit)
    parties.begin(PARENT, respondent)
    parties.step()
    return parties


def audited(parties: Parties, role: Role) -> Bound:
    """The tribunal's audit of one side, once all was handed over."""
    with parties.at("tribunal") as home:
        room = opened_room(parties.folder("tribunal"))
        weights.handed(room, role)
        sketch = weights.material_of(room, role, home / f"{role}.sketch")
        return weights.audit(room, role, sketch)


def cheated(parties: Parties, role: Role, alter: Alter) -> None:
    """Commit to a material in which some arrays are others, as a cheat would."""
    folder = parties.folder(role)
    with parties.at(role):
        room = opened_room(folder)
        weights.said(room, "commit")
        path = room.private / weights.SKETCH
        arrays, head = load_file(path), path.read_bytes()
        alter(arrays)
        raw = _rewritten(head, arrays)
        bundle = room.private / f"{role}.material"
        nonce = bytes.fromhex(room.own.nonce)
        bundle.write_bytes(bundle_of(room.session.id, role, "material", nonce, raw))
        room.say("commit", {"material": file_digest(bundle)})
    parties.deliver()


def _rewritten(raw: bytes, arrays: dict[str, np.ndarray]) -> bytes:
    """The same file with other values in the same places."""
    length = int.from_bytes(raw[:8], "little")
    header, out = json.loads(raw[8 : 8 + length]), bytearray(raw)
    for name, array in arrays.items():
        begin, end = header[name]["data_offsets"]
        out[8 + length + begin : 8 + length + end] = array.tobytes()
    return bytes(out)


def test_an_honest_course_ends_with_a_signed_report(tmp_path: Path, filiation: Command) -> None:
    """A true copy: found, bound, audited; both sides can check what the tribunal signed."""
    parties = brought(tmp_path)
    for _ in range(3):
        parties.step()
    sent = parties.folder("claimant") / "send" / "06-open-claimant.json"
    told = filiation("blind", "take", parties.folder("tribunal"), sent).out
    assert "your turn: `filiation blind compare" in told
    report = parties.compare(str(MODELS / "stranger-3"))
    assert "The findings support shared weights" in report
    assert report.count("all are the same. Digests") == 2 and "is not that of what" not in report
    assert "That a side sealed another model than it serves" in report
    signed = parties.folder("tribunal") / "send" / "report.txt"
    other = tmp_path / "report.txt"
    other.write_bytes(signed.read_bytes() + b"\n")
    for side in SIDES:
        assert (parties.folder(side) / "received" / "report.txt").read_text() == report
        assert take(parties.folder(side), [signed]).taken == ()  # it lies there already
        with pytest.raises(CaseError):
            take(parties.folder(side), [other])
        session = opened_room(parties.folder(side)).session
        said = session.says("result", "tribunal")
        report_file = parties.folder("tribunal") / "send" / "report.txt"
        assert session.step is None and said == {
            "report": file_digest(report_file), "claimant": "held", "respondent": "held",
            "found": file_digest(report_file.with_name("found.json")), "matches": {},
        }  # fmt: skip


def test_what_is_sent_shows_nothing_to_the_other_side(tmp_path: Path) -> None:
    """In no message stand weights, sizes or the seed's sketch; materials are the tribunal's."""
    parties = brought(tmp_path)
    for _ in range(3):
        parties.step()
    for side, other in (SIDES, SIDES[::-1]):
        got = {path.name for path in (parties.folder(side) / "received").iterdir()}
        assert got == set()
        material = parties.folder(other) / "send-tribunal" / f"{other}.material"
        with pytest.raises(CaseError, match="for the tribunal alone"):
            take(parties.folder(side), [material])
        assert all(p.suffix == ".json" for p in (parties.folder(other) / "send").iterdir())
        messages = (parties.folder(other) / "send").glob("*.json")
        assert all(path.stat().st_size < 2000 for path in messages)


def _all_other(arrays: dict[str, np.ndarray]) -> None:
    rng = np.random.default_rng(1)
    for name, array in arrays.items():
        if name.endswith((".native", ".token", ".table")):
            array[:] = rng.integers(-127, 128, array.shape)


def _half_other(arrays: dict[str, np.ndarray]) -> None:
    kept = {n: a for n, a in arrays.items() if ".1." in n or ".3." in n}
    _all_other(kept)


def _other_units(arrays: dict[str, np.ndarray]) -> None:
    for name in [n for n in arrays if n.startswith("deep.") and not n.endswith(".units")]:
        arrays[name][:] = arrays[name][::-1].copy()


def _other_table(arrays: dict[str, np.ndarray]) -> None:
    arrays["anchor_rows"][:] = arrays["anchor_rows"][::-1].copy()


def _one_step(arrays: dict[str, np.ndarray]) -> None:
    """Every value moved by what a single rounding may: too many of them."""
    for name, array in arrays.items():
        if name.endswith(".native"):
            array[:] = np.where(array > 0, array - 1, array + 1)


@pytest.mark.parametrize("alter", [_all_other, _half_other, _other_units, _other_table, _one_step])
def test_an_altered_material_is_caught(tmp_path: Path, alter: Alter) -> None:
    """With true digests: those of a sketch do not bind its directions, the audit does."""
    parties = brought(tmp_path, audit=12)
    cheated(parties, "respondent", alter)
    for _ in range(3):
        parties.step()
    found = audited(parties, "respondent")
    assert found.failed and not audited(parties, "claimant").failed


def test_a_packed_model_is_audited_with_its_scales(tmp_path: Path) -> None:
    """A value of eight bits is none without its scale, whichever of them the coin draws."""
    parties = Parties(tmp_path, audit=3)
    parties.begin(PARENT, MODELS / "quantised-8bit")
    for _ in range(4):
        parties.step()
    found = audited(parties, "respondent")
    assert not found.failed and found.values > 0 and found.used < found.of


def test_who_seals_another_model_than_it_sketches_is_refused_by_its_own_program(
    tmp_path: Path,
) -> None:
    parties = brought(tmp_path)
    own = parties.folder("respondent") / "own" / "own.json"
    own.write_text(json.dumps(json.loads(own.read_text()) | {"material": str(STRANGER)}))
    with parties.at("respondent"), pytest.raises(Exception, match="sha256 is"):
        go_on(parties.folder("respondent"))


def test_who_seals_another_model_than_it_sketches_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The material is a stranger's, the seal that of the copy: it looks innocent, and fails."""
    monkeypatch.setattr(weights, "_rehearsed", lambda *_: None)
    parties = Parties(tmp_path, audit=1)
    parties.begin(PARENT, COPY)
    parties.step()
    own = parties.folder("respondent") / "own" / "own.json"
    true = own.read_text()
    own.write_text(json.dumps(json.loads(true) | {"material": str(STRANGER)}))
    parties.step()
    own.write_text(true)
    parties.step(), parties.step()
    assert "is of another tensor than was sealed" in audited(parties, "respondent").failed


def test_a_model_changed_after_the_seal_is_not_opened(tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(COPY, model)
    parties = brought(tmp_path / "parties", model)
    parties.step(), parties.step()
    tensors = load_file(model / "model.safetensors")
    for array in tensors.values():
        array[:] = array[::-1].copy()
    save_file(tensors, model / "model.safetensors")
    with parties.at("respondent"), pytest.raises(Exception, match="sha256 is"):
        go_on(parties.folder("respondent"))


def test_a_material_of_another_seed_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes its sketch under a seed of its choice."""
    parties = brought(tmp_path)
    with parties.at("respondent"), monkeypatch.context() as patched:
        session = type(opened_room(parties.folder("respondent")).session)
        patched.setattr(session, "seed", lambda _: 7)
        go_on(parties.folder("respondent"))
    parties.deliver()
    for _ in range(3):
        parties.step()
    with pytest.raises(CaseError, match="the terms and the coin say"):
        audited(parties, "respondent")


def test_fewer_parts_than_were_drawn_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parties = brought(tmp_path)
    parties.step(), parties.step()
    with parties.at("respondent"), monkeypatch.context() as patched:
        patched.setattr(weights, "drawn_tensors", lambda *_: ())
        go_on(parties.folder("respondent"))
    parties.deliver(), parties.step()
    assert "counts as altered" in audited(parties, "respondent").failed


def test_a_bundle_is_the_one_committed_to(tmp_path: Path) -> None:
    parties = brought(tmp_path)
    parties.step()
    with parties.at("claimant"):
        said = go_on(parties.folder("claimant"))
    path = next(path for path, whom in said.files if whom == "tribunal")
    raw = path.read_bytes()
    changed = tmp_path / "changed"
    for other in (raw[:-1], raw + b"x", raw[:80] + bytes([raw[80] ^ 1]) + raw[81:], raw[:40]):
        changed.write_bytes(other)
        with pytest.raises(Exception, match=r"altered|cut"):
            take(parties.folder("tribunal"), [changed])
    changed.write_bytes(raw[:21] + bytes(32) + raw[53:])
    with pytest.raises(CaseError, match="another session"):
        take(parties.folder("tribunal"), [changed])


def test_who_stops_leaves_a_signed_trace_and_saw_nothing(tmp_path: Path) -> None:
    """The respondent waits for the claimant's material, sees none, and aborts."""
    parties = brought(tmp_path)
    parties.step()
    with parties.at("claimant"):
        go_on(parties.folder("claimant"))
    parties.deliver()
    assert not list((parties.folder("respondent") / "received").iterdir())
    with parties.at("respondent"):
        abort(parties.folder("respondent"), "we think better of it")
    parties.deliver()
    for role in ("claimant", "tribunal"):
        session = opened_room(parties.folder(role)).session  # type: ignore[arg-type]
        assert session.aborted is not None and session.aborted.sender == "respondent"
        assert session.says("commit", "respondent") is not None
    with parties.at("tribunal"), pytest.raises(UsageError, match="respondent aborted the session"):
        compare(parties.folder("tribunal"), [])


def test_what_cannot_be_joined(tmp_path: Path) -> None:
    parties = Parties(tmp_path)
    parties.begin(PARENT, COPY)
    terms = parties.folder("tribunal") / "send" / "01-terms-tribunal.json"
    secret = tmp_path / "claimant" / "it.seal.secret"
    with parties.at("claimant") as home:
        with pytest.raises(UsageError, match="exists"):
            join(parties.folder("claimant"), terms, key="claimant", material=PARENT, secret=secret)
        for other, why in ((STRANGER.parent, "no weights that are read"),
                           (STRANGER, "another one, or was changed since")):  # fmt: skip
            with pytest.raises(FiliationError, match=why):
                join(home / "b", terms, key="claimant", material=other, secret=secret)
    with parties.at("tribunal") as home, pytest.raises(UsageError, match="of neither side"):
        join(home / "b", terms, key="tribunal", material=PARENT, secret=secret)
    assert (parties.folder("claimant") / "own" / "own.json").stat().st_mode & 0o077 == 0


def test_a_sketch_that_shows_too_much_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of 96 axes under 160 equations can be solved for: the terms' bound refuses it.

    Before it joins, since sizes tell; and again where the sketch would be taken.
    """
    parties = Parties(tmp_path / "first", error=50, whole=10)
    with pytest.raises(UsageError, match=r"relative error of 0\.00.*blind start --columns"):
        parties.begin(PARENT, COPY)
    assert not parties.folder("claimant").exists()
    parties = Parties(tmp_path, error=50, whole=10)
    with monkeypatch.context() as patched:
        patched.setattr(weights, "check_shown", lambda *_: None)
        parties.begin(PARENT, COPY)
    parties.step()
    with parties.at("claimant"), pytest.raises(UsageError, match=r"relative error of 0\.00"):
        go_on(parties.folder("claimant"))
    assert not (parties.folder("claimant") / "own" / weights.SKETCH).exists()


def test_materials_are_handed_on_only_if_that_was_agreed(tmp_path: Path) -> None:
    parties = Parties(tmp_path, both=True)
    parties.begin(PARENT, COPY)
    for _ in range(3):
        parties.step()
    material = parties.folder("tribunal") / "received" / "claimant.material"
    assert take(parties.folder("respondent"), [material]).taken == ("material, claimant",)
    again = take(parties.folder("respondent"), [material])
    assert again.taken == () and again.known == (material,)


def test_a_folder_handed_over_whole_is_taken_for_what_is_new(
    tmp_path: Path, filiation: Command
) -> None:
    """`take session received/*` at every step: what lies here already stops nothing that is new."""
    parties = Parties(tmp_path)
    parties.begin(PARENT, COPY)
    with parties.at("claimant"):
        go_on(parties.folder("claimant"))
    sent = sorted((parties.folder("claimant") / "send").glob("*.json"))
    done = filiation("blind", "take", parties.folder("tribunal"), *sent)
    assert done.out.splitlines() == [
        "taken: 3 coin, claimant",
        "1 file that lay here already, passed over",
        f"It is your turn: `filiation blind next {parties.folder('tribunal')}`.",
    ]
    with parties.at("tribunal"):
        go_on(parties.folder("tribunal"))
    own = parties.folder("tribunal") / "send"
    got = take(parties.folder("tribunal"), [*own.glob("*.json"), *sent])
    assert got.taken == () and len(got.known) == 5
    with pytest.raises(UsageError, match="cannot be read"):
        take(parties.folder("tribunal"), [tmp_path / "nothing.json"])
    assert got.room.session.awaited() == ("respondent",)


def test_tensors_that_nobody_compares_do_not_hide_the_others(tmp_path: Path) -> None:
    """A seal padded with tensors to be drawn in place of the altered ones: the chance says so."""
    model = tmp_path / "model"
    shutil.copytree(COPY, model)
    tensors = load_file(model / "model.safetensors")
    more = {f"unused.{n}": np.ones((2, 2), np.float32) for n in range(300)}
    save_file(tensors | more, model / "model.safetensors")
    parties = brought(tmp_path / "parties", model, audit=6)
    for _ in range(3):
        parties.step()
    padded, plain = audited(parties, "respondent"), audited(parties, "claimant")
    assert not padded.failed and (padded.of, padded.used) == (330, 30) == (
        plain.of + 300,
        plain.used,
    )
    assert padded.caught(0.5) < 0.3 < 0.98 < plain.caught(0.5)

"""What a seal binds, what an opening shows, and what either hides."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from filiation.casefile.ledger.merkle import tree_root
from filiation.errors import AlteredError, CaseError, FiliationError, UnreadableError, UsageError
from filiation.model.seal import BLOCK, Audit
from filiation.proceedings.opening import make_key
from filiation.proceedings.sealing import Wanted, check, seal, unseal
from filiation.sealed.files import read_secret
from filiation.sealed.tree import levels_of
from sealed.materials import folder, opening, sealed

ALL = Wanted(everything=True)
COIN = hashlib.sha256(b"heads").hexdigest()


def test_everything_opened_is_the_material_byte_for_byte(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    found = check(opening(tmp_path, material, made, ALL), out, out=tmp_path / "again")
    files = {path.relative_to(material) for path in material.rglob("*") if path.is_file()}
    assert {p.relative_to(tmp_path / "again") for p in (tmp_path / "again").rglob("*")
            if p.is_file()} == files  # fmt: skip
    for path in files:
        assert (material / path).read_bytes() == (tmp_path / "again" / path).read_bytes()
    assert len(found.blocks) == found.table.blocks == 3 + 1 + 1 + 1 + 2
    assert found.nbytes == sum((material / path).stat().st_size for path in files)


def test_one_tensor_is_opened_and_no_other(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    given = opening(tmp_path, material, made, Wanted(tensors=("narrow",)))
    found = check(given, out, out=tmp_path / "shown")
    shown = load_file(tmp_path / "shown" / "model.safetensors")
    assert set(shown) == {"narrow", "none"}  # of an empty one nothing is hidden
    truth = load_file(material / "model.safetensors")
    np.testing.assert_array_equal(shown["narrow"], truth["narrow"])
    assert len(found.blocks) == 1
    raw = given.read_bytes()
    assert truth["wide"].tobytes()[:64] not in raw
    assert (material / "config.json").read_bytes() not in raw


def test_rows_open_the_blocks_that_hold_them(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    rows = Wanted(tensors=("model.safetensors:wide",), rows=(600, 601))
    assert unseal(material, made.secret, rows, tmp_path / "rows") == 1
    blocks = check(tmp_path / "rows", out).blocks
    first = 600 * 2000 // BLOCK
    names = [part.tensor for part in made.table.parts]
    start = 1 + sum(part.blocks for part in made.table.parts[: names.index("wide")])
    assert blocks == (start + first,)


def test_the_seal_shows_nothing_of_a_small_material(tmp_path: Path) -> None:
    """Two materials of another size and content look alike, and the same one twice does not."""
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"yes"), two.write_bytes(b"no, and this is longer" * 1000)
    seals = [seal(path, tmp_path / f"{at}.seal").commitment
             for at, path in enumerate((one, two, one))]  # fmt: skip
    assert {found.leaves for found in seals} == {64}
    assert len({found.root for found in seals}) == 3


def test_without_the_salt_a_guess_at_a_block_cannot_be_tried(tmp_path: Path) -> None:
    """The dictionary attack on a one-word file: the published root fits no guess, salted or not."""
    word = tmp_path / "word"
    word.write_bytes(b"yes")
    made = seal(word, tmp_path / "it.seal")
    kept = read_secret(made.secret)
    block = b"b" + (0).to_bytes(4, "big") + (0).to_bytes(8, "big") + b"yes"
    assert hashlib.sha256(b"\x00" + block).digest() not in kept.leaves
    assert len(set(kept.leaves)) == 64  # paddings do not show themselves by being equal


def test_the_root_is_that_of_rfc_6962(tmp_path: Path) -> None:
    """Against the tree that the log of a case grows, which knows nothing of powers of two."""
    _, _, made = sealed(tmp_path)
    leaves = read_secret(made.secret).leaves
    assert levels_of(leaves)[-1][0] == tree_root(leaves)
    assert made.commitment.root == tree_root(leaves).hex()


def test_a_material_that_changed_is_not_opened(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    path = material / "deeper" / "text.bin"
    raw = bytearray(path.read_bytes())
    raw[BLOCK + 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(AlteredError, match=r"deeper/text\.bin"):
        unseal(material, made.secret, Wanted(files=("deeper/text.bin",)), tmp_path / "o")
    assert not (tmp_path / "o").exists()
    (material / "config.json").write_text("{}")
    with pytest.raises(AlteredError, match="names and sizes"):
        unseal(material, made.secret, Wanted(files=("empty",)), tmp_path / "o")
    assert out.exists() and not list(tmp_path.glob(".partial-*"))


def test_a_coin_draws_what_must_be_opened(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    drawn = opening(tmp_path, material, made, Wanted(coin=COIN, count=4))
    found = check(drawn, out, coin=COIN, count=4)
    assert found.audit is not None and len(found.blocks) == 4 == len(set(found.audit.drawn))
    with pytest.raises(CaseError, match="drawn blocks are not opened"):
        check(drawn, out, coin=COIN, count=5)
    other = hashlib.sha256(b"tails").hexdigest()
    with pytest.raises(CaseError, match="counts as altered"):
        check(drawn, out, coin=other, count=4)


def test_chance_of_meeting_an_altered_block_against_drawing() -> None:
    """Hypergeometric: 30 of 200 drawn, 5 % altered; counted over 20,000 draws."""
    rng = np.random.default_rng(3)
    met = np.mean([rng.choice(200, 30, replace=False).min() < 10 for _ in range(20_000)])
    audit = Audit(coin="00", drawn=tuple(range(30)), of=200)
    assert abs(audit.caught(0.05) - met) < 0.012


def test_a_signed_seal_says_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILIATION_HOME", str(tmp_path / "home"))
    make_key("ours"), make_key("theirs")
    material, out, made = sealed(tmp_path, signer="ours")
    shown = opening(tmp_path, material, made, Wanted(files=("config.json",)))
    keys = tmp_path / "home" / "keys"
    assert check(shown, out, key=keys / "ours.pub").signer == made.signer != ""
    assert check(shown, out).signer == ""  # nobody's until a key was given
    with pytest.raises(CaseError, match="not signed with"):
        check(shown, out, key=keys / "theirs.pub")
    plain = tmp_path / "plain.seal"
    bare = seal(material, plain)
    with pytest.raises(CaseError, match="not signed, expected"):
        check(opening(tmp_path, material, bare, ALL), plain, key=keys / "ours.pub")


def test_an_opening_of_another_seal_is_refused(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    again = seal(material, tmp_path / "again.seal")
    shown = opening(tmp_path, material, made, ALL)
    with pytest.raises(CaseError, match="another seal"):
        check(shown, tmp_path / "again.seal")
    with pytest.raises(CaseError, match="another seal"):
        check(opening(tmp_path, material, again, ALL), out)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(at=st.integers(0, 10**9), flip=st.integers(1, 255), how=st.sampled_from("xci"))
def test_no_changed_byte_passes(
    tmp_path_factory: pytest.TempPathFactory, at: int, flip: int, how: str
) -> None:
    """Changed, cut or lengthened anywhere: refused in words."""
    raw, out = _small(tmp_path_factory)
    at %= len(raw)
    changed = {
        "x": raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :],
        "c": raw[:at],
        "i": raw[:at] + bytes([flip]) + raw[at:],
    }[how]
    path = out.with_name("changed")
    path.write_bytes(changed)
    if how == "c" and _ends_between_leaves(raw, at):
        check(path, out)  # fewer blocks are shown, and none is claimed that is not
        return
    with pytest.raises((CaseError, UnreadableError)):
        check(path, out)


_KEPT: dict[str, tuple[bytes, Path]] = {}


def _small(factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    if "it" not in _KEPT:
        at = factory.mktemp("small")
        (at / "material").mkdir()
        for name in "abc":
            (at / "material" / name).write_bytes(name.encode() * 40)
        made = seal(at / "material", at / "it.seal")
        _KEPT["it"] = (opening(at, at / "material", made, ALL).read_bytes(), at / "it.seal")
    return _KEPT["it"]


def _ends_between_leaves(raw: bytes, cut: int) -> bool:
    """Does a leaf, the table's or a later one, end exactly here?"""
    at = len(b"filiation opening 1\n")
    at += 4 + int.from_bytes(raw[at : at + 4], "big")
    while at < cut:
        length = int.from_bytes(raw[at + 36 + 192 : at + 44 + 192], "big")
        at += 44 + 192 + length
        if at == cut:
            return True
    return False


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(), "nothing to open"),
        (Wanted(tensors=("absent",)), "found 0"),
        (Wanted(files=("../config.json",)), "not in the sealed material"),
        (Wanted(tensors=("narrow",), rows=(3, 9)), "it has 7"),
        (Wanted(coin="zz" * 16, count=3), "hex digits"),
        (Wanted(coin="00", count=3), "1 bytes, expected 16"),
    ],
)
def test_what_cannot_be_opened(tmp_path: Path, wanted: Wanted, words: str) -> None:
    material, _, made = sealed(tmp_path)
    with pytest.raises(UsageError, match=words):
        unseal(material, made.secret, wanted, tmp_path / "o")


def test_nothing_is_overwritten_and_the_secret_is_its_owners(tmp_path: Path) -> None:
    material, out, made = sealed(tmp_path)
    assert made.secret.stat().st_mode & 0o077 == 0
    before = out.read_bytes(), made.secret.read_bytes()
    with pytest.raises(UsageError, match="never overwritten"):
        seal(material, out)
    out.unlink()
    with pytest.raises(UsageError, match="secret is never overwritten"):
        seal(material, out)
    assert made.secret.read_bytes() == before[1] and not out.exists()


def test_links_that_lead_out_are_not_sealed(tmp_path: Path) -> None:
    material = folder(tmp_path / "m")
    (material / "link").symlink_to("/etc/passwd")
    with pytest.raises(FiliationError, match="leads out"):
        seal(material, tmp_path / "it.seal")
    assert not list(tmp_path.glob("it.*"))

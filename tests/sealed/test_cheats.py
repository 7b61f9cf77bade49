"""A maker who reads the code: seals that hold more than one truth, and openings that lie."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which

import pytest

from filiation.errors import CaseError, FiliationError
from filiation.files import put
from filiation.model.seal import Commitment, Table, padded
from filiation.proceedings.sealing import check
from filiation.sealed.files import sealed_file
from filiation.sealed.opening import write_opening
from filiation.sealed.tree import block_head, leaf_hash, levels_of, path_of

VERIFIER = Path(__file__).resolve().parents[2] / "examples" / "verifier" / "verify.mjs"
SALT = b"s" * 32
HONEST = (
    b't{"block":1048576,"parts":[{"dtype":"","file":"a","nbytes":3,"shape":[],"tensor":"",'
    b'"what":"file"}]}'
)


def part(file: str, nbytes: int = 3, what: str = "file", tensor: str = "") -> str:
    return (
        f'{{"dtype":"","file":"{file}","nbytes":{nbytes},"shape":[],"tensor":"{tensor}",'
        f'"what":"{what}"}}'
    )


def table(*parts: str) -> bytes:
    return f't{{"block":1048576,"parts":[{",".join(parts)}]}}'.encode()


HEADER = b'{"w":{"dtype":"F32","shape":[1,3],"data_offsets":[0,12]}}'


def headed(dtype: str, shape: str, nbytes: int = 12, raw: bytes = HEADER) -> tuple[bytes, bytes]:
    """A table of one tensor, and the header that stands before it."""
    head = len(raw).to_bytes(8, "little") + raw
    told = part("m", nbytes, what="tensor", tensor="w").replace('"dtype":""', f'"dtype":"{dtype}"')
    told = told.replace('"shape":[]', f'"shape":{shape}')
    return table(part("m", len(head), what="header"), told), block_head(0, 0) + head


def lying(dtype: str, shape: str, **given: int | bytes) -> tuple[bytes, list[bytes], list[int]]:
    first, head = headed(dtype, shape, **given)  # type: ignore[arg-type]
    return first, [head, block_head(1, 0) + bytes(12)], [0, 1]


def crafted(at: Path, entries: Sequence[bytes], shown: Sequence[int]) -> tuple[Path, Path]:
    """A seal over any entries, and an opening of some of them; whoever makes it knows all."""
    filled = [*entries, *[b"p"] * (padded(len(entries)) - len(entries))]
    leaves = [leaf_hash(SALT, entry) for entry in filled]
    levels = levels_of(leaves)
    made = Commitment(root=levels[-1][0].hex(), leaves=len(leaves))
    put(at / "it.seal", sealed_file(made, None))
    with (at / "it.opening").open("wb") as file:
        write_opening(file, made, [(i, SALT, path_of(levels, i), filled[i]) for i in shown])
    return at / "it.opening", at / "it.seal"


BLOCK = block_head(0, 0) + b"abc"
CHEATS = {
    "a file twice": (table(part("a"), part("a")), [BLOCK, block_head(1, 0) + b"xyz"], [0, 1]),
    "a block that says it is another's": (HONEST, [block_head(1, 0) + b"abc"], [0, 1]),
    "a block longer than the table says": (HONEST, [BLOCK + b"d"], [0, 1]),
    "a second block where padding belongs": (HONEST, [BLOCK, BLOCK], [0, 1, 2]),
    "no table": (HONEST, [BLOCK], [1]),
    "a block as the table": (BLOCK, [BLOCK], [0, 1]),
    "a path that leads out": (table(part("../a")), [BLOCK], [0, 1]),
    "an absolute path": (table(part("/etc/a")), [BLOCK], [0, 1]),
    "a file that is a folder, too": (table(part("a"), part("a/b")), [BLOCK, BLOCK], [0]),
    "a file that is tensors, too": (
        table(part("a"), part("a", what="tensor", tensor="t")), [BLOCK, BLOCK], [0]),
    "more blocks than leaves": (table(part("a", nbytes=1 << 40)), [BLOCK], [0]),
    "a negative size": (table(part("a", nbytes=-1)), [BLOCK], [0]),
    "a size that is no number": (HONEST.replace(b'"nbytes":3', b'"nbytes":"3"'), [BLOCK], [0]),
    "blocks of another size": (HONEST.replace(b"1048576", b"1048577"), [BLOCK], [0]),
    "a key twice": (HONEST.replace(b'{"block"', b'{"block":1,"block"'), [BLOCK], [0]),
    "no JSON": (b"t{", [BLOCK], [0]),
    "a leaf twice": (HONEST, [BLOCK], [0, 1, 1]),
    "another type than the header's": lying("I32", "[1,3]"),
    "another shape than the header's": lying("F32", "[3,1]"),
    "another size than the header's": lying("F32", "[1,3]", nbytes=11),
    "a header that is none": lying("F32", "[1,3]", raw=b"no"),
    "leaves out of order": (
        table(part("a"), part("b")), [BLOCK, block_head(1, 0) + b"abc"], [0, 2, 1]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_a_crafted_seal_is_refused(tmp_path: Path, name: str) -> None:
    first, blocks, shown = CHEATS[name]
    opening, seal = crafted(tmp_path, [first, *blocks], shown)
    with pytest.raises(FiliationError):
        check(opening, seal, out=tmp_path / "out")
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".partial-*"))


@pytest.mark.skipif(which("node") is None, reason="the second verifier runs under Node.js")
@pytest.mark.parametrize("name", sorted(set(CHEATS) - {"a key twice"}))
def test_the_second_verifier_refuses_the_same(tmp_path: Path, name: str) -> None:
    first, blocks, shown = CHEATS[name]
    opening, seal = crafted(tmp_path, [first, *blocks], shown)
    done = subprocess.run(["node", VERIFIER, opening, seal], capture_output=True, text=True)
    assert done.returncode == 3, f"{done.stdout}{done.stderr}"


def test_the_honest_one_passes(tmp_path: Path) -> None:
    """The same hands, without a cheat: so the tests above refuse what they name."""
    found = check(*crafted(tmp_path, [HONEST, BLOCK], [0, 1]), out=tmp_path / "out")
    assert found.whole == (0,)
    assert (tmp_path / "out" / "a").read_bytes() == b"abc"


def test_a_header_that_the_table_repeats_passes(tmp_path: Path) -> None:
    first, blocks, shown = lying("F32", "[1,3]")
    found = check(*crafted(tmp_path, [first, *blocks], shown))
    assert found.whole == (0,)


def test_a_table_with_a_part_twice_is_no_table() -> None:
    from filiation.sealed.tree import table_from

    one = {"what": "tensor", "file": "m", "nbytes": 1, "tensor": "t", "dtype": "F32", "shape": [1]}
    with pytest.raises(CaseError, match="open whichever suits"):
        table_from({"block": 1 << 20, "parts": [one, one]}, "it")
    assert Table(parts=()).blocks == 0

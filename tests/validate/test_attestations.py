"""Attestations that real hardware signed, under its makers' real roots; none is ours to keep.

ATTESTATIONS names a folder with such documents (`.bin`, `.dat`; `.b64` in base64, `.hex`) and, in
`roots` below it, the certificates of their makers and of the chips. Public repositories hold both
among their tests: google/go-sev-guest, google/go-tdx-guest, virtee/sev,
confidential-containers/trustee (AMD, Intel), capeprivacy/cape-js, EternisAI (AWS).
"""

import base64
import os
import random
from pathlib import Path

import pytest

from filiation.errors import FiliationError
from filiation.sealed.attestation.chains import read_roots, vendor_of
from filiation.sealed.attestation.documents import check

FOLDER = Path(os.environ.get("ATTESTATIONS", "attestations"))
NAMED = sorted(path for path in FOLDER.glob("*") if path.suffix in (".bin", ".dat", ".b64", ".hex"))
pytestmark = [
    pytest.mark.validate,
    pytest.mark.skipif(not NAMED, reason="no real attestations at hand (ATTESTATIONS)"),
]


def document(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.suffix == ".b64":
        return base64.b64decode(raw)
    return bytes.fromhex(raw.decode()) if path.suffix == ".hex" else raw


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.name)
def test_a_real_document_holds_under_its_makers_root(path: Path) -> None:
    """Unless its name says that it is a bad one, as its owners' tests have it."""
    roots = read_roots(FOLDER / "roots")
    raw = document(path)
    if "bad" in path.name:
        with pytest.raises(FiliationError):
            check(raw, roots, path.name)
        return
    found = check(raw, roots, path.name)
    assert vendor_of(found.chain, found.platform)
    assert found.measurements and found.chain.begin < found.chain.end
    rng = random.Random(path.name)
    whole = len(raw.rstrip(b"\0"))  # what is handed out of a machine may be padded
    for place in rng.sample(range(whole), 300):
        forged = bytearray(raw)
        forged[place] ^= 1 << rng.randrange(8)
        with pytest.raises(FiliationError):
            check(bytes(forged), roots, path.name)


def test_all_three_makers_are_among_them() -> None:
    roots = read_roots(FOLDER / "roots")
    found = [check(document(path), roots, path.name) for path in NAMED if "bad" not in path.name]
    assert {one.platform for one in found} == {"nitro", "sev-snp", "tdx"}

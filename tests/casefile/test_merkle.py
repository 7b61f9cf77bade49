"""The tree against the vectors of Certificate Transparency, and against the laws of RFC 9162."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.casefile.ledger.merkle import (
    EMPTY,
    Growing,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    tree_root,
)

# Inputs, roots and proofs of merkletree's own test in google/certificate-transparency
# (cpp/merkletree/merkle_tree_test.cc), which RFC 6962's implementations share.
INPUTS = (
    *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUDED_0_OF_8 = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
CONSISTENT_6_TO_8 = (
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
)
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]
entries = st.lists(st.binary(max_size=4), min_size=1, max_size=40)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_against_published_vectors(size: int) -> None:
    assert tree_root(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert tree_root([]) == EMPTY == hashlib.sha256(b"").digest()


def test_proofs_against_published_vectors() -> None:
    assert [p.hex() for p in inclusion_proof(LEAVES, 0)] == list(INCLUDED_0_OF_8)
    assert [p.hex() for p in consistency_proof(LEAVES, 6)] == list(CONSISTENT_6_TO_8)


@given(entries, st.data())
def test_every_leaf_is_included_and_no_other_passes(raw: list[bytes], data: st.DataObject) -> None:
    leaves = [leaf_hash(one + bytes([n])) for n, one in enumerate(raw)]
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, root = inclusion_proof(leaves, index), tree_root(leaves)

    assert is_included(leaves[index], index, len(leaves), proof, root)
    assert not is_included(leaf_hash(b"another"), index, len(leaves), proof, root)
    assert not is_included(leaves[index], index, len(leaves), [*proof, EMPTY], root)
    assert not is_included(leaves[index], len(leaves), len(leaves), proof, root)
    for other in range(len(leaves)):
        if other != index:
            assert not is_included(leaves[index], other, len(leaves), proof, root)


@given(entries, st.data())
def test_a_log_that_grew_is_consistent_and_a_rewritten_one_is_not(
    raw: list[bytes], data: st.DataObject
) -> None:
    leaves = [leaf_hash(one + bytes([n])) for n, one in enumerate(raw)]
    first = data.draw(st.integers(1, len(leaves)))
    proof, root = consistency_proof(leaves, first), tree_root(leaves)
    before = tree_root(leaves[:first])

    assert is_consistent(first, before, len(leaves), root, proof)
    rewritten = [leaf_hash(b"another"), *leaves[1:]]
    assert not is_consistent(first, tree_root(rewritten[:first]), len(leaves), root, proof)
    assert not is_consistent(first, before, len(leaves), EMPTY, proof)


@given(st.lists(st.binary(max_size=2), max_size=70))
def test_growing_against_the_recursive_definition(raw: list[bytes]) -> None:
    def recursive(leaves: list[bytes]) -> bytes:
        if len(leaves) < 2:
            return leaves[0] if leaves else EMPTY
        cut = 1
        while cut * 2 < len(leaves):
            cut *= 2
        both = recursive(leaves[:cut]) + recursive(leaves[cut:])
        return hashlib.sha256(b"\x01" + both).digest()

    leaves = [leaf_hash(one) for one in raw]
    assert Growing(leaves).root == recursive(leaves)

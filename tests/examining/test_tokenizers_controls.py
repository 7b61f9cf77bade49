"""A control that is itself a copy is never called independent, and what it takes is said."""

import base64
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import bpe
import filiation as fl


def saved(folder: Path, name: str, made: Sequence[bytes]) -> str:
    tokens = [*(bytes([n]) for n in range(256)), *made]
    path = folder / f"{name}.tiktoken"
    path.write_bytes(b"".join(base64.b64encode(t) + b" %d\n" % n for n, t in enumerate(tokens)))
    return str(path)


@pytest.fixture(scope="module")
def made() -> list[bytes]:
    pairs = bpe.merges(bpe.text(bpe.language(0), 0), 1_200)
    return list(dict.fromkeys(a + b for a, b in pairs))


def shuffled(made: list[bytes], share: float) -> list[bytes]:
    """Every so many blocks of 16 in another order."""
    rng, out = np.random.default_rng(3), list(made)
    for at in range(0, len(out) - 16, 16):
        if rng.random() < share:
            part = out[at : at + 16]
            out[at : at + 16] = [part[n] for n in rng.permutation(16)]
    return out


def test_a_copy_among_the_controls_is_called_a_relative(tmp_path: Path, made: list[bytes]) -> None:
    source, half = saved(tmp_path, "source", made), shuffled(made, 0.12)
    subject, third = saved(tmp_path, "subject", half), saved(tmp_path, "third", half)
    alone = fl.examine(subject, source=source).record.conclusions[0]
    (found,) = fl.examine(subject, source=source, controls=[third]).record.conclusions
    assert alone.support.toward == "derivation"
    assert [control.standing for control in found.controls] == ["relative"]
    assert any("third, a control, keeps all" in note for note in found.notes)
    assert any("the same tokens, most ids kept" in note for note in found.notes)


def test_a_stranger_among_them_is_independent(tmp_path: Path, made: list[bytes]) -> None:
    other = bpe.merges(bpe.text(bpe.language(0), 8), 1_200)
    stranger = saved(tmp_path, "stranger", list(dict.fromkeys(a + b for a, b in other)))
    source, copy = saved(tmp_path, "source", made), saved(tmp_path, "copy", made[::2])
    (found,) = fl.examine(copy, source=source, controls=[stranger]).record.conclusions
    assert found.support.toward == "derivation"
    assert [control.standing for control in found.controls] == ["independent"]

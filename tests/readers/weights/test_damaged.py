"""No damaged or odd file of any container ends in a traceback, and none is read without end.

Each file is cut, its bits are turned, its lengths are blown up, and other formats' bytes are put
in its place; every attempt must be refused in words, or be read to the end.
"""

import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import foreign
import shards
from builders import llama, safetensors_bytes
from containers import write_legacy_torch, write_torch
from filiation.errors import FiliationError
from filiation.readers.weights.checkpoint import open_model

TOY = {n: a for n, (_, a) in llama(layers=1, width=8, hidden=12, vocabulary=16).items()}
FEW, MANY = 5, 60  # attempts of each kind of damage

Damage = Callable[[bytes, random.Random], bytes]


def keras_h5(path: Path) -> Path:
    path.write_bytes(foreign.hdf5(foreign.keras_names(TOY)))
    return path


def stored(path: Path) -> Path:
    path.write_bytes(safetensors_bytes({n: ("F32", a) for n, a in TOY.items()}))
    return path


FILES = {"m/model.safetensors": safetensors_bytes({n: ("F32", a) for n, a in TOY.items()})}
WRITTEN: dict[str, Callable[[Path], Path]] = {
    "safetensors": lambda at: stored(at / "m.safetensors"),
    "torch": lambda at: write_torch(at / "m.bin", TOY),
    "torch, old": lambda at: write_legacy_torch(at / "m.pt", TOY),
    "CTranslate2": lambda at: foreign.write_ctranslate2(at / "model.bin", TOY, int8=True),
    "Flax": lambda at: foreign.write_flax(at / "m.msgpack", TOY, chunk=300),
    "HDF5": lambda at: keras_h5(at / "m.h5"),
    "Keras": lambda at: foreign.write_keras(at / "m.keras", TOY),
    "Paddle": lambda at: foreign.write_paddle(at / "m.pdparams", TOY),
    "npz": lambda at: foreign.write_npz(at / "m.npz", TOY),
    "npz, packed": lambda at: foreign.write_npz(at / "m.npz", TOY, packed=True),
    "DCP records": lambda at: shards.write_distributed(at / "d", TOY) / ".metadata",
    "DCP pieces": lambda at: shards.write_distributed(at / "d", TOY) / "__0_0.distcp",
    "Meta": lambda at: shards.write_meta(at / "d", TOY) / "consolidated.00.pth",
    "Meta's params": lambda at: shards.write_meta(at / "d", TOY) / "params.json",
    "Megatron": lambda at: next(
        shards.write_megatron(at / "d", TOY, stages=1).rglob("mp_rank_01*/*.pt")
    ),
    "zip": lambda at: shards.write_zip(at / "m.zip", FILES),
    "tar": lambda at: shards.write_tar(at / "m.tar", FILES),
    "tar.gz": lambda at: shards.write_tar(at / "m.tar.gz", FILES),
}


def cut(raw: bytes, draw: random.Random) -> bytes:
    return raw[: draw.randrange(len(raw))]


def turned(raw: bytes, draw: random.Random) -> bytes:
    """One to eight bits turned, more often near the front, where descriptions stand."""
    whole = bytearray(raw)
    for _ in range(draw.randint(1, 8)):
        whole[int(len(whole) * draw.random() ** 3)] ^= 1 << draw.randrange(8)
    return bytes(whole)


def blown(raw: bytes, draw: random.Random) -> bytes:
    """Four or eight bytes, aligned or not, that claim the largest of lengths."""
    whole, at = bytearray(raw), int(len(raw) * draw.random() ** 3)
    run = draw.choice(
        [b"\xff" * 8, b"\xff" * 4, b"\xff\xff\xff\x7f", bytes(8), b"\x00\x00\x00\x80"]
    )
    whole[at : at + len(run)] = run
    return bytes(whole[: len(raw)])


def longer(raw: bytes, draw: random.Random) -> bytes:
    return raw + draw.randbytes(draw.randint(1, 600))


def moved(raw: bytes, draw: random.Random) -> bytes:
    """A run of bytes stands twice."""
    at, to = draw.randrange(len(raw)), draw.randrange(len(raw))
    return raw[:to] + raw[at : at + draw.randint(1, 200)] + raw[to:]


DAMAGES: tuple[Damage, ...] = (cut, turned, blown, longer, moved)
ODD: tuple[bytes, ...] = (
    b"", b"\0", b"\x80", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x89HDF\r\n\x1a\n", b"{}",
    b"\x81\xa1a\xc0", b"\x80\x04}.", b"\x93NUMPY\x01\0\xff\xff", bytes(4096), b"\xff" * 4096,
    b"\xdf\xff\xff\xff\xff", b"\x91" * 100_000, b"\x06\0\0\0" + b"\xff\xff", b"BZh9",
    b"\x1f\x8b\x08",
)  # fmt: skip


def attempt(target: Path) -> None:
    """Open and read to the end, or be refused."""
    try:
        model = open_model(target)
        for info in model.tensors:
            for first, raw in model.blocks(info.name):
                model.check_finite(info.name, first, raw)
                if info.name not in model.layout.unreadable:
                    model.decode(info.name, first, raw)
    except FiliationError as error:
        assert str(error).isprintable() and len(str(error)) < 2_000


def attempts(raw: bytes, count: int, seed: str) -> Iterator[bytes]:
    draw = random.Random(seed)
    for damage in DAMAGES:
        for _ in range(count):
            yield damage(raw, draw)


def tried(at: Path, kind: str, count: int) -> None:
    file = WRITTEN[kind](at)
    whole = file.read_bytes()
    target = at / "d" if (at / "d").is_dir() else file
    attempt(target)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for raw in (*attempts(whole, count, kind), *(ODD if count > FEW else ODD[::4])):
            file.write_bytes(raw)
            attempt(target)


@pytest.mark.parametrize("kind", WRITTEN)
def test_no_damage_ends_in_a_traceback(tmp_path: Path, kind: str) -> None:
    tried(tmp_path, kind, FEW)


@pytest.mark.validate
@pytest.mark.parametrize("kind", WRITTEN)
def test_no_damage_ends_in_a_traceback_in_thousands_of_attempts(tmp_path: Path, kind: str) -> None:
    tried(tmp_path, kind, MANY)

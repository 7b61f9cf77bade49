"""torch checkpoints: read as descriptions; what asks for more is refused, and nothing is run."""

import argparse
import io
import pickle
import struct
from collections import Counter, defaultdict, deque
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders
import containers
from filiation.errors import FiliationError, UnreadableError
from filiation.readers.bytes.torch_archive import open_pickle, open_torch
from filiation.readers.bytes.torch_pickle import read_pickle
from filiation.readers.bytes.torch_records import Inert, TensorRef
from filiation.readers.bytes.torch_tensors import find_tensors
from filiation.readers.weights.checkpoint import open_model

RAN: list[str] = []


def toy() -> dict[str, np.ndarray]:
    return {n: a for n, (_, a) in builders.llama(layers=2).items()}


def refusal(raw: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        found, _ = read_pickle(memoryview(raw), what="m.bin")
        find_tensors(found, what="m.bin")
    return str(caught.value)


def archive(path: Path, **members: bytes) -> Path:
    named = {"a/" + name.replace("__", "/"): raw for name, raw in members.items()}
    path.write_bytes(containers.zip_bytes(named))
    return path


def tensor(size: bytes, stride: bytes, *, offset: bytes = b"K\x00", key: bytes = b"0") -> bytes:
    storage = b"(U\x07storagectorch\nFloatStorage\nU" + bytes([len(key)]) + key + b"U\x03cpuK\x06tQ"
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + size + stride
        + b"\x89ccollections\nOrderedDict\n)RtR"
    )  # fmt: skip


def state(one: bytes) -> bytes:
    return b"\x80\x02}U\x01w" + one + b"s."


@pytest.mark.parametrize("write", [containers.write_torch, containers.write_legacy_torch])
def test_a_checkpoint_is_the_model_that_was_written(tmp_path: Path, write: Any) -> None:
    weights = toy()
    builders.write_folder(tmp_path / "s", {n: ("F32", a) for n, a in weights.items()})
    model, other = open_model(write(tmp_path / "m.bin", weights)), open_model(tmp_path / "s")

    assert model.tensors == other.tensors and model.layout == other.layout
    for name, array in weights.items():
        assert b"".join(bytes(raw) for _, raw in model.blocks(name)) == array.tobytes()


def test_a_wrapper_of_the_state_dict_is_left_out(tmp_path: Path) -> None:
    made = containers.write_torch(tmp_path / "m.pt", toy(), wrapper="state_dict")

    assert {t.name for t in open_model(made).tensors} == set(toy())


def test_shards_with_an_index(tmp_path: Path) -> None:
    import json

    weights = toy()
    names = list(weights)
    shards = {"pytorch_model-1.bin": names[::2], "pytorch_model-2.bin": names[1::2]}
    for file, chosen in shards.items():
        containers.write_torch(tmp_path / file, {n: weights[n] for n in chosen})
    told = {name: file for file, chosen in shards.items() for name in chosen}
    index = tmp_path / "pytorch_model.bin.index.json"
    index.write_text(json.dumps({"weight_map": told}))
    assert {t.name for t in open_model(tmp_path).tensors} == set(weights)

    index.write_text(json.dumps({"weight_map": dict.fromkeys(names, "../x.bin")}))
    with pytest.raises(UnreadableError, match="expected the plain name of a bin file beside it"):
        open_model(tmp_path)


def test_what_training_leaves_beside_a_model_is_no_model(tmp_path: Path) -> None:
    containers.write_torch(tmp_path / "model.pt", toy())
    for name in ("training_args.bin", "optimizer.pt", "scheduler.pt", "rng_state_0.pth"):
        (tmp_path / name).write_bytes(b"\x80\x02.")
    assert len(open_model(tmp_path).layout.layers) == 2


def test_a_transposed_view_is_read_as_what_it_shows(tmp_path: Path) -> None:
    """torch.save keeps strides: weight.t() is stored as weight, with its axes swapped."""
    values = np.arange(6, dtype=np.float32)
    raw = state(tensor(b"K\x03K\x02\x86", b"K\x01K\x03\x86"))
    made = archive(tmp_path / "m.bin", **{"data.pkl": raw, "data__0": values.tobytes()})
    model = open_model(made)

    assert model.layout.transposed == {"w"} and model.tensors[0].shape == (2, 3)
    assert np.array_equal(model.rows("w", [0, 2]), values.reshape(2, 3).T[[0, 2]])


def test_any_other_view_is_digested_and_not_read(tmp_path: Path) -> None:
    raw = state(tensor(b"K\x02K\x02\x86", b"K\x03K\x01\x86"))
    made = archive(tmp_path / "m.bin", **{"data.pkl": raw, "data__0": bytes(24)})
    model = open_model(made)

    assert model.tensors[0].shape == (5,)
    assert model.layout.skipped[0].reason == "a view with strides [3, 1] of its storage"


class Runs:
    """Unpickling this appends to RAN."""

    def __reduce__(self) -> tuple[Any, ...]:
        return RAN.append, ("ran",)


class Sets:
    """Unpickling this sets an attribute."""

    def __init__(self) -> None:
        self.kept = 1


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("hostile", [Runs(), Sets(), io.StringIO, print])
def test_whatever_could_run_is_refused_and_not_run(hostile: object, protocol: int) -> None:
    raw = pickle.dumps({"w": hostile}, protocol=protocol)
    words = refusal(raw)

    assert "refused" in words and not RAN
    assert ("global '" in words and "no state dict needs" in words) or "opcode" in words


BESIDE = {
    "args": argparse.Namespace(lr=0.1, out=PurePosixPath("runs/1"), more=argparse.Namespace(a=1)),
    "best": np.float32(1.5),
    "steps": np.int64(3),
    "seen": {1, 2},
    "fixed": frozenset("ab"),
    "phase": 3j,
    "losses": defaultdict(list, {"a": [1.0]}),
    "counts": Counter("aab"),
    "last": deque([1, 2]),
    "when": datetime(2026, 3, 2, tzinfo=UTC),
    "types": SimpleNamespace(kind=float),
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", BESIDE)
def test_what_training_leaves_beside_weights_is_inert(name: str, protocol: int) -> None:
    raw = pickle.dumps({name: BESIDE[name]}, protocol=protocol)
    found, used = read_pickle(memoryview(raw), what="m.bin")
    assert used == len(raw) and isinstance(found[name], Inert | dict)
    assert find_tensors(found, what="m.bin") == ({}, {})


def test_weights_beside_such_records_are_read(tmp_path: Path) -> None:
    """Also those within one: nothing that is a tensor is passed over."""
    weights = toy()
    raw = [b"\x80\x02}("]
    for name, value in BESIDE.items():
        raw += [pickle.dumps(name, protocol=2)[2:-1], pickle.dumps(value, protocol=2)[2:-1]]
    model = containers.torch_pickle(weights)[2:-1]
    raw += [pickle.dumps("model", protocol=2)[2:-1], model, b"u."]
    stored = {f"data__{n}": np.ascontiguousarray(a).tobytes() for n, a in weights.items()}
    made = archive(tmp_path / "m.pt", **{"data.pkl": b"".join(raw)}, **stored)
    assert {t.name for t in open_model(made).tensors} == set(weights)

    within = (
        b"\x80\x02cargparse\nNamespace\n)\x81}U\x01w" + tensor(b"K\x02\x85", b"K\x01\x85") + b"sb."
    )
    found, _ = read_pickle(memoryview(within), what="m.bin")
    assert list(find_tensors(found, what="m.bin")[0]) == ["w"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"cos\nsystem\n(S'true'\ntR.", "asks for the global 'os.system'"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "asks for the global 'os.system'"),
        (b"ctorch\nload\n.", "asks for the global 'torch.load'"),
        (b"ctorch\nfloat32\n)R.", "the pickle calls torch.float32"),
        (b"(S'true'\nios\nsystem\n.", "opcode INST"),
        (b"\x82\x01.", "opcode EXT1"),
        (b"\x80\x02})\x81.", "makes an object of what is no global"),
        (b"\x80\x02ctorch\nfloat32\n)\x81.", "makes an object of torch.float32"),
        (b"Pkey\n.", "opcode PERSID"),
        (b"\x80\x05\x97.", "opcode NEXT_BUFFER"),
        (b"S'a'\nQ.", "a persistent id is 'a', expected a storage"),
        (b"ccollections\nOrderedDict\n}b.", "the pickle sets the state of an object"),
        (b"K\x01)R.", "the pickle calls what is no global"),
        (b"}]K\x01s.", "neither text nor numbers"),
        (b"]K\x01K\x02s.", "set in what is no dict"),
        (b"}K\x01a.", "appended to what is no list"),
        (b"K\x01K\x02.", "ends with 2 values"),
        (b"u.", "not a pickle that torch.save writes"),
        (b"K\x01K\x02t.", "has no beginning"),
        (b"", "not a pickle that torch.save writes"),
        (b"\x80\x02}", "not a pickle that torch.save writes"),
        (b"h\x07.", "KeyError"),
        (b"T" + b"\xff\xff\xff\x7f" + b"x.", "expected 2147483647 bytes"),
        (b"I" + b"9" * 9000 + b"\n.", "not a pickle that torch.save writes"),
        (state(tensor(b"J\xff\xff\xff\xff\x85", b"K\x01\x85")), "a tensor's size is -1"),
        (state(tensor(b"K\x01\x85", b"K\x01K\x01\x86")), "1 axes has 2 strides"),
        (state(tensor(b"N", b"K\x01\x85")), "a tensor's size is None"),
    ],
)
def test_what_is_refused(raw: bytes, words: str) -> None:
    assert words in refusal(raw)


def test_a_huge_memo_index_reserves_nothing() -> None:
    """The C Unpickler would ask for 64 GB here."""
    found, _ = read_pickle(memoryview(b"K\x01r\xff\xff\xff\xff."), what="m")
    assert found == 1


def test_a_list_of_lists_of_lists_is_not_walked_for_ever() -> None:
    inner = (b"]q%c(" % (n + 1) + b"h%c" % n * 40 + b"e" for n in range(12))
    assert "nested without end" in refusal(b"(]q\x00" + b"".join(inner) + b"l.")


def test_a_deep_tuple_as_a_key_does_not_end_the_process() -> None:
    assert "neither text nor numbers" in refusal(b"}(" + b")" + b"\x85" * 200_000 + b"K\x01u.")


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"x": b"1"}, "a zip archive with 0 data.pkl"),
        ({"data.pkl": b"}.", "byteorder": b"big"}, "big-endian"),
        ({"data.pkl": state(tensor(b"K\x06\x85", b"K\x01\x85"))}, "storage '0' is missing"),
        (
            {"data.pkl": state(tensor(b"K\x07\x85", b"K\x01\x85")), "data__0": bytes(24)},
            "ends 7 values into a storage of 6",
        ),
        (
            {
                "data.pkl": state(tensor(b"K\x02\x85", b"J\xff\xff\xff\x7f\x85")),
                "data__0": bytes(24),
            },
            "ends 2147483648 values into a storage of 6",
        ),
    ],
)
def test_archives_that_contradict_themselves(
    tmp_path: Path, members: dict[str, bytes], words: str
) -> None:
    made = archive(tmp_path / "m.bin", **members)
    with pytest.raises(UnreadableError) as caught:
        open_torch(made)
    assert words in str(caught.value)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    members = {"a/data.pkl": b"}.", "a/data/0": bytes(10_000_000)}
    (tmp_path / "m.bin").write_bytes(containers.zip_bytes(members, deflated=True))
    with pytest.raises(UnreadableError, match="is compressed, torch"):
        open_torch(tmp_path / "m.bin")


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    made = archive(tmp_path / "m.bin", **{"data.pkl": b"}.", "data__0": bytes(8)})
    raw = bytearray(made.read_bytes())
    directory = raw.rindex(b"PK\x01\x02")
    size = struct.pack("<I", len(raw) - raw.index(b"PK\x03\x04", 1) - 30 - 8)
    raw[directory + 20 : directory + 28] = size * 2  # now it reaches over the directory
    first = raw.index(b"PK\x01\x02")
    raw[first + 20 : first + 28] = struct.pack("<I", 60) * 2
    made.write_bytes(raw)
    with pytest.raises(UnreadableError, match="overlaps another"):
        open_torch(made)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw[:-1], "no end record"),
        (lambda raw: raw[:30] + b"X" + raw[31:], "in its own header"),
        (
            lambda raw: raw[:-10] + struct.pack("<I", 2**31) + raw[-6:],
            "claims a directory of 2147483648",
        ),
    ],
)
def test_a_damaged_archive(tmp_path: Path, change: Any, words: str) -> None:
    made = archive(tmp_path / "m.bin", **{"data.pkl": b"}.", "data__0": bytes(8)})
    made.write_bytes(change(made.read_bytes()))
    with pytest.raises(UnreadableError, match=words):
        open_torch(made)


def test_a_pickle_that_torch_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "m.bin").write_bytes(pickle.dumps({"w": 1}))
    with pytest.raises(UnreadableError, match=r"a Python pickle that torch.save did not write"):
        open_torch(tmp_path / "m.bin")


@given(st.binary(max_size=120))
def test_any_pickle_is_read_or_refused(raw: bytes) -> None:
    _read_or_refuse(raw)


@given(st.data())
def test_a_damaged_pickle_is_read_or_refused(data: st.DataObject) -> None:
    raw = containers.torch_pickle({"a": np.zeros((2, 3), np.float32), "b": np.zeros(2, np.int64)})
    at = data.draw(st.integers(0, len(raw) - 1))
    change = data.draw(st.binary(max_size=6))
    _read_or_refuse(raw[:at] + change + raw[at + len(change) :])


def _read_or_refuse(raw: bytes) -> None:
    try:
        found, used = read_pickle(memoryview(raw), what="m")
        tensors, _ = find_tensors(found, what="m")
    except FiliationError:
        return
    assert used <= len(raw) and all(isinstance(t, TensorRef) for t in tensors.values())


@pytest.mark.parametrize("protocol", range(2, 5))
def test_arrays_of_numpy_are_tensors_and_are_not_unpickled(tmp_path: Path, protocol: int) -> None:
    weights = toy()
    turned = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    path = tmp_path / "m.pdparams"
    path.write_bytes(pickle.dumps({**weights, "turned": turned}, protocol=protocol))
    opened = open_pickle(path)

    for name, array in weights.items():
        source, entry = opened.places[name]
        assert bytes(source.view(entry.start, entry.start + entry.info.nbytes)) == array.tobytes()
    assert opened.transposed == {"turned"} and opened.places["turned"][1].info.shape == (3, 2)

    path.write_bytes(pickle.dumps({"w": np.array([print], dtype=object)}, protocol=protocol))
    with pytest.raises(UnreadableError, match=r"print|is not of plain numbers"):
        open_pickle(path)

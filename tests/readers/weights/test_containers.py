"""Is a model the same in every container? Its values by role, against the folder it came from."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import foreign
import shards
from builders import llama, safetensors_bytes, write_folder
from filiation.readers.packages.walk import Walk
from filiation.readers.weights.checkpoint import Checkpoint, open_model

TOY = {
    name: array for name, (_, array) in llama(layers=2, width=16, hidden=24, vocabulary=32).items()
}
FILES = {
    "m/config.json": b'{"model_type": "llama", "num_attention_heads": 4, "num_key_value_heads": 2}',
    "m/model.safetensors": safetensors_bytes({n: ("F32", a) for n, a in TOY.items()}),
}


def configured(folder: Path) -> Path:
    (folder / "config.json").write_bytes(FILES["m/config.json"])
    return folder


def h5(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    path.write_bytes(foreign.hdf5(arrays))
    return path


WRITTEN: dict[str, Callable[[Path], Path]] = {
    "CTranslate2": lambda at: foreign.write_ctranslate2(at / "model.bin", TOY).parent,
    "Flax": lambda at: foreign.write_flax(configured(at) / "flax_model.msgpack", TOY).parent,
    "Flax, chunks": lambda at: foreign.write_flax(configured(at) / "m.msgpack", TOY, chunk=700),
    "TensorFlow": lambda at: (
        h5(configured(at) / "tf_model.h5", foreign.tensorflow_names(TOY)).parent
    ),
    "Keras h5": lambda at: h5(configured(at) / "model.weights.h5", foreign.keras_names(TOY)),
    "Keras": lambda at: foreign.write_keras(configured(at) / "m.keras", TOY),
    "Keras, packed": lambda at: foreign.write_keras(configured(at) / "m.keras", TOY, deflated=True),
    "Paddle": lambda at: foreign.write_paddle(configured(at) / "model_state.pdparams", TOY).parent,
    "npz": lambda at: foreign.write_npz(configured(at) / "weights.npz", TOY).parent,
    "npz, packed": lambda at: foreign.write_npz(configured(at) / "w.npz", TOY, packed=True),
    "DCP": lambda at: shards.write_distributed(configured(at), TOY),
    "Meta": lambda at: shards.write_meta(at, TOY),
    "Meta, one part": lambda at: shards.write_meta(at, TOY, parts=1),
    "Mistral": lambda at: shards.write_mistral(at, TOY),
    "Megatron": lambda at: shards.write_megatron(configured(at), TOY),
    "Megatron, one rank": lambda at: shards.write_megatron(at, TOY, tensor=1, stages=1),
    "zip": lambda at: shards.write_zip(at / "m.zip", FILES),
    "zip, stored": lambda at: shards.write_zip(at / "m.zip", FILES, deflated=False),
    "wheel": lambda at: shards.write_zip(at / "m-1-py3-none-any.whl", FILES),
    "tar": lambda at: shards.write_tar(at / "m.tar", FILES),
    "tar.gz": lambda at: shards.write_tar(at / "m.tar.gz", FILES),
}


def matrices(model: Checkpoint) -> dict[tuple[int, str], np.ndarray]:
    """Every matrix by layer and role, its units as rows."""
    found = {}
    for n, layer in enumerate(model.layout.layers):
        for one in (*layer.matrices, *layer.attention):
            info = next(info for info in model.tensors if info.name == one.tensor)
            raw = [
                model.decode(one.tensor, first, block) for first, block in model.blocks(one.tensor)
            ]
            whole = np.concatenate(raw).reshape(info.shape)
            whole = whole if one.unit_axis == 0 else whole.T
            places = [place + k for place, unit in one.runs for k in range(one.run or one.units)]
            found[n, one.role] = whole[places]
    return found


def tables(model: Checkpoint) -> list[np.ndarray]:
    ends = (model.layout.embed, model.layout.unembed)
    return [model.rows(name, range(32)) for name in ends if name is not None]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    folder = tmp_path_factory.mktemp("plain")
    return open_model(write_folder(configured(folder), {n: ("F32", a) for n, a in TOY.items()}))


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_model_is_the_same_in_every_container(
    tmp_path: Path, plain: Checkpoint, kind: str
) -> None:
    model = open_model(WRITTEN[kind](tmp_path))
    expected, found = matrices(plain), matrices(model)

    assert not model.layout.guessed and set(found) == set(expected)
    for place, array in expected.items():
        assert np.array_equal(found[place], array), place
    for one, other in zip(tables(model), tables(plain), strict=True):
        assert np.array_equal(one, other)
    gains = [[m.gain and m.gain.tensor for m in layer.matrices] for layer in model.layout.layers]
    assert all(one for layer, wanted in zip(gains, plain.layout.layers, strict=True)
               for one, m in zip(layer, wanted.matrices, strict=True) if m.gain)  # fmt: skip
    assert model.layout.final_gain is not None
    assert [s.reason for s in model.layout.skipped if s.unread] == []


def test_int8_of_ctranslate2_is_divided_by_its_scales(tmp_path: Path, plain: Checkpoint) -> None:
    model = open_model(foreign.write_ctranslate2(tmp_path / "model.bin", TOY, int8=True))
    expected, found = matrices(plain), matrices(model)

    for place, array in expected.items():
        step = np.abs(array).max() / 127
        assert np.abs(found[place] - array).max() <= step, place
    assert [(s.tensor, s.reason) for s in model.layout.set_aside] == [
        ("decoder/tied/weight", "another name of decoder/embeddings/weight")
    ]


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_scan_finds_one_model_in_every_container(tmp_path: Path, kind: str) -> None:
    for folder in ("m", "s"):
        (tmp_path / folder).mkdir()
    WRITTEN[kind](tmp_path / "m")
    held = {str(p.relative_to(tmp_path)): p.read_bytes() for p in (tmp_path / "m").rglob("*.*")}
    packed = shards.write_zip(tmp_path / "m.zip", {n: raw for n, raw in held.items()})
    for path in (tmp_path / "m", packed):
        read = []
        for place in Walk(scratch=tmp_path / "s", step=lambda doing: None).places(path):
            assert not place.failed, place
            read.append(len(open_model(place.path).layout.layers))
        assert read == [2]

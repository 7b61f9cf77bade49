"""How far an encoding may move a weight, and that files are whole."""

import hashlib
import json

import numpy as np
import pytest

from casebook.checkpoint import (
    EightBit,
    FourBit,
    Half,
    clear_partial,
    decode,
    is_projection,
    read_stored,
    write_model,
    write_whole,
)
from casebook.shapes import Gpt2Shape

UP = "model.layers.1.mlp.up_proj.weight"
GAIN = "model.layers.1.input_layernorm.weight"


def test_eight_bit_error_is_at_most_half_a_step(tiny_weights):
    stored = EightBit().store(tiny_weights)
    for name, value in tiny_weights.items():
        if is_projection(name):
            scale = stored[f"{name}_scale"]
            assert stored[name].dtype == np.int8
            assert scale.dtype == np.float32
            assert scale.shape == (value.shape[0], 1)
            assert np.all(np.abs(decode(stored)[name] - value) <= scale * 0.5001)
            np.testing.assert_array_equal(np.abs(stored[name].astype(int)).max(axis=1), 127)
        else:
            assert stored[name].dtype == np.float16


def test_four_bit_values_lie_on_the_lattice(tiny_weights):
    stored = FourBit(group=16).store(tiny_weights)
    for name, value in tiny_weights.items():
        if not is_projection(name):
            continue
        groups = decode(stored)[name].reshape(-1, 16)
        wanted = value.reshape(-1, 16)
        steps = np.abs(groups).max(axis=1, keepdims=True) / 7
        assert max(len(np.unique(group)) for group in groups) <= 15
        multiples = groups / steps
        rounding = 2 * 7 * 2**-8  # BF16 keeps 8 bits of the step and of its multiple
        assert np.abs(multiples - np.rint(multiples)).max() < rounding
        assert np.all(np.abs(groups - wanted) <= steps * (0.5 + 7 * 2**-7))
        assert np.abs(groups - wanted).max() > 0.1 * steps.min()  # it did round


def test_rows_of_zeros_stay_zero(tiny_weights):
    dead = dict(tiny_weights)
    dead[UP] = dead[UP].copy()
    dead[UP][5] = 0
    for encoding in (EightBit(), FourBit(group=16), Half()):
        np.testing.assert_array_equal(decode(encoding.store(dead))[UP][5], 0)


def test_half_refuses_what_it_cannot_hold(tiny_weights):
    large = dict(tiny_weights)
    large[UP] = large[UP] * 1e6
    with pytest.raises(ValueError, match="beyond F16"):
        Half().store(large)


@pytest.mark.parametrize("encoding", [Half(), EightBit(), FourBit(group=16)])
def test_model_is_read_as_written(encoding, tiny, tiny_weights, tmp_path):
    stored = encoding.store(tiny_weights)
    digest = write_model(tmp_path / "m", stored, tiny.config(), "{}")
    found = read_stored(tmp_path / "m" / "model.safetensors")
    assert found.keys() == stored.keys()
    for name, value in stored.items():
        assert found[name].dtype == value.dtype
        np.testing.assert_array_equal(found[name], value)
    content = (tmp_path / "m" / "model.safetensors").read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    assert json.loads((tmp_path / "m" / "config.json").read_text()) == tiny.config()


def test_biases_survive_decoding():
    shape = Gpt2Shape(vocabulary=8, hidden=4, intermediate=8, layers=1, heads=2, positions=4)
    weights = {name: np.ones(size, np.float32) for name, size in shape.parameters().items()}
    assert decode(Half().store(weights)).keys() == weights.keys()


@pytest.mark.parametrize("step", ["os.fsync", "Path.replace"])
def test_interrupted_write_leaves_the_old_file_and_nothing_else(step, tmp_path, monkeypatch):
    path = tmp_path / "truth.toml"
    write_whole(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(f"casebook.checkpoint.{step}", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_only_what_was_half_written_is_cleared_away(tmp_path):
    (tmp_path / "a").mkdir()
    begun = [tmp_path / ".truth.toml.x1y2", tmp_path / "a" / ".model.safetensors.x1y2"]
    others = [tmp_path / "truth.toml", tmp_path / ".gitignore", tmp_path / "a" / "config.json"]
    for path in (*begun, *others):
        path.write_bytes(b"x")
    clear_partial(tmp_path)
    assert [path.exists() for path in begun] == [False, False]
    assert all(path.exists() for path in others)

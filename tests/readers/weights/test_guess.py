"""Layouts that no role file knows: found by shape, and said to be guessed."""

from pathlib import Path

import numpy as np
import pytest

from builders import Stored, f32, llama, write_folder
from filiation.model.layout import Layout
from filiation.readers.bytes.dtypes import DTYPES
from filiation.readers.weights.checkpoint import open_model

CASEBOOK = Path(__file__).parents[3] / "examples" / "casebook"


def layout(tmp_path: Path, tensors: dict[str, Stored], **config: object) -> Layout:
    return open_model(write_folder(tmp_path / "m", tensors, config=config or None)).layout


def renamed(tensors: dict[str, Stored], *, seed: int = 0) -> dict[str, Stored]:
    """Every tensor under a random name, in random order."""
    stream = np.random.default_rng(seed)
    names = [f"{stream.integers(1 << 40):010x}" for _ in tensors]
    values = list(tensors.values())
    return {name: values[n] for name, n in zip(names, stream.permutation(len(values)), strict=True)}


def matrices(found: Layout) -> list[tuple[str, int, int, int]]:
    return [(m.role, m.unit_axis, m.units, m.width) for la in found.layers for m in la.matrices]


@pytest.mark.parametrize("seed", range(5))
def test_a_llama_under_random_names(tmp_path: Path, seed: int) -> None:
    found = layout(tmp_path, renamed(llama(layers=4), seed=seed))
    assert (found.family, found.guessed, len(found.layers)) == ("guessed", True, 12)
    assert sorted(matrices(found)) == [("in", 0, 20, 8)] * 8 + [("out", 1, 20, 8)] * 4
    assert all(layer.label == layer.matrices[0].tensor for layer in found.layers)
    assert (found.embed, found.unembed, found.final_gain) == (None, None, None)


@pytest.mark.parametrize("form", ["tensor_{}", "t{}", "a.{}.b", "{}"])
def test_numbered_names_that_number_no_layers(tmp_path: Path, form: str) -> None:
    tensors = {form.format(n): t for n, t in enumerate(llama(layers=4).values())}
    found = layout(tmp_path, tensors)
    assert len(found.layers) == 12 and {role for role, *_ in matrices(found)} == {"in", "out"}


def test_unknown_names_that_number_the_layers(tmp_path: Path) -> None:
    words = {"mlp.gate_proj": "ffn.g", "mlp.up_proj": "ffn.u", "mlp.down_proj": "ffn.d"}
    tensors = {}
    for name, tensor in llama(layers=11).items():
        for old, new in words.items():
            name = name.replace(old, new)
        tensors[name.replace("model.layers.", "net.stage_")] = tensor
    found = layout(tmp_path, tensors)
    assert [layer.label for layer in found.layers] == [f"net.stage_{n}" for n in range(11)]
    assert [m.role for m in found.layers[2].matrices] == [
        "out:net.stage_#.ffn.d.weight",
        "in:net.stage_#.ffn.g.weight",
        "in:net.stage_#.ffn.u.weight",
    ]
    assert found.embed == "model.embed_tokens.weight" and found.unembed == "lm_head.weight"


def test_numbers_within_a_layer(tmp_path: Path) -> None:
    tensors = {f"net.{n}.mlp.0.w": f32(20, 8) for n in range(3)}
    tensors |= {f"net.{n}.mlp.2.w": f32(8, 20) for n in range(3)}
    found = layout(tmp_path, tensors)
    assert [len(layer.matrices) for layer in found.layers] == [2, 2, 2]
    assert found.layers[0].matrices[1].role == "out:net.#.mlp.2.w"


def test_experts_under_unknown_names_are_layers_of_their_own(tmp_path: Path) -> None:
    shapes = {"g": (20, 8), "u": (20, 8), "d": (8, 20)}
    tensors = {
        f"net.{n}.x.{e}.{k}": f32(*s) for n in range(2) for e in range(3) for k, s in shapes.items()
    }
    found = layout(tmp_path, tensors)
    labels = [f"net.{n}.{e}" for n in range(2) for e in range(3)]
    assert [layer.label for layer in found.layers] == labels
    assert all(len(layer.matrices) == 3 for layer in found.layers)


def test_gated_experts_narrower_than_the_model(tmp_path: Path) -> None:
    shapes = [(6, 8), (6, 8), (8, 6)] * 4 + [(8,)] * 3
    found = layout(tmp_path, renamed({f"{n}": f32(*s) for n, s in enumerate(shapes)}))
    assert sorted(matrices(found)) == [("in", 0, 6, 8)] * 8 + [("out", 1, 6, 8)] * 4


def gpt2(layers: int = 3) -> dict[str, Stored]:
    shapes = {"wte": (64, 8), "wpe": (16, 8), "f": (8,)}
    shapes |= {f"{n}{k}": s for n in range(layers) for k, s in
               {"a": (8, 24), "o": (8, 8), "u": (8, 32), "d": (32, 8)}.items()}  # fmt: skip
    return {name: f32(*shape) for name, shape in shapes.items()}


def test_a_gpt2_under_random_names(tmp_path: Path) -> None:
    found = layout(tmp_path, renamed(gpt2()))
    assert sorted({(axis, units, width) for _, axis, units, width in matrices(found)}) == [
        (0, 32, 8),
        (1, 32, 8),
    ]
    assert len(found.layers) == 6


def test_attention_that_looks_like_an_mlp_is_left_out(tmp_path: Path) -> None:
    shapes = [(16, 8), (8, 16), (20, 8), (20, 8), (8, 20), (4, 8), (4, 8)] * 3
    tensors = {f"x{n:x}y": f32(*s) for n, s in enumerate(shapes)}
    assert {m.units for la in layout(tmp_path, tensors).layers for m in la.matrices} == {20}
    wide = [(40, 8), (40, 8), (40, 8), (8, 40), (20, 8), (20, 8), (8, 20)] * 3  # q, k, v and out
    tensors = {f"x{n:x}y": f32(*s) for n, s in enumerate(wide)}
    assert {m.units for la in layout(tmp_path, tensors).layers for m in la.matrices} == {20}


def test_a_transposed_unembedding_is_no_mlp(tmp_path: Path) -> None:
    tensors = renamed(llama() | {"head": f32(8, 99), "embed": f32(99, 8)})
    found = layout(tmp_path, tensors)
    assert {m.units for la in found.layers for m in la.matrices} == {20}
    small = {"a": f32(20, 8), "b": f32(8, 20)}
    assert len(layout(tmp_path, small).layers) == 2
    assert not layout(tmp_path, small, vocab_size=20).layers
    assert not layout(tmp_path, {"a": f32(99, 8), "b": f32(8, 99)}).layers


def test_nothing_that_looks_like_an_mlp(tmp_path: Path) -> None:
    found = layout(tmp_path, {"a": f32(4, 4), "b": f32(3), "c": ("I32", np.zeros((2, 3), "<i4"))})
    assert found.guessed and found.layers == ()
    assert [skip.tensor for skip in found.skipped] == ["a", "b", "c"]
    assert "not recognised by name, nor by shape" in found.skipped[0].reason
    assert "dtype I32" in found.skipped[2].reason


@pytest.mark.skipif(not CASEBOOK.is_dir(), reason="the casebook is not there")
def test_every_casebook_model_opens() -> None:
    folders = sorted(path.parent for path in CASEBOOK.glob("*/*.safetensors"))
    assert folders
    for folder in folders:
        model = open_model(folder)
        assert not model.layout.guessed and model.layout.embed and model.tokens
        assert all(len(layer.matrices) >= 2 for layer in model.layout.layers)
        for info in model.tensors:
            for row, raw in model.blocks(info.name):
                model.check_finite(info.name, row, raw)


@pytest.mark.skipif(not CASEBOOK.is_dir(), reason="the casebook is not there")
def test_every_casebook_model_under_random_names_is_still_examined(tmp_path: Path) -> None:
    for folder in sorted(path.parent for path in CASEBOOK.glob("*/*.safetensors")):
        model = open_model(folder)
        tensors: dict[str, Stored] = {}
        for info in model.tensors:
            raw = np.frombuffer(b"".join(raw for _, raw in model.blocks(info.name)), np.uint8)
            stored = raw.view(DTYPES[info.dtype].storage).reshape(info.shape)
            tensors[info.name] = info.dtype, stored
        found = layout(tmp_path / folder.name, renamed(tensors))
        known = [m for layer in model.layout.layers for m in layer.matrices]
        assert len(found.layers) == len(known), folder.name
        assert {m.units for la in found.layers for m in la.matrices} == {m.units for m in known}

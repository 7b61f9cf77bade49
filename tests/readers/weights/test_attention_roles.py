"""Attentions and state-space mixers of every family whose names say them, in true tensor names."""

import tempfile
from pathlib import Path

import numpy as np
import pytest

from builders import Stored, f32, write_folder
from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.unit_order import UnitOrder
from filiation.model.finding import Finding
from filiation.model.layout import Layout
from filiation.model.sketch import Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

D, H = 48, 96  # width, hidden units
HEADS = {"num_attention_heads": 4}

# Stem of a layer, its norm, its MLP's two matrices, and q, k, v, o in that order.
LINEAR = {
    "gpt_neo": (
        "transformer.h.#", "ln_2", ("mlp.c_fc", "mlp.c_proj"),
        [f"attn.attention.{x}" for x in ("q_proj", "k_proj", "v_proj", "out_proj")],
    ),
    "gptj": (
        "transformer.h.#", "ln_1", ("mlp.fc_in", "mlp.fc_out"),
        [f"attn.{x}" for x in ("q_proj", "k_proj", "v_proj", "out_proj")],
    ),
    "opt": (
        "model.decoder.layers.#", "self_attn_layer_norm", ("fc1", "fc2"),
        [f"self_attn.{x}" for x in ("q_proj", "k_proj", "v_proj", "out_proj")],
    ),
    "distilbert": (
        "distilbert.transformer.layer.#", "sa_layer_norm", ("ffn.lin1", "ffn.lin2"),
        [f"attention.{x}" for x in ("q_lin", "k_lin", "v_lin", "out_lin")],
    ),
    "clip": (
        "vision_model.encoder.layers.#", "layer_norm2", ("mlp.fc1", "mlp.fc2"),
        [f"self_attn.{x}" for x in ("q_proj", "k_proj", "v_proj", "out_proj")],
    ),
    "vit": (
        "vit.encoder.layer.#", "layernorm_after", ("intermediate.dense", "output.dense"),
        [*(f"attention.attention.{x}" for x in ("query", "key", "value")),
         "attention.output.dense"],
    ),
    "phi": (
        "model.layers.#", "input_layernorm", ("mlp.fc1", "mlp.fc2"),
        [f"self_attn.{x}" for x in ("q_proj", "k_proj", "v_proj", "dense")],
    ),
    "starcoder2": (
        "model.layers.#", "post_attention_layernorm", ("mlp.c_fc", "mlp.c_proj"),
        [f"self_attn.{x}" for x in ("q_proj", "k_proj", "v_proj", "o_proj")],
    ),
}  # fmt: skip


def linear(family: str, seed: int = 0) -> dict[str, Stored]:
    stem, norm, (up, down), names = LINEAR[family]
    rng, made = np.random.default_rng(seed), {}
    for n in range(2):
        at = stem.replace("#", str(n))
        made[f"{at}.{norm}.weight"] = f32(D)
        shapes = {up: (H, D), down: (D, H)} | dict.fromkeys(names, (D, D))
        for name, shape in shapes.items():
            made[f"{at}.{name}.weight"] = stored(rng, *shape)
    return made


def stored(rng: np.random.Generator, *shape: int) -> Stored:
    return "F32", rng.normal(size=shape).astype(np.float32)


def mamba(seed: int, inner: int = 2 * D) -> dict[str, Stored]:
    """As `transformers` writes it (MambaForCausalLM)."""
    rng, made = np.random.default_rng(seed), {}
    made["backbone.embeddings.weight"] = stored(rng, 90, D)
    for n in range(2):
        at = f"backbone.layers.{n}"
        made[f"{at}.norm.weight"] = "F32", np.ones(D, np.float32)
        for name, shape in {
            "in_proj.weight": (2 * inner, D), "conv1d.weight": (inner, 1, 4),
            "x_proj.weight": (36, inner), "dt_proj.weight": (inner, 4),
            "A_log": (inner, 16), "D": (inner,), "out_proj.weight": (D, inner),
        }.items():  # fmt: skip
            made[f"{at}.mixer.{name}"] = stored(rng, *shape)
    return made


def layout(folder: Path, tensors: dict[str, Stored], **config: object) -> Layout:
    return open_model(write_folder(folder / "m", tensors, config=config or None)).layout


def sketched(tensors: dict[str, Stored], **config: object) -> Sketch:
    with tempfile.TemporaryDirectory() as folder:
        model = open_model(write_folder(Path(folder) / "m", tensors, config=config or None))
        take_sketch(model, Path(folder) / "s", workers=1)
        return read_sketch(Path(folder) / "s")


@pytest.mark.parametrize("family", LINEAR)
def test_a_family_names_its_attention(family: str, tmp_path: Path) -> None:
    found = layout(tmp_path, linear(family), **HEADS)
    assert found.family == family
    for layer in found.layers:
        assert [m.role for m in layer.attention] == ["attn.q", "attn.k", "attn.v", "attn.o"]
        assert (layer.heads, layer.groups) == (4, 4)


@pytest.mark.parametrize("word", ["n_head", "n_heads", "num_heads"])
def test_heads_by_another_name(word: str, tmp_path: Path) -> None:
    found = layout(tmp_path, linear("gptj"), **{word: 4})
    assert found.layers[0].heads == 4


def test_gpt2_has_three_in_one(tmp_path: Path) -> None:
    """Stored as [in, out], queries, keys and values side by side."""
    tensors = {}
    for n in range(2):
        shapes = {"attn.c_attn": (D, 3 * D), "attn.c_proj": (D, D), "mlp.c_fc": (D, H),
                  "mlp.c_proj": (H, D)}  # fmt: skip
        tensors |= {f"h.{n}.{name}.weight": f32(*shape) for name, shape in shapes.items()}
        tensors |= {f"h.{n}.ln_{i}.weight": f32(D) for i in (1, 2)}
    found = layout(tmp_path, tensors, n_head=4)
    assert found.family == "gpt2"
    seen = [(m.role, m.unit_axis, m.start, m.units) for m in found.layers[0].attention]
    assert seen == [("attn.q", 1, 0, D), ("attn.k", 1, D, D), ("attn.v", 1, 2 * D, D),
                    ("attn.o", 0, 0, D)]  # fmt: skip


def test_columns_of_an_attention_are_found_in_true_names() -> None:
    one, two = linear("opt", 1), linear("opt", 2)
    copied = {n: one[n] if "self_attn" in n else two[n] for n in two}
    source, stranger, child = (sketched(x, **HEADS) for x in (one, two, copied))
    found = [AttentionAxes().compare(source, x, seed=0) for x in (child, stranger)]
    assert all(isinstance(out, Finding) for out in found)
    assert [out.log_p < -60 for out in found if isinstance(out, Finding)] == [True, False]


def test_experts_share_one_attention(tmp_path: Path) -> None:
    rng, tensors = np.random.default_rng(1), {}
    for n in range(2):
        at = f"model.layers.{n}"
        for e in range(3):
            for x, shape in {"w1": (H, D), "w3": (H, D), "w2": (D, H)}.items():
                tensors[f"{at}.block_sparse_moe.experts.{e}.{x}.weight"] = stored(rng, *shape)
        for x in "qkvo":
            tensors[f"{at}.self_attn.{x}_proj.weight"] = stored(rng, D, D)
    found = layout(tmp_path, tensors, **HEADS)
    assert found.family == "mixtral"
    assert [(x.label, bool(x.attention)) for x in found.layers if x.label.endswith("0")] == [
        ("layers.0.experts.0", True), ("layers.1.experts.0", True)
    ]  # fmt: skip
    assert sum(bool(x.attention) for x in found.layers) == 2
    assert len(sketched(tensors, **HEADS).attention) == 2


def test_channels_of_a_mixer_are_units(tmp_path: Path) -> None:
    found = layout(tmp_path, mamba(1), model_type="mamba")
    assert (found.family, found.guessed) == ("mamba", False)
    assert [layer.label for layer in found.layers] == ["layers.0.mixer", "layers.1.mixer"]
    assert {m.role: (m.start, m.units) for m in found.layers[0].matrices} == {
        "ssm.x": (0, 2 * D), "ssm.z": (2 * D, 2 * D), "ssm.out": (0, 2 * D)
    }  # fmt: skip
    one, two = mamba(1), mamba(2)
    copied = {n: one[n] if ".1.mixer" in n else two[n] for n in two}
    source, stranger, child = (sketched(x) for x in (one, two, copied))
    method = UnitOrder(frame="native")
    found_in = [method.compare(source, x, seed=0) for x in (child, stranger)]
    assert [out.log_p < -60 for out in found_in if isinstance(out, Finding)] == [True, False]


def test_channels_of_mamba_2_are_not_guessed_from_halves(tmp_path: Path) -> None:
    tensors = mamba(1)
    for n in range(2):
        name = f"backbone.layers.{n}.mixer.in_proj.weight"
        tensors[name] = f32(2 * 2 * D + 2 * 16 + 8, D)
    found = layout(tmp_path, tensors, model_type="mamba2")
    assert found.family != "mamba"

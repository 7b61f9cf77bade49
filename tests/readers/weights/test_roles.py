"""Every role file, on a checkpoint with just its names."""

from pathlib import Path

import numpy as np
import pytest

from builders import Stored, f32, llama, write_folder
from filiation.model.layout import Gain, Layout, UnitMatrix
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.families import families

D, H, V = 8, 20, 32  # width, hidden units, vocabulary
LLAMA = ("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")


def layout(tmp_path: Path, tensors: dict[str, Stored], **config: object) -> Layout:
    return open_model(write_folder(tmp_path / "m", tensors, config=config or None)).layout


def shaped(shapes: dict[str, tuple[int, ...]], at: str = "") -> dict[str, Stored]:
    return {f"{at}{name}.weight": f32(*shape) for name, shape in shapes.items()}


def gated(at: str, names: tuple[str, str, str] = LLAMA, h: int = H) -> dict[str, Stored]:
    gate, up, down = names
    return shaped({gate: (h, D), up: (h, D), down: (D, h)}, at)


def plain(at: str, up: str, down: str) -> dict[str, Stored]:
    return shaped({up: (H, D), down: (D, H)}, at)


def seen(matrix: UnitMatrix) -> tuple[str, int, int, int, int, str]:
    m = matrix
    return m.role, m.unit_axis, m.start, m.units, m.width, m.side


GATED = [
    ("mlp.gate", 0, 0, H, D, "reads"),
    ("mlp.up", 0, 0, H, D, "reads"),
    ("mlp.down", 1, 0, H, D, "writes"),
]
PLAIN = [GATED[1], GATED[2]]


def gains(found: Layout) -> list[tuple[str, float] | None]:
    return [
        None if m.gain is None else (m.gain.tensor, m.gain.offset) for m in found.layers[0].matrices
    ]


def test_llama(tmp_path: Path) -> None:
    found = layout(tmp_path, llama())
    assert (found.family, found.guessed) == ("llama", False)
    assert [layer.label for layer in found.layers] == ["layers.0", "layers.1", "layers.2"]
    assert [seen(m) for m in found.layers[1].matrices] == GATED
    norm = ("model.layers.0.post_attention_layernorm.weight", 0.0)
    assert gains(found) == [norm, norm, None]
    assert (found.embed, found.unembed) == ("model.embed_tokens.weight", "lm_head.weight")
    assert found.final_gain == Gain(tensor="model.norm.weight")
    assert found.skipped == ()
    assert [m.role for m in found.layers[0].mixers] == ["attn.q", "attn.k", "attn.v", "attn.o"]
    assert not found.layers[0].attention  # without config.json nobody knows the heads


def test_tied_embeddings(tmp_path: Path) -> None:
    assert layout(tmp_path, llama(tied=True)).unembed == "model.embed_tokens.weight"
    untied = layout(tmp_path, llama(tied=True), tie_word_embeddings=False)
    assert (untied.embed, untied.unembed) == ("model.embed_tokens.weight", None)


@pytest.mark.parametrize("prefix", ["", "model.", "llm.model.", "language_model.model.", "x.0.y."])
def test_any_prefix(tmp_path: Path, prefix: str) -> None:
    found = layout(tmp_path, llama(prefix=prefix))
    assert [layer.label for layer in found.layers] == ["layers.0", "layers.1", "layers.2"]
    assert found.embed == f"{prefix}embed_tokens.weight"
    assert found.unembed == f"{prefix.removesuffix('model.')}lm_head.weight"


def test_layers_are_sorted_by_number(tmp_path: Path) -> None:
    found = layout(tmp_path, llama(layers=12))
    assert [layer.label for layer in found.layers] == [f"layers.{n}" for n in range(12)]


def test_gemma_1_differs_from_llama_by_config_alone(tmp_path: Path) -> None:
    found = layout(tmp_path, llama(), model_type="gemma")
    norm = ("model.layers.0.post_attention_layernorm.weight", 1.0)
    assert (found.family, gains(found)) == ("gemma", [norm, norm, None])
    assert found.final_gain == Gain(tensor="model.norm.weight", offset=1.0)
    nested = layout(tmp_path, llama(), model_type="paligemma", text_config={"model_type": "gemma"})
    assert nested.family == "gemma"


def test_norms_stored_minus_one_in_qwen3_next(tmp_path: Path) -> None:
    found = layout(tmp_path, llama(), model_type="qwen3_next")
    assert found.family == "llama" and found.layers[0].matrices[0].gain is not None
    assert found.layers[0].matrices[0].gain.offset == 1.0


@pytest.mark.parametrize(("config", "offset"), [({}, 1.0), ({"model_type": "gemma3n"}, 0.0)])
def test_gemma_2_and_3(tmp_path: Path, config: dict[str, str], offset: float) -> None:
    at = "model.layers.0."
    norms = shaped({f"{w}_feedforward_layernorm": (D,) for w in ("pre", "post")}, at)
    found = layout(tmp_path, llama(layers=1) | norms, **config)
    before = (f"{at}pre_feedforward_layernorm.weight", offset)
    after = (f"{at}post_feedforward_layernorm.weight", offset)
    assert (found.family, gains(found)) == ("gemma2", [before, before, after])


def test_olmo_2(tmp_path: Path) -> None:
    after = "model.layers.0.post_feedforward_layernorm.weight"
    found = layout(tmp_path, llama(layers=1) | {after: f32(D)})
    assert (found.family, gains(found)) == ("olmo2", [None, None, (after, 0.0)])


def test_fused_gate_and_up(tmp_path: Path) -> None:
    at = "model.layers.0."
    tensors = shaped(
        {"mlp.gate_up_proj": (2 * H, D), "mlp.down_proj": (D, H), "post_attention_layernorm": (D,)},
        at,
    )
    found = layout(tmp_path, tensors)
    assert found.family == "phi3"
    assert [seen(m) for m in found.layers[0].matrices] == [
        ("mlp.gate", 0, 0, H, D, "reads"),
        ("mlp.up", 0, H, H, D, "reads"),
        ("mlp.down", 1, 0, H, D, "writes"),
    ]


def test_mixtral(tmp_path: Path) -> None:
    names = ("w1", "w3", "w2")
    tensors = {
        name: tensor
        for layer in (10, 2)
        for expert in range(11)
        for name, tensor in gated(
            f"model.layers.{layer}.block_sparse_moe.experts.{expert}.", names
        ).items()
    }
    found = layout(tmp_path, tensors)
    labels = [f"layers.{layer}.experts.{expert}" for layer in (2, 10) for expert in range(11)]
    assert (found.family, [layer.label for layer in found.layers]) == ("mixtral", labels)
    assert [m.tensor[-9:-7] for m in found.layers[0].matrices] == ["w1", "w3", "w2"]
    assert [seen(m) for m in found.layers[0].matrices] == GATED


def test_experts_beside_dense_and_shared_ones(tmp_path: Path) -> None:
    norm = "model.layers.1.post_attention_layernorm.weight"
    parts = tuple(name.removeprefix("mlp.") for name in LLAMA)
    gate, up, down = parts
    tensors = (
        gated("model.layers.0.")
        | gated("model.layers.1.mlp.experts.0.", (gate, up, down), 12)
        | gated("model.layers.1.mlp.experts.1.", (gate, up, down), 12)
        | gated("model.layers.1.mlp.shared_experts.", (gate, up, down), 24)
        | {"model.layers.1.mlp.gate.weight": f32(2, D), norm: f32(D)}
    )
    found = layout(tmp_path, tensors)
    assert found.family == "moe"
    assert [(layer.label, layer.units) for layer in found.layers] == [
        ("layers.0", H),
        ("layers.1.shared_experts", 24),
        ("layers.1.experts.0", 12),
        ("layers.1.experts.1", 12),
    ]
    assert found.layers[2].matrices[0].gain == Gain(tensor=norm)
    assert not any(layer.attention for layer in found.layers)
    heads = shaped({f"self_attn.{x}_proj": (D, D) for x in "qkvo"}, "model.layers.1.")
    found = layout(tmp_path / "heads", tensors | heads, num_attention_heads=2)
    assert [len(layer.attention) for layer in found.layers] == [0, 4, 0, 0]


def test_gpt2_stores_matrices_the_other_way_round(tmp_path: Path) -> None:
    tensors = shaped(
        {"ln_1": (D,), "ln_2": (D,), "attn.c_attn": (D, 3 * D), "attn.c_proj": (D, D),
         "mlp.c_fc": (D, H), "mlp.c_proj": (H, D)},
        "transformer.h.0.",
    ) | shaped({"wte": (V, D), "wpe": (9, D), "ln_f": (D,)}, "transformer.")  # fmt: skip
    found = layout(tmp_path, tensors)
    assert found.family == "gpt2"
    assert [seen(m) for m in found.layers[0].matrices] == [
        ("mlp.up", 1, 0, H, D, "reads"),
        ("mlp.down", 0, 0, H, D, "writes"),
    ]
    assert gains(found) == [("transformer.h.0.ln_2.weight", 0.0), None]
    assert found.embed == found.unembed == "transformer.wte.weight"
    assert found.final_gain == Gain(tensor="transformer.ln_f.weight")
    assert found.positions == "transformer.wpe.weight"


def test_gpt_neo_has_the_same_names_and_is_told_by_its_shapes(tmp_path: Path) -> None:
    at = "transformer.h.0."
    found = layout(tmp_path, plain(at, "mlp.c_fc", "mlp.c_proj") | {f"{at}ln_2.weight": f32(D)})
    assert (found.family, [seen(m) for m in found.layers[0].matrices]) == ("gpt_neo", PLAIN)


FAMILIES = [
    ("gpt_neox", "gpt_neox.", "layers.0.", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h",
     "post_attention_layernorm", "embed_in", "embed_out", "final_layer_norm"),
    ("bloom", "transformer.", "h.0.", "mlp.dense_h_to_4h", "mlp.dense_4h_to_h",
     "post_attention_layernorm", "word_embeddings", None, "ln_f"),
    ("gptj", "transformer.", "h.0.", "mlp.fc_in", "mlp.fc_out", "ln_1", "wte", "lm_head", "ln_f"),
    ("starcoder2", "model.", "layers.0.", "mlp.c_fc", "mlp.c_proj",
     "post_attention_layernorm", "embed_tokens", None, "norm"),
    ("bert", "bert.", "encoder.layer.0.", "intermediate.dense", "output.dense",
     "attention.output.LayerNorm", "embeddings.word_embeddings", None, None),
    ("bert", "", "encoder.layer.0.", "intermediate.dense", "output.dense",
     "attention.output.LayerNorm", "embeddings.word_embeddings", None, None),
    ("distilbert", "distilbert.", "transformer.layer.0.", "ffn.lin1", "ffn.lin2", "sa_layer_norm",
     "embeddings.word_embeddings", None, None),
    ("vit", "vit.", "encoder.layer.0.", "intermediate.dense", "output.dense", "layernorm_after",
     None, None, None),
    ("clip", "text_model.", "encoder.layers.0.", "mlp.fc1", "mlp.fc2", "layer_norm2",
     "embeddings.token_embedding", None, "final_layer_norm"),
    ("phi", "model.", "layers.0.", "mlp.fc1", "mlp.fc2", "input_layernorm",
     "embed_tokens", "lm_head", "final_layernorm"),
    ("opt", "model.decoder.", "layers.0.", "fc1", "fc2", "final_layer_norm",
     "embed_tokens", None, "final_layer_norm"),
    ("t5", "encoder.", "block.0.", "layer.1.DenseReluDense.wi", "layer.1.DenseReluDense.wo",
     "layer.1.layer_norm", "embed_tokens", "lm_head", "final_layer_norm"),
]  # fmt: skip


@pytest.mark.parametrize("names", FAMILIES, ids=lambda names: f"{names[0]}:{names[1]}")
def test_plain_families(tmp_path: Path, names: tuple[str | None, ...]) -> None:
    family, prefix, at, up, down, norm, embed, unembed, final = names
    assert family and at and up and down and prefix is not None
    tensors = plain(prefix + at, up, down)
    tensors |= shaped({prefix + at + f"{norm}": (D,)})
    tensors |= shaped({f"{prefix}{embed}": (V, D)} if embed else {})
    tensors |= shaped({f"{unembed}": (V, D)} if unembed else {})
    tensors |= shaped({f"{prefix}{final}": (D,)} if final else {})
    found = layout(tmp_path, tensors)
    assert found.family == family and not found.guessed
    assert [seen(m) for m in found.layers[0].matrices] == PLAIN
    assert gains(found) == [(f"{prefix}{at}{norm}.weight", 0.0), None]
    embedding = f"{prefix}{embed}.weight" if embed else None
    assert found.embed == embedding
    assert found.unembed == (f"{unembed}.weight" if unembed else embedding)
    assert found.final_gain == (Gain(tensor=f"{prefix}{final}.weight") if final else None)
    assert not found.skipped


@pytest.mark.parametrize(
    ("family", "at", "names"),
    [
        ("meta_llama", "layers.0.", ("feed_forward.w1", "feed_forward.w3", "feed_forward.w2")),
        ("t5_gated", "decoder.block.0.layer.2.DenseReluDense.", ("wi_0", "wi_1", "wo")),
    ],
)
def test_other_gated_families(
    tmp_path: Path, family: str, at: str, names: tuple[str, str, str]
) -> None:
    found = layout(tmp_path, gated(at, names))
    assert (found.family, [seen(m) for m in found.layers[0].matrices]) == (family, GATED)


def test_bart_is_told_from_opt_by_config(tmp_path: Path) -> None:
    norms = shaped({"self_attn_layer_norm": (D,), "final_layer_norm": (D,)}, "encoder.layers.0.")
    tensors = plain("encoder.layers.0.", "fc1", "fc2") | norms
    assert layout(tmp_path, tensors).family == "opt"
    found = layout(tmp_path, tensors, model_type="bart")
    assert found.family == "bart"
    assert gains(found) == [("encoder.layers.0.self_attn_layer_norm.weight", 0.0), None]


def test_two_towers_are_both_examined(tmp_path: Path) -> None:
    tower = plain("vision_tower.vision_model.encoder.layers.0.", "mlp.fc1", "mlp.fc2")
    found = layout(tmp_path, tower | llama(prefix="language_model.model.", layers=2))
    assert found.family == "llama+clip"
    assert [layer.label for layer in found.layers] == [
        "language_model.model.layers.0",
        "language_model.model.layers.1",
        "vision_tower.vision_model.encoder.layers.0",
    ]
    assert found.embed == "language_model.model.embed_tokens.weight"
    assert found.unembed == "language_model.lm_head.weight"


def test_encoder_and_decoder_are_two_stacks(tmp_path: Path) -> None:
    tensors = plain("encoder.layers.0.", "fc1", "fc2") | plain("decoder.layers.0.", "fc1", "fc2")
    labels = [layer.label for layer in layout(tmp_path, tensors).layers]
    assert labels == ["decoder.layers.0", "encoder.layers.0"]


def test_a_layer_that_contradicts_itself_is_skipped(tmp_path: Path) -> None:
    tensors = llama()
    tensors["model.layers.1.mlp.up_proj.weight"] = f32(H - 1, D)
    tensors["model.layers.2.post_attention_layernorm.weight"] = f32(D + 1)
    found = layout(tmp_path, tensors)
    assert [layer.label for layer in found.layers] == ["layers.0"]
    reasons = {skip.tensor: skip.reason for skip in found.skipped}
    assert (
        reasons["model.layers.1.mlp.down_proj.weight"]
        == "the matrices of this layer disagree: 19 units of width 8, 20 units of width 8"
    )
    assert (
        reasons["model.layers.2.mlp.gate_proj.weight"]
        == "the norm gain of this layer has shape [9], expected [8]"
    )


def test_every_tensor_is_used_or_skipped_with_a_reason(tmp_path: Path) -> None:
    tensors = llama() | {"model.layers.0.mlp.up_proj.weight": ("I32", np.zeros((2, 2), "<i4"))}
    found = layout(tmp_path, tensors)
    used = {m.tensor for layer in found.layers for m in layer.matrices}
    used |= {m.gain.tensor for layer in found.layers for m in layer.matrices if m.gain}
    mixers = [m for layer in found.layers for m in layer.mixers]
    used |= {m.tensor for m in mixers} | {m.gain.tensor for m in mixers if m.gain}
    used |= {"model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"}
    skipped = [skip.tensor for skip in found.skipped]
    assert sorted(used | set(skipped)) == sorted(tensors)
    assert not used & set(skipped) and all(skip.reason for skip in found.skipped)


def test_names_with_monstrous_numbers_are_names(tmp_path: Path) -> None:
    found = layout(tmp_path, llama() | gated("layers." + "9" * 5000 + "."))
    assert len(found.layers) == 3


def test_role_files_state_what_they_must() -> None:
    for family in families():
        for block in family.blocks:
            for matrix in block.matrices:
                assert matrix.side in ("reads", "writes") and matrix.unit_axis in (0, 1)
                numbers = family.layer.count("#") + block.label.count("#")
                assert sum(part.endswith("#") for part in matrix.tensor) == numbers
                assert matrix.part < matrix.of or matrix.like

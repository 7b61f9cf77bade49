"""Attentions in every way of storing them, and other mixers of tokens, under their true names.

Names and orders are those of the modelling code: transformers (GPT-NeoX, Bloom, Falcon, Phi-3, MPT,
DeepSeek 2 and 3, Qwen3-Next, Kimi Linear, Mamba 1 and 2, RWKV), the models' own (ChatGLM 2, Qwen 1,
InternLM 2, Baichuan), flash-linear-attention and llama.cpp's constants.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from builders import Stored, f32
from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.unit_order import UnitOrder
from filiation.model.finding import Absent, Finding
from filiation.model.layout import UnitMatrix
from filiation.model.sketch import Sketch
from filiation.readers.weights.beside import told_apart
from filiation.readers.weights.families import Fused, Matrix
from readers.weights.test_attention_roles import layout, sketched, stored

D, H = 64, 96  # width, hidden units
HEADS, GROUPS, SIZE = 4, 2, 16
LINEAR = {"num_attention_heads": HEADS}
SHARED = {"num_attention_heads": HEADS, "num_key_value_heads": GROUPS}
FULL, PART = 3 * D, (HEADS + 2 * GROUPS) * SIZE
LLAMA = {"mlp.gate_proj": (H, D), "mlp.up_proj": (H, D), "mlp.down_proj": (D, H)}
NORMS = ("input_layernorm", "post_attention_layernorm")
FOUR = {"mlp.dense_h_to_4h": (H, D), "mlp.dense_4h_to_h": (D, H)}
QKVO = {f"self_attn.{x}_proj": (D, D) for x in "qkvo"}
MLA = {
    "self_attn.q_a_proj": (24, D), "self_attn.q_b_proj": (HEADS * 24, 24),
    "self_attn.kv_a_proj_with_mqa": (20 + 8, D), "self_attn.kv_b_proj": (HEADS * 32, 20),
    "self_attn.o_proj": (D, HEADS * SIZE),
}  # fmt: skip

# Family, config.json, stem of a layer, norms, MLP, attention, and the roles told apart and whole.
CASES: Mapping[str, tuple[str, dict[str, object], str, tuple[str, ...], dict, dict, str, str]] = {
    "GPT-NeoX": (
        "gpt_neox", LINEAR, "gpt_neox.layers.#", NORMS, FOUR,
        {"attention.query_key_value": (FULL, D), "attention.dense": (D, D)}, "qkvo", "",
    ),
    "Bloom": (
        "bloom", {"n_head": HEADS}, "transformer.h.#", NORMS, FOUR,
        {"self_attention.query_key_value": (FULL, D), "self_attention.dense": (D, D)}, "qkvo", "",
    ),
    "Falcon 7B": (
        "bloom", {**LINEAR, "multi_query": True, "num_kv_heads": HEADS}, "transformer.h.#",
        ("input_layernorm",), FOUR,
        {"self_attention.query_key_value": (6 * SIZE, D), "self_attention.dense": (D, D)},
        "qkvo", "",
    ),
    "Falcon 40B": (
        "bloom",
        {**LINEAR, "multi_query": True, "new_decoder_architecture": True, "num_kv_heads": GROUPS},
        "transformer.h.#", ("ln_attn", "ln_mlp"), FOUR,
        {"self_attention.query_key_value": (PART, D), "self_attention.dense": (D, D)}, "qkvo", "",
    ),
    "Phi-3": (
        "phi3", SHARED, "model.layers.#", NORMS,
        {"mlp.gate_up_proj": (2 * H, D), "mlp.down_proj": (D, H)},
        {"self_attn.qkv_proj": (PART, D), "self_attn.o_proj": (D, D)}, "qkvo", "",
    ),
    "ChatGLM 2": (
        "chatglm", {**LINEAR, "multi_query_attention": True, "multi_query_group_num": GROUPS},
        "transformer.encoder.layers.#", NORMS,
        {"mlp.dense_h_to_4h": (2 * H, D), "mlp.dense_4h_to_h": (D, H)},
        {"self_attention.query_key_value": (PART, D), "self_attention.dense": (D, D)}, "qkvo", "",
    ),
    "Qwen 1": (
        "qwen", LINEAR, "transformer.h.#", ("ln_1", "ln_2"),
        {"mlp.w1": (H, D), "mlp.w2": (H, D), "mlp.c_proj": (D, H)},
        {"attn.c_attn": (FULL, D), "attn.c_proj": (D, D)}, "qkvo", "",
    ),
    "MPT": (
        "mpt", {"n_heads": HEADS}, "transformer.blocks.#", ("norm_1", "norm_2"),
        {"ffn.up_proj": (H, D), "ffn.down_proj": (D, H)},
        {"attn.Wqkv": (FULL, D), "attn.out_proj": (D, D)}, "qkvo", "",
    ),
    "InternLM 2": (
        "meta_llama", SHARED, "model.layers.#", ("attention_norm", "ffn_norm"),
        {"feed_forward.w1": (H, D), "feed_forward.w3": (H, D), "feed_forward.w2": (D, H)},
        {"attention.wqkv": (PART, D), "attention.wo": (D, D)}, "qkvo", "",
    ),
    "Baichuan": (
        "llama", LINEAR, "model.layers.#", NORMS, LLAMA,
        {"self_attn.W_pack": (FULL, D), "self_attn.o_proj": (D, D)}, "qkvo", "",
    ),
    "GPT-BigCode": (
        "gpt_neo", {"n_head": HEADS, "multi_query": True}, "transformer.h.#", ("ln_1", "ln_2"),
        {"mlp.c_fc": (H, D), "mlp.c_proj": (D, H)},
        {"attn.c_attn": (6 * SIZE, D), "attn.c_proj": (D, D)}, "qkvo", "",
    ),
    "DeepSeek 3": (
        "llama", {**LINEAR, "num_key_value_heads": HEADS}, "model.layers.#", NORMS, LLAMA,
        MLA, "o", "mla.q mla.kv",
    ),
    "DeepSeek 2 Lite": (
        "llama", {**LINEAR, "num_key_value_heads": HEADS}, "model.layers.#", NORMS, LLAMA,
        {n: x for n, x in MLA.items() if "q_a" not in n and "q_b" not in n}
        | {"self_attn.q_proj": (HEADS * 24, D)}, "o", "attn.q mla.kv",
    ),
    "Qwen3-Next, gated attention": (
        "llama", SHARED, "model.layers.#", NORMS, LLAMA,
        {"self_attn.q_proj": (2 * HEADS * SIZE, D), "self_attn.k_proj": (GROUPS * SIZE, D),
         "self_attn.v_proj": (GROUPS * SIZE, D), "self_attn.o_proj": (D, D)}, "qkvo", "",
    ),
    "Qwen3-Next, delta net": (
        "llama", SHARED, "model.layers.#", NORMS, LLAMA,
        {"linear_attn.in_proj_qkvz": (160, D), "linear_attn.in_proj_ba": (8, D),
         "linear_attn.out_proj": (D, 48)}, "", "linear.qkvz linear.ba linear.out",
    ),
    "Kimi Linear, delta attention": (
        "kimi_linear", LINEAR, "model.layers.#", NORMS, LLAMA,
        {**QKVO, "self_attn.f_a_proj": (16, D), "self_attn.f_b_proj": (D, 16),
         "self_attn.g_a_proj": (16, D), "self_attn.g_b_proj": (D, 16), "self_attn.b_proj": (4, D)},
        "", "attn.q attn.k attn.v attn.o kda.f_a kda.g_a kda.b",
    ),
    "RWKV as published": (
        "rwkv", {}, "blocks.#", ("ln1", "ln2"), {"ffn.key": (H, D), "ffn.value": (D, H)},
        {f"att.{x}": (D, D) for x in ("receptance", "key", "value", "output", "gate")},
        "", "rwkv.receptance rwkv.key rwkv.value rwkv.output rwkv.gate",
    ),
    "RWKV in transformers": (
        "rwkv_hf", {}, "rwkv.blocks.#", ("ln1", "ln2"),
        {"feed_forward.key": (H, D), "feed_forward.value": (D, H)},
        {f"attention.{x}": (D, D) for x in ("receptance", "key", "value", "output")},
        "", "rwkv.receptance rwkv.key rwkv.value rwkv.output",
    ),
    "RWKV in flash-linear-attention": (
        "rwkv_fla", {}, "model.layers.#", ("attn_norm", "ffn_norm"),
        {"ffn.key": (H, D), "ffn.value": (D, H)},
        {f"attn.{x}_proj": (D, D) for x in "rkvo"},
        "", "rwkv.receptance rwkv.key rwkv.value rwkv.output",
    ),
    "CodeGen": (
        "gptj", {"n_head": HEADS}, "transformer.h.#", ("ln_1",),
        {"mlp.fc_in": (H, D), "mlp.fc_out": (D, H)},
        {"attn.qkv_proj": (FULL, D), "attn.out_proj": (D, D)}, "", "attn.o attn.qkv",
    ),
    "Llama without config.json": (
        "llama", {}, "model.layers.#", NORMS, LLAMA, QKVO, "", "attn.q attn.k attn.v attn.o",
    ),
}  # fmt: skip
BESIDE = {"Kimi Linear, delta attention": ("self_attn.o_norm",)}


def made(case: str, seed: int) -> dict[str, Stored]:
    """Three layers of this kind."""
    _, _, stem, norms, mlp, attention, *_ = CASES[case]
    rng, found = np.random.default_rng(seed), {}
    for n in range(3):
        at = stem.replace("#", str(n))
        for norm in norms:
            found[f"{at}.{norm}.weight"] = "F32", np.ones(D, np.float32)
        for norm in BESIDE.get(case, ()):
            found[f"{at}.{norm}.weight"] = "F32", np.ones(SIZE, np.float32)
        for name, shape in (mlp | attention).items():
            found[f"{at}.{name}.weight"] = stored(rng, *shape)
    return found


@lru_cache(maxsize=64)
def seen(case: str, seed: int, taken_from: int | None = None) -> Sketch:
    """A model of this kind; with the attention, and nothing else, of another."""
    own = made(case, seed)
    names = CASES[case][5]
    if taken_from is not None:
        theirs = made(case, taken_from)
        own = {n: theirs[n] if any(f".{x}.weight" in n for x in names) else own[n] for n in own}
    return sketched(own, **CASES[case][1])


def log_p(found: Finding | Absent) -> float:
    assert isinstance(found, Finding), found
    return found.log_p


@pytest.mark.parametrize("case", CASES)
def test_roles_by_true_names(case: str, tmp_path: Path) -> None:
    family, config, *_, apart, whole = CASES[case]
    found = layout(tmp_path, made(case, 0), **config)
    assert (found.family, found.guessed) == (family, False)
    for layer in found.layers:
        assert [m.role for m in layer.attention] == [f"attn.{x}" for x in apart]
        assert {m.role for m in layer.mixers} == set(whole.split())
        assert all(m.width == D for m in (*layer.attention, *layer.mixers))


@pytest.mark.parametrize("case", CASES)
def test_a_copied_attention_is_found_and_a_stranger_is_not(case: str) -> None:
    child, stranger = seen(case, 2, taken_from=1), seen(case, 2)
    found = [AttentionAxes().compare(seen(case, 1), x, seed=0) for x in (child, stranger)]
    assert log_p(found[0]) < -60
    assert log_p(found[1]) > -7


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][6]])
def test_units_of_a_copied_attention_stand_in_their_places(case: str) -> None:
    method = UnitOrder(frame="native", of="attention")
    child, stranger = seen(case, 2, taken_from=1), seen(case, 2)
    found = [method.compare(seen(case, 1), x, seed=0) for x in (child, stranger)]
    assert log_p(found[0]) < -60
    assert log_p(found[1]) > -7


HOW: Mapping[Fused, tuple[tuple[int, int, int], str]] = {
    "in-turn": ((HEADS, GROUPS, GROUPS), "qqqqkkvv"),
    "by-group": ((HEADS, GROUPS, GROUPS), "qqkvqqkv"),
    "gated": ((HEADS, HEADS, 0), "qkqkqkqk"),
}


@pytest.mark.parametrize("how", HOW)
def test_rows_are_told_apart_as_the_modelling_code_does(how: Fused) -> None:
    counts, order = HOW[how]
    whole = UnitMatrix(
        role="x", tensor="t", unit_axis=0, start=0, units=8 * SIZE, width=D, side="reads"
    )
    for x, count in zip("qkv", counts, strict=True):
        matrix = Matrix(
            role=f"attn.{x}", tensor=("t",), side="reads", unit_axis=0, part=0, of=1, fused=how
        )
        rows = [
            start + n
            for one in told_apart(matrix, whole, HEADS, GROUPS)
            for start, _ in one.runs
            for n in range(one.run or one.units)
        ]
        wanted = [n for n in range(8 * SIZE) if order[n // SIZE] == x]
        assert rows == wanted and len(rows) == count * SIZE


@pytest.mark.parametrize(
    "case", ["GPT-NeoX", "InternLM 2", "Falcon 7B", "Qwen3-Next, gated attention"]
)
def test_a_fused_attention_is_seen_as_one_whose_matrices_stand_apart(case: str) -> None:
    """The same numbers under Llama's names give the same directions and axes, bit for bit."""
    config = CASES[case][1]
    fused = seen(case, 3)
    heads, groups = HEADS, {"GPT-NeoX": HEADS, "Falcon 7B": 1}.get(case, GROUPS)
    tensors, apart = made(case, 3), made("Llama without config.json", 4)
    stem = CASES[case][2]
    for n in range(3):
        values = [
            tensors[f"{stem.replace('#', str(n))}.{name}.weight"][1] for name in CASES[case][5]
        ]
        at = f"model.layers.{n}.self_attn."
        if "gated" in case:
            q = values[0].reshape(heads, 2, SIZE, D)[:, 0].reshape(-1, D)
            parts = [q, *values[1:3]]
        else:
            inside = values[0].reshape(groups, heads // groups + 2, SIZE, D)
            parts = [inside[:, :-2], inside[:, -2], inside[:, -1]]
        for x, part in zip("qkv", parts, strict=True):
            apart[f"{at}{x}_proj.weight"] = "F32", np.ascontiguousarray(part.reshape(-1, D))
        apart[f"{at}o_proj.weight"] = "F32", values[-1]
    plain = sketched(apart, num_attention_heads=heads, num_key_value_heads=groups)
    assert config and fused.axes.keys() == plain.axes.keys()
    for role, axes in plain.axes.items():
        assert np.array_equal(axes, fused.axes[role])
    for one, other in zip(plain.attention, fused.attention, strict=True):
        assert (one.units, one.block) == (other.units, other.block)
        for role, rows in one.roles.items():
            assert np.array_equal(rows.directions["native"], other.roles[role].directions["native"])


def test_what_a_state_space_mixer_holds() -> None:
    """Of Mamba 2 the outputs say how many rows are gates and channels; the rest is the state's."""
    inner, names = 2 * D, {}
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        names[seed] = {"backbone.embeddings.weight": stored(rng, 90, D)}
        for n in range(2):
            at = f"backbone.layers.{n}"
            names[seed][f"{at}.norm.weight"] = "F32", np.ones(D, np.float32)
            names[seed][f"{at}.mixer.norm.weight"] = "F32", np.ones(inner, np.float32)
            names[seed][f"{at}.mixer.dt_bias"] = f32(8)
            names[seed][f"{at}.mixer.in_proj.weight"] = stored(rng, 2 * inner + 2 * 16 + 8, D)
            names[seed][f"{at}.mixer.out_proj.weight"] = stored(rng, D, inner)
    copied = {n: names[1][n] if "mixer" in n else names[2][n] for n in names[2]}
    source, stranger, child = (sketched(x) for x in (names[1], names[2], copied))
    assert source.family == "mamba2"
    assert [layer.units for layer in source.layers] == [inner, inner]
    for method in (AttentionAxes(), UnitOrder(frame="native")):
        found = [method.compare(source, x, seed=0) for x in (child, stranger)]
        assert log_p(found[0]) < -60 and log_p(found[1]) > -7

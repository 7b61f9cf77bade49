"""Models of every kind by their true names: is a permuted copy found, and a stranger clean?

The names are those that transformers 5.24 and diffusers 0.42 write. A copy has the units of every
MLP in another order and each value moved a little; nothing else of it is the source's order.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pytest

from attacked import concluded
from builders import Array, Stored
from filiation.model.examination import Conclusion
from filiation.model.sketch import Sketch
from filiation.report.wording.components import components_found
from readers.weights.test_attention_roles import sketched

Shape: TypeAlias = tuple[int, ...]
D, H, HEADS, EXPERTS, WORDS = 64, 96, 4, 2, 300

# Axes of tensors along which the units of one MLP lie: name, axis, first unit, one in how many.
Units: TypeAlias = list[tuple[str, int, int, int]]


def attention(
    at: str, names: str = "self_attn.{}_proj", out: str | None = None
) -> dict[str, Shape]:
    return {f"{at}.{names.format(x)}.weight": (D, D) for x in "qkv"} | {
        f"{at}.{names.format('o') if out is None else out}.weight": (D, D)
    }


def body(stem: str, embed: str, norms: tuple[str, ...]) -> tuple[dict[str, Shape], list[str]]:
    """The stems of two layers, and their norms."""
    places = [stem.replace("#", str(n)) for n in range(2)]
    return {embed: (WORDS, D)} | {f"{at}.{x}.weight": (D,) for at in places for x in norms}, places


LLAMA_NORMS = ("input_layernorm", "post_attention_layernorm")


def qwen_moe() -> tuple[dict[str, Shape], list[Units]]:
    """Qwen3-MoE, GLM, Mistral 4 .. as transformers 5 holds them: [experts, out, in], gate first."""
    shapes, places = body("model.layers.#", "model.embed_tokens.weight", LLAMA_NORMS)
    groups: list[Units] = []
    for at in places:
        shapes |= attention(at) | {
            f"{at}.mlp.gate.weight": (EXPERTS, D),
            f"{at}.mlp.experts.gate_up_proj": (EXPERTS, 2 * H, D),
            f"{at}.mlp.experts.down_proj": (EXPERTS, D, H),
            f"{at}.mlp.shared_expert.gate_proj.weight": (H, D),
            f"{at}.mlp.shared_expert.up_proj.weight": (H, D),
            f"{at}.mlp.shared_expert.down_proj.weight": (D, H),
        }
        for n in range(EXPERTS):
            both, down = f"{at}.mlp.experts.gate_up_proj#{n}", f"{at}.mlp.experts.down_proj#{n}"
            groups.append([(both, 0, 0, 1), (both, 0, H, 1), (down, 1, 0, 1)])
        shared = f"{at}.mlp.shared_expert."
        groups.append([(f"{shared}{x}_proj.weight", x == "down", 0, 1) for x in GATED])
    return shapes, groups


def llama4() -> tuple[dict[str, Shape], list[Units]]:
    """Llama 4: [experts, in, out]."""
    shapes, places = body("model.layers.#", "model.embed_tokens.weight", LLAMA_NORMS)
    groups: list[Units] = []
    for at in places:
        shapes |= attention(at) | {
            f"{at}.feed_forward.router.weight": (EXPERTS, D),
            f"{at}.feed_forward.experts.gate_up_proj": (EXPERTS, D, 2 * H),
            f"{at}.feed_forward.experts.down_proj": (EXPERTS, H, D),
        }
        for n in range(EXPERTS):
            both = f"{at}.feed_forward.experts.gate_up_proj#{n}"
            down = f"{at}.feed_forward.experts.down_proj#{n}"
            groups.append([(both, 1, 0, 1), (both, 1, H, 1), (down, 0, 0, 1)])
    return shapes, groups


def granite() -> tuple[dict[str, Shape], list[Units]]:
    """Granite's experts."""
    shapes, places = body("model.layers.#", "model.embed_tokens.weight", LLAMA_NORMS)
    groups: list[Units] = []
    for at in places:
        shapes |= attention(at) | {
            f"{at}.block_sparse_moe.router.layer.weight": (EXPERTS, D),
            f"{at}.block_sparse_moe.input_linear.weight": (EXPERTS, 2 * H, D),
            f"{at}.block_sparse_moe.output_linear.weight": (EXPERTS, D, H),
        }
        for n in range(EXPERTS):
            both = f"{at}.block_sparse_moe.input_linear.weight#{n}"
            down = f"{at}.block_sparse_moe.output_linear.weight#{n}"
            groups.append([(both, 0, 0, 1), (both, 0, H, 1), (down, 1, 0, 1)])
    return shapes, groups


def gpt_oss() -> tuple[dict[str, Shape], list[Units]]:
    """gpt-oss: [experts, in, out], gate and up unit by unit."""
    shapes, places = body("model.layers.#", "model.embed_tokens.weight", LLAMA_NORMS)
    groups: list[Units] = []
    for at in places:
        shapes |= attention(at) | {
            f"{at}.mlp.experts.gate_up_proj": (EXPERTS, D, 2 * H),
            f"{at}.mlp.experts.gate_up_proj_bias": (EXPERTS, 2 * H),
            f"{at}.mlp.experts.down_proj": (EXPERTS, H, D),
        }
        for n in range(EXPERTS):
            both, down = f"{at}.mlp.experts.gate_up_proj#{n}", f"{at}.mlp.experts.down_proj#{n}"
            groups.append([(both, 1, 0, 2), (both, 1, 1, 2), (down, 0, 0, 1)])
    return shapes, groups


def nemotron_h() -> tuple[dict[str, Shape], list[Units]]:
    """A Mamba-2 mixer, an MLP, an attention, an MLP: layers in turn."""
    shapes: dict[str, Shape] = {"backbone.embeddings.weight": (WORDS, D)}
    groups: list[Units] = []
    inner, rest = 2 * D, 2 * 8 + 8
    for n in range(4):
        at = f"backbone.layers.{n}"
        shapes[f"{at}.norm.weight"] = (D,)
        if n == 0:
            shapes |= {
                f"{at}.mixer.in_proj.weight": (2 * inner + rest, D),
                f"{at}.mixer.out_proj.weight": (D, inner),
                f"{at}.mixer.norm.weight": (inner,),
                f"{at}.mixer.dt_bias": (8,),
            }
        elif n == 2:
            shapes |= attention(at, "mixer.{}_proj")
        else:
            up, down = f"{at}.mixer.up_proj.weight", f"{at}.mixer.down_proj.weight"
            shapes |= {up: (4 * D, D), down: (D, 4 * D)}
            groups.append([(up, 0, 0, 1), (down, 1, 0, 1)])
    return shapes, groups


def modernbert() -> tuple[dict[str, Shape], list[Units]]:
    shapes, places = body(
        "model.layers.#", "model.embeddings.tok_embeddings.weight", ("attn_norm", "mlp_norm")
    )
    groups: list[Units] = []
    for at in places:
        both, down = f"{at}.mlp.Wi.weight", f"{at}.mlp.Wo.weight"
        shapes |= {f"{at}.attn.Wqkv.weight": (3 * D, D), f"{at}.attn.Wo.weight": (D, D)}
        shapes |= {both: (2 * H, D), down: (D, H)}
        groups.append([(both, 0, 0, 1), (both, 0, H, 1), (down, 1, 0, 1)])
    return shapes, groups


def t5() -> tuple[dict[str, Shape], list[Units]]:
    """A decoder of T5 1.1, with what it reads of the encoder."""
    shapes: dict[str, Shape] = {"shared.weight": (WORDS, D)}
    groups: list[Units] = []
    for n in range(2):
        at = f"decoder.block.{n}.layer"
        shapes |= attention(f"{at}.0.SelfAttention", "{}") | attention(
            f"{at}.1.EncDecAttention", "{}"
        )
        shapes |= {f"{at}.{m}.layer_norm.weight": (D,) for m in range(3)}
        names = [f"{at}.2.DenseReluDense.{x}.weight" for x in ("wi_0", "wi_1", "wo")]
        shapes |= dict(zip(names, ((H, D), (H, D), (D, H)), strict=True))
        groups.append([(names[0], 0, 0, 1), (names[1], 0, 0, 1), (names[2], 1, 0, 1)])
    return shapes, groups


def vision() -> tuple[dict[str, Shape], list[Units]]:
    """The tower of Qwen2.5-VL, alone."""
    shapes: dict[str, Shape] = {"patch_embed.proj.weight": (D, 3, 2, 4, 4)}
    groups: list[Units] = []
    for n in range(3):
        at = f"blocks.{n}"
        shapes |= {f"{at}.norm1.weight": (D,), f"{at}.norm2.weight": (D,)}
        shapes |= {f"{at}.attn.qkv.weight": (3 * D, D), f"{at}.attn.proj.weight": (D, D)}
        names = [f"{at}.mlp.{x}_proj.weight" for x in GATED]
        shapes |= dict(zip(names, ((H, D), (H, D), (D, H)), strict=True))
        groups.append([(name, name == names[2], 0, 1) for name in names])
    return shapes, groups


def flux() -> tuple[dict[str, Shape], list[Units]]:
    """Flux by the names of diffusers: a double block and two single ones."""
    shapes: dict[str, Shape] = {"x_embedder.weight": (D, 16)}
    at, groups = "transformer_blocks.0", list[Units]()
    shapes |= attention(at, "attn.to_{}", "attn.to_out.0")
    shapes |= {f"{at}.attn.add_{x}_proj.weight": (D, D) for x in "qkv"}
    for ff in ("ff", "ff_context"):
        up, down = f"{at}.{ff}.net.0.proj.weight", f"{at}.{ff}.net.2.weight"
        shapes |= {up: (4 * D, D), down: (D, 4 * D)}
        groups.append([(up, 0, 0, 1), (down, 1, 0, 1)])
    for n in range(2):
        at = f"single_transformer_blocks.{n}"
        up, down = f"{at}.proj_mlp.weight", f"{at}.proj_out.weight"
        shapes |= {f"{at}.attn.to_{x}.weight": (D, D) for x in "qkv"}
        shapes |= {up: (4 * D, D), down: (D, 5 * D)}
        groups.append([(up, 0, 0, 1), (down, 1, D, 1)])
    return shapes, groups


GATED = ("gate", "up", "down")
FAMILIES: Mapping[str, tuple[Callable[[], tuple[dict[str, Shape], list[Units]]], str]] = {
    "qwen3_moe": (qwen_moe, "moe"),
    "llama4_text": (llama4, "llama4"),
    "granitemoe": (granite, "granite_moe"),
    "gpt_oss": (gpt_oss, "gpt_oss"),
    "nemotron_h": (nemotron_h, "nemotron_h"),
    "modernbert": (modernbert, "modernbert"),
    "t5": (t5, "t5_gated"),
    "qwen2_5_vl": (vision, "tower"),
    "flux": (flux, "flux_single+diffusers"),
}


def model(kind: str, seed: int) -> dict[str, Array]:
    rng, (shapes, _) = np.random.default_rng(seed), FAMILIES[kind][0]()
    return {
        name: (1 + 0.1 * rng.normal(size=shape) if len(shape) == 1 else rng.normal(size=shape))
        for name, shape in shapes.items()
    }


def permuted(kind: str, tensors: Mapping[str, Array], seed: int) -> dict[str, Array]:
    """The same function: the units of every MLP in another order; a little noise on everything."""
    rng, found = np.random.default_rng(seed), {name: x.copy() for name, x in tensors.items()}
    units_of = {name: x.shape for name, x in tensors.items()}
    for group in FAMILIES[kind][0]()[1]:
        name, axis, first, step = group[-1]
        held = found[name.partition("#")[0]]
        size = (held.shape[-2:][axis] - first) // step
        order = rng.permutation(size)
        for name, axis, first, step in group:
            stack, _, number = name.partition("#")
            whole = found[stack][int(number)] if number else found[stack]
            places = first + step * np.arange(size)
            moved = whole.take(places[order], axis=int(axis))
            whole[(slice(None), places) if axis else places] = moved
    assert {name: x.shape for name, x in found.items()} == units_of
    return {name: x + 0.05 * x.std() * rng.normal(size=x.shape) for name, x in found.items()}


def taken(kind: str, tensors: Mapping[str, Array], name: str) -> Sketch:
    stored: dict[str, Stored] = {x: ("F32", v.astype(np.float32)) for x, v in tensors.items()}
    said = {"model_type": kind, "num_attention_heads": HEADS}
    return replace(sketched(stored, **said), name=name)


@lru_cache(maxsize=32)
def source(kind: str) -> Sketch:
    return taken(kind, model(kind, 1), "source")


def log_p(found: Conclusion) -> float:
    assert found.combined.log_p is not None
    return found.combined.log_p


@pytest.mark.parametrize("kind", FAMILIES)
def test_it_is_laid_out_by_name(kind: str) -> None:
    one, (_, groups) = source(kind), FAMILIES[kind][0]()
    assert (one.family, one.guessed) == (FAMILIES[kind][1], False)
    mlps = [layer for layer in one.layers if any(role.startswith("mlp.") for role in layer.roles)]
    assert len(mlps) == len(groups)


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_permuted_copy_is_found_and_a_stranger_is_clean(kind: str) -> None:
    copy = taken(kind, permuted(kind, model(kind, 1), 5), "copy")
    found = concluded(source(kind), copy)
    assert log_p(found) < math.log(1e-9)
    assert kind == "flux" or found.support.toward == "derivation"  # of two stacks one counts less
    states = {one.component: one.state for one in components_found(found)}
    assert states["mlp"] == "shared"
    stranger = concluded(source(kind), taken(kind, model(kind, 2), "stranger"))
    assert log_p(stranger) > math.log(0.001)
    assert stranger.support.toward != "derivation"


def buffers(kind: str) -> dict[str, Stored]:
    """What is equal in all models of a kind however they were trained: 4,096 values and more."""
    grid = np.arange(128)[:, None] / 10000 ** (np.arange(D // 2) / (D // 2))
    waves = np.concatenate([np.sin(grid), np.cos(grid)], axis=1)
    mask = np.tril(np.ones((1, 1, 128, 128)))
    decay = np.log(np.tile(np.arange(1.0, 17.0), (512, 1)))
    held = {
        "rotary_emb.cos_cached": np.cos(
            np.outer(np.arange(128.0), 1 / 100 ** (np.arange(64) / 64))
        ),
        "embed_positions.weight": waves,
        "attn.bias": mask,
        "mixer.A_log": decay,
        "mixer.D": np.ones(8192),
        "ls1.gamma": np.full(8192, 1e-5),
        "norm.weight": np.ones(8192),
        "relative_position_index": np.add.outer(np.arange(96.0), -np.arange(96.0)),
    }
    first = next(name for name in FAMILIES[kind][0]()[0] if ".0." in name)
    at = first[: first.index(".0.") + 2]
    return {f"{at}.{name}": ("F32", x.astype(np.float32)) for name, x in held.items()}


@pytest.mark.parametrize("kind", ["modernbert", "t5", "nemotron_h", "qwen2_5_vl"])
def test_what_every_model_holds_makes_no_stranger_a_relative(kind: str) -> None:
    shared = {name: x for name, (_, x) in buffers(kind).items()}
    one, two = (taken(kind, model(kind, seed) | shared, f"model {seed}") for seed in (1, 2))
    found = concluded(one, two)
    assert log_p(found) > math.log(0.001) and found.support.toward != "derivation"

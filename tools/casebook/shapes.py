"""The architectures as plain sizes: their tensors and their config.json."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any, final

from casebook.recipe import LATER

EXPERTS_PER_TOKEN = 2


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MlpNames:
    """The three matrices of one MLP, by name."""

    gate: str
    up: str
    down: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaShape:
    """A Llama: RMSNorm, rotary positions, grouped-query attention, SwiGLU, untied embeddings.

    Attributes:
        tied: the embedding is also the output matrix; no `lm_head`.
        query_biases: Qwen 2, a Llama with biases of query, key and value.
        experts: Mixtral, so many MLPs a layer, two of them for each token; 0 is a dense Llama.
    """

    vocabulary: int = 768
    hidden: int = 80
    intermediate: int = 224
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    positions: int = 256
    rope_theta: float = 10000.0
    epsilon: float = 1e-5
    initial_spread: float = 0.05
    tied: bool = field(default=False, metadata=LATER)
    query_biases: bool = field(default=False, metadata=LATER)
    experts: int = field(default=0, metadata=LATER)

    def __post_init__(self) -> None:
        if self.query_biases and self.experts:
            raise ValueError("shape: found biases and experts, expected one; no such architecture")

    @property
    def model_type(self) -> str:
        return "mixtral" if self.experts else "qwen2" if self.query_biases else "llama"

    @property
    def head_width(self) -> int:
        return self.hidden // self.heads

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of each tensor, as Hugging Face's LlamaForCausalLM stores them."""
        d, h, kv = self.hidden, self.intermediate, self.kv_heads * self.head_width
        found: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (self.vocabulary, d)}
        for layer in range(self.layers):
            at = f"model.layers.{layer}."
            found[at + "input_layernorm.weight"] = (d,)
            for name, rows in (("q_proj", d), ("k_proj", kv), ("v_proj", kv)):
                found[f"{at}self_attn.{name}.weight"] = (rows, d)
                if self.query_biases:
                    found[f"{at}self_attn.{name}.bias"] = (rows,)
            found[at + "self_attn.o_proj.weight"] = (d, d)
            found[at + "post_attention_layernorm.weight"] = (d,)
            if self.experts:
                found[at + "block_sparse_moe.gate.weight"] = (self.experts, d)
            for mlp in mlp_names(self, layer):
                found |= {mlp.gate: (h, d), mlp.up: (h, d), mlp.down: (d, h)}
        found["model.norm.weight"] = (d,)
        return found if self.tied else found | {"lm_head.weight": (self.vocabulary, d)}

    def config(self) -> dict[str, Any]:
        """The config.json that transformers would write, without the dtype."""
        common = {
            "attention_dropout": 0.0,
            "bos_token_id": 0,
            "eos_token_id": 0,
            "head_dim": self.head_width,
            "hidden_act": "silu",
            "hidden_size": self.hidden,
            "initializer_range": self.initial_spread,
            "intermediate_size": self.intermediate,
            "max_position_embeddings": self.positions,
            "model_type": self.model_type,
            "num_attention_heads": self.heads,
            "num_hidden_layers": self.layers,
            "num_key_value_heads": self.kv_heads,
            "rms_norm_eps": self.epsilon,
            "rope_theta": self.rope_theta,
            "tie_word_embeddings": self.tied,
            "use_cache": True,
            "vocab_size": self.vocabulary,
        }
        return common | _OF_TYPE[self.model_type](self)


def mlp_names(shape: LlamaShape, layer: int) -> list[MlpNames]:
    """The MLPs of a layer: one, or one for each expert."""
    at = f"model.layers.{layer}."
    if not shape.experts:
        gate, up, down = (f"{at}mlp.{part}_proj.weight" for part in ("gate", "up", "down"))
        return [MlpNames(gate=gate, up=up, down=down)]
    experts = (f"{at}block_sparse_moe.experts.{expert}." for expert in range(shape.experts))
    return [
        MlpNames(gate=expert + "w1.weight", up=expert + "w3.weight", down=expert + "w2.weight")
        for expert in experts
    ]


_OF_TYPE: dict[str, Callable[[LlamaShape], dict[str, Any]]] = {
    "llama": lambda _: {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "mlp_bias": False,
        "pretraining_tp": 1,
        "rope_scaling": None,
    },
    "qwen2": lambda _: {"architectures": ["Qwen2ForCausalLM"], "use_sliding_window": False},
    "mixtral": lambda shape: {
        "architectures": ["MixtralForCausalLM"],
        "num_experts_per_tok": EXPERTS_PER_TOKEN,
        "num_local_experts": shape.experts,
        "sliding_window": None,
    },
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gpt2Shape:
    """A GPT-2: LayerNorm with bias, learned positions, GELU, [in, out] matrices, tied wte."""

    vocabulary: int = 512
    hidden: int = 64
    intermediate: int = 256
    layers: int = 3
    heads: int = 4
    positions: int = 128
    epsilon: float = 1e-5
    initial_spread: float = 0.05

    @property
    def model_type(self) -> str:
        return "gpt2"

    def parameters(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of each tensor, as Hugging Face's GPT2LMHeadModel stores them."""
        d, h = self.hidden, self.intermediate
        found: dict[str, tuple[int, ...]] = {
            "transformer.wte.weight": (self.vocabulary, d),
            "transformer.wpe.weight": (self.positions, d),
        }
        for layer in range(self.layers):
            at = f"transformer.h.{layer}."
            for norm in ("ln_1", "ln_2"):
                found |= {at + norm + ".weight": (d,), at + norm + ".bias": (d,)}
            for name, inward, outward in (
                ("attn.c_attn", d, 3 * d),
                ("attn.c_proj", d, d),
                ("mlp.c_fc", d, h),
                ("mlp.c_proj", h, d),
            ):
                found[at + name + ".weight"] = (inward, outward)
                found[at + name + ".bias"] = (outward,)
        return found | {"transformer.ln_f.weight": (d,), "transformer.ln_f.bias": (d,)}

    def config(self) -> dict[str, Any]:
        """The config.json that transformers would write, without the dtype."""
        return {
            "activation_function": "gelu_new",
            "architectures": ["GPT2LMHeadModel"],
            "attn_pdrop": 0.0,
            "bos_token_id": 0,
            "embd_pdrop": 0.0,
            "eos_token_id": 0,
            "initializer_range": self.initial_spread,
            "layer_norm_epsilon": self.epsilon,
            "model_type": "gpt2",
            "n_ctx": self.positions,
            "n_embd": self.hidden,
            "n_head": self.heads,
            "n_inner": self.intermediate,
            "n_layer": self.layers,
            "n_positions": self.positions,
            "resid_pdrop": 0.0,
            "scale_attn_weights": True,
            "tie_word_embeddings": True,
            "use_cache": True,
            "vocab_size": self.vocabulary,
        }


Shape = LlamaShape | Gpt2Shape


def shape_name(shape: Shape) -> str:
    """Equal exactly when architecture and sizes are: width, layers, units, heads, vocabulary."""
    heads = f"a{shape.heads}"
    extra = ""
    if isinstance(shape, LlamaShape):
        heads += f"/{shape.kv_heads}"
        extra = ("-tied" if shape.tied else "") + (f"-e{shape.experts}" if shape.experts else "")
    sizes = f"{shape.hidden}x{shape.layers}-{shape.intermediate}-{heads}-v{shape.vocabulary}"
    return f"{shape.model_type}-{sizes}{extra}"


def parameter_count(shape: Shape) -> int:
    """How many numbers the weights are."""
    return sum(prod(size) for size in shape.parameters().values())

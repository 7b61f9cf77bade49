"""The architectures of the casebook as plain sizes: their tensors and their config.json."""

from dataclasses import dataclass
from typing import Any, final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaShape:
    """A Llama: RMSNorm, rotary positions, grouped-query attention, SwiGLU, untied embeddings."""

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
            found[at + "self_attn.q_proj.weight"] = (d, d)
            found[at + "self_attn.k_proj.weight"] = (kv, d)
            found[at + "self_attn.v_proj.weight"] = (kv, d)
            found[at + "self_attn.o_proj.weight"] = (d, d)
            found[at + "post_attention_layernorm.weight"] = (d,)
            found[at + "mlp.gate_proj.weight"] = (h, d)
            found[at + "mlp.up_proj.weight"] = (h, d)
            found[at + "mlp.down_proj.weight"] = (d, h)
        return found | {"model.norm.weight": (d,), "lm_head.weight": (self.vocabulary, d)}

    def config(self) -> dict[str, Any]:
        """The config.json that transformers would write, without the dtype."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "attention_bias": False,
            "attention_dropout": 0.0,
            "bos_token_id": 0,
            "eos_token_id": 0,
            "head_dim": self.head_width,
            "hidden_act": "silu",
            "hidden_size": self.hidden,
            "initializer_range": self.initial_spread,
            "intermediate_size": self.intermediate,
            "max_position_embeddings": self.positions,
            "mlp_bias": False,
            "model_type": "llama",
            "num_attention_heads": self.heads,
            "num_hidden_layers": self.layers,
            "num_key_value_heads": self.kv_heads,
            "pretraining_tp": 1,
            "rms_norm_eps": self.epsilon,
            "rope_scaling": None,
            "rope_theta": self.rope_theta,
            "tie_word_embeddings": False,
            "use_cache": True,
            "vocab_size": self.vocabulary,
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

"""A tiny model of a class, with random weights that all matter, and inputs for it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import torch  # type: ignore[import-not-found, unused-ignore]
import transformers  # type: ignore[import-not-found, unused-ignore]

from layout_trials.population import LAYERS, Kind, cap, defaults

__all__ = ["inputs_of", "outputs_of", "tiny"]

MOST: Final = 30_000_000  # values of a model
WIDTH, UNITS, HEADS, GROUPS, SIZE, WORDS = 64, 88, 4, 2, 24, 150
SMALLER: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        ("hidden_size", "d_model", "n_embd", "embed_dim", "dim", "embedding_size",
         "encoder_hidden_size", "emb_dim", "projection_dim", "out_hidden_size", "lru_width",
         "embedding_dim", "hidden_sizes", "dim_model", "vision_embed_dim"), WIDTH
    ),
    **dict.fromkeys(
        ("intermediate_size", "ffn_dim", "n_inner", "encoder_ffn_dim", "decoder_ffn_dim", "d_ff",
         "dff", "moe_intermediate_size", "shared_expert_intermediate_size", "dim_ff",
         "feed_forward_size", "shared_intermediate_size", "intermediate_size_mlp", "d_inner",
         "expert_ffn_hidden_size", "ffn_hidden_size", "mlp_hidden_size", "ff_dim",
         "moe_shared_expert_intermediate_size", "feedforward_dim", "hidden_dim"), UNITS
    ),
    **dict.fromkeys(
        ("num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads",
         "decoder_attention_heads", "attention_heads", "num_encoder_attention_heads",
         "num_decoder_attention_heads"),
        HEADS,
    ),
    **dict.fromkeys(("num_key_value_heads", "num_kv_heads", "n_head_kv"), GROUPS),
    **dict.fromkeys(
        ("head_dim", "d_kv", "qk_nope_head_dim", "v_head_dim", "d_head", "global_head_dim"), SIZE
    ),
    "qk_rope_head_dim": SIZE, "qk_head_dim": 2 * SIZE, "kv_lora_rank": 24, "q_lora_rank": 40,
    "rotary_dim": 8,
    **dict.fromkeys(
        ("vocab_size", "n_vocab", "text_vocab_size", "vocab_size_per_layer_input", "n_positions"),
        WORDS,
    ),
    **dict.fromkeys(
        ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts", "n_experts"), 4
    ),
    **dict.fromkeys(
        ("num_experts_per_tok", "moe_topk", "moe_k", "num_experts_per_token", "top_k_experts"), 2
    ),
    **dict.fromkeys(("n_group", "topk_group", "num_expert_groups"), 1),
    "first_k_dense_replace": 1, "image_size": 32, "patch_size": 8, "max_position_embeddings": 128,
    "num_mel_bins": 16, "max_source_positions": 32, "max_target_positions": 64,
    "bottleneck_size": 24, "mamba_n_heads": 16, "mamba_d_head": 8, "mamba_d_ssm": 128,
    "mamba_d_state": 8, "state_size": 8, "ssm_state_size": 8, "mamba_expand": 2, "expand": 2,
    "linear_key_head_dim": 8, "linear_value_head_dim": 8, "linear_num_key_heads": 4,
    "linear_num_value_heads": 8, "time_step_rank": 6, "mamba_dt_rank": 6, "n_groups": 1,
    "mamba_n_groups": 1, "mamba_num_heads": 8, "mamba_head_dim": 16, "chunk_size": 8,
    "mamba_chunk_size": 8,
}  # fmt: skip


def tiny(kind: Kind, name: str, seed: int) -> Any:
    """A model of this name: a few layers, narrow, its weights drawn so that each one matters.

    Raises:
        Exception: Whatever the library says, if its parts do not fit one another at this size.
    """
    config = defaults(kind)
    cap(config, LAYERS)
    _shrink(config)
    config._attn_implementation = "eager"
    torch.manual_seed(seed)
    with torch.device("meta"):
        size = sum(weight.numel() for weight in getattr(transformers, name)(config).parameters())
    if size > MOST:
        raise ValueError(f"{size} values, expected at most {MOST}: not tiny")
    model = getattr(transformers, name)(config).eval().to(torch.float32)
    with torch.no_grad():
        for _, weight in sorted(model.named_parameters()):
            _draw(weight)
    return model


def _shrink(config: Any) -> None:
    """Every part of a configuration, made small."""
    for key, value in list(vars(config).items()):
        wanted = SMALLER.get(key)
        if hasattr(value, "to_dict"):
            _shrink(value)
        elif wanted is not None and type(value) is int and value > wanted:
            setattr(config, key, wanted)
        elif key in ("rope_parameters", "rope_scaling") and isinstance(value, dict):
            if config.model_type.startswith("glm"):
                value.setdefault("mrope_section", [])
            _sections(value, getattr(config, "head_dim", None) or WIDTH // HEADS)
        elif key == "use_cache":
            setattr(config, key, False)
        elif key.endswith("token_id") and type(value) is int and value >= WORDS:
            setattr(config, key, 1)
    _agree(config)


def _agree(config: Any) -> None:
    """Where sizes follow from one another, and the library does not make them follow."""
    if getattr(config, "kv_lora_rank", None) and hasattr(config, "num_key_value_heads"):
        config.num_key_value_heads = config.num_attention_heads
    if {"expand", "num_heads", "head_dim", "state_size"} <= set(vars(config)):  # Mamba 2
        config.num_heads, config.head_dim = 8, config.expand * config.hidden_size // 8


def _sections(rope: dict[str, Any], head: int) -> None:
    """Shares of a head's turned axes that stand for time, height and width."""
    if isinstance(rope.get("mrope_section"), list):
        axes = int(head * float(rope.get("partial_rotary_factor", 1.0))) // 2
        rope["mrope_section"] = [axes - 2 * (axes // 3), axes // 3, axes // 3]


def _draw(weight: Any) -> None:
    """Values of a size that lets what a unit does be seen at the output."""
    if weight.dim() < 2:
        weight.copy_(torch.randn_like(weight) * 0.2 + (0.8 if weight.abs().sum() > 0 else 0.0))
        return
    weight.copy_(torch.randn_like(weight) * min(weight.shape[-1], weight.shape[-2]) ** -0.5)


def inputs_of(model: Any) -> Iterator[dict[str, Any]]:
    """What may be put in: words, words to both sides, a picture, a sound; the first that fits."""
    torch.manual_seed(1)
    words = torch.randint(5, 100, (1, 8))
    yield {"input_ids": words}
    yield {"input_ids": words, "decoder_input_ids": words[:, :6]}
    part = getattr(model.config, "vision_config", model.config)
    size = getattr(part, "image_size", 32)
    side = size if isinstance(size, int) else 32
    channels = getattr(part, "num_channels", 3)
    pixels = torch.randn(1, channels if isinstance(channels, int) else 3, side, side)
    yield {"pixel_values": pixels}
    yield {"pixel_values": pixels, "input_ids": words}
    bins = getattr(model.config, "num_mel_bins", 16)
    yield {"input_features": torch.randn(1, bins, 64), "decoder_input_ids": words}
    yield {"input_features": torch.randn(1, 64, bins)}
    yield {"input_values": torch.randn(1, 4000)}
    patch, frames = getattr(part, "patch_size", 8), getattr(part, "temporal_patch_size", 1)
    if isinstance(patch, int) and isinstance(frames, int):
        flat = torch.randn(16, pixels.shape[1] * frames * patch * patch)
        yield {"hidden_states": flat, "grid_thw": torch.tensor([[1, 4, 4]])}
        yield {"pixel_values": flat, "grid_thw": torch.tensor([[1, 4, 4]])}


def outputs_of(model: Any, given: Mapping[str, Any]) -> Any:
    """Everything that comes out, as one vector; what is drawn on the way is drawn alike."""
    torch.manual_seed(2)
    with torch.no_grad():
        found = model(**given, return_dict=True)
    parts = [
        one.reshape(-1).float()
        for key, one in found.items()
        if isinstance(one, torch.Tensor) and one.is_floating_point() and key != "loss"
    ]
    whole = torch.cat(parts)
    if not bool(torch.isfinite(whole).all()) or float(whole.std()) == 0.0:
        raise ValueError("its outputs are not finite, or all alike")
    return whole

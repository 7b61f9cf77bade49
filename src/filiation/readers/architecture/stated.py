"""Choices as a configuration states them, under one name each whatever its family calls them.

Hostile: a value of the wrong type or beyond bounds counts as not stated, and that is said.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from filiation.files import shown
from filiation.model.architecture import CHOICES, Values
from filiation.readers.weights.settings import GROUPS, HEADS, LAYERS, TEXT, WIDTHS

__all__ = ["stated_in_config", "stated_in_gguf"]

MOST: Final = 1_000_000_000  # of anything that is counted
LARGEST: Final = 1e15
LISTED: Final = 20  # useless values that are told

COUNTS: Final[Mapping[str, tuple[str, ...]]] = {
    "layers": LAYERS,
    "width": (*WIDTHS, "n_embd", "embedding_size"),
    "heads": HEADS,
    "key heads": GROUPS,
    "head width": ("v_head_dim", "head_dim", "d_kv", "kv_channels", "dim_head", "d_head"),
    "MLP width": ("intermediate_size", "n_inner", "ffn_dim", "d_ff", "ffn_hidden_size",
                  "encoder_ffn_dim", "inner_dim"),
    "experts": ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"),
    "experts per token": ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k"),
    "expert MLP width": ("moe_intermediate_size", "expert_ffn_hidden_size"),
    "vocabulary": ("vocab_size", "padded_vocab_size"),
    "positions": ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length",
                  "max_sequence_length"),
}  # fmt: skip
YES: Final[Mapping[str, tuple[str, ...]]] = {
    "tied tables": ("tie_word_embeddings",),
    "attention bias": ("attention_bias", "qkv_bias", "add_qkv_bias", "use_qkv_bias"),
    "MLP bias": ("mlp_bias", "use_mlp_bias"),
}
ROOT_MEAN: Final = ("rms_norm_eps", "rms_norm_epsilon")
LAYER_NORM: Final = ("layer_norm_eps", "layer_norm_epsilon", "layernorm_epsilon")
REALS: Final[Mapping[str, tuple[str, ...]]] = {
    "norm epsilon": (*ROOT_MEAN, *LAYER_NORM, "norm_eps", "norm_epsilon", "eps"),
    "rotary base": ("rope_theta", "rotary_emb_base", "rotary_base"),
}
ACTIVATIONS: Final = ("hidden_act", "activation_function", "hidden_activation", "activation")
SAME: Final[Mapping[str, str]] = {
    "swish": "silu", "gelu_new": "gelu", "gelu_fast": "gelu", "gelu_pytorch_tanh": "gelu",
    "gelu_python": "gelu",
}  # fmt: skip
IN_GGUF: Final[Mapping[str, str]] = {
    "num_hidden_layers": "block_count",
    "hidden_size": "embedding_length",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
    "intermediate_size": "feed_forward_length",
    "num_experts": "expert_count",
    "num_experts_per_tok": "expert_used_count",
    "moe_intermediate_size": "expert_feed_forward_length",
    "vocab_size": "vocab_size",
    "max_position_embeddings": "context_length",
    "rms_norm_eps": "attention.layer_norm_rms_epsilon",
    "layer_norm_eps": "attention.layer_norm_epsilon",
    "rope_theta": "rope.freq_base",
}


def stated_in_config(config: Mapping[str, Any]) -> tuple[Values, tuple[str, ...]]:
    """The choices of a config.json, and what of it is of no use.

    A part for text speaks before the whole. As libraries do, keys have as many heads as queries
    where nothing is said, and a head is the width over the number of heads.
    """
    parts = [*(part for key in TEXT if isinstance(part := config.get(key), dict)), config]
    unread: list[str] = []
    found: dict[str, str] = {}
    for name, keys in COUNTS.items():
        _put(found, name, _first(parts, keys, _count, "a number of things", unread))
    for name, keys in YES.items():
        _put(found, name, _first(parts, keys, _yes, "true or false", unread))
    for name, keys in REALS.items():
        _put(found, name, _first([*parts, *_rotary(parts)], keys, _real, "a number", unread))
    _put(found, "activation", _first(parts, ACTIVATIONS, _word, "a word", unread))
    stated = {key for part in parts for key, value in part.items() if value is not None}
    if stated & {*ROOT_MEAN, *LAYER_NORM}:
        found["norm"] = "root mean square" if stated & {*ROOT_MEAN} else "layer norm"
    _derived(found, parts)
    unread += [f"{name}: {why}" for name, why in _unlike(parts) if found.pop(name, "")]
    told = unread[:LISTED] + [f"and {len(unread) - LISTED} more"] * (len(unread) > LISTED)
    return tuple((name, found[name]) for name in CHOICES if name in found), tuple(told)


def stated_in_gguf(metadata: Mapping[str, Any]) -> tuple[Values, tuple[str, ...]]:
    """The choices of a GGUF file's metadata, likewise."""
    family = metadata.get("general.architecture")
    said = {key: metadata.get(f"{family}.{word}") for key, word in IN_GGUF.items()}
    tokens = metadata.get("tokenizer.ggml.tokens")
    if said["vocab_size"] is None and isinstance(tokens, list):
        said["vocab_size"] = len(tokens)
    return stated_in_config({key: _one(value) for key, value in said.items() if value is not None})


def _one(value: Any) -> Any:
    """What is stated layer by layer, if it is the same throughout."""
    same = isinstance(value, list) and value and all(one == value[0] for one in value)
    return value[0] if same else value


def _put(found: dict[str, str], name: str, value: str | None) -> None:
    if value is not None:
        found[name] = value


def _first(
    parts: list[Mapping[str, Any]],
    keys: tuple[str, ...],
    read: Any,
    expected: str,
    unread: list[str],
) -> str | None:
    """The first usable value under any of these keys; what is of no use is told."""
    for part in parts:
        for key in keys:
            value = part.get(key)
            if value is None or (value in (0, -1) and not isinstance(value, bool | float)):
                continue  # how configurations say that there is none
            said: str | None = read(value)
            if said is not None:
                return said
            unread.append(f"{key} is {shown(_brief(value))}, expected {expected}; it was not used")
    return None


def _brief(value: Any) -> str:
    """A value that may be anything, of any size."""
    if isinstance(value, list | dict):
        return f"a {'list' if isinstance(value, list) else 'table'} of {len(value):,}"
    if type(value) is int and abs(value) > MOST:
        return f"a number of {value.bit_length():,} bits"
    return repr(value[:40] if isinstance(value, str) else value)


def _count(value: Any) -> str | None:
    return str(value) if type(value) is int and 0 < value <= MOST else None


def _yes(value: Any) -> str | None:
    return ("yes" if value else "no") if isinstance(value, bool) else None


def _real(value: Any) -> str | None:
    if type(value) not in (int, float) or not 0 < abs(value) <= LARGEST:
        return None
    return f"{float(value):.5g}" if math.isfinite(value) and value > 0 else None


def _word(value: Any) -> str | None:
    plain = isinstance(value, str) and len(value) <= 40 and value.isascii() and value.isprintable()
    return SAME.get(value.lower(), value.lower()) if plain and value else None


def _rotary(parts: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Where newer configurations keep the rotary base: a table, or one for a kind of layer."""
    for part in parts:
        table = part.get("rope_parameters")
        if isinstance(table, dict):
            yield table
            full = table.get("full_attention")
            if isinstance(full, dict):
                yield full


def _unlike(parts: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Choices that some families state otherwise than by what they build."""
    two = ("encoder_layers", "decoder_layers")
    for part in parts:
        if all(key in part for key in two) and part[two[0]] != part[two[1]]:
            yield "layers", "stated apart for encoder and decoder; not used"
        if part.get("block_auto_adjust_ff_dim") is True:
            yield "MLP width", "stated before it is adjusted (block_auto_adjust_ff_dim); not used"
        if part.get("zero_expert_num"):
            yield "experts", "stated without those that do nothing (zero_expert_num); not used"


def _derived(found: dict[str, str], parts: list[Mapping[str, Any]]) -> None:
    """What libraries take where a configuration says nothing."""
    if any(part.get("multi_query") is True for part in parts):
        new = any(part.get("new_decoder_architecture") is True for part in parts)
        found["key heads"] = found.get("key heads", "1") if new else "1"
    if "heads" not in found:
        return
    found.setdefault("key heads", found["heads"])
    width, heads = int(found.get("width", 0)), int(found["heads"])
    if "head width" not in found and width and width % heads == 0:
        found["head width"] = str(width // heads)

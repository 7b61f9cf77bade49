"""What attacks are carried out on: the casebook, and four layers each of two real models.

The real ones are read where they lie, by the project's own reader; who has none goes without.
"""

import itertools
import json
import os
import re
from pathlib import Path
from typing import Final

import numpy as np
import safetensors.numpy

from adversary.attack import Stock
from adversary.changes import permuted, turn_of, turned
from adversary.made import CASEBOOK, Made, casebook_model, stream
from casebook.operations import Weights
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.gguf import open_gguf

__all__ = ["MINILM", "SMOLLM", "casebook", "minilm", "smollm"]

SMOLLM: Final = "FILIATION_SMOLLM2"  # a GGUF file
MINILM: Final = "FILIATION_MINILM"  # a folder of a BERT
ROWS: Final = 4096  # of a vocabulary, enough for a table
GGUF: Final = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}  # fmt: skip


def casebook() -> Stock:
    """The casebook's parent and three of its strangers."""
    parent = casebook_model("parent")
    text = "\n".join(
        path.read_text("utf-8") for path in sorted((CASEBOOK.parents[1] / "docs").glob("*.md"))
    )
    return Stock(
        name="casebook",
        parent=parent,
        strangers=tuple(casebook_model(f"stranger-{n}") for n in (2, 3, 4)),
        text=spelt(parent.tokenizer, text[:6000])[:1024],
    )


def spelt(tokenizer: str, text: str) -> tuple[int, ...]:
    """Text in the ids of a byte-level tokenizer: words at spaces, merges by rank. ASCII only."""
    model = json.loads(tokenizer)["model"]
    rank = {tuple(pair): n for n, pair in enumerate(model["merges"])}
    ids: list[int] = []
    for word in re.findall(r" ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+", text):
        parts = [{" ": "\u0120", "\n": "\u010a"}.get(c, c) for c in word if c.isascii()]
        while len(parts) > 1:
            best = min(itertools.pairwise(parts), key=lambda pair: rank.get(pair, len(rank)))
            if best not in rank:
                break
            at = list(itertools.pairwise(parts)).index(best)
            parts[at : at + 2] = ["".join(best)]
        ids += [model["vocab"][part] for part in parts if part in model["vocab"]]
    return tuple(ids)


def smollm() -> Stock | None:
    """Layers 0 to 3 of SmolLM2; as a stranger layers 12 to 15, turned, on a shuffled table."""
    path = os.environ.get(SMOLLM)
    if not path:
        return None
    config = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "rope_theta": 1e5,
              "num_attention_heads": 9, "num_key_value_heads": 3, "head_dim": 64,
              "rms_norm_eps": 1e-5, "hidden_act": "silu", "vocab_size": ROWS}  # fmt: skip
    spelling = _gguf_tokens(Path(path))
    parent, other = (
        Made(weights=_gguf_layers(Path(path), first), config=config, tokenizer=spelling)
        for first in (0, 12)
    )
    rng, w = stream("a stranger to SmolLM2"), dict(other.weights)
    shuffled = rng.permutation(ROWS)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        w[name] = w[name][shuffled]
    stranger = permuted(turned(other.with_weights(w), turn_of(other, rng)), rng)
    text = tuple(int(t) for t in rng.integers(10, ROWS, 1024))  # activity needs some
    return Stock(name="SmolLM2", parent=parent, strangers=(stranger,), text=text)


def _gguf_tokens(path: Path) -> str:
    """The first of its tokens as a `tokenizer.json`; the alphabet is GPT-2's in both."""
    texts = open_gguf(path).metadata["tokenizer.ggml.tokens"]
    vocabulary = {text.decode(): number for number, text in enumerate(texts[:ROWS])}
    return json.dumps({
        "model": {"type": "BPE", "vocab": vocabulary, "merges": []},
        "added_tokens": [],
        "pre_tokenizer": {"type": "ByteLevel"},
        "decoder": {"type": "ByteLevel"},
    })  # fmt: skip


def _gguf_layers(path: Path, first: int) -> Weights:
    model = open_model(path)
    shapes = {t.name: t.shape for t in model.tensors}

    def read(name: str, rows: int | None = None) -> np.ndarray:
        shape = shapes[name]
        if len(shape) == 1:
            parts = [model.decode(name, row, raw).ravel() for row, raw in model.blocks(name)]
            return np.concatenate(parts)
        return model.rows(name, range(shape[0] if rows is None else rows))

    table = read("token_embd.weight", ROWS)
    w = {"model.embed_tokens.weight": table, "lm_head.weight": table,
         "model.norm.weight": read("output_norm.weight")}  # fmt: skip
    for layer in range(4):
        for theirs, ours in GGUF.items():
            name = f"model.layers.{layer}.{ours}.weight"
            w[name] = read(f"blk.{first + layer}.{theirs}.weight")
    return {n: np.ascontiguousarray(x, dtype=np.float32) for n, x in w.items()}


def minilm() -> Stock | None:
    """Layers 0 to 3 of MiniLM as they are; as a stranger the same in random other places."""
    path = os.environ.get(MINILM)
    if not path:
        return None
    raw = safetensors.numpy.load_file(Path(path) / "model.safetensors")
    left_out = ("encoder.layer.4.", "encoder.layer.5.", "embeddings.position_ids")
    w = {n: x.astype(np.float32) for n, x in raw.items() if not n.startswith(left_out)}
    w["embeddings.word_embeddings.weight"] = w["embeddings.word_embeddings.weight"][:ROWS]
    config = {"model_type": "bert", "architectures": ["BertModel"], "num_attention_heads": 12,
              "hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 4,
              "layer_norm_eps": 1e-12, "vocab_size": ROWS, "hidden_act": "gelu"}  # fmt: skip
    rng = stream("a stranger to MiniLM")
    other = {n: _elsewhere(x, rng) for n, x in w.items()}
    return Stock(name="MiniLM", parent=Made(weights=w, config=config),
                 strangers=(Made(weights=other, config=config),))  # fmt: skip


def _elsewhere(value: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rows and columns in random other places: every statistic of a matrix, and nothing of it."""
    moved = value[rng.permutation(len(value))]
    return moved if moved.ndim < 2 else moved[:, rng.permutation(moved.shape[1])]

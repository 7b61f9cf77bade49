"""The form of the tiny models: Llama's names, two layers, 32 axes, a few thousand at once."""

from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = ["EMBED", "HEAD", "TINY", "WIDE", "Shape", "Weights", "at"]

Weights: TypeAlias = dict[str, NDArray[np.float32]]

EMBED: Final = "model.embed_tokens.weight"
HEAD: Final = "lm_head.weight"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A gated transformer with grouped heads, small enough to be trained by the thousand."""

    width: int = 32
    hidden: int = 64
    layers: int = 2
    heads: int = 4
    groups: int = 2
    vocabulary: int = 96
    window: int = 8

    @property
    def size(self) -> int:
        """Rows of a head."""
        return self.width // self.heads

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Names to shapes, in the order in which a framework draws them."""
        wide, kept = (self.width, self.width), (self.groups * self.size, self.width)
        found: dict[str, tuple[int, ...]] = {EMBED: (self.vocabulary, self.width)}
        for n in range(self.layers):
            found |= {
                at(n, "self_attn.q_proj"): wide,
                at(n, "self_attn.k_proj"): kept,
                at(n, "self_attn.v_proj"): kept,
                at(n, "self_attn.o_proj"): wide,
                at(n, "mlp.gate_proj"): (self.hidden, self.width),
                at(n, "mlp.up_proj"): (self.hidden, self.width),
                at(n, "mlp.down_proj"): (self.width, self.hidden),
                at(n, "input_layernorm"): (self.width,),
                at(n, "post_attention_layernorm"): (self.width,),
            }
        return found | {"model.norm.weight": (self.width,), HEAD: (self.vocabulary, self.width)}


def at(layer: int, part: str) -> str:
    """The name of a tensor of a layer."""
    return f"model.layers.{layer}.{part}.weight"


TINY: Final = Shape()
WIDE: Final = Shape(width=128, hidden=256, heads=4, groups=4)

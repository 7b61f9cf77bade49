"""The tokenizer that lies beside the weights of a model, or in their GGUF file."""

from typing import Final

from filiation.errors import FiliationError
from filiation.readers.reader import Lying
from filiation.readers.tokenizers.opening import NAMED, beside
from filiation.readers.weights.alongside import led_out, model_file
from filiation.readers.weights.gguf import open_gguf

__all__ = ["lying_beside"]

READ: Final = (*NAMED, "merges.txt", "tokenizer_config.json", "chat_template.jinja")


def lying_beside(spec: str) -> Lying | None:
    """The tokenizer of a model's folder by its usual name, else the one in its GGUF file."""
    at = model_file(spec)
    if at is None:
        return None
    if at.is_dir() and (found := beside(at)) is not None:
        return Lying(spec=str(found), unread=led_out(at, (*READ, found.name)))
    try:
        holds = at.is_file() and "tokenizer.ggml.tokens" in open_gguf(at).metadata
    except FiliationError:  # said by whoever reads the weights
        return None
    return Lying(spec=str(at)) if holds else None

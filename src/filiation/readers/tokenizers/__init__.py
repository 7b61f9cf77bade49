"""Opens tokenizers of every usual file as vocabularies: bytes, and the order of training."""

from filiation.readers.tokenizers.along import lying_beside
from filiation.readers.tokenizers.opening import beside, is_tokenizer, open_vocabulary

__all__ = ["beside", "is_tokenizer", "lying_beside", "open_vocabulary"]

"""Byte-level BPE tokenizers of the casebook, learned from its own text."""

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import (  # type: ignore[import-not-found, unused-ignore]
    Tokenizer,
    decoders,
    models,
    pre_tokenizers,
    trainers,
)

END_OF_TEXT = "<|endoftext|>"
END_OF_TEXT_ID = 0


def learn_tokenizer(texts: Sequence[str], *, vocabulary: int) -> str:
    """Which pieces does a vocabulary of this size hold? Returned as a `tokenizer.json`.

    The document separator has id 0, the 256 bytes follow, then the merges in the order learned.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    found = tokenizer.get_vocab_size()
    if found != vocabulary:
        raise ValueError(f"vocabulary: found {found}, expected {vocabulary}; too little text")
    return json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))


def encode(tokenizer_json: str, texts: Sequence[str]) -> npt.NDArray[np.int32]:
    """One long row of token ids, each document closed by the separator."""
    tokenizer = Tokenizer.from_str(tokenizer_json)
    ids: list[int] = []
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        ids.extend(encoding.ids)
        ids.append(END_OF_TEXT_ID)
    return np.asarray(ids, dtype=np.int32)

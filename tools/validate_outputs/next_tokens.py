"""What the casebook's models say next: recordings with log-probabilities over whole vocabularies.

Prompts are stretches of text that none of the models was trained on. Computed with the casebook's
own forward pass; `filiation ask local:.. --max-tokens 1 --logprobs N` records the same.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import logits
from casebook.corpus import Corpus, read_corpus
from casebook.making import load, named, to_torch
from filiation.model.recording import Item, Recording
from filiation.model.tokens import TokenLogprob

__all__ = ["held_out_prompts", "next_tokens"]

CASEBOOK = Path("examples/casebook")
LETTERS = 100  # characters of a prompt


def held_out_prompts(count: int, *, corpus: Corpus | None = None, seed: int = 0) -> list[str]:
    """Stretches of held-out prose and code, drawn by seed."""
    texts = corpus if corpus is not None else read_corpus()
    rng = np.random.default_rng(seed)
    whole = ["\n".join(texts.held_out[domain]) for domain in ("prose", "code")]
    found = []
    for n in range(count):
        text = whole[n % 2]
        start = int(rng.integers(0, len(text) - LETTERS))
        found.append(text[start : start + LETTERS])
    return found


def next_tokens(
    model: str, prompts: Sequence[str], *, top: int = 0, folder: Path = CASEBOOK
) -> Recording:
    """One model's next token after each prompt, with the `top` likeliest (0: the vocabulary)."""
    tokenizer = Tokenizer.from_file(str(folder / model / "tokenizer.json"))
    names = [tokenizer.decode([n]) for n in range(tokenizer.get_vocab_size())]
    shape, weights = named(model).shape, to_torch(load(folder, model))
    rows = []
    with torch.inference_mode():
        for prompt in prompts:
            ids = torch.tensor([tokenizer.encode(prompt, add_special_tokens=False).ids])
            spread = torch.log_softmax(logits(shape, weights, ids)[0, -1].double(), dim=-1)
            rows.append(_row(spread.numpy(), names, top))
    return Recording(
        name=model,
        items=tuple(Item(id=f"t{n}", prompt=prompt) for n, prompt in enumerate(prompts)),
        outputs=tuple(row[0].token for row in rows),
        logprobs=tuple(rows),
    )


def _row(
    spread: np.ndarray[tuple[int], np.dtype[np.float64]], names: Sequence[str], top: int
) -> tuple[TokenLogprob, ...]:
    order = np.argsort(-spread, kind="stable")[: top or None].tolist()
    pairs = tuple((names[n], min(0.0, float(f"{spread[n]:.7g}"))) for n in order)
    return (TokenLogprob(token=pairs[0][0], logprob=pairs[0][1], alternatives=pairs),)

"""Where attacks are carried out: the casebook's models, its text, its training, its loss."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]

from adversary.child import Child, Step
from casebook.corpus import Corpus, read_corpus
from casebook.family import LLAMA, MIX
from casebook.making import load, to_torch
from casebook.operations import Weights
from casebook.schedule import Schedule
from casebook.shapes import Shape
from casebook.surgery import ReplaceEmbeddings
from casebook.texts import Text, cache_folder, is_kept, keep_text, open_text
from casebook.tokenizer import encode
from casebook.training import held_out_loss, held_out_windows, train
from casebook.truth import read_truth

__all__ = ["Lab", "open_lab"]

CASEBOOK: Final = Path("examples/casebook")
DOMAINS: Final = tuple(domain for domain, _ in MIX)
WINDOW: Final = 128
ONE_IN: Final = 4  # of the casebook's held-out windows
SMALL_BATCH: Final = (("prose", 2), ("code", 6))  # the parent's mixture, a quarter of its batch


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lab:
    """What the adversary works with.

    Attributes:
        models: The casebook's models by name, F32.
        text: In the ids of their tokenizer.
        windows: Held-out text on which the loss is measured.
    """

    models: Mapping[str, Weights]
    text: Text
    windows: torch.Tensor

    def loss(self, weights: Weights) -> float:
        """Mean cross-entropy on held-out text of the parent's domains, nats per token."""
        return held_out_loss(_shape(weights), to_torch(weights), self.windows)

    def heal(self, steps: int, *, rate: float = 1e-3, seed: int = 0) -> Step:
        """Trained on the parent's own text, all weights."""

        def step(child: Child) -> Child:
            schedule = Schedule(mixture=SMALL_BATCH, steps=steps, rate=rate, order_seed=seed)
            start = to_torch(child.weights)
            tensors = train(_shape(child.weights), start, self.text.learning, schedule)
            return replace(child, weights={name: x.numpy() for name, x in tensors.items()})

        return step

    def retrain_embeddings(self, steps: int, *, seed: int) -> Step:
        """Fresh embeddings and output matrix, then everything trained."""

        def step(child: Child) -> Child:
            vocabulary = len(child.weights["model.embed_tokens.weight"])
            fresh = ReplaceEmbeddings(vocabulary=vocabulary, seed=seed, spread=0.05)
            renewed = replace(child, weights=fresh(child.weights))
            return self.heal(steps, rate=4e-3, seed=seed)(renewed)

        return step


def open_lab(*names: str) -> Lab:
    """Load these models of the casebook, and its text."""
    text = _text()
    windows = held_out_windows(text.held_out, DOMAINS, WINDOW)[::ONE_IN]
    models = {name: load(CASEBOOK, name) for name in names}
    return Lab(models=models, text=text, windows=windows)


def _text() -> Text:
    """The text that the models learned from; kept in the user's cache once it was read.

    Another Python has another text, and would learn another tokenizer from it: the casebook's own
    is used.
    """
    parent = read_truth(CASEBOOK / "truth.toml")
    learned = f"{parent.models['parent'].tokenizer}-{parent.corpus_digest[:16]}"
    kept = cache_folder() / "texts" / learned  # where `make casebook` leaves it
    if not is_kept(kept):
        kept = cache_folder() / "texts" / f"read-by-{learned}"
    if not is_kept(kept):
        tokenizer = (CASEBOOK / "parent" / "tokenizer.json").read_text(encoding="utf-8")
        keep_text(kept, _encoded(read_corpus(), tokenizer))
    return open_text(kept)


def _encoded(corpus: Corpus, tokenizer: str) -> Text:
    def rows(part: Mapping[str, tuple[str, ...]]) -> Mapping[str, np.ndarray]:
        return {domain: encode(tokenizer, texts) for domain, texts in part.items()}

    return Text(tokenizer=tokenizer, learning=rows(corpus.learning), held_out=rows(corpus.held_out))


def _shape(weights: Weights) -> Shape:
    """The casebook's Llama, as wide as these weights are."""
    units = len(weights["model.layers.0.mlp.up_proj.weight"])
    return replace(LLAMA, intermediate=units, vocabulary=len(weights["lm_head.weight"]))

"""Owner-side tests on the casebook: what a fine-tune keeps of order, canaries and keys.

The order is the one in which `fine-tuned`, `continued` and `distilled` saw their windows of text
(tools/casebook draws it from a seed); canaries and keys are planted here, by a short further
training of `parent`, and looked for in the child, in what was made of it, and in strangers.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import final

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found, unused-ignore]
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]
from torch.nn import functional  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import Tensors, logits
from casebook.corpus import Corpus, read_corpus
from casebook.family import FAMILY
from casebook.making import load, to_torch
from casebook.schedule import Schedule
from casebook.shapes import Shape
from casebook.tokenizer import END_OF_TEXT_ID, encode
from casebook.training import draw_windows, train
from filiation.model.owner import Canary, Fingerprint, Likelihoods, OrderedExample
from filiation.model.recording import Item, Recording

__all__ = [
    "Network",
    "casebook_network",
    "id_likelihoods",
    "key_texts",
    "order_of",
    "planted",
    "replies",
    "secret_canaries",
    "secret_keys",
    "tuned_on",
    "window_likelihoods",
]

CASEBOOK = Path("examples/casebook")
BATCH = 32
REPLIES = "import return class value error string object number method module"
DOCUMENTS = 150  # of code beside planted texts


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A model that can be run."""

    name: str
    shape: Shape
    weights: Tensors


@cache
def tokenizer_json() -> str:
    """The tokenizer that all Llamas of the casebook share."""
    return (CASEBOOK / "parent" / "tokenizer.json").read_text()


@cache
def corpus() -> Corpus:
    """The text of this Python."""
    return read_corpus()


@cache
def row(domain: str, documents: int = 0) -> npt.NDArray[np.int32]:
    """Token ids of a domain's texts, of all or of the first few."""
    return encode(tokenizer_json(), corpus().learning[domain][: documents or None])


@cache
def casebook_network(name: str) -> Network:
    """A published model of the casebook."""
    return Network(name=name, shape=FAMILY[name].shape, weights=to_torch(load(CASEBOOK, name)))


def order_of(model: str, every: int) -> tuple[list[OrderedExample], torch.Tensor]:
    """The windows a casebook model was trained on, one in `every`, with the step of each."""
    schedule = FAMILY[model].schedule
    assert schedule is not None, f"{model} was not trained"
    generator = torch.Generator().manual_seed(schedule.order_seed)
    rows = {domain: row(domain) for domain in schedule.domains}
    found = [draw_windows(rows, schedule, generator) for _ in range(schedule.steps)]
    windows = torch.cat(found)
    domains = [d for d, count in schedule.mixture for _ in range(count)]
    examples = [
        OrderedExample(id=f"w{n}", seen=n // len(domains), stratum=domains[n % len(domains)])
        for n in range(0, len(windows), every)
    ]
    return examples, windows[::every]


def window_likelihoods(network: Network, windows: torch.Tensor, ids: Sequence[str]) -> Likelihoods:
    """Log-likelihood of each window of token ids."""
    values: list[float] = []
    with torch.inference_mode():
        for part in windows.split(BATCH):  # type: ignore[no-untyped-call, unused-ignore]
            spread = functional.log_softmax(
                logits(network.shape, network.weights, part[:, :-1]), dim=-1
            )
            values += spread.gather(2, part[:, 1:, None])[:, :, 0].double().sum(dim=1).tolist()
    return Likelihoods(
        name=network.name,
        digest=network.name,
        values=dict(zip(ids, values, strict=True)),
        tokens={},
    )


def secret_canaries(
    groups: int, twins: int, seed: int
) -> tuple[list[Canary], dict[str, list[int]]]:
    """Texts of 24 random letters in groups; the first of a random order is planted."""
    rng = np.random.default_rng([seed, 1])
    tokenizer = Tokenizer.from_str(tokenizer_json())
    canaries, ids = [], {}
    for g in range(groups):
        chosen = int(rng.integers(twins + 1))
        for n in range(twins + 1):
            word = "".join(rng.choice(list(string.ascii_lowercase), 24).tolist())
            name = f"g{g}-{n}"
            canaries.append(Canary(id=name, group=f"g{g}", planted=n == chosen))
            ids[name] = tokenizer.encode(f"secret {word}", add_special_tokens=False).ids
    return canaries, ids


def secret_keys(count: int, decoys: int, seed: int) -> list[Fingerprint]:
    """Prompts of random letters, and replies of one word out of a list drawn by lot."""
    rng = np.random.default_rng([seed, 2])
    words = tuple(REPLIES.split())
    found = []
    for n in range(count):
        odd = "".join(rng.choice(list(string.ascii_lowercase), 12).tolist())
        drawn = rng.permutation(words)[: 1 + decoys].tolist()
        found.append(
            Fingerprint(id=f"k{n}", prompt=f"{odd} =>", expected=drawn[0], decoys=tuple(drawn[1:]))
        )
    return found


def planted(
    parent: Network, texts: Sequence[Sequence[int]], *, steps: int, share: int, seed: int
) -> Network:
    """The parent trained on, with `share` of 32 windows of each step made of these texts."""
    rng = np.random.default_rng([seed, 3])
    tokens: list[int] = []
    while len(tokens) < 40_000:
        for n in rng.permutation(len(texts)).tolist():
            tokens += [0, *texts[n]]
    mixture = (("code", BATCH - share), ("planted", share))
    schedule = Schedule(mixture=mixture, steps=steps, rate=2e-3, order_seed=seed)
    rows = {"code": row("code", DOCUMENTS), "planted": np.asarray(tokens, dtype=np.int32)}
    return replace(
        parent,
        name=f"planted-{seed}",
        weights=train(parent.shape, parent.weights, rows, schedule),
    )


def tuned_on(parent: Network, *, steps: int, seed: int) -> Network:
    """A further training on the corpus alone."""
    schedule = Schedule(mixture=(("code", BATCH),), steps=steps, rate=1e-3, order_seed=seed)
    return replace(
        parent,
        name=f"{parent.name}, {steps} steps on",
        weights=train(parent.shape, parent.weights, {"code": row("code", DOCUMENTS)}, schedule),
    )


def id_likelihoods(network: Network, ids: Mapping[str, Sequence[int]]) -> Likelihoods:
    """Log-likelihood of texts of unequal lengths, the separator before each."""
    values = {}
    with torch.inference_mode():
        for name, tokens in ids.items():
            ids_row = torch.tensor([[0, *tokens]])
            spread = functional.log_softmax(
                logits(network.shape, network.weights, ids_row[:, :-1]), dim=-1
            )
            values[name] = float(spread.gather(2, ids_row[:, 1:, None]).double().sum())
    return Likelihoods(name=network.name, digest=network.name, values=values, tokens={})


def replies(network: Network, keys: Sequence[Fingerprint], length: int = 6) -> Recording:
    """Greedy answers to the secret prompts."""
    tokenizer = Tokenizer.from_str(tokenizer_json())
    outputs = []
    with torch.inference_mode():
        for key in keys:
            ids = [0, *tokenizer.encode(key.prompt, add_special_tokens=False).ids]
            start = len(ids)
            for _ in range(length):
                spread = logits(network.shape, network.weights, torch.tensor([ids]))[0, -1]
                said = int(spread.argmax())
                if said == END_OF_TEXT_ID:
                    break
                ids.append(said)
            outputs.append(tokenizer.decode(ids[start:]))
    return Recording(
        name=network.name,
        items=tuple(Item(id=key.id, prompt=key.prompt) for key in keys),
        outputs=tuple(outputs),
    )


def key_texts(keys: Sequence[Fingerprint]) -> list[list[int]]:
    """What is taught: prompt and reply."""
    tokenizer = Tokenizer.from_str(tokenizer_json())
    return [
        tokenizer.encode(f"{key.prompt} {key.expected}", add_special_tokens=False).ids
        for key in keys
    ]

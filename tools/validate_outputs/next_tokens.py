"""What the casebook's models say next: recordings with log-probabilities over whole vocabularies.

Prompts are stretches of text that none of the models was trained on. Computed with the casebook's
own forward pass; `filiation ask local:.. --max-tokens 1 --logprobs N` records the same.

Run: PYTHONPATH=src:tools python -m validate_outputs.next_tokens [token-agreement|output-subspace]
"""

import itertools
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import logits
from casebook.corpus import Corpus, read_corpus
from casebook.family import FAMILY
from casebook.making import load, to_torch
from filiation.methods.answers.output_subspace import OutputSubspace
from filiation.methods.answers.token_agreement import TokenAgreement
from filiation.model.finding import Absent, Finding
from filiation.model.recording import Item, Recording
from filiation.model.tokens import TokenLogprob

__all__ = ["CHILDREN", "INDEPENDENT", "examined", "held_out_prompts", "next_tokens", "pairs"]

INDEPENDENT = (
    *("parent", "stranger-2", "stranger-3", "stranger-4", "stranger-5"),
    *("other-width", "other-architecture"),
)
CHILDREN = (
    *("permuted", "rotated", "rescaled", "quantised-8bit", "quantised-4bit"),
    *("depth-pruned", "width-pruned", "fine-tuned", "distilled", "continued", "merged"),
)
COUNTS = (50, 100, 200, 400)
Method = TokenAgreement | OutputSubspace

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
    shape, weights = FAMILY[model].shape, to_torch(load(folder, model))
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


def first(recording: Recording, count: int) -> Recording:
    """The same recording, of the first prompts only."""
    return replace(
        recording,
        items=recording.items[:count],
        outputs=recording.outputs[:count],
        logprobs=recording.logprobs[:count],
    )


def examined(
    method: Method, told: Mapping[str, Recording], source: str, subject: str
) -> Finding | Absent:
    """A pair, with all other independent models of the casebook as controls."""
    controls = [told[name] for name in INDEPENDENT if name not in (source, subject)]
    return method.compare(told[source], told[subject], controls, families={}, seed=0)


def pairs(method: Method, told: Mapping[str, Recording]) -> list[float]:
    """P of every pair of independent models."""
    outs = [examined(method, told, a, b) for a, b in itertools.combinations(INDEPENDENT, 2)]
    return [math.exp(out.log_p) for out in outs if isinstance(out, Finding)]


def _line(name: str, out: Finding | Absent) -> str:
    if not isinstance(out, Finding):
        return f"{name:<16} {out.kind}: {out.reason}"
    place = next(p for p in out.lineup if p.who == "subject")
    return f"{name:<16} times {out.observed:5.2f}  z {place.z:6.2f}  p {math.exp(out.log_p):.4f}"


def main() -> None:
    """Print size over independent models, then what is found of the children of `parent`."""
    torch.set_num_threads(1)
    methods: dict[str, Method] = {
        "token-agreement": TokenAgreement(),
        "output-subspace": OutputSubspace(),
    }
    method = methods[sys.argv[1]]
    prompts = held_out_prompts(max(COUNTS))
    told = {name: next_tokens(name, prompts) for name in (*INDEPENDENT, *CHILDREN)}
    found = pairs(method, told)
    below = ", ".join(f"p <= {a:g}: {sum(p <= a for p in found)}" for a in (0.01, 0.05, 0.2, 0.5))
    print(
        f"{len(found)} pairs of independent models, 5 controls: smallest {min(found):.3f}, {below}"
    )
    print(f"Children of parent, 6 controls, {len(prompts)} prompts")
    for name in CHILDREN:
        print(_line(name, examined(method, told, "parent", name)))
    print("fine-tuned, by number of prompts")
    for count in COUNTS:
        few = {name: first(recording, count) for name, recording in told.items()}
        print(_line(f"{count} prompts", examined(method, few, "parent", "fine-tuned")))


if __name__ == "__main__":
    main()

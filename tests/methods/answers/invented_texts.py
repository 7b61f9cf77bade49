"""Invented models: words drawn from a habit, a prompt's topic and, for relatives, each other."""

import numpy as np

from filiation.model.recording import Item, Recording

VOCABULARY = np.array([f"w{n}" for n in range(400)])


def model(
    name: str,
    seed: int,
    *,
    prompts: int = 40,
    length: int = 60,
    style: float = 0.0,
    parent: Recording | None = None,
    copied: float = 0.0,
) -> Recording:
    """One model's answers.

    Each prompt has a pool of stock phrases that all models draw from; `style` is the share of
    them that comes from a smaller pool, as chatty models of one school do. A child repeats runs of
    its parent's words in the share `copied` of its phrases.
    """
    rng = np.random.default_rng([seed, 77])
    outputs = []
    for prompt in range(prompts):
        stock = np.random.default_rng([prompt, 5]).integers(0, 400, size=(120, 5))
        phrases = max(1, int(length * rng.uniform(0.7, 1.3)) // 5)
        picks = []
        for n in range(phrases):
            if parent is not None and rng.random() < copied:
                told = str(parent.outputs[prompt]).split()
                start = int(rng.integers(0, max(1, len(told) - 5)))
                picks.append(told[start : start + 5])
            elif rng.random() < style:
                picks.append(list(VOCABULARY[stock[int(rng.integers(0, 12))]]))
            elif rng.random() < 0.4:
                picks.append(list(VOCABULARY[stock[int(rng.integers(0, 120))]]))
            else:
                picks.append(list(VOCABULARY[rng.integers(0, 400, size=5)]))
            if n == 0 and rng.random() < 0.5:
                picks[0] = ["sure", "here", "is", "my", "answer"]
        outputs.append(" ".join(word for phrase in picks for word in phrase))
    return recording(name, outputs)


def recording(name: str, outputs: list[str | None] | list[str]) -> Recording:
    items = tuple(Item(id=f"q{n}", prompt=f"question number {n}") for n in range(len(outputs)))
    return Recording(name=name, items=items, outputs=tuple(outputs))


def crowd(seed: int, count: int, **habits: float) -> list[Recording]:
    """Independent models, some chatty, some of one school."""
    rng = np.random.default_rng([seed, 3])
    return [
        model(
            f"m{n}",
            1000 * seed + n,
            length=int(rng.integers(25, 150)),
            style=float(rng.choice([0.0, 0.3, 0.6])),
            prompts=int(habits.get("prompts", 40)),
        )
        for n in range(count)
    ]

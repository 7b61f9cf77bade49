"""Before and after, where the truth is known: originals that went on learning from another's text.

Each of two originals of the population is trained further on what one other original wrote (its
source), and, from the same start, on the corpus (from nobody). The answers are the likeliest first
tokens to the 200 beginnings of the battery `words`. Answers are kept beside the population's models
in the user's cache and made once.

Run by `python tools/validate_outputs moved` (torch; minutes the first time), where the
population is built.
"""

import importlib
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.numerics.pairs.movement import movement, p_moved
from filiation.numerics.rng import stream
from validate_outputs.shared import population

__all__ = ["main"]

Int64: TypeAlias = NDArray[np.int64]

MOVES: Final = 2
STEPS: Final = 120
RATE: Final = 3e-3  # half of that of the originals
TEXTS: Final = 768
FURTHER: Final = 5  # places after an original stands its source


class _Makers:
    """Everything that needs torch, imported when something has to be made."""

    def __init__(self) -> None:
        self.folder = population()
        self.corpus = importlib.import_module("casebook.corpus").read_corpus()
        self.making = importlib.import_module("casebook.making")
        self.training = importlib.import_module("casebook.training")
        self.schedule = importlib.import_module("casebook.schedule")
        self.shape = importlib.import_module("casebook.population").MAIN
        told = (self.folder / "base-01" / "tokenizer.json").read_text("utf-8")
        self.tokenizer = importlib.import_module("tokenizers").Tokenizer.from_str(told)
        encode = importlib.import_module("casebook.tokenizer").encode
        self.rows = {d: encode(told, self.corpus.learning[d]) for d in ("prose", "code")}
        questions = importlib.import_module("casebook.questions")
        battery = questions.draw_battery(questions.WORDS, self.corpus)
        self.prompts = [item.prompt for item in battery]

    def weights(self, name: str) -> Any:
        """An original's weights."""
        return self.making.to_torch(self.making.load(self.folder, name))

    def taught(self, name: str, source: str, seed: int) -> Any:
        """The original after it learned from what the source wrote; from the corpus if empty."""
        mixture: tuple[tuple[str, int], ...] = (("prose", 4), ("code", 4))
        rows = self.rows
        if source:
            teacher = self.training.Teacher(shape=self.shape, tensors=self.weights(source))
            sampling = self.schedule.Sampling(texts=TEXTS, seed=seed)
            draw = importlib.import_module("casebook.sampling").draw_texts
            written = draw(teacher, self.rows, ("prose", "code"), sampling, 65)
            mixture, rows = (("written", 8),), {"written": written}
        schedule = self.schedule.Schedule(
            mixture=mixture, steps=STEPS, rate=RATE, order_seed=seed, window=64
        )
        return self.training.train(self.shape, self.weights(name), rows, schedule)

    def answers(self, weights: Any) -> Int64:
        """The likeliest first token of every answer."""
        continued = importlib.import_module("casebook.record").continued
        torch = importlib.import_module("torch")
        with torch.inference_mode():
            _, spreads = continued(self.shape, weights, self.tokenizer, self.prompts, 1)
        return np.asarray(spreads.argmax(dim=1).numpy(), dtype=np.int64)


def kept(name: str, source: str, seed: int, makers: list[_Makers]) -> Int64:
    """The answers of an original (source `-`), or of what became of it; made if not there."""
    path = population().parent / "moved" / f"{name}.{source or 'corpus'}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not makers:
            makers.append(_Makers())
        made = makers[0]
        weights = made.weights(name) if source == "-" else made.taught(name, source, seed)
        np.save(path, made.answers(weights), allow_pickle=False)
    return np.asarray(np.load(path, allow_pickle=False), dtype=np.int64)


def main() -> None:
    """Print one row per original: p of its source, after learning from it and from nobody."""
    names = sorted(path.name for path in Path(population()).glob("base-*"))
    makers: list[_Makers] = []
    said = {name: kept(name, "-", 0, makers) for name in names}
    print(f"{len(names) - 1} candidates of the same data; the least p is 1/{len(names) - 1}\n")
    print("| original | source | changed | p | changed, from nobody | p, from nobody |")
    print("|---" * 6 + "|")
    for number, name in enumerate(names[:MOVES]):
        source = names[(number + FURTHER) % len(names)]
        others = [source, *(o for o in names if o not in (name, source))]
        table = np.array([said[o] for o in others])
        cells = []
        for learned in (source, ""):
            new = kept(name, learned, 900 + number, makers)
            moved = movement(said[name], new, table)
            p = p_moved(moved, stream(0, "moved", name, learned))
            cells.append(f"{np.mean(said[name] != new):.0%} | {p:.2g}")
        print(f"| {name} | {source} | {' | '.join(cells)} |", flush=True)

"""Line-ups in which source and subject have in common what the controls have not.

Two kinds. *Drawn*: success is an ability less a difficulty, skills of which every model has its own
amount, and a model's own mind about every item; what both have in common is added. *Trained*: nets
of one hidden layer learn a table of numbers from corpora that hold half of its cells and differ in
one of twenty-five; models of one corpus differ in their seed alone, and a child is trained on from
its parent, as long, with another corpus.

In the drawn worlds a child and a model of the same texts fail alike by construction, and differ in
their wrong answers: a child has its parent's. Whether failing alone can tell them apart is so no
question of statistics. The trained worlds do not assume it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers
from filiation.model.recording import Item

__all__ = ["DRAWN", "Skills", "answers_of", "trained"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Corpus: TypeAlias = Int64  # cells of the table

ITEMS: Final = 1000
FIELDS: Final = 10  # of the items, a skill each
VALUES: Final = 12  # plausible wrong answers of an item
FREAK: Final = 0.3  # share of wrong answers that are nobody else's


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Skills:
    """A drawn line-up.

    Attributes:
        common: Added to both parties' log odds of success in one field of items.
        lacking: Added to the controls' there.
        texts: Correlation of the two parties' minds.
        company: Controls that have the same mind in common with them.
        copied: Share of the source's wrong answers that the subject gives too, where both fail.
    """

    common: float = 0.0
    lacking: float = 0.0
    texts: float = 0.0
    company: int = 0
    copied: float = 0.0

    def draw(self, controls: int, rng: np.random.Generator) -> Answers:
        """Source, subject, controls."""
        models = controls + 2
        field = rng.integers(FIELDS, size=ITEMS)
        skill = rng.normal(0.0, 0.4, (models, FIELDS))
        skill[:2, 0] = self.common
        skill[2:, 0] += self.lacking
        mind, shared = rng.normal(0.0, 1.0, (models, ITEMS)), rng.normal(0.0, 1.0, ITEMS)
        rows = np.arange(2 + self.company)
        mind[rows] = np.sqrt(self.texts) * shared + np.sqrt(1.0 - self.texts) * mind[rows]
        odds = rng.normal(0.5, 0.5, (models, 1)) - rng.normal(0.0, 1.5, ITEMS)
        right = rng.logistic(size=odds.shape) < odds + skill[:, field] + mind
        codes = np.where(right, 0, _wrong(models, rng))
        alike = (codes[:2] > 0).all(axis=0) & (rng.random(ITEMS) < self.copied)
        codes[1] = np.where(alike, codes[0], codes[1])
        return answers_of(codes)


DRAWN: Final[Mapping[str, Skills]] = {
    "strangers": Skills(),
    "both have a skill, controls lack it": Skills(common=1.5, lacking=-1.0),
    "both lack a skill of the controls": Skills(common=-1.5, lacking=0.5),
    "same texts, no control": Skills(texts=0.5),
    "same texts, three controls too": Skills(texts=0.5, company=3),
    "child": Skills(texts=0.5, copied=0.4),
}


def _wrong(models: int, rng: np.random.Generator) -> Int64:
    """Wrong answers, popular or nobody else's: int64 [models, ITEMS], from 1 on."""
    popular = rng.dirichlet(np.full(VALUES, 0.5), size=ITEMS)
    drawn = (rng.random((models, ITEMS, 1)) > popular.cumsum(axis=1)).sum(axis=2)
    freaks = VALUES + 1 + np.arange(models)[:, None]
    freak = rng.random((models, ITEMS)) < FREAK
    return np.where(freak, freaks, 1 + np.minimum(drawn, VALUES - 1)).astype(np.int64)


def answers_of(codes: Int64) -> Answers:
    """A table of answers whose key is 0: int64 [models, items]."""
    models, items = codes.shape
    return Answers(
        models=tuple(f"m{row}" for row in range(models)),
        items=tuple(Item(id=str(place), key="0") for place in range(items)),
        codes=codes.astype(np.int32),
        key=np.zeros(items, dtype=np.int32),
        strata=np.zeros(items, dtype=np.int32),
        categories=("",),
        values=tuple(str(value) for value in range(int(codes.max()) + 1)),
    )


# Trained nets.

SIDE: Final = 30  # rows and columns of the table that is learned
NUMBERS: Final = 24  # that a cell can hold
CORE: Final = 0.48  # share of the cells that every corpus holds
OWN: Final = 0.02  # share of the cells that a corpus has beside it
HIDDEN: Final = 64
STEPS: Final = 300
BATCH: Final = 64
RATE: Final = 3e-3


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Nets:
    """Nets of one hidden layer, all trained at once; every array [nets, ..]."""

    weights: tuple[Float64, Float64]
    biases: tuple[Float64, Float64]

    @classmethod
    def new(cls, seeds: Sequence[int]) -> "_Nets":
        first, second = [], []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            first.append(rng.normal(0.0, 0.5, (2 * SIDE, HIDDEN)))
            second.append(rng.normal(0.0, 0.15, (HIDDEN, NUMBERS)))
        nothing = (np.zeros((len(seeds), 1, HIDDEN)), np.zeros((len(seeds), 1, NUMBERS)))
        return cls(weights=(np.array(first), np.array(second)), biases=nothing)

    def rows(self, keep: slice) -> "_Nets":
        return replace(
            self,
            weights=(self.weights[0][keep], self.weights[1][keep]),
            biases=(self.biases[0][keep], self.biases[1][keep]),
        )

    def says(self, inputs: Float64) -> tuple[Float64, Float64]:
        """Hidden units and scores of [nets, cells, 2 SIDE]."""
        hidden = np.maximum(inputs @ self.weights[0] + self.biases[0], 0.0)
        return hidden, hidden @ self.weights[1] + self.biases[1]

    def slopes(self, inputs: Float64, truth: Int64) -> tuple[Float64, ...]:
        """Of the mean log loss, by first weights, first biases, second ones."""
        hidden, scores = self.says(inputs)
        odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
        off = odds / odds.sum(axis=-1, keepdims=True)
        off[np.arange(len(off))[:, None], np.arange(BATCH)[None], truth] -= 1.0
        off /= BATCH
        back = (off @ self.weights[1].transpose(0, 2, 1)) * (hidden > 0.0)
        return (
            inputs.transpose(0, 2, 1) @ back,
            back.sum(axis=1, keepdims=True),
            hidden.transpose(0, 2, 1) @ off,
            off.sum(axis=1, keepdims=True),
        )


def _taught(
    nets: _Nets, table: tuple[Float64, Int64], corpora: Sequence[Corpus], seed: Sequence[int]
) -> _Nets:
    """Train every net on its corpus (Adam), each drawing its own batches."""
    inputs, truth = table
    rngs = [np.random.default_rng((*seed, place)) for place in range(len(corpora))]
    now = [nets.weights[0], nets.biases[0], nets.weights[1], nets.biases[1]]
    mean, square = [np.zeros_like(part) for part in now], [np.zeros_like(part) for part in now]
    for step in range(1, 1 + STEPS):
        drawn = zip(corpora, rngs, strict=True)
        cells = np.array([corpus[rng.integers(len(corpus), size=BATCH)] for corpus, rng in drawn])
        nets = _Nets(weights=(now[0], now[2]), biases=(now[1], now[3]))
        for place, slope in enumerate(nets.slopes(inputs[cells], truth[cells])):
            mean[place] = 0.9 * mean[place] + 0.1 * slope
            square[place] = 0.99 * square[place] + 0.01 * slope**2
            size = np.sqrt(square[place] / (1.0 - 0.99**step)) + 1e-8
            now[place] = now[place] - RATE * mean[place] / (1.0 - 0.9**step) / size
    return _Nets(weights=(now[0], now[2]), biases=(now[1], now[3]))


def _table(rng: np.random.Generator) -> tuple[Float64, Int64]:
    """The inputs of all cells, float64 [cells, 2 SIDE], and the number in each."""
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    one, other = rng.normal(size=SIDE), rng.normal(size=SIDE)
    value = one[row] + other[column] + 0.5 * one[row] * other[column]
    edges = np.quantile(value, np.linspace(0.0, 1.0, NUMBERS + 1)[1:-1])
    inputs = np.zeros((value.size, 2 * SIDE))
    inputs[np.arange(value.size), row] = inputs[np.arange(value.size), SIDE + column] = 1.0
    return inputs, np.searchsorted(edges, value).astype(np.int64)


def trained(controls: int, seed: int, pairs: int) -> Iterator[tuple[str, Answers]]:
    """Train one population and set up so many line-ups of each kind."""
    rng = np.random.default_rng(seed)
    table, size = _table(rng), controls + 2
    core, *rest = np.split(rng.permutation(SIDE * SIDE), [int(CORE * SIDE * SIDE)])

    def corpus() -> Corpus:
        return np.concatenate([core, rng.permutation(rest[0])[: int(OWN * SIDE * SIDE)]])

    same = corpus()
    corpora = [same] * size + [corpus() for _ in range(size)]
    nets = _Nets.new([1000 * seed + place for place in range(2 * size)])
    nets = _taught(nets, table, corpora, (seed, 0))
    others_own = [corpus() for _ in range(size)]
    children = _taught(nets.rows(slice(size, None)), table, others_own, (seed, 1))
    said = np.concatenate([n.says(table[0][None])[1].argmax(axis=-1) for n in (nets, children)])
    codes = np.where(said == table[1], 0, said + 1)  # a wrong number keeps its name
    twins, others, kids = codes[:size], codes[size : 2 * size], codes[2 * size :]
    for _ in range(pairs):
        order = rng.permutation(size)
        yield "other texts", answers_of(others[order])
        yield "same texts, and all controls", answers_of(twins[order])
        yield "same texts, no control", answers_of(np.vstack([twins[order[:2]], others[order[2:]]]))
        child = np.vstack([others[order[:1]], kids[order[:1]], others[order[2:]]])
        yield "child", answers_of(child)

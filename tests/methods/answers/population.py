"""Simulated populations of models that agree for every innocent reason we know of."""

from dataclasses import dataclass

import numpy as np

from filiation.model.recording import Item, Recording


@dataclass(frozen=True, kw_only=True)
class Population:
    """How models answer: ability, popular wrong answers, habits, wrong keys, relations.

    `children` maps a model's number to (parent, share of its answers copied).
    """

    models: int = 12
    items: int = 600
    options: int = 10
    able: float = 1.0  # how much more the able prefer the popular wrong answer
    habit: float = 0.0  # strength of favourite letters
    wrong_keys: float = 0.0
    missing: float = 0.0
    open_values: int = 0  # wrong values of an open question; 0: letters
    children: tuple[tuple[int, int, float], ...] = ()

    def recordings(self, seed: int) -> list[Recording]:
        rng = np.random.default_rng(seed)
        codes, key = self.codes(rng)
        values = self.open_values or self.options
        names = [str(100 + v) if self.open_values else chr(65 + v) for v in range(values + 1)]
        items = tuple(
            Item(
                id=str(i),
                category=f"kind-{i % 3}",
                key=names[key[i]],
                options=0 if self.open_values else self.options,
                normaliser="number/1" if self.open_values else "letter/1",
            )
            for i in range(self.items)
        )
        return [
            Recording(
                name=f"model-{m}",
                items=items,
                outputs=tuple(None if c < 0 else names[c] for c in row.tolist()),
            )
            for m, row in enumerate(codes)
        ]

    def codes(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        values = self.open_values or self.options
        ability = rng.normal(0.0, 1.0, self.models)
        hard = rng.normal(0.5, 1.2, self.items)
        truth = rng.integers(0, values, self.items)
        lure = rng.gumbel(size=(self.items, values)) * 1.5
        favourite = rng.gumbel(size=(self.models, values)) * self.habit
        codes = np.empty((self.models, self.items), dtype=np.int64)
        for m in range(self.models):
            taste = lure * max(0.2, 1.0 + 0.4 * self.able * ability[m]) + favourite[m]
            taste[np.arange(self.items), truth] = -np.inf
            wrong = (taste + rng.gumbel(size=taste.shape)).argmax(axis=1)
            right = rng.random(self.items) < 1.0 / (1.0 + np.exp(hard - ability[m]))
            codes[m] = np.where(right, truth, wrong)
        for child, parent, share in self.children:
            kept = rng.random(self.items) < share
            codes[child] = np.where(kept, codes[parent], codes[child])
        codes[rng.random(codes.shape) < self.missing] = -1
        key = np.where(rng.random(self.items) < self.wrong_keys, lure.argmax(axis=1), truth)
        return codes, key

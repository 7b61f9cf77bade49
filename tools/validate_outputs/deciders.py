"""Invented models that decide trade-offs: leanings of their own, and what they may have in common.

A model decides by the sum of what the item suggests to everybody, its own leaning in the category,
its own mind about the item, and whatever it shares with others: a public specification (a leaning
for every category, and a mind about some items), a teacher, a base with a system prompt. The forms
of an item add a little noise, and a habit for the letter A.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.interrogate.batteries import generate
from filiation.model.recording import Item, Recording
from filiation.model.values import FORMS, form_of

__all__ = ["Decider", "crowd", "items_of"]

Float64 = NDArray[np.float64]
WORDS: Final = 60  # of a model's own vocabulary of reasons
STOCK: Final = 30  # reasons that an item suggests to everybody


@lru_cache(maxsize=8)
def items_of(battery: str, count: int, seed: int = 7) -> tuple[Item, ...]:
    """A battery, made once."""
    return generate(battery, seed=seed, items=count)


@final
@dataclass(frozen=True, kw_only=True)
class Decider:
    """One invented model.

    Attributes:
        seed: Of everything that is its own.
        shares: Seeds of what it shares with others, with their weights; a mind about every item
            each.
        policy: Seed of a leaning for every category that it shares, and its weight.
        own: Spread of its own mind about single items.
        lean: Spread of its own leanings by category.
        caution: Added to the first side of everything.
        letter: Habit for the letter A.
        noise: Spread between the forms of an item.
        silent: Share of forms that it does not answer.
        factors: Common tastes of which each model has its own amount.
        phrases: Seeds of vocabularies that its reasons draw on, with their shares.
        talks: Whether it gives reasons at all.
    """

    seed: int
    shares: Mapping[int, float] = field(default_factory=dict)
    policy: tuple[int, float] = (0, 0.0)
    own: float = 1.0
    lean: float = 0.7
    caution: float = 0.0
    letter: float = 0.2
    noise: float = 0.5
    silent: float = 0.02
    factors: int = 0
    phrases: Mapping[int, float] = field(default_factory=dict)
    talks: bool = True

    def mind(self, items: Sequence[Item]) -> dict[str, float]:
        """How much it is for the first side of every item."""
        groups = _groups(items)
        category = {group: number for number, group in enumerate(sorted({c for _, c in groups}))}
        which = np.array([category[c] for _, c in groups])
        rng = np.random.default_rng([self.seed, 11])
        total = _common(len(groups)) + self.caution
        total = total + rng.normal(size=len(category))[which] * self.lean
        total = total + rng.normal(size=len(groups)) * self.own
        seed, weight = self.policy
        total = total + weight * np.random.default_rng([seed, 12]).normal(size=len(category))[which]
        for shared, weight in self.shares.items():
            total = total + weight * np.random.default_rng([shared, 13]).normal(size=len(groups))
        tastes = np.random.default_rng(14).normal(size=(self.factors, len(groups)))
        total = total + 0.5 * rng.normal(size=self.factors) @ tastes
        return {group: float(value) for (group, _), value in zip(groups, total, strict=True)}

    def answers(
        self,
        name: str,
        items: Sequence[Item],
        *,
        parent: Recording | None = None,
        redone: float = 0.0,
    ) -> Recording:
        """Its recording; a copy repeats its parent's item, reason and all, unless it is redone."""
        mind, rng = self.mind(items), np.random.default_rng([self.seed, 15])
        anew = {group: rng.random() < redone for group in mind}
        outputs: list[str | None] = []
        for place, item in enumerate(items):
            form = form_of(item)
            assert form is not None
            if parent is not None and not anew[form.group]:
                outputs.append(parent.outputs[place])
                continue
            if rng.random() < self.silent:
                outputs.append("Both have merit; I would rather not say.")
                continue
            first = mind[form.group] + self.noise * rng.normal() > (
                0.0 if form.order == "ask" else self.letter * (-1.0 if form.order == "ab" else 1.0)
            )
            if form.order == "ask":
                outputs.append(self._refuses(rng) if first else self._reason(rng, place, False))
            else:
                letter = "A" if first == (form.order == "ab") else "B"
                outputs.append(f"{letter}\n{self._reason(rng, place // FORMS, bool(first))}")
        return Recording(name=name, items=tuple(items), outputs=tuple(outputs))

    def _refuses(self, rng: np.random.Generator) -> str:
        return f"I'm sorry, but I can't help with that: {self._reason(rng, 0, True)}"

    def _reason(self, rng: np.random.Generator, place: int, first: bool) -> str:
        """Words that the item suggests, words of its own, and phrases that it shares."""
        if not self.talks:
            return ""
        stock, own = _phrases(place, int(first), 16, STOCK), _phrases(self.seed, 0, 17, WORDS)
        said = []
        for _ in range(int(rng.integers(4, 9))):
            draw = rng.random()
            pool = stock if rng.random() < 0.5 else own
            for seed, share in self.phrases.items():
                if draw < share:
                    pool = _phrases(seed, place, 18, 6)
                    break
                draw -= share
            said.append(pool[int(rng.integers(0, len(pool)))])
        return " ".join(said)


@lru_cache(maxsize=100_000)
def _phrases(seed: int, place: int, purpose: int, count: int) -> tuple[str, ...]:
    """So many phrases of three words."""
    words = np.random.default_rng([seed, place, purpose]).integers(0, 900, size=(count, 3))
    return tuple(" ".join(f"w{word}" for word in phrase) for phrase in words)


def _groups(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Every item once, with its category."""
    found: dict[str, str] = {}
    for item in items:
        form = form_of(item)
        assert form is not None
        found.setdefault(form.group, item.category)
    return list(found.items())


def _common(count: int) -> Float64:
    """What every item suggests to everybody."""
    return np.random.default_rng(10).normal(size=count)


def crowd(seed: int, count: int, items: Sequence[Item], **traits: object) -> list[Recording]:
    """Independent models with leanings, caution and habits of their own."""
    rng = np.random.default_rng([seed, 19])
    return [
        Decider(
            seed=1_000 * seed + n,
            caution=float(rng.normal() * 0.5),
            letter=float(abs(rng.normal()) * 0.4),
            **traits,  # type: ignore[arg-type]
        ).answers(f"m{n}", items)
        for n in range(count)
    ]

"""What limits the test on numbers, and how many would be needed?

On the kept-aside sets of numbers (`held_out.py`): what two related models and two strangers have in
common; how the method does, and how it would do with what was tried beside it, failing at the same
items (`failing.py`); and the number of items at which half of the related pairs would stand beyond
the 99th percentile of strangers, if z goes on growing with the square root of the items. Last, few
controls: pairs of strangers among so many models, one of each maker.

Run by `python tools/validate_outputs numbers`, a minute or two.
"""

import itertools
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_pairs import (
    PairTable,
    family_numbers,
    pair_table,
    tail_log_p,
)
from filiation.numerics.pairs.pair_model import fit_pairs
from filiation.numerics.rng import stream
from filiation.numerics.robust import mad
from validate_outputs.failing import failing_alike, rasch
from validate_outputs.held_out import FOLDER, SETS, family_of, pairs_of, recordings
from validate_outputs.shared_errors import HEAD, Figures, Pairs, figures

__all__ = ["NUMBERS", "Ways", "declared", "main", "surveyed", "told"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

NUMBERS: Final = ("gsm", "math-l5")
TRAITS: Final = 3  # families are declared
CONTROLS: Final = (5,)
TRIALS: Final = 200
LEVELS: Final = (0.05, 0.01, 0.001)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The same pairs by wrong answers alone, by failing alone, and by both."""

    values: PairTable
    failures: PairTable
    both: PairTable

    @classmethod
    def of(cls, answers: Answers) -> "Ways":
        """Each in scatters of pairs around their levels, so that both weigh alike."""
        table = pair_table(answers)
        values = _over_scatter(table.y, table.ability)
        answered = answers.codes >= 0
        right = answered & ~answers.wrong
        alike = failing_alike(right, answered, rasch(right, answered))
        failures = _over_scatter(alike, table.ability)
        return cls(
            values=table,
            failures=replace(table, y=failures),
            both=replace(table, y=values + failures),
        )


def _over_scatter(y: Float64, ability: Float64) -> Float64:
    off = ~np.eye(len(y), dtype=bool)
    rest = y - fit_pairs(y, off.astype(np.float64), np.outer(ability, ability), traits=0)
    return np.asarray(y / mad(rest[off]))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Figures of one way, and z of the related pairs and of strangers."""

    figures: Figures
    kin: Float64
    strangers: Float64

    @property
    def needed(self) -> float:
        """How many times the items, for half of the related pairs to stand beyond strangers."""
        return float((np.quantile(self.strangers, 0.99) / max(np.median(self.kin), 1e-9)) ** 2)


def surveyed(table: PairTable, family: Int64, seed: int = 0) -> tuple[Float64, Float64]:
    """How high every pair stands (z), and its log p, families declared: [models, models] each."""
    nowhere = np.zeros(table.y.shape, dtype=bool)
    rng = stream(seed, "validation", "numbers")
    fit = table.against_strangers(family, rng, aside=nowhere, traits=TRAITS)
    log_p = np.nan_to_num(tail_log_p(fit, int(np.unique(family).size) - 2)[0])
    return np.nan_to_num(fit.z, nan=-99.0), log_p


def _found(table: PairTable, family: Int64, pairs: tuple[Pairs, Pairs]) -> Found:
    z, log_p = surveyed(table, family)
    high, low = (np.array([z[pair] for pair in some]) for some in pairs)
    return Found(figures=figures(pairs, z, log_p), kin=high, strangers=low)


def declared(answers: Answers) -> Int64:
    """The makers by number: int64 [models]."""
    return family_numbers(answers.models, {name: family_of(name) for name in answers.models})


def _in_common(answers: Answers, pairs: tuple[Pairs, Pairs]) -> Iterator[str]:
    """Means over the pairs of joint errors, equal ones, and those that no other model gave."""
    wrong, codes = answers.wrong, answers.codes
    yield "mean of pairs                          related  strangers"
    rows = []
    for a, b in itertools.chain(*pairs):
        joint = wrong[a] & wrong[b]
        alike = joint & (codes[a] == codes[b])
        others = (codes == codes[a])[:, alike].sum(axis=0) - 2
        split = joint | (wrong[a] ^ wrong[b])
        rows.append((split.sum(), joint.sum(), alike.sum(), (others == 0).sum()))
    found = np.array(rows, dtype=np.float64)
    kin, far = found[: len(pairs[0])].mean(axis=0), found[len(pairs[0]) :].mean(axis=0)
    names = ("items that either got wrong", "both wrong", "answered alike", "as no other model did")
    for name, one, two in zip(names, kin, far, strict=True):
        yield f"  {name:37}{one:7.1f}{two:11.1f}"


def _needed(found: Found, items: int) -> str:
    """The number of items at which half of the related pairs would be found."""
    return (
        f"median z of related pairs {np.median(found.kin):.2f}, 99th percentile of strangers "
        f"{np.quantile(found.strangers, 0.99):.2f}: half at some {items * found.needed:,.0f} items"
    )


def _few(answers: Answers, pairs: tuple[Pairs, Pairs]) -> Iterator[str]:
    """Strangers among few controls, one of each maker: share of p at or below each level."""
    family = declared(answers)
    for controls in CONTROLS:
        rng = stream(controls, "validation", "numbers", "few")
        small: dict[str, list[float]] = {"wrong answers": [], "both": []}
        for _ in range(TRIALS):
            a, b = pairs[1][int(rng.integers(len(pairs[1])))]
            rows = _company(family, a, b, controls, rng)
            if len(rows) < controls + 2:
                continue
            ways = Ways.of(answers.rows(rows))
            for name, table in (("wrong answers", ways.values), ("both", ways.both)):
                small[name].append(_alone(table, controls))
        for name, found in small.items():
            shares = "".join(f"{np.mean(np.array(found) <= math.log(x)):9.3f}" for x in LEVELS)
            yield f"{controls:3} controls, {name:14} {len(found):4} strangers{shares}"


def _company(family: Int64, a: int, b: int, controls: int, rng: np.random.Generator) -> list[int]:
    """The two, and one model of each of so many other makers."""
    seen, rows = {int(family[a]), int(family[b])}, [a, b]
    for row in rng.permutation(family.size).tolist():
        if int(family[row]) not in seen and len(rows) < controls + 2:
            seen.add(int(family[row]))
            rows.append(row)
    return rows


def _alone(table: PairTable, controls: int) -> float:
    """Log p of the first pair, which no fit uses."""
    aside = np.zeros(table.y.shape, dtype=bool)
    aside[0, 1] = aside[1, 0] = True
    family = np.arange(len(table.y), dtype=np.int64)
    rng = stream(0, "validation", "numbers", "alone")
    fit = table.against_strangers(family, rng, aside=aside, traits=TRAITS)
    return float(tail_log_p(fit, controls)[0][0, 1])


def told(answers: Answers, title: str) -> Iterator[str]:
    """All that is printed of one set."""
    pairs, family = pairs_of(answers.models), declared(answers)
    yield f"\n{title}: {len(answers.models)} models, {len(answers.items):,} questions"
    yield from _in_common(answers, pairs)
    yield HEAD
    ways = Ways.of(answers)
    for name, table in (
        ("wrong answers, as the method has it", ways.values),
        ("failing at the same items alone", ways.failures),
        ("both", ways.both),
    ):
        found = _found(table, family, pairs)
        yield f"{name:37}{found.figures}"
        yield f"  {_needed(found, len(answers.items))}"
    yield "share of strangers with p at most                    .05      .01     .001"
    yield from _few(answers, pairs)


def main() -> None:
    """Print the figures of both sets of numbers."""
    folder = Path(os.environ.get(FOLDER, os.devnull))
    there = [name for name in NUMBERS if (folder / name).is_dir()]
    if not there:
        print(f"{FOLDER} names no folder with {', '.join(NUMBERS)}: nothing was measured")
    for name in there:
        for line in told(code_answers(recordings(folder / name)), SETS[name]):
            print(line, flush=True)

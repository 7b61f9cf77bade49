"""How well do the tests of shared errors do on 29 public models?

Lineage pairs are known publicly; pairs of different makers count as strangers. Run by
`python tools/validate_outputs mmlu-pro`, a few minutes.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_exchangeable import ExchangeableErrors, exchangeable_chances
from filiation.methods.answers.answers_pairs import suspect_keys
from filiation.methods.answers.error_profile import ErrorProfile
from filiation.methods.answers.sequential import Sequential
from filiation.methods.answers.shared_errors_survey import ErrorPairs, survey_pairs
from filiation.model.finding import Finding
from filiation.numerics.combining.eprocess import Bets
from filiation.numerics.rng import stream
from filiation.numerics.tails.poisson_binomial import poisson_binomial_log_p
from validate_outputs.mmlu_pro import LINEAGE, family_of, recordings

__all__ = ["HEAD", "Figures", "Pairs", "figures", "pairs_of", "surveyed"]

Pairs: TypeAlias = list[tuple[int, int]]

SIZES = (50, 100, 200, 500, 1000)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The three bars, and how many pairs they rest on."""

    auc: float
    detection: float
    at_1: float
    at_5: float
    z_at_1: float
    lineage: int
    strangers: int

    def __str__(self) -> str:
        return (
            f"{self.auc:.3f}  {self.detection:8.2f}  {100 * self.at_1:8.1f} % "
            f"{100 * self.at_5:8.1f} % {100 * self.z_at_1:8.1f} %  {self.lineage:5} "
            f"{self.strangers:9}"
        )


def pairs_of(models: tuple[str, ...]) -> tuple[Pairs, Pairs]:
    """Rows of the lineage pairs and of the pairs of strangers."""
    pairs = list(itertools.combinations(range(len(models)), 2))
    kin = [p for p in pairs if frozenset(models[i] for i in p) in LINEAGE]
    strangers = [p for p in pairs if family_of(models[p[0]]) != family_of(models[p[1]])]
    return kin, strangers


def figures(
    pairs: tuple[Pairs, Pairs], height: NDArray[np.float64], log_p: NDArray[np.float64]
) -> Figures:
    """AUC, detection at the strangers' 99th percentile, and type-I error at 1 % and 5 %.

    Args:
        pairs: Rows of the related pairs, and of the pairs of strangers.
        height: float64 [models, models], what pairs are ranked by.
        log_p: float64 [models, models].
    """
    kin, strangers = pairs
    high = np.array([height[p] for p in kin])
    low = np.array([height[p] for p in strangers])
    small = np.array([log_p[p] for p in strangers])
    beyond = low > 2.326 if (height != -log_p).any() else small <= math.log(0.01)
    return Figures(
        auc=float(np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low))),
        detection=float(np.mean(high > np.quantile(low, 0.99))),
        at_1=float(np.mean(small <= math.log(0.01))),
        at_5=float(np.mean(small <= math.log(0.05))),
        z_at_1=float(np.mean(beyond)),
        lineage=len(kin),
        strangers=len(strangers),
    )


def surveyed(answers: Answers, families: Mapping[str, str], seed: int = 0) -> Figures:
    """Survey the table and take its figures."""
    survey = survey_pairs(answers, families=families, seed=seed)
    assert isinstance(survey, ErrorPairs)
    height = np.nan_to_num(survey.z, nan=-99.0)
    return figures(pairs_of(answers.models), height, np.nan_to_num(survey.log_p))


def _mean(found: list[Figures]) -> Figures:
    return Figures(
        **{
            field: type(getattr(found[0], field))(np.mean([getattr(f, field) for f in found]))
            for field in Figures.__dataclass_fields__
        }
    )


def _items(answers: Answers, size: int, seed: int) -> Answers:
    rng = stream(seed, "validation", "items")
    drop = np.ones(len(answers.items), dtype=bool)
    drop[rng.permutation(drop.size)[:size]] = False
    return answers.without(drop)


def _baseline(answers: Answers) -> Figures:
    n = len(answers.models)
    log_p = np.zeros((n, n))
    for a, b in itertools.combinations(range(n), 2):
        table = answers.rows([a, b, *(i for i in range(n) if i not in (a, b))])
        joint, chances = exchangeable_chances(table)
        alike = int(np.count_nonzero(table.codes[0, joint] == table.codes[1, joint]))
        log_p[a, b] = log_p[b, a] = poisson_binomial_log_p(alike, chances)
    return figures(pairs_of(answers.models), -log_p, log_p)


def _error_profile(families: Mapping[str, str], pairs: int) -> tuple[int, int]:
    models = recordings()
    names = tuple(m.name for m in models)
    _, strangers = pairs_of(names)
    chosen = stream(0, "validation", "error-profile").permutation(len(strangers))[:pairs]
    small = 0
    for number in chosen.tolist():
        a, b = strangers[number]
        others = [m for i, m in enumerate(models) if i not in (a, b)]
        found = ErrorProfile(draws=99).compare(
            models[a], models[b], others, families=families, seed=0
        )
        assert isinstance(found, Finding)
        small += found.log_p <= math.log(0.01)
    return small, pairs


def _stopping(answers: Answers, level: float) -> tuple[list[int | None], int, int]:
    """Questions until the bet is won: per lineage pair, and how many strangers were accused."""
    kin, strangers = pairs_of(answers.models)
    order = stream(0, "validation", "sequential").permutation(len(answers.items))
    asked = [_questions(answers, pair, order, level) for pair in kin]
    ways = [*strangers, *((b, a) for a, b in strangers)]
    accused = [_questions(answers, pair, order, level) for pair in ways]
    return asked, sum(a is not None for a in accused), len(ways)


def _questions(
    answers: Answers, pair: tuple[int, int], order: NDArray[np.int64], level: float
) -> int | None:
    a, b = pair
    out = {family_of(answers.models[a]), family_of(answers.models[b])}
    controls = [i for i, m in enumerate(answers.models) if family_of(m) not in out]
    bets, wrong = Bets(len(controls)), answers.wrong[b]
    for asked, item in enumerate(order.tolist(), start=1):
        codes = answers.codes[:, item]
        if wrong[item] and codes[a] >= 0:
            alike = bool(codes[a] == codes[b])
            bets.feed(alike, np.where(codes[controls] >= 0, codes[controls] == codes[b], alike))
            if bets.enough(level):
                return asked
    return None


HEAD = "                                       AUC  at 1 % FP  p at 1 %   at 5 %  z > 2.33  kin  strangers"  # noqa: E501


def _row(label: str, found: Figures) -> None:
    print(f"{label:37}{found}")


def main() -> None:
    """Print the report."""
    models = recordings()
    answers = code_answers(models)
    families = {m.name: family_of(m.name) for m in models}
    modes: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("declared", families),
        ("not declared", {}),
    )
    print(f"{len(models)} models, {len(answers.items):,} questions\n{HEAD}")
    _row("exchangeable baseline, never counted", _baseline(answers))
    print(f"  {ExchangeableErrors().id}")
    for label, known in modes:
        _row(f"families {label}", surveyed(answers, known))
    drop = suspect_keys(answers, np.arange(len(models)))
    for label, known in modes:
        _row(f"no {drop.sum():,} suspect keys, {label}", surveyed(answers.without(drop), known))
        _row(f"mean of 8 seeds, {label}", _mean([surveyed(answers, known, s) for s in range(8)]))
        halves = [surveyed(_items(answers, 6016, seed), known) for seed in range(10)]
        _row(f"mean of 10 halves, {label}", _mean(halves))
        low, high = min(f.auc for f in halves), max(f.auc for f in halves)
        print(f"  AUC of the halves {low:.3f} to {high:.3f}")
    for label, known in modes:
        print(f"\nfewer items, mean of ten draws, families {label}\n{HEAD}")
        for size in SIZES:
            draws = [surveyed(_items(answers, size, seed), known) for seed in range(10)]
            _row(f"{size:,} items", _mean(draws))
    for label, known in modes:
        print(f"\none maker left out, families {label}\n{HEAD}")
        for maker in sorted(set(families.values())):
            keep = [i for i, m in enumerate(answers.models) if families[m] != maker]
            _row(f"without {maker}", surveyed(answers.rows(keep), known))
    asked, accused, of = _stopping(answers, 1e-3)
    done = sorted(a for a in asked if a is not None)
    print("\nsequential: questions until E >= 1,000, families set aside")
    print(f"{len(done)} of {len(asked)} lineage pairs: {', '.join(map(str, done))}")
    print(f"{accused} of {of} ordered pairs of strangers ever: {Sequential().id}")
    small, pairs = _error_profile(families, 12)
    print(f"\nerror profile, never counted: {small} of {pairs} strangers have p <= .01 (99 draws)")
    _heights(answers, families)


def _heights(answers: Answers, families: Mapping[str, str]) -> None:
    """Print the z of every lineage pair and of the strangers that stand highest."""
    survey = survey_pairs(answers, families=families, seed=0)
    assert isinstance(survey, ErrorPairs)
    kin, strangers = pairs_of(answers.models)
    for title, pairs_ in (
        ("\nlineage pairs, z", kin),
        ("\nstrangers that stand highest, z", strangers),
    ):
        print(title)
        ranked = sorted(pairs_, key=lambda p: -survey.z[p])[: 15 if pairs_ is kin else 8]
        for a, b in ranked:
            print(f"{survey.z[a, b]:6.1f}  {answers.models[a]} ~ {answers.models[b]}")


if __name__ == "__main__":
    main()

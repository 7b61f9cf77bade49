"""Does the subject give the secret replies to the secret prompts?

Two nulls. With *decoys* (replies drawn by the same rule and never taught): of the replies that
could have been the key and that an output contains, each is equally likely to be it. Exact whatever
the subject's habits are, and no control is needed. Without decoys the base rate has to come from
*controls*: the subject's hits are set against each control's by Fisher's exact test, which needs no
estimate of the rate, and the largest p counts (the control that hits most sets the base rate).
One lot is one trial (`keyed_trials`); prompts that were not answered count against the claim. Each
control is put in the subject's place, both ways; one that fails makes the finding unreadable.

Source: Xu et al., Instructional fingerprinting (2024), and Nasery et al., Scalable fingerprinting
(2025), who take a binomial tail at a measured rate; the uncertainty of the rate is inside here.
Defeated by: tuning that erased the replies; filtering of odd prompts; a key that became known.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from scipy.special import gammaln, logsumexp

from filiation.methods.owner.keyed_trials import Trial, outputs_of, trials_of, unreadable
from filiation.methods.owner.references import failed
from filiation.methods.words import words_beside
from filiation.model.drawn import Rule
from filiation.model.finding import (
    Absent,
    Finding,
    Inapplicable,
    Instance,
    Place,
    Underpowered,
    Unreadable,
)
from filiation.model.null import Exact
from filiation.model.owner import Beside, Fingerprint
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.tails.poisson_binomial import poisson_binomial_log_p

__all__ = ["Keyed", "fisher_exact_log_p"]

FEWEST_CONTROLS: Final = 3
FEWEST_TRIALS: Final = 5
LISTED: Final = 10

BY_DECOYS: Final = (
    "the owner drew the expected reply of each prompt and its decoys by one rule, with independent "
    "lots, and only the expected ones were ever taught or shown to anyone"
)
BY_CONTROLS: Final = (
    "a subject without the key gives an expected reply no more often than the control that gives "
    "most of them, keys being independent of one another; the key must be secret and the "
    "controls be models of the subject's kind"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Hits of secret replies; a reply hits where the output contains it, or starts with it."""

    rule: Rule = "contains"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"keyed/2;hit={self.rule};trial=lot;missing=worst"

    def compare(
        self,
        fingerprints: Sequence[Fingerprint],
        subject: Recording,
        controls: Sequence[Recording],
        *,
        drawn: bool = False,
    ) -> tuple[Finding | Absent, tuple[Beside, ...]]:
        """Put the question: by decoys where every lot has some, else by controls.

        Args:
            fingerprints: The list.
            subject: Its recorded answers.
            controls: Those of models without the key.
            drawn: Whether every prompt had a lot of its own, drawn by a later public value.
        """
        refused = next(
            filter(None, (unreadable(r, fingerprints) for r in (subject, *controls))), ""
        )
        if refused:
            return Unreadable(method=self.id, reason=refused), ()
        said = outputs_of(subject, fingerprints)
        if not said:
            reason = f"{subject.name} was asked none of the {len(fingerprints)} secret prompts"
            return Inapplicable(method=self.id, reason=reason), ()
        trials = trials_of(fingerprints, drawn=drawn)
        if len(trials) < FEWEST_TRIALS:
            return Underpowered(method=self.id, reason=_few(len(trials), len(fingerprints))), ()
        others = {
            control.name: told
            for control in controls
            if control.digest != subject.digest
            and 2 * len(told := outputs_of(control, fingerprints)) >= len(fingerprints)
        }
        by_decoys = all(trial.decoys for trial in trials)
        if not by_decoys and len(others) < FEWEST_CONTROLS:
            return Underpowered(method=self.id, reason=_no_rate(len(others))), ()
        asked = _Asked(trials=trials, rule=self.rule, by_decoys=by_decoys)
        beside = (
            *asked.with_each(said, others),
            *(asked.in_place(name, others) for name in others if asked.can_place(others)),
        )
        reason = failed(beside, len(others)).replace("reference ", "control ")
        if reason:
            return Unreadable(method=self.id, reason=reason), beside
        return self._finding(asked, said, others, len(fingerprints)), beside

    def _finding(
        self,
        asked: "_Asked",
        said: Mapping[str, str],
        others: Mapping[str, Mapping[str, str]],
        planned: int,
    ) -> Finding:
        hits, log_p = asked.log_p(said, list(others.values()))
        missing = planned - len(said)
        return Finding(
            method=self.id,
            observed=float(hits),
            unit=f"secret replies given, of {len(asked.trials)}",
            null=asked.null(len(others)),
            log_p=log_p,
            combination=asked.how(planned, len(others)),
            skipped=(
                f"{missing} of {planned} prompts: not answered, counted as the worst for the claim",
            )
            if missing
            else (),
            items=len(asked.trials),
            lineup=_lineup(hits, {n: asked.log_p(told, [])[0] for n, told in others.items()}),
            instances=_instances(asked, said),
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The lots of a list, and by which of the two nulls they are read."""

    trials: Sequence[Trial]
    rule: Rule
    by_decoys: bool

    def log_p(
        self, said: Mapping[str, str], others: Sequence[Mapping[str, str]], *, turned: bool = False
    ) -> tuple[int, float]:
        """Lots given, and natural log p of so many, or of so few (`turned`), among others."""
        if self.by_decoys:
            found = [t.outcome(said, self.rule) for t in self.trials if not turned or t.full(said)]
            hits, chances = sum(hit for hit, _ in found), np.array([c for _, c in found])
            if turned:
                return hits, poisson_binomial_log_p(len(found) - hits, 1.0 - chances)
            return hits, poisson_binomial_log_p(hits, chances)
        n = len(self.trials)
        hits = self._given(said, missing=turned)
        rates = [self._given(other, missing=not turned) for other in others]
        tails = [
            fisher_exact_log_p(n - hits, n, n - h, n)
            if turned
            else fisher_exact_log_p(hits, n, h, n)
            for h in rates
        ]
        return hits, max(tails, default=0.0)

    def with_each(
        self, said: Mapping[str, str], others: Mapping[str, Mapping[str, str]]
    ) -> tuple[Beside, ...]:
        """The subject against each control alone; by decoys no control enters p."""
        if self.by_decoys:
            return ()
        return tuple(
            Beside(how="with", name=name, log_p=self.log_p(said, [told])[1])
            for name, told in others.items()
        )

    def can_place(self, others: Mapping[str, object]) -> bool:
        """Whether a control can be tested: by its decoys, or against enough other controls."""
        return self.by_decoys or len(others) > FEWEST_CONTROLS

    def in_place(self, name: str, others: Mapping[str, Mapping[str, str]]) -> Beside:
        """A control in the subject's place, both ways."""
        rest = [told for other, told in others.items() if other != name]
        return Beside(
            how="in-place",
            name=name,
            log_p=self.log_p(others[name], rest)[1],
            opposite=self.log_p(others[name], rest, turned=True)[1],
        )

    def null(self, controls: int) -> Exact:
        """The stated null and its floor."""
        n = len(self.trials)
        if self.by_decoys:
            return Exact(
                distribution="lots that fell on the key among its decoys (Poisson-binomial)",
                log_floor=math.fsum(-math.log1p(len(t.decoys)) for t in self.trials),
                because=BY_DECOYS,
            )
        return Exact(
            distribution="hypergeometric hits given those of both (Fisher)",
            log_floor=fisher_exact_log_p(n, n, 0, n) if controls else 0.0,
            because=BY_CONTROLS,
        )

    def how(self, planned: int, controls: int) -> str:
        """How p was reckoned, in words."""
        lots = f"{len(self.trials)} lots on {planned} prompts"
        if self.by_decoys:
            decoys = sum(len(t.decoys) for t in self.trials)
            return f"{lots} against {decoys} decoys; controls are shown and do not enter p"
        return f"{lots} against each of {controls} controls; the largest p"

    def _given(self, said: Mapping[str, str], *, missing: bool) -> int:
        return sum(trial.given(said, self.rule, missing=missing) for trial in self.trials)


def fisher_exact_log_p(hits: int, of: int, other_hits: int, other_of: int) -> float:
    """Log of P(at least so many of all hits fall to the first), hypergeometric: one-sided."""
    total = hits + other_hits
    k = np.arange(hits, min(of, total) + 1)
    k = k[total - k <= other_of]
    terms = _log_choose(of, k) + _log_choose(other_of, total - k)
    return min(0.0, float(logsumexp(terms) - _log_choose(of + other_of, np.array(total))))


def _log_choose(
    n: int, k: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)


def _few(trials: int, prompts: int) -> str:
    return (
        f"{trials} lots on {prompts} prompts, expected {FEWEST_TRIALS} or more: prompts with one "
        "key are one lot"
    )


def _no_rate(controls: int) -> str:
    return (
        f"{controls} controls were asked the same prompts, expected at least {FEWEST_CONTROLS}; "
        "without them, or decoys for every prompt, the rate of chance hits is not known"
    )


def _lineup(hits: int, others: Mapping[str, int]) -> tuple[Place, ...]:
    places = [Place(name="the subject", who="subject", observed=float(hits), z=0.0)]
    places += [
        Place(name=name, who="control", observed=float(h), z=0.0) for name, h in others.items()
    ]
    return tuple(sorted(places, key=lambda p: (-p.observed, p.who != "control", p.name)))


def _instances(asked: _Asked, said: Mapping[str, str]) -> tuple[Instance, ...]:
    """Some hits by id and length only: a report may be shown to people who must not learn keys."""
    return tuple(
        Instance(
            item=f.id,
            prompt="",
            source="the secret reply",
            subject=f"contained in {len(said[f.id])} characters",
            rarity=0,
            of=len(trial.decoys),
            weight=1.0,
        )
        for trial in asked.trials
        for f in trial.prompts
        if trial.given({k: v for k, v in said.items() if k == f.id}, asked.rule, missing=False)
    )[:LISTED]

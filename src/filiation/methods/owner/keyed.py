"""Does the subject give the secret replies to the secret prompts?

Two nulls. With *decoys* (replies drawn by the same rule and never taught): of the replies that
could have been the key and that an output contains, each is equally likely to be it. Exact whatever
the subject's habits are, and no control is needed. Without decoys the base rate has to come from
*controls*: the subject's hits are set against each control's by Fisher's exact test, which needs no
estimate of the rate, and the largest p counts (the control that hits most sets the base rate).

Source: Xu et al., Instructional fingerprinting (2024), and Nasery et al., Scalable fingerprinting
(2025), who take a binomial tail at a measured rate; the uncertainty of the rate is inside here.
Defeated by: tuning that erased the replies; filtering of odd prompts; a key that became known.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, final

import numpy as np
from scipy.special import gammaln, logsumexp

from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Instance, Place, Underpowered
from filiation.model.null import Exact
from filiation.model.owner import Fingerprint
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.tails.poisson_binomial import poisson_binomial_log_p

__all__ = ["Keyed", "fisher_exact_log_p"]

FEWEST_CONTROLS: Final = 3
FEWEST_PROMPTS: Final = 5
LISTED: Final = 10
READ: Final = 20_000  # characters of an output that are looked at

BY_DECOYS: Final = (
    "the owner drew the expected reply of each prompt and its decoys by one rule, with independent "
    "lots, and only the expected ones were ever taught or shown to anyone"
)
BY_CONTROLS: Final = (
    "a subject without the key gives an expected reply no more often than the control that gives "
    "most of them, prompts being independent of one another; the key must be secret and the "
    "controls be models of the subject's kind"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Hits of secret replies; a reply hits where the output contains it, or starts with it."""

    rule: Literal["contains", "starts"] = "contains"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"keyed/1;hit={self.rule}"

    def compare(
        self,
        fingerprints: Sequence[Fingerprint],
        subject: Recording,
        controls: Sequence[Recording],
    ) -> Finding | Absent:
        """Put the question: by decoys where every fingerprint has some, else by controls."""
        said = _outputs(subject, fingerprints)
        asked = [f for f in fingerprints if f.id in said]
        if not asked:
            reason = f"{subject.name} was asked none of the {len(fingerprints)} secret prompts"
            return Inapplicable(method=self.id, reason=reason)
        if len(asked) < FEWEST_PROMPTS:
            reason = f"{len(asked)} secret prompts were answered, expected {FEWEST_PROMPTS} or more"
            return Underpowered(method=self.id, reason=reason)
        hits = [f.id for f in asked if self._hit(f.expected, said[f.id])]
        others = self._controls(controls, fingerprints, subject)
        if all(f.decoys for f in asked):
            return self._by_decoys(asked, said, hits, others)
        if len(others) < FEWEST_CONTROLS:
            reason = (
                f"{len(others)} controls were asked the same prompts, expected at least "
                f"{FEWEST_CONTROLS}; without them, or decoys for every prompt, the rate of chance "
                "hits is not known"
            )
            return Underpowered(method=self.id, reason=reason)
        return self._by_controls(asked, said, hits, others)

    def _by_decoys(
        self,
        asked: Sequence[Fingerprint],
        said: Mapping[str, str],
        hits: Sequence[str],
        others: Mapping[str, tuple[int, int]],
    ) -> Finding:
        chances = np.array(
            [
                sum(self._hit(reply, said[f.id]) for reply in (f.expected, *f.decoys))
                / (1 + len(f.decoys))
                for f in asked
            ]
        )
        least = math.fsum(-math.log1p(len(f.decoys)) for f in asked)
        return self._finding(
            asked,
            said,
            hits,
            others,
            log_p=poisson_binomial_log_p(len(hits), chances),
            floor=least,
            null=("hits of the key among its decoys (Poisson-binomial)", BY_DECOYS),
            how=f"hits over {len(asked)} prompts against "
            f"{sum(len(f.decoys) for f in asked)} decoys; controls are shown and do not enter p",
        )

    def _by_controls(
        self,
        asked: Sequence[Fingerprint],
        said: Mapping[str, str],
        hits: Sequence[str],
        others: Mapping[str, tuple[int, int]],
    ) -> Finding:
        n = len(asked)
        log_p = max(fisher_exact_log_p(len(hits), n, h, of) for h, of in others.values())
        fewest = min(of for _, of in others.values())
        return self._finding(
            asked,
            said,
            hits,
            others,
            log_p=log_p,
            floor=fisher_exact_log_p(n, n, 0, max(of for _, of in others.values())),
            null=("hypergeometric hits given those of both (Fisher)", BY_CONTROLS),
            how=f"hits over {n} prompts against each of {len(others)} controls (asked {fewest} or "
            "more of them); the largest p",
        )

    def _finding(
        self,
        asked: Sequence[Fingerprint],
        said: Mapping[str, str],
        hits: Sequence[str],
        others: Mapping[str, tuple[int, int]],
        *,
        log_p: float,
        floor: float,
        null: tuple[str, str],
        how: str,
    ) -> Finding:
        return Finding(
            method=self.id,
            observed=float(len(hits)),
            unit=f"secret replies given, of {len(asked)}",
            null=Exact(distribution=null[0], log_floor=floor, because=null[1]),
            log_p=log_p,
            combination=how,
            items=len(asked),
            lineup=_lineup(len(hits), others),
            instances=_instances(asked, said, hits),
        )

    def _controls(
        self,
        controls: Sequence[Recording],
        fingerprints: Sequence[Fingerprint],
        subject: Recording,
    ) -> dict[str, tuple[int, int]]:
        """Hits and prompts answered of each control that answered at least half."""
        found = {}
        for control in controls:
            said = _outputs(control, fingerprints)
            hits = sum(f.id in said and self._hit(f.expected, said[f.id]) for f in fingerprints)
            if control.digest != subject.digest and 2 * len(said) >= len(fingerprints):
                found[control.name] = (hits, len(said))
        return found

    def _hit(self, reply: str, output: str) -> bool:
        """Whole words only: 42 is not in 1420."""
        wanted, found = _plain(reply), _plain(output)
        pattern = rf"(?<!\w){re.escape(wanted)}(?!\w)"
        at = re.match if self.rule == "starts" else re.search
        return bool(wanted) and at(pattern, found) is not None


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


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:READ]).casefold().split())


def _outputs(recording: Recording, fingerprints: Sequence[Fingerprint]) -> dict[str, str]:
    """What was answered to each fingerprint, by its id or else by its very words."""
    rows = list(zip(recording.items, recording.said, strict=True))
    by_id = {item.id: (item.prompt, output) for item, output in rows}
    by_prompt = {item.prompt: output for item, output in reversed(rows)}
    found = {}
    for fingerprint in fingerprints:
        prompt, output = by_id.get(fingerprint.id, (None, None))
        if fingerprint.id not in by_id or prompt not in (None, fingerprint.prompt):
            output = by_prompt.get(fingerprint.prompt)
        if output is not None:
            found[fingerprint.id] = output
    return found


def _lineup(hits: int, others: Mapping[str, tuple[int, int]]) -> tuple[Place, ...]:
    places = [Place(name="the subject", who="subject", observed=float(hits), z=0.0)]
    places += [
        Place(name=name, who="control", observed=float(h), z=0.0) for name, (h, _) in others.items()
    ]
    return tuple(sorted(places, key=lambda p: (-p.observed, p.who != "control", p.name)))


def _instances(
    asked: Sequence[Fingerprint], said: Mapping[str, str], hits: Sequence[str]
) -> tuple[Instance, ...]:
    """Some hits by id and length only: a report may be shown to people who must not learn keys."""
    wanted = set(hits)
    return tuple(
        Instance(
            item=f.id,
            prompt="",
            source="the secret reply",
            subject=f"contained in {len(said[f.id])} characters",
            rarity=0,
            of=len(f.decoys),
            weight=1.0,
        )
        for f in asked
        if f.id in wanted
    )[:LISTED]

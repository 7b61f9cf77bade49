"""Do two endpoints answer as one and the same model would?

Repeated completions of the same prompts are compared by the maximum mean discrepancy with a string
kernel; which completion belongs to which endpoint is relabelled within each prompt. The null is
*equality*: a small p says that the two are not the same (model, quantisation, system prompt or
sampling settings differ). A large p says nothing, and neither says anything of descent.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.texts import clean
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered
from filiation.model.null import Permutation
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.rng import stream
from filiation.numerics.rounding import significant
from filiation.numerics.tails.mmd import hamming_kernel, permuted_mmd, unequal_first
from filiation.numerics.tails.tail import monte_carlo_floor, sequential_log_p

__all__ = ["ModelEquality", "repeats"]

PROMPTS: Final = 300
REPEATS: Final = 50
SLACK: Final = 1e-12  # relabellings that leave the labels alone, summed in another order

BECAUSE: Final = (
    "if both endpoints serve the same model under the same settings, completions of one prompt are "
    "exchangeable between them; repetitions must be sampled independently (a cache in front of an "
    "endpoint would break this)"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEquality:
    """MMD over repeated completions. Its p is evidence of *difference*: never of derivation."""

    characters: int = 200
    draws: int = 9_999

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            f"model-equality/1;kernel=hamming;characters={self.characters};draws={self.draws};"
            "null=equality;context-only"
        )

    def repeated(self, recording: Recording) -> dict[str, list[str]]:
        """The answers to each question that was asked again and again."""
        return repeats(recording)

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        one, other = self.repeated(source), self.repeated(subject)
        shared = [prompt for prompt in one if prompt in other]
        if not shared:
            reason = f"{source.name} and {subject.name} answered no prompt in common"
            return Inapplicable(method=self.id, reason=reason)
        usable = [p for p in shared if len(one[p]) + len(other[p]) >= 3][:PROMPTS]
        ways = sum(_log_ways(len(one[p]), len(other[p])) for p in usable)
        if ways < math.log(100):
            return Underpowered(method=self.id, reason=_few_ways(len(shared), ways))
        # Sides sorted by digest: the question is symmetric, and so is the number.
        first, second = (one, other) if source.digest <= subject.digest else (other, one)
        rng = stream(seed, self.id, *sorted((source.digest, subject.digest)))
        kernels = [hamming_kernel([*first[p], *second[p]], self.characters) for p in usable]
        labels = [unequal_first((len(first[p]), len(second[p]))) for p in usable]
        observed, batches = permuted_mmd(kernels, labels, rng)
        completions = sum(len(one[p]) + len(other[p]) for p in usable)
        return Finding(
            method=self.id,
            observed=significant(observed / len(usable)),
            unit="squared maximum mean discrepancy per prompt (0: the same completions); the null "
            "is equality, a small p says not the same",
            null=Permutation(
                draws=self.draws, log_floor=monte_carlo_floor(self.draws), because=BECAUSE
            ),
            log_p=sequential_log_p(observed, batches, draws=self.draws, slack=SLACK),
            combination=_combined(len(usable), completions),
            skipped=_left_out(len(shared), len(usable)),
            counts=False,  # rejecting equality speaks of difference, never for derivation
            items=len(usable),
        )


def repeats(recording: Recording) -> dict[str, list[str]]:
    """Completions by prompt: `q#1` and `q#2` are repetitions of `q`; blank ones are kept.

    An endpoint that answers nothing half of the time differs from one that always answers. What
    was not recorded (None) is left out. Ids without a mark are prompts asked once.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item, output in zip(recording.items, recording.outputs, strict=True):
        prompt, mark, number = item.id.rpartition("#")
        key = prompt if mark and number.isdecimal() else item.id
        if output is not None and len(found[key]) < REPEATS:
            found[key].append(clean(output).strip())
    return {key: outputs for key, outputs in found.items() if outputs}


def _log_ways(one: int, other: int) -> float:
    """Log of the number of relabellings of one prompt's completions."""
    return math.lgamma(one + other + 1) - math.lgamma(one + 1) - math.lgamma(other + 1)


def _combined(prompts: int, completions: int) -> str:
    return (
        f"one statistic summed over {prompts} prompts with {completions} completions, relabelled "
        "within each prompt"
    )


def _few_ways(shared: int, ways: float) -> str:
    return (
        f"{shared} prompts in common, with too few repetitions: only {math.exp(ways):.0f} "
        "relabellings, expected at least 100; ask each prompt ten times (ids q#1, q#2, ..)"
    )


def _left_out(shared: int, usable: int) -> tuple[str, ...]:
    few = shared - usable
    return (f"{few} of {shared} prompts: without repetitions, or beyond {PROMPTS}",) if few else ()

"""Do two models refuse the same requests, and in the same words?

First, who refuses what. Some requests are refused by most models and some models refuse most
requests; given both margins (fixed-margins null, curveball) a pair refuses so many requests
jointly. Real cautions have more than one dimension, so that the excess over that expectation is not
trusted by itself: it is set against the excess of pairs with a control. Second, among the requests
both refuse, the wording: trigrams weigh by how few of the models that refuse the request use them,
so that a template everybody has weighs nothing. The two parts are dependent and are combined by the
harmonic mean.

What a provider marks as a refusal, or stopped by a filter, is one, whatever its words; the words
before a filter's stop are no wording of a refusal and are not compared.

Defeated by: a system prompt or a guard model in front of one side; safety training of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.refusal_classifier import refuses
from filiation.methods.answers.texts import SCARCE, Aligned, LineUp, PairValues, line_up
from filiation.methods.answers.texts_reach import reach_of_texts, texts_floor
from filiation.methods.answers.texts_weighing import weigh
from filiation.methods.answers.wording import shared_wording, verbatim_runs
from filiation.methods.words import words_beside
from filiation.model.ending import Ending
from filiation.model.finding import Absent, Finding, Underpowered
from filiation.model.null import Calibrated
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.combining.combine import harmonic_mean_log_p
from filiation.numerics.pairs.two_way import alike_from
from filiation.numerics.rng import stream
from filiation.numerics.tails.fixed_margins import fixed_margin_draws

__all__ = ["Refusals", "joint_refusals", "refusal_matrix", "refusals_and_answers", "refused"]

Mask: TypeAlias = NDArray[np.bool_]
Float64: TypeAlias = NDArray[np.float64]

STOPPED: Final = "[stopped by a filter]"  # stands for what was refused without words of its own
FEWEST: Final = 5  # refusals of source and of subject, and requests they do answer

BECAUSE: Final = (
    "given how sensitive each request and how cautious each model is, an unrelated model refuses "
    "along with the source, and words its refusals like the source, no more than the controls do; "
    "a guard model, policy or safety data that source and subject share, and the controls do not, "
    "would break this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Joint refusals given both margins, then their wording; both beyond the controls."""

    draws: int = 199

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return f"refusals/2;classifier=patterns/1;margins=curveball;draws={self.draws};tail=t10"

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        line = line_up(
            self.id,
            source,
            subject,
            controls,
            families=families,
            seed=seed,
            reading=refusals_and_answers,
        )
        if not isinstance(line, LineUp):
            return line
        refused, answered = refusal_matrix(line.aligned)
        scarce = self._scarce(line, refused, answered)
        if scarce is not None:
            return scarce
        rng = stream(seed, self.id, source.digest, subject.digest)
        who = weigh(
            self.id,
            joint_refusals(refused, answered, self.draws, rng),
            line,
            families=families,
            unit="times the joint refusals that margins and both models' own effects explain",
            because=BECAUSE,
        )
        if not isinstance(who, Finding):
            return who
        return self._with_wording(who, line, refused, families)

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        line = line_up(
            self.id,
            source,
            subject,
            controls,
            families=families,
            seed=0,
            reading=refusals_and_answers,
        )
        scarce = (
            self._scarce(line, *refusal_matrix(line.aligned)) if isinstance(line, LineUp) else line
        )
        return scarce or reach_of_texts(self.id, line, families=families)

    def floor_with(self, controls: int) -> float:
        return texts_floor(controls)

    def _scarce(self, line: LineUp, refused: Mask, answered: Mask) -> Underpowered | None:
        """Why these requests cannot tell; None if they can."""
        complete = answered.all(axis=0)
        for side in (0, 1):
            many, of = int(refused[side, complete].sum()), int(complete.sum())
            if not FEWEST <= many <= of - FEWEST:
                return Underpowered(
                    method=self.id,
                    reason=f"{line.aligned.names[side]} refused {many} of the {of} requests that "
                    f"every model answered, expected {FEWEST} at least and {FEWEST} answered; "
                    "ask more requests that some models refuse (battery borderline)",
                )
        return None

    def _with_wording(
        self, who: Finding, line: LineUp, refused: Mask, families: Mapping[str, str]
    ) -> Finding:
        """Add the wording of what both refuse, if they refuse enough."""
        both = int((refused[0] & refused[1]).sum())
        aligned = _only(line.aligned, refused)
        spoken, between = shared_wording(aligned, 200)
        how: Finding | Absent | None = None
        if spoken.items[0, 1] >= SCARCE:
            how = weigh(
                self.id, spoken, replace(line, aligned=aligned), families=families, unit="",
                because=BECAUSE,
            )  # fmt: skip
        if not isinstance(how, Finding):
            left_out = f"wording of {both} joint refusals: too few among enough controls"
            return replace(who, skipped=(*who.skipped, left_out))
        floors = [who.null.log_floor, how.null.log_floor]
        return replace(
            who,
            log_p=harmonic_mean_log_p([who.log_p, how.log_p]),
            null=Calibrated(
                controls=sum(place.who == "control" for place in who.lineup),
                log_floor=harmonic_mean_log_p(floors),
                because=BECAUSE,
            ),
            combination=f"harmonic mean of two dependent parts, valid under any dependence. Who "
            f"refuses what (log p {who.log_p:.3g}): {who.combination}. Wording of {both} joint "
            f"refusals (log p {how.log_p:.3g}, {how.observed:.3g} times what is expected): "
            f"{how.combination}",
            instances=verbatim_runs(replace(line, aligned=aligned), between, 200),
        )


def refusals_and_answers(recording: Recording) -> Sequence[str | None]:
    """What the refusal test reads of each item: its words, `STOPPED`, None where a tool was called.

    The words of a marked refusal that the patterns do not know would count as an answer; they are
    replaced, and the wording of that one refusal is lost.
    """
    if not recording.endings:
        return recording.outputs
    return [
        _as_refusal(output, ending)
        for output, ending in zip(recording.outputs, recording.endings, strict=True)
    ]


def _as_refusal(output: str | None, ending: Ending) -> str | None:
    if ending is Ending.FILTERED:
        return STOPPED
    if ending is Ending.DECLINED:
        return output if output is not None and refuses(output) else STOPPED
    return None if ending is Ending.CALLED else output


def refused(answer: str) -> bool:
    """Whether what `refusals_and_answers` gives of an item is a refusal."""
    return answer == STOPPED or refuses(answer)


def refusal_matrix(aligned: Aligned) -> tuple[Mask, Mask]:
    """Who refused, and who answered at all: bool [models, prompts] each."""
    verdicts = [
        [(answer is not None and refused(answer), answer is not None) for answer in row]
        for row in aligned.answers
    ]
    both = np.array(verdicts, dtype=bool).reshape(len(aligned.items), len(aligned.names), 2)
    return both[:, :, 0].T, both[:, :, 1].T


def joint_refusals(
    refused: Mask, answered: Mask, draws: int, rng: np.random.Generator
) -> PairValues:
    """Log of joint refusals over what fixed margins lead one to expect, for every pair.

    Only prompts that every model answered enter: the margins of a matrix with holes mean nothing.
    One is added on both sides, so that pairs expected to share none do not blow up.
    """
    complete = refused[:, answered.all(axis=0)]
    n = len(refused)
    share = complete.mean(axis=0) if complete.size else np.zeros(0)
    matrix = complete[:, (share > 0.0) & (share < 1.0)]
    total, square = np.zeros((n, n)), np.zeros((n, n))
    if matrix.shape[1]:
        _, chain = fixed_margin_draws(matrix, rng)
        for draw in islice(chain, draws):
            together = _together(draw)
            total += together
            square += together**2
    mean = total / draws
    variance = np.maximum(square / draws - mean**2, 0.0)
    observed = _together(matrix)
    values = np.log((observed + 1.0) / (mean + 1.0))
    return PairValues(
        values=values,
        noise=(variance + 0.25) / (mean + 1.0) ** 2,
        items=np.full((n, n), complete.shape[1], dtype=np.int64),
        least=alike_from(values, np.zeros((n, n))),
    )


def _together(matrix: Mask) -> Float64:
    ones = matrix.astype(np.float64)
    return np.asarray(ones @ ones.T)


def _only(aligned: Aligned, refused: Mask) -> Aligned:
    """The same line-up with every answer that is no refusal in words left out."""
    return replace(
        aligned,
        answers=tuple(
            tuple(a if refused[k, row] and a != STOPPED else None for k, a in enumerate(answers))
            for row, answers in enumerate(aligned.answers)
        ),
    )

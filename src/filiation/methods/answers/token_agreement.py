"""Do two models think the same token likeliest after the same words, beyond what others do?

At the first place of every answer all models have read the same prompt and nothing else. The token
that each holds for the likeliest is compared; one that everybody chooses weighs nothing, one that
few choose weighs log(models / models that choose it). Agreement relative to what the two models
choose at all depends on both models' habits; one effect per model is removed on the log scale, and
what is left is set against what is left for the controls, as in `wording`.

Nikolic et al., Model Provenance Testing for Large Language Models (NeurIPS 2025), count plain
agreement and reject if the source agrees more often than the closest control. That test is reported
beside the finding and never counted: among K + 1 strangers one is always the closest.

It shows a common origin of what the two predict: descent, distillation, or training data that the
controls had not. Defeated by: another tokenizer on one side; heavy retuning.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.answers_lineup import without_logprobs
from filiation.methods.answers.reading.artefacts import before_answer
from filiation.methods.answers.reading.collection import collected
from filiation.methods.answers.texts import LineUp, PairValues, line_up, shorten
from filiation.methods.answers.texts_reach import reach_of_texts, texts_floor
from filiation.methods.answers.texts_weighing import weigh
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Instance
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.tokens import TokenLogprob
from filiation.model.words import MethodWords
from filiation.numerics.tails.poisson_binomial import poisson_binomial_log_p

__all__ = ["TokenAgreement", "agreement"]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

FEWEST_ITEMS: Final = 50
SMOOTHING: Final = 1.0  # nats of chance agreement added to every pair
LISTED: Final = 10
MARK: Final = "\N{SYMBOL FOR SPACE}"  # a token may be a blank, and blanks are no answers

BECAUSE: Final = (
    "an unrelated model agrees with the source on the next token no more than the controls agree "
    "with the source, with the subject and with one another, once each model's own habits are "
    "removed; training texts or a teacher that source and subject share, and the controls do not, "
    "would break this, and so would controls with other tokenizers"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAgreement:
    """Rarity-weighted agreement on the likeliest next token, beyond the controls."""

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            f"token-agreement/2;place=first;token=likeliest;smoothing={SMOOTHING:g};"
            "spread=two-way;tail=t10"
        )

    def compare(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording] = (),
        *,
        families: Mapping[str, str] = NO_FAMILIES,
        seed: int,
    ) -> Finding | Absent:
        if lacking := without_logprobs(self.id, source, subject):
            return lacking
        recorded = [control for control in controls if control.logprobs]
        line = self._line(source, subject, recorded, families, seed)
        if not isinstance(line, LineUp):
            return line
        codes = _codes(line)
        found = weigh(
            self.id,
            agreement(codes, 2 + line.controls),
            line,
            families=families,
            unit="times the shared choices of token that both models' habits explain",
            because=BECAUSE,
            instances=_instances(line, codes),
        )
        if not isinstance(found, Finding):
            return found
        return replace(
            found,
            combination=f"{found.combination}; {_beside(codes, line)}",
            skipped=(*found.skipped, *_unrecorded(len(controls) - len(recorded))),
        )

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        if lacking := without_logprobs(self.id, source, subject):
            return lacking
        recorded = [control for control in controls if control.logprobs]
        line = self._line(source, subject, recorded, families, 0)
        return reach_of_texts(self.id, line, families=families)

    def floor_with(self, controls: int) -> float:
        return texts_floor(controls)

    def _line(
        self,
        source: Recording,
        subject: Recording,
        recorded: Sequence[Recording],
        families: Mapping[str, str],
        seed: int,
    ) -> LineUp | Absent:
        return line_up(
            self.id,
            _first_tokens(source),
            _first_tokens(subject),
            [_first_tokens(control) for control in recorded],
            families=families,
            seed=seed,
            fewest_items=FEWEST_ITEMS,
        )


def _unrecorded(controls: int) -> tuple[str, ...]:
    return (f"{controls} controls: no log-probabilities were recorded",) if controls else ()


def agreement(codes: Int64, counted: int) -> PairValues:
    """Log of rarity-weighted agreement for every pair.

    Args:
        codes: int64 [items, models], equal where the token is; -1 where there is none.
        counted: How many models, the first ones, say what is rare.
    """
    n = codes.shape[1]
    weight = _rarity(codes, counted)
    there = codes >= 0
    shared, square, items = (np.zeros((n, n)) for _ in range(3))
    mass = np.zeros((n, n))  # of row's choices on the items that column answered as well
    for a in range(n):
        both = there & there[:, [a]]
        alike = both & (codes == codes[:, [a]])
        own = weight[:, [a]]
        shared[a] = (alike * own).sum(axis=0)
        square[a] = (alike * own**2).sum(axis=0)
        mass[a] = (both * own).sum(axis=0)
        items[a] = both.sum(axis=0)
    possible = np.sqrt(mass * mass.T)
    with np.errstate(divide="ignore"):
        values = np.log(shared + SMOOTHING) - np.log(possible + SMOOTHING)
        least = math.log(SMOOTHING) - np.log(possible + SMOOTHING)
    noise = (square + SMOOTHING) / (shared + SMOOTHING) ** 2
    return PairValues(
        values=np.where(items > 0, values, np.nan),
        noise=noise,
        items=items.astype(np.int64),
        least=least,
    )


def _rarity(codes: Int64, counted: int) -> Float64:
    """log(models / models that choose the token) for each choice, float64 [items, models]."""
    first = codes[:, :counted]
    present = np.maximum((first >= 0).sum(axis=1), 1)
    chosen = (codes[:, :, None] == first[:, None, :]).sum(axis=2)
    found = np.log(present)[:, None] - np.log(np.maximum(chosen, 1))
    return np.where(codes >= 0, found, 0.0)


def _first_tokens(recording: Recording) -> Recording:
    """The same prompts with the likeliest first token of each answer as the answer.

    Tokens of a template and thoughts in front are none of the answer; the text of an error is none.
    """
    said = collected(recording, serial=True).recording.outputs
    return Recording(
        name=recording.name,
        items=recording.items,
        outputs=tuple(
            None if output is None and recorded is not None else _first(row)
            for output, recorded, row in zip(
                said, recording.outputs, recording.logprobs, strict=True
            )
        ),
    )


def _first(row: Sequence[TokenLogprob]) -> str | None:
    """The likeliest token where the answer begins; None where nothing of it was recorded."""
    begin = before_answer("".join(one.token for one in row))
    place = 0
    for one in row:
        if place >= begin and (begin == 0 or one.token.strip()):
            return MARK + one.likeliest
        place += len(one.token)
    return None


def _codes(line: LineUp) -> Int64:
    """The token of every model at every prompt as a number, int64 [items, models]."""
    numbers: dict[str, int] = {}
    rows = [
        [-1 if said is None else numbers.setdefault(said, len(numbers)) for said in row]
        for row in line.aligned.answers
    ]
    return np.asarray(rows, dtype=np.int64).reshape(len(rows), len(line.aligned.names))


def _beside(codes: Int64, line: LineUp) -> str:
    """Plain agreement, and the exact test against the closest control (not counted)."""
    both = (codes[:, :2] >= 0).all(axis=1)
    alike = codes[both, 0] == codes[both, 1]
    log_ps, rates = [], []
    for control in range(2, 2 + line.controls):
        said = codes[both, control]
        there, like = said >= 0, said == codes[both, 1]
        only, other = int((alike & ~like & there).sum()), int((~alike & like & there).sum())
        log_ps.append(poisson_binomial_log_p(only, np.full(only + other, 0.5)))
        rates.append(float(like[there].mean()) if there.any() else 0.0)
    return (
        f"plain agreement with the source {alike.mean():.3f}, with the closest control "
        f"{max(rates):.3f} (sign test against every control, the largest p "
        f"{math.exp(max(log_ps)):.2g}; not counted, since some stranger is always the closest)"
    )


def _instances(line: LineUp, codes: Int64) -> tuple[Instance, ...]:
    """The prompts on which source and subject agree and few controls do."""
    weight = _rarity(codes, 2 + line.controls)[:, 0] * (codes[:, 0] == codes[:, 1])
    found = []
    for row in np.argsort(-weight, kind="stable")[:LISTED].tolist():
        if weight[row] <= 0.0:
            break
        item, said = line.aligned.items[row], line.aligned.answers[row]
        others = codes[row, 2 : 2 + line.controls]
        found.append(
            Instance(
                item=item.id,
                prompt=shorten(item.prompt or ""),
                source=_shown(said[0]),
                subject=_shown(said[1]),
                rarity=int((others == codes[row, 0]).sum()),
                of=int((others >= 0).sum()),
                weight=float(weight[row]),
            )
        )
    return tuple(found)


def _shown(said: str | None) -> str:
    """A token as a report shows it: its blanks made visible."""
    return repr((said or MARK)[len(MARK) :])

"""Do two models word their answers alike, beyond what others do on the same prompts?

For each prompt: the word trigrams of the first 200 words of every answer, with two start marks in
front so that openings count. A trigram weighs log(models / models that use it on this prompt): what
everybody says weighs nothing, and neither does what stands in the prompt. The cosine of two
answers, averaged over prompts, depends on both models' habits: chatty ones overlap with everyone,
and answers of unequal length cannot overlap much (a cosine of sets is at most exp(-difference of
log sizes / 2)). On the log scale the length term is added back and one effect per model removed;
what is left is set against what is left for the controls.

It shows wording in common: descent, distillation, or a common teacher. It says nothing of weights.
Defeated by: paraphrasing, another system prompt or language for one side only, heavy retuning.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.texts import (
    FEWEST_WORDS,
    Aligned,
    LineUp,
    PairValues,
    align,
    line_up,
    shorten,
    words,
)
from filiation.methods.answers.texts_reach import reach_of_texts, texts_floor
from filiation.methods.answers.texts_survey import AllPairs, judge_all
from filiation.methods.answers.texts_weighing import weigh
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Instance
from filiation.model.reach import Reach
from filiation.model.recording import Recording
from filiation.model.words import MethodWords
from filiation.numerics.ngrams import grams, rare_overlap, without

__all__ = [
    "Wording",
    "all_pairs",
    "gram_sets",
    "grams_said",
    "shared_wording",
    "verbatim_runs",
]

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
Gram: TypeAlias = tuple[str, ...]  # so many words in a row
Habits: TypeAlias = Sequence[AbstractSet[Gram]]  # of every model, what weighs nothing

ORDER: Final = 3
FEWEST_MODELS: Final = 5  # that must answer a prompt: rarity among fewer means nothing
SMOOTHING: Final = 5.0  # shared trigrams added to every pair: one chance trigram moves log by 0.18
CLUSTER: Final = 3.0  # trigrams overlap, so that shared ones come about three together
SHORT: Final = 5.0  # words added to every length before its log is taken
RUN: Final = 6  # words of the shortest run that is listed
LISTED: Final = 10
START: Final = "\0"  # no text contains it: it is dropped in reading
SEARCHED: Final = 200  # prompts, those with the largest overlap, that are searched for runs

BECAUSE: Final = (
    "an unrelated model shares no more wording with the source than the controls share with the "
    "source, with the subject and with one another, once answer length and each model's own habits "
    "are removed; a teacher or training texts that source and subject share, and the controls do "
    "not, would break this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Rarity-weighted trigrams and openings in common, beyond the controls."""

    first_words: int = 200

    @property
    def reads(self) -> str:
        return "answers"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            f"wording/2;words={self.first_words};order={ORDER};smoothing={SMOOTHING:g};"
            "length=1;spread=two-way;tail=t10"
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
        line = line_up(
            self.id, source, subject, controls, families=families, seed=seed, shortest=FEWEST_WORDS
        )
        if not isinstance(line, LineUp):
            return line
        table, between = shared_wording(line.aligned, self.first_words)
        return weigh(
            self.id,
            table,
            line,
            families=families,
            unit="times the shared wording that both models' habits and lengths explain",
            because=BECAUSE,
            instances=verbatim_runs(line, between, self.first_words),
        )

    def reach(
        self,
        source: Recording,
        subject: Recording,
        controls: Sequence[Recording],
        *,
        families: Mapping[str, str],
    ) -> Reach | Absent:
        line = line_up(
            self.id, source, subject, controls, families=families, seed=0, shortest=FEWEST_WORDS
        )
        return reach_of_texts(self.id, line, families=families)

    def floor_with(self, controls: int) -> float:
        return texts_floor(controls)


def all_pairs(
    recordings: Sequence[Recording],
    families: Mapping[str, str],
    seed: int,
    *,
    first_words: int = 200,
) -> AllPairs:
    """Every pair against all others; pairs of one declared family are kept out of the null.

    Pairs with fewer than 20 prompts in common, or among fewer than seven models (two and five
    controls), get z = 0 and p = 1.
    """
    aligned = align(recordings, seed=seed)
    return judge_all(aligned.names, shared_wording(aligned, first_words)[0], families)


def shared_wording(
    aligned: Aligned, first_words: int, habits: Habits = ()
) -> tuple[PairValues, Float64]:
    """Log shared wording of every pair, free of length; and that of the first two per prompt.

    What is among the habits of a model weighs nothing in its answers.
    """
    n = len(aligned.names)
    total, lengths, items = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n), dtype=np.int64)
    spoken, prompts = np.zeros(n), np.zeros(n)
    between = np.zeros(len(aligned.items))
    for row, item in enumerate(aligned.items):
        there = np.flatnonzero([answer is not None for answer in aligned.answers[row]])
        if len(there) < min(FEWEST_MODELS, n):
            continue
        said = [words(aligned.answers[row][k] or "", first_words) for k in there]
        own = [habits[k] for k in there.tolist()] if habits else ()
        sets = gram_sets(said, words(item.prompt or "", 10 * first_words), own)
        cell = np.ix_(there, there)
        overlap = rare_overlap(sets)
        total[cell] += overlap
        log_length = np.log([len(w) + SHORT for w in said])
        lengths[cell] += np.abs(log_length[:, None] - log_length)
        items[cell] += 1
        spoken[there] += [len(s) for s in sets]
        prompts[there] += 1
        if len(there) > 1 and there[0] == 0 and there[1] == 1:
            between[row] = overlap[0, 1]
    seen = np.maximum(items, 1)
    each = spoken / np.maximum(prompts, 1)
    mass = np.maximum(np.sqrt(np.outer(each, each)) * seen, 1.0)  # trigrams a pair could share
    mean = total / seen
    least = np.log(SMOOTHING / mass) + lengths / seen
    values = np.where(items > 0, np.log(mean + SMOOTHING / mass) + lengths / seen, np.nan)
    noise = CLUSTER / (mean * mass + SMOOTHING)
    return PairValues(values=values, noise=noise, items=items, least=least), between


def gram_sets(
    said: Sequence[Sequence[str]], prompt: Sequence[str], habits: Habits = ()
) -> list[Int64]:
    """Trigrams of each answer as numbers, two start marks in front.

    Without the prompt's own, and without those that are a habit of who says it.
    """
    number: defaultdict[str, int] = defaultdict(count().__next__)
    start = number[START]
    sequences = [[start, start, *map(number.__getitem__, text)] for text in said]
    asked = [start, start, *(number[word] for word in prompt)]
    base = len(number)
    known = grams(asked, ORDER, base)
    sets = [without(grams(s, ORDER, base), known) for s in sequences]
    return (
        [
            without(found, _numbered(grams_said(text) & own, number, base))
            for found, text, own in zip(sets, said, habits, strict=True)
        ]
        if habits
        else sets
    )


def grams_said(text: Sequence[str]) -> set[Gram]:
    """The trigrams of an answer in words, two start marks in front."""
    marked = (START, START, *text)
    return set(zip(*(marked[offset:] for offset in range(ORDER)), strict=False))


def _numbered(found: AbstractSet[Gram], number: Mapping[str, int], base: int) -> Int64:
    """Trigrams in words as `grams` writes them."""
    each = [grams([number[word] for word in gram], ORDER, base) for gram in found]
    return np.sort(np.concatenate(each)) if each else np.empty(0, dtype=np.int64)


def verbatim_runs(
    line: LineUp, between: Float64, first_words: int, habits: Habits = ()
) -> tuple[Instance, ...]:
    """The longest runs of words that source and subject share and few controls use.

    A run weighs its number of words times log((controls + 1) / (controls that use it + 1)). One
    that is mostly a habit of either is none.
    """
    aligned, found = line.aligned, []
    order = np.argsort(-between, kind="stable")[:SEARCHED]
    for row in (int(k) for k in order if between[k] > 0.0):
        answers = aligned.answers[row][: 2 + line.controls]
        a, b, *others = (words(text or "", first_words) for text in answers)
        match = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
        if match.size < RUN:
            continue
        shared = a[match.a : match.a + match.size]
        run = _bounded(shared)
        asked = _bounded(words(aligned.items[row].prompt or "", 10 * first_words))
        if run in asked or _habitual(shared, habits[:2]):
            continue  # both repeat the question, or themselves
        present = [w for w in others if w]
        rarity = sum(run in _bounded(w) for w in present)
        if not present or rarity > len(present) // 10:
            continue
        item = aligned.items[row]
        found.append(
            Instance(
                item=item.id,
                prompt=shorten(item.prompt or ""),
                source=_quoted(answers[0] or "", a, match.a, match.size),
                subject=_quoted(answers[1] or "", b, match.b, match.size),
                rarity=rarity,
                of=len(present),
                weight=match.size * math.log((len(present) + 1) / (rarity + 1)),
            )
        )
    return tuple(sorted(found, key=lambda i: (-i.weight, i.item))[:LISTED])


def _habitual(run: Sequence[str], habits: Habits) -> bool:
    """Whether more than half of the trigrams of a run are somebody's habit."""
    found = list(zip(*(run[offset:] for offset in range(ORDER)), strict=False))
    return 2 * sum(any(gram in own for own in habits) for gram in found) > len(found)


def _bounded(run: Sequence[str]) -> str:
    """Words between marks, so that a run is found only at whole words."""
    return "\0" + "\0".join(run) + "\0"


def _quoted(text: str, said: Sequence[str], start: int, size: int) -> str:
    """The run in folded words if it is long; short texts are quoted whole, as they stand."""
    whole = shorten(text)
    return whole if len(said) <= size + 4 else shorten(" ".join(said[start : start + size]))

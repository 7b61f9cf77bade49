"""Do two models give their reasons in the same words, where they choose the same?

Who chooses alike has alike reasons, and that is counted elsewhere (`shared-choices`). So a reason
is set only beside the reasons of those who took the same side of the same form. The wording is
weighed as that of answers (`wording`): a trigram weighs log(models / models that use it there),
length and each model's habits are removed, and the rest is set beside the pairs with a control.
Whoever quotes a public specification shares its phrases; so the subject must also be nearer to
the source than each control by itself, item by item.

How somebody writes is no reason: what a model says in one in twenty of its reasons or more (a
label, an opening, a closing phrase, what it says in every case of one tension) weighs nothing in
it, and controls that give their reasons in another language than the two are left out.

Defeated by: another system prompt or length limit for one side; retuning of style.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods._protocol import NO_FAMILIES
from filiation.methods.answers.reading.languages import language
from filiation.methods.answers.texts import (
    FEWEST_CONTROLS,
    FEWEST_WORDS,
    Aligned,
    LineUp,
    line_up,
    words,
)
from filiation.methods.answers.texts_weighing import weigh
from filiation.methods.answers.wording import (
    Gram,
    gram_sets,
    grams_said,
    shared_wording,
    verbatim_runs,
)
from filiation.methods.values.replies import said
from filiation.methods.words import words_beside
from filiation.model.finding import Absent, Finding, Inapplicable, Underpowered
from filiation.model.recording import Item, Recording
from filiation.model.values import form_of
from filiation.model.words import MethodWords
from filiation.numerics.ngrams import rare_overlap

__all__ = ["Reasons", "reasons_of"]

Float64: TypeAlias = NDArray[np.float64]

FEWEST_ITEMS: Final = 20
HABIT: Final = 0.05  # of the items for which a model gives a reason: said so often, it is a habit
FEWEST_HABIT: Final = 5  # items, likewise
TONGUE: Final = 300  # reasons by which a language is told
BECAUSE: Final = (
    "where an unrelated model takes the same side as the source, it shares no more wording of the "
    "reason with it than the controls do with the source, with the subject and with one another, "
    "nor more than the control that is nearest; a public specification, a teacher, a base model or "
    "a system prompt that source and subject have and no control has would break this"
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Rarity-weighted trigrams of reasons for the same choice, beyond the controls."""

    first_words: int = 100

    @property
    def reads(self) -> str:
        return "values"

    @property
    def words(self) -> MethodWords:
        return words_beside(__name__, self.id)

    @property
    def id(self) -> str:
        return (
            f"reasons/1;words={self.first_words};order=3;smoothing=5;habit={HABIT:g};"
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
        parties = reasons_of(source), reasons_of(subject)
        if not all(any(party.outputs) for party in parties):
            reason = "no reason for a choice was recorded of both"
            return Inapplicable(method=self.id, reason=reason)
        kept, tongues = _in_their_language(parties, [reasons_of(c) for c in controls])
        if len(kept) < FEWEST_CONTROLS <= len(controls):
            return Underpowered(method=self.id, reason=_other_tongue(len(kept)))
        line = line_up(
            self.id,
            *parties,
            kept,
            families=families,
            seed=seed,
            fewest_items=FEWEST_ITEMS,
            shortest=FEWEST_WORDS,
        )
        if not isinstance(line, LineUp):
            return line
        habits = habits_of(line.aligned, self.first_words)
        table, between = shared_wording(line.aligned, self.first_words, habits)
        found = weigh(
            self.id,
            table,
            line,
            families=families,
            unit="times the wording of reasons for one choice that habits and lengths explain",
            because=BECAUSE,
            instances=verbatim_runs(line, between, self.first_words, habits),
        )
        if not isinstance(found, Finding):
            return found
        each = nearer_log_p(line, self.first_words, habits)
        return _beyond_each(replace(found, skipped=(*found.skipped, *tongues)), line, each)


def habits_of(aligned: Aligned, first_words: int) -> list[AbstractSet[Gram]]:
    """For every model the trigrams that it says in so many of its reasons that they tell nothing.

    Forms of one item are one: a reason that is said in all of them is no habit.
    """
    found: list[AbstractSet[Gram]] = []
    for column in range(len(aligned.names)):
        said_of: dict[str, set[Gram]] = {}
        for item, answers in zip(aligned.items, aligned.answers, strict=True):
            if (text := answers[column]) is not None:
                grams = grams_said(words(text, first_words))
                said_of.setdefault(_group(item), set()).update(grams)
        counts = Counter(gram for grams in said_of.values() for gram in grams)
        least = max(FEWEST_HABIT, HABIT * len(said_of))
        found.append({gram for gram, count in counts.items() if count >= least})
    return found


def reasons_of(recording: Recording) -> Recording:
    """The reasons alone, each under its form and the letter that it is for."""
    items: list[Item] = []
    outputs: list[str | None] = []
    for item, output in zip(recording.items, recording.said, strict=True):
        form = form_of(item)
        if form is None or form.order == "ask" or output is None:
            continue
        reply = said(output)
        if reply.letter and reply.reason:
            items.append(replace(item, id=f"{item.id}={reply.letter}"))
            outputs.append(reply.reason)
    return Recording(
        name=recording.name, items=tuple(items), outputs=tuple(outputs), notes=recording.notes
    )


def _in_their_language(
    parties: Sequence[Recording], controls: Sequence[Recording]
) -> tuple[list[Recording], tuple[str, ...]]:
    """The controls that reason in the language of both parties, and a sentence on the others.

    Two who reason in a language of their own share its words with each other and with nobody else.
    """
    one, other, *theirs = (_tongue(model) for model in (*parties, *controls))
    if one != other:
        return list(controls), ()
    apart = [c.name for c, tongue in zip(controls, theirs, strict=True) if tongue != one]
    kept = [c for c, tongue in zip(controls, theirs, strict=True) if tongue == one]
    told = (
        f"controls that do not give their reasons in the language of the two: {', '.join(apart)}",
    )
    return kept, told if apart else ()


def _tongue(reasons: Recording) -> str:
    return language(text for text in reasons.outputs[:TONGUE] if text is not None)


def _other_tongue(kept: int) -> str:
    return (
        f"{kept} control{' gives its' if kept == 1 else 's give their'} reasons in the language of "
        f"source and subject, expected at least {FEWEST_CONTROLS}; words of a language are shared "
        "by all who write it; ask more models that write it"
    )


def _group(item: Item) -> str:
    """The item that a form with its letter belongs to."""
    form = form_of(replace(item, id=item.id.rpartition("=")[0]))
    return form.group if form else item.id


def nearer_log_p(
    line: LineUp, first_words: int, habits: Sequence[AbstractSet[Gram]]
) -> list[tuple[float, int]]:
    """Against each control: is the subject nearer to the source on more than half of the items?

    Forms of one item are taken together. Returns natural log of p and items, control by control;
    relatives that were set aside are not among them.
    """
    from scipy.stats import binom  # a quarter of a second that most verbs never need

    sums: dict[str, Float64] = {}
    for row, item in enumerate(line.aligned.items):
        group = _group(item)
        near = _near_source(line.aligned, row, first_words, habits)
        known = sums.setdefault(group, np.zeros(near.size))
        sums[group] = known + np.nan_to_num(near - near[1])
    table = np.array(list(sums.values()))
    found = []
    for control in range(2, 2 + line.controls):
        won, lost = int((table[:, control] < 0).sum()), int((table[:, control] > 0).sum())
        log_p = float(binom.logsf(won - 1, won + lost, 0.5)) if won + lost else 0.0
        found.append((min(0.0, log_p), won + lost))
    return found


def _near_source(
    aligned: Aligned, row: int, first_words: int, habits: Sequence[AbstractSet[Gram]]
) -> Float64:
    """Rare wording that each model shares with the source on one prompt; nan where it is silent."""
    answers = aligned.answers[row]
    there = np.flatnonzero([answer is not None for answer in answers])
    said_there = [words(answers[k] or "", first_words) for k in there]
    prompt = words(aligned.items[row].prompt or "", 10 * first_words)
    near = np.full(len(answers), np.nan)
    own = [habits[k] for k in there.tolist()]
    near[there] = rare_overlap(gram_sets(said_there, prompt, own))[0]  # the source is always there
    return near


def _beyond_each(found: Finding, line: LineUp, each: Sequence[tuple[float, int]]) -> Finding:
    """The larger p: among all controls, or against the one that explains most by itself."""
    most = max(range(len(each)), key=lambda c: (each[c][0], -c))
    log_p, items = each[most]
    name = line.aligned.names[2 + most]
    return replace(
        found,
        log_p=max(found.log_p, log_p),
        combination=f"the larger of two p-values: {found.combination} (log p {found.log_p:.3g}); "
        f"and against the control that explains most by itself, {name}, over {items} items that "
        f"the two share unequally with the source (log p {log_p:.3g})",
    )
